/* Reader of CED Spike2 recordings of 32 bits (.smr, SON files up to version 9).
 *
 * Every waveform channel (ADC counts or real numbers) is a stream of its own: it has its own rate,
 * its own first sample and its own pauses, which are delivered as missing samples. Time zero is the
 * earliest first sample of them. */
#include "formats/checked.h"
#include "formats/feed.h"
#include "formats/little_endian.h"
#include "formats/mend.h"
#include "formats/read_at.h"
#include "formats/spike2/events.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct wave {
    struct feed feed;
    struct spike2 *spike2;
    const struct son_channel *channel;
    double interval; /* ticks */
    int64_t start;   /* of the first block, ticks */
    int64_t last;    /* of the last block, ticks */
    size_t last_items;
    uint64_t position; /* of the next frame */
    uint64_t gap;      /* missing frames still to be delivered */
    uint64_t next;     /* byte of the next block; 0: none */
    struct son_block block;
    size_t taken; /* items of it */
    bool begun;
};

struct spike2 {
    struct son_file file;
    struct recording_info *info;
    double zero; /* ticks of the recording's first sample */
    size_t count;
    struct wave *waves;   /* owned; by the recording's channels */
    unsigned char *bytes; /* owned; a group's */
};

static struct probe probe_spike2(const unsigned char *head, size_t size, const char *path)
{
    struct probe answer = {PROBE_NOT_MINE, 0, ""};
    const char *dot = strrchr(path, '.');
    bool text = memchr(head, '\0', size < 64 ? size : 64) == NULL;
    if (size >= 12 && memcmp(head + 2, "(C) CED 87", 10) == 0) {
        int version = (int16_t)(head[0] | head[1] << 8);
        bool swapped = head[0] == 0 && head[1] <= 9; /* son_open tells of Macintosh files */
        answer = (struct probe){PROBE_MINE, 95, ""};
        if ((version < 1 || version > 9) && !swapped) {
            answer.verdict = PROBE_UNSUPPORTED;
            snprintf(answer.reason, sizeof answer.reason,
                     "version %d of Spike2's files is not read; export it from Spike2 as EDF, "
                     "MATLAB or text",
                     version);
        } else if (size < SON_HEADER_SIZE) {
            answer.verdict = PROBE_BROKEN;
            snprintf(answer.reason, sizeof answer.reason,
                     "its header is cut short: %zu of 512 bytes; was the file copied whole?", size);
        }
    } else if (dot && strcasecmp(dot, ".smrx") == 0 && !text) {
        answer = (struct probe){PROBE_UNSUPPORTED, 60,
                                "Spike2's 64-bit files (.smrx) are not read; export it from Spike2 "
                                "as EDF, MATLAB or text, or save it as a 32-bit .smr"};
    }
    return answer;
}

/* Frames that lie between the recording's first sample and a tick. */
static uint64_t frame_of(const struct wave *wave, int64_t tick)
{
    double frames = ((double)tick - wave->spike2->zero) / wave->interval;
    return frames > 0 ? (uint64_t)llround(frames) : 0;
}

/* Follows a channel's chain from end to end: where it begins, and how many frames it has. */
static enum status measure(struct wave *wave, bool strict, struct error *error)
{
    struct spike2 *spike2 = wave->spike2;
    const struct son_channel *channel = wave->channel;
    struct son_block block, before;
    uint64_t blocks = 0;
    bool told = false;
    for (uint64_t at = channel->first; at > 0; at = block.next) {
        enum status status =
            son_block_read(&spike2->file, channel, at, blocks ? &before : NULL, &block, error);
        if (status == STATUS_OK) {
            status = son_block_claim(&spike2->file, channel, &block, error);
        }
        if (status != STATUS_OK) {
            return status;
        }
        if (blocks++ == 0) {
            wave->start = block.start;
        }
        double claimed = (double)(block.end - block.start);
        double expected = block.items ? (double)(block.items - 1) * wave->interval : 0;
        if (fabs(claimed - expected) > wave->interval && !told) {
            told = true;
            status = mend(source_name(spike2->file.source), strict, spike2->info, error,
                          "channel %zu (%s): the data block at byte %llu spans %.0f ticks, its %zu "
                          "samples %.0f; times in it may be wrong",
                          channel->number + 1, channel->title, (unsigned long long)at, claimed,
                          block.items, expected);
            if (status != STATUS_OK) {
                return status;
            }
        }
        wave->last = block.start;
        wave->last_items = block.items;
        before = block;
    }
    if (blocks != channel->blocks) {
        return mend(source_name(spike2->file.source), strict, spike2->info, error,
                    "channel %zu (%s): the header claims %llu data blocks, its chain has %llu; the "
                    "chain is read",
                    channel->number + 1, channel->title, (unsigned long long)channel->blocks,
                    (unsigned long long)blocks);
    }
    return STATUS_OK;
}

static bool is_wave(const struct son_channel *channel)
{
    return channel->kind == SON_ADC || channel->kind == SON_REAL_WAVE;
}

static enum status describe(struct spike2 *spike2, const struct reader_options *options, size_t c,
                            struct error *error)
{
    const struct son_channel *from = spike2->waves[c].channel;
    struct channel *channel = &spike2->info->channels[c];
    snprintf(channel->label, sizeof channel->label, "%s", from->title);
    if (channel->label[0] == '\0') {
        snprintf(channel->label, sizeof channel->label, "channel %zu", from->number + 1);
    }
    snprintf(channel->file_unit, sizeof channel->file_unit, "%s", from->unit);
    snprintf(channel->description, sizeof channel->description, "%s", from->comment);
    channel->rate = options->rate > 0     ? options->rate
                    : from->interval >= 1 ? spike2->file.tick_rate / from->interval
                                          : 0;
    if (!(channel->rate > 0) || !isfinite(channel->rate)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: channel %zu (%s) has no sampling interval; give its rate with --rate",
                         source_name(spike2->file.source), from->number + 1, channel->label);
    }
    spike2->waves[c].interval =
        from->interval >= 1 ? from->interval : spike2->file.tick_rate / channel->rate;
    if (!(spike2->waves[c].interval > 1e-3)) {
        return error_set(error, STATUS_USAGE, "%s: a rate of %g Hz cannot be",
                         source_name(spike2->file.source), channel->rate);
    }
    channel->gain = from->scale;
    channel->offset = from->offset;
    if (from->kind == SON_ADC) {
        double a = -32768 * from->scale + from->offset, b = 32767 * from->scale + from->offset;
        if (!isfinite(a) || !isfinite(b) || from->scale == 0) {
            channel->gain = 1;
            channel->offset = 0;
            channel->file_unit[0] = '\0';
            return mend(source_name(spike2->file.source), options->strict, spike2->info, error,
                        "channel %zu (%s): a scale of %g and an offset of %g are none; its samples "
                        "are taken as counts",
                        from->number + 1, channel->label, from->scale * 6553.6, from->offset);
        }
        channel->minimum = fmin(a, b);
        channel->maximum = fmax(a, b);
    }
    return STATUS_OK;
}

/* Allocates the recording's channels, and finds where each begins. */
static enum status begin_waves(struct spike2 *spike2, const struct reader_options *options,
                               struct error *error)
{
    const struct son_file *file = &spike2->file;
    size_t count = 0;
    for (size_t i = 0; i < file->channel_count; i++) {
        count += is_wave(&file->channels[i]);
    }
    if (count == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds no waveform with samples, only events or nothing",
                         source_name(file->source));
    }
    spike2->waves = checked_calloc(count, sizeof *spike2->waves);
    enum status status = spike2->waves ? recording_info_allocate(spike2->info, count, error)
                                       : error_memory(error, "opening a Spike2 file");
    spike2->zero = INFINITY;
    for (size_t i = 0; i < file->channel_count && status == STATUS_OK; i++) {
        if (is_wave(&file->channels[i])) {
            struct wave *wave = &spike2->waves[spike2->count];
            wave->spike2 = spike2;
            wave->channel = &file->channels[i];
            wave->next = wave->channel->first;
            status = describe(spike2, options, spike2->count++, error);
        }
    }
    for (size_t c = 0; c < spike2->count && status == STATUS_OK; c++) {
        status = measure(&spike2->waves[c], options->strict, error);
        spike2->zero = fmin(spike2->zero, (double)spike2->waves[c].start);
    }
    return status;
}

static void set_duration(struct spike2 *spike2)
{
    spike2->info->duration = 0;
    for (size_t c = 0; c < spike2->count; c++) {
        const struct wave *wave = &spike2->waves[c];
        double frames = (double)(frame_of(wave, wave->last) + wave->last_items);
        spike2->info->duration =
            fmax(spike2->info->duration, frames / spike2->info->channels[c].rate);
    }
}

static void set_start(struct spike2 *spike2)
{
    struct start_time *start = &spike2->info->start;
    *start = spike2->file.start;
    if (start->known) {
        double seconds = start->fraction + spike2->zero * spike2->file.tick;
        double whole = floor(seconds);
        start->seconds += (int64_t)whole;
        start->fraction = seconds - whole;
    }
}

static enum status begin_feeds(struct spike2 *spike2, struct error *error)
{
    size_t capacity = feed_capacity(spike2->count);
    enum status status = STATUS_OK;
    capacity = capacity < source_size(spike2->file.source) ? capacity : 16;
    spike2->bytes = checked_calloc(capacity, 4);
    if (!spike2->bytes) {
        return error_memory(error, "opening a Spike2 file");
    }
    for (size_t c = 0; c < spike2->count && status == STATUS_OK; c++) {
        status = feed_begin(&spike2->waves[c].feed, c, 1, capacity, error);
    }
    return status;
}

static void close_spike2(void *closed)
{
    struct spike2 *spike2 = closed;
    if (spike2) {
        for (size_t c = 0; c < spike2->count; c++) {
            feed_end(&spike2->waves[c].feed);
        }
        free(spike2->waves);
        free(spike2->bytes);
        son_close(&spike2->file);
        free(spike2);
    }
}

static enum status open_spike2(struct source *source, const struct reader_options *options,
                               struct recording_info *info, void **state, struct error *error)
{
    *state = NULL;
    if (!source_is_file(source)) {
        return error_set(error, STATUS_FAILED, "%s: Spike2 files cannot be read from a pipe",
                         source_name(source));
    }
    struct spike2 *spike2 = calloc(1, sizeof *spike2);
    if (!spike2) {
        return error_memory(error, "opening a Spike2 file");
    }
    spike2->info = info;
    enum status status = son_open(source, &spike2->file, error);
    if (status == STATUS_OK) {
        status = begin_waves(spike2, options, error);
    }
    if (status == STATUS_OK) {
        status = begin_feeds(spike2, error);
    }
    for (size_t i = 0; i < spike2->file.channel_count && status == STATUS_OK; i++) {
        const struct son_channel *channel = &spike2->file.channels[i];
        if (!is_wave(channel)) {
            status = spike2_events(&spike2->file, channel, spike2->zero, info, error);
        }
    }
    if (status == STATUS_OK) {
        set_start(spike2);
        set_duration(spike2);
        *state = spike2;
        spike2 = NULL;
    }
    close_spike2(spike2);
    return status;
}

/* Goes to the next block that holds something; false at the chain's end. */
static enum status enter_block(struct wave *wave, bool *entered, struct error *error)
{
    struct son_block before = wave->block;
    *entered = false;
    if (wave->next == 0) {
        return STATUS_OK;
    }
    enum status status = son_block_read(&wave->spike2->file, wave->channel, wave->next,
                                        wave->begun ? &before : NULL, &wave->block, error);
    if (status == STATUS_OK) {
        uint64_t frame = frame_of(wave, wave->block.start);
        wave->gap = frame > wave->position ? frame - wave->position : 0;
        wave->next = wave->block.next;
        wave->taken = 0;
        wave->begun = true;
        *entered = true;
    }
    return status;
}

static float sample_at(const struct wave *wave, const unsigned char *from, double gain,
                       double offset)
{
    if (wave->channel->kind == SON_ADC) {
        return (float)(gain * (int16_t)little_16(from) + offset);
    }
    float real = little_float(from);
    return isfinite(real) ? (float)(gain * real + offset) : NAN;
}

/* Reads items of the present block to `at` of the group. */
static enum status take_items(struct wave *wave, size_t at, size_t count, struct error *error)
{
    const struct spike2 *spike2 = wave->spike2;
    const struct channel *channel = &spike2->info->channels[wave->feed.first];
    size_t width = son_item_size(wave->channel), got;
    enum status status =
        read_at(spike2->file.source, wave->block.position + SON_BLOCK_SIZE + wave->taken * width,
                spike2->bytes, count * width, &got, error);
    if (status == STATUS_OK && got < count * width) {
        status = error_set(error, STATUS_FAILED, "%s: became shorter while it was read",
                           source_name(spike2->file.source));
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        wave->feed.samples[at + i] =
            sample_at(wave, spike2->bytes + i * width, channel->gain, channel->offset);
    }
    wave->taken += count;
    return status;
}

static enum status load(void *context, struct feed *feed, struct error *error)
{
    struct wave *wave = context;
    enum status status = STATUS_OK;
    size_t filled = 0;
    while (filled < feed->capacity && status == STATUS_OK) {
        size_t room = feed->capacity - filled;
        if (wave->gap > 0) {
            size_t count = wave->gap < room ? (size_t)wave->gap : room;
            feed_gap(feed, filled, count);
            wave->gap -= count;
            wave->position += count;
            filled += count;
            continue;
        }
        size_t left = wave->block.items - wave->taken;
        if (left > 0) {
            size_t count = left < room ? left : room;
            status = take_items(wave, filled, count, error);
            wave->position += count;
            filled += count;
            continue;
        }
        bool entered;
        status = enter_block(wave, &entered, error);
        if (status != STATUS_OK || !entered) {
            break;
        }
    }
    feed->frames = filled;
    return status;
}

static enum status read_spike2(void *state, struct block *block, struct error *error)
{
    struct spike2 *spike2 = state;
    enum status status = STATUS_OK;
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    for (size_t c = 0; c < spike2->count && status == STATUS_OK; c++) {
        status = feed_fill(&spike2->waves[c].feed, block, load, &spike2->waves[c], error);
    }
    return status;
}

const struct reader reader_spike2 = {
    .id = "spike2",
    .description = "CED Spike2, 32 bits (SON files up to version 9)",
    .extensions = "smr son",
    .streams = false,
    .probe = probe_spike2,
    .open = open_spike2,
    .read = read_spike2,
    .close = close_spike2,
};
