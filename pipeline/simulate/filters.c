#include "pipeline/simulate/filters.h"

#include "pipeline/simulate/elementary.h"

#include <assert.h>

/* The two pole pairs of a fourth-order Butterworth filter: 1/Q = 2 cos(π/8), 2 cos(3π/8). */
static const double butterworth_damping[2] = {1.84775906502257351, 0.76536686473017954};

static void add_section(struct filter *filter, struct filter_section section)
{
    assert(filter->count < FILTER_SECTIONS);
    filter->sections[filter->count++] = section;
}

static void add_butterworth(struct filter *filter, double cutoff, double rate, int high)
{
    /* Bilinear transform with the cutoff prewarped. */
    double half = 0.5 * cutoff / rate;
    double k = elementary_sine(half) / elementary_cosine(half);
    for (int i = 0; i < 2; i++) {
        double norm = 1 / (1 + butterworth_damping[i] * k + k * k);
        double b = high ? norm : k * k * norm;
        add_section(filter, (struct filter_section){
                                .b0 = b,
                                .b1 = high ? -2 * b : 2 * b,
                                .b2 = b,
                                .a1 = 2 * (k * k - 1) * norm,
                                .a2 = (1 - butterworth_damping[i] * k + k * k) * norm,
                            });
    }
}

void filter_add_lowpass(struct filter *filter, double cutoff, double rate)
{
    add_butterworth(filter, cutoff, rate, 0);
}

void filter_add_highpass(struct filter *filter, double cutoff, double rate)
{
    add_butterworth(filter, cutoff, rate, 1);
}

void filter_add_shelf(struct filter *filter, double pole, double zero, double rate)
{
    double p = elementary_exp(-2 * ELEMENTARY_PI * pole / rate);
    double z = elementary_exp(-2 * ELEMENTARY_PI * zero / rate);
    /* Gain 1 at half the rate. */
    double gain = (1 + p) / (1 + z);
    add_section(filter, (struct filter_section){.b0 = gain, .b1 = -gain * z, .a1 = -p});
}

void filter_band(double rate, double *low, double *high)
{
    *high = 0.45 * rate < 450 ? 0.45 * rate : 450;
    *low = *high / 4 < 20 ? *high / 4 : 20;
}

double filter_power(const struct filter *filter, double frequency, double rate)
{
    double c1 = elementary_cosine(frequency / rate), s1 = elementary_sine(frequency / rate);
    double c2 = elementary_cosine(2 * frequency / rate), s2 = elementary_sine(2 * frequency / rate);
    double power = 1;
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_section *s = &filter->sections[i];
        double nr = s->b0 + s->b1 * c1 + s->b2 * c2, ni = s->b1 * s1 + s->b2 * s2;
        double dr = 1 + s->a1 * c1 + s->a2 * c2, di = s->a1 * s1 + s->a2 * s2;
        power *= (nr * nr + ni * ni) / (dr * dr + di * di);
    }
    return power;
}

double filter_noise_gain(const struct filter *filter, double low, double high, double rate)
{
    enum { STEPS = 4096 };
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
        sum += filter_power(filter, low + (high - low) * (i + 0.5) / STEPS, rate);
    }
    return __builtin_sqrt(sum / STEPS * (high - low) / (rate / 2));
}
