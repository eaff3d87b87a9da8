/* Epochs of a channel: spectra, markers, status, and what is kept of them for pictures. */
#include "formats/checked.h"
#include "pipeline/analysis/channel_parts.h"
#include "pipeline/signal/fft.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <string.h>

#define SPECTROGRAM_COLUMNS 512
#define ACTIVE_COLUMNS      80
#define LINE_DOMINANT       0.5 /* of the band's power, from which a line is said to rule it */
#define LINE_NOTED          0.2 /* from which one that is filtered out is remembered */
#define ACTIVE_FRACTION     0.5 /* of an epoch, from which it is active */

enum status channel_epochs_create(struct channel_path *path, struct error *error)
{
    struct channel_epochs *epochs = &path->epochs;
    const struct parameters *parameters = &path->parameters;
    double rate = path->about.rate;
    struct spectrum_design design = {
        .rate = rate,
        .epoch = parameters->epoch,
        .segment = parameters->segment,
        .overlap = parameters->overlap,
        .band = {parameters->band[0], fmin(parameters->band[1], rate / 2)},
        .mains = path->start.mains,
        .mains_mask = path->start.mains_mask};
    /* Hann's main lobe reaches one and a half bins. */
    design.mains_half_width = 1.5 / parameters->segment;
    enum status status = spectrum_plan_create(&design, &epochs->spectrum, error);
    if (status != STATUS_OK) {
        return status;
    }
    const struct spectrum_plan *plan = &epochs->spectrum;
    epochs->history.hop = parameters->hop;
    epochs->history.epoch = parameters->epoch;
    epochs->has_spectrum = plan->bin_low <= plan->bin_high;
    size_t bins = epochs->has_spectrum ? plan->bin_high - plan->bin_low + 1 : 1;
    epochs->scratch = fft_allocate(spectrum_scratch(plan));
    epochs->density = fft_allocate(plan->bin_count);
    if (!epochs->scratch || !epochs->density) {
        return error_memory(error, "making room for spectra");
    }
    status = epocher_create(plan->epoch_size, parameters->hop, rate, &epochs->recorded, error);
    if (status == STATUS_OK) {
        status =
            epocher_create(plan->epoch_size, parameters->hop, rate, &epochs->conditioned, error);
    }
    if (status == STATUS_OK) {
        status = reduction_create(bins, SPECTROGRAM_COLUMNS, NULL, &epochs->spectrogram, error);
    }
    if (status == STATUS_OK) {
        status = reduction_create(bins, ACTIVE_COLUMNS, NULL, &epochs->active_spectra, error);
    }
    return status;
}

void channel_epochs_clear(struct channel_epochs *epochs)
{
    for (size_t i = 0; i < epochs->count; i++) {
        free(epochs->rows[epochs->start + i].density);
    }
    free(epochs->rows);
    free(epochs->lines);
    free(epochs->active_time);
    free(epochs->active_mdf);
    history_clear(&epochs->history);
    epocher_destroy(epochs->recorded);
    epocher_destroy(epochs->conditioned);
    fft_free(epochs->scratch);
    fft_free(epochs->density);
    reduction_clear(&epochs->spectrogram);
    reduction_clear(&epochs->active_spectra);
    spectrum_plan_clear(&epochs->spectrum);
    *epochs = (struct channel_epochs){0};
}

static void fail(struct channel_path *path)
{
    if (path->status == STATUS_OK) {
        path->status = error_memory(&path->error, "keeping epochs");
    }
}

/* The row of an epoch, made when it is the next. NULL when memory ran out. */
static struct waiting_row *row_of(struct channel_path *path, uint64_t number)
{
    struct channel_epochs *epochs = &path->epochs;
    while (number >= epochs->first + epochs->count) {
        if (epochs->start + epochs->count == epochs->capacity) {
            if (epochs->start > 0) {
                memmove(epochs->rows, epochs->rows + epochs->start,
                        epochs->count * sizeof *epochs->rows);
                epochs->start = 0;
            }
            if (2 * epochs->count >= epochs->capacity) {
                size_t capacity = epochs->capacity ? 2 * epochs->capacity : 64;
                struct waiting_row *grown = checked_realloc(epochs->rows, capacity, sizeof *grown);
                if (!grown) {
                    fail(path);
                    return NULL;
                }
                epochs->rows = grown;
                epochs->capacity = capacity;
            }
        }
        struct waiting_row *row = &epochs->rows[epochs->start + epochs->count++];
        memset(row, 0, sizeof *row);
        for (size_t m = 0; m < MARKERS_MAX; m++) {
            row->row.values[m] = NAN;
        }
        row->row.status =
            path->conditioning.narrowed || path->conditioning.empty ? EPOCH_NARROW : 0;
    }
    return &epochs->rows[epochs->start + (size_t)(number - epochs->first)];
}

static void note_line(struct channel_path *path, uint64_t number, double power)
{
    struct channel_epochs *epochs = &path->epochs;
    if (number >= epochs->lines_capacity) {
        size_t capacity = epochs->lines_capacity ? 2 * epochs->lines_capacity : 256;
        float *grown = checked_realloc(epochs->lines, capacity, sizeof *grown);
        if (!grown) {
            fail(path);
            return;
        }
        epochs->lines = grown;
        epochs->lines_capacity = capacity;
    }
    epochs->lines[number] = (float)power;
    epochs->lines_count = (size_t)number + 1;
}

/* Gap, flat, clipped: what the samples alone tell. */
static unsigned sample_status(const struct channel *about, const float *x, size_t count)
{
    bool gap = false, flat = true;
    size_t clipped = 0;
    for (size_t i = 0; i < count; i++) {
        gap = gap || isnan(x[i]);
        flat = flat && x[i] == x[0];
        clipped += x[i] <= (float)about->minimum || x[i] >= (float)about->maximum;
    }
    return (gap ? EPOCH_GAP : 0) | (flat ? EPOCH_FLAT : 0) | (clipped ? EPOCH_CLIPPED : 0);
}

/* The input that both halves of the marker table share. */
static struct marker_input marker_input(const struct channel_path *path)
{
    const struct parameters *parameters = &path->parameters;
    const struct spectrum_plan *plan = &path->epochs.spectrum;
    return (struct marker_input){
        .bin_low = plan->bin_low,
        .bin_high = plan->bin_high,
        .bin_width = plan->bin_width,
        .rate = path->about.rate,
        .low_band = {parameters->low_band[0], parameters->low_band[1]},
        .high_band = {parameters->high_band[0], parameters->high_band[1]},
        .hysteresis = parameters->hysteresis,
    };
}

/* Takes the values that this half of the table could compute. */
static void take_values(struct marker_input *input, struct waiting_row *row)
{
    double values[MARKERS_MAX];
    markers_prepare(input);
    markers_compute(input, values);
    for (size_t m = 0; m < markers_count; m++) {
        row->row.values[m] = isnan(values[m]) ? row->row.values[m] : values[m];
    }
}

static void keep_density(struct channel_path *path, struct waiting_row *row)
{
    struct channel_epochs *epochs = &path->epochs;
    const struct spectrum_plan *plan = &epochs->spectrum;
    size_t bins = plan->bin_high - plan->bin_low + 1;
    row->density = checked_calloc(bins, sizeof *row->density);
    if (!row->density) {
        fail(path);
        return;
    }
    memcpy(row->density, epochs->density + plan->bin_low, bins * sizeof *row->density);
    reduction_push(&epochs->spectrogram, row->density);
}

static double band_power(const struct channel_epochs *epochs)
{
    double sum = 0;
    for (size_t k = epochs->spectrum.bin_low; k <= epochs->spectrum.bin_high; k++) {
        sum += epochs->density[k];
    }
    return sum * epochs->spectrum.bin_width;
}

static void compute_spectrum(struct channel_path *path, uint64_t number, struct waiting_row *row,
                             const float *samples)
{
    struct channel_epochs *epochs = &path->epochs;
    spectrum_compute(&epochs->spectrum, samples, epochs->scratch, epochs->density);
    double lines, band = band_power(epochs);
    if (epochs->spectrum.excised_count) {
        lines = spectrum_bridge(&epochs->spectrum, epochs->density);
    } else {
        lines = fmax(spectrum_lines(&epochs->spectrum, epochs->density, 50),
                     spectrum_lines(&epochs->spectrum, epochs->density, 60));
    }
    epochs->mains_sum += lines;
    epochs->mains_count++;
    row->row.status |= lines > LINE_DOMINANT ? EPOCH_MAINS : 0;
    double least = epochs->spectrum.excised_count ? LINE_NOTED : LINE_DOMINANT;
    note_line(path, number, lines > least ? lines * band : 0);
    struct marker_input input = marker_input(path);
    input.density = epochs->density;
    take_values(&input, row);
    keep_density(path, row);
}

static void on_recorded(void *context, uint64_t number, const float *samples, size_t size)
{
    struct channel_path *path = context;
    struct channel_epochs *epochs = &path->epochs;
    struct waiting_row *row = row_of(path, number);
    if (!row) {
        return;
    }
    row->spectral = true;
    row->row.status |= sample_status(&path->about, samples, size);
    row->row.status |= size < epochs->spectrum.epoch_size ? EPOCH_SHORT : 0;
    bool sound = !(row->row.status & (EPOCH_GAP | EPOCH_FLAT | EPOCH_SHORT));
    if (sound && epochs->has_spectrum) {
        compute_spectrum(path, number, row, samples);
    } else {
        note_line(path, number, 0);
        reduction_push(&epochs->spectrogram, NULL);
    }
}

static void on_conditioned(void *context, uint64_t number, const float *samples, size_t size)
{
    struct channel_path *path = context;
    struct waiting_row *row = row_of(path, number);
    if (!row) {
        return;
    }
    row->temporal = true;
    if (row->row.status & (EPOCH_GAP | EPOCH_FLAT | EPOCH_SHORT) || path->conditioning.empty) {
        return;
    }
    struct marker_input input = marker_input(path);
    input.conditioned = samples;
    input.count = size;
    take_values(&input, row);
}

void channel_epochs_recorded(struct channel_path *path, const float *x, size_t count)
{
    epocher_push(path->epochs.recorded, x, count, on_recorded, path);
}

void channel_epochs_conditioned(struct channel_path *path, const float *y, size_t count)
{
    epocher_push(path->epochs.conditioned, y, count, on_conditioned, path);
    bool asked = path->parameters.mvc || path->parameters.mvc_event;
    if (asked && path->status == STATUS_OK) {
        path->status = power_steps_push(&path->steps, y, count, &path->error);
    }
}

void channel_epochs_finish(struct channel_path *path)
{
    epocher_finish(path->epochs.recorded, on_recorded, path);
    epocher_finish(path->epochs.conditioned, on_conditioned, path);
}

/* Fractions of [from, to] with muscle activity and with artefacts. Rows come in order, so bursts
 * that end before this row are passed for good. */
static void overlap(struct channel_path *path, double from, double to, double *active,
                    double *artefact)
{
    struct channel_epochs *epochs = &path->epochs;
    *active = *artefact = 0;
    while (epochs->scan < path->burst_count && path->bursts[epochs->scan].offset <= from) {
        epochs->scan++;
    }
    for (size_t i = epochs->scan; i < path->burst_count && path->bursts[i].onset < to; i++) {
        const struct burst *burst = &path->bursts[i];
        double part = fmin(burst->offset, to) - fmax(burst->onset, from);
        if (part > 0) {
            *(burst->flags & BURST_ARTEFACT ? artefact : active) += part / (to - from);
        }
    }
}

static enum status note_active(struct channel_epochs *epochs, double time, double mdf,
                               struct error *error)
{
    if (epochs->active_count == epochs->active_capacity) {
        size_t capacity = epochs->active_capacity ? 2 * epochs->active_capacity : 256;
        double *times = checked_realloc(epochs->active_time, capacity, sizeof *times);
        epochs->active_time = times ? times : epochs->active_time;
        double *mdfs = checked_realloc(epochs->active_mdf, capacity, sizeof *mdfs);
        epochs->active_mdf = mdfs ? mdfs : epochs->active_mdf;
        if (!times || !mdfs) {
            return error_memory(error, "keeping active epochs");
        }
        epochs->active_capacity = capacity;
    }
    epochs->active_time[epochs->active_count] = time;
    epochs->active_mdf[epochs->active_count++] = mdf;
    return STATUS_OK;
}

static enum history_state state_of(const struct channel_row *row, double artefact)
{
    if (row->status & EPOCH_ARTEFACT) {
        return HISTORY_ARTEFACT;
    }
    if (!(row->status & EPOCH_REST)) {
        return HISTORY_ACTIVE;
    }
    return row->active > 0 || artefact > 0 ? HISTORY_PARTLY : HISTORY_REST;
}

enum status channel_epochs_settle(struct channel_path *path, double settled, struct error *error)
{
    struct channel_epochs *epochs = &path->epochs;
    const struct parameters *parameters = &path->parameters;
    size_t mdf = markers_find("mdf"), rms_index = markers_find("rms");
    enum status status = STATUS_OK;
    while (epochs->final < epochs->count && status == STATUS_OK) {
        struct waiting_row *row = &epochs->rows[epochs->start + epochs->final];
        double from = (double)(epochs->first + epochs->final) * parameters->hop;
        double to = from + parameters->epoch, artefact;
        if (!row->spectral || !row->temporal || to > settled) {
            break;
        }
        overlap(path, from, to, &row->row.active, &artefact);
        bool active = row->row.active >= ACTIVE_FRACTION;
        row->row.status |= active ? 0 : EPOCH_REST;
        row->row.status |= artefact > 0.05 ? EPOCH_ARTEFACT : 0;
        double rms = row->row.values[rms_index];
        if (row->row.active == 0 && artefact == 0 && isfinite(rms)) {
            path->noise_sum += rms * rms;
            path->noise_count++;
        }
        status = history_add(&epochs->history, rms, row->row.values[mdf],
                             state_of(&row->row, artefact), error);
        if (status == STATUS_OK && active && row->density) {
            reduction_push(&epochs->active_spectra, row->density);
            status = note_active(epochs, (from + to) / 2, row->row.values[mdf], error);
        }
        free(row->density);
        row->density = NULL;
        epochs->final++;
    }
    return status;
}

size_t channel_rows(const struct channel_path *path)
{
    return path->epochs.final;
}

const struct channel_row *channel_row(const struct channel_path *path, size_t i)
{
    return &path->epochs.rows[path->epochs.start + i].row;
}

void channel_drop_rows(struct channel_path *path, size_t count)
{
    struct channel_epochs *epochs = &path->epochs;
    epochs->first += count;
    epochs->start += count;
    epochs->count -= count;
    epochs->final -= count;
}

/* First active epoch whose centre is not before `time`; they are in order. */
static size_t first_active(const struct channel_epochs *epochs, double time)
{
    size_t low = 0, high = epochs->active_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (epochs->active_time[middle] < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum status channel_mdf_between(const struct channel_path *path, double from, double to,
                                double *mdf, struct error *error)
{
    const struct channel_epochs *epochs = &path->epochs;
    size_t first = first_active(epochs, from), count = 0;
    size_t last = first_active(epochs, nextafter(to, INFINITY));
    double *values = checked_calloc(last - first, sizeof *values);
    if (!values) {
        return error_memory(error, "describing episodes");
    }
    for (size_t i = first; i < last; i++) {
        if (isfinite(epochs->active_mdf[i])) {
            values[count++] = epochs->active_mdf[i];
        }
    }
    *mdf = statistics_median(values, count);
    free(values);
    return STATUS_OK;
}
