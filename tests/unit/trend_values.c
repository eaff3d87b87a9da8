/* Prints the statistics of series for tests/python/check_trend.py, which computes them anew.
 *
 * Standard input, blank separated: for each series its count, hop and overlap, then the times, then
 * the values. Standard output: a line a series of name=value. */
#include "pipeline/signal/distributions.h"
#include "pipeline/signal/mann_kendall.h"
#include "pipeline/signal/regression.h"
#include "pipeline/signal/theil_sen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void show(const char *name, double value)
{
    printf("%s=%.17g ", name, value);
}

static int print_series(const double *time, const double *value, size_t count, double hop,
                        double overlap)
{
    struct regression line;
    struct mann_kendall test;
    struct theil_sen *theil_sen = NULL;
    struct error error;
    double low, high;
    if (regression_fit(time, value, count, hop, overlap, NULL, &line, &error) ||
        theil_sen_create(time, value, count, &theil_sen, &error)) {
        return 1;
    }
    double slope = theil_sen_slope(theil_sen);
    if (mann_kendall_test(time, value, count, hop, overlap, slope, &test, &error)) {
        theil_sen_destroy(theil_sen);
        return 1;
    }
    show("slope", line.slope);
    show("intercept", line.intercept);
    show("r_squared", line.r_squared);
    show("phi", line.hac.autocorrelation);
    show("lag", (double)line.hac.lag);
    show("degrees", line.hac.degrees_of_freedom);
    show("level_variance", line.hac.level);
    show("covariance", line.hac.covariance);
    show("slope_variance", line.hac.slope);
    regression_slope_interval(&line, 0.95, &low, &high);
    show("low", low);
    show("high", high);
    show("theil_sen", slope);
    theil_sen_interval(theil_sen, normal_quantile(0.975) * sqrt(test.variance_free), &low, &high);
    show("plain_low", low);
    show("plain_high", high);
    show("s", (double)test.s);
    show("variance_free", test.variance_free);
    show("inflation", test.inflation);
    show("p", test.p);
    printf("\n");
    theil_sen_destroy(theil_sen);
    return 0;
}

int main(void)
{
    size_t count;
    double hop, overlap;
    while (scanf("%zu %lf %lf", &count, &hop, &overlap) == 3) {
        double *numbers = count < 1000000 ? malloc(2 * count * sizeof *numbers) : NULL;
        int failed = !numbers;
        for (size_t i = 0; !failed && i < 2 * count; i++) {
            failed = scanf("%lf", &numbers[i]) != 1;
        }
        failed = failed || print_series(numbers, numbers + count, count, hop, overlap);
        free(numbers);
        if (failed) {
            fprintf(stderr, "trend_values: bad input\n");
            return 1;
        }
    }
    return 0;
}
