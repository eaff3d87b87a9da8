#include "pipeline/signal/kernel.h"

#include "formats/checked.h"

#include <math.h>

#define ATTENUATION 60.0 /* dB */

/* Modified Bessel function of the first kind, order 0 (its power series). */
static double bessel_i0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 200 && term > 1e-17 * sum; k++) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* Half the length that a Kaiser window of ATTENUATION needs for a transition (Kaiser 1974). */
static size_t half_length(double rate, double transition)
{
    double length = (ATTENUATION - 7.95) / (14.36 * transition / rate);
    return (size_t)ceil(length / 2);
}

static double kaiser(double position) /* −1 … 1 */
{
    const double beta = 0.1102 * (ATTENUATION - 8.7);
    double inside = 1 - position * position;
    return inside > 0 ? bessel_i0(beta * sqrt(inside)) / bessel_i0(beta) : 0;
}

/* Impulse response of an ideal band-pass, low–high as fractions of the rate, at sample n. */
static double ideal_band(double low, double high, double n)
{
    return n == 0 ? 2 * (high - low)
                  : (sin(2 * M_PI * high * n) - sin(2 * M_PI * low * n)) / (M_PI * n);
}

bool kernel_clamp_band(double rate, const double band[2], double clamped[2], bool *narrowed)
{
    clamped[0] = band[0];
    clamped[1] = fmin(band[1], 0.45 * rate);
    *narrowed = clamped[1] < band[1];
    return clamped[0] < clamped[1];
}

void kernel_add_mains(struct kernel_design *design, double mains, unsigned long long mask)
{
    for (int h = 1; h <= 64 && design->notch_count < NOTCHES_MAX; h++) {
        double frequency = h * mains;
        if (frequency < design->high + design->notch_half_width &&
            frequency > design->low - design->notch_half_width && (mask >> (h - 1) & 1)) {
            design->notches[design->notch_count++] = frequency;
        }
    }
}

/* out[0 … 2·(a + b)] = x[0 … 2a] * y[0 … 2b] */
static void convolve(const double *x, size_t a, const double *y, size_t b, double *out)
{
    for (size_t i = 0; i <= 2 * (a + b); i++) {
        out[i] = 0;
    }
    for (size_t i = 0; i <= 2 * a; i++) {
        for (size_t j = 0; j <= 2 * b; j++) {
            out[i + j] += x[i] * y[j];
        }
    }
}

static void design_band(const struct kernel_design *design, size_t half, double *taps)
{
    double sum = 0;
    for (size_t i = 0; i <= 2 * half; i++) {
        double n = (double)i - (double)half;
        taps[i] = ideal_band(design->low / design->rate, design->high / design->rate, n) *
                  kaiser(n / ((double)half + 1));
        sum += taps[i];
    }
    /* What the window leaves at 0 Hz would pass a drift: take it out, window shaped. */
    double weight = 0;
    for (size_t i = 0; i <= 2 * half; i++) {
        weight += kaiser(((double)i - (double)half) / ((double)half + 1));
    }
    for (size_t i = 0; i <= 2 * half; i++) {
        taps[i] -= sum / weight * kaiser(((double)i - (double)half) / ((double)half + 1));
    }
}

/* 1 − Σ narrow band-passes, each with unit gain at its centre. */
static void design_notches(const struct kernel_design *design, size_t half, double *taps)
{
    for (size_t i = 0; i <= 2 * half; i++) {
        taps[i] = i == half;
    }
    for (size_t k = 0; k < design->notch_count; k++) {
        double centre = design->notches[k] / design->rate;
        double width = design->notch_half_width / design->rate, gain = 0;
        for (size_t i = 0; i <= 2 * half; i++) {
            double n = (double)i - (double)half;
            gain += ideal_band(-width, width, n) / 2 * kaiser(n / ((double)half + 1));
        }
        for (size_t i = 0; i <= 2 * half; i++) {
            double n = (double)i - (double)half;
            taps[i] -= ideal_band(-width, width, n) * cos(2 * M_PI * centre * n) *
                       kaiser(n / ((double)half + 1)) / gain;
        }
    }
}

enum status kernel_create(const struct kernel_design *design, struct kernel *kernel,
                          struct error *error)
{
    size_t band_half = half_length(design->rate, design->transition);
    size_t notch_half =
        design->notch_count ? half_length(design->rate, 1.6 * design->notch_half_width) : 0;
    size_t half = band_half + notch_half;
    enum status status = STATUS_OK;
    *kernel = (struct kernel){.half = half, .notch_count = design->notch_count};
    for (size_t k = 0; k < design->notch_count; k++) {
        kernel->notches[k] = design->notches[k] / design->rate;
    }

    double *band = checked_calloc(2 * band_half + 1, sizeof *band);
    double *notches = checked_calloc(2 * notch_half + 1, sizeof *notches);
    double *both = checked_calloc(2 * half + 1, sizeof *both);
    kernel->taps = checked_calloc(2 * half + 1, sizeof *kernel->taps);
    if (!band || !notches || !both || !kernel->taps) {
        status = error_memory(error, "designing a filter");
        kernel_clear(kernel);
    } else {
        design_band(design, band_half, band);
        design_notches(design, notch_half, notches);
        convolve(band, band_half, notches, notch_half, both);
        for (size_t i = 0; i <= 2 * half; i++) {
            kernel->taps[i] = (float)both[i];
        }
    }
    free(band);
    free(notches);
    free(both);
    return status;
}

void kernel_clear(struct kernel *kernel)
{
    free(kernel->taps);
    *kernel = (struct kernel){0};
}

double kernel_response(const struct kernel *kernel, double rate, double frequency)
{
    double sum = kernel->taps[kernel->half];
    for (size_t i = 1; i <= kernel->half; i++) {
        sum += 2 * (double)kernel->taps[kernel->half + i] *
               cos(2 * M_PI * frequency / rate * (double)i);
    }
    return sum;
}
