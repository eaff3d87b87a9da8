#include "formats/audio/interleave.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

size_t interleave_room(const struct block *block, size_t limit)
{
    for (size_t c = 0; c < block->channel_count; c++) {
        limit = block->capacity[c] < limit ? block->capacity[c] : limit;
    }
    return limit;
}

bool interleave_spread(const float *interleaved, size_t frames, const struct recording_info *info,
                       struct block *block, size_t done)
{
    bool infinite = false;
    size_t stride = info->channel_count;
    for (size_t c = 0; c < stride; c++) {
        if (!block->samples[c]) {
            continue;
        }
        const float *from = interleaved + c;
        float *to = block->samples[c] + done;
        double gain = info->channels[c].gain, offset = info->channels[c].offset;
        for (size_t i = 0; i < frames; i++) {
            float sample = (float)(gain * (double)from[i * stride] + offset);
            bool finite = fabsf(sample) < HUGE_VALF;
            infinite |= fabsf(sample) == HUGE_VALF;
            to[i] = finite ? sample : NAN;
        }
    }
    return infinite;
}

void interleave_set_frames(struct block *block, size_t frames)
{
    for (size_t c = 0; c < block->channel_count; c++) {
        block->frames[c] = frames;
    }
}

enum status gather_create(struct gather *gather, size_t channels, struct error *error)
{
    *gather = (struct gather){.channels = channels};
    gather->limit = channels < GATHER_VALUES ? GATHER_VALUES / channels : 1;
    gather->waiting = checked_calloc(channels, sizeof *gather->waiting);
    gather->count = checked_calloc(channels, sizeof *gather->count);
    gather->capacity = checked_calloc(channels, sizeof *gather->capacity);
    gather->frames = checked_calloc(channels * gather->limit, sizeof *gather->frames);
    if (!gather->waiting || !gather->count || !gather->capacity || !gather->frames) {
        gather_clear(gather);
        return error_memory(error, "writing a recording");
    }
    return STATUS_OK;
}

void gather_clear(struct gather *gather)
{
    for (size_t c = 0; gather->waiting && c < gather->channels; c++) {
        free(gather->waiting[c]);
    }
    free(gather->waiting);
    free(gather->count);
    free(gather->capacity);
    free(gather->frames);
    *gather = (struct gather){0};
}

/* Makes room for `more` samples after those that wait. */
static enum status reserve(struct gather *gather, size_t c, size_t more, struct error *error)
{
    size_t needed;
    if (!checked_add(gather->count[c], more, &needed)) {
        return error_memory(error, "writing a recording");
    }
    if (needed > gather->capacity[c]) {
        needed += needed / 4;
        float *grown = checked_realloc(gather->waiting[c], needed, sizeof *grown);
        if (!grown) {
            return error_memory(error, "writing a recording");
        }
        gather->waiting[c] = grown;
        gather->capacity[c] = needed;
    }
    return STATUS_OK;
}

enum status gather_push(struct gather *gather, const struct block *block, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t c = 0; c < gather->channels && gather->start > 0; c++) {
        gather->count[c] -= gather->start;
        memmove(gather->waiting[c], gather->waiting[c] + gather->start,
                gather->count[c] * sizeof **gather->waiting);
    }
    gather->start = 0;
    for (size_t c = 0; c < gather->channels && status == STATUS_OK; c++) {
        size_t frames = block->frames[c];
        status = reserve(gather, c, frames, error);
        if (status == STATUS_OK && frames > 0) {
            memcpy(gather->waiting[c] + gather->count[c], block->samples[c],
                   frames * sizeof *gather->waiting[c]);
            gather->count[c] += frames;
        }
    }
    return status;
}

size_t gather_take(struct gather *gather)
{
    size_t frames = gather->limit;
    for (size_t c = 0; c < gather->channels; c++) {
        size_t waiting = gather->count[c] - gather->start;
        frames = waiting < frames ? waiting : frames;
    }
    for (size_t c = 0; c < gather->channels && frames > 0; c++) {
        const float *waiting = gather->waiting[c] + gather->start;
        for (size_t i = 0; i < frames; i++) {
            gather->frames[i * gather->channels + c] = waiting[i];
        }
    }
    gather->start += frames;
    return frames;
}

enum status gather_level(struct gather *gather, struct error *error)
{
    size_t longest = 0;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < gather->channels; c++) {
        longest = gather->count[c] > longest ? gather->count[c] : longest;
    }
    for (size_t c = 0; c < gather->channels && status == STATUS_OK; c++) {
        status = reserve(gather, c, longest - gather->count[c], error);
        while (status == STATUS_OK && gather->count[c] < longest) {
            gather->waiting[c][gather->count[c]++] = NAN;
        }
    }
    return status;
}

double interleave_rate(const struct recording_info *info, const char *name, const char *what,
                       struct error *error)
{
    for (size_t c = 1; c < info->channel_count; c++) {
        if (info->channels[c].rate != info->channels[0].rate) {
            error_set(error, STATUS_FAILED,
                      "%s: %s holds one rate, but '%s' has %g Hz and '%s' %g Hz; choose channels "
                      "of one rate with --channels",
                      name, what, info->channels[0].label, info->channels[0].rate,
                      info->channels[c].label, info->channels[c].rate);
            return 0;
        }
    }
    return info->channels[0].rate;
}
