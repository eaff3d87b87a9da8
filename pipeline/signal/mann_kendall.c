#include "pipeline/signal/mann_kendall.h"

#include "formats/checked.h"
#include "pipeline/signal/autoregression.h"
#include "pipeline/signal/distributions.h"
#include "pipeline/signal/inversions.h"
#include "pipeline/signal/newey_west.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Neighbours among the detrended values that are this few roundings apart count as equal. */
#define ROUNDINGS 64

#define BOUND_COUNT 12 /* from so many epochs on that S is bounded is taken into account */

/* S and its variance for independent values; sorted and scratch: count values each. */
static void count_signs(const double *value, size_t count, double *sorted, double *scratch,
                        struct mann_kendall *result)
{
    memcpy(sorted, value, count * sizeof(*sorted));
    int64_t discordant = (int64_t)inversions_count(sorted, count, scratch);
    int64_t pairs = (int64_t)((uint64_t)count * (count - 1) / 2);
    int64_t untied = pairs - (int64_t)inversions_ties(sorted, count);
    result->s = untied - 2 * discordant;
    result->tau = untied > 0 ? (double)result->s / (double)untied : 0;
    double n = (double)count, sum = n * (n - 1) * (2 * n + 5);
    for (size_t i = 0, j; i < count; i = j) {
        for (j = i + 1; j < count && sorted[j] == sorted[i]; j++) {
        }
        double t = (double)(j - i);
        sum -= t * (t - 1) * (2 * t + 5);
    }
    result->variance_free = sum / 18;
    result->bound = count >= BOUND_COUNT && sum > 0
                        ? (double)untied * (double)untied / result->variance_free
                        : INFINITY;
}

static int compare_items(const void *a, const void *b)
{
    const struct inversion_item *x = a, *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

/* Ranks of the detrended values, about their mean; equal values share the middle of their ranks. */
static void rank_detrended(const double *time, const double *value, size_t count, double slope,
                           struct inversion_item *items, double *ranks)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        double trend = slope * (time[i] - time[0]);
        items[i] = (struct inversion_item){.value = value[i] - trend, .index = (uint32_t)i};
        largest = fmax(largest, fmax(fabs(value[i]), fabs(trend)));
    }
    double rounding = ROUNDINGS * DBL_EPSILON * largest;
    qsort(items, count, sizeof(*items), compare_items);
    for (size_t i = 0, j; i < count; i = j) {
        for (j = i + 1; j < count && items[j].value - items[j - 1].value <= rounding; j++) {
        }
        for (size_t k = i; k < j; k++) {
            ranks[items[k].index] = 0.5 * ((double)i + (double)j - (double)count);
        }
    }
}

/* f: how much more the slope of the ranks over their order varies than by chance. */
static enum status find_inflation(const double *ranks, const int64_t *positions, size_t count,
                                  double overlap, double *order, double *residuals,
                                  struct mann_kendall *result, struct error *error)
{
    double xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        order[i] = (double)i - 0.5 * ((double)count - 1);
        xx += order[i] * order[i];
        xy += order[i] * ranks[i];
        yy += ranks[i] * ranks[i];
    }
    if (!(yy > 0)) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < count; i++) {
        residuals[i] = ranks[i] - xy / xx * order[i];
    }
    struct newey_west hac;
    enum status status =
        newey_west_estimate(order, residuals, positions, count, overlap, &hac, error);
    if (status == STATUS_OK && hac.slope > 0) {
        result->inflation = hac.slope * xx / hac.scatter;
        result->bound /= fmin(1, result->inflation);
        result->degrees_of_freedom = hac.degrees_of_freedom;
    }
    return status;
}

static double two_sided(const struct mann_kendall *test)
{
    if (!(test->variance > 0)) {
        return 1; /* all values are equal: there is nothing to test */
    }
    double z = fmax(0, fabs((double)test->s) - 1) / sqrt(test->variance), squared = z * z;
    if (squared >= test->bound) {
        return 0;
    }
    if (isfinite(test->bound)) {
        z *= sqrt((test->bound - 1) / (test->bound - squared));
    }
    return fmin(1, 2 * student_tail(z, test->degrees_of_freedom));
}

double mann_kendall_critical(const struct mann_kendall *test, double confidence)
{
    double t = student_quantile(0.5 + confidence / 2, test->degrees_of_freedom);
    if (isfinite(test->bound)) {
        t *= sqrt(test->bound / (test->bound - 1 + t * t));
    }
    return t * sqrt(test->variance);
}

enum status mann_kendall_test(const double *time, const double *value, size_t count, double hop,
                              double overlap, double slope, struct mann_kendall *result,
                              struct error *error)
{
    enum status status;
    size_t size;
    bool fits = checked_multiply(count, 3, &size);
    double *buffers = fits ? checked_calloc(size, sizeof(*buffers)) : NULL;
    struct inversion_item *items = checked_calloc(count, sizeof(*items));
    int64_t *positions = checked_calloc(count, sizeof(*positions));
    if (!buffers || !items || !positions) {
        status = error_memory(error, "testing a trend");
        goto out;
    }
    double *ranks = buffers, *order = buffers + count, *residuals = buffers + 2 * count;
    *result = (struct mann_kendall){.inflation = 1, .degrees_of_freedom = INFINITY};
    count_signs(value, count, order, residuals, result);
    rank_detrended(time, value, count, slope, items, ranks);
    autoregression_positions(time, count, hop, positions);
    status = find_inflation(ranks, positions, count, overlap, order, residuals, result, error);
    if (status != STATUS_OK) {
        goto out;
    }
    result->variance = result->inflation * result->variance_free;
    result->p = two_sided(result);
out:
    free(buffers);
    free(items);
    free(positions);
    return status;
}
