/* Writers of EDF+C and BDF+C; see formats/edf_writer.h for what they choose. */
#include "formats/checked.h"
#include "formats/edf/annotations.h"
#include "formats/edf/writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Room for annotations in a record: its time and one of some 70 bytes; widened when too small. */
#define TEXT_BYTES 96

/* Rounding of products of times and rates, in samples. */
#define SLACK 0.01

static void abort_edf(void *state)
{
    struct edf_out *out = state;
    if (!out) {
        return;
    }
    for (size_t c = 0; out->channels && c < out->info->channel_count; c++) {
        free(out->channels[c].bytes);
    }
    for (size_t i = 0; i < out->tal_count; i++) {
        free(out->tals[i].bytes);
    }
    free(out->channels);
    free(out->tals);
    free(out->area);
    free(out);
}

static enum status open_format(struct output *output, const struct recording_info *info, bool bdf,
                               void **state, struct error *error)
{
    enum status status;
    *state = NULL;
    if (!output_path(output)) {
        return error_set(error, STATUS_USAGE,
                         "%s cannot be written to standard output, since its header is written "
                         "last; name a file, or use AU in a pipe",
                         bdf ? "BDF" : "EDF");
    }
    struct edf_out *out = calloc(1, sizeof *out);
    if (out) {
        *out = (struct edf_out){.output = output,
                                .stream = output_stream(output),
                                .info = info,
                                .bdf = bdf,
                                .width = bdf ? 3 : 2,
                                .zero = info->start.known ? info->start.fraction : 0,
                                .text_bytes = TEXT_BYTES};
        out->channels = checked_calloc(info->channel_count, sizeof *out->channels);
        out->area = malloc(out->text_bytes);
    }
    if (!out || !out->channels || !out->area) {
        status = error_memory(error, "writing EDF");
        goto out;
    }
    status = edf_out_plan(out, error);
    if (status == STATUS_OK) {
        status = edf_out_header(out, false, error);
    }
    if (status == STATUS_OK) {
        *state = out;
        out = NULL;
    }
out:
    abort_edf(out);
    return status;
}

static enum status open_edf(struct output *output, const struct recording_info *info, void **state,
                            struct error *error)
{
    return open_format(output, info, false, state, error);
}

static enum status open_bdf(struct output *output, const struct recording_info *info, void **state,
                            struct error *error)
{
    return open_format(output, info, true, state, error);
}

/* Makes room for `count` more samples; bytes at the end of the channel's queue. */
static unsigned char *reserve(const struct edf_out *out, struct edf_out_channel *to, size_t count)
{
    size_t needed;
    if (!checked_multiply(count, out->width, &needed) || !checked_add(needed, to->used, &needed)) {
        return NULL;
    }
    if (needed > to->room || !to->bytes) {
        size_t room = needed + needed / 2 + 1;
        unsigned char *grown = realloc(to->bytes, room);
        if (!grown) {
            return NULL;
        }
        to->bytes = grown;
        to->room = room;
    }
    return to->bytes + to->used;
}

static void put_digital(const struct edf_out *out, unsigned char *bytes, double digital)
{
    uint32_t bits = (uint32_t)(int32_t)digital;
    for (size_t i = 0; i < out->width; i++) {
        bytes[i] = (unsigned char)(bits >> (8 * i));
    }
}

/* The digital value nearest to a physical one, within the channel's limits. */
static double to_digital(const struct edf_out_channel *to, double value)
{
    double digital = rint((value - to->offset) / to->step);
    return digital < to->lowest ? to->lowest : digital > to->highest ? to->highest : digital;
}

static enum status refuse_sample(const struct edf_out *out, size_t c, uint64_t index, double value,
                                 struct error *error)
{
    const struct channel *channel = &out->info->channels[c];
    double time = (double)index / channel->rate;
    if (isnan(value)) {
        return error_set(error, STATUS_FAILED,
                         "%s: channel '%s' has no value at %.10g s, and EDF cannot hold gaps; "
                         "write WAV, AU or CSV instead",
                         output_name(out->output), channel->label, time);
    }
    return error_set(error, STATUS_FAILED,
                     "%s: channel '%s' reaches %g %s at %.10g s, beyond the range of %s to %s that "
                     "was provided for; write %sWAV or CSV instead",
                     output_name(out->output), channel->label, value, channel->unit, time,
                     out->channels[c].physical_minimum, out->channels[c].physical_maximum,
                     out->bdf ? "" : "BDF, ");
}

static enum status take_samples(struct edf_out *out, size_t c, const float *samples, size_t count,
                                struct error *error)
{
    struct edf_out_channel *to = &out->channels[c];
    unsigned char *bytes = reserve(out, to, count);
    if (!bytes) {
        return error_memory(error, "writing EDF");
    }
    double slack = fabs(to->step) / 2;
    double low = to->offset + to->step * to->lowest - slack;
    double high = to->offset + to->step * to->highest + slack;
    for (size_t i = 0; i < count; i++) {
        double value = samples[i];
        if (isnan(value) || (to->default_range && (value < low || value > high))) {
            return refuse_sample(out, c, to->count + i, value, error);
        }
        put_digital(out, bytes + i * out->width, to_digital(to, value));
    }
    to->used += count * out->width;
    to->count += count;
    return STATUS_OK;
}

/* Writes the records that every channel has whole. */
static enum status write_records(struct edf_out *out, struct error *error)
{
    size_t channels = out->info->channel_count;
    size_t ready = SIZE_MAX;
    for (size_t c = 0; c < channels; c++) {
        size_t records = out->channels[c].used / (out->channels[c].samples * out->width);
        ready = records < ready ? records : ready;
    }
    errno = 0;
    for (size_t r = 0; r < ready; r++) {
        for (size_t c = 0; c < channels; c++) {
            size_t size = out->channels[c].samples * out->width;
            fwrite(out->channels[c].bytes + r * size, size, 1, out->stream);
        }
        edf_out_time(out, out->records, out->area);
        fwrite(out->area, out->text_bytes, 1, out->stream);
        if (ferror(out->stream)) {
            return edf_out_failure(out, error);
        }
        out->records++;
    }
    for (size_t c = 0; c < channels && ready > 0; c++) {
        struct edf_out_channel *from = &out->channels[c];
        size_t written = ready * from->samples * out->width;
        from->used -= written;
        memmove(from->bytes, from->bytes + written, from->used);
    }
    return STATUS_OK;
}

static enum status write_edf(void *state, const struct block *block, struct error *error)
{
    struct edf_out *out = state;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        status = take_samples(out, c, block->samples[c], block->frames[c], error);
    }
    return status == STATUS_OK ? write_records(out, error) : status;
}

/* A time T so that the samples of every channel are those with index / rate < T; when channels
 * end too differently for that, the end of the longest. */
static double end_of(const struct edf_out *out)
{
    double last = 0, earliest = INFINITY, latest = 0;
    for (size_t c = 0; c < out->info->channel_count; c++) {
        double count = (double)out->channels[c].count, rate = out->info->channels[c].rate;
        last = fmax(last, (count - 1) / rate);
        earliest = fmin(earliest, count / rate);
        latest = fmax(latest, count / rate);
    }
    return earliest > last ? earliest : latest;
}

/* Fills all channels up to the same number of records, and says what is filling. */
static enum status fill_up(struct edf_out *out, struct error *error)
{
    enum status status = STATUS_OK;
    uint64_t records = 0;
    bool filled = false;
    double end = end_of(out);
    for (size_t c = 0; c < out->info->channel_count; c++) {
        const struct edf_out_channel *to = &out->channels[c];
        uint64_t needed = to->count / to->samples + (to->count % to->samples > 0);
        records = needed > records ? needed : records;
    }
    for (size_t c = 0; c < out->info->channel_count && status == STATUS_OK; c++) {
        struct edf_out_channel *to = &out->channels[c];
        const struct channel *channel = &out->info->channels[c];
        double ends = (double)to->count / channel->rate;
        size_t missing = (size_t)(records * to->samples - to->count);
        unsigned char *bytes = reserve(out, to, missing);
        if (!bytes) {
            return error_memory(error, "writing EDF");
        }
        for (size_t i = 0; i < missing; i++) {
            put_digital(out, bytes + i * out->width, to_digital(to, 0));
        }
        to->used += missing * out->width;
        filled = filled || missing > 0;
        if (ceil(end * channel->rate - SLACK) > (double)to->count) {
            char text[LABEL_SIZE + 16];
            snprintf(text, sizeof text, "No data: %s", channel->label);
            status = edf_out_annotate(out, ends, end - ends, text, error);
        }
    }
    if (status == STATUS_OK && filled) {
        status = edf_out_annotate(out, end, NAN, EDF_RECORDING_ENDS, error);
    }
    return status == STATUS_OK ? write_records(out, error) : status;
}

static enum status close_edf(void *state, struct error *error)
{
    struct edf_out *out = state;
    enum status status = fill_up(out, error);
    if (status == STATUS_OK && out->records == 0) {
        status = error_set(error, STATUS_FAILED, "%s: there are no samples to write",
                           output_name(out->output));
    }
    for (size_t i = 0; i < out->info->annotation_count && status == STATUS_OK; i++) {
        const struct annotation *annotation = &out->info->annotations[i];
        status =
            edf_out_annotate(out, annotation->onset, annotation->duration, annotation->text, error);
    }
    if (status == STATUS_OK) {
        status = edf_out_annotations(out, error);
    }
    if (status == STATUS_OK) {
        status = edf_out_header(out, true, error);
    }
    abort_edf(out);
    return status;
}

const struct writer writer_edf = {
    .id = "edf",
    .description = "EDF+C, 16 bits",
    .extensions = "edf",
    .streams = false,
    .mixed_rates = true,
    .open = open_edf,
    .write = write_edf,
    .close = close_edf,
    .abort = abort_edf,
};

const struct writer writer_bdf = {
    .id = "bdf",
    .description = "BDF+C, 24 bits",
    .extensions = "bdf",
    .streams = false,
    .mixed_rates = true,
    .open = open_bdf,
    .write = write_edf,
    .close = close_edf,
    .abort = abort_edf,
};
