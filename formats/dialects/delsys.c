/* Delsys tables: EMGworks exports, with a block of lines that describes each channel or with
 * units in the names of columns, and Trigno Discover exports. A column of times before each
 * channel, rates that differ, columns that end sooner than others. */
#include "formats/dialects/delsys.h"

#include "formats/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times are written with seven digits in all. */
#define TIME_DIGITS 6e-7

/* The latest beginning of a channel, behind the others, that is believed. */
#define LATE_SECONDS_MAX 3600.0

static struct probe delsys_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    bool block = text_head_starts(head, size, "Label:") &&
                 text_head_has(head, size, 1000, "Sampling frequency:");
    bool discover = text_head_has(head, size, 200, "Trigno Discover") ||
                    (text_head_has(head, size, 16384, " Time Series (s)") &&
                     text_head_has(head, size, 16384, "sensor mode"));
    bool row = text_head_starts(head, size, "X[s]") || text_head_starts(head, size, "X [s]") ||
               text_head_starts(head, size, "\"X[s]\"") ||
               text_head_starts(head, size, "\"X [s]\"");
    const unsigned char *end = memchr(head, '\n', size);
    size_t line = end ? (size_t)(end - head) : size;
    row =
        row && (text_head_has(head, line, line, "EMG") || text_head_has(head, line, line, "ACC") ||
                text_head_has(head, line, line, "rigno"));
    if (block || discover || row) {
        probe.verdict = PROBE_MINE;
        probe.confidence = row ? 75 : 85;
    }
    return probe;
}

/* A marker stands in a row of its own count, whatever the samples beside it. */
static enum status take_marker(struct text_stream *stream, struct error *error)
{
    const struct delsys_header *header = stream->context;
    const struct text_cell *cell = &stream->rows.cells[header->marker_name];
    double onset = stream->rows.row[header->marker_onset];
    char name[LABEL_SIZE];
    if (!isfinite(onset) || !cell->start || cell->start == cell->end ||
        stream->info->annotation_count >= TEXT_ANNOTATIONS_MAX) {
        return STATUS_OK;
    }
    text_from_field(name, sizeof name, cell->start, (size_t)(cell->end - cell->start));
    return recording_info_annotate(stream->info, onset - header->origin, NAN, name, strlen(name),
                                   error);
}

/* Rates, from the header and the times. `given` stands for the EMG channels: other rates are not
 * the user's to say. */
static enum status find_rates(struct text_stream *stream, const struct text_preamble *preamble,
                              double given, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t g = 0; g < stream->group_count && status == STATUS_OK; g++) {
        struct text_group *group = &stream->groups[g];
        const struct channel *channel = &stream->info->channels[group->first];
        enum channel_type type = text_channel_type(channel->label, "", channel->file_unit);
        if (given > 0 && (type != CHANNEL_OTHER || stream->group_count == 1)) {
            group->rate = given;
        } else if (group->column != SIZE_MAX) {
            status = text_stream_times(stream, g, group->column, 1, channel->rate, &preamble->lines,
                                       error);
            group->clock.relative = TIME_DIGITS;
        } else if (channel->rate > 0) {
            group->rate = channel->rate;
        } else {
            status = error_set(error, STATUS_NO_RATE,
                               "%s: has no times for '%s', and its header tells no sampling rate; "
                               "give it with --rate",
                               source_name(stream->source), channel->label);
        }
    }
    return status;
}

/* Channels may begin at different times: the recording begins with the first, and what others lack
 * is missing. */
static void find_origin(struct text_stream *stream, const struct text_preamble *preamble,
                        struct delsys_header *header)
{
    const char *line = preamble->lines.starts[header->first];
    const char *end = preamble->lines.ends[header->first];
    for (int turn = 0; turn < 2; turn++) {
        const char *p = line;
        struct text_cell cell;
        size_t g = 0;
        for (size_t c = 0;
             g < stream->group_count && text_cell_next(&p, end, header->dialect.delimiter, &cell);
             c++) {
            struct text_group *group = &stream->groups[g];
            double time;
            if (group->column != c) {
                continue;
            }
            g++;
            if (group->pace != TEXT_PACE_TIMES ||
                text_cell_value(&cell, &header->dialect, &time) != TEXT_NUMBER || !isfinite(time)) {
                continue;
            }
            if (turn == 0) {
                header->origin = isnan(header->origin) ? time : fmin(header->origin, time);
            } else {
                double late = rint((time - header->origin) * group->rate);
                group->blank = late < LATE_SECONDS_MAX * group->rate ? (uint64_t)late : 0;
            }
        }
    }
    header->origin = isnan(header->origin) ? 0 : header->origin;
}

static void find_start(const struct text_preamble *preamble, size_t end, struct start_time *start)
{
    char line[200];
    struct text_moment moment;
    size_t at = text_preamble_find(preamble, 0, "Date/Time:");
    if (at < end) {
        text_preamble_line(preamble, at, line, sizeof line);
        const char *p = line + strlen("Date/Time:");
        char *last = line + strlen(line);
        while (last > p && strchr(" ,;\t\"", last[-1])) {
            *--last = '\0';
        }
        if (text_moment_from(p + strspn(p, " ,;\t\""), &moment)) {
            text_moment_set_start(start, &moment, NULL);
        }
    }
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct delsys_header *header = malloc(sizeof *header);
    const char *name = source_name(stream->source);
    if (!header) {
        return error_memory(error, "opening a recording");
    }
    stream->context = header;
    enum status status = delsys_find(preamble, name, header, error);
    if (status == STATUS_OK) {
        status = text_preamble_columns(preamble, header->first, header->columns, &header->dialect,
                                       &stream->layout, error);
    }
    if (status == STATUS_OK) {
        status = text_stream_allocate(stream, header->channels, header->channels, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    delsys_fill(preamble, header, stream);
    find_start(preamble, header->names, &stream->info->start);
    status = find_rates(stream, preamble, given, error);
    if (status == STATUS_OK) {
        find_origin(stream, preamble, header);
        status = text_stream_begin(stream, error);
    }
    if (status == STATUS_OK && header->marker_name != SIZE_MAX) {
        stream->each_row = take_marker;
        stream->rows.kept[header->marker_name] = true;
        stream->rows.keeping = true;
    }
    return status;
}

static enum status delsys_open(struct source *source, const struct reader_options *options,
                               struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_delsys = {
    .id = "delsys",
    .description = "Delsys EMGworks and Trigno Discover tables",
    .extensions = "csv txt",
    .streams = true,
    .probe = delsys_probe,
    .open = delsys_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
