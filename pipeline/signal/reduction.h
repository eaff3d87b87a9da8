/* A sequence of vectors of any length, kept as at most `capacity` columns: when they are full,
 * neighbours are merged in pairs and each column stands for twice as many vectors. Bounded memory
 * for pictures of recordings of any length. */
#ifndef SOLEUS_SIGNAL_REDUCTION_H
#define SOLEUS_SIGNAL_REDUCTION_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

enum reduction_kind { REDUCTION_MEAN = 0, REDUCTION_MINIMUM, REDUCTION_MAXIMUM };

struct reduction {
    size_t width, capacity;
    const enum reduction_kind *kinds; /* by component; NULL: all means. Not owned. */
    size_t count;                     /* columns begun */
    uint64_t per_column;              /* vectors a column stands for */
    uint64_t in_last;                 /* vectors in the last column, missing ones included */
    float *values;                    /* capacity × width; means are kept as sums */
    uint32_t *filled;                 /* capacity: vectors that were not missing */
};

/* capacity: even. */
enum status reduction_create(size_t width, size_t capacity, const enum reduction_kind *kinds,
                             struct reduction *reduction, struct error *error);
void reduction_clear(struct reduction *reduction);

/* Appends a vector of `width` values; NULL, or one with a NaN, is missing. */
void reduction_push(struct reduction *reduction, const float *vector);

/* Component i of a column; NaN when all its vectors were missing. */
double reduction_value(const struct reduction *reduction, size_t column, size_t i);

#endif
