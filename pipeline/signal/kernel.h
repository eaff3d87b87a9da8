/* The impulse response of the conditioning filter: a linear-phase band-pass with notches.
 *
 * Window method (Kaiser 1974; Oppenheim & Schafer, Discrete-Time Signal Processing, 7.5): ideal
 * responses are truncated by a Kaiser window of 60 dB. The edges of the band are 6 dB down, and
 * 60 dB down half a transition beyond; each notch is 6 dB down at its half-width. */
#ifndef SOLEUS_SIGNAL_KERNEL_H
#define SOLEUS_SIGNAL_KERNEL_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>

#define NOTCHES_MAX 64

struct kernel_design {
    double rate;       /* Hz */
    double low, high;  /* Hz, 0 < low < high < rate / 2 */
    double transition; /* Hz, width of each band edge from 0 to −60 dB */
    size_t notch_count;
    double notches[NOTCHES_MAX]; /* Hz, centres */
    double notch_half_width;     /* Hz */
};

struct kernel {
    size_t half; /* taps on each side of the centre */
    float *taps; /* 2·half + 1, symmetric; owned */
    size_t notch_count;
    double notches[NOTCHES_MAX]; /* centres, cycles a sample */
};

/* The band clamped to what the rate allows: high to 0.45 × rate; *narrowed tells. False when
 * nothing of the band is left (low ≥ 0.45 × rate). */
bool kernel_clamp_band(double rate, const double band[2], double clamped[2], bool *narrowed);

/* Notches at the harmonics of mains (Hz) that lie in the band; harmonic h only where bit h − 1 of
 * mask is set. */
void kernel_add_mains(struct kernel_design *design, double mains, unsigned long long mask);

enum status kernel_create(const struct kernel_design *design, struct kernel *kernel,
                          struct error *error);
void kernel_clear(struct kernel *kernel);

/* The kernel's (real, zero-phase) response at a frequency, by its own sum: for tests and plots. */
double kernel_response(const struct kernel *kernel, double rate, double frequency);

#endif
