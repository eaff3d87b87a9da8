/* Coloured noise: drift, motion artefact, rubbing cables, and noise common to all channels. */
#include "pipeline/simulate/contaminant.h"

#include "formats/checked.h"
#include "pipeline/simulate/filters.h"

#include <math.h>

struct wander {
    const struct plan *plan;
    const struct disturbance *disturbance;
    const struct ziggurat *ziggurat;
    double scale, ramp;
    size_t voices; /* 1: the same waveform on all channels; else one a channel */
    struct filter filters[SPECIFICATION_CHANNELS];
    struct random randoms[SPECIFICATION_CHANNELS];
};

/* The filter's band, Hz; low is 0 when there is no lower edge. */
static void band_of(const struct disturbance *d, double rate, double *low, double *high)
{
    *low = d->kind == SECTION_MOTION || d->kind == SECTION_COMMON ? d->low : 0;
    *high = d->kind == SECTION_DRIFT ? d->frequency : d->high;
    /* A fourth-order filter lets a quarter of the amplitude through at 1.4 × its edge: what is said
     * to lie below `high` is kept there. */
    *high *= d->kind == SECTION_RUB || d->kind == SECTION_MOTION ? 0.8 : 1;
    *high = *high < 0.45 * rate ? *high : 0.45 * rate;
    *low = *low < *high / 2 ? *low : *high / 2;
}

static double ramp_of(const struct disturbance *d, double rate)
{
    double length = (double)(d->end - d->first) / rate;
    double longest = d->kind == SECTION_COMMON ? 0.05 : d->kind == SECTION_DRIFT ? 1 : 0.3;
    return length / 4 < longest ? length / 4 : longest;
}

static enum status create(const struct plan *plan, const struct disturbance *d,
                          const struct ziggurat *ziggurat, void **state, struct error *error)
{
    struct wander *w = checked_calloc(1, sizeof *w);
    if (!w) {
        return error_memory(error, "simulating contamination");
    }
    double low, high;
    band_of(d, plan->rate, &low, &high);
    *w = (struct wander){.plan = plan,
                         .disturbance = d,
                         .ziggurat = ziggurat,
                         .ramp = ramp_of(d, plan->rate),
                         .voices = d->kind == SECTION_COMMON ? 1 : d->channel_count};
    struct filter filter = {0};
    if (low > 0) {
        filter_add_highpass(&filter, low, plan->rate);
    }
    filter_add_lowpass(&filter, high, plan->rate);
    double reach = 8 * high < plan->rate / 2 ? 8 * high : plan->rate / 2;
    w->scale = 1 / filter_noise_gain(&filter, 0, reach, plan->rate);
    for (size_t v = 0; v < w->voices; v++) {
        w->filters[v] = filter;
        random_seed(&w->randoms[v], plan->seed, RANDOM_WAVEFORM, d->stream, v + 1);
        /* Let the filter forget that it began at rest. */
        for (double n = 2 * plan->rate / (low > 0 ? low : high); n > 0; n--) {
            filter_step(&w->filters[v], random_gaussian(&w->randoms[v], ziggurat));
        }
    }
    *state = w;
    return STATUS_OK;
}

static enum status add(void *state, const struct frames *frames, struct truth *truth,
                       struct error *error)
{
    struct wander *w = state;
    const struct disturbance *d = w->disturbance;
    size_t begin, end;
    (void)truth, (void)error;
    if (!contaminant_overlap(d, frames, &begin, &end)) {
        return STATUS_OK;
    }
    for (size_t i = begin; i < end; i++) {
        double fade = w->scale * contaminant_fade(w->plan, d, w->ramp, frames->first + (int64_t)i);
        double value = 0;
        for (size_t k = 0; k < d->channel_count; k++) {
            if (k < w->voices) {
                value = fade *
                        filter_step(&w->filters[k], random_gaussian(&w->randoms[k], w->ziggurat));
            }
            frames->samples[d->channels[k]][i] += (float)(d->amplitude[k].low * value);
        }
    }
    return STATUS_OK;
}

const struct contaminant contaminant_wander = {.kinds = SECTION_DRIFT | SECTION_MOTION |
                                                        SECTION_RUB | SECTION_COMMON,
                                               .create = create,
                                               .add = add,
                                               .destroy = free};
