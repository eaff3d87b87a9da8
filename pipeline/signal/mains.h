/* Mains interference: is there a line at 50 or 60 Hz or its harmonics?
 *
 * The spectrum of 4 s Hann segments is taken as the median over segments (bursts of muscle do not
 * move it); a harmonic is present when the largest density within 1 Hz of it exceeds
 * MAINS_RATIO times the median density of the 2–8 Hz on either side. */
#ifndef SOLEUS_SIGNAL_MAINS_H
#define SOLEUS_SIGNAL_MAINS_H

#include "formats/error.h"

#include <stdbool.h>

#include <stddef.h>

#define MAINS_RATIO 6.0

struct mains_lines {
    unsigned long long mask[2]; /* harmonics present of 50 and of 60 Hz: bit h − 1 */
    double power[2];            /* power of the lines above their surroundings, squared units */
};

/* x: count samples; NaN counts as the segment's mean. Harmonics up to `high` Hz are looked at. */
enum status mains_detect(const float *x, size_t count, double rate, double high,
                         struct mains_lines *lines, struct error *error);

/* 50, 60 or 0 from the lines of several channels: the base whose lines hold the more power. known
 * (Hz): the base when it is 50 or 60, so that only its lines count; else it is not known. */
double mains_decide(const struct mains_lines *lines, size_t count, double known);

#endif
