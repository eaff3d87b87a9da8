/* A straight line through the epochs of a series, by least squares, with honest intervals.
 *
 *     y_i = level + slope (t_i − centre) + e_i,   centre = mean of t_i.
 *
 * Times are centred before any sum, so that an episode late in a night is fitted as well as one at
 * its start. The intercept F0 is the fitted value at the series' own first epoch, time[0], not at
 * the start of the recording, where it would mean nothing. The covariance of the coefficients is
 * the prewhitened Newey–West (HAC) estimate of signal/newey_west.h; intervals are estimate ± t_ν ·
 * standard error, Student's t with its ν.
 *
 * The normalised slope 100 · slope / F0 is a ratio of two estimates that depend on each other; its
 * interval is Fieller's (1954, J R Stat Soc B 16:175): all ratios θ for which slope − θ F0 does not
 * differ from 0. It leaves out 0 exactly when the slope's own interval does. */
#ifndef SOLEUS_SIGNAL_REGRESSION_H
#define SOLEUS_SIGNAL_REGRESSION_H

#include "formats/error.h"
#include "pipeline/signal/newey_west.h"

#include <stdbool.h>
#include <stddef.h>

#define REGRESSION_COUNT_MINIMUM 4

struct regression {
    size_t count;
    double start, centre;  /* s: time[0], and the mean of the times */
    double slope;          /* per second */
    double level;          /* fitted value at the centre: the mean */
    double intercept;      /* F0: fitted value at start */
    double r_squared;      /* 0 … 1; 1 for values that are all equal, which the line meets */
    struct newey_west hac; /* covariance of level and slope, lag, autocorrelation, ν */
};

/* time: s, strictly ascending; value: finite; count ≥ REGRESSION_COUNT_MINIMUM. hop: s between
 * neighbouring epochs; overlap: fraction of an epoch shared with the next. residuals: count values
 * to be filled, or NULL. Fails only for want of memory. */
enum status regression_fit(const double *time, const double *value, size_t count, double hop,
                           double overlap, double *residuals, struct regression *result,
                           struct error *error);

/* Fitted value at a time. */
double regression_value(const struct regression *fit, double time);

/* Half the width of the interval of the fitted value at a time (the band about the line). */
double regression_band(const struct regression *fit, double time, double confidence);

/* The interval of the slope, per second. */
void regression_slope_interval(const struct regression *fit, double confidence, double *low,
                               double *high);

/* Fieller's interval of slope / F0, per second. False, and NaN in both, when F0 is not positive by
 * more than its own uncertainty: then there is nothing to normalise to. */
bool regression_relative_interval(const struct regression *fit, double confidence, double *low,
                                  double *high);

#endif
