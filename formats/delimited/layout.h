/* What a text table is made of, found out from its first rows. */
#ifndef SOLEUS_FORMATS_TEXT_LAYOUT_H
#define SOLEUS_FORMATS_TEXT_LAYOUT_H

#include "formats/delimited/cells.h"
#include "formats/delimited/moment.h"
#include "formats/recording.h"

enum text_role {
    TEXT_ROLE_SIGNAL,
    TEXT_ROLE_TIME,
    TEXT_ROLE_PASSED /* words, or times that are not used */
};

struct text_column {
    enum text_role role;
    bool counts;      /* whole numbers in equal steps, as an index */
    bool wholes;      /* whole numbers alone */
    size_t changes;   /* rows whose cell differs from the one before */
    bool named_time;  /* "time", "t", "timestamp", ... */
    double time_unit; /* s per unit; NaN for times without a unit; 0 for what is no time */
    enum text_moment_kind moment; /* its cells are dates or clock times, and read as seconds */
    char label[LABEL_SIZE];
    char unit[UNIT_SIZE];
};

struct text_layout {
    struct text_dialect dialect;
    bool trailing; /* rows end in a delimiter that no cell follows */
    bool ragged;   /* rows may be shorter, their last cells are then missing, or longer */
    size_t column_count;
    struct text_column *columns; /* owned */
    size_t time;                 /* the column of times, SIZE_MAX: none */
    size_t times_named;          /* columns that are named as times */
    size_t start;                /* byte where the first row begins */
    size_t lines;                /* lines before it */
    size_t rows;                 /* complete rows among the bytes that were looked at */
    size_t moment;           /* a column of dates or clock times that are read; SIZE_MAX: none */
    int64_t epoch;           /* s: what is taken off its moments */
    struct start_time began; /* as dates and times in the first row have it */
    bool began_utc;          /* it comes from Unix time */
    double *times;     /* owned: their times in s (NaN: missing); NULL without such a column */
    double resolution; /* s: one unit in the last place of the times */
};

enum text_verdict {
    TEXT_TABLE,
    TEXT_NO_TABLE, /* text, but not of rows of numbers */
    TEXT_UTF16,
    TEXT_OCTAVE, /* variables one behind the other, which is no single table */
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

/* The complete lines of text[start, size), which a line feed follows; `whole`: nothing follows the
 * last one. To be cleared, also when it fails. */
enum status text_lines_split(const char *text, size_t start, size_t size, bool whole, char line_end,
                             struct text_lines *lines, struct error *error);
void text_lines_clear(struct text_lines *lines);

/* The character that ends the lines of a text. */
char text_lines_end(const char *text, size_t size);

/* The layout of the table among the lines; *found is false when there is none. `text` is where
 * bytes are counted from, and `before` the number of lines before these. */
enum status text_layout_find(const char *text, const struct text_lines *lines, size_t before,
                             struct text_layout *layout, bool *found, struct error *error);

/* What the cells of one line are, in some dialect. */
struct text_tally {
    size_t cells, numbers, words;
    size_t filled; /* cells that are not empty */
    bool comment;  /* or blank: no row at all */
    bool named;    /* the first cell is a word that begins with no digit, as a date does */
};

struct text_tally text_layout_tally(const struct text_lines *lines, size_t line,
                                    const struct text_dialect *dialect);

/* columns.c: fills layout->columns with roles, labels and units, finds the column of times,
 * and counts the rows. dialect, trailing and column_count are set; `first` is the line of the
 * first row. */
enum status text_columns_describe(const struct text_lines *lines, size_t first,
                                  struct text_layout *layout, struct error *error);

/* True when the line has a row's number of cells; a trailing delimiter may be missing. */
bool text_layout_has_cells(const struct text_layout *layout, const struct text_tally *tally);

/* times.c: finds the column of times, collects its times, and gives it its role. */
enum status text_times_find(const struct text_lines *lines, size_t first,
                            struct text_layout *layout, struct error *error);

/* times.c: the times in a column of the rows from line `first` on, in s by `unit` (s per
 * unit), NaN where one is missing. *times is to be freed. *resolution is one unit in their last
 * place: the finest counts, since zeros at the end may be left out; of numbers with exponents the
 * coarsest. */
enum status text_times_collect(const struct text_lines *lines, size_t first,
                               const struct text_layout *layout, size_t column, double unit,
                               double **times, double *resolution, struct error *error);

/* header.c: splits "EMG 1 (mV)" or "EMG 1 [mV]" into label and unit, and finds out whether
 * the column is named as a time, and its unit of time. */
void text_header_parse(const struct text_cell *cell, struct text_column *column);

/* header.c: true when the cell is nothing but a unit ("mV", "[s]"). */
bool text_header_is_unit(const struct text_cell *cell);

/* header.c: takes a cell of a row of units into the column. */
void text_header_set_unit(const struct text_cell *cell, struct text_column *column);

#endif
