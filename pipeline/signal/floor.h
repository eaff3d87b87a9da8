/* The noise floor of a channel: a low quantile of second-long levels, within a horizon each way.
 *
 * Level of a second: median of its five 200 ms means of activity energy; a few bursts do not move
 * it. The floor at a second is a low quantile of the levels of all valid seconds at most
 * `horizon` away, by a histogram of 0.1 dB. With a quantile of 3 % it survives activity that fills
 * all but 3 % of twice the horizon, and rests on no more than that. (A minimum statistic in the
 * sense of Martin 2001, IEEE Trans Speech Audio Process 9:504, with a quantile instead of the
 * minimum.) */
#ifndef SOLEUS_SIGNAL_FLOOR_H
#define SOLEUS_SIGNAL_FLOOR_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct floor_tracker;

/* horizon in seconds; 0 ≤ quantile ≤ 1. */
enum status floor_create(size_t horizon, double quantile, struct floor_tracker **tracker,
                         struct error *error);
void floor_destroy(struct floor_tracker *tracker);

/* The next second's level; not valid (gap, flat): NaN. */
void floor_push(struct floor_tracker *tracker, double level);

/* The floor at second `second`; NaN when no second within reach is valid. Seconds must be asked
 * for in ascending order; those up to `second` + horizon must have been pushed, or `ended`. */
double floor_at(struct floor_tracker *tracker, uint64_t second);

#endif
