/* Neurodata Without Borders 2: series of voltages (time × channels) in acquisition and processing
 * groups, with a table of the electrodes they come from. */
#include "formats/hdf5/nwb.h"

#include "formats/checked.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>

/* Series that begin further apart than this are not put on one time axis, s. */
#define LEAD_MAX (24 * 3600.0)

/* The electrode of a column: its row in the table; SIZE_MAX when unknown. */
static size_t electrode_of(const struct nwb_file *file, const double *region, size_t region_count,
                           size_t column)
{
    if (!region || column >= region_count || !(region[column] >= 0) ||
        !(region[column] < (double)file->electrode_count)) {
        return SIZE_MAX;
    }
    return (size_t)region[column];
}

static void label_channel(const struct nwb_file *file, const struct nwb_series *series,
                          size_t electrode, size_t column, size_t columns, struct channel *channel)
{
    const char *label = electrode != SIZE_MAX && file->labels ? file->labels[electrode] : "";
    const char *group = electrode != SIZE_MAX && file->groups ? file->groups[electrode] : "";
    const char *location =
        electrode != SIZE_MAX && file->locations ? file->locations[electrode] : "";
    if (label[0]) {
        text_from_field(channel->label, sizeof channel->label, label, strlen(label));
    } else if (columns > 1) {
        snprintf(channel->label, sizeof channel->label, "%.70s %zu", series->name, column + 1);
    } else {
        snprintf(channel->label, sizeof channel->label, "%.90s", series->name);
    }
    snprintf(channel->description, sizeof channel->description, "%.60s", series->path + 1);
    text_from_field(channel->grid, sizeof channel->grid, group, strlen(group));
    if (series->emg && strcasecmp(location, "unknown") != 0 && strcasecmp(location, "n/a") != 0) {
        text_from_field(channel->muscle, sizeof channel->muscle, location, strlen(location));
    }
}

/* Calibration of a column: data × conversion × channel_conversion + offset, in the unit. */
static void calibrate(const struct nwb_series *series, const struct hdf5_numbers *numbers,
                      double own, struct channel *channel)
{
    double conversion = hdf5_real_attribute(numbers->dataset, "conversion");
    double offset = hdf5_real_attribute(numbers->dataset, "offset");
    char unit[UNIT_SIZE];
    channel->gain = (isfinite(conversion) ? conversion : 1) * own;
    channel->offset = isfinite(offset) ? offset : 0;
    bool named = hdf5_text_attribute(numbers->dataset, "unit", unit, sizeof unit);
    snprintf(channel->file_unit, sizeof channel->file_unit, "%s",
             named                ? unit
             : series->electrical ? "volts"
                                  : "");
    if (numbers->whole) {
        double a = channel->gain * numbers->lowest, b = channel->gain * numbers->highest;
        channel->minimum = fmin(a, b) + channel->offset;
        channel->maximum = fmax(a, b) + channel->offset;
    }
    channel->type = series->emg ? CHANNEL_EMG : CHANNEL_UNKNOWN;
}

static enum status open_series(struct nwb_file *file, struct nwb_series *series, hid_t group,
                               struct error *error)
{
    struct hdf5_signals *signals = file->signals;
    char path[NWB_PATH_SIZE + 8];
    snprintf(path, sizeof path, "%s/data", series->path);
    enum status status = hdf5_signals_numbers(signals, file->root, path, &series->numbers, error);
    if (status == STATUS_OK && signals->numbers[series->numbers].cut) {
        if (file->options->strict) {
            return error_set(error, STATUS_FAILED, "%s: the end of %s was never written",
                             signals->input.name, path);
        }
        warnings_add(&signals->info->warnings, "%s: its end was never written; read up to there",
                     series->path);
    }
    if (status == STATUS_OK) {
        status = hdf5_signals_timeline(signals, &series->timeline, error);
    }
    if (status == STATUS_OK) {
        status = nwb_lay_series(file, series, group, error);
    }
    return status;
}

/* Describes the channels of a series, from `first` on in the recording. */
static enum status describe_series(struct nwb_file *file, const struct nwb_series *series,
                                   hid_t group, size_t first, struct error *error)
{
    struct hdf5_signals *signals = file->signals;
    const struct hdf5_numbers *numbers = &signals->numbers[series->numbers];
    size_t own_count, region_count, columns = numbers->columns;
    double *own =
        hdf5_reals(&signals->input, group, "channel_conversion", HDF5_COLUMNS_MAX, &own_count);
    double *region =
        hdf5_reals(&signals->input, group, "electrodes", HDF5_COLUMNS_MAX, &region_count);
    enum status status = STATUS_OK;
    if ((own && own_count != columns) ||
        (region && region_count != columns && region_count == numbers->rows)) {
        status = error_set(error, STATUS_UNSUPPORTED,
                           "%s: %s seems to hold channels × time; NWB wants time × channels: "
                           "transpose it",
                           signals->input.name, series->path);
    }
    for (size_t k = 0; k < columns && status == STATUS_OK; k++) {
        struct channel *channel = &signals->info->channels[first + k];
        channel->rate = series->rate;
        label_channel(file, series, electrode_of(file, region, region_count, k), k, columns,
                      channel);
        calibrate(series, numbers, own ? own[k] : 1, channel);
        status = hdf5_signals_stream(signals,
                                     (struct hdf5_stream){.numbers = series->numbers,
                                                          .column = k,
                                                          .timeline = series->timeline},
                                     error);
    }
    free(own);
    free(region);
    return status;
}

/* Series that begin after the first get a gap in front. */
static enum status align_series(struct nwb_file *file, double zero, struct error *error)
{
    struct hdf5_signals *signals = file->signals;
    for (size_t i = 0; i < file->series_count; i++) {
        struct nwb_series *series = &file->series[i];
        if (!series->wanted || !(series->rate > 0)) {
            continue;
        }
        double late = series->start - zero;
        if (late > LEAD_MAX) {
            return error_set(error, STATUS_FAILED,
                             "%s: %s begins %.0f s after another series; choose one with --var",
                             signals->input.name, series->path, late);
        }
        uint64_t lead;
        if (!checked_frames(late, series->rate, &lead)) {
            return error_set(error, STATUS_FAILED,
                             "%s: %s claims %g samples/s; give its rate with --rate",
                             signals->input.name, series->path, series->rate);
        }
        struct hdf5_timeline *timeline = &signals->timelines[series->timeline];
        for (size_t k = 0; k < timeline->run_count; k++) {
            timeline->runs[k].frame += lead;
        }
        timeline->frames += lead;
    }
    return STATUS_OK;
}

static void read_start(struct nwb_file *file, double zero)
{
    static const char *const names[] = {"timestamps_reference_time", "session_start_time"};
    struct start_time *start = &file->signals->info->start;
    for (size_t i = 0; i < 2 && !start->known; i++) {
        size_t count;
        char **texts = hdf5_texts(&file->signals->input, file->root, names[i], 1, &count);
        if (count == 1) {
            text_start_time(texts[0], start);
        }
        hdf5_free_names(texts, count);
    }
    if (start->known && fabs(zero) < 1e12) {
        double fraction = start->fraction + zero;
        start->seconds += (int64_t)floor(fraction);
        start->fraction = fraction - floor(fraction);
    }
}

/* Opens the wanted series, and then describes their channels. */
static enum status open_wanted(struct nwb_file *file, double *zero, struct error *error)
{
    struct hdf5_signals *signals = file->signals;
    size_t channels = 0;
    enum status status = STATUS_OK;
    *zero = INFINITY;
    for (int pass = 0; pass < 2 && status == STATUS_OK; pass++) {
        size_t first = 0;
        if (pass == 1) {
            status = recording_info_allocate(signals->info, channels, error);
        }
        for (size_t i = 0; i < file->series_count && status == STATUS_OK; i++) {
            struct nwb_series *series = &file->series[i];
            if (!series->wanted) {
                continue;
            }
            hid_t group = hdf5_open_group(&signals->input, file->root, series->path);
            status = pass == 0 ? open_series(file, series, group, error)
                               : describe_series(file, series, group, first, error);
            hdf5_close(group);
            if (status == STATUS_OK && pass == 0) {
                channels += signals->numbers[series->numbers].columns;
                *zero = fmin(*zero, series->start);
            } else if (status == STATUS_OK) {
                first += signals->numbers[series->numbers].columns;
            }
        }
    }
    return status;
}

enum status nwb_open(struct hdf5_signals *signals, const struct reader_options *options,
                     struct error *error)
{
    struct nwb_file file = {.signals = signals, .options = options};
    char version[32];
    double zero = 0;
    file.root = H5Gopen2(signals->input.file, "/", H5P_DEFAULT);
    hdf5_text_attribute(file.root, "nwb_version", version, sizeof version);
    enum status status = STATUS_OK;
    if (version[0] == '1' || strncmp(version, "NWB-1", 5) == 0) {
        status = error_set(error, STATUS_UNSUPPORTED,
                           "%s: NWB %s is not read; convert it to NWB 2 with pynwb",
                           signals->input.name, version);
    }
    if (status == STATUS_OK) {
        status = nwb_find_series(&file, error);
    }
    if (status == STATUS_OK) {
        status = nwb_choose_series(&file, error);
    }
    if (status == STATUS_OK) {
        nwb_read_electrodes(&file);
        status = open_wanted(&file, &zero, error);
    }
    if (status == STATUS_OK) {
        status = align_series(&file, zero, error);
    }
    if (status == STATUS_OK) {
        read_start(&file, zero);
        status = nwb_annotate(&file, zero, error);
    }
    nwb_clear_electrodes(&file);
    free(file.series);
    hdf5_close(file.root);
    return status;
}
