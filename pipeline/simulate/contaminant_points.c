/* Electrode pops, which are steps that decay, and spikes of a few samples: both at random times. */
#include "pipeline/simulate/contaminant.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"

#include <math.h>

struct points {
    const struct plan *plan;
    const struct disturbance *disturbance;
    struct random random;
    double next;   /* frame of the next one */
    double factor; /* of what is left of a pop, from frame to frame */
    double value[SPECIFICATION_CHANNELS];
    size_t left[SPECIFICATION_CHANNELS]; /* frames of a spike that are still to come */
};

static double draw_wait(struct points *points)
{
    return points->disturbance->rate > 0 ? random_exponential(&points->random) /
                                               points->disturbance->rate * points->plan->rate
                                         : INFINITY;
}

static enum status create(const struct plan *plan, const struct disturbance *d,
                          const struct ziggurat *ziggurat, void **state, struct error *error)
{
    struct points *points = checked_calloc(1, sizeof *points);
    (void)ziggurat;
    if (!points) {
        return error_memory(error, "simulating contamination");
    }
    points->plan = plan;
    points->disturbance = d;
    random_seed(&points->random, plan->seed, RANDOM_WAVEFORM, d->stream, 0);
    points->next = (double)d->first + draw_wait(points);
    points->factor = d->kind == SECTION_POPS ? elementary_exp(-1 / (d->decay * plan->rate)) : 1;
    *state = points;
    return STATUS_OK;
}

/* One event, on the k-th of the disturbance's channels. */
static enum status begin_event(struct points *points, size_t k, double sign, size_t width,
                               int64_t frame, struct truth *truth, struct error *error)
{
    const struct disturbance *d = points->disturbance;
    double height = plan_draw_logarithmic(&points->random, d->amplitude[k]);
    double duration = (double)width / points->plan->rate;
    if (d->kind == SECTION_POPS) {
        points->value[k] += sign * height;
        duration = 3 * d->decay;
    } else {
        points->value[k] = sign * height;
        points->left[k] = width;
    }
    return truth_add_artefact(truth, points->plan, contaminant_name(d->kind), d->channels[k],
                              (double)frame / points->plan->rate, duration, height, error);
}

static enum status begin_events(struct points *points, int64_t frame, struct truth *truth,
                                struct error *error)
{
    const struct disturbance *d = points->disturbance;
    enum status status = STATUS_OK;
    size_t one = (size_t)random_below(&points->random, d->channel_count);
    double sign = random_uniform(&points->random) < 0.5 ? -1 : 1;
    size_t width = d->kind == SECTION_SPIKES ? plan_draw_count(&points->random, d->width) : 0;
    for (size_t k = 0; k < d->channel_count && status == STATUS_OK; k++) {
        if (d->where == PLACE_ALL || k == one) {
            status = begin_event(points, k, sign, width, frame, truth, error);
        }
    }
    return status;
}

static enum status add(void *state, const struct frames *frames, struct truth *truth,
                       struct error *error)
{
    struct points *points = state;
    const struct disturbance *d = points->disturbance;
    bool pops = d->kind == SECTION_POPS;
    size_t begin, end;
    if (!contaminant_overlap(d, frames, &begin, &end)) {
        return STATUS_OK;
    }
    for (size_t i = begin; i < end; i++) {
        int64_t frame = frames->first + (int64_t)i;
        while (points->next <= (double)frame) {
            enum status status = begin_events(points, frame, truth, error);
            if (status) {
                return status;
            }
            points->next += draw_wait(points);
        }
        for (size_t k = 0; k < d->channel_count; k++) {
            if (pops || points->left[k] > 0) {
                frames->samples[d->channels[k]][i] += (float)points->value[k];
                points->value[k] *= points->factor;
                points->left[k] -= !pops;
                /* Numbers near 0 would slow everything down once they are denormal. */
                if (fabs(points->value[k]) < 1e-9) {
                    points->value[k] = 0;
                }
            }
        }
    }
    return STATUS_OK;
}

const struct contaminant contaminant_points = {.kinds = SECTION_POPS | SECTION_SPIKES,
                                               .point_truth = true,
                                               .create = create,
                                               .add = add,
                                               .destroy = free};
