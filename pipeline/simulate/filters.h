/* Small recursive filters for the simulator: shapes of noise, and the band in which activity and
 * baseline are measured. Coefficients come from elementary.h, so they are the same everywhere. */
#ifndef SOLEUS_PIPELINE_SIMULATE_FILTERS_H
#define SOLEUS_PIPELINE_SIMULATE_FILTERS_H

#include <stddef.h>

#define FILTER_SECTIONS 8

/* Second-order sections, transposed direct form II;
 * H = (b0 + b1/z + b2/z²)/(1 + a1/z +
 * a2/z²). */
struct filter_section {
    double b0, b1, b2, a1, a2;
    double state1, state2;
};

struct filter {
    size_t count;
    struct filter_section sections[FILTER_SECTIONS];
};

/* Appends a Butterworth low-pass or high-pass of order 4 (bilinear transform, −3 dB at cutoff).
 * 0 < cutoff < rate / 2. */
void filter_add_lowpass(struct filter *filter, double cutoff, double rate);
void filter_add_highpass(struct filter *filter, double cutoff, double rate);

/* Appends a first-order section with a pole and a zero at these frequencies (Hz): gain 1 far
 * above, pole/zero crossing to zero/pole far below. */
void filter_add_shelf(struct filter *filter, double pole, double zero, double rate);

/* The band in which the signal-to-noise ratio is measured: 20–450 Hz, its upper edge clamped to
 * 0.45 × rate (and the lower one to a quarter of the upper). */
void filter_band(double rate, double *low, double *high);

static inline double filter_step(struct filter *filter, double x)
{
    for (size_t i = 0; i < filter->count; i++) {
        struct filter_section *s = &filter->sections[i];
        double y = s->b0 * x + s->state1;
        s->state1 = s->b1 * x - s->a1 * y + s->state2;
        s->state2 = s->b2 * x - s->a2 * y;
        x = y;
    }
    return x;
}

/* Squared gain |H|² at a frequency. */
double filter_power(const struct filter *filter, double frequency, double rate);

/* Standard deviation of the filter's output for white noise of standard deviation 1, between two
 * frequencies: the root of the mean of |H|² over the band's share of 0 … rate / 2. */
double filter_noise_gain(const struct filter *filter, double low, double high, double rate);

#endif
