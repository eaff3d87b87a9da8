/* Waveforms that are added to a recording: hum, heartbeats, drift and the rest.
 *
 * One const struct contaminant a kind; everything else in its file is static. */
#ifndef SOLEUS_PIPELINE_SIMULATE_CONTAMINANT_H
#define SOLEUS_PIPELINE_SIMULATE_CONTAMINANT_H

#include "pipeline/simulate/plan.h"
#include "pipeline/simulate/truth.h"

/* Frames [first, first + count) of all channels of the recording, planar. They come in order,
 * without gaps, from frame 0. */
struct frames {
    int64_t first;
    size_t count;
    float *const *samples; /* by channel */
};

struct contaminant {
    unsigned kinds;   /* sections that it makes */
    bool point_truth; /* it adds its rows to the truth itself, one an event */
    /* plan, disturbance and ziggurat outlive the state. */
    enum status (*create)(const struct plan *plan, const struct disturbance *disturbance,
                          const struct ziggurat *ziggurat, void **state, struct error *error);
    enum status (*add)(void *state, const struct frames *frames, struct truth *truth,
                       struct error *error);
    void (*destroy)(void *state); /* accepts NULL */
};

extern const struct contaminant contaminant_mains, contaminant_ecg, contaminant_wander,
    contaminant_points;

/* The row for a kind of section; NULL for those that are not added (floor, clipping, dropout). */
const struct contaminant *contaminant_of(enum section_kind kind);

/* The part of the frames in which the disturbance is on: indices [*begin, *end); false: none. */
bool contaminant_overlap(const struct disturbance *disturbance, const struct frames *frames,
                         size_t *begin, size_t *end);

/* 0 … 1: how far a disturbance that fades in and out over `ramp` s is on at a frame. No ramp where
 * it touches an end of the recording. */
double contaminant_fade(const struct plan *plan, const struct disturbance *disturbance, double ramp,
                        int64_t frame);

/* The name of a kind in the truth. */
const char *contaminant_name(enum section_kind kind);

#endif
