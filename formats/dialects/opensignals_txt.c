/* OpenSignals text: what biosignalsplux and BITalino devices record. Three comment lines, the
 * second of them JSON: an object a device, by its address, with "column", "channels", "label",
 * "sensor", "resolution", "sampling rate", "date", "time". The columns of several devices stand
 * side by side. Counts become millivolts where the sensor's transfer function is published. */
#include "formats/checked.h"
#include "formats/delimited/preamble.h"
#include "formats/delimited/stream.h"
#include "formats/opensignals_sensor.h"
#include "formats/text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAGIC "# OpenSignals Text File Format"

/* BITalino counts to 15, older Plux devices to 127, others further. */
static const uint64_t moduli[] = {16, 128, 256, 4096, 65536, 16777216, 0};

/* A device, and where its columns stand. */
struct device {
    json_t *header;
    size_t first;   /* column of the table */
    size_t columns; /* in all */
    size_t signals; /* the last of them */
    double rate;    /* Hz; 0 when it does not say */
    bool converted; /* the numbers are no counts */
    const char *name;
};

static struct probe opensignals_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    if (text_head_starts(head, size, MAGIC)) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 90;
    }
    return probe;
}

/* The i-th string of an array, or the string itself; "" when there is none. */
static const char *string_at(const json_t *device, const char *key, size_t i)
{
    const json_t *value = json_object_get(device, key);
    value = json_is_array(value) ? json_array_get(value, i) : value;
    return json_is_string(value) ? json_string_value(value) : "";
}

/* Bits of a column's counts: one number for all, or a list by channel or by column; 0: unknown. */
static int bits_at(const struct device *device, size_t column)
{
    const json_t *value = json_object_get(device->header, "resolution");
    size_t passed = device->columns - device->signals;
    if (json_is_array(value)) {
        size_t count = json_array_size(value);
        value = count == device->columns   ? json_array_get(value, column)
                : column < passed          ? NULL
                : count == device->signals ? json_array_get(value, column - passed)
                                           : NULL;
    }
    json_int_t bits = json_is_integer(value) ? json_integer_value(value) : 0;
    return bits >= 1 && bits <= 32 ? (int)bits : 0;
}

static void describe_signal(const struct device *device, size_t column, struct channel *channel,
                            struct warnings *warnings, const char *name)
{
    size_t i = column - (device->columns - device->signals);
    const char *sensor = string_at(device->header, "sensor", i);
    const char *label = string_at(device->header, "label", i);
    const char *kind = string_at(device->header, "device", 0);
    int bits = bits_at(device, column);
    text_from_field(channel->label, sizeof channel->label, label, strlen(label));
    char description[2 * LABEL_SIZE];
    int length = snprintf(description, sizeof description, "%s%s%s", sensor,
                          sensor[0] && kind[0] ? ", " : "", kind);
    text_from_field(channel->description, sizeof channel->description, description,
                    (size_t)length < sizeof description ? (size_t)length : sizeof description - 1);
    opensignals_calibrate(channel, sensor, kind, device->converted ? 0 : bits);
    if (device->converted && channel->type == CHANNEL_EMG) {
        warnings_add(warnings,
                     "%s: the values are converted, but to which unit is not said; give --scale "
                     "(1000 for mV)",
                     name);
    }
}

/* Reads the description of a device; its first column is set. */
static enum status take_device(struct device *device, const char *name, struct error *error)
{
    const json_t *header = device->header;
    const json_t *columns = json_object_get(header, "column");
    const json_t *channels = json_object_get(header, "channels");
    const json_t *rate = json_object_get(header, "sampling rate");
    if (!json_is_object(header)) {
        return error_set(error, STATUS_FAILED, "%s: line 2 does not describe the device '%s'", name,
                         device->name);
    }
    device->signals =
        json_array_size(json_is_array(channels) ? channels : json_object_get(header, "label"));
    device->columns = json_array_size(columns);
    device->rate = json_is_number(rate) ? json_number_value(rate) : 0;
    device->converted = json_integer_value(json_object_get(header, "convertedValues")) != 0;
    if (device->signals == 0 || (device->columns > 0 && device->columns < device->signals)) {
        return error_set(error, STATUS_FAILED,
                         "%s: line 2 lists %zu channels of the device '%s' in %zu columns", name,
                         device->signals, device->name, device->columns);
    }
    return STATUS_OK;
}

/* Parses the second line; *root is to be released. */
static enum status parse_header(const struct text_preamble *preamble, const char *name,
                                json_t **root, struct error *error)
{
    size_t end = text_preamble_find(preamble, 1, "# EndOfHeader");
    json_error_t fault = {0};
    *root = NULL;
    if (end == SIZE_MAX || end < 2) {
        return error_set(error, STATUS_FAILED, "%s: its header does not end ('# EndOfHeader')",
                         name);
    }
    const char *start = preamble->lines.starts[1], *stop = preamble->lines.ends[1];
    const char *brace = memchr(start, '{', (size_t)(stop - start));
    if (brace) {
        *root = json_loadb(brace, (size_t)(stop - brace), JSON_DISABLE_EOF_CHECK, &fault);
    }
    if (!json_is_object(*root) || json_object_size(*root) == 0) {
        return error_set(error, STATUS_FAILED, "%s: line 2 is no JSON object of devices%s%s", name,
                         fault.text[0] ? ": " : "", fault.text);
    }
    return STATUS_OK;
}

/* Lays the devices side by side; `columns` are in the table. */
static enum status place_devices(struct device *devices, size_t count, size_t columns,
                                 const char *name, struct error *error)
{
    size_t at = 0;
    for (size_t d = 0; d < count; d++) {
        /* Early headers do not list columns: a counter, digital lines, channels. */
        if (devices[d].columns == 0 && count == 1) {
            devices[d].columns = columns;
        }
        if (devices[d].columns < devices[d].signals) {
            return error_set(error, STATUS_FAILED,
                             "%s: line 2 lists %zu channels, but rows have %zu columns", name,
                             devices[d].signals, columns);
        }
        devices[d].first = at;
        at += devices[d].columns;
        if (devices[d].rate != devices[0].rate) {
            return error_set(error, STATUS_UNSUPPORTED,
                             "%s: its devices have %g and %g Hz, side by side in one table; export "
                             "them to HDF5, or one by one",
                             name, devices[0].rate, devices[d].rate);
        }
    }
    if (at != columns) {
        return error_set(error, STATUS_FAILED,
                         "%s: line 2 lists %zu columns, but rows have %zu; was the file edited?",
                         name, at, columns);
    }
    return STATUS_OK;
}

/* Fills the channels of one device, whose group is `index`. */
static void fill_device(struct text_stream *stream, const struct device *device, size_t index,
                        size_t counter, double rate)
{
    struct text_group *group = &stream->groups[index];
    struct recording_info *info = stream->info;
    size_t at = index == 0 ? 0 : stream->groups[index - 1].first + stream->groups[index - 1].count;
    *group = (struct text_group){.first = at, .rate = rate};
    for (size_t c = 0; c < device->columns; c++) {
        struct channel *channel = &info->channels[at];
        const char *label = string_at(device->header, "column", c);
        if (device->first + c == counter) {
            continue;
        }
        stream->columns[at++] = device->first + c;
        text_from_field(channel->label, sizeof channel->label, label, strlen(label));
        if (c < device->columns - device->signals) {
            channel->type = CHANNEL_OTHER; /* digital lines */
        } else {
            describe_signal(device, c, channel, &info->warnings, source_name(stream->source));
        }
    }
    group->count = at - group->first;
}

/* The column of a device's counter: "nSeq", the first one; SIZE_MAX where it has none. */
static size_t counter_of(const struct device *device)
{
    const char *name = string_at(device->header, "column", 0);
    bool named = strcasecmp(name, "nSeq") == 0 || (!name[0] && device->columns > device->signals);
    return named ? device->first : SIZE_MAX;
}

static enum status fill_devices(struct text_stream *stream, const struct device *devices,
                                size_t count, const struct text_preamble *preamble, double given,
                                struct error *error)
{
    size_t channels = 0;
    double rate = given > 0 ? given : devices[0].rate;
    struct text_moment day, clock;
    if (!(rate > 0) || !isfinite(rate)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: line 2 tells no sampling rate; give it with --rate",
                         source_name(stream->source));
    }
    for (size_t d = 0; d < count; d++) {
        size_t columns = devices[d].columns - (counter_of(&devices[d]) != SIZE_MAX);
        if (columns < devices[d].signals) {
            return error_set(error, STATUS_FAILED,
                             "%s: line 2 lists %zu channels of the device '%s', but only %zu "
                             "columns beside its counter; was the header edited?",
                             source_name(stream->source), devices[d].signals, devices[d].name,
                             columns);
        }
        channels += columns;
    }
    enum status status = text_stream_allocate(stream, channels, count, error);
    for (size_t d = 0; d < count && status == STATUS_OK; d++) {
        size_t counter = counter_of(&devices[d]);
        fill_device(stream, &devices[d], d, counter, rate);
        if (counter != SIZE_MAX) {
            status = text_stream_counter(stream, d, counter, moduli, &preamble->lines, error);
        }
    }
    bool dated = text_moment_from(string_at(devices[0].header, "date", 0), &day);
    bool timed = text_moment_from(string_at(devices[0].header, "time", 0), &clock);
    if (status == STATUS_OK && dated && timed) {
        text_moment_set_start(&stream->info->start, &day, &clock);
    }
    return status;
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    const char *name = source_name(stream->source), *key;
    struct device *devices = NULL;
    json_t *root = NULL, *value;
    size_t count = 0;
    enum status status = parse_header(preamble, name, &root, error);
    if (status != STATUS_OK) {
        goto out;
    }
    devices = checked_calloc(json_object_size(root), sizeof *devices);
    if (!devices) {
        status = error_memory(error, "opening a recording");
        goto out;
    }
    json_object_foreach(root, key, value)
    {
        devices[count] = (struct device){.header = value, .name = key};
        status = take_device(&devices[count++], name, error);
        if (status != STATUS_OK) {
            goto out;
        }
    }
    size_t rows = text_preamble_find(preamble, 1, "# EndOfHeader") + 1;
    status = text_preamble_table(preamble, rows, name, &stream->layout, error);
    if (status == STATUS_OK) {
        status = place_devices(devices, count, stream->layout.column_count, name, error);
    }
    if (status == STATUS_OK) {
        status = fill_devices(stream, devices, count, preamble, given, error);
    }
    if (status == STATUS_OK) {
        status = text_stream_begin(stream, error);
    }
out:
    json_decref(root);
    free(devices);
    return status;
}

static enum status opensignals_open(struct source *source, const struct reader_options *options,
                                    struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_opensignals_txt = {
    .id = "opensignals-txt",
    .description = "OpenSignals text (biosignalsplux, BITalino)",
    .extensions = "txt",
    .streams = true,
    .probe = opensignals_probe,
    .open = opensignals_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
