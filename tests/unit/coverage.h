/* How often the intervals of trends hold the true slope: shared by the short test and by the tool
 * that makes the coverage table. */
#ifndef SOLEUS_TESTS_UNIT_COVERAGE_H
#define SOLEUS_TESTS_UNIT_COVERAGE_H

#include "unit/noise.h"

#include "pipeline/signal/mann_kendall.h"
#include "pipeline/signal/regression.h"
#include "pipeline/signal/statistics.h"
#include "pipeline/signal/theil_sen.h"

#include <math.h>
#include <stdbool.h>

/* What is simulated: noise on a line, maybe with epochs missing or a spread that changes. */
struct coverage_case {
    const char *name;
    double phi[NOISE_ORDER_MAX];
    size_t shared;  /* epochs that overlap with one; overlap is shared / (shared + 1) */
    double missing; /* fraction of epochs that are not there */
    double (*spread)(double place); /* factor of the noise at −1 … 1 of the series; NULL: 1 */
};

struct coverage {
    size_t series;
    double slope, normalised, theil_sen; /* fractions of intervals that hold the truth */
    double rejected;                     /* fraction that Mann–Kendall rejects at 5 %, no trend */
    double width;                        /* median width of the slope's interval, over the narrowest
                                          * possible: that of a known standard error */
};

/* Falls by a third over the series from a level of 30 noise units: what a cramp may do. */
static inline struct coverage coverage_measure(const struct coverage_case *what, size_t count,
                                               size_t series, uint64_t seed)
{
    struct coverage result = {.series = series};
    size_t steps = (size_t)ceil((double)count / (1 - what->missing)) + 8 + count / 2;
    double *all = malloc(steps * sizeof *all), *time = malloc(count * sizeof *time);
    double *value = malloc(count * sizeof *value), *widths = malloc(series * sizeof *widths);
    double overlap = (double)what->shared / (double)(what->shared + 1);
    double slope = -10 / (double)count, level = 30, sum = 0, squares = 0;
    struct noise noise;
    if (!all || !time || !value || !widths) {
        abort();
    }
    noise_start(&noise, 0, what->shared, seed);
    for (size_t i = 0; i < NOISE_ORDER_MAX; i++) {
        noise.phi[i] = what->phi[i];
    }
    for (size_t k = 0; k < series; k++) {
        noise_fill(&noise, all, steps);
        for (size_t i = 0, at = 0; i < count; at++) {
            bool spare = steps - at > count - i;
            if (spare && random_uniform(&noise.random) < what->missing) {
                continue;
            }
            double place = 2 * (double)i / (double)(count - 1) - 1;
            time[i] = (double)at;
            value[i] = all[at] * (what->spread ? what->spread(place) : 1);
            i++;
        }
        struct regression line;
        struct mann_kendall test;
        struct theil_sen *theil_sen;
        double low, high;
        theil_sen_create(time, value, count, &theil_sen, NULL);
        mann_kendall_test(time, value, count, 1, overlap, theil_sen_slope(theil_sen), &test, NULL);
        theil_sen_destroy(theil_sen);
        result.rejected += test.p < 0.05;

        for (size_t i = 0; i < count; i++) {
            value[i] += level + slope * (time[i] - time[0]);
        }
        regression_fit(time, value, count, 1, overlap, NULL, &line, NULL);
        regression_slope_interval(&line, 0.95, &low, &high);
        result.slope += low <= slope && slope <= high;
        widths[k] = high - low;
        sum += line.slope;
        squares += line.slope * line.slope;
        bool normal = regression_relative_interval(&line, 0.95, &low, &high);
        result.normalised += !normal || (low <= slope / level && slope / level <= high);
        theil_sen_create(time, value, count, &theil_sen, NULL);
        mann_kendall_test(time, value, count, 1, overlap, theil_sen_slope(theil_sen), &test, NULL);
        theil_sen_interval(theil_sen, mann_kendall_critical(&test, 0.95), &low, &high);
        result.theil_sen += low <= slope && slope <= high;
        theil_sen_destroy(theil_sen);
    }
    double n = (double)series, mean = sum / n;
    result.slope /= n;
    result.normalised /= n;
    result.theil_sen /= n;
    result.rejected /= n;
    result.width = statistics_median(widths, series) /
                   (2 * 1.959963984540054 * sqrt(squares / n - mean * mean));
    free(all);
    free(time);
    free(value);
    free(widths);
    return result;
}

#endif
