/* The slope of Theil and Sen: the median of the slopes between all pairs of epochs, which up to
 * 29 % of outliers cannot carry away (Theil 1950, Indag Math 12:85; Sen 1968, J Am Stat Assoc
 * 63:1379), and its order statistics, which give Sen's interval.
 *
 * Of the n (n − 1) / 2 slopes none is stored. The number of slopes below m is the number of pairs
 * that the values y − m t have out of order, O(n log n); a search over m narrows down until few
 * slopes are left between its bounds, and those are listed and ordered (after Cole, Salowe, Steiger
 * & Szemerédi 1989, SIAM J Comput 18:792, and Matoušek 1991, Inf Process Lett 39:183). The result
 * is one of the slopes, up to the rounding of y − m t; the sample that starts the search is always
 * the same, so that the same series gives the same bytes.
 *
 * Memory grows with n alone. Objects are independent; use each from one thread at a time. */
#ifndef SOLEUS_SIGNAL_THEIL_SEN_H
#define SOLEUS_SIGNAL_THEIL_SEN_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

struct theil_sen;

/* time: s, strictly ascending; value: finite. Both are read until destroy. 2 ≤ count < 2³². Fails
 * only for want of memory. */
enum status theil_sen_create(const double *time, const double *value, size_t count,
                             struct theil_sen **theil_sen, struct error *error);
void theil_sen_destroy(struct theil_sen *theil_sen);

/* n (n − 1) / 2. */
uint64_t theil_sen_pairs(const struct theil_sen *theil_sen);

/* The k-th smallest slope, k from 0, k < theil_sen_pairs. */
double theil_sen_select(struct theil_sen *theil_sen, uint64_t k);

/* The median slope, per second. */
double theil_sen_slope(struct theil_sen *theil_sen);

/* Sen's interval: slopes of rank (N − C) / 2 and N + 1 − (N − C) / 2 of N, ranks from 1 and
 * rounded, within 1 and N. C: the largest |S| that is not significant (mann_kendall_critical). */
void theil_sen_interval(struct theil_sen *theil_sen, double critical, double *low, double *high);

#endif
