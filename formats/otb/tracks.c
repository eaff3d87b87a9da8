/* OTB4: files of <TrackInfo> elements, each a run of channels in a stream of interleaved samples.
 */
#include "formats/checked.h"
#include "formats/otb/layout.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct track {
    const xmlNode *node;
    char title[LABEL_SIZE], subtitle[LABEL_SIZE], stream_name[OTB_NAME_SIZE];
    size_t channels, total;     /* of the track; of its stream, 0: unknown */
    double acquisition, offset; /* the track's first channel, as two elements tell it; −1: none */
    size_t first;               /* the one that is right */
    size_t width;               /* bytes of a sample; 0: not told */
    double rate, duration, bits, volts, gain, factor;
    bool feedback;
};

static bool contains(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

/* What a track is called in full: "IN1", "Novecento+ AUX 1". */
static void full_name(const struct track *track, char *to, size_t size)
{
    bool both = track->subtitle[0] && strcasecmp(track->title, track->subtitle) != 0;
    to[0] = '\0';
    otb_append(to, size, track->title, 40);
    otb_append(to, size, track->title[0] && both ? " " : "", 1);
    otb_append(to, size, both ? track->subtitle : "", 40);
}

static size_t count_of(const xmlNode *node, const char *name)
{
    double value = xml_number(node, name, 0);
    return value >= 1 && value <= 1e6 ? (size_t)value : 0;
}

static void read_track(const xmlNode *node, bool feedback, struct track *track)
{
    *track = (struct track){.node = node, .feedback = feedback};
    xml_text(node, "Title", track->title, sizeof track->title);
    xml_text(node, "SubTitle", track->subtitle, sizeof track->subtitle);
    xml_text(node, "SignalStreamPath", track->stream_name, sizeof track->stream_name);
    track->channels = count_of(node, "NumberOfChannels");
    track->total = count_of(node, "TotalChannelsInFile");
    if (track->total == 0) {
        track->total = count_of(node, "ChannelsInBlock");
    }
    track->acquisition = xml_number(node, "AcquisitionChannel", -1);
    track->offset = xml_number(node, "ChannelOffsetInSubPacket", -1);
    track->width = count_of(node, "SampleSize");
    track->rate = xml_number(node, "SamplingFrequency", 0);
    track->duration = xml_number(node, "TimeDuration", 0);
    track->bits = xml_number(node, "ADC_Nbits", 0);
    track->volts = xml_number(node, "ADC_Range", 0);
    track->gain = xml_number(node, "Gain", 1);
    track->factor = xml_number(node, "UnitOfMeasurementFactor", 0);
    if (feedback && track->channels == 0) {
        track->channels = 1;
    }
}

static bool same_stream(const struct track *a, const struct track *b)
{
    return strcasecmp(a->stream_name, b->stream_name) == 0;
}

/* Whether a teller's first channels put the tracks of a stream side by side within `total`. */
static bool places_fit(const struct track *tracks, size_t count, const struct track *of,
                       size_t total, bool by_offset)
{
    bool taken[OTB_CHANNELS_MAX] = {false};
    for (size_t i = 0; i < count; i++) {
        double first = by_offset ? tracks[i].offset : tracks[i].acquisition;
        if (!same_stream(&tracks[i], of)) {
            continue;
        }
        if (!(first >= 0) || first != floor(first) ||
            first + (double)tracks[i].channels > (double)total) {
            return false;
        }
        for (size_t k = 0; k < tracks[i].channels; k++) {
            if (taken[(size_t)first + k]) {
                return false;
            }
            taken[(size_t)first + k] = true;
        }
    }
    return true;
}

/* Where each track of the stream of `of` begins in a frame. The acquisition channel counts within
 * the file in most versions and over all inputs in others; then the offset in the packet does. */
static enum status place_tracks(struct otb_layout *layout, struct track *tracks, size_t count,
                                const struct track *of, size_t *total, struct error *error)
{
    size_t sum = 0;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        if (same_stream(&tracks[i], of)) {
            sum += tracks[i].channels;
            *total = tracks[i].total > *total ? tracks[i].total : *total;
        }
    }
    *total = *total > 0 ? *total : sum;
    if (*total > OTB_CHANNELS_MAX || sum > *total) {
        return error_set(error, STATUS_FAILED,
                         "%s: '%s' in it is said to hold %zu channels, its tracks have %zu",
                         layout->name, of->stream_name, *total, sum);
    }
    bool acquisition = places_fit(tracks, count, of, *total, false);
    bool offset = !acquisition && places_fit(tracks, count, of, *total, true);
    if (!acquisition && !offset && sum != *total) {
        return error_set(error, STATUS_FAILED,
                         "%s: its tracks do not tell where their channels lie in '%s'",
                         layout->name, of->stream_name);
    }
    for (size_t i = 0, next = 0; i < count; i++) {
        struct track *track = &tracks[i];
        if (same_stream(track, of)) {
            track->first = acquisition ? (size_t)track->acquisition
                           : offset    ? (size_t)track->offset
                                       : next;
            next += track->channels;
        }
    }
    return STATUS_OK;
}

/* Bytes of a sample where the tracks do not tell: what the stream's size and duration make it. */
static size_t sample_width(const struct track *track, const struct otb_entry *entry, size_t total)
{
    char device[LABEL_SIZE];
    double samples = round(track->duration * track->rate) * (double)total;
    if (track->width > 0) {
        return track->width;
    }
    for (size_t width = 2; entry->size != UINT64_MAX && samples > 0 && width <= 4; width++) {
        if ((double)entry->size == samples * (double)width) {
            return width;
        }
    }
    xml_text(track->node, "Device", device, sizeof device);
    return track->feedback ? 8 : contains(device, "Novecento") ? 4 : 2;
}

static bool is_emg(const struct track *track, const char *name, const char *sensor)
{
    static const char *const others[] = {"quaternion", "buffer",  "ramp", "aux", "load cell",
                                         "force",      "control", "path", "EEG", "trapezoid"};
    char control[16], about[LABEL_SIZE];
    xml_text(track->node, "IsControl", control, sizeof control);
    xml_text(xml_child(track->node, "Description"), "Name", about, sizeof about);
    if (track->feedback || strcasecmp(control, "true") == 0 || !(track->bits > 0)) {
        return false;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (contains(name, others[i]) || contains(about, others[i]) ||
            contains(sensor, others[i])) {
            return false;
        }
    }
    return true;
}

/* The array of a track: by its product code, or else as the file describes it. */
static bool find_grid(const struct track *track, const char *sensor, struct otb_grid *grid)
{
    const xmlNode *about = xml_child(track->node, "Description");
    char text[512];
    if (otb_grid_find(sensor, grid)) {
        return true;
    }
    static const char *const names[] = {"SensorType", "Name"};
    for (size_t i = 0; i < 2; i++) {
        if (xml_text(about, names[i], text, sizeof text) && otb_grid_find(text, grid)) {
            return true;
        }
    }
    double rows = xml_number(about, "NRow", 0), columns = xml_number(about, "NColumn", 0);
    double distance = xml_number(about, "IED", 0);
    if (rows * columns < 4 || rows * columns < (double)track->channels || !(distance > 0)) {
        return false;
    }
    *grid = (struct otb_grid){.distance = distance};
    snprintf(grid->code, sizeof grid->code, "%s", "array");
    return true;
}

/* Unit and calibration, the same for all channels of a track. */
static enum status calibrate(const struct otb_layout *layout, const struct track *track,
                             const char *name, struct channel *channel, struct error *error)
{
    char unit[UNIT_SIZE];
    xml_text(track->node, "UnitOfMeasurement", unit, sizeof unit);
    if (strcasecmp(unit, "A.U.") == 0 || strcasecmp(unit, "AU") == 0 ||
        strcasecmp(unit, "A.U") == 0) {
        unit[0] = '\0';
    }
    double factor = track->factor > 0 ? track->factor : 1;
    if (track->width == 8 || !(track->bits > 0)) {
        /* Floats are in the unit already; control signals are whole numbers. */
        channel->gain = track->width == 8 ? 1 : factor;
        strcpy(channel->file_unit, unit);
        return STATUS_OK;
    }
    if (!(track->volts > 0) || !(track->gain > 0) || track->bits > 32) {
        return otb_mend(layout, error,
                        "track '%s' tells no range and gain of its converter, so that its samples "
                        "have no unit",
                        name);
    }
    /* Without a factor the unit that the file names is not the one of volts. */
    strcpy(channel->file_unit, track->factor > 0 && unit[0] ? unit : "V");
    otb_calibrate(channel, track->volts, track->bits, track->gain,
                  track->factor > 0 && unit[0] ? factor : 1);
    return STATUS_OK;
}

/* Sensor, mode and filters, as far as they are told. */
static void describe(const xmlNode *texts, const char *sensor, char *to, size_t size)
{
    static const char *const names[] = {"Mode", "HighPassFilter", "LowPassFilter"};
    static const char *const marks[] = {"", "high-pass ", "low-pass "};
    to[0] = '\0';
    otb_append(to, size, sensor, 40);
    for (size_t i = 0; i < 3; i++) {
        char text[24];
        if (xml_text(texts, names[i], text, sizeof text) && strcasecmp(text, "Unknown") != 0) {
            otb_append(to, size, to[0] ? ", " : "", 2);
            otb_append(to, size, marks[i], 16);
            otb_append(to, size, text, sizeof text);
        }
    }
}

/* The muscle, with its side where that is told apart; nothing where nobody filled it in. */
static void read_muscle(const struct track *track, char *to, size_t size)
{
    char muscle[LABEL_SIZE], side[32];
    xml_text(track->node, "Muscle", muscle, sizeof muscle);
    xml_text(track->node, "Side", side, sizeof side);
    to[0] = '\0';
    if (!muscle[0] || strncasecmp(muscle, "Not ", 4) == 0 || strcasecmp(muscle, "Unknown") == 0) {
        return;
    }
    otb_append(to, size, muscle, 60);
    if (strncasecmp(side, "left", 4) == 0 || strncasecmp(side, "right", 5) == 0) {
        otb_append(to, size, " ", 1);
        otb_append(to, size, side, sizeof side);
    }
}

static enum status add_track(struct otb_layout *layout, const struct track *track, size_t stream,
                             struct error *error)
{
    const xmlNode *texts = xml_child(track->node, "StringsDescriptions");
    char name[LABEL_SIZE], sensor[LABEL_SIZE], start[64], number[24];
    struct channel model = {.gain = 1, .minimum = NAN, .maximum = NAN, .distance = NAN};
    struct otb_grid grid = {.distance = NAN};
    full_name(track, name, sizeof name);
    xml_text(texts, "OriginalSensor", sensor, sizeof sensor);
    sensor[strcasecmp(sensor, "Unknown") == 0 ? 0 : strlen(sensor)] = '\0';
    if (xml_text(texts, "StartDate", start, sizeof start)) {
        otb_set_start(layout->info, start);
    }
    enum status status = calibrate(layout, track, name, &model, error);
    model.type = is_emg(track, name, sensor) ? CHANNEL_EMG : CHANNEL_OTHER;
    model.rate = track->rate > 0 ? track->rate : 0;
    describe(texts, sensor, model.description, sizeof model.description);
    if (model.type == CHANNEL_EMG) {
        read_muscle(track, model.muscle, sizeof model.muscle);
        if (track->channels > 1 && find_grid(track, sensor, &grid)) {
            strcpy(model.grid, otb_grid_name(layout, grid.code));
            model.distance = grid.distance;
        }
    }
    for (size_t i = 0; i < track->channels && status == STATUS_OK; i++) {
        struct otb_place *place = otb_add_place(layout, error);
        if (!place) {
            return error->status;
        }
        place->channel = model;
        place->stream = stream;
        place->index = track->first + i;
        struct channel *channel = &place->channel;
        number[0] = '\0';
        if (track->channels > 1) {
            snprintf(number, sizeof number, " %zu", i + 1);
        }
        otb_append(channel->label, LABEL_SIZE, name, 70);
        otb_append(channel->label, LABEL_SIZE, number, sizeof number);
        if (grid.electrodes == track->channels) {
            otb_grid_place(&grid, i, &channel->row, &channel->column);
        }
    }
    return status;
}

/* The stream of tracks[at], with all tracks that lie in it. */
static enum status read_stream(struct otb_layout *layout, const struct otb_contents *contents,
                               struct track *tracks, size_t count, size_t at, struct error *error)
{
    struct track *track = &tracks[at];
    const struct otb_entry *entry = otb_contents_find(contents, track->stream_name);
    size_t total;
    for (size_t i = at; i < count; i++) {
        if (same_stream(&tracks[i], track) && tracks[i].rate != track->rate) {
            return otb_mend(layout, error,
                            "'%s' in it mixes channels of %g and %g Hz and is left out",
                            track->stream_name, track->rate, tracks[i].rate);
        }
    }
    if (!entry || !track->stream_name[0]) {
        return otb_mend(layout, error, "the samples of '%s' (%s) are not in it", track->title,
                        track->stream_name);
    }
    if (layout->stream_count == OTB_STREAMS_MAX) {
        return error_set(error, STATUS_FAILED, "%s: holds more than %d streams of samples",
                         layout->name, OTB_STREAMS_MAX);
    }
    enum status status = place_tracks(layout, tracks, count, track, &total, error);
    if (status != STATUS_OK) {
        return status;
    }
    size_t width = sample_width(track, entry, total);
    if ((width < 2 || width > 4) && width != 8) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: '%s' in it has samples of %zu bytes; 2, 3, 4 and 8 are read",
                         layout->name, track->stream_name, width);
    }
    for (size_t i = at; i < count && status == STATUS_OK; i++) {
        if (same_stream(&tracks[i], track) && tracks[i].channels > 0) {
            tracks[i].width = width;
            status = add_track(layout, &tracks[i], layout->stream_count, error);
        }
    }
    layout->streams[layout->stream_count++] = (struct otb_stream){entry, total, width};
    return status;
}

enum status otb_tracks_read(struct otb_layout *layout, const struct otb_contents *contents,
                            const struct otb_entry *xml, bool feedback, struct error *error)
{
    xmlDocPtr document = NULL;
    struct track *tracks = NULL;
    size_t count = 0, room = 0;
    enum status status =
        xml_parse(xml->text, xml->length, NULL, layout->name, xml->name, &document, error);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    for (const xmlNode *n = xml_child(root, "TrackInfo"); n; n = xml_next(n, "TrackInfo")) {
        room++;
    }
    if (status == STATUS_OK && room > OTB_CHANNELS_MAX) {
        status =
            error_set(error, STATUS_FAILED, "%s: '%s' in it has %zu tracks; at most %d are read",
                      layout->name, xml->name, room, OTB_CHANNELS_MAX);
    }
    tracks = status == STATUS_OK ? checked_calloc(room, sizeof *tracks) : NULL;
    if (status == STATUS_OK && !tracks) {
        status = error_memory(error, "reading a description");
    }
    for (const xmlNode *n = xml_child(root, "TrackInfo"); n && status == STATUS_OK;
         n = xml_next(n, "TrackInfo")) {
        read_track(n, feedback, &tracks[count]);
        count++;
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        bool done = false;
        for (size_t k = 0; k < i && !done; k++) {
            done = same_stream(&tracks[k], &tracks[i]);
        }
        if (!done) {
            status = read_stream(layout, contents, tracks, count, i, error);
        }
    }
    free(tracks);
    xmlFreeDoc(document);
    return status;
}
