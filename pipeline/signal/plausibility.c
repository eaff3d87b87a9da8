#include "pipeline/signal/plausibility.h"

#include "pipeline/signal/cadence.h"
#include "pipeline/signal/episode_weights.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <stdbool.h>

#define BURSTS_MAX      512  /* that medians look at */
#define POTENTIAL       0.03 /* s; shorter bursts are single potentials or spikes */
#define LEAST_SHARE     1e-3 /* of the floor: a burst's own energy is no less */
#define UNKNOWN_NOISE   0.5  /* stands for a likeness to noise that could not be told */
#define NOISE_LOW       (-0.5)
#define NOISE_HIGH      2.0
#define SLOW_UNKNOWN    0.8
#define SLOW_HIGH       4.0
#define ROUGH_UNKNOWN   0.7  /* its logarithm */
#define ROUGH_MOST      2.5  /* its logarithm, either way */
#define STEADY_LIKENESS 0.75 /* least likeness to noise … */
#define STEADY_MOST     1.35
#define STEADY_ROUGH    1.6 /* … and most roughness of steady noise */

const struct plausibility_measure plausibility_measures[PLAUSIBILITY_MEASURES] = {
    {"bursts", "ln of their number"},
    {"evidence", "ln of their evidence over noise, nats (+ 1)"},
    {"interval variation", "coefficient of variation of the intervals"},
    {"energy spread", "standard deviation of the energies' logarithms"},
    {"duration spread", "standard deviation of the durations' logarithms"},
    {"duration", "ln of the median duration (s)"},
    {"duty cycle", "share of the time that bursts fill"},
    {"potentials", "share of bursts under 30 ms"},
    {"noise likeness", "share of high frequencies over that of the noise"},
    {"level", "ln of the energy over the noise floor"},
    {"typical evidence", "ln of the median evidence of a burst, nats (+ 1)"},
    {"slowness", "share of frequencies near the band's lower edge over that of the noise"},
    {"roughness", "ln of the envelope's unevenness over that of the noise"},
    {"steady noise", "share of the time that is as even as noise, with its spectrum"},
};

/* Sums for a mean and a standard deviation. */
struct moments {
    double n, sum, squares;
};

static void add(struct moments *moments, double x)
{
    moments->n++;
    moments->sum += x;
    moments->squares += x * x;
}

static double deviation(const struct moments *moments)
{
    double mean = moments->sum / moments->n;
    return sqrt(fmax(moments->squares / moments->n - mean * mean, 0));
}

/* Coefficient of variation of the intervals, missed beats divided out; 1 where there are fewer
 * than two. */
static double interval_variation(const struct burst *bursts, size_t count)
{
    double intervals[BURSTS_MAX], work[BURSTS_MAX];
    size_t n = count - 1 < BURSTS_MAX ? count - 1 : BURSTS_MAX;
    struct moments moments = {0, 0, 0};
    if (n < 2) {
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        work[i] = intervals[i] = bursts[i + 1].onset - bursts[i].onset;
    }
    cadence_divide_missed(intervals, n, statistics_median(work, n));
    for (size_t i = 0; i < n; i++) {
        add(&moments, intervals[i]);
    }
    return deviation(&moments) / (moments.sum / moments.n);
}

static bool is_steady(const struct burst *burst)
{
    return burst->noise_likeness >= STEADY_LIKENESS && burst->noise_likeness <= STEADY_MOST &&
           burst->roughness <= STEADY_ROUGH;
}

void plausibility_measure(const struct burst *bursts, size_t count, double *measures)
{
    double durations[BURSTS_MAX], evidences[BURSTS_MAX];
    double filled = 0, evidence = 0, short_ones = 0, noise = 0, level = 0;
    double slow = 0, rough = 0, rough_time = 0, steady = 0;
    struct moments log_energies = {0, 0, 0}, log_durations = {0, 0, 0};
    size_t n = count < BURSTS_MAX ? count : BURSTS_MAX;
    for (size_t i = 0; i < count; i++) {
        double duration = bursts[i].offset - bursts[i].onset;
        double floor = bursts[i].floor * bursts[i].floor;
        double own = fmax(bursts[i].mean * bursts[i].mean / floor - 1, LEAST_SHARE);
        double likeness = isfinite(bursts[i].noise_likeness)
                              ? fmin(fmax(bursts[i].noise_likeness, NOISE_LOW), NOISE_HIGH)
                              : UNKNOWN_NOISE;
        filled += duration;
        evidence += bursts[i].evidence;
        short_ones += duration < POTENTIAL;
        noise += duration * likeness;
        level += duration * own;
        slow +=
            duration * (isfinite(bursts[i].slowness) ? fmin(fmax(bursts[i].slowness, 0), SLOW_HIGH)
                                                     : SLOW_UNKNOWN);
        if (isfinite(bursts[i].roughness)) {
            double log_rough = log(fmax(bursts[i].roughness, 1e-3));
            rough += duration * fmin(fmax(log_rough, -ROUGH_MOST), ROUGH_MOST);
            rough_time += duration;
            steady += duration * is_steady(&bursts[i]);
        }
        add(&log_energies, log(own));
        add(&log_durations, log(duration));
        if (i < n) {
            durations[i] = duration;
            evidences[i] = bursts[i].evidence;
        }
    }
    measures[0] = log((double)count);
    measures[1] = log(evidence + 1);
    measures[2] = interval_variation(bursts, count);
    measures[3] = deviation(&log_energies);
    measures[4] = deviation(&log_durations);
    measures[5] = log(statistics_median(durations, n));
    measures[6] = filled / (bursts[count - 1].offset - bursts[0].onset);
    measures[7] = short_ones / (double)count;
    measures[8] = noise / filled;
    measures[9] = log(level / filled);
    measures[10] = log(statistics_median(evidences, n) + 1);
    measures[11] = slow / filled;
    measures[12] = rough_time > 0 ? rough / rough_time : ROUGH_UNKNOWN;
    measures[13] = steady / filled;
}

double plausibility_of(enum plausibility_kind kind, const double *measures)
{
    const double *weights = episode_weights_plausibility[kind];
    double odds = weights[PLAUSIBILITY_MEASURES];
    for (size_t i = 0; i < PLAUSIBILITY_MEASURES; i++) {
        odds += weights[i] * measures[i];
    }
    return 1 / (1 + exp(-odds));
}
