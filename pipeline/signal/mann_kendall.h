/* The test of Mann and Kendall for a monotonic trend (Mann 1945, Econometrica 13:245; Kendall 1975,
 * Rank Correlation Methods), for series that are autocorrelated and may have gaps.
 *
 *     S = Σ_{i<j} sign(y_j − y_i),   Var₀ S = (n (n−1) (2n+5) − Σ_g t_g (t_g−1) (2t_g+5)) / 18
 *
 * with groups of t_g equal values. Autocorrelation inflates the variance, Var S = f · Var₀ S, as
 * Hamed & Rao (1998, J Hydrol 204:182) put it, from the ranks of the series freed of its trend (the
 * Theil–Sen slope). Their f sums the autocorrelations that are significant one by one; so
 * corrected, the test rejects in 8 to 14 % instead of 5 % in white noise (n = 10 … 1000), and in 15
 * to 26 % at φ = 0.6, because noisy autocorrelations are too small where it matters and chance ones
 * slip in. Here f is the variance of the slope of the detrended ranks over their order by
 * signal/newey_west.h (S is that slope to first order), over the one that exchangeable ranks have.
 *
 *     z = (S − sign S) / √(f Var₀ S)   (continuity-corrected; 0 when S = 0)
 *
 * is referred to Student's t with that estimate's degrees of freedom ν. S cannot pass N, the number
 * of pairs that are no ties, so that large z are rarer than t says; as with any correlation
 * coefficient
 *
 *     t = z √((D − 1) / (D − z²)),   D = N² / (min(1, f) Var₀ S),
 *
 * takes that into account, from 12 epochs on: below, the largest values of S are too probable under
 * autocorrelation. O(n log n), and O(n L) for f. */
#ifndef SOLEUS_SIGNAL_MANN_KENDALL_H
#define SOLEUS_SIGNAL_MANN_KENDALL_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

#define MANN_KENDALL_COUNT_MINIMUM 4

struct mann_kendall {
    int64_t s;
    double tau;                /* S over the number of pairs that are no ties (Goodman–Kruskal) */
    double variance_free;      /* Var₀ S, corrected for ties */
    double inflation;          /* f */
    double variance;           /* f Var₀ S */
    double degrees_of_freedom; /* ν; ∞ where a line meets all values */
    double bound;              /* D; ∞ below 12 epochs */
    double p;                  /* two-sided; 1 when all values are equal */
};

/* time: s, strictly ascending; value: finite; count ≥ MANN_KENDALL_COUNT_MINIMUM, < 2³². hop,
 * overlap: of the epochs, as in regression_fit. slope: per second, what the series is freed of
 * before its autocorrelation is looked at. Fails only for want of memory. */
enum status mann_kendall_test(const double *time, const double *value, size_t count, double hop,
                              double overlap, double slope, struct mann_kendall *result,
                              struct error *error);

/* The |S| that a test at 1 − confidence just lets pass: Sen's interval of the slope follows from it
 * (signal/theil_sen.h). */
double mann_kendall_critical(const struct mann_kendall *test, double confidence);

#endif
