#include "formats/spike2/son.h"

#include "formats/checked.h"
#include "formats/little_endian.h"
#include "formats/read_at.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>

/* Text led by its length, in a field of `size` bytes. */
static void text_at(char *to, size_t to_size, const unsigned char *from, size_t size)
{
    size_t length = from[0] < size ? from[0] : size - 1;
    text_from_field(to, to_size, (const char *)from + 1, length);
}

/* A place in the file; 0 for none. */
static uint64_t place(const struct son_file *file, int32_t offset)
{
    if (file->version >= 9) {
        return offset == -1 ? 0 : (uint64_t)(uint32_t)offset * 512;
    }
    return offset > 0 ? (uint64_t)offset : 0;
}

static void read_start(const unsigned char *from, struct start_time *start)
{
    int year = little_16(from + 6);
    start->known =
        year > 0 && from[0] < 100 &&
        text_civil_seconds(year, from[5], from[4], from[3], from[2], from[1], &start->seconds);
    start->fraction = start->known ? from[0] / 100.0 : 0;
}

static enum status read_header(struct son_file *file, const unsigned char *head,
                               struct error *error)
{
    const char *name = source_name(file->source);
    double base = 1e-6;
    file->version = (int16_t)little_16(head);
    if (little_16(head + 38) != 0 || file->version < 1 || file->version > 9) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: was written on a Macintosh, in its byte order, which is not read; "
                         "open it in Spike2 and export it as text, MATLAB or EDF",
                         name);
    }
    if (file->version >= 6) {
        base = little_double(head + 44);
        read_start(head + 52, &file->start);
    }
    file->tick = little_16(head + 20) * base;
    if (!(file->tick > 1e-12) || !(file->tick < 1e6)) {
        return error_set(error, STATUS_FAILED,
                         "%s: a clock tick of %g s (bytes 20 and 44) cannot be; is the header "
                         "damaged?",
                         name, file->tick);
    }
    file->tick_rate = 1 / file->tick;
    if (fabs(file->tick_rate - round(file->tick_rate)) < 1e-9 * file->tick_rate) {
        file->tick_rate = round(file->tick_rate);
    }
    return STATUS_OK;
}

static void read_channel(const struct son_file *file, const unsigned char *from, uint16_t per_adc,
                         struct son_channel *channel)
{
    bool wave = from[122] == SON_ADC || from[122] == SON_REAL_WAVE;
    channel->kind = from[122];
    channel->first = place(file, (int32_t)little_32(from + 6));
    channel->blocks = little_16(from + 14);
    if (file->version >= 9) {
        channel->blocks |= (uint64_t)little_16(from + 20) << 16;
    }
    channel->extra = little_16(from + 16);
    channel->block_size = little_16(from + 22);
    text_at(channel->comment, sizeof channel->comment, from + 26, 72);
    text_at(channel->title, sizeof channel->title, from + 108, 10);
    channel->interval = file->version >= 6 ? (double)(int32_t)little_32(from + 102)
                                           : (double)little_16(from + 138) * (double)per_adc;
    channel->scale = channel->kind == SON_ADC ? (double)little_float(from + 124) / 6553.6 : 1;
    channel->offset = channel->kind == SON_ADC ? (double)little_float(from + 128) : 0;
    channel->initially_low = from[124] != 0;
    if (wave) {
        text_at(channel->unit, sizeof channel->unit, from + 132, 6);
    }
}

static enum status read_channels(struct son_file *file, const unsigned char *head,
                                 struct error *error)
{
    size_t claimed = little_16(head + 30), got, bytes = claimed * SON_CHANNEL_SIZE;
    enum status status = STATUS_OK;
    if (claimed == 0 || SON_HEADER_SIZE + bytes > source_size(file->source)) {
        return error_set(error, STATUS_FAILED,
                         "%s: claims %zu channels (byte 30), which do not fit into the file; was "
                         "it copied whole?",
                         source_name(file->source), claimed);
    }
    unsigned char *table = checked_calloc(claimed, SON_CHANNEL_SIZE);
    file->channels = checked_calloc(claimed, sizeof *file->channels);
    status = table && file->channels
                 ? read_at(file->source, SON_HEADER_SIZE, table, bytes, &got, error)
                 : error_memory(error, "reading a header");
    for (size_t i = 0; i < claimed && status == STATUS_OK; i++) {
        const unsigned char *from = table + i * SON_CHANNEL_SIZE;
        struct son_channel *channel = &file->channels[file->channel_count];
        if (from[122] == SON_OFF || from[122] > SON_REAL_WAVE) {
            continue;
        }
        read_channel(file, from, little_16(head + 22), channel);
        channel->number = i;
        file->channel_count += channel->first > 0;
    }
    free(table);
    return status;
}

enum status son_open(const struct source *source, struct son_file *file, struct error *error)
{
    unsigned char head[SON_HEADER_SIZE];
    size_t got;
    *file = (struct son_file){.source = source};
    enum status status = read_at(source, 0, head, sizeof head, &got, error);
    if (status == STATUS_OK && got < sizeof head) {
        status = error_set(error, STATUS_FAILED,
                           "%s: its header is cut short: %zu of 512 bytes; was the file copied "
                           "whole?",
                           source_name(source), got);
    }
    if (status == STATUS_OK) {
        status = read_header(file, head, error);
    }
    if (status == STATUS_OK) {
        status = read_channels(file, head, error);
    }
    return status;
}

void son_close(struct son_file *file)
{
    free(file->channels);
    *file = (struct son_file){0};
}

size_t son_item_size(const struct son_channel *channel)
{
    switch (channel->kind) {
    case SON_ADC:
        return 2;
    case SON_MARKER:
        return 8;
    case SON_ADC_MARK:
    case SON_REAL_MARK:
    case SON_TEXT_MARK:
        return 8 + channel->extra;
    default:
        return 4;
    }
}

static enum status refuse(const struct son_file *file, const struct son_channel *channel,
                          uint64_t position, const char *what, struct error *error)
{
    return error_set(error, STATUS_FAILED,
                     "%s: channel %zu (%s): the data block at byte %llu %s; the file is damaged, "
                     "try to mend it with Spike2's SonFix",
                     source_name(file->source), channel->number + 1, channel->title,
                     (unsigned long long)position, what);
}

enum status son_block_read(const struct son_file *file, const struct son_channel *channel,
                           uint64_t position, const struct son_block *before,
                           struct son_block *block, struct error *error)
{
    unsigned char head[SON_BLOCK_SIZE];
    size_t got;
    enum status status = read_at(file->source, position, head, sizeof head, &got, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (got < sizeof head) {
        return refuse(file, channel, position, "lies beyond the end of the file", error);
    }
    *block = (struct son_block){
        .position = position,
        .next = place(file, (int32_t)little_32(head + 4)),
        .start = (int32_t)little_32(head + 8),
        .end = (int32_t)little_32(head + 12),
        .items = little_16(head + 18),
    };
    size_t bytes = SON_BLOCK_SIZE + block->items * son_item_size(channel);
    if ((little_16(head + 16) & 0xff) != ((channel->number + 1) & 0xff)) {
        return refuse(file, channel, position, "belongs to another channel", error);
    }
    if ((channel->block_size > 0 && bytes > channel->block_size) ||
        bytes > source_size(file->source) - position) {
        return refuse(file, channel, position, "claims more items than it has room for", error);
    }
    if (block->end < block->start || (before && block->start <= before->end)) {
        /* Times that always grow are what keeps a chain from running in circles. */
        return refuse(file, channel, position, "goes back in time", error);
    }
    return STATUS_OK;
}

enum status son_block_claim(struct son_file *file, const struct son_channel *channel,
                            const struct son_block *block, struct error *error)
{
    file->claimed += SON_BLOCK_SIZE + block->items * son_item_size(channel);
    return file->claimed <= source_size(file->source)
               ? STATUS_OK
               : refuse(file, channel, block->position, "lies over others", error);
}
