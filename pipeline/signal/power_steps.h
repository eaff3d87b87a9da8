/* Mean squares of a signal in steps of 50 ms, kept to the end of the recording: the amplitude of
 * any interval, and the largest one over a window, without the samples.
 *
 * Step k holds the samples from round(k · POWER_STEP · rate) on, up to those of step k + 1. What is
 * left at the end, less than a step, is not kept. */
#ifndef SOLEUS_SIGNAL_POWER_STEPS_H
#define SOLEUS_SIGNAL_POWER_STEPS_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

#define POWER_STEP 0.05 /* s */

/* Four bytes a step. Zero it and set the rate (Hz). */
struct power_steps {
    double rate;
    float *means; /* NaN where a sample is missing, or none falls into the step */
    size_t count, capacity;
    double sum;
    uint64_t samples, in_step;
};

enum status power_steps_push(struct power_steps *steps, const float *x, size_t count,
                             struct error *error);
void power_steps_clear(struct power_steps *steps);

/* RMS over [from, to] s, steps that it shares in part by their share; missing ones are left out.
 * NaN when all are. */
double power_steps_rms(const struct power_steps *steps, double from, double to);

/* Largest RMS over a window (s) that lies in [from, to] and starts with a step or at `from`; over
 * all of [from, to] when that is shorter. Windows with missing steps do not count. NaN when there
 * is none. */
double power_steps_peak(const struct power_steps *steps, double from, double to, double window);

#endif
