/* The recent bins of a channel's envelope, in rings that grow up to a limit: what the detector
 * looks back and ahead on, and close-ups are cut from. */
#ifndef SOLEUS_SIGNAL_BINS_H
#define SOLEUS_SIGNAL_BINS_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

struct bins {
    size_t limit;           /* bins kept at most (a power of two once grown) */
    size_t capacity;        /* bins there is room for now; a power of two */
    uint64_t energy_count;  /* energy bins pushed */
    uint64_t extreme_count; /* minimum and maximum bins pushed */
    float *energy;          /* rings of `capacity`; bin i is at i & (capacity − 1) */
    float *high, *square;   /* energy at high frequencies, mean square; see envelope.h */
    float *minimum, *maximum;
};

/* Zeroes the rings; room is made as bins come. */
void bins_create(size_t limit, struct bins *bins);
void bins_clear(struct bins *bins);

/* `high` and `square` may be NULL: those bins are then NaN. */
enum status bins_push_energy(struct bins *bins, const float *energy, const float *high,
                             const float *square, size_t count, struct error *error);
enum status bins_push_extremes(struct bins *bins, const float *minimum, const float *maximum,
                               size_t count, struct error *error);

/* Value of a bin; NaN when it is not there (yet, or any more). */
float bins_energy(const struct bins *bins, uint64_t bin);
float bins_high(const struct bins *bins, uint64_t bin);
float bins_square(const struct bins *bins, uint64_t bin);
/* Middle between minimum and maximum: the recorded signal below about 125 Hz. */
float bins_middle(const struct bins *bins, uint64_t bin);
float bins_minimum(const struct bins *bins, uint64_t bin);
float bins_maximum(const struct bins *bins, uint64_t bin);

#endif
