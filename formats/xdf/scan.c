#include "formats/checked.h"
#include "formats/little_endian.h"
#include "formats/mend.h"
#include "formats/xdf/streams.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WINDOW 65536

/* More streams than any recorder takes. */
#define STREAMS_MAX 512

/* Channels of a marker that are shown. */
#define MARK_CHANNELS 8

struct scan {
    struct xdf_file *file;
    struct xdf_walk walk;
    bool started; /* the file header has been read */
};

static enum status fault(const struct scan *scan, const struct xdf_chunk *chunk, const char *what,
                         struct error *error)
{
    return mend(source_name(scan->file->source), scan->file->strict, scan->file->info, error,
                "the chunk at byte %llu %s", (unsigned long long)chunk->start, what);
}

static struct xdf_stream *find(const struct xdf_file *file, uint32_t id)
{
    for (size_t i = 0; i < file->count; i++) {
        if (file->streams[i].id == id) {
            return &file->streams[i];
        }
    }
    return NULL;
}

static enum status take_header(struct scan *scan, const struct xdf_chunk *chunk,
                               struct error *error)
{
    struct xdf_file *file = scan->file;
    struct xdf_stream stream = {.id = chunk->stream,
                                .header = chunk->content,
                                .header_end = chunk->end,
                                .promised = UINT64_MAX};
    bool sound;
    if (find(file, chunk->stream)) {
        return fault(scan, chunk, "describes a stream for the second time; it is passed over",
                     error);
    }
    enum status status = xdf_header_read(file->source, &stream, &sound, error);
    if (status != STATUS_OK || !sound) {
        return status != STATUS_OK ? status
                                   : fault(scan, chunk,
                                           "describes a stream in a way that is not understood; "
                                           "the stream is left out",
                                           error);
    }
    if (file->count == STREAMS_MAX) {
        return fault(scan, chunk, "describes one stream too many; it is left out", error);
    }
    struct xdf_stream *grown = checked_grow(file->streams, file->count, sizeof *file->streams);
    if (!grown) {
        return error_memory(error, "reading streams");
    }
    file->streams = grown;
    double rate = stream.nominal > 0 ? stream.nominal : file->rate;
    stream.stamps.interval = rate > 0 ? 1 / rate : 0;
    file->streams[file->count++] = stream;
    return STATUS_OK;
}

static enum status annotate(struct xdf_file *file, const struct xdf_stream *stream, double stamp,
                            const char *text, size_t length, struct error *error)
{
    struct xdf_mark *grown = checked_grow(file->marks, file->mark_count, sizeof *file->marks);
    if (!grown) {
        return error_memory(error, "reading markers");
    }
    file->marks = grown;
    file->marks[file->mark_count++] =
        (struct xdf_mark){(size_t)(stream - file->streams), stream->clock.count};
    return recording_info_annotate(file->info, stamp, NAN, text, length, error);
}

/* Joins the texts of a marker's channels; longer ones are cut. */
static enum status take_texts(struct scan *scan, const struct xdf_stream *stream,
                              const struct xdf_sample *sample, uint64_t end, double stamp,
                              struct error *error)
{
    char text[4096];
    size_t used = 0;
    uint64_t position = sample->values, length;
    bool any = true;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < stream->channels && c < MARK_CHANNELS && status == STATUS_OK; c++) {
        status = xdf_text(&scan->walk, &position, end, &length, &any, error);
        size_t room = used + 2 < sizeof text ? sizeof text - used - 2 : 0, got = 0;
        size_t count = any && length < room ? (size_t)length : any ? room : 0;
        const unsigned char *data;
        if (status == STATUS_OK && count > 0) {
            status = read_window_get(&scan->walk.window, position, count, &data, &got, error);
        }
        if (status == STATUS_OK && got > 0) {
            if (used > 0) {
                text[used++] = ',';
            }
            memcpy(text + used, data, got);
            used += got;
        }
        position += any ? length : 0;
    }
    return status == STATUS_OK && used > 0 ? annotate(scan->file, stream, stamp, text, used, error)
                                           : status;
}

/* Markers as numbers. */
static enum status take_numbers(struct scan *scan, const struct xdf_stream *stream,
                                const struct xdf_sample *sample, double stamp, struct error *error)
{
    char text[400];
    const unsigned char *data;
    size_t width = xdf_width(stream->type), used = 0, got;
    size_t count = stream->channels < MARK_CHANNELS ? stream->channels : MARK_CHANNELS;
    enum status status =
        read_window_get(&scan->walk.window, sample->values, count * width, &data, &got, error);
    for (size_t c = 0; c < count && status == STATUS_OK && got == count * width; c++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.10g", c ? "," : "",
                                 xdf_number(stream->type, data + c * width));
    }
    return status == STATUS_OK && used > 0 ? annotate(scan->file, stream, stamp, text, used, error)
                                           : status;
}

static bool is_marker(const struct xdf_stream *stream)
{
    return strcasestr(stream->kind, "marker") || strcasestr(stream->kind, "event") ||
           strcasestr(stream->kind, "trigger");
}

static enum status take_sample(struct scan *scan, struct xdf_stream *stream,
                               const struct xdf_sample *sample, uint64_t end, struct error *error)
{
    enum status status = STATUS_OK;
    /* What is no time is as good as none. */
    bool stamped = sample->stamped && fabs(sample->stamp) < 1e12;
    double stamp = stamped ? sample->stamp : stream->last + stream->stamps.interval;
    if (stream->type == XDF_STRING) {
        status = take_texts(scan, stream, sample, end, stamp, error);
    } else if (stream->stamps.interval > 0) {
        status = xdf_stamps_add(&stream->stamps, stamp, stream->clock.count, error);
    } else if (is_marker(stream)) {
        status = take_numbers(scan, stream, sample, stamp, error);
    }
    stream->last = stamp;
    stream->count++;
    return status;
}

static enum status take_samples(struct scan *scan, const struct xdf_chunk *chunk,
                                struct error *error)
{
    struct xdf_stream *stream = find(scan->file, chunk->stream);
    struct xdf_samples samples;
    struct xdf_sample sample;
    bool any = true;
    if (!stream) {
        return fault(scan, chunk,
                     "holds samples of a stream that no header describes; they are "
                     "passed over",
                     error);
    }
    enum status status =
        xdf_samples_begin(&scan->walk, chunk, stream->type, stream->channels, &samples, error);
    while (status == STATUS_OK && any) {
        status = xdf_samples_next(&scan->walk, &samples, &sample, &any, error);
        if (status == STATUS_OK && any) {
            status = take_sample(scan, stream, &sample, samples.end, error);
        }
    }
    if (status == STATUS_OK && samples.left > 0 && !chunk->cut) {
        status = fault(scan, chunk, "holds fewer samples than it claims; what is lost is missing",
                       error);
    }
    return status;
}

static enum status take_offset(struct scan *scan, const struct xdf_chunk *chunk,
                               struct error *error)
{
    struct xdf_stream *stream = find(scan->file, chunk->stream);
    const unsigned char *data;
    size_t got, room = chunk->end - chunk->content < 16 ? 0 : 16;
    enum status status =
        read_window_get(&scan->walk.window, chunk->content, room, &data, &got, error);
    if (status == STATUS_OK && got == 16 && stream) {
        status = xdf_clock_add(&stream->clock, little_double(data), little_double(data + 8), error);
    }
    return status;
}

static enum status take_chunk(struct scan *scan, const struct xdf_chunk *chunk, struct error *error)
{
    struct xdf_stream *stream;
    switch (chunk->tag) {
    case XDF_FILE_HEADER:
        if (scan->started) {
            return STATUS_OK;
        }
        scan->started = true;
        return xdf_header_start(scan->file->source, chunk->content, chunk->end,
                                &scan->file->info->start, error);
    case XDF_STREAM_HEADER:
        return take_header(scan, chunk, error);
    case XDF_SAMPLES:
        return take_samples(scan, chunk, error);
    case XDF_CLOCK_OFFSET:
        return take_offset(scan, chunk, error);
    case XDF_STREAM_FOOTER:
        stream = find(scan->file, chunk->stream);
        return stream ? xdf_footer_count(scan->file->source, chunk->content, chunk->end,
                                         &stream->promised, error)
                      : STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static enum status finish(struct xdf_file *file, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < file->count && status == STATUS_OK; i++) {
        struct xdf_stream *stream = &file->streams[i];
        status = xdf_stamps_end(&stream->stamps, error);
        if (status == STATUS_OK) {
            status = xdf_clock_fit(&stream->clock, error);
        }
        if (status == STATUS_OK && stream->promised != UINT64_MAX &&
            stream->promised != stream->count) {
            status = mend(source_name(file->source), file->strict, file->info, error,
                          "stream '%s': its footer tells of %llu samples, the file holds %llu",
                          stream->name, (unsigned long long)stream->promised,
                          (unsigned long long)stream->count);
        }
    }
    return status;
}

enum status xdf_scan(struct xdf_file *file, struct error *error)
{
    struct scan scan = {.file = file};
    struct xdf_chunk chunk;
    bool any = true;
    enum status status = xdf_walk_begin(&scan.walk, file->source, WINDOW, error);
    while (status == STATUS_OK && any) {
        status = xdf_walk_next(&scan.walk, &chunk, &any, error);
        if (status == STATUS_OK && chunk.damaged) {
            status = mend(source_name(file->source), file->strict, file->info, error,
                          "bytes before byte %llu are no chunk; what they held is missing",
                          (unsigned long long)(any ? chunk.start : scan.walk.size));
        }
        if (status == STATUS_OK && any) {
            status = take_chunk(&scan, &chunk, error);
        }
        if (status == STATUS_OK && any && chunk.cut) {
            status = fault(&scan, &chunk, "is cut short by the file's end; what is there is read",
                           error);
        }
    }
    xdf_walk_end(&scan.walk);
    if (status != STATUS_OK && error && !strstr(error->message, source_name(file->source))) {
        error_prefix(error, source_name(file->source));
    }
    return status == STATUS_OK ? finish(file, error) : status;
}

void xdf_file_clear(struct xdf_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        xdf_stamps_clear(&file->streams[i].stamps);
        xdf_clock_clear(&file->streams[i].clock);
    }
    free(file->streams);
    free(file->marks);
    *file = (struct xdf_file){0};
}
