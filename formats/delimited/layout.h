/* What a text table is made of, found out from its first rows. */
#ifndef SOLEUS_FORMATS_TEXT_LAYOUT_H
#define SOLEUS_FORMATS_TEXT_LAYOUT_H

#include "formats/delimited/cells.h"
#include "formats/recording.h"

enum text_role {
    TEXT_ROLE_SIGNAL,
    TEXT_ROLE_TIME,
    TEXT_ROLE_PASSED /* words, or times that are not used */
};

struct text_column {
    enum text_role role;
    bool counts;      /* whole numbers in equal steps, as an index */
    bool named_time;  /* "time", "t", "timestamp", ... */
    double time_unit; /* s per unit; NaN for times without a unit; 0 for what is no time */
    char label[LABEL_SIZE];
    char unit[UNIT_SIZE];
};

struct text_layout {
    struct text_dialect dialect;
    bool trailing; /* rows end in a delimiter that no cell follows */
    size_t column_count;
    struct text_column *columns; /* owned */
    size_t time;                 /* the column of times, SIZE_MAX: none */
    size_t times_named;          /* columns that are named as times */
    size_t start;                /* byte where the first row begins */
    size_t lines;                /* lines before it */
    size_t rows;                 /* complete rows among the bytes that were looked at */
    double *times;     /* owned: their times in s (NaN: missing); NULL without such a column */
    double resolution; /* s: one unit in the last place of the times */
};

enum text_verdict {
    TEXT_TABLE,
    TEXT_NO_TABLE, /* text, but not of rows of numbers */
    TEXT_UTF16,
    TEXT_BINARY
};

/* Looks at the first bytes of a stream (`whole`: there are no more). On TEXT_TABLE layout is
 * filled, to be cleared by the caller. STATUS_FAILED only when memory runs out; error may be
 * NULL. */
enum status text_layout_detect(const unsigned char *head, size_t size, bool whole,
                               struct text_layout *layout, enum text_verdict *verdict,
                               struct error *error);
void text_layout_clear(struct text_layout *layout);

/* The rest is shared by the files that find a layout. */

/* The complete lines of the first bytes. */
struct text_lines {
    size_t count;
    const char **starts; /* count + 1 of them; owned */
    const char **ends;   /* where each line's line_end stands; owned */
};

/* What the cells of one line are, in some dialect. */
struct text_tally {
    size_t cells, numbers, words;
    size_t filled; /* cells that are not empty */
    bool comment;  /* or blank: no row at all */
    bool named;    /* the first cell is a word that begins with no digit, as a date does */
};

struct text_tally text_layout_tally(const struct text_lines *lines, size_t line,
                                    const struct text_dialect *dialect);

/* text_columns.c: fills layout->columns with roles, labels and units, finds the column of times,
 * and counts the rows. dialect, trailing and column_count are set; `first` is the line of the
 * first row. */
enum status text_columns_describe(const struct text_lines *lines, size_t first,
                                  struct text_layout *layout, struct error *error);

/* text_header.c: splits "EMG 1 (mV)" or "EMG 1 [mV]" into label and unit, and finds out whether
 * the column is named as a time, and its unit of time. */
void text_header_parse(const struct text_cell *cell, struct text_column *column);

/* text_header.c: true when the cell is nothing but a unit ("mV", "[s]"). */
bool text_header_is_unit(const struct text_cell *cell);

/* text_header.c: takes a cell of a row of units into the column. */
void text_header_set_unit(const struct text_cell *cell, struct text_column *column);

#endif
