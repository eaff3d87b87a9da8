/* Variance of a straight line's coefficients from autocorrelated residuals whose variance may
 * change: the estimator of Newey & West (1987, Econometrica 55:703; Bartlett weights), prewhitened
 * (Andrews & Monahan 1992, Econometrica 60:953), with what it takes to be honest for short series.
 *
 * For epochs at positions k_i (whole hops, gaps allowed) with centred regressor x_i and residuals
 * e_i of the line through them:
 *
 * 1. φ̂, first-order autocorrelation of the residuals, free of the bias that a fitted line brings
 *    and of the correlation that overlapping epochs bring (signal/autoregression.h).
 * 2. Whitened residuals u_i = e_i − φ̂ e_{i−1}. Across a gap of d > 1 hops the correlation over d
 *    stands in for φ̂, and u is scaled to the same variance; so is u_0 = e_0.
 * 3. Their scores s_i = x_i u_i in the sum of Newey & West, in which pairs count by their true
 *    distance in hops d_ij = |k_i − k_j|, so that a gap separates:
 *
 *        K = Σ_ij s_i s_j max(0, 1 − d_ij / (L + 1)).
 *
 * 4. σ̂² = K / E₀K, where E₀K is what K would be on average with unit innovations (correlated by
 *    overlap alone) after a line has been fitted: the exact small-sample factor.
 * 5. Recoloured: the covariance of the coefficients is σ̂² (C'ΩC), Ω of the autoregression with φ̂
 *    over the same positions, rather than its limit (1 − φ̂)⁻².
 * 6. Student t with ν degrees of freedom, by matching the variance of the estimate (Satterthwaite
 *    1946, Biometrics Bull 2:110) to that of K among independent residuals, ν_K, and by the delta
 *    method to the uncertainty of φ̂, whose variance is about (1 − φ²) / (p − 2) from p neighbours:
 *
 *        1/ν = 1/ν_K + ½ (d ln v / dφ)² (1 − φ̂²) / (p − 2),   v = (C'ΩC) of the slope; ν ≥ 1.
 *
 * The lag is L = ⌊1.3 √n⌋ (Lazarus, Lewis, Stock & Watson 2018, J Bus Econ Stat 36:541), at most
 * ⌊n/5⌋ since in short series prewhitening has to do the work, and at least twice the number of
 * epochs that overlap with one.
 *
 * Intervals of 95 % so made hold the true slope in 93 to 97 % of simulated series in white noise
 * and AR(1) of 0.3 and 0.6 at n = 10, 30, 100 and 1000, with gaps too, and in 92 to 97 % with
 * overlap; in 87 to 94 % where correlation reaches farther than AR(1), and in fewer below ten
 * strongly correlated epochs (tests/trend_coverage.tsv, made by scripts/trend-coverage). Plain
 * Newey–West intervals (lag 4 (n/100)^(2/9), t of n − 2) hold it in 84, 88 and 92 % at n = 10, 30,
 * 100 even in white noise. */
#ifndef SOLEUS_SIGNAL_NEWEY_WEST_H
#define SOLEUS_SIGNAL_NEWEY_WEST_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

struct newey_west {
    double autocorrelation;    /* φ̂ */
    size_t lag;                /* L, hops */
    double degrees_of_freedom; /* ν ≥ 1 */
    double level;              /* variance of the fitted value where x = 0 */
    double covariance;         /* of that value with the slope */
    double slope;              /* variance of the slope per unit of x */
    double scatter;            /* variance of single values about the true line: Σe² over what it
                                * would be on average, under Ω, if that variance were 1 */
};

/* x: centred (Σx = 0), not all 0. residuals: of the least-squares line over x. overlap: fraction of
 * an epoch shared with the next. count ≥ 4. Residuals that vanish give variances of 0 and
 * ν = count − 2. Fails only for want of memory. */
enum status newey_west_estimate(const double *x, const double *residuals, const int64_t *positions,
                                size_t count, double overlap, struct newey_west *result,
                                struct error *error);

#endif
