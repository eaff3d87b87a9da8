/* Samples as text: cells between blanks, tabs, semicolons (and commas where these are no decimal
 * marks), read at any place of a file. */
#ifndef SOLEUS_FORMATS_BRAINVISION_CELLS_H
#define SOLEUS_FORMATS_BRAINVISION_CELLS_H

#include "formats/brainvision/header.h"

#define CELL_SIZE 64

enum cell {
    CELL_NUMBER,
    CELL_WORD, /* no number: `text` has it */
    CELL_LINE, /* the line's end */
    CELL_END,  /* the file's end */
};

struct cells {
    const struct source *source;
    uint64_t position;    /* of the next bytes to be loaded */
    uint64_t line;        /* from 1 */
    unsigned char *bytes; /* owned */
    size_t capacity, start, end;
    char mark;
    char text[CELL_SIZE]; /* of the last cell */
};

/* Begins at `position`, in line `line`; capacity: bytes loaded at a time. */
enum status cells_begin(struct cells *cells, const struct source *source, uint64_t position,
                        uint64_t line, char mark, size_t capacity, struct error *error);

/* The next cell; *value is set for numbers (NaN, as text, is one). */
enum status cells_next(struct cells *cells, enum cell *kind, double *value, struct error *error);

/* Passes over the rest of the present line; *any is false at the file's end. */
enum status cells_skip_line(struct cells *cells, bool *any, struct error *error);

/* Where the next byte lies in the file. */
uint64_t cells_position(const struct cells *cells);

void cells_end(struct cells *cells);

#endif
