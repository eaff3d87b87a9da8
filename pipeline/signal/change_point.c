#include "pipeline/signal/change_point.h"

#include <math.h>

size_t change_point(const float *x, size_t count, double least, int rising, size_t otherwise)
{
    double total = 0, before = 0, best = INFINITY;
    size_t found = otherwise;
    for (size_t i = 0; i < count; i++) {
        total += x[i] > least ? x[i] : least;
    }
    for (size_t i = 1; i < count; i++) {
        before += x[i - 1] > least ? x[i - 1] : least;
        double low = before / (double)i, high = (total - before) / (double)(count - i);
        if ((rising && high <= low) || (!rising && low <= high)) {
            continue;
        }
        double cost = (double)i * log(low) + (double)(count - i) * log(high);
        if (cost < best) {
            best = cost;
            found = i;
        }
    }
    return found;
}
