/* Test signals. */
#ifndef SOLEUS_TESTS_UNIT_SIGNALS_H
#define SOLEUS_TESTS_UNIT_SIGNALS_H

#include <math.h>
#include <stddef.h>

/* Gaussian noise by the sum of twelve uniforms: enough for second moments. */
static inline double signal_noise(unsigned *seed)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        sum += (double)(*seed >> 8) / 16777216.0;
    }
    return sum;
}

/* Adds EMG-like noise (white through a resonance at 100 Hz) of an RMS to x[from, to) s. */
static inline void signal_add_activity(float *x, double rate, double from, double to, double rms,
                                       unsigned *seed)
{
    double radius = exp(-M_PI * 120 / rate), y1 = 0, y2 = 0;
    double a1 = 2 * radius * cos(2 * M_PI * 100 / rate), a2 = -radius * radius, power = 0;
    for (int pass = 0; pass < 2; pass++) { /* the first pass measures */
        unsigned local = *seed;
        size_t count = 0;
        double scale = pass ? rms / sqrt(power) : 0;
        y1 = y2 = 0;
        for (size_t i = (size_t)(from * rate); i < (size_t)(to * rate); i++, count++) {
            double y = a1 * y1 + a2 * y2 + signal_noise(&local);
            y2 = y1;
            y1 = y;
            power += pass ? 0 : y * y;
            x[i] += (float)(scale * y);
        }
        if (!pass) {
            power /= count ? (double)count : 1;
        } else {
            *seed = local;
        }
    }
}

#endif
