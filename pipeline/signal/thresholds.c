#include "pipeline/signal/thresholds.h"

#include <math.h>

double threshold_ratio(double freedom, double z)
{
    double spread = 2 / (9 * freedom);
    double root = 1 - spread + z * sqrt(spread);
    return root * root * root;
}

double threshold_freedom(double bandwidth, double window)
{
    return fmax(1, 0.6 * 2 * bandwidth * window);
}
