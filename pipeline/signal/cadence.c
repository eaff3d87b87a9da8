#include "pipeline/signal/cadence.h"

#include "pipeline/signal/episode_weights.h"
#include "pipeline/signal/statistics.h"

#include <math.h>

#define SPAN        (2 * CADENCE_REACH + 1)
#define ALONE       3.0   /* s: stands for the interval of a burst without neighbours */
#define LEAST_GAP   0.004 /* s */
#define LEAST_SHARE 1e-12 /* of the floor: a burst's own energy is no less */

const struct cadence_measure cadence_measures[CADENCE_MEASURES] = {
    {"duration", "ln of its duration (s)"},
    {"filling", "ln of its duration over the interval"},
    {"typical filling", "ln of the median duration over the interval"},
    {"unevenness", "ln of the median deviation of the intervals over their median (+ 0.03)"},
    {"variation", "ln of the intervals' coefficient of variation (+ 0.03)"},
    {"duration spread", "standard deviation of the durations' logarithms"},
    {"relaxation", "ln of the energy left between bursts over that of the bursts (+ 0.02)"},
    {"duty cycle", "share of the time that bursts fill"},
    {"silence before", "ln of the silence before it (s)"},
    {"silence after", "ln of the silence after it (s)"},
    {"company", "number of bursts looked at"},
    {"interval", "ln of the median interval (s)"},
    {"longest", "ln of the longest duration over the median"},
    {"energy spread", "standard deviation of the energies' logarithms"},
};

size_t cadence_divide_missed(double *intervals, size_t count, double median)
{
    size_t missed = 0;
    for (size_t i = 0; i < count; i++) {
        double beats = round(intervals[i] / median);
        if (beats >= 2 && beats <= 3 && fabs(intervals[i] / median - beats) < 0.25 * beats) {
            intervals[i] /= beats;
            missed += (size_t)beats - 1;
        }
    }
    return missed;
}

static double gap_before(const struct burst *bursts, size_t i)
{
    return bursts[i].onset - bursts[i - 1].offset;
}

static double median(const double *values, size_t count)
{
    double work[SPAN];
    for (size_t i = 0; i < count; i++) {
        work[i] = values[i];
    }
    return statistics_median(work, count);
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

/* Of all `count` values, not an estimate of a population's. */
static double deviation(const double *values, size_t count)
{
    double centre = mean(values, count), squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - centre) * (values[i] - centre);
    }
    return sqrt(squares / (double)count);
}

static double own_energy(const struct burst *burst)
{
    double floor = burst->floor * burst->floor;
    return fmax(burst->mean * burst->mean - floor, LEAST_SHARE * floor);
}

/* Energy left between bursts[i − 1] and bursts[i], noise taken off, over theirs. */
static double relaxation(const struct burst *bursts, size_t i)
{
    double left = bursts[i].relaxation * bursts[i].relaxation - bursts[i].floor * bursts[i].floor;
    double of = 0.5 * (own_energy(&bursts[i]) + own_energy(&bursts[i - 1]));
    return isfinite(left) ? fmin(fmax(left / of, 0), 2) : 0;
}

/* Median interval, unevenness and variation; 0, 1 or more intervals. */
static void measure_intervals(double *intervals, size_t count, double *measures, double *interval)
{
    double uneven = 1, variation = 1, centre = ALONE, distances[SPAN];
    if (count > 0) {
        cadence_divide_missed(intervals, count, median(intervals, count));
        centre = median(intervals, count);
    }
    if (count >= 2) {
        for (size_t i = 0; i < count; i++) {
            distances[i] = fabs(intervals[i] - centre);
        }
        uneven = median(distances, count) / centre;
        variation = deviation(intervals, count) / mean(intervals, count);
    }
    measures[3] = log(uneven + 0.03);
    measures[4] = log(variation + 0.03);
    measures[11] = log(centre);
    *interval = count > 0 ? centre : NAN;
}

void cadence_measure(const struct burst *bursts, size_t count, size_t i, double chain,
                     struct cadence *cadence)
{
    double intervals[SPAN], durations[SPAN], log_durations[SPAN], log_energies[SPAN];
    double *measures = cadence->measures, filled = 0;
    size_t first = i, last = i, n = 0;
    while (first > 0 && i - first < CADENCE_REACH && gap_before(bursts, first) < chain) {
        first--;
    }
    while (last + 1 < count && last - i < CADENCE_REACH && gap_before(bursts, last + 1) < chain) {
        last++;
    }
    for (size_t k = first; k <= last; k++, n++) {
        durations[n] = bursts[k].offset - bursts[k].onset;
        log_durations[n] = log(durations[n]);
        log_energies[n] = log(own_energy(&bursts[k]));
        filled += durations[n];
        if (k > first) {
            intervals[n - 1] = bursts[k].onset - bursts[k - 1].onset;
        }
    }
    measure_intervals(intervals, n - 1, measures, &cadence->interval);
    double own = bursts[i].offset - bursts[i].onset, typical = median(durations, n);
    double interval = exp(measures[11]), longest = 0, relaxed = 0, relaxations = 0;
    for (size_t k = 0; k < n; k++) {
        longest = fmax(longest, durations[k]);
    }
    for (size_t k = i; k <= i + 1; k++) {
        if (k > first && k <= last) {
            relaxed += relaxation(bursts, k);
            relaxations++;
        }
    }
    double before = i > 0 ? gap_before(bursts, i) : chain;
    double after = i + 1 < count ? gap_before(bursts, i + 1) : chain;
    measures[0] = log(own);
    measures[1] = log(own / interval);
    measures[2] = log(typical / interval);
    measures[5] = n >= 2 ? deviation(log_durations, n) : 1.5;
    measures[6] = log((relaxations > 0 ? relaxed / relaxations : 0) + 0.02);
    measures[7] = filled / (bursts[last].offset - bursts[first].onset);
    measures[8] = log(fmin(fmax(before, LEAST_GAP), chain));
    measures[9] = log(fmin(fmax(after, LEAST_GAP), chain));
    measures[10] = (double)n;
    measures[12] = log(longest / typical);
    measures[13] = n >= 2 ? deviation(log_energies, n) : 0;
    cadence->odds = episode_weights_cadence[CADENCE_MEASURES];
    for (size_t k = 0; k < CADENCE_MEASURES; k++) {
        cadence->odds += episode_weights_cadence[k] * measures[k];
    }
    cadence->odds -= CADENCE_LONG_COST * fmax(0, own - CADENCE_LONGEST_JERK);
}
