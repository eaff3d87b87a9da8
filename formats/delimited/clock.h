/* The sampling rate that a column of times tells, and whether the times keep to it. */
#ifndef SOLEUS_FORMATS_TEXT_CLOCK_H
#define SOLEUS_FORMATS_TEXT_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_clock {
    double rate;       /* Hz */
    double resolution; /* s: one unit in the times' last place */
    double tolerance;  /* s: a time that is later than expected by more follows lost samples */
    double relative;   /* of a time: added to the tolerance, for times of so many digits in all;
                          0 unless the caller sets it */
    double worst;      /* s: the largest deviation that was taken for jitter */
    double first, previous, expected; /* s */
    uint64_t index;                   /* of the latest sample, lost ones counted */
    uint64_t known;                   /* of the latest sample with a time: `previous` */
    bool started;
};

enum text_tick {
    TICK_REGULAR,
    TICK_BACKWARDS, /* earlier than the time before it */
    TICK_TOO_FAR    /* more than a day after it */
};

/* Finds the rate from the first times (s, NaN where one is missing), which may jitter and jump
 * now and then. Of the rates that explain the times within their resolution the one with the
 * fewest digits is taken: 1259.259 Hz, not 1259.2589998. False when the times do not advance. */
bool text_clock_estimate(struct text_clock *clock, const double *times, size_t count,
                         double resolution);

/* True when the times advance in equal steps, within their resolution, as no signal does; whole
 * numbers are taken for an index. */
bool text_clock_is_even(const double *times, size_t count, double resolution);

/* Takes the next time. *lost is the number of samples missing before it. */
enum text_tick text_clock_tick(struct text_clock *clock, double time, uint64_t *lost);

/* How far (s) the last time lies from where the rate puts it; much more than the tolerance when
 * the rate of the first rows is not that of the whole. */
double text_clock_drift(const struct text_clock *clock);

#endif
