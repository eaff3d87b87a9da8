/* OpenSignals (r)evolution: a group a device, with attributes that describe it, counts of its
 * channels in raw/channel_N, of its digital inputs in digital/digital_N, and a counter of packets
 * in raw/nSeq. */
#include "formats/hdf5/opensignals.h"

#include "formats/checked.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Devices that were started further apart than this are no recording of one session, s. */
#define LEAD_MAX (24 * 3600.0)

/* EMG that is sampled more slowly than this holds nothing of its spectrum, Hz. */
#define EMG_RATE_MIN 60

struct opening {
    struct hdf5_signals *signals;
    const struct reader_options *options;
    size_t device_count;
    struct opensignals_device *devices;
    size_t channel_count;
    struct channel *channels; /* gathered here until their number is known */
};

/* "2017-1-23" and "10:28:51.69". */
static void read_start(hid_t group, struct start_time *start)
{
    char date[64], time[64], text[130];
    if (hdf5_text_attribute(group, "date", date, sizeof date) &&
        hdf5_text_attribute(group, "time", time, sizeof time)) {
        snprintf(text, sizeof text, "%s %s", date, time);
        text_start_time(text, start);
    }
}

/* The number in "channel_3"; 0 when there is none. */
static int number_of(const char *name, const char *stem)
{
    size_t length = strlen(stem);
    int64_t number;
    if (strncmp(name, stem, length) != 0 ||
        !text_integer(name + length, strlen(name + length), &number) || number < 1 ||
        number > 9999) {
        return 0;
    }
    return (int)number;
}

/* Bits of a channel. The list may begin with those of the counter and the digital lines. */
static int bits_of(hid_t group, int number)
{
    double bits[64], numbers[64];
    size_t bits_count = hdf5_real_attributes(group, "resolution", bits, 64);
    size_t count = hdf5_real_attributes(group, "channels", numbers, 64);
    double found = bits_count > 0 && bits_count < count ? bits[0] : 0;
    for (size_t i = 0; i < count && bits_count >= count; i++) {
        if (numbers[i] == number) {
            found = bits[bits_count - count + i];
        }
    }
    return found >= 1 && found <= 32 && found == rint(found) ? (int)found : 0;
}

static enum status add_channel(struct opening *opening, const struct channel *channel,
                               struct error *error)
{
    struct channel *grown = checked_grow(opening->channels, opening->channel_count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening HDF5");
    }
    opening->channels = grown;
    opening->channels[opening->channel_count++] = *channel;
    return STATUS_OK;
}

/* One dataset of counts as a channel. */
static enum status open_channel(struct opening *opening, struct opensignals_device *device,
                                hid_t group, const char *path, int number, bool digital,
                                uint64_t *rows, struct error *error)
{
    struct hdf5_signals *signals = opening->signals;
    struct channel channel = {
        .gain = 1, .minimum = NAN, .maximum = NAN, .distance = NAN, .rate = device->rate};
    char sensor[48] = "";
    size_t index;
    enum status status = hdf5_signals_numbers(signals, group, path, &index, error);
    if (status != STATUS_OK) {
        return status;
    }
    hid_t dataset = signals->numbers[index].dataset;
    hdf5_text_attribute(dataset, "sensor", sensor, sizeof sensor);
    if (digital) {
        snprintf(channel.label, sizeof channel.label, "digital_%d", number);
        snprintf(channel.description, sizeof channel.description, "digital line (%s)",
                 device->name);
        channel.type = CHANNEL_OTHER;
    } else {
        if (!hdf5_text_attribute(dataset, "label", channel.label, sizeof channel.label)) {
            snprintf(channel.label, sizeof channel.label, "CH%d", number);
        }
        snprintf(channel.description, sizeof channel.description, "%.40s%s%.18s %.18s, channel %d",
                 sensor, sensor[0] ? ", " : "", device->model, device->name, number);
        opensignals_calibrate(&channel, sensor, device->model, bits_of(group, number));
    }
    if (signals->numbers[index].rows < *rows) {
        *rows = signals->numbers[index].rows;
    }
    status = hdf5_signals_stream(
        signals, (struct hdf5_stream){.numbers = index, .timeline = device->timeline}, error);
    return status == STATUS_OK ? add_channel(opening, &channel, error) : status;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The datasets of a folder ("raw", "channel_"; "digital", "digital_") in the order of their
 * numbers. */
static enum status open_channels(struct opening *opening, struct opensignals_device *device,
                                 hid_t group, const char *folder, const char *stem, uint64_t *rows,
                                 struct error *error)
{
    struct hdf5_input *input = &opening->signals->input;
    hid_t within = hdf5_open_group(input, group, folder);
    char **names = NULL;
    int *numbers = NULL;
    size_t count = 0, found = 0;
    enum status status = STATUS_OK;
    if (within < 0) {
        return STATUS_OK;
    }
    status = hdf5_list(input, within, &names, &count, error);
    numbers = checked_calloc(count, sizeof *numbers);
    if (status == STATUS_OK && !numbers) {
        status = error_memory(error, "opening HDF5");
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        numbers[found] = number_of(names[i], stem);
        found += numbers[found] > 0;
    }
    if (found > 1) {
        qsort(numbers, found, sizeof *numbers, by_number);
    }
    for (size_t i = 0; i < found && status == STATUS_OK; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s%d", folder, stem, numbers[i]);
        status = open_channel(opening, device, group, path, numbers[i],
                              strcmp(folder, "digital") == 0, rows, error);
    }
    free(numbers);
    hdf5_free_names(names, count);
    hdf5_close(within);
    return status;
}

/* The length that all of a device's channels have. */
static enum status settle_rows(struct opening *opening, const struct opensignals_device *device,
                               hid_t group, uint64_t rows, struct error *error)
{
    struct hdf5_signals *signals = opening->signals;
    double claimed = hdf5_real_attribute(group, "nsamples");
    bool uneven = claimed >= 0 && claimed != (double)rows;
    for (size_t i = device->first; i < device->first + device->count; i++) {
        const struct hdf5_numbers *numbers = &signals->numbers[signals->streams[i].numbers];
        uneven = uneven || numbers->cut || numbers->rows != rows;
    }
    if (uneven && opening->options->strict) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s: its channels differ in length, or are not as long as the file "
                         "claims; was the recording broken off?",
                         signals->input.name, device->name);
    }
    if (uneven) {
        warnings_add(&signals->info->warnings,
                     "%s: its channels differ in length, or are not as long as the file claims; "
                     "the first %llu samples are read",
                     device->name, (unsigned long long)rows);
    }
    return STATUS_OK;
}

static enum status open_device(struct opening *opening, hid_t group, const char *name,
                               uint64_t *rows, struct error *error)
{
    size_t count = opening->device_count;
    struct opensignals_device *grown = checked_grow(opening->devices, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening HDF5");
    }
    opening->devices = grown;
    struct opensignals_device *device = &grown[count];
    *device = (struct opensignals_device){.first = opening->channel_count};
    text_from_field(device->name, sizeof device->name, name, strlen(name));
    hdf5_text_attribute(group, "device", device->model, sizeof device->model);
    double rate = hdf5_real_attribute(group, "sampling rate");
    device->rate = opening->options->rate > 0 ? opening->options->rate : rate > 0 ? rate : 0;
    read_start(group, &device->start);
    *rows = UINT64_MAX;
    enum status status = hdf5_signals_timeline(opening->signals, &device->timeline, error);
    if (status == STATUS_OK) {
        status = open_channels(opening, device, group, "raw", "channel_", rows, error);
    }
    if (status == STATUS_OK && opening->channel_count > device->first) {
        status = open_channels(opening, device, group, "digital", "digital_", rows, error);
    }
    device->count = opening->channel_count - device->first;
    opening->device_count++;
    return status == STATUS_OK && device->count > 0
               ? settle_rows(opening, device, group, *rows, error)
               : status;
}

/* Frames by which a device began after the first of them. */
static enum status find_lead(const struct opening *opening, const struct opensignals_device *device,
                             uint64_t *lead, struct error *error)
{
    const struct start_time *start = &opening->signals->info->start;
    *lead = 0;
    if (!start->known || !device->start.known || !(device->rate > 0)) {
        return STATUS_OK;
    }
    double late = (double)(device->start.seconds - start->seconds) +
                  (device->start.fraction - start->fraction);
    if (late > LEAD_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s was started %.0f s after another device of this file; choose one "
                         "of them with --var",
                         opening->signals->input.name, device->name, late);
    }
    if (!checked_frames(late, device->rate, lead)) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s claims %g samples/s; give its rate with --rate",
                         opening->signals->input.name, device->name, device->rate);
    }
    if (*lead > 0) {
        warnings_add(&opening->signals->info->warnings,
                     "%s: was started %.3f s after the first device; it begins with a gap",
                     device->name, late);
    }
    return STATUS_OK;
}

/* The recording begins with the device that was started first. */
static void find_start(struct opening *opening)
{
    struct start_time *first = &opening->signals->info->start;
    for (size_t i = 0; i < opening->device_count; i++) {
        const struct opensignals_device *device = &opening->devices[i];
        if (device->count > 0 && device->start.known &&
            (!first->known || device->start.seconds < first->seconds ||
             (device->start.seconds == first->seconds &&
              device->start.fraction < first->fraction))) {
            *first = device->start;
        }
    }
}

/* Lays a device's samples out in time, and reads what was marked. */
static enum status lay_device(struct opening *opening, const struct opensignals_device *device,
                              uint64_t rows, struct error *error)
{
    struct hdf5_signals *signals = opening->signals;
    uint64_t lead;
    hid_t root = H5Gopen2(signals->input.file, "/", H5P_DEFAULT);
    hid_t group = root < 0 ? root : hdf5_open_group(&signals->input, root, device->name);
    enum status status = find_lead(opening, device, &lead, error);
    if (status == STATUS_OK) {
        status = opensignals_timeline(signals, group, device, lead, rows, opening->options->strict,
                                      error);
    }
    if (status == STATUS_OK) {
        status = opensignals_events(signals, group, device, lead, error);
    }
    hdf5_close(group);
    hdf5_close(root);
    return status;
}

static enum status open_devices(struct opening *opening, uint64_t **rows, struct error *error)
{
    struct hdf5_input *input = &opening->signals->input;
    const char *wanted = opening->options->variable;
    hid_t root = H5Gopen2(input->file, "/", H5P_DEFAULT);
    char **names = NULL, devices[400] = "";
    size_t count = 0, used = 0;
    enum status status = hdf5_list(input, root, &names, &count, error);
    *rows = checked_calloc(count, sizeof **rows);
    if (status == STATUS_OK && !*rows) {
        status = error_memory(error, "opening HDF5");
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        hid_t group = hdf5_open_group(input, root, names[i]);
        bool device = group >= 0 && hdf5_is_opensignals_device(input, group);
        if (device && used + 1 < sizeof devices) {
            used += (size_t)snprintf(devices + used, sizeof devices - used, "%s%s",
                                     used ? ", " : "", names[i]);
        }
        if (device && (!wanted || strcasecmp(wanted, names[i]) == 0)) {
            status = open_device(opening, group, names[i], &(*rows)[opening->device_count], error);
        }
        hdf5_close(group);
    }
    hdf5_free_names(names, count);
    hdf5_close(root);
    if (status == STATUS_OK && wanted && opening->device_count == 0) {
        status = error_set(error, STATUS_FAILED, "%s: has no device '%s'; it has: %s", input->name,
                           wanted, devices);
    } else if (status == STATUS_OK && opening->channel_count == 0) {
        status = error_set(error, STATUS_FAILED, "%s: has no channels of counts (raw/channel_N)",
                           input->name);
    }
    return status;
}

/* A second device may have been left at a rate for slow signals: where others hold EMG, what its
 * EMG sensors gave is none. */
static void pass_over_slow(struct recording_info *info)
{
    bool fast = false;
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct channel *channel = &info->channels[c];
        fast = fast || (channel->type == CHANNEL_EMG && channel->rate >= EMG_RATE_MIN);
    }
    for (size_t c = 0; c < info->channel_count && fast; c++) {
        struct channel *channel = &info->channels[c];
        if (channel->type == CHANNEL_EMG && channel->rate < EMG_RATE_MIN) {
            channel->type = CHANNEL_OTHER;
            warnings_add(&info->warnings,
                         "%s: %g samples/s are too few for EMG; passed over unless named with "
                         "--channels",
                         channel->label, channel->rate);
        }
    }
}

enum status opensignals_open(struct hdf5_signals *signals, const struct reader_options *options,
                             struct error *error)
{
    struct opening opening = {.signals = signals, .options = options};
    struct recording_info *info = signals->info;
    uint64_t *rows = NULL;
    enum status status = open_devices(&opening, &rows, error);
    if (status == STATUS_OK) {
        status = recording_info_allocate(info, opening.channel_count, error);
    }
    if (status == STATUS_OK) {
        memcpy(info->channels, opening.channels, opening.channel_count * sizeof *info->channels);
        find_start(&opening);
        pass_over_slow(info);
    }
    for (size_t i = 0; i < opening.device_count && status == STATUS_OK; i++) {
        if (opening.devices[i].count > 0) {
            status = lay_device(&opening, &opening.devices[i], rows[i], error);
        }
    }
    free(rows);
    free(opening.devices);
    free(opening.channels);
    return status;
}
