#include "pipeline/analysis/channel.h"

#include "formats/checked.h"
#include "pipeline/analysis/channel_parts.h"
#include "pipeline/signal/fft.h"

#include <math.h>

#define OVERVIEW_COLUMNS 2048
#define HUM_HARMONICS    0x57ull /* first to third, fifth and seventh */

static const enum reduction_kind overview_kinds[] = {REDUCTION_MINIMUM, REDUCTION_MAXIMUM,
                                                     REDUCTION_MEAN};

/* The detector must not take hum that comes up later for muscle, so its filter removes more lines
 * than those that the recording's first part shows. */
static size_t detector_removals(const struct channel_path *path, struct mains_removal removals[2])
{
    const struct channel_start *start = &path->start;
    if (path->parameters.mains == MAINS_OFF) {
        return 0;
    }
    removals[0] = (struct mains_removal){start->mains > 0 ? start->mains : 50, HUM_HARMONICS};
    removals[1] = (struct mains_removal){60, HUM_HARMONICS};
    removals[0].mask |= start->mains > 0 ? start->mains_mask : 0;
    return start->mains > 0 ? 1 : 2;
}

static enum status create_filter(struct channel_path *path, struct error *error)
{
    const struct channel_start *start = &path->start;
    const struct mains_removal found = {start->mains, start->mains_mask};
    struct mains_removal removals[2];
    size_t count = detector_removals(path, removals);
    enum status status =
        conditioning_create(&path->conditioning, path->about.rate, path->parameters.band, &found, 1,
                            start->conditioned, error);
    if (status == STATUS_OK) {
        status = conditioning_create(&path->sifting, path->about.rate, path->parameters.band,
                                     removals, count, start->conditioned, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    size_t room = conditioning_room(&path->conditioning, CHANNEL_PIECE);
    size_t other = conditioning_room(&path->sifting, CHANNEL_PIECE);
    room = room > other ? room : other;
    path->filtered = fft_allocate(room);
    path->bins_a = checked_calloc(room + 2, sizeof *path->bins_a);
    path->bins_b = checked_calloc(room + 2, sizeof *path->bins_b);
    path->bins_c = checked_calloc(room + 2, sizeof *path->bins_c);
    return path->filtered && path->bins_a && path->bins_b && path->bins_c
               ? STATUS_OK
               : error_memory(error, "making room for a channel");
}

enum status channel_create(const struct channel *about, const struct channel_start *start,
                           const struct parameters *parameters, struct channel_path **result,
                           struct error *error)
{
    struct channel_path *path = calloc(1, sizeof *path);
    enum status status = STATUS_OK;
    *result = NULL;
    if (!path) {
        return error_memory(error, "making room for a channel");
    }
    path->about = *about;
    path->start = *start;
    path->parameters = *parameters;
    size_t bin_size = envelope_bin_size(about->rate);
    path->bin_rate = about->rate / (double)bin_size;
    path->envelope = (struct envelope){.operator_ = (enum envelope_operator)parameters->detector,
                                       .bin_size = bin_size,
                                       .lag = envelope_lag(about->rate),
                                       .high_lag = envelope_high_lag(about->rate)};
    path->extremes = (struct extremes){.bin_size = bin_size};
    path->steps.rate = about->rate;
    quality_start(&path->meter, about->rate, about->minimum, about->maximum);
    status = create_filter(path, error);
    if (status == STATUS_OK) {
        status = channel_epochs_create(path, error);
    }
    if (status == STATUS_OK) {
        status = channel_bursts_create(path, error);
    }
    if (status == STATUS_OK) {
        status = reduction_create(3, OVERVIEW_COLUMNS, overview_kinds, &path->overview, error);
    }
    if (status == STATUS_OK) {
        *result = path;
        path = NULL;
    }
    channel_destroy(path);
    return status;
}

void channel_destroy(struct channel_path *path)
{
    if (!path) {
        return;
    }
    conditioning_clear(&path->conditioning);
    conditioning_clear(&path->sifting);
    fft_free(path->filtered);
    free(path->bins_a);
    free(path->bins_b);
    free(path->bins_c);
    channel_epochs_clear(&path->epochs);
    channel_bursts_clear(path);
    power_steps_clear(&path->steps);
    reduction_clear(&path->overview);
    free(path);
}

/* Ends the vector of the overview that is being filled; one without bins is missing. */
static void finish_vector(struct channel_path *path)
{
    float vector[3] = {path->overview_minimum, path->overview_maximum,
                       (float)(path->overview_squares / (double)path->overview_filled)};
    reduction_push(&path->overview, path->overview_filled ? vector : NULL);
    path->overview_next++;
    path->overview_filled = 0;
    path->overview_squares = 0;
}

/* Vectors every CHANNEL_OVERVIEW_STEP, from the bins whose time falls into each. The extremes of a
 * bin are there before its energy; they are fetched from the detector's bins. */
static void push_overview(struct channel_path *path, const float *squares, size_t count)
{
    const struct bins *bins = activity_bins(path->activity);
    for (size_t i = 0; i < count; i++, path->overview_bin++) {
        while ((double)path->overview_bin >=
               (double)(path->overview_next + 1) * CHANNEL_OVERVIEW_STEP * path->bin_rate) {
            finish_vector(path);
        }
        float low = bins_minimum(bins, path->overview_bin);
        float high = bins_maximum(bins, path->overview_bin);
        bool first = path->overview_filled++ == 0;
        path->overview_minimum =
            first || low < path->overview_minimum ? low : path->overview_minimum;
        path->overview_maximum =
            first || high > path->overview_maximum ? high : path->overview_maximum;
        path->overview_squares += squares[i];
    }
}

static enum status take_energy(struct channel_path *path, size_t bins, struct error *error)
{
    enum status status =
        activity_push(path->activity, path->bins_a, path->bins_c, path->bins_b, bins, error);
    if (status == STATUS_OK) {
        status = channel_coarse_energy(path, path->bins_a, bins, error);
    }
    push_overview(path, path->bins_b, bins);
    return status;
}

static enum status take_filtered(struct channel_path *path, const float *y, size_t count,
                                 struct error *error)
{
    size_t bins =
        envelope_push(&path->envelope, y, count, path->bins_a, path->bins_b, path->bins_c);
    return take_energy(path, bins, error);
}

static enum status take_extremes(struct channel_path *path, size_t bins, struct error *error)
{
    enum status status =
        activity_push_extremes(path->activity, path->bins_a, path->bins_b, bins, error);
    return status == STATUS_OK
               ? channel_coarse_extremes(path, path->bins_a, path->bins_b, bins, error)
               : status;
}

static enum status push_piece(struct channel_path *path, const float *x, size_t count,
                              struct error *error)
{
    path->samples += count;
    quality_push(&path->meter, x, count);
    channel_epochs_recorded(path, x, count);
    size_t bins = extremes_push(&path->extremes, x, count, path->bins_a, path->bins_b);
    enum status status = take_extremes(path, bins, error);
    size_t ready = conditioning_push(&path->conditioning, x, count, path->filtered);
    channel_epochs_conditioned(path, path->filtered, ready);
    if (status == STATUS_OK) {
        ready = conditioning_push(&path->sifting, x, count, path->filtered);
        status = take_filtered(path, path->filtered, ready, error);
    }
    if (status == STATUS_OK && path->status != STATUS_OK) {
        *error = path->error;
        status = path->status;
    }
    return status;
}

static enum status process(struct channel_path *path, struct error *error)
{
    double settled;
    enum status status = channel_bursts_process(path, &settled, error);
    return status == STATUS_OK ? channel_epochs_settle(path, settled, error) : status;
}

enum status channel_push(struct channel_path *path, const float *samples, size_t count,
                         struct error *error)
{
    enum status status = STATUS_OK;
    while (count > 0 && status == STATUS_OK) {
        size_t piece = count < CHANNEL_PIECE ? count : CHANNEL_PIECE;
        status = push_piece(path, samples, piece, error);
        /* After every piece: the rings of bins are no longer than the detector needs. */
        if (status == STATUS_OK) {
            status = process(path, error);
        }
        samples += piece;
        count -= piece;
    }
    return status;
}

enum status channel_finish(struct channel_path *path, struct error *error)
{
    enum status status = STATUS_OK;
    size_t bins = extremes_finish(&path->extremes, path->bins_a, path->bins_b);
    status = take_extremes(path, bins, error);
    if (status == STATUS_OK) {
        size_t ready = conditioning_finish(&path->conditioning, path->filtered);
        channel_epochs_conditioned(path, path->filtered, ready);
        ready = conditioning_finish(&path->sifting, path->filtered);
        status = take_filtered(path, path->filtered, ready, error);
    }
    if (status == STATUS_OK) {
        bins = envelope_finish(&path->envelope, path->bins_a, path->bins_b, path->bins_c);
        status = take_energy(path, bins, error);
    }
    if (path->overview_filled) {
        finish_vector(path);
    }
    channel_epochs_finish(path);
    path->ended = true;
    if (status == STATUS_OK && path->status != STATUS_OK) {
        *error = path->error;
        status = path->status;
    }
    return status == STATUS_OK ? process(path, error) : status;
}

size_t channel_bursts(const struct channel_path *path, const struct burst **bursts)
{
    *bursts = path->bursts;
    return path->burst_count;
}

size_t channel_episodes(const struct channel_path *path, const struct episode **episodes)
{
    *episodes = path->episodes;
    return path->episode_count;
}

size_t channel_closeups(const struct channel_path *path, const struct closeup **closeups)
{
    *closeups = path->closeups;
    return path->closeup_count;
}

struct quality channel_quality(const struct channel_path *path, double seconds)
{
    const struct channel_epochs *epochs = &path->epochs;
    struct quality quality = {0};
    quality_finish(&path->meter, &quality);
    quality.mains = epochs->mains_count ? epochs->mains_sum / (double)epochs->mains_count : NAN;
    /* Without an epoch at rest the floor stands in: the quietest seconds there were. */
    quality.baseline_noise = path->noise_count ? sqrt(path->noise_sum / (double)path->noise_count)
                                               : sqrt(activity_floor(path->activity));
    double active = path->active_seconds > 0 ? path->active_energy / path->active_seconds : NAN;
    /* Activity's own energy: what is measured holds the noise too. */
    double floor = activity_floor(path->activity);
    double own = active - floor;
    quality.snr = own > 0 && floor > 0 ? 10 * log10(own / floor) : NAN;
    quality.heartbeats = seconds > 0 ? (double)path->heartbeat_count / seconds * 60 : NAN;
    quality.potentials = NAN; /* of rest, which is known when all episodes are */
    return quality;
}

const struct history *channel_history(const struct channel_path *path)
{
    return &path->epochs.history;
}

const struct power_steps *channel_power_steps(const struct channel_path *path)
{
    return &path->steps;
}

uint64_t channel_hash(const struct channel_path *path)
{
    return path->meter.hash;
}

const struct reduction *channel_overview(const struct channel_path *path)
{
    return &path->overview;
}

const struct reduction *channel_spectrogram(const struct channel_path *path)
{
    return &path->epochs.spectrogram;
}

const struct reduction *channel_active_spectra(const struct channel_path *path)
{
    return &path->epochs.active_spectra;
}

void channel_bins_of_band(const struct channel_path *path, size_t *first, size_t *count,
                          double *width)
{
    const struct spectrum_plan *plan = &path->epochs.spectrum;
    *first = plan->bin_low;
    *count = path->epochs.has_spectrum ? plan->bin_high - plan->bin_low + 1 : 0;
    *width = plan->bin_width;
}
