#include "pipeline/signal/inversions.h"

#include <string.h>

#define RUN 16 /* shorter runs are sorted by insertion */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static uint64_t insertion_sort(double *values, size_t count)
{
    uint64_t inversions = 0;
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t j = i;
        for (; j > 0 && values[j - 1] > value; j--) {
            values[j] = values[j - 1];
        }
        values[j] = value;
        inversions += i - j;
    }
    return inversions;
}

/* Merges the ascending halves of from into to. */
static uint64_t merge(const double *from, size_t middle, size_t count, double *to)
{
    uint64_t inversions = 0;
    size_t i = 0, j = middle, k = 0;
    while (i < middle && j < count) {
        if (from[j] < from[i]) {
            inversions += middle - i;
            to[k++] = from[j++];
        } else {
            to[k++] = from[i++];
        }
    }
    memcpy(to + k, from + i, (middle - i) * sizeof(*to));
    memcpy(to + k + (middle - i), from + j, (count - j) * sizeof(*to));
    return inversions;
}

uint64_t inversions_count(double *values, size_t count, double *scratch)
{
    uint64_t inversions = 0;
    for (size_t i = 0; i < count; i += RUN) {
        inversions += insertion_sort(values + i, smaller(RUN, count - i));
    }
    double *from = values, *to = scratch;
    for (size_t width = RUN; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t whole = smaller(2 * width, count - i);
            inversions += merge(from + i, smaller(width, whole), whole, to + i);
        }
        double *swap = from;
        from = to;
        to = swap;
    }
    if (from != values) {
        memcpy(values, from, count * sizeof(*values));
    }
    return inversions;
}

uint64_t inversions_ties(const double *sorted, size_t count)
{
    uint64_t ties = 0, run = 0;
    for (size_t i = 1; i < count; i++) {
        run = sorted[i] == sorted[i - 1] ? run + 1 : 0;
        ties += run;
    }
    return ties;
}

bool inversions_list(struct inversion_item *items, size_t count, struct inversion_item *scratch,
                     inversions_visit *visit, void *context)
{
    struct inversion_item *from = items, *to = scratch;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = smaller(start + width, count), end = smaller(start + 2 * width, count);
            size_t i = start, j = middle, k = start;
            while (i < middle || j < end) {
                if (i < middle && (j == end || !(from[j].value < from[i].value))) {
                    to[k++] = from[i++];
                    continue;
                }
                for (size_t left = i; left < middle; left++) {
                    if (!visit(from[left].index, from[j].index, context)) {
                        return false;
                    }
                }
                to[k++] = from[j++];
            }
        }
        struct inversion_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) {
        memcpy(items, from, count * sizeof(*items));
    }
    return true;
}
