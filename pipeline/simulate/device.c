#include "pipeline/simulate/device.h"

#include <math.h>

static void limit(float *samples, size_t begin, size_t end, float largest)
{
    for (size_t i = begin; i < end; i++) {
        samples[i] = samples[i] > largest ? largest : samples[i] < -largest ? -largest : samples[i];
    }
}

static void drop(const struct device *device, const struct disturbance *d, size_t channel,
                 float *samples, size_t begin, size_t end)
{
    float value = 0;
    if (d->mode == DROPOUT_GAP) {
        value = NAN;
    } else if (d->mode == DROPOUT_HOLD) {
        value = begin > 0 ? samples[begin - 1] : device->last[channel];
    }
    for (size_t i = begin; i < end; i++) {
        samples[i] = value;
    }
}

static void apply(const struct device *device, const struct plan *plan, enum section_kind kind,
                  const struct frames *frames)
{
    for (size_t n = 0; n < plan->disturbance_count; n++) {
        const struct disturbance *d = &plan->disturbances[n];
        size_t begin, end;
        if (d->kind != kind || !contaminant_overlap(d, frames, &begin, &end)) {
            continue;
        }
        for (size_t k = 0; k < d->channel_count; k++) {
            float *samples = frames->samples[d->channels[k]];
            if (kind == SECTION_CLIPPING) {
                limit(samples, begin, end, (float)d->amplitude[k].low);
            } else {
                drop(device, d, d->channels[k], samples, begin, end);
            }
        }
    }
}

void device_apply(struct device *device, const struct plan *plan, const struct frames *frames)
{
    apply(device, plan, SECTION_CLIPPING, frames);
    for (size_t c = 0; c < plan->channel_count; c++) {
        limit(frames->samples[c], 0, frames->count, (float)plan->specification->recording.limit);
    }
    apply(device, plan, SECTION_DROPOUT, frames);
    for (size_t c = 0; c < plan->channel_count; c++) {
        device->last[c] = frames->samples[c][frames->count - 1];
    }
}
