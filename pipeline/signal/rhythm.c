#include "pipeline/signal/rhythm.h"

#include "pipeline/signal/cadence.h"
#include "pipeline/signal/statistics.h"

#include <math.h>

#define INTERVALS_MAX 512
#define USUAL         0.4 /* of the median */

static double slope_of_rate(const struct burst *bursts, const double *intervals, size_t count)
{
    double n = 0, t_sum = 0, r_sum = 0, tt = 0, tr = 0;
    for (size_t i = 0; i < count; i++) {
        double t = bursts[i].onset - bursts[0].onset, rate = 1 / intervals[i];
        n++;
        t_sum += t;
        r_sum += rate;
        tt += t * t;
        tr += t * rate;
    }
    double spread = tt - t_sum * t_sum / n;
    return spread > 0 ? (tr - t_sum * r_sum / n) / spread : NAN;
}

/* Mean of the intervals within USUAL of the median: less scattered than the median itself. */
static double usual_mean(const double *intervals, size_t count, double median)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
        if (fabs(intervals[i] - median) <= USUAL * median) {
            sum += intervals[i];
            n++;
        }
    }
    return sum / n;
}

struct rhythm rhythm_measure(const struct burst *bursts, size_t count)
{
    double intervals[INTERVALS_MAX], work[INTERVALS_MAX];
    size_t n = count - 1 < INTERVALS_MAX ? count - 1 : INTERVALS_MAX;
    struct rhythm rhythm = {NAN, NAN, NAN, 0, NAN, NAN};
    for (size_t i = 0; i < n; i++) {
        work[i] = intervals[i] = bursts[i + 1].onset - bursts[i].onset;
    }
    double median = statistics_median(work, n);
    rhythm.missed = cadence_divide_missed(intervals, n, median);
    for (size_t i = 0; i < n; i++) {
        work[i] = intervals[i];
    }
    rhythm.interval = usual_mean(intervals, n, statistics_median(work, n));
    for (size_t i = 0; i + 1 < n; i++) {
        work[i] = fabs(intervals[i + 1] - intervals[i]);
    }
    if (n >= 2) {
        rhythm.variation = 1.4826 * statistics_median(work, n - 1) / (sqrt(2) * rhythm.interval);
    }
    for (size_t i = 0; i < n; i++) {
        work[i] = bursts[i].offset - bursts[i].onset;
    }
    rhythm.duration = statistics_median(work, n);
    for (size_t i = 0; i < n; i++) {
        work[i] = fabs(bursts[i].offset - bursts[i].onset - rhythm.duration);
    }
    rhythm.durations = 1.4826 * statistics_median(work, n) / rhythm.duration;
    if (n >= 4) {
        rhythm.rate_slope = slope_of_rate(bursts, intervals, n);
    }
    return rhythm;
}
