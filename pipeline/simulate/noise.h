/* The baseline noise of one channel: white and 1/f noise of an amplifier and its electrodes, or
 * rest that was recorded. */
#ifndef SOLEUS_PIPELINE_SIMULATE_NOISE_H
#define SOLEUS_PIPELINE_SIMULATE_NOISE_H

#include "pipeline/simulate/filters.h"
#include "pipeline/simulate/plan.h"
#include "pipeline/simulate/splice.h"

struct noise {
    struct random random;
    struct filter filter; /* shapes white noise */
    double scale;
    bool recorded; /* splice is what is heard, instead of the filter's output */
    struct splice splice;
};

/* Power density ∝ 1 + flicker / f down to 0.5 Hz (approximately, by first-order sections), RMS in
 * the measuring band (filter_band) as the plan says. Where rest holds recordings (count > 0), these
 * are spliced instead, at the same RMS; rest outlives the noise. */
void noise_start(struct noise *noise, const struct plan *plan, const struct splice_source *rest,
                 size_t channel);

/* Adds frames first … first + count, times the channel's "floor" disturbances. */
void noise_add(struct noise *noise, const struct plan *plan, size_t channel,
               const struct ziggurat *ziggurat, int64_t first, size_t count, float *samples);

#endif
