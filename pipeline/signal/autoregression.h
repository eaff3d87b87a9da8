/* A reference model for the residuals of a straight line through epochs: first-order
 * autoregression under the overlap of the epochs, on a time axis that may have gaps.
 *
 * Epochs stand on a grid of whole hops; their positions k_i ascend strictly, and missing epochs
 * leave gaps. Epochs that overlap share samples: an epoch covers m = 1 / (1 − overlap) hops, so
 * that its value is a moving sum, with weights a_j = min(1, m − j), j = 0 … q = ⌈m⌉ − 1, of a
 * process z on the grid, z_k = φ z_{k−1} + ε_k. Without overlap q = 0, and the model is AR(1).
 * With c_k the autocovariance of the weights, scaled so that c_0 = 1, values l hops apart have
 * per unit of innovation variance the covariance
 *
 *     γ(l) = Σ_{|k| ≤ q} c_|k| φ^|l−k| / (1 − φ²).
 *
 * φ is found by matching the first autocorrelation of the residuals to what the model leaves
 * after a line has been fitted, E Σ e_k e_{k+1} / E Σ e_k², with Ω = (γ(k_i − k_j)) and the
 * residual covariance (I − QQ')Ω(I − QQ'), Q the orthonormal basis of the line. This is the exact
 * form, for any pattern of gaps, of the usual correction of φ̂ for its bias of −(2 + 4φ)/n beside a
 * fitted line (Kendall 1954, Biometrika 41:403; Marriott & Pope 1954, Biometrika 41:390).
 *
 * Everything takes time in proportion to n (q + 1). Pure functions on the caller's buffers. */
#ifndef SOLEUS_SIGNAL_AUTOREGRESSION_H
#define SOLEUS_SIGNAL_AUTOREGRESSION_H

#include <stddef.h>
#include <stdint.h>

#define AUTOREGRESSION_SHARED_MAX 63

/* φ stays within; nearer to 1 a series cannot be told from a random walk. */
#define AUTOREGRESSION_LOW  (-0.9)
#define AUTOREGRESSION_HIGH 0.97

/* What overlap does to neighbouring epochs. */
struct epoch_overlap {
    size_t shared; /* q: so many epochs after one share samples with it */
    double correlation[AUTOREGRESSION_SHARED_MAX + 1]; /* c_0 = 1 … c_q */
};

/* overlap: fraction of an epoch that the next one shares, 0 ≤ overlap < 1; overlaps of more than
 * 1 − 1 / 64 are taken as that. */
struct epoch_overlap autoregression_overlap(double overlap);

/* Positions on the grid of hops from ascending times (s): rounded (time − time[0]) / hop, and at
 * least one more than the one before. hop > 0. */
void autoregression_positions(const double *time, size_t count, double hop, int64_t *positions);

/* γ(lag), lag ≥ 0. */
double autoregression_covariance(const struct epoch_overlap *overlap, double phi, int64_t lag);

/* to = Ω x, count values each; to must not be x. */
void autoregression_apply(const struct epoch_overlap *overlap, double phi, const int64_t *positions,
                          const double *x, size_t count, double *to);

/* to = R x, where R holds the correlations c of the overlap alone (φ = 0, unit variance). */
void autoregression_apply_overlap(const struct epoch_overlap *overlap, const int64_t *positions,
                                  const double *x, size_t count, double *to);

/* How many epochs are followed at once, one hop later, by another. */
size_t autoregression_pairs(const int64_t *positions, size_t count);

/* φ by the match above. level and line: the columns of Q; scratch: 2 count values. 0 when fewer
 * than three epochs have a neighbour, or the residuals vanish. */
double autoregression_match(const struct epoch_overlap *overlap, const int64_t *positions,
                            const double *residuals, const double *level, const double *line,
                            size_t count, double *scratch);

#endif
