/* Tables: named columns of numbers, whole numbers or text, each with its unit and meaning.
 *
 * A column is defined once, in a static array of struct column_definition beside the code that
 * computes it; TSV, JSON, HDF5 and the manual follow from that array. */
#ifndef SOLEUS_FORMATS_TABLE_H
#define SOLEUS_FORMATS_TABLE_H

#include "formats/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum column_type {
    COLUMN_REAL,    /* double; NaN is missing */
    COLUMN_INTEGER, /* int64_t; TABLE_MISSING is missing */
    COLUMN_FLAGS,   /* int64_t bit mask; never missing */
    COLUMN_TEXT     /* UTF-8; NULL is missing */
};

#define TABLE_MISSING INT64_MIN

/* Bit i of a COLUMN_FLAGS column is called names[i]; NULL ends the list. */
struct flag_names {
    const char *const *names;
};

struct column_definition {
    const char *name; /* full words, lower case, underscores */
    enum column_type type;
    const char *unit;               /* "s", "Hz", "uV", "1"; "" for text and flags */
    const char *long_name;          /* one line, for the manual and the HDF5 attribute */
    const struct flag_names *flags; /* COLUMN_FLAGS only */
};

struct column {
    struct column_definition definition; /* strings owned by the table */
    struct flag_names *owned_flags;      /* what definition.flags points at when it is owned */
    union {
        double *reals;
        int64_t *integers; /* COLUMN_INTEGER and COLUMN_FLAGS */
        char **texts;      /* owned */
    } values;
};

struct table {
    char *name;
    size_t row_count, row_capacity;
    size_t column_count;
    struct column *columns;
};

/* Copies the definitions. Flag name arrays are static and not copied. NULL and a filled error when
 * memory runs out. */
struct table *table_create(const char *name, const struct column_definition *definitions,
                           size_t count, struct error *error);
void table_destroy(struct table *table);

/* Gives a COLUMN_FLAGS column flag names of its own, copied (as read back from a file); names ends
 * with NULL, and names == NULL takes the names away. */
enum status table_set_flag_names(struct table *table, size_t column, const char *const *names,
                                 struct error *error);

/* Gives a column another unit, copied: for amplitudes of recordings without physical units. */
enum status table_set_unit(struct table *table, size_t column, const char *unit,
                           struct error *error);

/* Appends a row of missing values (flags 0); *row is its index. */
enum status table_append(struct table *table, size_t *row, struct error *error);

/* Index of a column by name, SIZE_MAX when there is none. */
size_t table_find(const struct table *table, const char *name);

/* Setters of one cell; the column's type must fit (asserted). Text is copied, bytes that are not
 * UTF-8 replaced by U+FFFD; NULL is missing. */
void table_set_real(struct table *table, size_t row, size_t column, double value);
void table_set_integer(struct table *table, size_t row, size_t column, int64_t value);
enum status table_set_text(struct table *table, size_t row, size_t column, const char *text,
                           struct error *error);

/* A cell as a number whatever its numeric type; NaN when missing or text. */
double table_real(const struct table *table, size_t row, size_t column);
/* A text cell; NULL when missing or no text column. */
const char *table_text(const struct table *table, size_t row, size_t column);

/* Turns a column of numbers into text, as table_write_tsv prints them: for columns that
 * table_read_tsv has taken for numbers and that are names (channels called 1, 2, 3). */
enum status table_make_text(struct table *table, size_t column, struct error *error);

/* Stable sort of the rows by a numeric column, ascending, missing last. */
enum status table_sort(struct table *table, size_t column, struct error *error);

/* Appends all rows of `from`, matching columns by name; columns that `to` lacks are dropped, those
 * that `from` lacks are missing. Where types differ, numbers become text, text that spells numbers
 * becomes numbers, and a REAL column that holds nothing yet becomes text; any other text, or a
 * fraction for a column of whole numbers, fails, and `to` keeps the rows it had. */
enum status table_concatenate(struct table *to, const struct table *from, struct error *error);

/* TSV: a header row, missing (and empty text) is n/a, text has tabs, line feeds and control
 * characters replaced by blanks, reals are printed with the fewest digits that read back to the
 * same double, and "C" locale. Rows [first, last) only; header if asked. Errors of the stream are
 * the caller's to find (output_commit). */
void table_write_tsv(const struct table *table, FILE *stream, bool header, size_t first,
                     size_t last);

/* Reads any TSV with a header row: columns of numbers (and of nothing) become COLUMN_REAL, all
 * others COLUMN_TEXT, spelled as in the file. n/a and empty cells are missing, NaN and NA are in
 * columns of numbers; whole numbers with leading zeros are text. Lines may end with CR LF, the last
 * one with nothing; a byte order mark and empty lines at the end are skipped. name is for messages,
 * which tell the line. Empty tables (a header alone) are fine; ragged rows, NUL bytes, duplicate or
 * empty column names, lines past 64 MiB and a missing header are refused. */
enum status table_read_tsv(FILE *stream, const char *name, struct table **table,
                           struct error *error);

/* JSON: an array of objects, missing is null, flags are arrays of names where the names are
 * known, and whole numbers else. Pretty with indent 2. Infinities, which JSON lacks, are null. */
enum status table_write_json(const struct table *table, FILE *stream, struct error *error);

/* The same for a table that comes in parts: *written counts the rows so far and starts as 0;
 * table_end_json closes the array. */
enum status table_write_json_part(const struct table *table, FILE *stream, size_t *written,
                                  struct error *error);
void table_end_json(FILE *stream, size_t written);

/* A real with the fewest digits that read back to the same double ("n/a" for NaN, "inf", "-inf").
 * Returns the length; size ≥ 32. */
int table_format_real(char *to, size_t size, double value);

/* The other way: the whole cell as a number; NaN for what is missing in a column of numbers (empty,
 * n/a, NA, NaN). False for all else: text, hexadecimal, values past the range of a double, whole
 * numbers with leading zeros. */
bool table_parse_real(const char *cell, double *value);

#endif
