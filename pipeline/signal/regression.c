#include "pipeline/signal/regression.h"

#include "formats/checked.h"
#include "pipeline/signal/autoregression.h"
#include "pipeline/signal/distributions.h"
#include "pipeline/signal/statistics.h"

#include <float.h>
#include <math.h>

/* Residuals below this many roundings of the values are rounding, not scatter. */
#define ROUNDINGS 64

/* Coefficients, residuals and R²; x receives the centred times. */
static void fit_line(const double *time, const double *value, size_t count, double *x,
                     double *residuals, struct regression *result)
{
    /* Relative to the first, so that the mean of a night's seconds keeps its digits. */
    double offset = 0, level = 0, xx = 0, xy = 0, scatter = 0, total = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        x[i] = time[i] - time[0];
    }
    offset = statistics_mean(x, count);
    level = statistics_mean(value, count);
    for (size_t i = 0; i < count; i++) {
        x[i] -= offset;
        xx += x[i] * x[i];
        xy += x[i] * (value[i] - level);
        largest = fmax(largest, fabs(value[i]));
    }
    double slope = xy / xx;
    for (size_t i = 0; i < count; i++) {
        double deviation = value[i] - level;
        residuals[i] = deviation - slope * x[i];
        if (fabs(residuals[i]) <= ROUNDINGS * DBL_EPSILON * largest) {
            residuals[i] = 0;
        }
        scatter += residuals[i] * residuals[i];
        total += deviation * deviation;
    }
    *result = (struct regression){.count = count,
                                  .start = time[0],
                                  .centre = time[0] + offset,
                                  .slope = slope,
                                  .level = level,
                                  .intercept = level - slope * offset,
                                  .r_squared = scatter > 0 ? fmax(0, 1 - scatter / total) : 1};
}

enum status regression_fit(const double *time, const double *value, size_t count, double hop,
                           double overlap, double *residuals, struct regression *result,
                           struct error *error)
{
    size_t size;
    bool fits = checked_multiply(count, 2 * sizeof(double), &size);
    double *buffers = fits ? checked_calloc(1, size) : NULL;
    int64_t *positions = checked_calloc(count, sizeof(*positions));
    enum status status;
    if (!buffers || !positions) {
        status = error_memory(error, "fitting a trend");
        goto out;
    }
    if (!residuals) {
        residuals = buffers + count;
    }
    fit_line(time, value, count, buffers, residuals, result);
    autoregression_positions(time, count, hop, positions);
    status =
        newey_west_estimate(buffers, residuals, positions, count, overlap, &result->hac, error);
out:
    free(buffers);
    free(positions);
    return status;
}

double regression_value(const struct regression *fit, double time)
{
    return fit->level + fit->slope * (time - fit->centre);
}

static double value_variance(const struct regression *fit, double time)
{
    double x = time - fit->centre;
    return fmax(0, fit->hac.level + 2 * x * fit->hac.covariance + x * x * fit->hac.slope);
}

static double quantile(const struct regression *fit, double confidence)
{
    return student_quantile(0.5 + confidence / 2, fit->hac.degrees_of_freedom);
}

double regression_band(const struct regression *fit, double time, double confidence)
{
    return quantile(fit, confidence) * sqrt(value_variance(fit, time));
}

void regression_slope_interval(const struct regression *fit, double confidence, double *low,
                               double *high)
{
    double half = quantile(fit, confidence) * sqrt(fit->hac.slope);
    *low = fit->slope - half;
    *high = fit->slope + half;
}

bool regression_relative_interval(const struct regression *fit, double confidence, double *low,
                                  double *high)
{
    /* (slope − θ F0)² ≤ t² Var(slope − θ F0): a θ² − 2 b θ + c ≤ 0. */
    double t = quantile(fit, confidence), squared = t * t;
    double covariance = fit->hac.covariance + (fit->start - fit->centre) * fit->hac.slope;
    double a = fit->intercept * fit->intercept - squared * value_variance(fit, fit->start);
    double b = fit->intercept * fit->slope - squared * covariance;
    double c = fit->slope * fit->slope - squared * fit->hac.slope;
    if (!(fit->intercept > 0) || !(a > 0)) {
        *low = *high = NAN;
        return false;
    }
    /* The discriminant is t² times a determinant that is never negative. */
    double root = sqrt(fmax(0, b * b - a * c));
    *low = (b - root) / a;
    *high = (b + root) / a;
    return true;
}
