/* The baseline noise of one channel: white and 1/f noise of an amplifier and its electrodes. */
#ifndef SOLEUS_PIPELINE_SIMULATE_NOISE_H
#define SOLEUS_PIPELINE_SIMULATE_NOISE_H

#include "pipeline/simulate/filters.h"
#include "pipeline/simulate/plan.h"

struct noise {
    struct random random;
    struct filter filter; /* shapes white noise */
    double scale;
};

/* Power density ∝ 1 + flicker / f down to 0.5 Hz (approximately, by first-order sections), RMS in
 * the measuring band (filter_band) as the plan says. */
void noise_start(struct noise *noise, const struct plan *plan, size_t channel);

/* Adds frames first … first + count, times the channel's "floor" disturbances. */
void noise_add(struct noise *noise, const struct plan *plan, size_t channel,
               const struct ziggurat *ziggurat, int64_t first, size_t count, float *samples);

#endif
