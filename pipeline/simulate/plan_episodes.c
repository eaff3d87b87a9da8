/* Episodes of a plan: their classes, channels, strengths and times. */
#include "pipeline/simulate/plan.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"

#include <math.h>
#include <string.h>

/* A clonic phase needs three bursts; four periods hold them whatever the jitter. */
#define PERIODS_NEEDED 4.2

static enum simulated_class class_of(enum section_kind kind)
{
    switch (kind) {
    case SECTION_CLONIC:
        return SIMULATED_CLONIC;
    case SECTION_TONIC_CLONIC:
        return SIMULATED_TONIC_CLONIC;
    case SECTION_MYOCLONIC:
        return SIMULATED_MYOCLONIC;
    case SECTION_VOLUNTARY:
        return SIMULATED_VOLUNTARY;
    default:
        return SIMULATED_TONIC;
    }
}

static enum section_kind draw_kind(const struct event_section *section, struct random *random)
{
    enum section_kind kinds[64];
    size_t count;
    if (section->kind != SECTION_RANDOM ||
        specification_classes(section->classes, kinds, sizeof kinds / sizeof *kinds, &count,
                              NULL)) {
        return section->kind;
    }
    return kinds[random_below(random, count)];
}

/* The duration, and how far it may be cut when there is no room for it. */
static void draw_duration(const struct event_section *section, struct random *random,
                          struct simulated_episode *episode)
{
    struct range range = section->duration;
    bool drawn = section->kind == SECTION_RANDOM;
    if (drawn) {
        const struct range by_class[SIMULATED_CLASSES] = {
            section->tonic_duration, section->clonic_duration, section->tonic_clonic_duration,
            section->myoclonic_duration, section->tonic_duration};
        range = by_class[episode->class];
    }
    episode->duration = plan_draw_logarithmic(random, range);
    episode->shortest = range.low;
    if (drawn && (episode->class == SIMULATED_CLONIC || episode->class == SIMULATED_TONIC_CLONIC)) {
        double share = episode->class == SIMULATED_CLONIC ? 1 : 1 - episode->boundary;
        double least = PERIODS_NEEDED / episode->rate / share;
        episode->duration = fmax(episode->duration, least);
        episode->shortest = fmax(episode->shortest, least);
    }
}

/* The value for the i-th further channel: of the list, when there is one, or drawn. */
static double further(const double *list, size_t listed, size_t i, struct random *random,
                      struct range range)
{
    double drawn = plan_draw(random, range);
    return listed == 0 ? drawn : list[i < listed ? i : listed - 1];
}

static enum status draw_channels(const struct plan *plan, const struct event_section *section,
                                 struct random *random, struct simulated_episode *episode,
                                 struct error *error)
{
    size_t channels[SPECIFICATION_CHANNELS], delays = 0, gains = 0;
    double delay_list[SPECIFICATION_CHANNELS], gain_list[SPECIFICATION_CHANNELS];
    plan_draw_channels(plan, random, section->channels, channels, &episode->channel_count);
    (void)specification_numbers(section->delays, 0, 60, delay_list, &delays, NULL);
    (void)specification_numbers(section->gains, 0, 10, gain_list, &gains, NULL);
    episode->channels = checked_calloc(episode->channel_count, sizeof *episode->channels);
    if (!episode->channels) {
        return error_memory(error, "planning episodes");
    }
    bool absolute = !isnan(section->amplitude.low);
    double strength =
        absolute ? plan_draw_logarithmic(random, section->amplitude)
                 : elementary_exp(plan_draw(random, section->snr) * 0.11512925464970228420);
    double delay = 0;
    for (size_t i = 0; i < episode->channel_count; i++) {
        double gain = 1;
        if (i > 0) {
            double step = further(delay_list, delays, i - 1, random, section->delay);
            delay = delays ? step : delay + step;
            gain = further(gain_list, gains, i - 1, random, section->gain);
        }
        double unit = absolute ? 1 : plan->noise[channels[i]];
        episode->channels[i] = (struct episode_channel){channels[i], delay, strength * gain * unit};
        episode->spread = fmax(episode->spread, delay);
    }
    return STATUS_OK;
}

/* Values that a class does not use are NaN in its section; the drive never looks at them. */
static void draw_parameters(const struct event_section *section, struct random *random,
                            struct simulated_episode *episode)
{
    episode->rise = plan_draw(random, section->rise);
    episode->fall = plan_draw(random, section->fall);
    episode->level = plan_draw(random, section->level);
    episode->variation = plan_draw(random, section->variation);
    episode->tremor_rate = plan_draw(random, section->tremor_rate);
    episode->tremor_depth = plan_draw(random, section->tremor_depth);
    episode->rate = plan_draw_logarithmic(random, section->rate);
    episode->slope = plan_draw(random, section->slope);
    episode->jitter = plan_draw(random, section->jitter);
    episode->duty = plan_draw(random, section->duty);
    episode->floor = plan_draw(random, section->floor);
    episode->missed = plan_draw(random, section->missed);
    episode->fatigue = plan_draw(random, section->fatigue);
    episode->growth = plan_draw(random, section->growth);
    episode->boundary = plan_draw(random, section->boundary);
    bool either = random_uniform(random) < 0.5;
    episode->clonic_first =
        section->order == ORDER_CLONIC_FIRST || (section->order == ORDER_EITHER && either);
    enum burst_shape any = (enum burst_shape)random_below(random, BURST_ANY);
    episode->shape = section->shape == BURST_ANY ? any : (enum burst_shape)section->shape;
    /* Ramps of [random] are those of tonic activity. */
    if (section->kind == SECTION_RANDOM && episode->class == SIMULATED_CLONIC) {
        episode->rise = episode->fall = 0;
    }
}

/* A row of contractions: their times; the row's duration. */
static enum status draw_row(const struct event_section *section, struct random *random,
                            struct simulated_episode *episode, struct error *error)
{
    size_t cycles = plan_draw_count(random, section->cycles);
    episode->bursts = checked_calloc(cycles, sizeof *episode->bursts);
    if (!episode->bursts) {
        return error_memory(error, "planning episodes");
    }
    double at = 0;
    for (size_t i = 0; i < cycles; i++) {
        double duration = i ? plan_draw(random, section->duration) : episode->duration;
        episode->bursts[i] = (struct simulated_burst){at, duration, 1, i};
        episode->duration = at + duration;
        at += duration + plan_draw(random, section->pause);
    }
    episode->burst_count = cycles;
    episode->shortest = episode->duration;
    return STATUS_OK;
}

static enum status draw_episode(const struct plan *plan, const struct event_section *section,
                                uint64_t stream, struct simulated_episode *episode,
                                struct error *error)
{
    struct random random;
    random_seed(&random, plan->seed, RANDOM_EPISODE, stream, 0);
    episode->section = section;
    episode->stream = stream;
    episode->class = class_of(draw_kind(section, &random));
    draw_parameters(section, &random, episode);
    draw_duration(section, &random, episode);
    episode->onset = plan_draw(&random, section->onset);
    enum status status = draw_channels(plan, section, &random, episode, error);
    if (status == STATUS_OK && section->kind == SECTION_VOLUNTARY) {
        status = draw_row(section, &random, episode, error);
    }
    return status;
}

static struct simulated_episode *append_episode(struct plan *plan)
{
    struct simulated_episode *grown =
        checked_realloc(plan->episodes, plan->episode_count + 1, sizeof *plan->episodes);
    if (!grown) {
        return NULL;
    }
    plan->episodes = grown;
    memset(&grown[plan->episode_count], 0, sizeof *grown);
    return &grown[plan->episode_count++];
}

/* Makes an episode of every contraction of a row but the first, which the row itself becomes. */
static enum status split_row(struct plan *plan, size_t row, struct error *error)
{
    size_t count = plan->episodes[row].burst_count;
    struct simulated_burst *contractions = plan->episodes[row].bursts;
    plan->episodes[row].bursts = NULL;
    plan->episodes[row].burst_count = 0;
    plan->episodes[row].duration = count ? contractions[0].duration : plan->episodes[row].duration;
    enum status status = STATUS_OK;
    for (size_t i = 1; i < count && status == STATUS_OK; i++) {
        struct simulated_episode *added = append_episode(plan);
        struct episode_channel *channels =
            checked_calloc(plan->episodes[row].channel_count, sizeof *channels);
        if (!added || !channels) {
            free(channels);
            status = error_memory(error, "planning episodes");
            break;
        }
        const struct simulated_episode *first = &plan->episodes[row];
        *added = *first;
        added->channels =
            memcpy(channels, first->channels, first->channel_count * sizeof *first->channels);
        added->onset = first->onset + contractions[i].onset;
        added->duration = contractions[i].duration;
        added->elapsed = contractions[i].onset;
        added->stream = first->stream ^ (uint64_t)i << 48;
    }
    free(contractions);
    return status;
}

static void draw_twitching(struct plan *plan, const struct event_section *section, uint64_t stream,
                           struct twitching *twitching)
{
    struct random random;
    random_seed(&random, plan->seed, RANDOM_EPISODE, stream, 0);
    bool relative = !isnan(section->ratio.low);
    *twitching = (struct twitching){.stream = stream,
                                    .relative = relative,
                                    .amplitude = relative ? section->ratio : section->amplitude};
    twitching->onset = plan_draw(&random, section->onset);
    double duration = plan_draw(&random, section->duration);
    twitching->end = isnan(duration) ? plan->duration : twitching->onset + duration;
    twitching->rate = plan_draw(&random, section->rate) / 60;
    plan_draw_channels(plan, &random, section->channels, twitching->channels,
                       &twitching->channel_count);
}

/* Stable: episodes of one onset stay in the order of the file. */
static void sort_episodes(struct plan *plan)
{
    for (size_t i = 1; i < plan->episode_count; i++) {
        struct simulated_episode moved = plan->episodes[i];
        size_t j = i;
        for (; j > 0 && plan->episodes[j - 1].onset > moved.onset; j--) {
            plan->episodes[j] = plan->episodes[j - 1];
        }
        plan->episodes[j] = moved;
    }
}

static enum status draw_section(struct plan *plan, size_t index, struct error *error)
{
    const struct event_section *section = &plan->specification->events[index];
    uint64_t stream = (uint64_t)index << 24;
    if (section->kind == SECTION_FASCICULATIONS) {
        struct twitching *grown =
            checked_realloc(plan->twitchings, plan->twitching_count + 1, sizeof *grown);
        if (!grown) {
            return error_memory(error, "planning episodes");
        }
        plan->twitchings = grown;
        draw_twitching(plan, section, stream, &grown[plan->twitching_count++]);
        return STATUS_OK;
    }
    struct random random;
    random_seed(&random, plan->seed, RANDOM_EPISODE, stream, UINT64_MAX);
    size_t count = plan_draw_count(&random, section->count);
    for (size_t k = 0; k < count; k++) {
        struct simulated_episode *episode = append_episode(plan);
        if (!episode) {
            return error_memory(error, "planning episodes");
        }
        enum status status = draw_episode(plan, section, stream | (k + 1), episode, error);
        if (status) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status plan_episodes(struct plan *plan, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < plan->specification->event_count && status == STATUS_OK; i++) {
        status = draw_section(plan, i, error);
    }
    if (status == STATUS_OK) {
        status = plan_place(plan, error);
    }
    for (size_t i = 0, rows = plan->episode_count; i < rows && status == STATUS_OK; i++) {
        if (plan->episodes[i].class == SIMULATED_VOLUNTARY) {
            status = split_row(plan, i, error);
        }
    }
    for (size_t i = 0; i < plan->episode_count && status == STATUS_OK; i++) {
        status = plan_phases(plan, &plan->episodes[i], error);
    }
    sort_episodes(plan);
    return status;
}
