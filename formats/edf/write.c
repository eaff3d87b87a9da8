/* Writers of EDF+ and BDF+; see writer.h for what they choose. */
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
        free(out->channels[c].waiting);
    }
    for (size_t i = 0; i < out->tal_count; i++) {
        free(out->tals[i].bytes);
    }
    free(out->channels);
    free(out->tals);
    free(out->list);
    free(out->data);
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
    }
    if (!out || !out->channels) {
        status = error_memory(error, "writing EDF");
        goto out;
    }
    status = edf_out_plan(out, error);
    if (status == STATUS_OK) {
        out->data = malloc(out->data_bytes);
        status = out->data ? STATUS_OK : error_memory(error, "writing EDF");
    }
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

/* Makes room for `count` more samples, and returns where they go; NULL when memory runs out. */
static float *reserve(struct edf_out_channel *to, size_t count)
{
    size_t needed;
    if (!checked_add(count, to->used, &needed)) {
        return NULL;
    }
    if (needed > to->room || !to->waiting) {
        size_t room = needed + needed / 2 + 1;
        float *grown = checked_realloc(to->waiting, room, sizeof *grown);
        if (!grown) {
            return NULL;
        }
        to->waiting = grown;
        to->room = room;
    }
    return to->waiting + to->used;
}

static enum status refuse_sample(const struct edf_out *out, size_t c, uint64_t index, double value,
                                 struct error *error)
{
    const struct channel *channel = &out->info->channels[c];
    return error_set(error, STATUS_FAILED,
                     "%s: channel '%s' reaches %g %s at %.10g s, beyond the range of %s to %s that "
                     "was provided for; %s, or write %sWAV or CSV instead",
                     output_name(out->output), channel->label, value, channel->unit,
                     (double)index / channel->rate, out->channels[c].physical_minimum,
                     out->channels[c].physical_maximum, "give a --range that holds it",
                     out->bdf ? "" : "BDF, ");
}

static enum status take_samples(struct edf_out *out, size_t c, const float *samples, size_t count,
                                struct error *error)
{
    struct edf_out_channel *to = &out->channels[c];
    float *waiting = reserve(to, count);
    if (!waiting) {
        return error_memory(error, "writing EDF");
    }
    double slack = fabs(to->step) / 2;
    double low = to->offset + to->step * to->lowest - slack;
    double high = to->offset + to->step * to->highest + slack;
    for (size_t i = 0; to->default_range && i < count; i++) {
        if (samples[i] < low || samples[i] > high) {
            return refuse_sample(out, c, to->count + i, samples[i], error);
        }
    }
    if (count > 0) {
        memcpy(waiting, samples, count * sizeof *waiting);
    }
    to->used += count;
    to->count += count;
    return STATUS_OK;
}

static enum status write_edf(void *state, const struct block *block, struct error *error)
{
    struct edf_out *out = state;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        status = take_samples(out, c, block->samples[c], block->frames[c], error);
    }
    return status == STATUS_OK ? edf_out_records(out, false, error) : status;
}

/* The rate that the file gives a channel. */
static double rate_of(const struct edf_out *out, size_t c)
{
    return (double)out->channels[c].samples / out->duration;
}

/* A time T so that the samples of every channel are those with index / rate < T; when channels
 * end too differently for that, the end of the longest. */
static double end_of(const struct edf_out *out)
{
    double last = 0, earliest = INFINITY, latest = 0;
    for (size_t c = 0; c < out->info->channel_count; c++) {
        double count = (double)out->channels[c].count, rate = rate_of(out, c);
        last = fmax(last, (count - 1) / rate);
        earliest = fmin(earliest, count / rate);
        latest = fmax(latest, count / rate);
    }
    return earliest > last ? earliest : latest;
}

/* Fills all channels up to the same number of records: what a channel lacks up to the end of the
 * recording is missing, what is behind that is filling. */
static enum status fill_up(struct edf_out *out, struct error *error)
{
    uint64_t records = 0;
    bool filled = false;
    double end = end_of(out);
    for (size_t c = 0; c < out->info->channel_count; c++) {
        const struct edf_out_channel *to = &out->channels[c];
        uint64_t needed = to->count / to->samples + (to->count % to->samples > 0);
        records = needed > records ? needed : records;
    }
    for (size_t c = 0; c < out->info->channel_count; c++) {
        struct edf_out_channel *to = &out->channels[c];
        size_t filling = (size_t)(records * to->samples - to->count);
        double missing = ceil(end * rate_of(out, c) - SLACK) - (double)to->count;
        float *waiting = reserve(to, filling);
        if (!waiting) {
            return error_memory(error, "writing EDF");
        }
        for (size_t i = 0; i < filling; i++) {
            waiting[i] = (double)i < missing ? NAN : 0;
        }
        to->used += filling;
        filled = filled || (double)filling > fmax(missing, 0);
    }
    enum status status = edf_out_records(out, true, error);
    if (status == STATUS_OK && filled) {
        status = edf_out_annotate(out, end, NAN, EDF_RECORDING_ENDS, error);
    }
    return status;
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
    .description = "EDF+C, or EDF+D where there are gaps, 16 bits",
    .extensions = "edf",
    .streams = false,
    .mixed_rates = true,
    .bits = 16,
    .annotations = true,
    .open = open_edf,
    .write = write_edf,
    .close = close_edf,
    .abort = abort_edf,
};

const struct writer writer_bdf = {
    .id = "bdf",
    .description = "BDF+C, or BDF+D where there are gaps, 24 bits",
    .extensions = "bdf",
    .streams = false,
    .mixed_rates = true,
    .bits = 24,
    .annotations = true,
    .open = open_bdf,
    .write = write_edf,
    .close = close_edf,
    .abort = abort_edf,
};
