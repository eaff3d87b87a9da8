/* What is kept of one time of a channel, for an explanation: the noise floor second by second, as
 * the detector has it, and a close-up. */
#include "formats/checked.h"
#include "pipeline/analysis/channel_parts.h"
#include "pipeline/signal/baseline.h"
#include "pipeline/signal/thresholds.h"

#include <math.h>

/* As in signal/activity.c; a test compares the floors. */
#define LEAST_FREEDOM 6.0
#define TEAGER_SPREAD 1.5

struct channel_watch {
    double time;               /* s */
    struct baseline *baseline; /* the detector's own, once more */
    float *noise, *tone;       /* µV, by second; one allocation each */
    size_t seconds, capacity;
    struct closeup closeup;
    double distance; /* s, of the episode that the close-up shows; INFINITY: of none */
    bool cut;
};

enum status channel_watch(struct channel_path *path, double time, struct error *error)
{
    struct activity_design design = channel_activity_design(path);
    struct channel_watch *watch = calloc(1, sizeof *watch);
    if (!watch) {
        return error_memory(error, "watching a channel");
    }
    path->watch = watch;
    watch->time = time;
    watch->distance = INFINITY;
    double freedom = threshold_freedom(design.bandwidth, 1);
    struct baseline_design baseline = {
        .bin_rate = design.bin_rate,
        .short_window = fmax(design.short_window, LEAST_FREEDOM / freedom),
        .horizon = design.horizon,
        .minimum_energy = design.minimum_energy,
        .prominence = design.prominence,
        .freedom = design.teager ? freedom / TEAGER_SPREAD : freedom,
        .noise_ratio = design.noise_ratio,
        .muscle_ratio = design.muscle_ratio,
    };
    return baseline_create(&baseline, &watch->baseline, error);
}

void channel_watch_destroy(struct channel_watch *watch)
{
    if (watch) {
        baseline_destroy(watch->baseline);
        closeup_clear(&watch->closeup);
        free(watch->noise);
        free(watch->tone);
        free(watch);
    }
}

static enum status grow(struct channel_watch *watch, struct error *error)
{
    size_t capacity = watch->capacity ? 2 * watch->capacity : 256;
    float *noise = checked_realloc(watch->noise, capacity, sizeof *noise);
    watch->noise = noise ? noise : watch->noise;
    float *tone = noise ? checked_realloc(watch->tone, capacity, sizeof *tone) : NULL;
    watch->tone = tone ? tone : watch->tone;
    if (!tone) {
        return error_memory(error, "watching a channel");
    }
    watch->capacity = capacity;
    return STATUS_OK;
}

enum status channel_watch_floors(struct channel_path *path, struct error *error)
{
    struct channel_watch *watch = path->watch;
    enum status status = STATUS_OK;
    if (!watch) {
        return STATUS_OK;
    }
    const struct bins *bins = activity_bins(path->activity);
    uint64_t ahead = (uint64_t)ceil(path->bin_rate) + 1;
    baseline_push(watch->baseline, bins, path->ended);
    while (status == STATUS_OK) {
        uint64_t first = baseline_second(watch->baseline, watch->seconds);
        uint64_t last = baseline_second(watch->baseline, watch->seconds + 1);
        bool ready = path->ended ? first < bins->energy_count
                                 : last + ahead <= bins->energy_count &&
                                       baseline_settled(watch->baseline, watch->seconds);
        if (!ready) {
            break;
        }
        status = watch->seconds == watch->capacity ? grow(watch, error) : STATUS_OK;
        if (status == STATUS_OK) {
            struct baseline_level level = baseline_at(watch->baseline, bins, watch->seconds);
            watch->noise[watch->seconds] = (float)sqrt(level.noise);
            watch->tone[watch->seconds++] = (float)sqrt(level.floor);
        }
    }
    return status;
}

double channel_distance(const struct episode *episode, double time)
{
    double distance = fabs(episode->onset - time);
    bool within = time >= episode->onset && time <= episode->offset;
    return within || distance <= WATCHED_NEAR ? distance : INFINITY;
}

enum status channel_watch_episode(struct channel_path *path, const struct episode *episode,
                                  struct error *error)
{
    struct channel_watch *watch = path->watch;
    if (!watch || !(channel_distance(episode, watch->time) < watch->distance)) {
        return STATUS_OK;
    }
    closeup_clear(&watch->closeup);
    watch->distance = channel_distance(episode, watch->time);
    watch->cut = true;
    return channel_cut(path, episode, &watch->closeup, error);
}

enum status channel_watch_around(struct channel_path *path, double settled, struct error *error)
{
    struct channel_watch *watch = path->watch;
    if (!watch || watch->cut || settled < watch->time + WATCHED_AROUND) {
        return STATUS_OK;
    }
    double from = watch->time - WATCHED_AROUND, to = watch->time + WATCHED_AROUND;
    watch->cut = true;
    return closeup_cut(activity_bins(path->activity), path->bin_rate, from, to, fmax(from, 0), to,
                       &watch->closeup, error);
}

struct watched channel_watched(const struct channel_path *path)
{
    const struct channel_watch *watch = path->watch;
    return (struct watched){&watch->closeup, watch->seconds, watch->noise, watch->tone};
}
