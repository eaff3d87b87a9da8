/* Bursts and episodes of a channel: the detector, the artefact tests, the classifier, close-ups. */
#include "formats/checked.h"
#include "pipeline/analysis/channel_parts.h"

#include <math.h>

#define COARSE          10   /* bins in one coarse bin */
#define FINE_SECONDS    60.0 /* longest close-up that is cut from the fine bins */
#define COARSE_KEEP     1300 /* s of coarse bins kept behind the detector */
#define REMNANT_LONGEST 0.5  /* s, of what the filter leaves of a line */
#define REMNANT_POWER   0.02 /* of the line's power */
#define REMNANT_CHANGE  0.6  /* × its change */
#define SHARED_LEAST    1e-4 /* s, of a burst and an interval */
#define MUSCLE_LOW      80.0 /* Hz; the density of surface EMG of high frequencies */
#define MUSCLE_HIGH     170.0
#define CLOSEUPS_MAX    200 /* of the first episodes; the rest have none */

struct episode_design channel_episode_design(const struct channel_path *path)
{
    const struct parameters *parameters = &path->parameters;
    return (struct episode_design){
        .join_gap = parameters->join_gap,
        .join_intervals = parameters->join_intervals,
        .tonic_minimum = parameters->tonic_minimum,
        .myoclonic_maximum = parameters->myoclonic_maximum,
        .rate_band = {parameters->rate_band[0], parameters->rate_band[1]},
        .regularity = parameters->regularity,
        .plausibility = parameters->plausibility,
    };
}

/* High over activity energy of flat noise, and of muscle, in the conditioned band. */
static void set_ratios(const struct channel_path *path, struct activity_design *design)
{
    double noise[2] = {0, 0}, muscle[2] = {0, 0}, rate = path->about.rate;
    double low = path->conditioning.band[0], step = (path->conditioning.band[1] - low) / 200;
    for (double f = low + step / 2; f < path->conditioning.band[1]; f += step) {
        double energy = envelope_gain(&path->envelope, rate, f);
        double high = envelope_high_gain(&path->envelope, rate, f);
        /* Shwedyk, Balasubramanian & Scott 1977 (IEEE Trans Biomed Eng 24:417). */
        double density =
            f * f / ((f * f + MUSCLE_LOW * MUSCLE_LOW) * pow(f * f + MUSCLE_HIGH * MUSCLE_HIGH, 2));
        noise[0] += energy;
        noise[1] += high;
        muscle[0] += density * energy;
        muscle[1] += density * high;
    }
    design->noise_ratio = noise[1] / noise[0];
    design->muscle_ratio = muscle[1] / muscle[0];
}

struct activity_design channel_activity_design(const struct channel_path *path)
{
    const struct parameters *parameters = &path->parameters;
    double quantum = path->start.quantum;
    struct activity_design design = {
        .bin_rate = path->bin_rate,
        .bandwidth = fmax(path->conditioning.band[1] - path->conditioning.band[0], 1),
        .minimum_energy = fmax(0.1 * quantum * quantum, 1e-30),
        .bonato = parameters->detector == DETECTOR_BONATO,
        .teager = parameters->detector == DETECTOR_TEAGER,
        .onset_ratio = parameters->onset_ratio,
        .change_cost = parameters->change_cost,
        .burst_evidence = parameters->burst_evidence,
        .short_window = parameters->short_window,
        .minimum_burst = parameters->minimum_burst,
        .minimum_gap = parameters->minimum_gap,
        .horizon = parameters->horizon,
        .prominence = parameters->prominence,
    };
    set_ratios(path, &design);
    return design;
}

enum status channel_bursts_create(struct channel_path *path, struct error *error)
{
    const struct parameters *parameters = &path->parameters;
    struct activity_design design = channel_activity_design(path);
    struct episode_design episodes = channel_episode_design(path);
    bins_create((size_t)((parameters->horizon + COARSE_KEEP) * path->bin_rate / COARSE),
                &path->coarse);
    enum status status = activity_create(&design, &path->activity, error);
    if (status == STATUS_OK) {
        status = artefact_create(path->bin_rate, &path->artefact, error);
    }
    if (status == STATUS_OK) {
        status = episode_builder_create(&episodes, &path->builder, error);
    }
    return status;
}

void channel_bursts_clear(struct channel_path *path)
{
    activity_destroy(path->activity);
    channel_watch_destroy(path->watch);
    artefact_destroy(path->artefact);
    episode_builder_destroy(path->builder);
    bins_clear(&path->coarse);
    for (size_t i = 0; i < path->closeup_count; i++) {
        closeup_clear(&path->closeups[i]);
    }
    free(path->closeups);
    free(path->episodes);
    free(path->bursts);
}

enum status channel_coarse_energy(struct channel_path *path, const float *energy, size_t count,
                                  struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        path->coarse_sum += energy[i];
        if (++path->coarse_energies == COARSE) {
            float mean = (float)(path->coarse_sum / COARSE);
            status = bins_push_energy(&path->coarse, &mean, NULL, NULL, 1, error);
            path->coarse_sum = 0;
            path->coarse_energies = 0;
        }
    }
    return status;
}

enum status channel_coarse_extremes(struct channel_path *path, const float *minimum,
                                    const float *maximum, size_t count, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (path->coarse_extremes == 0 || minimum[i] < path->coarse_minimum) {
            path->coarse_minimum = minimum[i];
        }
        if (path->coarse_extremes == 0 || maximum[i] > path->coarse_maximum) {
            path->coarse_maximum = maximum[i];
        }
        if (++path->coarse_extremes == COARSE) {
            status = bins_push_extremes(&path->coarse, &path->coarse_minimum, &path->coarse_maximum,
                                        1, error);
            path->coarse_extremes = 0;
        }
    }
    return status;
}

static double line_power(const struct channel_epochs *epochs, double number)
{
    return number >= 0 && number < (double)epochs->lines_count ? epochs->lines[(size_t)number] : 0;
}

/* Whether a burst is mains. Where lines are filtered out: a short burst that is weaker than the
 * line under it, or no stronger than the line's change from the epoch before to the epoch after it,
 * is what the filter leaves where a line starts or stops. Where they are not: sustained activity in
 * epochs that a line rules is the line itself. */
static bool is_line(const struct channel_path *path, const struct burst *burst)
{
    const struct channel_epochs *epochs = &path->epochs;
    double first = floor(burst->onset / path->parameters.hop);
    double last = floor(burst->offset / path->parameters.hop);
    double own = burst->mean * burst->mean - burst->floor * burst->floor, largest = 0;
    size_t lines = 0, count = 0;
    for (double k = first; k <= last; k++) {
        double power = line_power(epochs, k);
        lines += power > 0;
        largest = fmax(largest, power);
        count++;
    }
    if (path->parameters.mains == MAINS_OFF) {
        return 2 * lines > count;
    }
    double change = fabs(line_power(epochs, last + 1) - line_power(epochs, first - 1));
    return burst->offset - burst->onset <= REMNANT_LONGEST &&
           (own < REMNANT_POWER * largest || own < REMNANT_CHANGE * change);
}

static enum status keep_burst(struct channel_path *path, const struct burst *burst,
                              struct error *error)
{
    if (path->burst_count == path->burst_capacity) {
        size_t capacity = path->burst_capacity ? 2 * path->burst_capacity : 64;
        struct burst *grown = checked_realloc(path->bursts, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "keeping bursts");
        }
        path->bursts = grown;
        path->burst_capacity = capacity;
    }
    path->bursts[path->burst_count++] = *burst;
    return STATUS_OK;
}

static enum status take_burst(struct channel_path *path, struct burst *burst, struct error *error)
{
    if (is_line(path, burst)) {
        burst->flags |= BURST_LINE;
    }
    if (path->parameters.keep_artefacts) {
        burst->flags &= ~(unsigned)BURST_ARTEFACT;
    }
    path->heartbeat_count += (burst->flags & BURST_ECG) != 0;
    path->artefact_count += (burst->flags & BURST_ARTEFACT) != 0;
    enum status status = keep_burst(path, burst, error);
    if (status != STATUS_OK || burst->flags & BURST_ARTEFACT) {
        return status;
    }
    path->active_seconds += burst->offset - burst->onset;
    path->active_energy += (burst->offset - burst->onset) * burst->mean * burst->mean;
    return episode_builder_push(path->builder, burst, error);
}

enum status channel_cut(const struct channel_path *path, const struct episode *episode,
                        struct closeup *closeup, struct error *error)
{
    double duration = episode->offset - episode->onset;
    double margin = fmin(fmax(0.5, 0.2 * duration), 30);
    bool fine = duration + 2 * margin <= FINE_SECONDS;
    double rate = fine ? path->bin_rate : path->bin_rate / COARSE;
    return closeup_cut(fine ? activity_bins(path->activity) : &path->coarse, rate,
                       episode->onset - margin, episode->offset + margin, episode->onset,
                       episode->offset, closeup, error);
}

static enum status keep_closeup(struct channel_path *path, const struct episode *episode,
                                struct error *error)
{
    if (path->closeup_count >= CLOSEUPS_MAX || path->closeup_count + 1 < path->episode_count) {
        return STATUS_OK;
    }
    if (path->closeup_count == path->closeup_capacity) {
        size_t capacity = path->closeup_capacity ? 2 * path->closeup_capacity : 8;
        struct closeup *grown = checked_realloc(path->closeups, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "keeping close-ups");
        }
        path->closeups = grown;
        path->closeup_capacity = capacity;
    }
    return channel_cut(path, episode, &path->closeups[path->closeup_count++], error);
}

static enum status take_episodes(struct channel_path *path, struct error *error)
{
    const struct episode *closed;
    size_t count = episode_builder_take(path->builder, &closed);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (path->episode_count == path->episode_capacity) {
            size_t capacity = path->episode_capacity ? 2 * path->episode_capacity : 16;
            struct episode *grown = checked_realloc(path->episodes, capacity, sizeof *grown);
            if (!grown) {
                return error_memory(error, "keeping episodes");
            }
            path->episodes = grown;
            path->episode_capacity = capacity;
        }
        path->episodes[path->episode_count++] = closed[i];
        status = keep_closeup(path, &closed[i], error);
        if (status == STATUS_OK) {
            status = channel_watch_episode(path, &closed[i], error);
        }
    }
    return status;
}

enum status channel_bursts_process(struct channel_path *path, double *settled, struct error *error)
{
    const struct burst *found;
    struct burst burst;
    enum status status = channel_watch_floors(path, error);
    if (status == STATUS_OK) {
        status = activity_process(path->activity, path->ended, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    size_t count = activity_take(path->activity, &found);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = artefact_push(path->artefact, activity_bins(path->activity), &found[i], error);
    }
    double now = path->ended ? INFINITY : activity_settled(path->activity);
    while (status == STATUS_OK && artefact_pop(path->artefact, now, &burst)) {
        status = take_burst(path, &burst, error);
    }
    *settled = fmin(now, artefact_oldest(path->artefact));
    if (status == STATUS_OK) {
        status = episode_builder_advance(path->builder, *settled, error);
    }
    if (status == STATUS_OK) {
        status = take_episodes(path, error);
    }
    return status == STATUS_OK ? channel_watch_around(path, *settled, error) : status;
}

/* Copies the bursts that share at least 0.1 ms with the interval; returns how many. */
static size_t bursts_within(const struct channel_path *path, double onset, double offset,
                            bool rejected, struct burst *to)
{
    size_t count = 0;
    for (size_t i = 0; i < path->burst_count; i++) {
        const struct burst *burst = &path->bursts[i];
        bool artefact = burst->flags & BURST_ARTEFACT;
        if (artefact == rejected &&
            fmin(burst->offset, offset) - fmax(burst->onset, onset) > SHARED_LEAST) {
            to[count++] = *burst;
        }
    }
    return count;
}

enum status channel_measure(const struct channel_path *path, enum episode_class class, double onset,
                            double offset, struct episode *episode, struct error *error)
{
    struct episode_design design = channel_episode_design(path);
    struct burst *bursts = checked_calloc(path->burst_count, sizeof *bursts);
    if (!bursts) {
        return error_memory(error, "measuring episodes");
    }
    size_t count = bursts_within(path, onset, offset, false, bursts);
    if (count == 0) {
        count = bursts_within(path, onset, offset, true, bursts);
    }
    *episode = episode_measure(&design, bursts, count, class, onset, offset);
    free(bursts);
    return STATUS_OK;
}
