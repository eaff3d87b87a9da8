/* Quality of a channel: what is wrong with its recording, in numbers and in words. */
#ifndef SOLEUS_SIGNAL_QUALITY_H
#define SOLEUS_SIGNAL_QUALITY_H

#include <stddef.h>
#include <stdint.h>

/* State of a stream. Zero it, then call quality_start. */
struct quality_meter {
    float low, high; /* limits of the channel; NaN when unknown */
    float last;
    uint64_t samples, missing, at_limits, unchanged;
    uint64_t run; /* equal samples in a row */
    float minimum, maximum;
    uint64_t limit_runs; /* samples in runs of 3 or more at the extreme reached so far */
    uint64_t hash;       /* of all samples, to find channels that are copies */
    double second_sum;   /* of the running second, for drift */
    uint64_t in_second, second_size;
    double drift_sum, drift_squares, drift_first;
    uint64_t seconds;
};

void quality_start(struct quality_meter *meter, double rate, double low, double high);
void quality_push(struct quality_meter *meter, const float *x, size_t count);

enum quality_reason {
    QUALITY_CLIPPED = 1,
    QUALITY_FLAT = 2,
    QUALITY_MAINS = 4,
    QUALITY_NOISY = 8,
    QUALITY_DRIFT = 16,
    QUALITY_ECG = 32,
    QUALITY_GAPS = 64,
    QUALITY_DUPLICATE = 128,
    QUALITY_NO_ACTIVITY = 256,
    QUALITY_SHORT = 512
};

extern const char *const quality_reason_names[];

struct quality {
    double clipped; /* fraction of the samples */
    double flat;    /* fraction of the samples that repeat the one before for 0.1 s or more */
    double missing; /* fraction of the samples */
    double mains;   /* mains power / band power, mean over epochs; NaN without epochs */
    double baseline_noise; /* µV RMS, conditioned, of the quietest seconds */
    double snr;            /* dB, activity over baseline; NaN without activity */
    double drift;          /* µV, standard deviation of the means of seconds */
    double heartbeats;     /* bursts rejected as ECG, 1/min */
    double potentials;     /* single potentials (fasciculations), 1/min at rest */
    size_t duplicate_of;   /* 1-based number of the earlier channel that is the same; 0: none */
    unsigned reasons;      /* enum quality_reason */
    int verdict;           /* 0 good, 1 usable, 2 bad */
};

extern const char *const quality_verdict_names[]; /* "good", "usable", "bad" */

/* Fills clipped, flat, missing and drift. */
void quality_finish(const struct quality_meter *meter, struct quality *quality);

/* Sets reasons and verdict from the numbers. bad: flat over 30 % or missing over half of the time,
 * clipped over 5 %, a duplicate, or mains over 70 %; usable: clipped over 0.1 %, flat or missing
 * over 1 %, mains over 50 %, noise over 20 µV (where the unit is µV), snr below 6 dB, more than 20
 * heartbeats a minute, drift over 100 × the noise. */
void quality_judge(struct quality *quality, int microvolts, double seconds);

#endif
