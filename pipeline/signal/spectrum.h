/* The spectrum of an epoch: Welch's averaged modified periodograms (Welch 1967, IEEE Trans Audio
 * Electroacoust 15:70), one-sided density.
 *
 * The epoch's mean is removed once; segments are windowed by a periodic Hann window w and
 * P_k = 2 / (rate · Σw²) · mean |FFT(w·x)_k|², not doubled at 0 Hz and at half the rate. */
#ifndef SOLEUS_SIGNAL_SPECTRUM_H
#define SOLEUS_SIGNAL_SPECTRUM_H

#include "formats/error.h"

#include <stddef.h>

struct spectrum_design {
    double rate;                   /* Hz */
    double epoch;                  /* s */
    double segment;                /* s, ≤ epoch */
    double overlap;                /* fraction of a segment, 0 ≤ overlap < 1 */
    double band[2];                /* Hz: bins with low ≤ f_k ≤ high and 0 < f_k < rate / 2 */
    double mains;                  /* Hz; 0: none is excised */
    unsigned long long mains_mask; /* bit h − 1: harmonic h is excised and bridged */
    double mains_half_width;       /* Hz; bins this close to a harmonic are excised */
};

/* Shared by the channels of one rate and one design; made before threads start. */
struct spectrum_plan {
    size_t epoch_size, segment_size, segment_step, segment_count; /* samples */
    size_t bin_count;                                             /* segment_size / 2 + 1 */
    size_t bin_low, bin_high; /* first and last bin of the band; low > high: none */
    double bin_width;         /* Hz */
    float *window;            /* owned */
    double scale;             /* 2 / (rate · Σw² · segments) */
    unsigned char *excised;   /* by bin; owned */
    size_t excised_count;
    struct fft *fft; /* owned */
};

enum status spectrum_plan_create(const struct spectrum_design *design, struct spectrum_plan *plan,
                                 struct error *error);
void spectrum_plan_clear(struct spectrum_plan *plan);

/* Floats of aligned scratch (fft_allocate) that spectrum_compute needs. */
size_t spectrum_scratch(const struct spectrum_plan *plan);

/* x: epoch_size finite samples (µV). density: bin_count values (µV²/Hz), before excision. */
void spectrum_compute(const struct spectrum_plan *plan, const float *x, float *scratch,
                      float *density);

/* Replaces the excised bins by a straight line in log density between the means of the two bins
 * on either side. Returns the fraction of the band's power (0–1) by which the excised bins stood
 * above the bridge. */
double spectrum_bridge(const struct spectrum_plan *plan, float *density);

/* The fraction of the band's power (0–1) that stands out of its surroundings at the multiples of
 * `base` (Hz): mains that was not known before. */
double spectrum_lines(const struct spectrum_plan *plan, const float *density, double base);

#endif
