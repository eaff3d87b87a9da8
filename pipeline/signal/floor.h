/* The noise floor of a channel: the mean of its quiet seconds, within a horizon each way.
 *
 * Of all valid seconds at most `horizon` away a histogram of their levels in steps of 0.1 dB is
 * kept. Quiet are those from the lowest up to `width` dB above a low quantile: with a quantile of
 * 3 % the floor survives activity that fills all but 3 % of twice the horizon, and with a width of
 * what noise alone spreads it is not lower than noise is on average, as the quantile itself would
 * be. (A minimum statistic in the sense of Martin 2001, IEEE Trans Speech Audio Process 9:504, with
 * a quantile instead of the minimum.) */
#ifndef SOLEUS_SIGNAL_FLOOR_H
#define SOLEUS_SIGNAL_FLOOR_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct floor_tracker;

/* horizon in seconds; 0 ≤ quantile ≤ 1; width in dB, ≥ 0. */
enum status floor_create(size_t horizon, double quantile, double width,
                         struct floor_tracker **tracker, struct error *error);
void floor_destroy(struct floor_tracker *tracker);

/* The next second's level; not valid (gap, flat): NaN. */
void floor_push(struct floor_tracker *tracker, double level);

/* The floor at second `second`; NaN when no second within reach is valid. Seconds must be asked
 * for in ascending order; those up to `second` + horizon must have been pushed, or `ended`. */
double floor_at(struct floor_tracker *tracker, uint64_t second);

#endif
