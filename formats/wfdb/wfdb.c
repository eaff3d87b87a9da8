/* Reader of WFDB records (PhysioNet): a header and its signal files, in one segment or several.
 *
 * Each channel is a stream of its own over the batch of frames in memory; the next batch, and then
 * the next segment, is loaded when every channel has passed the present one. Where a channel is
 * absent from a segment, its samples are missing (NaN). */
#include "formats/checked.h"
#include "formats/wfdb/state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The rate that the specification sets where the header has none. Hz. */
#define RATE_DEFAULT 250.0

static struct probe wfdb_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe answer = {PROBE_NOT_MINE, 0, ""};
    const char *dot = strrchr(path, '.');
    bool named = dot && strcasecmp(dot, ".hea") == 0;
    int likely = wfdb_header_likely(head, size);
    if (likely >= 80) {
        answer = (struct probe){PROBE_MINE, likely + (named ? 5 : 0), ""};
    } else if (likely > 0 && named) {
        answer = (struct probe){PROBE_UNSUPPORTED, 70, ""};
        snprintf(answer.reason, sizeof answer.reason,
                 "a WFDB record without signals, of annotations alone; name one with signals");
    }
    return answer;
}

/* Frames per second, from the option, the header, or the specification. */
static enum status find_rate(const struct wfdb *wfdb, double *rate, struct error *error)
{
    const struct wfdb_header *layout = wfdb_layout(wfdb);
    const char *name = source_name(wfdb->record.source);
    double option = wfdb->record.options->rate;
    *rate = wfdb->header.rate > 0 ? wfdb->header.rate : layout->rate;
    for (size_t s = 1; s < layout->signal_count && option > 0; s++) {
        if (layout->signals[s].per_frame != layout->signals[0].per_frame) {
            return error_set(error, STATUS_USAGE,
                             "%s: its signals differ in rate, so that --rate cannot hold for all; "
                             "leave it out",
                             name);
        }
    }
    if (option > 0) {
        *rate = option / (double)layout->signals[0].per_frame;
    } else if (*rate == 0) {
        *rate = RATE_DEFAULT;
        return wfdb_mend(&wfdb->record, error,
                         "the header gives no sampling frequency; that is %g Hz by WFDB's "
                         "definition; give another with --rate",
                         RATE_DEFAULT);
    }
    return STATUS_OK;
}

static void wfdb_close(void *state)
{
    struct wfdb *wfdb = state;
    if (wfdb) {
        wfdb_segment_clear(&wfdb->segment);
        wfdb_header_clear(&wfdb->header);
        wfdb_header_clear(&wfdb->layout);
        free(wfdb->streams);
        free(wfdb->gains);
        free(wfdb);
    }
}

static enum status prepare(struct wfdb *wfdb, struct error *error)
{
    struct recording_info *info = wfdb->record.info;
    const char *name = source_name(wfdb->record.source);
    double rate = 0;
    enum status status = STATUS_OK;
    if (wfdb_layout(wfdb)->signal_count == 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: has no signals, only annotations; name a record with signals", name);
    }
    status = find_rate(wfdb, &rate, error);
    if (status == STATUS_OK) {
        status = recording_info_allocate(info, wfdb_layout(wfdb)->signal_count, error);
        if (status != STATUS_OK) {
            error_prefix(error, name);
            return status;
        }
        info->start = wfdb->header.start;
        wfdb->streams = checked_calloc(info->channel_count, sizeof *wfdb->streams);
        wfdb->gains = checked_calloc(info->channel_count, sizeof *wfdb->gains);
        status = wfdb->streams && wfdb->gains ? wfdb_channels_describe(wfdb, rate, error)
                                              : error_memory(error, "opening a WFDB record");
    }
    if (status == STATUS_OK) {
        status = wfdb_parts_begin(wfdb, rate, error);
    }
    return status == STATUS_OK ? wfdb_annotations_read(&wfdb->record, rate, error) : status;
}

static enum status wfdb_open(struct source *source, const struct reader_options *options,
                             struct recording_info *info, void **state, struct error *error)
{
    struct wfdb *wfdb = calloc(1, sizeof *wfdb);
    *state = NULL;
    if (!wfdb) {
        return error_memory(error, "opening a WFDB record");
    }
    wfdb->record = (struct wfdb_record){source, info, options, options->strict};
    enum status status = wfdb_header_read(&wfdb->record, source, &wfdb->header, error);
    if (status == STATUS_OK && wfdb->header.multiple) {
        status = wfdb_parts_layout(wfdb, error);
    }
    if (status == STATUS_OK) {
        status = prepare(wfdb, error);
    }
    wfdb->record.options = NULL;
    if (status == STATUS_OK) {
        *state = wfdb;
    } else {
        wfdb_close(wfdb);
    }
    return status;
}

static void fill_missing(float *to, size_t count)
{
    for (size_t i = 0; to && i < count; i++) {
        to[i] = NAN;
    }
}

static float convert_one(const struct stream *stream, int32_t value)
{
    return value == stream->missing ? NAN : (float)(stream->gain * (double)value + stream->offset);
}

/* Samples of the batch from the cursor on. */
static void convert(const struct stream *stream, float *restrict to, size_t count)
{
    size_t per_frame = stream->per_frame, stride = stream->stride;
    size_t frame = stream->cursor / per_frame, place = stream->cursor % per_frame;
    const int32_t *from = stream->first + frame * stride;
    const struct stream own = *stream; /* so that the loop need not look again */
    for (size_t i = 0; per_frame == 1 && i < count; i++) {
        to[i] = convert_one(&own, from[i * stride]);
    }
    for (size_t i = 0; per_frame > 1 && i < count; i++) {
        to[i] = convert_one(&own, from[place]);
        if (++place == per_frame) {
            place = 0;
            from += stride;
        }
    }
}

/* Delivers up to `room` samples of the segment; past the end of its files, missing ones. */
static size_t take(const struct wfdb *wfdb, struct stream *stream, float *to, size_t room)
{
    size_t ahead = stream->total - stream->cursor;
    size_t skipped = stream->skip < ahead ? (size_t)stream->skip : ahead;
    stream->cursor += skipped;
    stream->skip -= skipped;
    ahead -= skipped;
    room = stream->left < room ? (size_t)stream->left : room;
    size_t count = ahead < room ? ahead : room;
    if (to && stream->first) {
        convert(stream, to, count);
    } else {
        fill_missing(to, count);
    }
    stream->cursor += count;
    if (count < room && wfdb->exhausted) {
        fill_missing(to ? to + count : NULL, room - count);
        count = room;
    }
    stream->left -= count;
    return count;
}

/* Fills every channel as far as room, batch and segment go. */
static void advance(struct wfdb *wfdb, struct block *block, bool *passed, bool *done)
{
    *passed = *done = true;
    for (size_t c = 0; c < block->channel_count; c++) {
        struct stream *stream = &wfdb->streams[c];
        float *to = block->samples[c] ? block->samples[c] + block->frames[c] : NULL;
        /* What the opener has folded into the layout's gain holds for every segment's. */
        double factor = wfdb->record.info->channels[c].gain / wfdb->gains[c];
        stream->gain = factor * stream->own;
        stream->offset = -stream->baseline * stream->gain;
        block->frames[c] += take(wfdb, stream, to, block->capacity[c] - block->frames[c]);
        if (stream->left > 0) {
            *done = false;
            *passed = *passed && stream->cursor == stream->total && !wfdb->exhausted;
        }
    }
}

static enum status load_batch(struct wfdb *wfdb, struct error *error)
{
    enum status status = wfdb_segment_load(&wfdb->record, &wfdb->segment, error);
    wfdb->exhausted = wfdb->segment.loaded == 0;
    for (size_t c = 0; c < wfdb->record.info->channel_count; c++) {
        struct stream *stream = &wfdb->streams[c];
        stream->cursor = 0;
        /* Absent channels keep pace with the others, so that nobody must wait for them. */
        stream->total = wfdb->segment.loaded * stream->per_frame;
    }
    return status;
}

static enum status wfdb_read(void *state, struct block *block, struct error *error)
{
    struct wfdb *wfdb = state;
    enum status status = STATUS_OK;
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    for (bool more = true; more && status == STATUS_OK;) {
        bool passed, done;
        advance(wfdb, block, &passed, &done);
        if (done) {
            status = wfdb_parts_next(wfdb, &more, error);
        } else if (passed) {
            status = load_batch(wfdb, error);
        } else {
            break;
        }
    }
    return status;
}

const struct reader reader_wfdb = {
    .id = "wfdb",
    .description = "WFDB records (PhysioNet): header, signal files, annotations",
    .extensions = "hea",
    .streams = false,
    .parts = "dat atr",
    .probe = wfdb_probe,
    .open = wfdb_open,
    .read = wfdb_read,
    .close = wfdb_close,
};
