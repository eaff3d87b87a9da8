#include "formats/mat/plan.h"

#include "formats/checked.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Numbers read at a time. */
#define VALUES 65536
/* Each channel of a compressed array that is not interleaved keeps a state of inflation. */
#define COMPRESSED_TRACKS_MAX 1024

static const char *array_name(const struct mat_track *track)
{
    return track->array->name ? track->array->name : "data";
}

enum status mat_plan_track(struct mat_plan *plan, const struct mat_array *array, size_t channel,
                           size_t width, struct error *error)
{
    size_t count = plan->track_count;
    struct mat_track *grown = checked_grow(plan->tracks, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening a recording");
    }
    plan->tracks = grown;
    plan->tracks[plan->track_count++] =
        (struct mat_track){.array = array, .channel = channel, .width = width};
    if (array->deflated && plan->track_count > COMPRESSED_TRACKS_MAX) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "more than %d channels, one after the other in a compressed file, are not "
                         "read; save it with '-v7.3' or '-v6'",
                         COMPRESSED_TRACKS_MAX);
    }
    return STATUS_OK;
}

enum status mat_plan_segment(struct mat_plan *plan, const struct mat_file *file, uint64_t first,
                             uint64_t frames, uint64_t lead, struct error *error)
{
    struct mat_track *track = &plan->tracks[plan->track_count - 1];
    size_t count = track->segment_count;
    if (first > track->array->count || frames > (track->array->count - first) / track->width) {
        return error_set(error, STATUS_FAILED,
                         "%s: the samples of channel %zu are said to lie outside of '%s'",
                         file->name, track->channel + 1, array_name(track));
    }
    struct mat_segment *grown = checked_grow(track->segments, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening a recording");
    }
    track->segments = grown;
    track->segments[track->segment_count++] = (struct mat_segment){first, frames, lead};
    return STATUS_OK;
}

enum status mat_plan_matrix(struct mat_plan *plan, const struct mat_file *file,
                            const struct mat_array *array, bool channels_are_rows,
                            struct error *error)
{
    enum status status = STATUS_OK;
    if (channels_are_rows) {
        status = mat_plan_track(plan, array, 0, array->rows, error);
        return status == STATUS_OK ? mat_plan_segment(plan, file, 0, array->columns, 0, error)
                                   : status;
    }
    for (size_t c = 0; c < array->columns && status == STATUS_OK; c++) {
        status = mat_plan_track(plan, array, c, 1, error);
        if (status == STATUS_OK) {
            status = mat_plan_segment(plan, file, c * array->rows, array->rows, 0, error);
        }
    }
    return status;
}

uint64_t mat_plan_frames(const struct mat_track *track)
{
    uint64_t frames = 0;
    for (size_t s = 0; s < track->segment_count; s++) {
        frames += track->segments[s].lead + track->segments[s].frames;
    }
    return frames;
}

/* Whether two tracks lie in the same compressed bytes. */
static bool shares_bytes(const struct mat_track *a, const struct mat_track *b)
{
    return a->array->deflated && a->array->deflated == b->array->deflated &&
           a->array->descriptor == b->array->descriptor;
}

/* Opens every cursor of planar channels in order, so that compressed bytes are passed over once:
 * each channel goes on from where the one before it begins. */
static enum status open_cursor(struct mat_plan *plan, struct mat_file *file, size_t t,
                               struct error *error)
{
    struct mat_track *track = &plan->tracks[t];
    const struct mat_cursor *from = NULL;
    for (size_t k = t; k-- > 0 && track->array->deflated;) {
        const struct mat_track *before = &plan->tracks[k];
        if (shares_bytes(before, track) && before->cursor && before->frame == 0 && before->placed) {
            from = before->cursor;
            break;
        }
    }
    track->cursor = mat_cursor_open(file, track->array, from);
    if (!track->cursor) {
        return error_memory(error, "opening a recording");
    }
    track->placed = track->segment_count > 0 && track->segments[0].lead == 0 &&
                    mat_cursor_seek(track->cursor, track->segments[0].first);
    return STATUS_OK;
}

static enum status open_cursors(struct mat_plan *plan, struct mat_file *file,
                                const struct block *block, struct error *error)
{
    enum status status = STATUS_OK;
    if (plan->values) {
        return STATUS_OK;
    }
    plan->values = malloc(VALUES * sizeof *plan->values);
    if (!plan->values) {
        return error_memory(error, "opening a recording");
    }
    for (size_t t = 0; t < plan->track_count && status == STATUS_OK; t++) {
        if (plan->tracks[t].width > 1 || block->samples[plan->tracks[t].channel]) {
            status = open_cursor(plan, file, t, error);
        }
    }
    return status;
}

/* Whether the checksum behind the track's last sample is to be looked at: by one of those that
 * share it, since what lies between must be inflated for it. */
static bool checks_sum(const struct mat_plan *plan, const struct mat_track *track)
{
    const struct mat_track *end = plan->tracks + plan->track_count;
    for (const struct mat_track *other = track + 1; other < end && shares_bytes(other, track);
         other++) {
        if (other->cursor && other->array != track->array) {
            return false;
        }
    }
    return true;
}

/* Puts frames of the track into the planes. */
static void spread(struct mat_plan *plan, struct mat_file *file, const struct mat_track *track,
                   size_t frames, struct block *block, size_t done)
{
    bool infinite = false;
    for (size_t c = 0; c < track->width; c++) {
        const struct channel *channel = &file->info->channels[track->channel + c];
        float *plane = block->samples[track->channel + c];
        const double *from = plan->values + c;
        for (size_t i = 0; plane && i < frames; i++) {
            float sample = (float)(from[i * track->width] * channel->gain + channel->offset);
            infinite = infinite || isinf(sample);
            plane[done + i] = isfinite(sample) ? sample : NAN;
        }
    }
    if (infinite) {
        warnings_add(&file->info->warnings, "%s: infinite samples are taken for gaps", file->name);
    }
    plan->delivered += frames;
}

static void fill_missing(const struct mat_track *track, size_t frames, struct block *block,
                         size_t done)
{
    for (size_t c = 0; c < track->width; c++) {
        float *plane = block->samples[track->channel + c];
        for (size_t i = 0; plane && i < frames; i++) {
            plane[done + i] = NAN;
        }
    }
}

/* Up to `room` frames of the present segment. Returns how many; ends the track where the bytes do.
 */
static enum status read_segment(struct mat_plan *plan, struct mat_file *file,
                                struct mat_track *track, struct block *block, size_t done,
                                size_t room, size_t *got, struct error *error)
{
    const struct mat_segment *segment = &track->segments[track->segment];
    bool missing = track->frame < segment->lead;
    uint64_t left = (missing ? 0 : segment->frames) + segment->lead - track->frame;
    size_t step = VALUES / track->width ? VALUES / track->width : 1;
    step = step < room ? step : room;
    step = left < step ? (size_t)left : step;
    *got = step;
    if (missing) {
        fill_missing(track, step, block, done);
    } else if (track->cursor || block->samples[track->channel]) {
        enum status status = track->cursor
                                 ? STATUS_OK
                                 : open_cursor(plan, file, (size_t)(track - plan->tracks), error);
        if (status != STATUS_OK) {
            return status;
        }
        uint64_t number = segment->first + (track->frame - segment->lead) * track->width;
        bool there = track->placed || mat_cursor_seek(track->cursor, number);
        track->placed = true;
        *got = there ? mat_cursor_read(track->cursor, plan->values, step * track->width) : 0;
        *got /= track->width;
        spread(plan, file, track, *got, block, done);
        track->ended = *got < step;
    } else {
        plan->delivered += step;
    }
    track->frame += *got;
    if (track->cursor && *got > 0 && checks_sum(plan, track) &&
        !mat_cursor_is_sound(track->cursor)) {
        enum status status =
            mat_damage(file, error,
                       "the compressed bytes of '%s' are damaged: their checksum is wrong, and so "
                       "may samples be",
                       array_name(track));
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (track->frame == segment->lead + segment->frames) {
        track->segment++;
        track->frame = 0;
        track->placed = false;
    }
    if (!track->ended) {
        return STATUS_OK;
    }
    return mat_damage(
        file, error, "'%s' is cut short or damaged: channel %zu ends %" PRIu64 " samples early",
        array_name(track), track->channel + 1, segment->lead + segment->frames - track->frame);
}

static enum status read_track(struct mat_plan *plan, struct mat_file *file, struct mat_track *track,
                              struct block *block, struct error *error)
{
    enum status status = STATUS_OK;
    size_t room = SIZE_MAX, done = 0;
    for (size_t c = 0; c < track->width; c++) {
        size_t capacity = block->capacity[track->channel + c];
        room = capacity < room ? capacity : room;
    }
    while (done < room && !track->ended && track->segment < track->segment_count &&
           status == STATUS_OK) {
        size_t got;
        status = read_segment(plan, file, track, block, done, room - done, &got, error);
        done += got;
    }
    for (size_t c = 0; c < track->width; c++) {
        block->frames[track->channel + c] = done;
    }
    return status;
}

enum status mat_plan_read(struct mat_plan *plan, struct mat_file *file, struct block *block,
                          struct error *error)
{
    enum status status = open_cursors(plan, file, block, error);
    for (size_t t = 0; t < plan->track_count && status == STATUS_OK; t++) {
        status = read_track(plan, file, &plan->tracks[t], block, error);
    }
    bool any = false;
    for (size_t c = 0; c < block->channel_count; c++) {
        any = any || block->frames[c] > 0;
    }
    if (status == STATUS_OK && plan->delivered == 0 && !any) {
        status =
            error_set(error, STATUS_FAILED,
                      "%s: no sample can be read: the file is cut short or damaged", file->name);
    }
    return status;
}

void mat_plan_clear(struct mat_plan *plan)
{
    for (size_t t = 0; t < plan->track_count; t++) {
        mat_cursor_close(plan->tracks[t].cursor);
        free(plan->tracks[t].segments);
    }
    free(plan->tracks);
    free(plan->values);
    *plan = (struct mat_plan){0};
}
