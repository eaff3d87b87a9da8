/* Smoothed views of a stretch of bins, for the burst detector. */
#ifndef SOLEUS_SIGNAL_SMOOTHED_H
#define SOLEUS_SIGNAL_SMOOTHED_H

#include "formats/error.h"
#include "pipeline/signal/bins.h"

#define SILENCE_WINDOW 0.04 /* s */
#define LEVEL_WINDOW   0.1  /* s */
#define LEVEL_REACH    0.75 /* s, each way */
#define LEVEL_QUANTILE 0.9

struct smoothing {
    double bin_rate;        /* bins/s */
    double short_window;    /* s */
    double first_threshold; /* energy; > 0: Bonato's double threshold, see below */
};

/* Scratch of the caller, for up to `capacity` bins. */
struct smoothed {
    size_t capacity;
    double *brief;   /* mean energy over the short window, centred; NaN in gaps */
    double *level;   /* LEVEL_QUANTILE of `brief` within LEVEL_REACH; 0 where nothing is there */
    double *largest; /* largest mean over LEVEL_WINDOW within about 0.6 s */
    double *sums;    /* running sums */
    double *blocks;
    short *cells; /* of the histogram for the quantile */
};

enum status smoothed_create(struct smoothed *smoothed, size_t capacity, struct error *error);
void smoothed_clear(struct smoothed *smoothed);

/* Fills brief, level and largest for bins first … first + count − 1. Windows are cut at both ends.
 * With a first threshold, `brief` is the mean only where at least 60 % of the window's bins exceed
 * it, and at most the threshold elsewhere (Bonato et al. 1998: r0 of m samples). */
void smoothed_compute(struct smoothed *smoothed, const struct bins *bins, uint64_t first,
                      size_t count, const struct smoothing *smoothing);

#endif
