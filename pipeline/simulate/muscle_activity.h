/* The activity of one muscle in one episode: its units' discharges under the drive, added as
 * potentials to the channels that see the muscle.
 *
 * Discharges follow from the pool's rates: a unit's phase advances by rate × DRIVE_STEP, and it
 * discharges when the phase reaches the interval drawn for it (normal, mean 1, the pool's
 * coefficient of variation, within 0.3 … 2). A unit that is recruited anew begins at a random
 * place of its interval, so that units are not in step. */
#ifndef SOLEUS_PIPELINE_SIMULATE_MUSCLE_ACTIVITY_H
#define SOLEUS_PIPELINE_SIMULATE_MUSCLE_ACTIVITY_H

#include "pipeline/simulate/plan.h"
#include "pipeline/simulate/potential.h"

/* Samples of one channel that are being made: samples[i] is frame first + i. */
struct canvas {
    float *samples;
    int64_t first;
    size_t length;
};

/* Adds `height` × the unit's potential for a discharge at `time` (s); what falls outside the
 * canvas is left out. */
void canvas_add(struct canvas *canvas, double time, double rate, struct potential potential,
                float height);

/* Frames that a canvas needs beside those being made and the longest potential: discharges run
 * ahead by a step of the drive. */
size_t canvas_tail(double rate);

/* Discharges that count for the truth: first and last within the recording, s; NaN: none. */
struct span {
    double first, last;
};

/* What the truth is told of an activity. */
struct performed {
    const struct simulated_episode *episode;
    bool spliced; /* of recorded tissue: its excitation and conduction velocity are not known */
    size_t channel_count;
    const size_t *indices;     /* the channels on this muscle: into episode->channels */
    struct span span;          /* of the whole episode */
    const struct span *bursts; /* by burst of the episode */
};

struct muscle_activity;

/* All channels of the episode on one muscle. `electrodes` by channel of the recording. Runs the
 * activity once, unheard, to find what its RMS is, and scales it to the channels' targets. */
enum status muscle_activity_create(const struct plan *plan, const struct simulated_episode *episode,
                                   size_t muscle, const struct motor_pool *pool,
                                   struct electrode *const *electrodes,
                                   const struct ziggurat *ziggurat,
                                   struct muscle_activity **activity, struct error *error);
void muscle_activity_destroy(struct muscle_activity *activity);

/* Adds all discharges before `until` (s) that were not yet added. canvases by channel of the
 * recording. */
void muscle_activity_advance(struct muscle_activity *activity, double until,
                             struct canvas *canvases);

/* True when the last discharge has been added. */
bool muscle_activity_over(const struct muscle_activity *activity);

/* As far as it has been advanced; valid as long as the activity. */
struct performed muscle_activity_performed(const struct muscle_activity *activity);

#endif
