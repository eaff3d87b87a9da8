#include "formats/recording.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

/* More channels than any device has: a header that claims more is lying. */
#define CHANNELS_MAX 65536
/* What an annotation without a text is called: formats that are written have no empty ones. */
#define UNNAMED "event"

enum status recording_info_allocate(struct recording_info *info, size_t channel_count,
                                    struct error *error)
{
    if (channel_count == 0 || channel_count > CHANNELS_MAX) {
        return error_set(error, STATUS_FAILED,
                         "the header claims %zu channels; at least 1 and at most %d are read",
                         channel_count, CHANNELS_MAX);
    }
    info->channels = checked_calloc(channel_count, sizeof *info->channels);
    if (!info->channels) {
        return error_memory(error, "reading a header");
    }
    info->channel_count = channel_count;
    for (size_t c = 0; c < channel_count; c++) {
        info->channels[c].gain = 1;
        info->channels[c].minimum = info->channels[c].maximum = NAN;
        info->channels[c].distance = NAN;
    }
    return STATUS_OK;
}

void recording_info_clear(struct recording_info *info)
{
    for (size_t i = 0; i < info->annotation_count; i++) {
        free(info->annotations[i].text);
    }
    for (size_t i = 0; i < info->file_count; i++) {
        free(info->files[i]);
    }
    free(info->files);
    free(info->annotations);
    free(info->gaps);
    free(info->channels);
    warnings_clear(&info->warnings);
    *info = (struct recording_info){0};
}

enum status recording_info_annotate(struct recording_info *info, double onset, double duration,
                                    const char *text, size_t length, struct error *error)
{
    struct annotation *grown =
        checked_grow(info->annotations, info->annotation_count, sizeof *info->annotations);
    size_t size = length < SIZE_MAX / 4 ? 2 * length + sizeof UNNAMED : 0;
    char *copy = grown && size ? malloc(size) : NULL;
    if (grown) {
        info->annotations = grown;
    }
    if (!copy) {
        return error_memory(error, "reading annotations");
    }
    text_from_field(copy, size, text, length);
    if (copy[0] == '\0') {
        strcpy(copy, UNNAMED);
    }
    grown[info->annotation_count++] = (struct annotation){onset, duration, copy};
    return STATUS_OK;
}

enum status recording_info_gap(struct recording_info *info, double onset, double duration,
                               size_t channel, struct error *error)
{
    struct gap *grown = checked_grow(info->gaps, info->gap_count, sizeof *info->gaps);
    if (!grown) {
        return error_memory(error, "listing gaps");
    }
    info->gaps = grown;
    grown[info->gap_count++] = (struct gap){onset, duration, channel};
    return STATUS_OK;
}

enum status recording_info_file(struct recording_info *info, const char *path, struct error *error)
{
    for (size_t i = 0; i < info->file_count; i++) {
        if (strcmp(info->files[i], path) == 0) {
            return STATUS_OK;
        }
    }
    char **grown = checked_grow(info->files, info->file_count, sizeof *info->files);
    char *copy = grown ? strdup(path) : NULL;
    if (grown) {
        info->files = grown;
    }
    if (!copy) {
        return error_memory(error, "listing a recording's files");
    }
    info->files[info->file_count++] = copy;
    return STATUS_OK;
}

enum status block_allocate(struct block *block, const struct recording_info *info, double seconds,
                           struct error *error)
{
    size_t total = 0;
    *block = (struct block){.channel_count = info->channel_count};
    block->samples = checked_calloc(info->channel_count, sizeof *block->samples);
    block->capacity = checked_calloc(info->channel_count, sizeof *block->capacity);
    block->frames = checked_calloc(info->channel_count, sizeof *block->frames);
    if (!block->samples || !block->capacity || !block->frames) {
        goto memory;
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        double frames = ceil(seconds * info->channels[c].rate);
        block->capacity[c] = frames < 1 ? 1 : frames > 1e9 ? 1000000000 : (size_t)frames;
        if (info->channels[c].selected && !checked_add(total, block->capacity[c], &total)) {
            goto memory;
        }
    }
    float *samples = checked_calloc(total, sizeof *samples);
    if (!samples) {
        goto memory;
    }
    /* The first selected channel's plane is the allocation's start. */
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected) {
            block->samples[c] = samples;
            samples += block->capacity[c];
        }
    }
    if (total == 0) {
        free(samples);
    }
    return STATUS_OK;
memory:
    block_clear(block);
    return error_memory(error, "making room for samples");
}

void block_clear(struct block *block)
{
    for (size_t c = 0; block->samples && c < block->channel_count; c++) {
        if (block->samples[c]) {
            free(block->samples[c]);
            break;
        }
    }
    free(block->samples);
    free(block->capacity);
    free(block->frames);
    *block = (struct block){0};
}
