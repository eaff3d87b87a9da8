#include "formats/hdf5/signals.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

enum status hdf5_signals_create(struct source *source, struct recording_info *info,
                                struct hdf5_signals **result, struct error *error)
{
    struct hdf5_signals *signals = checked_calloc(1, sizeof *signals);
    *result = NULL;
    if (!signals) {
        return error_memory(error, "opening HDF5");
    }
    signals->info = info;
    enum status status = hdf5_input_open(source, 0, &signals->input, error);
    if (status == STATUS_OK) {
        *result = signals;
    } else {
        free(signals);
    }
    return status;
}

void hdf5_signals_close(void *state)
{
    struct hdf5_signals *signals = state;
    if (!signals) {
        return;
    }
    hdf5_quiet();
    for (size_t i = 0; i < signals->numbers_count; i++) {
        hdf5_numbers_close(&signals->numbers[i]);
    }
    for (size_t i = 0; i < signals->timeline_count; i++) {
        free(signals->timelines[i].runs);
    }
    hdf5_input_close(&signals->input);
    free(signals->numbers);
    free(signals->timelines);
    free(signals->streams);
    free(signals);
}

enum status hdf5_signals_numbers(struct hdf5_signals *signals, hid_t from, const char *path,
                                 size_t *index, struct error *error)
{
    size_t count = signals->numbers_count;
    struct hdf5_numbers *grown = checked_grow(signals->numbers, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening HDF5");
    }
    signals->numbers = grown;
    enum status status = hdf5_numbers_open(&signals->input, from, path, &grown[count], error);
    if (status == STATUS_OK) {
        *index = signals->numbers_count++;
    }
    return status;
}

enum status hdf5_signals_timeline(struct hdf5_signals *signals, size_t *index, struct error *error)
{
    size_t count = signals->timeline_count;
    struct hdf5_timeline *grown = checked_grow(signals->timelines, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening HDF5");
    }
    signals->timelines = grown;
    grown[count] = (struct hdf5_timeline){0};
    *index = signals->timeline_count++;
    return STATUS_OK;
}

enum status hdf5_signals_stream(struct hdf5_signals *signals, struct hdf5_stream stream,
                                struct error *error)
{
    size_t count = signals->stream_count;
    struct hdf5_stream *grown = checked_grow(signals->streams, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening HDF5");
    }
    signals->streams = grown;
    signals->streams[signals->stream_count++] = stream;
    return STATUS_OK;
}

enum status hdf5_timeline_rows(struct hdf5_timeline *timeline, uint64_t count, struct error *error)
{
    struct hdf5_run *last = timeline->run_count ? &timeline->runs[timeline->run_count - 1] : NULL;
    if (count == 0) {
        return STATUS_OK;
    }
    if (last && last->frame + last->count == timeline->frames) {
        last->count += count;
    } else {
        size_t runs = timeline->run_count;
        struct hdf5_run *grown = checked_grow(timeline->runs, runs, sizeof *grown);
        if (!grown) {
            return error_memory(error, "listing gaps");
        }
        timeline->runs = grown;
        timeline->runs[timeline->run_count++] =
            (struct hdf5_run){timeline->frames, timeline->rows, count};
    }
    timeline->frames += count;
    timeline->rows += count;
    return STATUS_OK;
}

void hdf5_timeline_gap(struct hdf5_timeline *timeline, uint64_t frames)
{
    timeline->frames += frames;
}

double hdf5_signals_duration(const struct hdf5_signals *signals)
{
    double duration = 0;
    for (size_t c = 0; c < signals->stream_count; c++) {
        double frames = (double)signals->timelines[signals->streams[c].timeline].frames;
        duration = fmax(duration, frames / signals->info->channels[c].rate);
    }
    return duration;
}

/* Copies rows into samples of a channel: its column, calibrated. */
static void convert(float *to, const double *rows, size_t count, size_t stride,
                    const struct hdf5_stream *stream, const struct channel *channel)
{
    double gain = channel->gain, offset = channel->offset;
    rows += stream->column;
    for (size_t i = 0; i < count; i++, rows += stride) {
        bool missing = stream->coded && *rows == stream->missing;
        to[i] = missing || isnan(*rows) ? NAN : (float)(gain * *rows + offset);
    }
}

/* Delivers what lies in one run, or between two, and in the dataset's window; *taken is 0 at the
 * end. Pieces are no longer than that, so that channels of one dataset share its window. */
static enum status take_piece(struct hdf5_signals *signals, size_t c, float *to, size_t room,
                              size_t *taken, struct error *error)
{
    struct hdf5_stream *stream = &signals->streams[c];
    const struct hdf5_timeline *timeline = &signals->timelines[stream->timeline];
    struct hdf5_numbers *numbers = &signals->numbers[stream->numbers];
    *taken = 0;
    while (stream->run < timeline->run_count &&
           timeline->runs[stream->run].frame + timeline->runs[stream->run].count <= stream->frame) {
        stream->run++;
    }
    if (stream->frame >= timeline->frames || room == 0) {
        return STATUS_OK;
    }
    const struct hdf5_run *run =
        stream->run < timeline->run_count ? &timeline->runs[stream->run] : NULL;
    uint64_t next = run ? run->frame : timeline->frames;
    if (stream->frame < next) {
        uint64_t gap = next - stream->frame;
        *taken = gap < room ? (size_t)gap : room;
        for (size_t i = 0; to && i < *taken; i++) {
            to[i] = NAN;
        }
    } else {
        uint64_t within = stream->frame - run->frame, left = run->count - within;
        size_t available = left < room ? (size_t)left : room;
        if (to) {
            size_t held;
            const double *rows = hdf5_numbers_rows(numbers, run->row + within, &held, error);
            if (!rows) {
                return STATUS_FAILED;
            }
            available = available < held ? available : held;
            convert(to, rows, available, numbers->columns, stream, &signals->info->channels[c]);
        }
        *taken = available;
    }
    stream->frame += *taken;
    return STATUS_OK;
}

enum status hdf5_signals_read(void *state, struct block *block, struct error *error)
{
    struct hdf5_signals *signals = state;
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    for (bool more = true; more;) {
        more = false;
        for (size_t c = 0; c < block->channel_count; c++) {
            float *to = block->samples[c] ? block->samples[c] + block->frames[c] : NULL;
            size_t taken;
            enum status status =
                take_piece(signals, c, to, block->capacity[c] - block->frames[c], &taken, error);
            if (status != STATUS_OK) {
                return status;
            }
            block->frames[c] += taken;
            more = more || taken > 0;
        }
    }
    return STATUS_OK;
}
