#include "formats/c3d/layout.h"

#include "formats/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What the two tellers say, and who listens. */
struct tellers {
    struct c3d_layout *layout;
    const unsigned char *header;
    const struct c3d_parameters *parameters;
    const char *name;   /* of the file */
    uint64_t available; /* bytes of data in the file; UINT64_MAX for a pipe */
    bool strict;
    struct warnings *warnings;
};

/* Word `number` of the header, from 1. */
static uint16_t header_word(const struct tellers *tellers, size_t number)
{
    return c3d_word(tellers->header + 2 * (number - 1), tellers->parameters->order);
}

static double header_float(const struct tellers *tellers, size_t number)
{
    return (double)c3d_float(tellers->header + 2 * (number - 1), tellers->parameters->order);
}

/* Says that header and parameters contradict each other, and which counts. */
static enum status contradiction(const struct tellers *tellers, const char *what, double header,
                                 const char *parameter, double value, bool header_wins,
                                 struct error *error)
{
    const char *winner = header_wins ? "the header" : "the parameter";
    if (tellers->strict) {
        return error_set(error, STATUS_FAILED, "%s: the header says %g %s, its parameter %s %g",
                         tellers->name, header, what, parameter, value);
    }
    warnings_add(tellers->warnings,
                 "%s: the header says %g %s, its parameter %s %g; %s is believed", tellers->name,
                 header, what, parameter, value, winner);
    return STATUS_OK;
}

/* Where the data begin; in a pipe only what lies ahead can be read. */
static enum status read_start(struct tellers *tellers, const struct source *source,
                              struct error *error)
{
    size_t told = header_word(tellers, 9), parameter;
    uint64_t size = source_size(source);
    enum status status = STATUS_OK;
    if (c3d_count(tellers->parameters, "POINT", "DATA_START", &parameter) && parameter > 0 &&
        parameter != told) {
        bool possible = parameter > 1 && (parameter - 1) * C3D_BLOCK < size;
        status = contradiction(tellers, "as the block where the data begin", (double)told,
                               "POINT:DATA_START", (double)parameter, !possible, error);
        told = possible ? parameter : told;
    }
    tellers->layout->data_start = told > 0 ? (told - 1) * C3D_BLOCK : 0;
    if (status == STATUS_OK && (told < 2 || tellers->layout->data_start >= size)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: its data are said to begin at block %zu, which the file does not "
                           "hold; was it copied to the end?",
                           tellers->name, told);
    }
    tellers->available = source_is_file(source) ? size - tellers->layout->data_start : UINT64_MAX;
    return status;
}

/* Bytes of a frame with so many samples of each channel; false when they are absurd. */
static bool frame_size(const struct c3d_layout *layout, size_t samples, size_t *bytes)
{
    size_t analog;
    return checked_multiply(layout->channels * layout->width, samples, &analog) &&
           checked_add(analog, layout->point_bytes, bytes) && *bytes > 0;
}

/* The larger the claim, the more the file must hold. */
static bool fits(const struct tellers *tellers, size_t samples, uint64_t frames)
{
    size_t bytes;
    return frame_size(tellers->layout, samples, &bytes) && tellers->available / bytes >= frames;
}

/* Points, channels and the kind of numbers. */
static enum status read_kind(struct tellers *tellers, struct error *error)
{
    struct c3d_layout *layout = tellers->layout;
    const struct c3d_parameters *parameters = tellers->parameters;
    size_t points = header_word(tellers, 2), in_frame = header_word(tellers, 3);
    size_t samples = header_word(tellers, 10), value;
    size_t channels = samples > 0 ? in_frame / samples : 0;
    double scale = header_float(tellers, 7), parameter;
    enum status status = STATUS_OK;
    if (c3d_count(parameters, "POINT", "USED", &value)) {
        if (value != points) {
            status = contradiction(tellers, "points", (double)points, "POINT:USED", (double)value,
                                   false, error);
        }
        points = value;
    }
    if (status == STATUS_OK && c3d_count(parameters, "ANALOG", "USED", &value)) {
        if (value != channels) {
            status = contradiction(tellers, "analog channels", (double)channels, "ANALOG:USED",
                                   (double)value, false, error);
        }
        channels = value;
    }
    if (c3d_number(parameters, "POINT", "SCALE", &parameter)) {
        scale = parameter;
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (channels == 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: holds %zu 3-D points and no analog channel; EMG must be exported "
                         "with the motion",
                         tellers->name, points);
    }
    if (channels > C3D_CHANNELS_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: claims %zu analog channels; at most %d are read", tellers->name,
                         channels, C3D_CHANNELS_MAX);
    }
    layout->floats = scale < 0;
    layout->width = layout->floats ? 4 : 2;
    layout->channels = channels;
    layout->point_bytes = points * 4 * layout->width;
    char format[16];
    struct c3d_list list;
    c3d_list_find(&list, parameters, "ANALOG", "FORMAT");
    c3d_list_text(&list, 0, format, sizeof format);
    layout->is_unsigned = format[0] == 'U' || format[0] == 'u';
    return STATUS_OK;
}

/* Rates are stored as floats, and meant as the decimals that stand behind them: 1198.8. */
static double as_meant(double rate)
{
    char text[NUMBER_SIZE + 1];
    double value = rate;
    size_t length = number_format_float((float)rate, text);
    text[length] = '\n';
    return number_parse(text, '.', &value) ? value : rate;
}

/* Samples of a channel in a frame. */
static enum status read_samples(struct tellers *tellers, struct error *error)
{
    struct c3d_layout *layout = tellers->layout;
    size_t told = header_word(tellers, 10);
    double point_rate = header_float(tellers, 11), value, ratio = 0;
    enum status status = STATUS_OK;
    if (c3d_number(tellers->parameters, "POINT", "RATE", &value) && value > 0) {
        /* The header has the nearest float of old programs' own arithmetic. */
        if (point_rate > 0 && fabs(point_rate - value) > 1e-3 * value) {
            status = contradiction(tellers, "frames per second", point_rate, "POINT:RATE", value,
                                   false, error);
        }
        point_rate = value;
    }
    layout->point_rate = isfinite(point_rate) && point_rate > 0 ? as_meant(point_rate) : 0;
    layout->rate = layout->point_rate * (double)told;
    if (!c3d_number(tellers->parameters, "ANALOG", "RATE", &value) || !(value > 0)) {
        value = 0;
    }
    if (value > 0 && layout->point_rate > 0) {
        ratio = value / layout->point_rate;
    }
    double whole = nearbyint(ratio);
    bool usable = whole >= 1 && whole <= 1e6 && fabs(ratio - whole) < 0.01 * whole;
    layout->samples = told;
    if (status == STATUS_OK && usable && fabs(ratio - (double)told) > 0.01 * (double)told) {
        uint64_t frames = (uint64_t)header_word(tellers, 5) - header_word(tellers, 4) + 1;
        bool header_wins =
            told > 0 && fits(tellers, told, frames) && !fits(tellers, (size_t)whole, frames);
        status = contradiction(tellers, "analog samples per frame", (double)told,
                               "ANALOG:RATE / POINT:RATE", whole, header_wins, error);
        layout->samples = header_wins ? told : (size_t)whole;
        layout->rate = layout->point_rate * (double)layout->samples;
    }
    /* The rate is what both agree on; ANALOG:RATE may be the more exact of the two. */
    if (value > 0 && (layout->rate == 0 || fabs(value - layout->rate) < 0.01 * layout->rate)) {
        layout->rate = as_meant(value);
    }
    if (status == STATUS_OK &&
        (layout->samples == 0 || !frame_size(layout, layout->samples, &layout->frame_bytes))) {
        status = error_set(error, STATUS_FAILED,
                           "%s: neither its header nor POINT:RATE and ANALOG:RATE tell how many "
                           "analog samples a frame has",
                           tellers->name);
    }
    return status;
}

/* A number of two 16-bit words, the low one first. */
static bool long_count(const struct c3d_parameters *parameters, const char *name, uint64_t *value)
{
    struct c3d_list list;
    size_t low, high;
    c3d_list_find(&list, parameters, "TRIAL", name);
    if (!c3d_list_count(&list, 0, &low)) {
        return false;
    }
    if (!c3d_list_count(&list, 1, &high)) {
        high = 0;
    }
    *value = (uint64_t)low + (uint64_t)high * 65536;
    return *value > 0;
}

/* How many frames there are: those who can count past 65535 are asked first. */
static enum status read_frames(struct tellers *tellers, struct error *error)
{
    struct c3d_layout *layout = tellers->layout;
    uint64_t first = header_word(tellers, 4), last = header_word(tellers, 5), start, end;
    uint64_t claims[4] = {0, 0, 0, last >= first ? last - first + 1 : 0};
    size_t count, best = 4;
    layout->first_frame = first > 0 ? first : 1;
    if (long_count(tellers->parameters, "ACTUAL_END_FIELD", &end) &&
        long_count(tellers->parameters, "ACTUAL_START_FIELD", &start) && end >= start) {
        claims[0] = end - start + 1;
        layout->first_frame = start;
    }
    if (c3d_count(tellers->parameters, "POINT", "LONG_FRAMES", &count)) {
        claims[1] = count;
    }
    if (c3d_count(tellers->parameters, "POINT", "FRAMES", &count)) {
        claims[2] = count;
    }
    for (size_t i = 0; i < 4 && best == 4; i++) {
        best = claims[i] > 0 && fits(tellers, layout->samples, claims[i]) ? i : 4;
    }
    for (size_t i = 0; i < 4 && best == 4; i++) {
        best = claims[i] > 0 ? i : 4; /* cut short: what was meant to be there */
    }
    if (best == 4) {
        return error_set(error, STATUS_FAILED,
                         "%s: says that it has no frames; was the recording "
                         "stopped before it began?",
                         tellers->name);
    }
    layout->frames = claims[best];
    uint64_t held = tellers->available / layout->frame_bytes;
    bool full = best >= 2 && layout->frames == 65535;
    if (full && tellers->available != UINT64_MAX && held > layout->frames) {
        warnings_add(tellers->warnings,
                     "%s: its count of frames ends at 65535; the file holds %" PRIu64,
                     tellers->name, held);
        layout->frames = held;
    } else if (claims[3] != layout->frames && claims[3] < 65535 && layout->frames < 65535) {
        static const char *const names[] = {"TRIAL:ACTUAL_END_FIELD", "POINT:LONG_FRAMES",
                                            "POINT:FRAMES", "POINT:FRAMES"};
        double told = (double)(best < 3 ? claims[best] : claims[2]);
        return contradiction(tellers, "frames", (double)claims[3], names[best], told, best == 3,
                             error);
    }
    return STATUS_OK;
}

enum status c3d_layout_read(struct c3d_layout *layout, const unsigned char *header,
                            const struct c3d_parameters *parameters, const struct source *source,
                            const struct reader_options *options, struct recording_info *info,
                            struct error *error)
{
    struct tellers tellers = {.layout = layout,
                              .header = header,
                              .parameters = parameters,
                              .name = source_name(source),
                              .strict = options->strict,
                              .warnings = &info->warnings};
    *layout = (struct c3d_layout){0};
    enum status status = read_start(&tellers, source, error);
    if (status == STATUS_OK) {
        status = read_kind(&tellers, error);
    }
    if (status == STATUS_OK) {
        status = read_samples(&tellers, error);
    }
    if (status == STATUS_OK) {
        status = read_frames(&tellers, error);
    }
    if (status == STATUS_OK && options->rate > 0) {
        layout->rate = options->rate;
    }
    return status;
}
