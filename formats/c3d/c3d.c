/* C3D: the analog channels of motion capture. Files of all three processors, of whole numbers and
 * of floats; the 3-D points are passed over. */
#include "formats/c3d/layout.h"
#include "formats/mend.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HEADER_SIZE  C3D_BLOCK
#define BUFFER_BYTES ((size_t)256 << 10)
/* Zeros that fill up the last block, and some writers' spare one, are no lost samples. */
#define PADDING_MAX 1024

struct c3d {
    struct source *source;
    struct recording_info *info;
    bool strict;
    bool ended;
    enum c3d_order order;
    struct c3d_layout layout;
    uint64_t frame;     /* those passed */
    size_t points_left; /* bytes of the present frame's points still to be passed over */
    size_t sample;      /* of the present frame: the next one */
    uint64_t done;      /* samples delivered */
    size_t limit;       /* samples of all channels that fit in `bytes` */
    unsigned char *bytes;
};

static struct probe broken(int confidence, const char *reason)
{
    struct probe probe = {.verdict = PROBE_BROKEN, .confidence = confidence};
    snprintf(probe.reason, sizeof probe.reason, "%s", reason);
    return probe;
}

static struct probe c3d_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    const char *dot = strrchr(path, '.');
    bool named = dot && strcasecmp(dot + 1, "c3d") == 0;
    if (size < 2 || head[1] != 0x50 || head[0] < 2) {
        return named && size > 0 ? broken(20, "it does not begin like one; was it copied whole?")
                                 : probe;
    }
    size_t at = (size_t)(head[0] - 1) * C3D_BLOCK;
    if (at + C3D_BLOCK > size) {
        /* The parameters lie past what can be seen here. */
        if (named && size < SOURCE_PEEK_MAX) {
            return broken(60, "it ends before its parameters; was it copied to the end?");
        }
        probe.verdict = named ? PROBE_MINE : PROBE_NOT_MINE;
        probe.confidence = 60;
        return probe;
    }
    struct c3d_parameters parameters = {head + at, size - at, (enum c3d_order)head[at + 3]};
    if (parameters.order < C3D_INTEL || parameters.order > C3D_MIPS ||
        !c3d_parameters_sound(&parameters, 4)) {
        return named ? broken(60, "its parameters are not readable") : probe;
    }
    probe.verdict = PROBE_MINE;
    probe.confidence = 92;
    return probe;
}

static enum status cut_header(const struct source *source, struct error *error)
{
    return error_set(error, STATUS_FAILED,
                     "%s: ends within its header or parameters; was it copied to the end?",
                     source_name(source));
}

/* Reads header and parameter section, in the order in which they come. *section is owned. */
static enum status read_head(struct source *source, unsigned char header[HEADER_SIZE],
                             unsigned char **section, struct c3d_parameters *parameters,
                             struct error *error)
{
    size_t got, room = C3D_PARAMETERS_MAX;
    uint64_t skipped = 0, at;
    enum status status = source_read(source, header, HEADER_SIZE, &got, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (got < HEADER_SIZE || header[0] < 2) {
        return cut_header(source, error);
    }
    at = (uint64_t)(header[0] - 1) * C3D_BLOCK;
    status = source_skip(source, at - HEADER_SIZE, &skipped, error);
    *section = status == STATUS_OK ? checked_calloc(room, 1) : NULL;
    if (status == STATUS_OK && !*section) {
        status = error_memory(error, "reading a header");
    }
    if (status == STATUS_OK) {
        status = source_read(source, *section, C3D_HEADER_BYTES, &got, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    enum c3d_order order = (enum c3d_order)(*section)[3];
    if (got < C3D_HEADER_BYTES || order < C3D_INTEL || order > C3D_MIPS) {
        return got < C3D_HEADER_BYTES
                   ? cut_header(source, error)
                   : error_set(error, STATUS_FAILED,
                               "%s: its processor is %u, none of Intel (84), DEC (85) and MIPS "
                               "(86); is it a C3D file?",
                               source_name(source), (unsigned)order);
    }
    /* The count of blocks in the section's header is wrong in many files; the data bound it. */
    uint64_t data = (uint64_t)c3d_word(header + 16, order) * C3D_BLOCK;
    if (!source_is_file(source) && data >= at + 2 * C3D_BLOCK && data - C3D_BLOCK - at < room) {
        room = (size_t)(data - C3D_BLOCK - at);
    }
    status = source_read(source, *section + C3D_HEADER_BYTES, room - C3D_HEADER_BYTES, &got, error);
    *parameters = (struct c3d_parameters){*section, C3D_HEADER_BYTES + got, order};
    return status;
}

/* Moves to the first frame. */
static enum status find_data(struct c3d *c3d, struct error *error)
{
    uint64_t start = c3d->layout.data_start, at = source_position(c3d->source), skipped;
    if (source_is_file(c3d->source)) {
        return source_seek(c3d->source, start, error);
    }
    if (start < at) {
        return error_set(error, STATUS_FAILED,
                         "%s: its data lie before byte %" PRIu64 ", which has gone by in the pipe; "
                         "save it to a file first",
                         source_name(c3d->source), at);
    }
    return source_skip(c3d->source, start - at, &skipped, error);
}

/* Compares what a regular file holds with what it claims. */
static enum status check_size(const struct c3d *c3d, struct error *error)
{
    const char *name = source_name(c3d->source);
    const struct c3d_layout *layout = &c3d->layout;
    if (!source_is_file(c3d->source)) {
        return STATUS_OK;
    }
    uint64_t held = source_size(c3d->source) - layout->data_start, claimed;
    if (__builtin_mul_overflow(layout->frames, (uint64_t)layout->frame_bytes, &claimed)) {
        claimed = UINT64_MAX;
    }
    if (held < layout->point_bytes + layout->channels * layout->width) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds %" PRIu64 " bytes of data, not one sample of its %zu channels; "
                         "was it copied to the end?",
                         name, held, layout->channels);
    }
    if (held > claimed && held - claimed >= PADDING_MAX) {
        uint64_t more = held - claimed;
        return mend(name, c3d->strict, c3d->info, error,
                    "%" PRIu64 " bytes follow the last frame and are not read", more);
    }
    return STATUS_OK;
}

static void c3d_close(void *state)
{
    struct c3d *c3d = state;
    if (c3d) {
        free(c3d->bytes);
        free(c3d);
    }
}

static enum status prepare(struct c3d *c3d, const struct reader_options *options,
                           struct error *error)
{
    unsigned char header[HEADER_SIZE], *section = NULL;
    struct c3d_parameters parameters;
    enum status status = read_head(c3d->source, header, &section, &parameters, error);
    if (status == STATUS_OK) {
        c3d->order = parameters.order;
        status = c3d_layout_read(&c3d->layout, header, &parameters, c3d->source, options, c3d->info,
                                 error);
    }
    if (status == STATUS_OK) {
        status = check_size(c3d, error);
    }
    if (status == STATUS_OK) {
        status =
            c3d_channels_read(&c3d->layout, &parameters, c3d->source, options, c3d->info, error);
    }
    if (status == STATUS_OK) {
        status = c3d_events_read(&c3d->layout, header, &parameters, c3d->info, error);
    }
    if (status == STATUS_OK) {
        status = find_data(c3d, error);
    }
    free(section);
    return status;
}

/* Of a regular file that is cut short, what it holds. */
static double planned_duration(const struct c3d *c3d)
{
    const struct c3d_layout *layout = &c3d->layout;
    uint64_t frames = layout->frames, rest = 0;
    if (source_is_file(c3d->source)) {
        uint64_t held = source_size(c3d->source) - layout->data_start;
        if (held / layout->frame_bytes < frames) {
            frames = held / layout->frame_bytes;
            rest = held % layout->frame_bytes;
            rest = rest > layout->point_bytes
                       ? (rest - layout->point_bytes) / (layout->channels * layout->width)
                       : 0;
        }
    }
    double samples = (double)frames * (double)layout->samples + (double)rest;
    return layout->rate > 0 ? samples / layout->rate : NAN;
}

static enum status c3d_open(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    *state = NULL;
    struct c3d *c3d = calloc(1, sizeof *c3d);
    if (!c3d) {
        return error_memory(error, "opening a recording");
    }
    *c3d = (struct c3d){.source = source, .info = info, .strict = options->strict};
    enum status status = prepare(c3d, options, error);
    if (status == STATUS_OK) {
        size_t sample = c3d->layout.channels * c3d->layout.width;
        c3d->limit = BUFFER_BYTES / sample > 0 ? BUFFER_BYTES / sample : 1;
        c3d->points_left = c3d->layout.point_bytes;
        c3d->bytes = checked_calloc(c3d->limit, sample);
        if (!c3d->bytes) {
            status = error_memory(error, "opening a recording");
        }
    }
    if (status == STATUS_OK) {
        info->duration = planned_duration(c3d);
        *state = c3d;
    } else {
        c3d_close(c3d);
    }
    return status;
}

/* The file ends before its time. */
static enum status note_end(struct c3d *c3d, struct error *error)
{
    const struct c3d_layout *layout = &c3d->layout;
    c3d->ended = true;
    if (layout->rate > 0) {
        c3d->info->duration = (double)c3d->done / layout->rate;
    }
    return mend(source_name(c3d->source), c3d->strict, c3d->info, error,
                "cut short: it ends in frame %" PRIu64 " of %" PRIu64, c3d->frame + 1,
                layout->frames);
}

/* Passes over the points of the present frame. */
static enum status pass_points(struct c3d *c3d, struct error *error)
{
    while (c3d->points_left > 0) {
        size_t room = c3d->limit * c3d->layout.channels * c3d->layout.width, got;
        size_t step = c3d->points_left < room ? c3d->points_left : room;
        enum status status = source_read(c3d->source, c3d->bytes, step, &got, error);
        if (status != STATUS_OK) {
            return status;
        }
        c3d->points_left -= got;
        if (got < step) {
            return note_end(c3d, error);
        }
    }
    return STATUS_OK;
}

static float decode(const struct c3d *c3d, const unsigned char *p)
{
    if (c3d->layout.floats) {
        return c3d_float(p, c3d->order);
    }
    uint16_t word = c3d_word(p, c3d->order);
    return c3d->layout.is_unsigned ? (float)word : (float)(int16_t)word;
}

/* Spreads `count` samples of all channels, from sample `done` of the block on. */
static void spread(struct c3d *c3d, size_t count, struct block *block, size_t done)
{
    size_t channels = c3d->layout.channels, width = c3d->layout.width;
    bool infinite = false;
    for (size_t c = 0; c < channels; c++) {
        float *to = block->samples[c];
        const struct channel *channel = &c3d->info->channels[c];
        for (size_t i = 0; to && i < count; i++) {
            double raw = (double)decode(c3d, c3d->bytes + (i * channels + c) * width);
            float value = (float)(channel->gain * raw + channel->offset);
            infinite = infinite || isinf(value);
            to[done + i] = isfinite(value) ? value : NAN;
        }
    }
    if (infinite) {
        warnings_add(&c3d->info->warnings, "%s: infinite samples are taken for gaps",
                     source_name(c3d->source));
    }
}

static enum status c3d_read(void *state, struct block *block, struct error *error)
{
    struct c3d *c3d = state;
    const struct c3d_layout *layout = &c3d->layout;
    size_t room = SIZE_MAX, done = 0;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < block->channel_count; c++) {
        room = block->capacity[c] < room ? block->capacity[c] : room;
    }
    while (status == STATUS_OK && done < room && !c3d->ended && c3d->frame < layout->frames) {
        status = pass_points(c3d, error);
        if (status != STATUS_OK || c3d->ended) {
            break;
        }
        size_t left = layout->samples - c3d->sample, got;
        size_t step = room - done < left ? room - done : left;
        step = step < c3d->limit ? step : c3d->limit;
        size_t bytes = layout->channels * layout->width;
        status = source_read(c3d->source, c3d->bytes, step * bytes, &got, error);
        if (status != STATUS_OK) {
            break;
        }
        spread(c3d, got / bytes, block, done);
        done += got / bytes;
        c3d->done += got / bytes;
        c3d->sample += got / bytes;
        if (got < step * bytes) {
            status = note_end(c3d, error);
        } else if (c3d->sample == layout->samples) {
            c3d->frame++;
            c3d->sample = 0;
            c3d->points_left = layout->point_bytes;
        }
    }
    for (size_t c = 0; c < block->channel_count; c++) {
        block->frames[c] = done;
    }
    return status;
}

const struct reader reader_c3d = {
    .id = "c3d",
    .description = "C3D analog channels (Intel, DEC, MIPS; integer and float)",
    .extensions = "c3d",
    .streams = true,
    .probe = c3d_probe,
    .open = c3d_open,
    .read = c3d_read,
    .close = c3d_close,
};
