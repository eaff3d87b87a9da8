#include "pipeline/transfer/outline.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

/* Rounding of products of times and rates, in samples. */
#define SLACK 1e-6

static uint64_t sample_at(double time, double rate)
{
    double index = ceil(time * rate - SLACK * fmax(1, time));
    return index > 0 ? (uint64_t)fmin(index, 9e15) : 0;
}

static void move_start(struct start_time *start, double seconds)
{
    double fraction = start->fraction + seconds, whole = floor(fraction);
    start->seconds += (int64_t)whole;
    start->fraction = fraction - whole;
}

static enum status choose_samples(struct outline *outline, const char *name, double from, double to,
                                  double duration, struct error *error)
{
    double highest = 0;
    if (to > 0 && from >= to) {
        return error_set(error, STATUS_USAGE, "--from %g is not before --to %g", from, to);
    }
    for (size_t i = 0; i < outline->count; i++) {
        double rate = outline->info.channels[i].rate;
        if (rate > highest) {
            highest = rate;
            outline->start = (double)sample_at(from, rate) / rate;
        }
    }
    outline->end = to > 0 ? to : INFINITY;
    if (outline->start >= fmin(duration, outline->end)) {
        return error_set(error, STATUS_FAILED,
                         "%s: has no sample from %g s on%s; choose another --from or --to", name,
                         from, to > 0 ? " before the interval ends" : "");
    }
    for (size_t i = 0; i < outline->count; i++) {
        double rate = outline->info.channels[i].rate;
        outline->first[i] = sample_at(outline->start, rate);
        outline->last[i] = to > 0 ? sample_at(to, rate) : UINT64_MAX;
    }
    return STATUS_OK;
}

enum status outline_create(struct recording *recording, double from, double to,
                           struct outline *outline, struct error *error)
{
    const struct recording_info *info = recording_info(recording);
    *outline = (struct outline){0};
    outline->indexes = checked_calloc(info->channel_count, sizeof *outline->indexes);
    outline->first = checked_calloc(info->channel_count, sizeof *outline->first);
    outline->last = checked_calloc(info->channel_count, sizeof *outline->last);
    if (!outline->indexes || !outline->first || !outline->last) {
        return error_memory(error, "choosing channels");
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected) {
            outline->indexes[outline->count++] = c;
        }
    }
    enum status status = recording_info_allocate(&outline->info, outline->count, error);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < outline->count; i++) {
        outline->info.channels[i] = info->channels[outline->indexes[i]];
    }
    memcpy(outline->info.format, info->format, sizeof info->format);
    outline->info.start = info->start;
    outline->info.start_origin = info->start_origin;
    outline->info.mains = info->mains;
    outline->info.mains_origin = info->mains_origin;
    outline->info.conditioned = info->conditioned;
    status = choose_samples(outline, recording_name(recording), from, to,
                            isnan(info->duration) ? INFINITY : info->duration, error);
    if (status == STATUS_OK) {
        move_start(&outline->info.start, outline->start);
        outline->info.duration = fmin(outline->end, info->duration) - outline->start;
        outline->info.duration = isnan(info->duration) ? NAN : outline->info.duration;
        status = outline_annotate(outline, info, error);
    }
    return status;
}

void outline_clear(struct outline *outline)
{
    free(outline->indexes);
    free(outline->first);
    free(outline->last);
    recording_info_clear(&outline->info);
    *outline = (struct outline){0};
}

enum status outline_add(struct outline *outline, double onset, double duration, const char *text,
                        struct error *error)
{
    double length = duration > 0 ? duration : 0;
    /* What lies before time zero of an uncut recording stays there. */
    double start = outline->start > 0 ? outline->start : -INFINITY;
    double from = fmax(onset, start), to = fmin(onset + length, outline->end);
    bool inside = onset >= start ? onset < outline->end : to > start;
    bool whole = from == onset && to == onset + length;
    return inside ? recording_info_annotate(&outline->info, from - outline->start,
                                            whole ? duration : to - from, text, strlen(text), error)
                  : STATUS_OK;
}

enum status outline_annotate(struct outline *outline, const struct recording_info *from,
                             struct error *error)
{
    struct recording_info *info = &outline->info;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < info->annotation_count; i++) {
        free(info->annotations[i].text);
    }
    free(info->annotations);
    info->annotations = NULL;
    info->annotation_count = 0;
    for (size_t i = 0; i < from->annotation_count && status == STATUS_OK; i++) {
        const struct annotation *annotation = &from->annotations[i];
        status =
            outline_add(outline, annotation->onset, annotation->duration, annotation->text, error);
    }
    return status;
}

void outline_sort(struct outline *outline)
{
    struct annotation *list = outline->info.annotations;
    for (size_t i = 1; i < outline->info.annotation_count; i++) {
        struct annotation moved = list[i];
        size_t low = 0, high = i;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (list[middle].onset <= moved.onset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        memmove(list + low + 1, list + low, (i - low) * sizeof *list);
        list[low] = moved;
    }
}

/* Points the outgoing block at what is inside the interval; false when all channels have passed
 * it. */
static bool cut(const struct outline *outline, const struct block *in, uint64_t *positions,
                struct block *out)
{
    bool more = false;
    for (size_t i = 0; i < outline->count; i++) {
        size_t c = outline->indexes[i];
        uint64_t from = positions[i], to = from + in->frames[c];
        uint64_t first = from > outline->first[i] ? from : outline->first[i];
        uint64_t last = to < outline->last[i] ? to : outline->last[i];
        out->frames[i] = last > first ? (size_t)(last - first) : 0;
        out->samples[i] = in->samples[c] + (out->frames[i] ? first - from : 0);
        positions[i] = to;
        more = more || to < outline->last[i];
    }
    return more;
}

enum status outline_run(const struct outline *outline, struct recording *recording, double seconds,
                        outline_take *take, void *context, struct error *error)
{
    struct block in = {0};
    struct block out = {.channel_count = outline->count};
    uint64_t *positions = checked_calloc(outline->count, sizeof *positions);
    out.samples = checked_calloc(outline->count, sizeof *out.samples);
    out.frames = checked_calloc(outline->count, sizeof *out.frames);
    out.capacity = out.frames;
    enum status status = positions && out.samples && out.frames
                             ? block_allocate(&in, recording_info(recording), seconds, error)
                             : error_memory(error, "reading a recording");
    for (bool more = true; more && status == STATUS_OK;) {
        bool any = false;
        status = recording_read(recording, &in, error);
        for (size_t c = 0; c < in.channel_count && status == STATUS_OK; c++) {
            any = any || in.frames[c] > 0;
        }
        if (status != STATUS_OK || !any) {
            break;
        }
        more = cut(outline, &in, positions, &out);
        status = take(context, &out, error);
    }
    block_clear(&in);
    free(positions);
    free(out.samples);
    free(out.frames);
    return status;
}
