#include "pipeline/simulate/plan.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <strings.h>

const char *const simulated_class_names[SIMULATED_CLASSES] = {"tonic", "clonic", "tonic-clonic",
                                                              "myoclonic", "voluntary"};

double plan_draw(struct random *random, struct range range)
{
    return range.low < range.high ? random_between(random, range.low, range.high) : range.low;
}

double plan_draw_logarithmic(struct random *random, struct range range)
{
    if (!(range.low > 0 && range.low < range.high)) {
        return plan_draw(random, range);
    }
    return elementary_exp(
        random_between(random, elementary_log(range.low), elementary_log(range.high)));
}

size_t plan_draw_count(struct random *random, struct range range)
{
    return (size_t)range.low + (size_t)random_below(random, (uint64_t)(range.high - range.low) + 1);
}

void plan_draw_channels(const struct plan *plan, struct random *random, const char *list,
                        size_t *channels, size_t *count)
{
    enum channel_draw draw;
    enum status status =
        specification_channels(plan->specification, list, channels, count, &draw, NULL);
    assert(status == STATUS_OK && *count); /* the parser has checked it */
    (void)status;
    if (draw == DRAW_NONE) {
        return;
    }
    for (size_t i = *count - 1; i > 0; i--) {
        size_t j = (size_t)random_below(random, i + 1), swap = channels[i];
        channels[i] = channels[j];
        channels[j] = swap;
    }
    *count = draw == DRAW_ONE ? 1 : 1 + (size_t)random_below(random, *count);
}

/* Channels that name the same muscle share its number; a channel without one has its own. */
static void number_muscles(struct plan *plan)
{
    const struct channel_section *sections = plan->specification->channels;
    for (size_t c = 0; c < plan->channel_count; c++) {
        size_t same = c;
        for (size_t before = 0; before < c && sections[c].muscle[0]; before++) {
            if (strcasecmp(sections[before].muscle, sections[c].muscle) == 0) {
                same = before;
                break;
            }
        }
        plan->muscle[c] = same < c ? plan->muscle[same] : plan->muscle_count++;
    }
}

static enum status plan_recording(struct plan *plan, double rate, struct error *error)
{
    const struct specification *s = plan->specification;
    struct random random;
    random_seed(&random, plan->seed, RANDOM_RECORDING, 0, 0);
    plan->rate = plan_draw(&random, s->recording.rate);
    plan->rate = isnan(rate) ? plan->rate : rate;
    double duration = plan_draw(&random, s->recording.duration);
    double noise = plan_draw(&random, s->recording.noise);
    plan->frames = (int64_t)floor(duration * plan->rate + 0.5);
    if (plan->frames < 1) {
        return error_set(error, STATUS_FAILED,
                         "%s: [recording] duration = %g s at rate = %g Hz makes no sample", s->name,
                         duration, plan->rate);
    }
    plan->duration = (double)plan->frames / plan->rate;
    plan->channel_count = s->channel_count;
    for (size_t c = 0; c < plan->channel_count; c++) {
        struct range own = s->channels[c].noise;
        plan->noise[c] = isnan(own.low) ? noise : plan_draw(&random, own);
    }
    number_muscles(plan);
    return STATUS_OK;
}

enum status plan_create(const struct specification *specification, double rate, uint64_t seed,
                        struct plan **plan, struct error *error)
{
    *plan = NULL;
    struct plan *p = checked_calloc(1, sizeof *p);
    if (!p) {
        return error_memory(error, "planning a recording");
    }
    p->specification = specification;
    p->seed = seed;
    enum status status = plan_recording(p, rate, error);
    if (status == STATUS_OK) {
        status = plan_episodes(p, error);
    }
    if (status == STATUS_OK) {
        status = plan_disturbances(p, error);
    }
    if (status) {
        plan_destroy(p);
        return status;
    }
    *plan = p;
    return STATUS_OK;
}

void plan_destroy(struct plan *plan)
{
    if (plan) {
        for (size_t i = 0; i < plan->episode_count; i++) {
            free(plan->episodes[i].bursts);
            free(plan->episodes[i].channels);
        }
        free(plan->episodes);
        free(plan->twitchings);
        free(plan->disturbances);
        free(plan);
    }
}
