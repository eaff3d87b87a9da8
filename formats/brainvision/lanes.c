#include "formats/brainvision/lanes.h"

#include "formats/checked.h"
#include "formats/mend.h"
#include "formats/read_at.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#define TEXT_BYTES 65536

/* Frames of a binary file whose size is `bytes` without what surrounds the samples. */
static enum status count_binary(const char *name, const struct reader_options *options,
                                const struct brainvision_header *header, uint64_t bytes,
                                struct recording_info *info, uint64_t *frames, struct error *error)
{
    uint64_t frame_bytes = (uint64_t)header->channels * header->width;
    uint64_t held = bytes / frame_bytes, rest = bytes % frame_bytes;
    enum status status = STATUS_OK;
    *frames = header->points ? header->points : held;
    if (header->points > held) {
        status = mend(name, options->strict, info, error,
                      "the header claims %llu data points, the file holds %llu; what is there is "
                      "read (was the file cut short?)",
                      (unsigned long long)header->points, (unsigned long long)held);
        *frames = header->vectorized ? header->points : held;
    } else if (header->points && header->points < held) {
        status = mend(name, options->strict, info, error,
                      "the file holds %llu data points, the header claims %llu; the rest is not "
                      "read (without its line DataPoints= it would be)",
                      (unsigned long long)held, (unsigned long long)header->points);
    } else if (rest > 0) {
        status = mend(name, options->strict, info, error,
                      "ends inside a data point: %llu bytes more than a whole number of %zu "
                      "channels; they are not read",
                      (unsigned long long)rest, header->channels);
    }
    return status;
}

enum status brainvision_count(struct source *data, const struct reader_options *options,
                              const struct brainvision_header *header, struct recording_info *info,
                              uint64_t *frames, struct error *error)
{
    const char *name = source_name(data);
    *frames = UINT64_MAX;
    if (!source_is_file(data)) {
        return error_set(error, STATUS_FAILED, "%s: is no regular file", name);
    }
    uint64_t size = source_size(data);
    if (!header->ascii) {
        uint64_t around = 0;
        bool fits =
            !__builtin_add_overflow(header->offset, header->trailer, &around) && around <= size;
        enum status status =
            count_binary(name, options, header, fits ? size - around : 0, info, frames, error);
        if (status != STATUS_OK) {
            return status;
        }
        size = fits ? size - around : 0;
    }
    if (*frames == 0 || size == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds no samples; was the recording stopped before it began, or the "
                         "file cut short?",
                         name);
    }
    return STATUS_OK;
}

static float sample_at(const struct brainvision_header *header, const unsigned char *from,
                       double gain, double offset)
{
    uint16_t half;
    uint32_t word;
    double value;
    if (header->width == 2) {
        memcpy(&half, from, 2);
        half = header->big_endian ? be16toh(half) : le16toh(half);
        value = header->sample == BRAINVISION_INT_16 ? (double)(int16_t)half : (double)half;
    } else {
        memcpy(&word, from, 4);
        word = header->big_endian ? be32toh(word) : le32toh(word);
        if (header->sample == BRAINVISION_INT_32) {
            value = (int32_t)word;
        } else {
            float real;
            memcpy(&real, &word, 4);
            value = isfinite(real) ? real : NAN;
        }
    }
    return (float)(gain * value + offset);
}

/* Reads `count` frames to `at` of the group; fewer (set in *got) where the file ends. */
static enum status read_binary(struct brainvision_lane *lane, size_t at, size_t count, size_t *got,
                               struct error *error)
{
    const struct brainvision_lanes *lanes = lane->lanes;
    const struct brainvision_header *header = lanes->header;
    size_t stride = lane->feed.count * header->width, bytes;
    enum status status = read_at(lanes->data, lane->start + lane->frame * stride, lanes->bytes,
                                 count * stride, &bytes, error);
    *got = bytes / stride;
    for (size_t k = 0; k < lane->feed.count && status == STATUS_OK; k++) {
        const struct channel *channel = &lanes->info->channels[lane->feed.first + k];
        float *to = lane->feed.samples + k * lane->feed.capacity + at;
        for (size_t i = 0; i < *got; i++) {
            to[i] = sample_at(header, lanes->bytes + i * stride + k * header->width, channel->gain,
                              channel->offset);
        }
    }
    return status;
}

static enum status refuse_cell(const struct brainvision_lane *lane, enum cell kind, size_t row_cell,
                               struct error *error)
{
    const char *name = source_name(lane->lanes->data);
    unsigned long long line = lane->cells.line - (kind == CELL_LINE);
    if (kind == CELL_WORD) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %llu: '%s' is no number; do SkipLines, SkipColumns and "
                         "DecimalSymbol of the header fit the file?",
                         name, line, lane->cells.text);
    }
    return error_set(error, STATUS_FAILED,
                     "%s: line %llu has %s than the %zu samples of the header's channels; do "
                     "SkipColumns and NumberOfChannels fit the file?",
                     name, line, kind == CELL_NUMBER ? "more" : "fewer", row_cell);
}

/* Passes over the leading columns that are no samples. */
static enum status skip_columns(struct brainvision_lane *lane, enum cell *kind, struct error *error)
{
    enum status status = STATUS_OK;
    double value;
    *kind = CELL_NUMBER;
    for (uint64_t i = 0; i < lane->lanes->header->skip_columns && status == STATUS_OK; i++) {
        status = cells_next(&lane->cells, kind, &value, error);
        if (*kind == CELL_LINE || *kind == CELL_END) {
            break;
        }
    }
    return status;
}

/* Reads the samples of a line into frame `at`; *count of them, *kind tells what ended it. */
static enum status read_line(struct brainvision_lane *lane, size_t at, size_t *count,
                             enum cell *kind, struct error *error)
{
    struct feed *feed = &lane->feed;
    double value;
    enum status status = skip_columns(lane, kind, error);
    for (*count = 0; status == STATUS_OK && *kind != CELL_LINE && *kind != CELL_END; ++*count) {
        status = cells_next(&lane->cells, kind, &value, error);
        if (status != STATUS_OK || *kind == CELL_LINE || *kind == CELL_END) {
            break;
        }
        if (*kind == CELL_WORD || *count == feed->count) {
            return refuse_cell(lane, *kind, feed->count, error);
        }
        const struct channel *channel = &lane->lanes->info->channels[feed->first + *count];
        float sample = (float)(channel->gain * value + channel->offset);
        feed->samples[*count * feed->capacity + at] = isfinite(sample) ? sample : NAN;
    }
    return status;
}

/* One frame of a multiplexed text, empty lines passed over; *got false at the end. */
static enum status read_row(struct brainvision_lane *lane, size_t at, bool *got,
                            struct error *error)
{
    const struct brainvision_lanes *lanes = lane->lanes;
    enum cell kind;
    size_t count;
    *got = false;
    for (;;) {
        enum status status = read_line(lane, at, &count, &kind, error);
        if (status != STATUS_OK || count == lane->feed.count) {
            *got = status == STATUS_OK;
            return status;
        }
        if (kind == CELL_END) {
            return count == 0 ? STATUS_OK
                              : mend(source_name(lanes->data), lanes->strict, lanes->info, error,
                                     "ends inside line %llu, after %zu of %zu samples; the line is "
                                     "not read",
                                     (unsigned long long)lane->cells.line, count, lane->feed.count);
        }
        if (count > 0) {
            return refuse_cell(lane, kind, lane->feed.count, error);
        }
    }
}

/* One sample of a vectorised text. */
static enum status read_cell(struct brainvision_lane *lane, size_t at, bool *got,
                             struct error *error)
{
    const struct channel *channel = &lane->lanes->info->channels[lane->feed.first];
    enum cell kind = CELL_NUMBER;
    double value;
    enum status status = STATUS_OK;
    *got = false;
    if (!lane->begun) {
        lane->begun = true;
        status = skip_columns(lane, &kind, error);
    }
    if (status == STATUS_OK && kind != CELL_LINE && kind != CELL_END) {
        status = cells_next(&lane->cells, &kind, &value, error);
    }
    if (status == STATUS_OK && kind == CELL_WORD) {
        return refuse_cell(lane, kind, 0, error);
    }
    if (status == STATUS_OK && kind == CELL_NUMBER) {
        float sample = (float)(channel->gain * value + channel->offset);
        lane->feed.samples[at] = isfinite(sample) ? sample : NAN;
        *got = true;
    }
    return status;
}

static enum status read_text(struct brainvision_lane *lane, size_t at, size_t count, size_t *got,
                             struct error *error)
{
    enum status status = STATUS_OK;
    bool any = true;
    for (*got = 0; *got < count && any && status == STATUS_OK; *got += any) {
        status = lane->lanes->header->vectorized ? read_cell(lane, at + *got, &any, error)
                                                 : read_row(lane, at + *got, &any, error);
        any = any && status == STATUS_OK;
    }
    return status;
}

static enum status end_of_text(struct brainvision_lane *lane, struct error *error)
{
    const struct brainvision_lanes *lanes = lane->lanes;
    uint64_t claimed = lanes->header->points;
    lane->frames = lane->frame;
    if (claimed == 0 || claimed == lane->frame) {
        return STATUS_OK;
    }
    return mend(source_name(lanes->data), lanes->strict, lanes->info, error,
                "the header claims %llu data points, the file holds %llu; what is there is read",
                (unsigned long long)claimed, (unsigned long long)lane->frame);
}

/* What can be read before the next interruption. */
static size_t stretch(const struct brainvision_lane *lane, size_t room)
{
    const struct brainvision_breaks *breaks = lane->lanes->breaks;
    uint64_t left = lane->frames - lane->frame;
    if (lane->breaks < breaks->count && breaks->at[lane->breaks].frame - lane->frame < left) {
        left = breaks->at[lane->breaks].frame - lane->frame;
    }
    return left < room ? (size_t)left : room;
}

static enum status load(void *context, struct feed *feed, struct error *error)
{
    struct brainvision_lane *lane = context;
    const struct brainvision_breaks *breaks = lane->lanes->breaks;
    enum status status = STATUS_OK;
    size_t filled = 0;
    while (filled < feed->capacity && status == STATUS_OK) {
        size_t room = feed->capacity - filled, got = 0;
        if (lane->gap > 0) {
            got = lane->gap < room ? (size_t)lane->gap : room;
            feed_gap(feed, filled, got);
            lane->gap -= got;
            filled += got;
            continue;
        }
        if (lane->frame == lane->frames) {
            break;
        }
        if (lane->breaks < breaks->count && breaks->at[lane->breaks].frame <= lane->frame) {
            lane->gap = breaks->at[lane->breaks++].gap;
            continue;
        }
        size_t count = stretch(lane, room);
        status = lane->lanes->header->ascii ? read_text(lane, filled, count, &got, error)
                                            : read_binary(lane, filled, count, &got, error);
        lane->frame += got;
        filled += got;
        if (status == STATUS_OK && got < count) {
            if (lane->lanes->header->ascii) {
                status = end_of_text(lane, error);
            } else {
                lane->frames = lane->frame;
            }
        }
    }
    feed->frames = filled;
    return status;
}

/* Binary: where each lane's samples lie, and how many of them the file holds. */
static void place_binary(struct brainvision_lanes *lanes, uint64_t frames)
{
    const struct brainvision_header *header = lanes->header;
    uint64_t size = source_size(lanes->data) - header->trailer;
    for (size_t k = 0; k < lanes->count; k++) {
        struct brainvision_lane *lane = &lanes->at[k];
        uint64_t skip = 0;
        bool fits = !__builtin_mul_overflow(frames, (uint64_t)header->width * k, &skip) &&
                    !__builtin_add_overflow(skip, header->offset, &lane->start);
        uint64_t bytes = fits && lane->start < size ? size - lane->start : 0;
        uint64_t held = bytes / (header->width * (lanes->count > 1 ? 1 : header->channels));
        lane->frames = held < frames ? held : frames;
    }
}

/* Text: where each lane's line begins. */
static enum status place_text(struct brainvision_lanes *lanes, struct error *error)
{
    const struct brainvision_header *header = lanes->header;
    struct cells scan;
    bool any = true;
    enum status status = cells_begin(&scan, lanes->data, 0, 1, header->mark, TEXT_BYTES, error);
    for (uint64_t i = 0; i < header->skip_lines && any && status == STATUS_OK; i++) {
        status = cells_skip_line(&scan, &any, error);
    }
    size_t room = TEXT_BYTES / lanes->count < 4096 ? 4096 : TEXT_BYTES / lanes->count;
    for (size_t k = 0; k < lanes->count && status == STATUS_OK; k++) {
        uint64_t start = cells_position(&scan), line = scan.line;
        if (lanes->count > 1) {
            status = cells_skip_line(&scan, &any, error);
            if (status == STATUS_OK && !any) {
                status = error_set(error, STATUS_FAILED,
                                   "%s: holds %zu lines of samples, the header has %zu channels",
                                   source_name(lanes->data), k, lanes->count);
            }
        }
        uint64_t length = cells_position(&scan) - start;
        size_t bytes = lanes->count > 1 && length < room ? (size_t)length : room;
        if (status == STATUS_OK) {
            status = cells_begin(&lanes->at[k].cells, lanes->data, start, line, header->mark, bytes,
                                 error);
        }
        lanes->at[k].frames = UINT64_MAX;
    }
    cells_end(&scan);
    return status;
}

enum status brainvision_lanes_begin(struct brainvision_lanes *lanes, uint64_t frames,
                                    struct error *error)
{
    const struct brainvision_header *header = lanes->header;
    size_t channels = lanes->info->channel_count, capacity = feed_capacity(channels);
    enum status status = STATUS_OK;
    /* Memory follows the file, whatever the header claims. */
    uint64_t most = header->ascii ? source_size(lanes->data) / 2 + 1 : frames;
    capacity = most < capacity ? (size_t)most : capacity;
    lanes->count = header->vectorized ? channels : 1;
    lanes->at = checked_calloc(lanes->count, sizeof *lanes->at);
    lanes->bytes = checked_calloc(capacity, channels / lanes->count * header->width);
    if (!lanes->at || !lanes->bytes) {
        return error_memory(error, "reading samples");
    }
    for (size_t k = 0; k < lanes->count && status == STATUS_OK; k++) {
        lanes->at[k].lanes = lanes;
        status = feed_begin(&lanes->at[k].feed, k, channels / lanes->count, capacity, error);
    }
    if (status == STATUS_OK && header->ascii) {
        status = place_text(lanes, error);
    } else if (status == STATUS_OK) {
        place_binary(lanes, frames);
    }
    return status;
}

enum status brainvision_lanes_fill(struct brainvision_lanes *lanes, struct block *block,
                                   struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t k = 0; k < lanes->count && status == STATUS_OK; k++) {
        status = feed_fill(&lanes->at[k].feed, block, load, &lanes->at[k], error);
    }
    return status;
}

void brainvision_lanes_end(struct brainvision_lanes *lanes)
{
    for (size_t k = 0; lanes->at && k < lanes->count; k++) {
        feed_end(&lanes->at[k].feed);
        cells_end(&lanes->at[k].cells);
    }
    free(lanes->at);
    free(lanes->bytes);
    source_close(lanes->data);
    *lanes = (struct brainvision_lanes){0};
}
