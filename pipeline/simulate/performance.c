#include "pipeline/simulate/performance.h"

#include "formats/checked.h"
#include "pipeline/simulate/tissue_activity.h"

#include <math.h>
#include <string.h>

/* Fasciculations of one interval in one channel. */
struct twitcher {
    const struct twitching *twitching;
    size_t channel;
    struct random random;
    double next; /* s */
};

/* One of the two is NULL. */
struct running {
    struct muscle_activity *muscle;
    struct tissue_activity *tissue;
    size_t episode; /* index in the plan */
};

struct performance {
    const struct plan *plan;
    const struct splice_source *tissue; /* NULL: motor units are at work */
    const struct ziggurat *ziggurat;
    struct motor_pool **pools;     /* by muscle; NULL when it is never active */
    struct electrode **electrodes; /* by channel; the same */
    size_t twitcher_count;
    struct twitcher *twitchers;
    size_t next_episode;
    size_t running_count;
    struct running *running;
};

/* The pool of the channel's muscle, and its electrodes. */
static enum status prepare_channel(struct performance *p, size_t channel, struct error *error)
{
    const struct specification *s = p->plan->specification;
    size_t muscle = p->plan->muscle[channel];
    enum status status = STATUS_OK;
    if (!p->pools[muscle]) {
        status = motor_pool_create(&s->pool, p->plan->seed, muscle, &p->pools[muscle], error);
    }
    if (status == STATUS_OK && !p->electrodes[channel]) {
        status = electrode_create(&s->channels[channel], p->pools[muscle], p->plan->rate,
                                  p->plan->seed, channel, &p->electrodes[channel], error);
    }
    return status;
}

static double draw_wait(struct twitcher *twitcher)
{
    return twitcher->twitching->rate > 0
               ? random_exponential(&twitcher->random) / twitcher->twitching->rate
               : INFINITY;
}

static enum status prepare_twitching(struct performance *p, const struct twitching *twitching,
                                     struct error *error)
{
    struct twitcher *grown = checked_realloc(
        p->twitchers, p->twitcher_count + twitching->channel_count, sizeof *p->twitchers);
    if (!grown) {
        return error_memory(error, "simulating fasciculations");
    }
    p->twitchers = grown;
    for (size_t i = 0; i < twitching->channel_count; i++) {
        struct twitcher *twitcher = &grown[p->twitcher_count++];
        *twitcher = (struct twitcher){.twitching = twitching, .channel = twitching->channels[i]};
        random_seed(&twitcher->random, p->plan->seed, RANDOM_FASCICULATION, twitching->stream,
                    twitcher->channel);
        twitcher->next = twitching->onset + draw_wait(twitcher);
        enum status status = prepare_channel(p, twitcher->channel, error);
        if (status) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status prepare(struct performance *p, struct error *error)
{
    const struct plan *plan = p->plan;
    enum status status = STATUS_OK;
    p->pools = checked_calloc(plan->muscle_count, sizeof *p->pools);
    p->electrodes = checked_calloc(plan->channel_count, sizeof *p->electrodes);
    if (!p->pools || !p->electrodes) {
        return error_memory(error, "simulating activity");
    }
    for (size_t i = 0; i < plan->episode_count; i++) {
        const struct simulated_episode *episode = &plan->episodes[i];
        for (size_t k = 0; !p->tissue && k < episode->channel_count && status == STATUS_OK; k++) {
            status = prepare_channel(p, episode->channels[k].channel, error);
        }
    }
    for (size_t i = 0; i < plan->twitching_count && status == STATUS_OK; i++) {
        status = prepare_twitching(p, &plan->twitchings[i], error);
    }
    return status;
}

enum status performance_create(const struct plan *plan, const struct tissue *tissue,
                               const struct ziggurat *ziggurat, struct performance **performance,
                               struct error *error)
{
    *performance = NULL;
    struct performance *p = checked_calloc(1, sizeof *p);
    if (!p) {
        return error_memory(error, "simulating activity");
    }
    p->plan = plan;
    p->tissue = tissue->activity.count ? &tissue->activity : NULL;
    p->ziggurat = ziggurat;
    enum status status = prepare(p, error);
    if (status) {
        performance_destroy(p);
        return status;
    }
    *performance = p;
    return STATUS_OK;
}

void performance_destroy(struct performance *performance)
{
    if (!performance) {
        return;
    }
    for (size_t i = 0; i < performance->running_count; i++) {
        muscle_activity_destroy(performance->running[i].muscle);
        tissue_activity_destroy(performance->running[i].tissue);
    }
    for (size_t m = 0; performance->pools && m < performance->plan->muscle_count; m++) {
        motor_pool_destroy(performance->pools[m]);
    }
    for (size_t c = 0; performance->electrodes && c < performance->plan->channel_count; c++) {
        electrode_destroy(performance->electrodes[c]);
    }
    free(performance->running);
    free(performance->twitchers);
    free(performance->pools);
    free(performance->electrodes);
    free(performance);
}

size_t performance_tail(const struct performance *performance)
{
    size_t longest = 0;
    for (size_t c = 0; c < performance->plan->channel_count; c++) {
        if (performance->electrodes[c]) {
            size_t length = electrode_longest(performance->electrodes[c]);
            longest = length > longest ? length : longest;
        }
    }
    return longest + canvas_tail(performance->plan->rate);
}

/* The episode's activities, one a muscle. */
static enum status begin_episode(struct performance *p, size_t index, struct error *error)
{
    const struct simulated_episode *episode = &p->plan->episodes[index];
    for (size_t i = 0; i < episode->channel_count; i++) {
        size_t muscle = p->plan->muscle[episode->channels[i].channel];
        bool begun = false;
        for (size_t k = 0; k < i; k++) {
            begun = begun || p->plan->muscle[episode->channels[k].channel] == muscle;
        }
        if (begun) {
            continue;
        }
        struct running *grown =
            checked_realloc(p->running, p->running_count + 1, sizeof *p->running);
        if (!grown) {
            return error_memory(error, "simulating activity");
        }
        p->running = grown;
        struct running *running = &grown[p->running_count];
        *running = (struct running){.episode = index};
        enum status status =
            p->tissue ? tissue_activity_create(p->plan, episode, muscle, p->tissue, p->ziggurat,
                                               &running->tissue, error)
                      : muscle_activity_create(p->plan, episode, muscle, p->pools[muscle],
                                               p->electrodes, p->ziggurat, &running->muscle, error);
        if (status) {
            return status;
        }
        p->running_count++;
    }
    return STATUS_OK;
}

static enum status report(const struct performance *p, const struct running *running,
                          struct truth *truth, struct error *error)
{
    struct performed performed = running->tissue ? tissue_activity_performed(running->tissue)
                                                 : muscle_activity_performed(running->muscle);
    return truth_add_activity(truth, p->plan, &performed, (int64_t)running->episode + 1, error);
}

/* One potential of a unit drawn at random, as high as drawn. */
static enum status twitch(struct performance *p, struct twitcher *twitcher, struct canvas *canvas,
                          struct truth *truth, struct error *error)
{
    struct electrode *electrode = p->electrodes[twitcher->channel];
    const struct motor_pool *pool = p->pools[p->plan->muscle[twitcher->channel]];
    size_t unit = (size_t)random_below(&twitcher->random, pool->count);
    double amplitude = plan_draw_logarithmic(&twitcher->random, twitcher->twitching->amplitude);
    if (twitcher->twitching->relative) {
        amplitude *= p->plan->noise[twitcher->channel];
    }
    struct potential potential = electrode_potential(electrode, unit, 1);
    double peak = electrode_peak(electrode, unit);
    canvas_add(canvas, twitcher->next, p->plan->rate, potential,
               peak > 0 ? (float)(amplitude / peak) : 0);
    double duration = (double)(potential.length - 2 * POTENTIAL_LEAD) / p->plan->rate;
    return truth_add_fasciculation(truth, p->plan, twitcher->channel, twitcher->next, duration,
                                   amplitude, error);
}

static enum status advance_twitchers(struct performance *p, double until, struct canvas *canvases,
                                     struct truth *truth, struct error *error)
{
    for (size_t i = 0; i < p->twitcher_count; i++) {
        struct twitcher *twitcher = &p->twitchers[i];
        double end = fmin(twitcher->twitching->end, p->plan->duration);
        while (twitcher->next < until && twitcher->next < end) {
            enum status status = twitch(p, twitcher, &canvases[twitcher->channel], truth, error);
            if (status) {
                return status;
            }
            twitcher->next += draw_wait(twitcher);
        }
    }
    return STATUS_OK;
}

enum status performance_advance(struct performance *performance, double until,
                                struct canvas *canvases, struct truth *truth, struct error *error)
{
    struct performance *p = performance;
    size_t kept = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && p->next_episode < p->plan->episode_count &&
           p->plan->episodes[p->next_episode].onset < fmin(until, p->plan->duration)) {
        status = begin_episode(p, p->next_episode++, error);
    }
    if (status) {
        return status;
    }
    for (size_t i = 0; i < p->running_count; i++) {
        struct running running = p->running[i];
        bool over;
        if (running.tissue) {
            tissue_activity_advance(running.tissue, until, canvases);
            over = tissue_activity_over(running.tissue);
        } else {
            muscle_activity_advance(running.muscle, until, canvases);
            over = muscle_activity_over(running.muscle);
        }
        if (over) {
            enum status reported = report(p, &running, truth, error);
            status = status ? status : reported;
            muscle_activity_destroy(running.muscle);
            tissue_activity_destroy(running.tissue);
        } else {
            p->running[kept++] = running;
        }
    }
    p->running_count = kept;
    return status ? status : advance_twitchers(p, until, canvases, truth, error);
}

enum status performance_finish(struct performance *performance, struct truth *truth,
                               struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < performance->running_count && status == STATUS_OK; i++) {
        status = report(performance, &performance->running[i], truth, error);
    }
    return status;
}
