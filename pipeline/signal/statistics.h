/* Order statistics and simple sums over buffers of doubles. Pure functions. */
#ifndef SOLEUS_SIGNAL_STATISTICS_H
#define SOLEUS_SIGNAL_STATISTICS_H

#include <stddef.h>

/* The k-th smallest (k from 0) of count values; reorders the buffer. count > k; no NaN. */
double statistics_select(double *values, size_t count, size_t k);

/* Median of count values (mean of the two middle ones); reorders. NaN when count is 0. */
double statistics_median(double *values, size_t count);

/* Quantile 0 ≤ q ≤ 1, linear between order statistics (Hyndman & Fan 1996, type 7); reorders.
 * NaN when count is 0. */
double statistics_quantile(double *values, size_t count, double q);

double statistics_mean(const double *values, size_t count);

#endif
