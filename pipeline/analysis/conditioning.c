#include "pipeline/analysis/conditioning.h"

#include <math.h>

#define TRANSITION       8.0 /* Hz, of the band's edges */
#define NOTCH_HALF_WIDTH 1.0 /* Hz */

enum status conditioning_check(const struct channel *channel, const double band[2],
                               struct error *error)
{
    double clamped[2];
    bool narrowed;
    if (kernel_clamp_band(channel->rate, band, clamped, &narrowed) &&
        clamped[1] - clamped[0] >= TRANSITION) {
        return STATUS_OK;
    }
    return error_set(error, STATUS_FAILED,
                     "channel '%s' has %g samples/s, %s for the band from %g to %g Hz; check "
                     "--rate, or choose other --channels or another --band",
                     channel->label, channel->rate,
                     narrowed ? "too few for EMG" : "but the filter's edges are too wide", band[0],
                     band[1]);
}

enum status conditioning_create(struct conditioning *conditioning, double rate,
                                const double band[2], const struct mains_removal *removals,
                                size_t removal_count, bool done, struct error *error)
{
    *conditioning = (struct conditioning){.done = done};
    conditioning->empty =
        !kernel_clamp_band(rate, band, conditioning->band, &conditioning->narrowed);
    if (done || conditioning->empty) {
        return STATUS_OK;
    }
    struct kernel_design design = {.rate = rate,
                                   .low = conditioning->band[0],
                                   .high = conditioning->band[1],
                                   .transition = TRANSITION,
                                   .notch_half_width = NOTCH_HALF_WIDTH};
    for (size_t i = 0; i < removal_count; i++) {
        if (removals[i].frequency > 0) {
            kernel_add_mains(&design, removals[i].frequency, removals[i].mask);
        }
    }
    enum status status = kernel_create(&design, &conditioning->kernel, error);
    if (status == STATUS_OK) {
        status = condition_plan_create(&conditioning->kernel, &conditioning->plan, error);
    }
    if (status == STATUS_OK) {
        status = condition_create(conditioning->plan, &conditioning->state, error);
    }
    if (status != STATUS_OK) {
        conditioning_clear(conditioning);
    }
    return status;
}

void conditioning_clear(struct conditioning *conditioning)
{
    condition_destroy(conditioning->state);
    condition_plan_destroy(conditioning->plan);
    kernel_clear(&conditioning->kernel);
    *conditioning = (struct conditioning){0};
}

size_t conditioning_room(const struct conditioning *conditioning, size_t count)
{
    return conditioning->plan ? condition_room(conditioning->plan, count) : count;
}

size_t conditioning_push(struct conditioning *conditioning, const float *x, size_t count, float *y)
{
    if (conditioning->state) {
        return condition_push(conditioning->state, x, count, y);
    }
    for (size_t i = 0; i < count; i++) {
        y[i] = conditioning->empty ? NAN : x[i];
    }
    return count;
}

size_t conditioning_finish(struct conditioning *conditioning, float *y)
{
    return conditioning->state ? condition_finish(conditioning->state, y) : 0;
}
