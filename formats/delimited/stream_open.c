/* Making a stream of a text table: channels, groups, paces. */
#include "formats/checked.h"
#include "formats/delimited/stream.h"

#include <math.h>
#include <string.h>

/* Share by which the times may differ from the header's rate, whose digits are fewer. */
#define RATES_AGREE 1e-3

enum status text_stream_open(struct source *source, const struct reader_options *options,
                             struct recording_info *info, text_stream_fill *fill, void **state,
                             struct error *error)
{
    struct text_preamble preamble;
    *state = NULL;
    struct text_stream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        return error_memory(error, "opening a recording");
    }
    stream->source = source;
    stream->info = info;
    stream->strict = options->strict;
    stream->layout = (struct text_layout){.time = SIZE_MAX, .moment = SIZE_MAX};
    enum status status = text_preamble_open(&preamble, source, error);
    if (status == STATUS_OK) {
        status = fill(stream, &preamble, options->rate, error);
    }
    text_preamble_close(&preamble);
    if (status == STATUS_OK) {
        *state = stream;
    } else {
        text_stream_close(stream);
    }
    return status;
}

enum status text_stream_allocate(struct text_stream *stream, size_t channels, size_t groups,
                                 struct error *error)
{
    if (channels == 0) {
        return error_set(error, STATUS_FAILED, "%s: has no column of samples",
                         source_name(stream->source));
    }
    enum status status = recording_info_allocate(stream->info, channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, source_name(stream->source));
        return status;
    }
    stream->columns = checked_calloc(channels, sizeof *stream->columns);
    stream->groups = checked_calloc(groups, sizeof *stream->groups);
    if (!stream->columns || !stream->groups) {
        return error_memory(error, "opening a recording");
    }
    stream->group_count = groups;
    return STATUS_OK;
}

enum status text_stream_channels(struct text_stream *stream, double rate, struct error *error)
{
    const struct text_layout *layout = &stream->layout;
    size_t count = 0, at = 0;
    for (size_t c = 0; c < layout->column_count; c++) {
        count += layout->columns[c].role == TEXT_ROLE_SIGNAL;
    }
    enum status status = text_stream_allocate(stream, count, 1, error);
    if (status != STATUS_OK) {
        return status;
    }
    stream->groups[0] = (struct text_group){.count = count, .rate = rate};
    for (size_t c = 0; c < layout->column_count; c++) {
        const struct text_column *column = &layout->columns[c];
        if (column->role != TEXT_ROLE_SIGNAL) {
            continue;
        }
        struct channel *channel = &stream->info->channels[at];
        memcpy(channel->label, column->label, sizeof channel->label);
        memcpy(channel->file_unit, column->unit, sizeof channel->file_unit);
        channel->rate = rate;
        stream->columns[at++] = c;
    }
    return STATUS_OK;
}

enum status text_stream_label(struct text_stream *stream, enum text_label_kind kind, size_t column,
                              struct error *error)
{
    struct text_label *grown =
        checked_realloc(stream->labels, stream->label_count + 1, sizeof *stream->labels);
    if (!grown) {
        return error_memory(error, "opening a recording");
    }
    stream->labels = grown;
    struct text_label *label = &grown[stream->label_count++];
    *label = (struct text_label){.kind = kind, .column = column};
    memcpy(label->prefix, stream->layout.columns[column].label, sizeof label->prefix);
    return STATUS_OK;
}

enum status text_stream_times(struct text_stream *stream, size_t index, size_t column, double unit,
                              double rate, const struct text_lines *lines, struct error *error)
{
    struct text_group *group = &stream->groups[index];
    const struct text_layout *layout = &stream->layout;
    const char *name = source_name(stream->source);
    double *times = NULL, resolution = 0;
    struct text_clock clock;
    enum status status =
        text_times_collect(lines, layout->lines, layout, column, unit, &times, &resolution, error);
    if (status != STATUS_OK) {
        return status;
    }
    bool told = text_clock_estimate(&clock, times, layout->rows, resolution);
    free(times);
    if (!told && !(rate > 0)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the times in column %zu do not advance; give the sampling rate with "
                         "--rate",
                         name, column + 1);
    }
    group->rate = rate;
    if (!told) {
        return STATUS_OK; /* too few rows: there is nothing that times could add */
    }
    if (rate > 0 && fabs(clock.rate / rate - 1) <= RATES_AGREE) {
        clock.rate = rate;
    } else if (rate > 0) {
        warnings_add(&stream->info->warnings,
                     "%s: the header says %.10g Hz for '%s', its times say %.10g Hz: these count",
                     name, rate, stream->info->channels[group->first].label, clock.rate);
        if (stream->strict) {
            return error_set(error, STATUS_FAILED,
                             "%s: the header says %.10g Hz for '%s', its times say %.10g Hz", name,
                             rate, stream->info->channels[group->first].label, clock.rate);
        }
    }
    group->pace = TEXT_PACE_TIMES;
    group->column = column;
    group->unit = unit;
    group->rate = clock.rate;
    group->clock = clock;
    return STATUS_OK;
}

enum status text_stream_counter(struct text_stream *stream, size_t index, size_t column,
                                const uint64_t *moduli, const struct text_lines *lines,
                                struct error *error)
{
    struct text_group *group = &stream->groups[index];
    const struct text_layout *layout = &stream->layout;
    double *counts, resolution;
    enum status status =
        text_times_collect(lines, layout->lines, layout, column, 1, &counts, &resolution, error);
    if (status == STATUS_OK) {
        text_counter_learn(&group->counter, counts, layout->rows, moduli);
        group->pace = TEXT_PACE_COUNTER;
        group->column = column;
        free(counts);
    }
    return status;
}

enum status text_stream_begin(struct text_stream *stream, struct error *error)
{
    uint64_t skipped;
    for (size_t g = 0; g < stream->group_count; g++) {
        const struct text_group *group = &stream->groups[g];
        for (size_t c = group->first; c < group->first + group->count; c++) {
            stream->info->channels[c].rate = group->rate;
        }
    }
    enum status status = source_skip(stream->source, stream->layout.start, &skipped, error);
    if (status == STATUS_OK) {
        status = text_rows_open(&stream->rows, stream->source, &stream->layout, stream->strict,
                                &stream->info->warnings, error);
    }
    for (size_t g = 0; g < stream->group_count && status == STATUS_OK; g++) {
        const struct text_group *group = &stream->groups[g];
        if (group->pace == TEXT_PACE_TIMES) {
            stream->rows.required[group->column] = true;
        }
    }
    for (size_t i = 0; i < stream->label_count && status == STATUS_OK; i++) {
        stream->rows.kept[stream->labels[i].column] = true;
        stream->rows.keeping = true;
    }
    return status;
}

void text_stream_close(void *state)
{
    struct text_stream *stream = state;
    if (stream) {
        text_layout_clear(&stream->layout);
        text_rows_close(&stream->rows);
        free(stream->columns);
        free(stream->groups);
        free(stream->labels);
        free(stream->context);
        free(stream);
    }
}
