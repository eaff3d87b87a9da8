/* Reduces a channel to bins of about 4 ms: activity energy of the conditioned signal, smallest and
 * largest recorded value. Everything that finds bursts works on these.
 *
 * Activity energy by detector:
 *   teager  mean of y_n² − y_{n−k}·y_{n+k} (Teager–Kaiser with lag k, after Choi & Kim 2002,
 *           Electron Lett 38; Li, Zhou & Aruin 2007; Solnik et al. 2008). The lag of 2.5 ms is most
 *           sensitive at 100 Hz, where surface EMG has its power; the same at every rate.
 *   hodges  (mean |y|)² (Hodges & Bui 1996, Electroencephalogr Clin Neurophysiol 101:511)
 *   bonato  mean y², the sum of squares whose law under noise is χ² (Bonato, D'Alessio & Knaflitz
 *           1998, IEEE Trans Biomed Eng 45:287)
 *
 * Beside it, energy at high frequencies: mean of (y_n − (y_{n−q} + y_{n+q})/2)² with a q of about
 * 1 ms, whose gain (1 − cos 2πfq)² is largest where surface EMG has least power. It tells noise
 * that grows from muscle that sets in. */
#ifndef SOLEUS_SIGNAL_ENVELOPE_H
#define SOLEUS_SIGNAL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum envelope_operator { ENVELOPE_TEAGER = 0, ENVELOPE_HODGES, ENVELOPE_BONATO };

#define ENVELOPE_LAG_MAX 256

/* Samples a bin: about 4 ms, at least 1. */
size_t envelope_bin_size(double rate);

/* State for the conditioned signal. Zero it, then set operator_, bin_size, lag and high_lag. */
struct envelope {
    enum envelope_operator operator_;
    size_t bin_size;
    size_t lag;                          /* samples, 1 … ENVELOPE_LAG_MAX */
    size_t high_lag;                     /* samples, 1 … lag */
    float history[2 * ENVELOPE_LAG_MAX]; /* ring of the last 2·lag samples */
    size_t history_count;                /* samples seen, up to 2·lag */
    size_t place;                        /* in the ring */
    double sum, squares, highs;
    size_t in_bin;
};

/* The lags for a rate. */
size_t envelope_lag(double rate);
size_t envelope_high_lag(double rate);

/* Gains at a frequency (Hz): of the activity energy (teager; that of the others is 1) and of the
 * energy at high frequencies, relative to the mean square of a sine. */
double envelope_gain(const struct envelope *envelope, double rate, double frequency);
double envelope_high_gain(const struct envelope *envelope, double rate, double frequency);

/* Takes count conditioned samples (NaN in gaps). For each bin that is complete writes its energy
 * (NaN if a sample was missing), its mean square and its energy at high frequencies; all have room
 * for count / bin_size + 2. Returns how many. Bins are late by `lag` samples. */
size_t envelope_push(struct envelope *envelope, const float *y, size_t count, float *energy,
                     float *square, float *high);
/* The samples that the lag holds back, and the last, incomplete bin if at least half full. */
size_t envelope_finish(struct envelope *envelope, float *energy, float *square, float *high);

/* State for the recorded signal. Zero it, then set bin_size. */
struct extremes {
    size_t bin_size;
    size_t in_bin;
    float minimum, maximum;
};

/* Like envelope_push, for the smallest and largest recorded value of each bin (NaN in gaps). */
size_t extremes_push(struct extremes *extremes, const float *x, size_t count, float *minimum,
                     float *maximum);
size_t extremes_finish(struct extremes *extremes, float *minimum, float *maximum);

#endif
