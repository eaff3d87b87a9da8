/* The drive of an episode: its envelope over time, as a share of its plain height.
 *
 * Stepped at a fixed DRIVE_STEP from the episode's onset, whatever the recording's rate, so that
 * the same seed gives the same course at every rate. */
#ifndef SOLEUS_PIPELINE_SIMULATE_DRIVE_H
#define SOLEUS_PIPELINE_SIMULATE_DRIVE_H

#include "pipeline/simulate/plan.h"

#define DRIVE_STEP 0.001 /* s */
/* The envelope never exceeds this. */
#define DRIVE_LARGEST 2.5

#define DRIVE_NO_BURST SIZE_MAX

struct drive {
    const struct simulated_episode *episode;
    struct random random;
    const struct ziggurat *ziggurat;
    size_t step;
    size_t burst;     /* the one at hand, or the next one */
    double wander[2]; /* slow random course, unit variance (two one-pole filters in a row) */
    double wobble;    /* the same for the tremor's rate, one pole */
    double tremor;    /* phase, turns */
};

/* episode and ziggurat outlive the drive. */
void drive_start(struct drive *drive, const struct simulated_episode *episode, uint64_t seed,
                 const struct ziggurat *ziggurat);

/* Steps in the whole episode. */
size_t drive_steps(const struct simulated_episode *episode);

/* The envelope at the next step, ≥ 0. *burst is the index of the burst that it belongs to, or
 * DRIVE_NO_BURST. */
double drive_next(struct drive *drive, size_t *burst);

/* Smooth step from 0 to 1 over 0 ≤ x ≤ 1. */
static inline double drive_smooth(double x)
{
    return x <= 0 ? 0 : x >= 1 ? 1 : x * x * (3 - 2 * x);
}

/* Height of a burst of a shape at share u of its duration, 0 ≤ u ≤ 1; its largest value is 1. */
double drive_shape(enum burst_shape shape, double u);

/* Seconds in which the episode is active: its tonic phase and its bursts. */
double drive_active(const struct simulated_episode *episode);

#endif
