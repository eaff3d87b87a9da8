/* The rows of a text table as a stream of numbers. */
#ifndef SOLEUS_FORMATS_TEXT_ROWS_H
#define SOLEUS_FORMATS_TEXT_ROWS_H

#include "formats/delimited/layout.h"
#include "formats/source.h"

struct text_rows {
    double *row;    /* by column: the latest row; NaN for what is missing */
    uint64_t line;  /* of that row, counted from 1 */
    bool *required; /* by column: a word there is a fault; else it is NaN. For the caller to set;
                       at first true for times alone */
    bool *kept;     /* by column: its cells are kept as text. For the caller to set */
    bool keeping;   /* some are */
    struct text_cell
        *cells; /* by column: where kept, that of the latest row, valid until the next */

    /* NULL, or asked about each line that is not one of plain numbers, and about every line while
     * `watching` is set: it returns true for one that is no row at all (a header between rows),
     * which is then passed, and sets *status and error when the line is a fault. */
    bool watching;
    bool (*foreign)(void *context, const char *line, const char *end, enum status *status,
                    struct error *error);
    void *context;

    struct source *source;
    const struct text_layout *layout;
    struct warnings *warnings;
    bool strict, ended, finished;
    char *buffer; /* capacity + 1 bytes, for a line end behind the last line */
    size_t capacity;
    size_t start, end; /* bytes to be parsed: buffer[start, end) */
    size_t complete;   /* the end of the last complete line in there */
};

/* source stands at the first row; layout and warnings outlive rows. To be closed, also when it
 * fails. */
enum status text_rows_open(struct text_rows *rows, struct source *source,
                           const struct text_layout *layout, bool strict, struct warnings *warnings,
                           struct error *error);
void text_rows_close(struct text_rows *rows);

/* Parses up to the next row; *found is false at the end. A row that does not fit fails with its
 * line, but if it is the last one, cut short, it is left out with a warning (strict: fails too). */
enum status text_rows_next(struct text_rows *rows, bool *found, struct error *error);

#endif
