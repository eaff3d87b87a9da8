/* Reader of GDF 1.x and 2.x.
 *
 * Each channel is a stream of its own over the group of data records in memory; the next group is
 * loaded when every channel has passed the present one. The table of events behind the data is read
 * when the recording is opened, and from a pipe when its end has come. */
#include "formats/gdf/gdf.h"

#include "formats/checked.h"
#include "formats/gdf/records.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct gdf {
    struct source *source;
    struct recording_info *info;
    bool strict;
    bool events_due; /* the table of events is still to be read */
    struct gdf_header header;
    struct gdf_records records;
    size_t *cursors; /* by signal: samples of the group that are passed; owned */
};

static struct probe gdf_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe answer = {PROBE_NOT_MINE, 0, ""};
    if (size < 8 || memcmp(head, "GDF ", 4) != 0 || !isdigit(head[4]) || head[5] != '.' ||
        !isdigit(head[6])) {
        return answer;
    }
    answer = (struct probe){PROBE_MINE, 96, ""};
    if (size < 2 * GDF_BLOCK) {
        answer.verdict = PROBE_BROKEN;
        snprintf(answer.reason, sizeof answer.reason,
                 "its header is cut short: %zu of at least %d bytes; was the file copied whole?",
                 size, 2 * GDF_BLOCK);
    }
    return answer;
}

/* Bytes of data records, as far as the header can be relied on; UINT64_MAX: unknown. */
static uint64_t data_bytes(const struct gdf *gdf)
{
    const struct gdf_header *header = &gdf->header;
    uint64_t bytes;
    if (header->record_count == UINT64_MAX ||
        __builtin_mul_overflow(header->record_count, (uint64_t)header->record_bytes, &bytes)) {
        return UINT64_MAX;
    }
    return bytes;
}

static double planned_duration(const struct gdf *gdf)
{
    const struct gdf_header *header = &gdf->header;
    uint64_t bytes = data_bytes(gdf);
    double duration = 0;
    if (source_is_file(gdf->source)) {
        uint64_t there = source_size(gdf->source) - header->data_start;
        bytes = bytes < there ? bytes : there;
    }
    if (bytes == UINT64_MAX) {
        return NAN;
    }
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct gdf_signal *signal = &header->signals[s];
        if (signal->samples > 0) {
            double whole = (double)(bytes / header->record_bytes) * (double)signal->samples;
            double rest = (double)gdf_records_held(signal, bytes % header->record_bytes);
            duration = fmax(duration, (whole + rest) / gdf->info->channels[signal->channel].rate);
        }
    }
    return duration;
}

/* The events of a regular file, which then stands at its data again. */
static enum status read_events(struct gdf *gdf, struct error *error)
{
    uint64_t bytes = data_bytes(gdf), start = gdf->header.data_start;
    uint64_t there = source_size(gdf->source) - start;
    if (bytes >= there) {
        return STATUS_OK;
    }
    enum status status = source_seek(gdf->source, start + bytes, error);
    if (status == STATUS_OK) {
        status = gdf_events_read(gdf->source, &gdf->header, gdf->strict, gdf->info, error);
    }
    return status == STATUS_OK ? source_seek(gdf->source, start, error) : status;
}

static void gdf_close(void *state)
{
    struct gdf *gdf = state;
    if (gdf) {
        gdf_records_clear(&gdf->records);
        gdf_header_clear(&gdf->header);
        free(gdf->cursors);
        free(gdf);
    }
}

static enum status begin(struct gdf *gdf, struct error *error)
{
    gdf->cursors = checked_calloc(gdf->header.signal_count, sizeof *gdf->cursors);
    if (!gdf->cursors) {
        return error_memory(error, "opening a GDF file");
    }
    gdf->info->duration = planned_duration(gdf);
    if (gdf->info->duration == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds a header, but no samples; was the recording stopped before it "
                         "began, or the file cut short?",
                         source_name(gdf->source));
    }
    enum status status = STATUS_OK;
    if (source_is_file(gdf->source)) {
        status = read_events(gdf, error);
    } else {
        gdf->events_due = gdf->header.record_count != UINT64_MAX;
    }
    if (status == STATUS_OK) {
        status = gdf_records_begin(&gdf->records, gdf->source, &gdf->header, gdf->strict, gdf->info,
                                   error);
    }
    return status;
}

static enum status gdf_open(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    struct gdf *gdf = calloc(1, sizeof *gdf);
    *state = NULL;
    if (!gdf) {
        return error_memory(error, "opening a GDF file");
    }
    gdf->source = source;
    gdf->info = info;
    gdf->strict = options->strict;
    enum status status = gdf_header_read(source, options, info, &gdf->header, error);
    if (status == STATUS_OK) {
        status = begin(gdf, error);
    }
    if (status == STATUS_OK) {
        *state = gdf;
    } else {
        gdf_close(gdf);
    }
    return status;
}

/* Delivers up to `room` samples of a signal; runs are joined where nothing lies between. */
static size_t take(struct gdf *gdf, size_t s, float *to, size_t room)
{
    const struct gdf_signal *signal = &gdf->header.signals[s];
    const struct gdf_span *span = &gdf->records.spans[s];
    const struct channel *channel = &gdf->info->channels[signal->channel];
    size_t cursor = gdf->cursors[s], done = 0, stride = gdf->records.stride;
    bool infinite = false;
    room = span->total - cursor < room ? span->total - cursor : room;
    while (to && done < room) {
        size_t run = cursor / span->run, at = cursor % span->run;
        const unsigned char *from = span->first + run * stride + at * signal->width;
        /* One sample a record, or a lone signal: a single loop. */
        bool even = span->run == 1 || span->run * signal->width == stride;
        size_t step = span->run == 1 ? stride : signal->width;
        size_t count = even || span->run - at > room - done ? room - done : span->run - at;
        infinite = gdf_decode(to + done, from, step, count, signal->type, channel->gain,
                              channel->offset) ||
                   infinite;
        done += count;
        cursor += count;
    }
    if (infinite) {
        warnings_add(&gdf->info->warnings, "infinite samples are taken for gaps");
    }
    gdf->cursors[s] += room;
    return room;
}

/* Fills every channel as far as room and group go; false when some channel has not passed it. */
static bool advance(struct gdf *gdf, struct block *block)
{
    bool passed = true;
    for (size_t s = 0; s < gdf->header.signal_count; s++) {
        size_t c = gdf->header.signals[s].channel;
        if (c != SIZE_MAX) {
            float *to = block->samples[c] ? block->samples[c] + block->frames[c] : NULL;
            block->frames[c] += take(gdf, s, to, block->capacity[c] - block->frames[c]);
            passed = passed && gdf->cursors[s] == gdf->records.spans[s].total;
        }
    }
    return passed;
}

static enum status gdf_read(void *state, struct block *block, struct error *error)
{
    struct gdf *gdf = state;
    enum status status = STATUS_OK;
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    while (status == STATUS_OK && advance(gdf, block)) {
        bool any = false;
        status = gdf_records_next(&gdf->records, error);
        for (size_t s = 0; s < gdf->header.signal_count && status == STATUS_OK; s++) {
            gdf->cursors[s] = 0;
            any = any || gdf->records.spans[s].total > 0;
        }
        if (status == STATUS_OK && !any) {
            if (gdf->events_due) {
                gdf->events_due = false;
                status = gdf_events_read(gdf->source, &gdf->header, gdf->strict, gdf->info, error);
            }
            break;
        }
    }
    return status;
}

const struct reader reader_gdf = {
    .id = "gdf",
    .description = "General Data Format for biosignals (GDF 1.x, 2.x)",
    .extensions = "gdf",
    .streams = true,
    .probe = gdf_probe,
    .open = gdf_open,
    .read = gdf_read,
    .close = gdf_close,
};
