/* Reader of XDF 1.0, the files of the Lab Streaming Layer.
 *
 * A first pass over the file collects streams, stamps, clock offsets and markers; it needs memory
 * for clock offsets, markers and breaks alone. Then each stream is read by a walk of its own, so
 * that streams that lie far apart in the file need no memory either. Time zero is the earliest
 * first sample of the streams delivered; one that begins later begins with missing samples. */
#include "formats/checked.h"
#include "formats/feed.h"
#include "formats/xdf/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WINDOW 65536

struct lane {
    struct feed feed;
    struct xdf *xdf;
    const struct xdf_planned *planned;
    struct xdf_walk walk;
    struct xdf_samples samples; /* of the present chunk */
    bool inside;                /* a chunk */
    uint64_t sample;            /* of the stream, the next */
    size_t stretch;             /* the next */
    uint64_t frame;             /* delivered, missing ones included */
    uint64_t gap;               /* missing frames still to be delivered */
};

struct xdf {
    struct xdf_file file;
    struct xdf_plan plan;
    struct lane *lanes; /* owned; one a stream of the plan */
};

static struct probe probe_xdf(const unsigned char *head, size_t size, const char *path)
{
    struct probe answer = {PROBE_NOT_MINE, 0, ""};
    const char *dot = strrchr(path, '.');
    if (size >= 4 && memcmp(head, "XDF:", 4) == 0) {
        answer = (struct probe){PROBE_MINE, 95, ""};
        if (size < 7) {
            answer.verdict = PROBE_BROKEN;
            snprintf(answer.reason, sizeof answer.reason,
                     "nothing follows its first %zu bytes; was the file copied whole?", size);
        }
    } else if (size >= 2 && head[0] == 0x1f && head[1] == 0x8b && dot &&
               (strcasecmp(dot, ".xdfz") == 0 || strcasestr(path, ".xdf.gz"))) {
        answer = (struct probe){PROBE_UNSUPPORTED, 90,
                                "compressed XDF is not read; unpack it with gunzip first"};
    }
    return answer;
}

static void close_xdf(void *closed)
{
    struct xdf *xdf = closed;
    if (xdf) {
        for (size_t i = 0; xdf->lanes && i < xdf->plan.count; i++) {
            feed_end(&xdf->lanes[i].feed);
            xdf_walk_end(&xdf->lanes[i].walk);
        }
        free(xdf->lanes);
        free(xdf->plan.streams);
        xdf_file_clear(&xdf->file);
        free(xdf);
    }
}

static enum status begin_lanes(struct xdf *xdf, struct error *error)
{
    size_t channels = xdf->file.info->channel_count;
    enum status status = STATUS_OK;
    xdf->lanes = checked_calloc(xdf->plan.count, sizeof *xdf->lanes);
    if (!xdf->lanes) {
        return error_memory(error, "opening an XDF file");
    }
    for (size_t i = 0; i < xdf->plan.count && status == STATUS_OK; i++) {
        struct lane *lane = &xdf->lanes[i];
        const struct xdf_stream *stream = xdf->plan.streams[i].stream;
        size_t capacity = feed_capacity(channels),
               bytes = stream->channels * xdf_width(stream->type);
        capacity = stream->count < capacity ? (size_t)stream->count : capacity;
        lane->xdf = xdf;
        lane->planned = &xdf->plan.streams[i];
        status = feed_begin(&lane->feed, lane->planned->first, stream->channels, capacity, error);
        if (status == STATUS_OK) {
            status = xdf_walk_begin(&lane->walk, xdf->file.source, bytes > WINDOW ? bytes : WINDOW,
                                    error);
        }
    }
    return status;
}

static enum status open_xdf(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    *state = NULL;
    if (!source_is_file(source)) {
        return error_set(error, STATUS_FAILED, "%s: XDF files cannot be read from a pipe",
                         source_name(source));
    }
    struct xdf *xdf = calloc(1, sizeof *xdf);
    if (!xdf) {
        return error_memory(error, "opening an XDF file");
    }
    xdf->file = (struct xdf_file){
        .source = source, .info = info, .strict = options->strict, .rate = options->rate};
    enum status status = xdf_scan(&xdf->file, error);
    if (status == STATUS_OK) {
        status = xdf_plan(&xdf->file, options, &xdf->plan, error);
    }
    if (status == STATUS_OK) {
        status = begin_lanes(xdf, error);
    }
    if (status == STATUS_OK) {
        *state = xdf;
        xdf = NULL;
    }
    close_xdf(xdf);
    return status;
}

/* Goes to the stream's next chunk of samples; *any is false at the file's end. */
static enum status enter_chunk(struct lane *lane, bool *any, struct error *error)
{
    const struct xdf_stream *stream = lane->planned->stream;
    struct xdf_chunk chunk;
    for (;;) {
        enum status status = xdf_walk_next(&lane->walk, &chunk, any, error);
        if (status != STATUS_OK || !*any) {
            return status;
        }
        if (chunk.tag == XDF_SAMPLES && chunk.stream == stream->id &&
            chunk.start > stream->header) {
            lane->inside = true;
            return xdf_samples_begin(&lane->walk, &chunk, stream->type, stream->channels,
                                     &lane->samples, error);
        }
    }
}

/* Reads the stream's next sample to `at` of the group; *any is false at the end. */
static enum status take_sample(struct lane *lane, size_t at, bool *any, struct error *error)
{
    const struct xdf_stream *stream = lane->planned->stream;
    struct xdf_sample sample;
    enum status status = STATUS_OK;
    *any = true;
    for (bool found = false; !found;) {
        if (!lane->inside) {
            status = enter_chunk(lane, any, error);
        }
        if (status != STATUS_OK || !*any) {
            return status;
        }
        status = xdf_samples_next(&lane->walk, &lane->samples, &sample, &found, error);
        if (status != STATUS_OK) {
            return status;
        }
        lane->inside = found;
    }
    const unsigned char *data;
    size_t width = xdf_width(stream->type), got;
    status = read_window_get(&lane->walk.window, sample.values, stream->channels * width, &data,
                             &got, error);
    if (status != STATUS_OK || got < stream->channels * width) {
        *any = false;
        return status;
    }
    for (size_t k = 0; k < stream->channels; k++) {
        const struct channel *channel = &lane->xdf->file.info->channels[lane->feed.first + k];
        lane->feed.samples[k * lane->feed.capacity + at] =
            (float)(channel->gain * xdf_number(stream->type, data + k * width) + channel->offset);
    }
    lane->sample++;
    return STATUS_OK;
}

static enum status load(void *context, struct feed *feed, struct error *error)
{
    struct lane *lane = context;
    const struct xdf_stamps *stamps = &lane->planned->stream->stamps;
    enum status status = STATUS_OK;
    size_t filled = 0;
    while (filled < feed->capacity && status == STATUS_OK) {
        size_t count = feed->capacity - filled;
        if (lane->gap > 0) {
            count = lane->gap < count ? (size_t)lane->gap : count;
            feed_gap(feed, filled, count);
            lane->gap -= count;
        } else if (lane->stretch < stamps->stretch_count &&
                   stamps->stretches[lane->stretch].first == lane->sample) {
            uint64_t frame = stamps->stretches[lane->stretch++].frame;
            lane->gap = frame > lane->frame ? frame - lane->frame : 0;
            count = 0;
        } else {
            bool any;
            status = take_sample(lane, filled, &any, error);
            if (!any) {
                break;
            }
            count = 1;
        }
        filled += count;
        lane->frame += count;
    }
    feed->frames = filled;
    return status;
}

static enum status read_xdf(void *state, struct block *block, struct error *error)
{
    struct xdf *xdf = state;
    enum status status = STATUS_OK;
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    for (size_t i = 0; i < xdf->plan.count && status == STATUS_OK; i++) {
        status = feed_fill(&xdf->lanes[i].feed, block, load, &xdf->lanes[i], error);
    }
    return status;
}

const struct reader reader_xdf = {
    .id = "xdf",
    .description = "XDF 1.0 (Lab Streaming Layer)",
    .extensions = "xdf",
    .streams = false,
    .isolated = true,
    .probe = probe_xdf,
    .open = open_xdf,
    .read = read_xdf,
    .close = close_xdf,
};
