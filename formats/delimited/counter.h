/* Sample counters in a column of a text table: what they say of lost samples. */
#ifndef SOLEUS_FORMATS_TEXT_COUNTER_H
#define SOLEUS_FORMATS_TEXT_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_counter {
    uint64_t modulus;   /* the count after which it starts again; 0: not known */
    uint64_t step;      /* from one sample to the next, 1 or more */
    unsigned per_count; /* samples that share a count: 1, or 2 */
    uint64_t previous;
    unsigned seen; /* samples that had `previous` */
    bool started;
};

enum text_count {
    COUNT_REGULAR,
    COUNT_REPEATED, /* as the one before */
    COUNT_RESTARTED /* lower than the one before, and no turn of the counter */
};

/* Learns step and modulus from the first counts. `moduli` (0 ends them) are those that devices are
 * known to have, the likeliest first; one that no count contradicts and that explains most steps
 * is taken, or none when the counts never turn. */
void text_counter_learn(struct text_counter *counter, const double *counts, size_t count,
                        const uint64_t *moduli);

/* Takes the next count; *lost is the number of samples missing before it. What is no count (NaN,
 * negative, a fraction) is taken for the next one. */
enum text_count text_counter_tick(struct text_counter *counter, double count, uint64_t *lost);

#endif
