/* Agreement from counts: proportions with their intervals, and kappa. Pure functions, never NaN. */
#ifndef SOLEUS_PIPELINE_SCORE_AGREEMENT_H
#define SOLEUS_PIPELINE_SCORE_AGREEMENT_H

#include <stddef.h>

/* part / whole; 1 when whole is 0: of nothing, nothing is wrong. */
double agreement_proportion(double part, double whole);

/* F1, the harmonic mean of two proportions (positive agreement, when both are of the same matches:
 * 2a / (2a + b + c)); 0 when both are 0. */
double agreement_f1(double sensitivity, double precision);

/* Wilson's 95 % interval of part / whole (Wilson 1927, J Am Stat Assoc 22:209), with z = 1.96:
 *
 *     (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n)
 *
 * 0 to 1 when whole is 0. */
void agreement_wilson(double part, double whole, double interval[2]);

/* Cohen's kappa (Cohen 1960, Educ Psychol Meas 20:37) of a square matrix of counts, `size` rows of
 * `stride`: (p_o − p_e) / (1 − p_e), with p_o the share on the diagonal and p_e the one that the
 * margins let expect. When p_e is 1, both have called everything the same: 1. When there are no
 * counts: 1. */
double agreement_kappa(const double *counts, size_t size, size_t stride);

#endif
