#include "pipeline/score/agreement.h"

#include <math.h>

#define Z_95 1.959963984540054

double agreement_proportion(double part, double whole)
{
    return whole > 0 ? part / whole : 1;
}

double agreement_f1(double sensitivity, double precision)
{
    double sum = sensitivity + precision;
    return sum > 0 ? 2 * sensitivity * precision / sum : 0;
}

void agreement_wilson(double part, double whole, double interval[2])
{
    interval[0] = 0;
    interval[1] = 1;
    if (!(whole > 0)) {
        return;
    }
    double p = part / whole, squared = Z_95 * Z_95 / whole;
    double middle = p + squared / 2;
    double half = Z_95 * sqrt(p * (1 - p) / whole + squared / (4 * whole));
    /* At the ends the interval reaches them exactly, which rounding would miss. */
    interval[0] = part > 0 ? fmax(0, (middle - half) / (1 + squared)) : 0;
    interval[1] = part < whole ? fmin(1, (middle + half) / (1 + squared)) : 1;
}

double agreement_kappa(const double *counts, size_t size, size_t stride)
{
    double total = 0, apart = 0, expected = 0;
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++) {
            total += counts[i * stride + j];
            apart += i == j ? 0 : counts[i * stride + j];
        }
    }
    /* (1 - p_o) / (1 - p_e) from what differs, since both may be far below the rounding of 1. */
    for (size_t i = 0; i < size; i++) {
        double row = 0, others = 0;
        for (size_t j = 0; j < size; j++) {
            row += counts[i * stride + j];
            for (size_t k = 0; k < size; k++) {
                others += k == i ? 0 : counts[j * stride + k];
            }
        }
        expected += row * (others / total);
    }
    return apart > 0 ? 1 - apart / expected : 1;
}
