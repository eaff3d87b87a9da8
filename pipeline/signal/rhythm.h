/* The rhythm of a sequence of bursts. */
#ifndef SOLEUS_SIGNAL_RHYTHM_H
#define SOLEUS_SIGNAL_RHYTHM_H

#include "pipeline/signal/burst.h"

#include <stddef.h>

struct rhythm {
    double interval;   /* s, from onset to onset: mean of those within 40 % of the median (missed beats
                          divided out) */
    double variation;  /* 1.4826 · median |I_{i+1} − I_i| / (√2 · interval) */
    double rate_slope; /* Hz/s, least squares over 1/I; NaN with fewer than 5 bursts */
    size_t missed;     /* beats */
    double duration;   /* s, median of the bursts */
    double durations;  /* 1.4826 · median |d − median d| / median d */
};

/* Measures count ≥ 2 bursts. Only the first 512 intervals are looked at. */
struct rhythm rhythm_measure(const struct burst *bursts, size_t count);

#endif
