#include "pipeline/signal/statistics.h"

#include <math.h>

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

/* Quickselect with the median of three as pivot (Hoare 1961). */
double statistics_select(double *values, size_t count, size_t k)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (values[middle] < values[low]) {
            swap(&values[middle], &values[low]);
        }
        if (values[high] < values[low]) {
            swap(&values[high], &values[low]);
        }
        if (values[high] < values[middle]) {
            swap(&values[high], &values[middle]);
        }
        double pivot = values[middle];
        size_t i = low, j = high;
        for (;;) {
            while (values[i] < pivot) {
                i++;
            }
            while (pivot < values[j]) {
                j--;
            }
            if (i >= j) {
                break;
            }
            swap(&values[i], &values[j]);
            i++;
            j--;
        }
        if (k <= j) {
            high = j;
        } else {
            low = j + 1;
        }
    }
    return values[k];
}

double statistics_median(double *values, size_t count)
{
    return statistics_quantile(values, count, 0.5);
}

double statistics_quantile(double *values, size_t count, double q)
{
    if (count == 0) {
        return NAN;
    }
    double position = q * (double)(count - 1);
    size_t k = (size_t)position;
    if (k >= count - 1) {
        return statistics_select(values, count, count - 1);
    }
    double lower = statistics_select(values, count, k);
    double fraction = position - (double)k;
    if (fraction == 0) {
        return lower;
    }
    /* After selection everything past k is at least as large: the next one is their minimum. */
    double upper = values[k + 1];
    for (size_t i = k + 2; i < count; i++) {
        if (values[i] < upper) {
            upper = values[i];
        }
    }
    return lower + fraction * (upper - lower);
}

double statistics_mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return count ? sum / (double)count : NAN;
}
