/* Contaminations of a plan: their intervals, channels and parameters. */
#include "pipeline/simulate/plan.h"

#include "formats/checked.h"

#include <math.h>

static const unsigned points = SECTION_POPS | SECTION_SPIKES;

/* The interval, in frames, within the recording. */
static void draw_interval(const struct plan *plan, const struct contaminant_section *section,
                          struct random *random, struct disturbance *d)
{
    double duration = plan_draw(random, section->duration);
    double onset;
    if (isnan(section->onset.low)) {
        double room = plan->duration - duration;
        onset = random_between(random, 0, room > 0 ? room : 0);
    } else {
        onset = plan_draw(random, section->onset);
    }
    double end = isnan(duration) ? plan->duration : onset + duration;
    double first = rint(onset * plan->rate), last = rint(end * plan->rate);
    d->first = first < (double)plan->frames ? (int64_t)first : plan->frames;
    d->end = last < (double)plan->frames ? (int64_t)last : plan->frames;
}

static void draw_amplitudes(const struct plan *plan, const struct contaminant_section *section,
                            struct random *random, struct disturbance *d)
{
    bool relative = !isnan(section->ratio.low);
    struct range range = relative ? section->ratio : section->amplitude;
    double drawn = plan_draw(random, range), spread = plan_draw(random, section->spread);
    for (size_t i = 0; i < d->channel_count; i++) {
        double unit = relative ? plan->noise[d->channels[i]] : 1;
        if (section->kind & points) {
            d->amplitude[i] = (struct range){range.low * unit, range.high * unit};
        } else {
            double factor = isnan(spread) ? 1 : random_between(random, 1 - spread, 1 + spread);
            d->amplitude[i].low = d->amplitude[i].high = drawn * unit * factor;
        }
    }
}

static void draw_disturbance(const struct plan *plan, const struct contaminant_section *section,
                             struct random *random, struct disturbance *d)
{
    *d = (struct disturbance){.kind = section->kind,
                              .width = section->width,
                              .harmonics = (int)section->harmonics,
                              .mode = section->mode,
                              .where = section->where};
    draw_interval(plan, section, random, d);
    plan_draw_channels(plan, random, section->channels, d->channels, &d->channel_count);
    draw_amplitudes(plan, section, random, d);
    d->frequency = plan_draw(random, section->frequency);
    d->rate = plan_draw(random, section->rate) / 60;
    d->decay = plan_draw(random, section->decay);
    d->factor = plan_draw(random, section->factor);
    d->transition = plan_draw(random, section->transition);
    d->low = plan_draw(random, section->low);
    d->high = plan_draw(random, section->high);
    d->harmonic = plan_draw(random, section->harmonic);
    d->wander = plan_draw(random, section->wander);
    d->variability = plan_draw(random, section->variability);
}

enum status plan_disturbances(struct plan *plan, struct error *error)
{
    const struct specification *s = plan->specification;
    for (size_t i = 0; i < s->contaminant_count; i++) {
        const struct contaminant_section *section = &s->contaminants[i];
        struct random random;
        random_seed(&random, plan->seed, RANDOM_CONTAMINANT, i, 0);
        size_t count = plan_draw_count(&random, section->count);
        struct disturbance *grown = checked_realloc(
            plan->disturbances, plan->disturbance_count + count, sizeof *plan->disturbances);
        if (!grown) {
            return error_memory(error, "planning contaminations");
        }
        plan->disturbances = grown;
        for (size_t k = 0; k < count; k++) {
            struct disturbance *d = &grown[plan->disturbance_count];
            random_seed(&random, plan->seed, RANDOM_CONTAMINANT, i, k + 1);
            draw_disturbance(plan, section, &random, d);
            d->stream = (uint64_t)i << 32 | k;
            plan->disturbance_count += d->first < d->end && d->channel_count;
        }
    }
    return STATUS_OK;
}
