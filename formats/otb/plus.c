/* OTB+: <Device Name= SampleFrequency= DeviceTotalChannels= ad_bits=> with an <Adapter ID= Gain=
 * ChannelStartIndex=> for each input, and in it a <Channel ID= Index= Muscle= Side=> for each
 * electrode. */
#include "formats/otb/layout.h"

#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Range of the converter and gain before it, as the maker's own import scripts have them. */
struct amplifier {
    const char *device;
    bool family;         /* names that go on are meant too */
    const char *adapter; /* NULL: every other one */
    double volts;
    double gain;    /* with 16 bits; 0: only the file knows */
    double gain_24; /* with 24 bits */
};

static const struct amplifier amplifiers[] = {
    {"QUATTROCENTO", true, "Direct connection", 5, 0.5, 0.5},
    {"QUATTROCENTO", true, NULL, 5, 150, 150},
    {"QUATTRO+", false, NULL, 3.3, 202, 202},
    {"QUATTRO", false, "Direct connection", 5, 0.5, 0.5},
    {"QUATTRO", false, NULL, 5, 150, 150},
    {"DUE+", false, NULL, 3.3, 202, 202},
    {"DUE", false, NULL, 5, 200, 200},
    {"SYNCSTATION", true, "Due+", 3.3, 202, 202},
    {"SYNCSTATION", true, "Quattro+", 3.3, 202, 202},
    {"SYNCSTATION", true, "Direct connection to Syncstation Input", 5, 0.5, 0.5},
    {"SYNCSTATION", true, "AdapterLoadCell", 5, 205, 205},
    {"SYNCSTATION", true, NULL, 4.8, 256, 1},
    {"SESSANTAQUATTRO", true, "Direct connection to Auxiliary Input", 4.8, 0.5, 0.5},
    {"SESSANTAQUATTRO", true, NULL, 4.8, 256, 1},
    {"MUOVI", true, NULL, 4.8, 256, 1},
    {"EMG-USB", true, NULL, 5, 0, 0},
};

static const struct amplifier *find_amplifier(const char *device, const char *adapter)
{
    for (size_t i = 0; i < sizeof amplifiers / sizeof *amplifiers; i++) {
        const struct amplifier *amplifier = &amplifiers[i];
        size_t length = strlen(amplifier->device);
        if (strncasecmp(device, amplifier->device, length) == 0 &&
            (amplifier->family || device[length] == '\0') &&
            (!amplifier->adapter || strcasecmp(adapter, amplifier->adapter) == 0)) {
            return amplifier;
        }
    }
    return NULL;
}

/* The device as a whole. */
struct device {
    struct otb_layout *layout;
    char name[LABEL_SIZE];
    double rate;
    double bits;
    size_t channels;
    size_t first; /* place of the device's channel 0 */
};

/* The input that is being read. */
struct input {
    const xmlNode *node;
    char id[LABEL_SIZE], filter[64];
    size_t start, count; /* channels */
    double lowest;       /* index of its channels: some programs count from 1 */
    double gain;
    const struct amplifier *amplifier; /* NULL: counts */
};

static bool begins(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

static enum channel_type type_of(const char *adapter, const char *sensor)
{
    static const char *const others[] = {"AdapterControl",  "AdapterQuaternion",
                                         "AdapterLoadCell", "Direct connection",
                                         "ISO-AUX",         "ADEEG"};
    static const char *const sensors[] = {"AUX",  "Quaternion", "Buffer",
                                          "Ramp", "LoadCell",   "Load Cell"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (begins(adapter, others[i])) {
            return CHANNEL_OTHER;
        }
    }
    for (size_t i = 0; i < sizeof sensors / sizeof *sensors; i++) {
        if (begins(sensor, sensors[i])) {
            return CHANNEL_OTHER;
        }
    }
    return strstr(sensor, "EEG") ? CHANNEL_OTHER : CHANNEL_EMG;
}

/* "10–500 Hz", or nothing where the file gives no limits. */
static void describe_filter(const xmlNode *adapter, char *to, size_t size)
{
    double low = xml_attribute_number(adapter, "HighPassFilter", NAN);
    double high = xml_attribute_number(adapter, "LowPassFilter", NAN);
    to[0] = '\0';
    if (low >= 0 && high > low) {
        snprintf(to, size, "%g\xe2\x80\x93%g Hz", low, high);
    }
}

/* The gain of an input; warns where the file has none and the device's documented one is taken. */
static enum status read_gain(const struct device *device, struct input *input, struct error *error)
{
    double gain = xml_attribute_number(input->node, "Gain", 0), documented;
    input->amplifier = begins(input->id, "AdapterControl") || begins(input->id, "AdapterQuaternion")
                           ? NULL
                           : find_amplifier(device->name, input->id);
    input->gain = gain;
    if (!input->amplifier) {
        return STATUS_OK;
    }
    documented = device->bits > 16 ? input->amplifier->gain_24 : input->amplifier->gain;
    if (gain > 0 && (gain != 1 || documented <= 1)) {
        return STATUS_OK;
    }
    if (documented == 0) {
        input->amplifier = NULL;
        return otb_mend(device->layout, error,
                        "input '%s' has no gain, so that its samples have no unit; give one with "
                        "--scale",
                        input->id);
    }
    input->gain = documented;
    return otb_mend(device->layout, error,
                    "input '%s' is said to have a gain of %g; %g is taken, which %s has", input->id,
                    gain, documented, device->name);
}

/* A muscle as the file has it, its side behind it; nothing where nobody filled it in. */
static void read_muscle(const xmlNode *channel, char *to, size_t size)
{
    char muscle[LABEL_SIZE], side[32];
    to[0] = '\0';
    if (!xml_attribute(channel, "Muscle", muscle, sizeof muscle) || begins(muscle, "Not ") ||
        begins(muscle, "Undefined") || begins(muscle, "Unknown") || strcmp(muscle, "-") == 0) {
        return;
    }
    xml_attribute(channel, "Side", side, sizeof side);
    otb_append(to, size, muscle, 60);
    if (begins(side, "left") || begins(side, "right")) {
        otb_append(to, size, " ", 1);
        otb_append(to, size, side, sizeof side);
    }
}

static enum status read_channel(const struct device *device, const struct input *input,
                                const xmlNode *node, struct error *error)
{
    double index = xml_attribute_number(node, "Index", NAN);
    double gain = xml_attribute_number(node, "Gain", 1);
    if (!(index >= input->lowest) ||
        !((double)input->start + index - input->lowest < (double)device->channels)) {
        return otb_mend(device->layout, error,
                        "input '%s' describes a channel %g that its %zu channels do not hold",
                        input->id, index, device->channels);
    }
    size_t in_input = (size_t)(index - input->lowest);
    struct channel *channel =
        &device->layout->places[device->first + input->start + in_input].channel;
    char sensor[LABEL_SIZE], prefix[32], description[LABEL_SIZE];
    xml_attribute(node, "ID", sensor, sizeof sensor);
    xml_attribute(node, "Prefix", prefix, sizeof prefix);
    xml_attribute(node, "Description", description, sizeof description);
    channel->type = type_of(input->id, sensor);
    char place[24] = "";
    if (input->count > 1) {
        snprintf(place, sizeof place, " %zu", in_input + 1);
    }
    channel->label[0] = channel->description[0] = '\0'; /* a channel may be described twice */
    otb_append(channel->label, LABEL_SIZE, prefix, sizeof prefix);
    otb_append(channel->label, LABEL_SIZE, prefix[0] ? " " : "", 1);
    otb_append(channel->label, LABEL_SIZE, sensor[0] ? sensor : input->id, 40);
    otb_append(channel->label, LABEL_SIZE, place, sizeof place);
    otb_append(channel->description, LABEL_SIZE, description, 60);
    otb_append(channel->description, LABEL_SIZE, description[0] && input->filter[0] ? ", " : "", 2);
    otb_append(channel->description, LABEL_SIZE, input->filter, sizeof input->filter);
    read_muscle(node, channel->muscle, sizeof channel->muscle);
    if (input->amplifier) {
        otb_calibrate(channel, input->amplifier->volts, device->bits,
                      input->gain * (gain > 0 ? gain : 1), 1);
        strcpy(channel->file_unit, "V");
    }
    return STATUS_OK;
}

/* Arrays among the channels of an input: runs of one sensor. */
static void place_grids(const struct device *device, const struct input *input)
{
    struct otb_layout *layout = device->layout;
    struct otb_place *places = layout->places + device->first + input->start;
    size_t end = input->count;
    end = end < device->channels - input->start ? end : device->channels - input->start;
    for (size_t i = 0; i < end;) {
        struct otb_grid grid, next;
        size_t run = 1;
        if (places[i].channel.type != CHANNEL_EMG ||
            !otb_grid_find(places[i].channel.label, &grid)) {
            i++;
            continue;
        }
        while (i + run < end && run < grid.electrodes &&
               otb_grid_find(places[i + run].channel.label, &next) &&
               strcmp(next.code, grid.code) == 0) {
            run++;
        }
        const char *name = otb_grid_name(layout, grid.code);
        for (size_t k = 0; k < run; k++) {
            struct channel *channel = &places[i + k].channel;
            strcpy(channel->grid, name);
            channel->distance = grid.distance;
            /* Of an array that is only partly there nobody knows which electrodes are missing. */
            if (run == grid.electrodes) {
                otb_grid_place(&grid, k, &channel->row, &channel->column);
            }
        }
        i += run;
    }
}

static enum status read_input(const struct device *device, const xmlNode *node, struct error *error)
{
    struct input input = {.node = node, .lowest = INFINITY};
    double start = xml_attribute_number(node, "ChannelStartIndex", -1);
    xml_attribute(node, "ID", input.id, sizeof input.id);
    char *end = strchr(input.id, ';');
    if (end) {
        *end = '\0';
    }
    for (const xmlNode *c = xml_child(node, "Channel"); c; c = xml_next(c, "Channel")) {
        double index = xml_attribute_number(c, "Index", NAN);
        input.lowest = index < input.lowest ? index : input.lowest;
        input.count++;
    }
    if (input.count == 0) {
        return STATUS_OK;
    }
    if (!(start >= 0) || !(start < (double)device->channels)) {
        return otb_mend(device->layout, error, "input '%s' lies outside of the %zu channels",
                        input.id, device->channels);
    }
    input.start = (size_t)start;
    /* Old versions count the channels of some inputs from 1. */
    input.lowest = input.lowest == 1 ? 1 : 0;
    describe_filter(node, input.filter, sizeof input.filter);
    enum status status = read_gain(device, &input, error);
    for (const xmlNode *c = xml_child(node, "Channel"); c && status == STATUS_OK;
         c = xml_next(c, "Channel")) {
        status = read_channel(device, &input, c, error);
    }
    if (status == STATUS_OK) {
        place_grids(device, &input);
    }
    return status;
}

/* Channels that no input describes stay raw numbers. */
static enum status add_channels(struct device *device, struct error *error)
{
    struct otb_layout *layout = device->layout;
    device->first = layout->place_count;
    for (size_t i = 0; i < device->channels; i++) {
        struct otb_place *place = otb_add_place(layout, error);
        if (!place) {
            return error ? error->status : STATUS_FAILED;
        }
        place->stream = layout->stream_count;
        place->index = i;
        place->channel.type = CHANNEL_OTHER;
        place->channel.rate = device->rate;
    }
    return STATUS_OK;
}

static enum status read_device(struct device *device, const xmlNode *root, struct error *error)
{
    const char *file = device->layout->name;
    double channels = xml_attribute_number(root, "DeviceTotalChannels", 0);
    xml_attribute(root, "Name", device->name, sizeof device->name);
    char *end = strchr(device->name, ';');
    if (end) {
        *end = '\0';
    }
    device->rate = xml_attribute_number(root, "SampleFrequency", 0);
    device->rate = device->rate > 0 ? device->rate : 0;
    device->bits = xml_attribute_number(root, "ad_bits", 0);
    if (!(channels >= 1) || channels > OTB_CHANNELS_MAX || channels != floor(channels)) {
        return error_set(error, STATUS_FAILED, "%s: claims %g channels; 1 to %d are read", file,
                         channels, OTB_CHANNELS_MAX);
    }
    if (!(device->bits >= 8) || device->bits > 32 || device->bits != floor(device->bits)) {
        return error_set(error, STATUS_FAILED, "%s: claims samples of %g bits; 8 to 32 are read",
                         file, device->bits);
    }
    device->channels = (size_t)channels;
    return STATUS_OK;
}

enum status otb_plus_read(struct otb_layout *layout, const struct otb_entry *signals,
                          const struct otb_entry *xml, struct error *error)
{
    struct device device = {.layout = layout};
    xmlDocPtr document = NULL;
    bool unknown = false;
    enum status status =
        xml_parse(xml->text, xml->length, NULL, layout->name, xml->name, &document, error);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (status == STATUS_OK) {
        status = read_device(&device, root, error);
    }
    if (status == STATUS_OK) {
        status = add_channels(&device, error);
    }
    const xmlNode *inputs = xml_child(root, "Channels");
    inputs = inputs ? inputs : root;
    for (const xmlNode *input = xml_child(inputs, "Adapter"); input && status == STATUS_OK;
         input = xml_next(input, "Adapter")) {
        status = read_input(&device, input, error);
    }
    xmlFreeDoc(document);
    for (size_t i = 0; status == STATUS_OK && i < layout->place_count; i++) {
        const struct channel *channel = &layout->places[i].channel;
        unknown = unknown || (channel->type == CHANNEL_EMG && !channel->file_unit[0]);
    }
    if (status == STATUS_OK && unknown) {
        status = otb_mend(layout, error,
                          "the converter of '%s' is not known, so that its samples have no unit; "
                          "give one with --scale",
                          device.name);
    }
    if (status == STATUS_OK) {
        layout->streams[layout->stream_count++] = (struct otb_stream){signals, device.channels,
                                                                      device.bits > 24   ? 4
                                                                      : device.bits > 16 ? 3
                                                                                         : 2};
    }
    return status;
}
