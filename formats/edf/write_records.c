/* Data records as they are written: samples, and what is missing of them. */
#include "formats/checked.h"
#include "formats/edf/writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Samples of channel c in the record that is `r` records into what waits. */
static const float *samples_of(const struct edf_out *out, size_t c, size_t r)
{
    return out->channels[c].waiting + r * out->channels[c].samples;
}

static bool all_missing(const struct edf_out *out, size_t r)
{
    for (size_t c = 0; c < out->info->channel_count; c++) {
        const float *samples = samples_of(out, c, r);
        for (size_t i = 0; i < out->channels[c].samples; i++) {
            if (!isnan(samples[i])) {
                return false;
            }
        }
    }
    return true;
}

/* The digital value nearest to a physical one, within the channel's limits; zero where missing. */
static double to_digital(const struct edf_out_channel *to, float value)
{
    double known = isnan(value) ? 0 : (double)value;
    double digital = rint((known - to->offset) / to->step);
    return digital < to->lowest ? to->lowest : digital > to->highest ? to->highest : digital;
}

static unsigned char *encode(const struct edf_out *out, size_t c, size_t r, unsigned char *bytes)
{
    const struct edf_out_channel *to = &out->channels[c];
    const float *samples = samples_of(out, c, r);
    for (size_t i = 0; i < to->samples; i++) {
        uint32_t bits = (uint32_t)(int32_t)to_digital(to, samples[i]);
        for (size_t k = 0; k < out->width; k++) {
            *bytes++ = (unsigned char)(bits >> (8 * k));
        }
    }
    return bytes;
}

/* Whether samples [from, to) are a whole run of missing ones. */
static bool is_run(const float *samples, size_t count, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!isnan(samples[i])) {
            return false;
        }
    }
    return (from == 0 || !isnan(samples[from - 1])) && (to == count || !isnan(samples[to]));
}

/* Whether every channel lacks the same samples [from, to) of the record. */
static bool is_shared(const struct edf_out *out, size_t r, size_t from, size_t to)
{
    size_t count = out->channels[0].samples;
    for (size_t c = 0; c < out->info->channel_count; c++) {
        if (out->channels[c].samples != count || !is_run(samples_of(out, c, r), count, from, to)) {
            return false;
        }
    }
    return true;
}

/* Tells in the record's annotation area what channel c lacks. */
static enum status note_missing(struct edf_out *out, size_t c, size_t r, struct error *error)
{
    const struct edf_out_channel *to = &out->channels[c];
    const float *samples = samples_of(out, c, r);
    double unit = out->duration / (double)to->samples;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < to->samples && status == STATUS_OK; i++) {
        size_t from = i;
        while (i < to->samples && isnan(samples[i])) {
            i++;
        }
        if (i == from) {
            continue;
        }
        bool shared = is_shared(out, r, from, i);
        if (!shared || c == 0) {
            status = edf_out_missing(out, (double)out->place * out->duration + (double)from * unit,
                                     (double)(i - from) * unit, shared ? NULL : to->label, error);
        }
    }
    return status;
}

static enum status list_record(struct edf_out *out, struct error *error)
{
    if (out->records == out->list_room) {
        size_t room = out->list_room ? 2 * out->list_room : 256;
        struct edf_out_record *grown = checked_realloc(out->list, room, sizeof *grown);
        if (!grown) {
            return error_memory(error, "writing EDF");
        }
        out->list = grown;
        out->list_room = room;
    }
    out->list[out->records++] = (struct edf_out_record){out->place, out->area_used};
    return STATUS_OK;
}

static enum status write_record(struct edf_out *out, size_t r, struct error *error)
{
    unsigned char *bytes = out->data;
    enum status status = edf_out_time(out, out->place, error);
    for (size_t c = 0; c < out->info->channel_count && status == STATUS_OK; c++) {
        bytes = encode(out, c, r, bytes);
        status = note_missing(out, c, r, error);
    }
    if (status == STATUS_OK && out->area_used > out->text_bytes) {
        status = edf_out_widen(out, (out->area_used + out->area_used / 2 + 5) / 6 * 6, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    errno = 0;
    fwrite(out->data, out->data_bytes, 1, out->stream);
    fwrite(out->area, out->area_used, 1, out->stream);
    for (size_t i = out->area_used; i < out->text_bytes; i++) {
        putc(0, out->stream);
    }
    return ferror(out->stream) ? edf_out_failure(out, error) : list_record(out, error);
}

enum status edf_out_records(struct edf_out *out, bool last, struct error *error)
{
    size_t channels = out->info->channel_count;
    size_t ready = SIZE_MAX;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < channels; c++) {
        size_t records = out->channels[c].used / out->channels[c].samples;
        ready = records < ready ? records : ready;
    }
    for (size_t r = 0; r < ready && status == STATUS_OK; r++) {
        /* The first record stands for time zero. */
        bool kept = out->records == 0 || (last && r + 1 == ready) || !all_missing(out, r);
        status = kept ? write_record(out, r, error) : STATUS_OK;
        out->place++;
    }
    for (size_t c = 0; c < channels && ready > 0; c++) {
        struct edf_out_channel *from = &out->channels[c];
        size_t written = ready * from->samples;
        from->used -= written;
        memmove(from->waiting, from->waiting + written, from->used * sizeof *from->waiting);
    }
    return status;
}
