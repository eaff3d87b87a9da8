/* Reads recordings that Soleus wrote as HDF5 (layout.h). */
#include "formats/hdf5/layout.h"
#include "formats/hdf5/readers.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

static void read_text(hid_t dataset, const char *name, char *to, size_t size)
{
    hdf5_text_attribute(dataset, name, to, size);
}

static int read_place(hid_t dataset, const char *name)
{
    double value = hdf5_real_attribute(dataset, name);
    return value >= 1 && value <= 65536 ? (int)value : 0;
}

static void describe(hid_t dataset, const char *name, struct channel *channel)
{
    char type[16];
    double value;
    if (!hdf5_text_attribute(dataset, "long_name", channel->label, sizeof channel->label)) {
        text_from_field(channel->label, sizeof channel->label, name, strlen(name));
    }
    read_text(dataset, "units", channel->file_unit, sizeof channel->file_unit);
    if (strcmp(channel->file_unit, "a.u.") == 0) {
        channel->file_unit[0] = '\0';
    }
    read_text(dataset, "description", channel->description, sizeof channel->description);
    read_text(dataset, "muscle", channel->muscle, sizeof channel->muscle);
    read_text(dataset, "grid", channel->grid, sizeof channel->grid);
    channel->bad = hdf5_text_attribute(dataset, "bad", channel->why_bad, sizeof channel->why_bad);
    if (strcmp(channel->why_bad, "unknown") == 0) {
        channel->why_bad[0] = '\0';
    }
    read_text(dataset, "type", type, sizeof type);
    channel->type = strcmp(type, "EMG") == 0     ? CHANNEL_EMG
                    : strcmp(type, "other") == 0 ? CHANNEL_OTHER
                                                 : CHANNEL_UNKNOWN;
    channel->row = read_place(dataset, "row");
    channel->column = read_place(dataset, "column");
    channel->distance = hdf5_real_attribute(dataset, "distance");
    value = hdf5_real_attribute(dataset, "scale_factor");
    channel->gain = isfinite(value) ? value : 1;
    value = hdf5_real_attribute(dataset, "add_offset");
    channel->offset = isfinite(value) ? value : 0;
    channel->minimum = hdf5_real_attribute(dataset, "minimum");
    channel->maximum = hdf5_real_attribute(dataset, "maximum");
}

static enum status open_channel(struct hdf5_signals *signals, hid_t group, const char *name,
                                const struct reader_options *options, struct channel *channel,
                                double *place, struct error *error)
{
    struct hdf5_stream stream = {0};
    enum status status = hdf5_signals_numbers(signals, group, name, &stream.numbers, error);
    if (status != STATUS_OK) {
        return status;
    }
    struct hdf5_numbers *numbers = &signals->numbers[stream.numbers];
    describe(numbers->dataset, name, channel);
    double rate = hdf5_real_attribute(numbers->dataset, "sampling_rate");
    channel->rate = options->rate > 0 ? options->rate : rate > 0 ? rate : 0;
    *place = hdf5_real_attribute(numbers->dataset, "channel");
    stream.missing = hdf5_real_attribute(numbers->dataset, "_FillValue");
    stream.coded = !isnan(stream.missing);
    if (numbers->cut && options->strict) {
        return error_set(error, STATUS_FAILED, "%s: the end of %s was never written",
                         signals->input.name, name);
    }
    if (numbers->cut) {
        warnings_add(&signals->info->warnings, "%s: its end was never written; read up to there",
                     channel->label);
    }
    status = hdf5_signals_timeline(signals, &stream.timeline, error);
    if (status == STATUS_OK) {
        status = hdf5_timeline_rows(&signals->timelines[stream.timeline],
                                    signals->numbers[stream.numbers].rows, error);
    }
    return status == STATUS_OK ? hdf5_signals_stream(signals, stream, error) : status;
}

struct placed {
    double place;
    size_t index;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->place != y->place) {
        return x->place < y->place ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Puts the channels, which were opened by name, into the order that they had. */
static enum status put_in_order(struct hdf5_signals *signals, struct placed *places, size_t count,
                                struct error *error)
{
    struct channel *channels = checked_calloc(count, sizeof *channels);
    struct hdf5_stream *streams = checked_calloc(count, sizeof *streams);
    enum status status = STATUS_OK;
    if (channels && streams) {
        qsort(places, count, sizeof *places, by_place);
        for (size_t i = 0; i < count; i++) {
            channels[i] = signals->info->channels[places[i].index];
            streams[i] = signals->streams[places[i].index];
        }
        memcpy(signals->info->channels, channels, count * sizeof *channels);
        memcpy(signals->streams, streams, count * sizeof *streams);
    } else {
        status = error_memory(error, "opening HDF5");
    }
    free(channels);
    free(streams);
    return status;
}

static enum status open_channels(struct hdf5_signals *signals, hid_t group,
                                 const struct reader_options *options, struct error *error)
{
    char **names;
    size_t count;
    struct placed *places = NULL;
    enum status status = hdf5_list(&signals->input, group, &names, &count, error);
    if (status == STATUS_OK) {
        status = recording_info_allocate(signals->info, count, error);
    }
    if (status == STATUS_OK && !(places = checked_calloc(count, sizeof *places))) {
        status = error_memory(error, "opening HDF5");
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        places[i].index = i;
        status = open_channel(signals, group, names[i], options, &signals->info->channels[i],
                              &places[i].place, error);
        if (isnan(places[i].place)) {
            places[i].place = HDF5_ENTRIES_MAX;
        }
    }
    if (status == STATUS_OK) {
        status = put_in_order(signals, places, count, error);
    }
    free(places);
    hdf5_free_names(names, count);
    return status;
}

static enum status read_annotations(struct hdf5_signals *signals, hid_t root, struct error *error)
{
    size_t onset_count, duration_count, text_count;
    struct hdf5_input *input = &signals->input;
    double *onsets =
        hdf5_reals(input, root, LAYOUT_ANNOTATIONS "/onset", LAYOUT_ANNOTATIONS_MAX, &onset_count);
    double *durations = hdf5_reals(input, root, LAYOUT_ANNOTATIONS "/duration",
                                   LAYOUT_ANNOTATIONS_MAX, &duration_count);
    char **texts =
        hdf5_texts(input, root, LAYOUT_ANNOTATIONS "/text", LAYOUT_ANNOTATIONS_MAX, &text_count);
    enum status status = STATUS_OK;
    if (hdf5_has(input, root, LAYOUT_ANNOTATIONS) &&
        (!onsets || !durations || !texts || onset_count != duration_count ||
         onset_count != text_count)) {
        warnings_add(&signals->info->warnings, "the annotations cannot be read");
    } else {
        for (size_t i = 0; i < onset_count && status == STATUS_OK; i++) {
            if (isfinite(onsets[i])) {
                status = recording_info_annotate(signals->info, onsets[i], durations[i], texts[i],
                                                 strlen(texts[i]), error);
            }
        }
    }
    free(onsets);
    free(durations);
    hdf5_free_names(texts, text_count);
    return status;
}

static void read_root(struct recording_info *info, hid_t root)
{
    double seconds = hdf5_real_attribute(root, "start_seconds");
    double fraction = hdf5_real_attribute(root, "start_fraction");
    double mains = hdf5_real_attribute(root, "mains");
    if (fabs(seconds) < 1e15) {
        info->start.known = true;
        info->start.seconds = (int64_t)seconds;
        info->start.fraction = fraction >= 0 && fraction < 1 ? fraction : 0;
    }
    if (mains > 0 && mains < 1000) {
        info->mains = mains;
        info->mains_origin = ORIGIN_FILE;
    }
    info->conditioned = hdf5_real_attribute(root, "conditioned") == 1;
}

enum status recording_file_open(struct hdf5_signals *signals, const struct reader_options *options,
                                struct error *error)
{
    struct hdf5_input *input = &signals->input;
    hid_t root = H5Gopen2(input->file, "/", H5P_DEFAULT);
    hid_t group = hdf5_open_group(input, root, LAYOUT_SIGNALS);
    double version = hdf5_real_attribute(root, HDF5_RECORDING_ATTRIBUTE);
    enum status status = STATUS_OK;
    if (version != LAYOUT_VERSION) {
        status = error_set(error, STATUS_UNSUPPORTED,
                           "%s: has layout %g of recordings; layout %d is read: use a newer soleus",
                           input->name, version, LAYOUT_VERSION);
    } else if (group < 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: has no group " LAYOUT_SIGNALS "; was its writing broken off?",
                           input->name);
    } else {
        read_root(signals->info, root);
        status = open_channels(signals, group, options, error);
    }
    if (status == STATUS_OK) {
        status = read_annotations(signals, root, error);
    }
    hdf5_close(group);
    hdf5_close(root);
    return status;
}
