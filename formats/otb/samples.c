#include "formats/otb/samples.h"

#include "formats/checked.h"
#include "formats/little_endian.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define BUFFER_BYTES ((size_t)256 << 10)

enum status otb_samples_prepare(struct otb_samples *samples, const struct otb_layout *layout,
                                size_t stream, struct error *error)
{
    const struct otb_stream *about = &layout->streams[stream];
    const struct otb_entry *entry = about->entry;
    size_t channels = about->channels, width = about->width;
    enum status status = STATUS_OK;
    /* Some programs keep 24 bits in four bytes. */
    if (entry->size != UINT64_MAX && width == 3 && entry->size % (channels * 3) != 0 &&
        entry->size % (channels * 4) == 0) {
        status = otb_mend(layout, error,
                          "'%s' in it holds samples of 4 bytes where 3 are described", entry->name);
        width = 4;
    }
    size_t frame = channels * width;
    *samples = (struct otb_samples){
        .channels = channels,
        .width = width,
        .order = entry->order,
        .total = entry->size == UINT64_MAX ? UINT64_MAX : entry->size / frame,
        .limit = BUFFER_BYTES / frame > 0 ? BUFFER_BYTES / frame : 1,
    };
    strcpy(samples->name, entry->name);
    if (status == STATUS_OK && entry->size < frame) {
        return error_set(error, STATUS_FAILED,
                         "%s: '%s' in it holds %" PRIu64
                         " bytes, not one sample of its %zu channels; was it copied to the end?",
                         layout->name, entry->name, entry->size, channels);
    }
    if (status == STATUS_OK && entry->cut) {
        return otb_mend(layout, error, "cut short: it ends within '%s'", entry->name);
    }
    if (status == STATUS_OK && entry->size != UINT64_MAX && entry->size % frame != 0) {
        status = otb_mend(layout, error,
                          "'%s' in it ends within a sample of its %zu channels, which is left out",
                          entry->name, channels);
    }
    return status;
}

void otb_samples_clear(struct otb_samples *samples)
{
    otb_archive_close(samples->archive);
    free(samples->bytes);
    *samples = (struct otb_samples){0};
}

uint64_t otb_samples_total(const struct otb_samples *samples)
{
    return samples->total;
}

bool otb_samples_pass(struct otb_samples *samples, size_t room, size_t *done)
{
    if (samples->archive || samples->total == UINT64_MAX) {
        return false;
    }
    uint64_t left = samples->total - samples->done;
    *done = left < room ? (size_t)left : room;
    samples->done += *done;
    return true;
}

/* Finds the entry in the archive. */
static enum status find_entry(struct otb_samples *samples, const struct source *source,
                              struct error *error)
{
    bool found = true;
    enum status status = otb_archive_open(source, &samples->archive, error);
    for (size_t i = 0; i <= samples->order && status == STATUS_OK && found; i++) {
        status = otb_archive_next(samples->archive, &found, error);
    }
    if (status == STATUS_OK && !found) {
        status = error_set(error, STATUS_FAILED, "%s: '%s' is no longer in it", source_name(source),
                           samples->name);
    }
    samples->bytes = status == STATUS_OK
                         ? checked_calloc(samples->limit, samples->channels * samples->width)
                         : NULL;
    if (status == STATUS_OK && !samples->bytes) {
        status = error_memory(error, "reading a recording");
    }
    /* Frames that were passed over without reading. */
    size_t frame = samples->channels * samples->width, got = 1;
    for (uint64_t left = samples->done; left > 0 && got > 0 && status == STATUS_OK; left -= got) {
        size_t step = left < samples->limit ? (size_t)left : samples->limit;
        status = otb_archive_read(samples->archive, samples->bytes, step * frame, &got, error);
        got /= frame;
    }
    return status;
}

/* The stream ends where it should not, for the reason in *why. */
static enum status note_end(struct otb_samples *samples, const struct source *source,
                            struct recording_info *info, bool strict, const struct error *why,
                            struct error *error)
{
    const char *name = source_name(source);
    if (strict) {
        *error = *why;
        return error->status;
    }
    if (why->status != STATUS_OK) {
        warnings_add(&info->warnings, "%s", why->message);
    }
    warnings_add(&info->warnings, "%s: '%s' in it ends after %" PRIu64 " samples of each channel",
                 name, samples->name, samples->done + samples->held);
    return STATUS_OK;
}

enum status otb_samples_load(struct otb_samples *samples, const struct source *source,
                             struct recording_info *info, bool strict, size_t *count,
                             struct error *error)
{
    enum status status = STATUS_OK;
    size_t frame = samples->channels * samples->width, got;
    *count = samples->held - samples->taken;
    if (*count > 0 || samples->ended) {
        return STATUS_OK;
    }
    if (!samples->archive) {
        status = find_entry(samples, source, error);
        if (status != STATUS_OK) {
            samples->ended = true;
            return status;
        }
    }
    uint64_t left = samples->total == UINT64_MAX ? UINT64_MAX : samples->total - samples->done;
    size_t wanted = left < samples->limit ? (size_t)left : samples->limit;
    struct error why = {0};
    samples->held = samples->taken = 0;
    status = otb_archive_read(samples->archive, samples->bytes, wanted * frame, &got, &why);
    samples->held = got / frame;
    samples->ended = samples->held < wanted || samples->held == left;
    *count = samples->held;
    if (samples->held < left && samples->held < wanted && samples->total != UINT64_MAX) {
        if (status == STATUS_OK) {
            error_set(&why, STATUS_FAILED, "%s: cut short: it ends within '%s'",
                      source_name(source), samples->name);
        }
        return note_end(samples, source, info, strict, &why, error);
    }
    return status == STATUS_OK ? STATUS_OK : note_end(samples, source, info, strict, &why, error);
}

/* A sample as it stands in the file, little-endian. */
static double decode(const unsigned char *p, size_t width)
{
    switch (width) {
    case 2:
        return (int16_t)little_16(p);
    case 3: /* the sign goes up to the top, and comes down with the number */
        return (int32_t)(little_24(p) << 8) >> 8;
    case 4:
        return (int32_t)little_32(p);
    default:
        return little_double(p);
    }
}

void otb_samples_decode(const struct otb_samples *samples, size_t index, size_t count, double gain,
                        double offset, float *to)
{
    size_t frame = samples->channels * samples->width;
    const unsigned char *from = samples->bytes + samples->taken * frame + index * samples->width;
    for (size_t i = 0; i < count; i++) {
        double value = gain * decode(from + i * frame, samples->width) + offset;
        to[i] = fabs(value) <= (double)3.4e38F ? (float)value : NAN;
    }
}

void otb_samples_take(struct otb_samples *samples, size_t count)
{
    samples->taken += count;
    samples->done += count;
}
