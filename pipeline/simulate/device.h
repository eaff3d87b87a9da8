/* What a recorder does to a signal: a limited range, clipping, dropouts. */
#ifndef SOLEUS_PIPELINE_SIMULATE_DEVICE_H
#define SOLEUS_PIPELINE_SIMULATE_DEVICE_H

#include "pipeline/simulate/contaminant.h"

struct device {
    float last[SPECIFICATION_CHANNELS]; /* sample before these frames, for "hold" */
};

/* In place, on frames that come in order from frame 0. */
void device_apply(struct device *device, const struct plan *plan, const struct frames *frames);

#endif
