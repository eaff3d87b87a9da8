/* Lines and cells of text tables. */
#ifndef SOLEUS_FORMATS_TEXT_CELLS_H
#define SOLEUS_FORMATS_TEXT_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/* How a table is written. */
struct text_dialect {
    char delimiter; /* ',', ';', '\t', or ' ' for runs of blanks and tabs */
    char mark;      /* decimal mark, '.' or ',' */
    char line_end;  /* '\n' (a '\r' before it is a blank), or '\r' */
};

/* One cell, without the blanks and the quotes around it. */
struct text_cell {
    const char *start, *end;
    bool quoted;
};

enum text_value {
    TEXT_NUMBER,
    TEXT_MISSING, /* empty, NaN, NA, n/a, null, or infinite */
    TEXT_WORD     /* anything else */
};

/* Takes the next cell of the line [*p, end) and moves *p behind its delimiter; *p is NULL after
 * the last one. A line that ends in a delimiter has an empty cell behind it, but not with ' '.
 * Start with *p at the line's first character; false when there is no cell left. */
bool text_cell_next(const char **p, const char *end, char delimiter, struct text_cell *cell);

/* The decimal mark of a cell's numbers: that of the table, but for quoted decimal commas. */
char text_cell_mark(const struct text_cell *cell, const struct text_dialect *dialect);

/* What a cell holds; *value is NaN unless it is a number. The text behind the cell must end in a
 * line feed or carriage return, as number_parse needs it. */
enum text_value text_cell_value(const struct text_cell *cell, const struct text_dialect *dialect,
                                double *value);

/* The end of the line that begins at p: its line_end, or `end` when there is none. */
const char *text_line_end(const char *p, const char *end, const struct text_dialect *dialect);

/* True for a line of blanks: there is no row in it. */
bool text_line_is_blank(const char *p, const char *end, const struct text_dialect *dialect);

/* True for a line that begins with '#', '%' or '//', or with ';' where that does not delimit. */
bool text_line_is_comment(const char *p, const char *end, const struct text_dialect *dialect);

#endif
