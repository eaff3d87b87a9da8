#include "pipeline/signal/hum.h"

#include <math.h>

#define DEVIATIONS     9     /* tried */
#define DEVIATION_STEP 0.001 /* of the frequency */

/* Projects x, its mean removed, on a cosine and a sine of one frequency. */
static void project(const float *x, size_t count, double mean, double frequency, double *cosine,
                    double *sine)
{
    double angle = 2 * M_PI * frequency, turn_c = cos(angle), turn_s = sin(angle);
    double c = 1, s = 0, sum_c = 0, sum_s = 0;
    for (size_t n = 0; n < count; n++) {
        double value = x[n] - mean;
        sum_c += value * c;
        sum_s += value * s;
        double turned = c * turn_c - s * turn_s;
        s = s * turn_c + c * turn_s;
        c = turned;
    }
    *cosine = 2 * sum_c / (double)count;
    *sine = 2 * sum_s / (double)count;
}

struct hum hum_fit(const float *x, size_t count, const double *frequency, size_t lines)
{
    struct hum best = {.count = 0};
    double most = -1, mean = 0;
    if (count == 0 || lines == 0) {
        return best;
    }
    lines = lines > HUM_LINES_MAX ? HUM_LINES_MAX : lines;
    for (size_t n = 0; n < count; n++) {
        mean += x[n] / (double)count;
    }
    for (int d = 0; d < DEVIATIONS; d++) {
        struct hum hum = {.count = lines};
        double power = 0;
        for (size_t i = 0; i < lines; i++) {
            hum.frequency[i] = frequency[i] * (1 + (d - DEVIATIONS / 2) * DEVIATION_STEP);
            project(x, count, mean, hum.frequency[i], &hum.cosine[i], &hum.sine[i]);
            power += hum.cosine[i] * hum.cosine[i] + hum.sine[i] * hum.sine[i];
        }
        if (power > most) {
            most = power;
            best = hum;
        }
    }
    return best;
}

double hum_at(const struct hum *hum, double n)
{
    double sum = 0;
    for (size_t i = 0; i < hum->count; i++) {
        double angle = 2 * M_PI * hum->frequency[i] * n;
        sum += hum->cosine[i] * cos(angle) + hum->sine[i] * sin(angle);
    }
    return sum;
}
