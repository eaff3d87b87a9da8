#include "formats/dialects/delsys.h"

#include "formats/number.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Lines between the names and the first row: rates, intervals. */
#define LINES_BETWEEN 8

/* Columns of times, one for each channel: 32 sensors have a few hundred. */
#define TIMES_MAX 2048

static void copy_cell(const struct text_cell *cell, char *to, size_t size)
{
    text_from_field(to, size, cell->start, (size_t)(cell->end - cell->start));
}

bool delsys_is_time(const struct text_cell *cell)
{
    static const char *const names[] = {"X[s]", "X [s]", "X (s)", "X(s)", "X", NULL};
    char name[LABEL_SIZE];
    copy_cell(cell, name, sizeof name);
    for (size_t i = 0; names[i]; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return strcasestr(name, "Time Series") != NULL;
}

/* Whether the line names columns, with this delimiter between. */
static bool names_columns(const struct text_preamble *preamble, size_t line, char delimiter)
{
    const char *p = preamble->lines.starts[line], *end = preamble->lines.ends[line];
    struct text_cell cell;
    return text_cell_next(&p, end, delimiter, &cell) && p && delsys_is_time(&cell);
}

/* The first row: the first line whose first filled cell is a number; its decimal mark. */
static bool find_first_row(const struct text_preamble *preamble, struct delsys_header *header)
{
    const struct text_lines *lines = &preamble->lines;
    for (size_t i = header->names + 1; i < lines->count && i <= header->names + LINES_BETWEEN;
         i++) {
        const char *p = lines->starts[i];
        struct text_cell cell;
        double value;
        if (!text_cell_next(&p, lines->ends[i], header->dialect.delimiter, &cell)) {
            continue;
        }
        for (int turn = 0; turn < 2; turn++) {
            header->dialect.mark = turn ? ',' : '.';
            if ((turn == 0 || header->dialect.delimiter != ',') &&
                text_cell_value(&cell, &header->dialect, &value) == TEXT_NUMBER) {
                header->first = i;
                return true;
            }
        }
    }
    return false;
}

/* "0" says nothing of the decimal mark: the rows behind it do. */
static void find_mark(const struct text_preamble *preamble, struct delsys_header *header)
{
    const struct text_lines *lines = &preamble->lines;
    for (size_t i = header->first; i < lines->count && header->dialect.delimiter != ','; i++) {
        size_t length = (size_t)(lines->ends[i] - lines->starts[i]);
        bool comma = memchr(lines->starts[i], ',', length);
        if (comma || memchr(lines->starts[i], '.', length)) {
            header->dialect.mark = comma ? ',' : '.';
            return;
        }
    }
}

/* The table of markers that Trigno Discover puts to the right: its names stand in a line between.
 */
static void find_markers(const struct text_preamble *preamble, struct delsys_header *header)
{
    for (size_t i = header->names + 1; i < header->first; i++) {
        const char *p = preamble->lines.starts[i];
        struct text_cell cell;
        char name[LABEL_SIZE];
        size_t label = SIZE_MAX, onset = SIZE_MAX;
        for (size_t c = 0;
             text_cell_next(&p, preamble->lines.ends[i], header->dialect.delimiter, &cell); c++) {
            copy_cell(&cell, name, sizeof name);
            label = strcmp(name, "Name") == 0 ? c : label;
            onset = strncmp(name, "Time (s)", 8) == 0 ? c : onset;
        }
        if (label != SIZE_MAX && onset != SIZE_MAX) {
            header->marker_name = label;
            header->marker_onset = onset;
            size_t last = label > onset ? label : onset;
            header->columns = last >= header->columns ? last + 1 : header->columns;
        }
    }
}

enum status delsys_find(const struct text_preamble *preamble, const char *name,
                        struct delsys_header *header, struct error *error)
{
    static const char delimiters[] = {',', ';', '\t'};
    *header =
        (struct delsys_header){.marker_name = SIZE_MAX, .marker_onset = SIZE_MAX, .origin = NAN};
    header->dialect.line_end = text_lines_end(preamble->text, preamble->size);
    for (size_t i = 0; i < preamble->lines.count && !header->dialect.delimiter; i++) {
        for (size_t d = 0; d < sizeof delimiters && !header->dialect.delimiter; d++) {
            if (names_columns(preamble, i, delimiters[d])) {
                header->dialect.delimiter = delimiters[d];
                header->names = i;
            }
        }
    }
    if (!header->dialect.delimiter) {
        return error_set(error, STATUS_FAILED,
                         "%s: no line among the first %zu names the columns ('X[s]', 'Time "
                         "Series (s)')",
                         name, preamble->lines.count);
    }
    if (!find_first_row(preamble, header)) {
        return error_set(error, STATUS_FAILED,
                         "%s: no row of numbers follows the names of columns in line %zu; was the "
                         "file cut short?",
                         name, header->names + 1);
    }
    find_mark(preamble, header);
    const char *p = preamble->lines.starts[header->names];
    struct text_cell cell;
    for (size_t c = 0;
         text_cell_next(&p, preamble->lines.ends[header->names], header->dialect.delimiter, &cell);
         c++) {
        bool time = delsys_is_time(&cell), filled = cell.start < cell.end;
        header->times += time;
        header->channels += filled && !time;
        header->columns = filled ? c + 1 : header->columns;
    }
    if (header->times > TIMES_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: names %zu columns of times, more than any device has", name,
                         header->times);
    }
    find_markers(preamble, header);
    return STATUS_OK;
}

/* Names, units and groups from the line of names. */
static void fill_names(const struct text_preamble *preamble, const struct delsys_header *header,
                       struct text_stream *stream)
{
    const char *p = preamble->lines.starts[header->names];
    struct text_group *group = NULL;
    struct text_cell cell;
    size_t at = 0, used = 0, time = SIZE_MAX;
    for (size_t c = 0;
         text_cell_next(&p, preamble->lines.ends[header->names], header->dialect.delimiter, &cell);
         c++) {
        struct text_column *column = &stream->layout.columns[c < header->columns ? c : 0];
        if (cell.start == cell.end) {
            continue;
        }
        if (delsys_is_time(&cell)) {
            time = c;
            continue;
        }
        if (!group || group->column != time) {
            group = &stream->groups[used++];
            *group = (struct text_group){.first = at, .column = time, .ends = true};
        }
        struct channel *channel = &stream->info->channels[at];
        text_header_parse(&cell, column);
        memcpy(channel->label, column->label, sizeof channel->label);
        memcpy(channel->file_unit, column->unit, sizeof channel->file_unit);
        channel->rate = NAN;
        group->count++;
        stream->columns[at++] = c;
    }
    stream->group_count = used;
}

/* "Label: NAME Sampling frequency: R Number of points: N start: S Unit: U Domain Unit: s" */
static void fill_block_line(const char *line, struct text_stream *stream, size_t g, size_t c)
{
    struct channel *channel = &stream->info->channels[c];
    const char *unit = strstr(line, " Unit: "), *domain = strstr(line, " Domain Unit:");
    double points = text_number_after(line, "Number of points:");
    double rate = text_number_after(line, "Sampling frequency:");
    channel->rate = rate > 0 ? rate : NAN;
    if (points > 0 && points < 1e15) {
        stream->groups[g].claimed = (uint64_t)points;
    }
    if (unit && (!domain || unit < domain)) {
        unit += strlen(" Unit: ");
        text_from_field(channel->file_unit, sizeof channel->file_unit, unit,
                        domain ? (size_t)(domain - unit) : strlen(unit));
    }
}

/* The block of lines before the names, one for each channel in order. */
static void fill_block(const struct text_preamble *preamble, const struct delsys_header *header,
                       struct text_stream *stream)
{
    char line[400];
    size_t count = 0, g = 0, c = 0;
    for (size_t i = 0; i < header->names; i++) {
        text_preamble_line(preamble, i, line, sizeof line);
        count += strncmp(line, "Label:", 6) == 0;
    }
    if (count != stream->info->channel_count) {
        if (count > 0) {
            warnings_add(&stream->info->warnings,
                         "%s: the header describes %zu channels, but %zu columns are named: rates "
                         "and units are taken from the columns",
                         source_name(stream->source), count, stream->info->channel_count);
        }
        return;
    }
    for (size_t i = 0; i < header->names; i++) {
        text_preamble_line(preamble, i, line, sizeof line);
        if (strncmp(line, "Label:", 6) == 0) {
            g += c == stream->groups[g].first + stream->groups[g].count;
            fill_block_line(line, stream, g, c++);
        }
    }
}

/* Goes along a line of cells that stand over the channels' columns. */
static void fill_rates(const struct text_preamble *preamble, const struct delsys_header *header,
                       struct text_stream *stream)
{
    for (size_t i = header->names + 1; i < header->first; i++) {
        const char *p = preamble->lines.starts[i];
        struct text_cell cell;
        char text[LABEL_SIZE];
        size_t at = 0;
        for (size_t c = 0;
             at < stream->info->channel_count &&
             text_cell_next(&p, preamble->lines.ends[i], header->dialect.delimiter, &cell);
             c++) {
            if (stream->columns[at] != c) {
                continue;
            }
            copy_cell(&cell, text, sizeof text);
            double rate = strstr(text, "Hz") ? text_number_after(text, "") : NAN;
            stream->info->channels[at].rate = rate > 0 ? rate : stream->info->channels[at].rate;
            at++;
        }
    }
}

/* Sensors stand in the line before that of their modes, over their first column: "Biceps
 * (81728)". */
static void fill_sensors(const struct text_preamble *preamble, const struct delsys_header *header,
                         struct text_stream *stream)
{
    size_t modes = text_preamble_find(preamble, 0, "sensor mode");
    char sensor[LABEL_SIZE] = "", text[LABEL_SIZE], label[2 * LABEL_SIZE];
    struct text_cell cell;
    size_t at = 0;
    if (modes == SIZE_MAX || modes == 0 || modes > header->names) {
        return;
    }
    const char *p = preamble->lines.starts[modes - 1];
    for (size_t c = 0; at < stream->info->channel_count; c++) {
        if (text_cell_next(&p, preamble->lines.ends[modes - 1], header->dialect.delimiter, &cell)) {
            copy_cell(&cell, text, sizeof text);
            if (text[0]) {
                memcpy(sensor, text, sizeof sensor);
            }
        }
        if (stream->columns[at] != c) {
            continue;
        }
        struct channel *channel = &stream->info->channels[at++];
        char *serial = strrchr(sensor, '(');
        size_t length = serial && sensor[strlen(sensor) - 1] == ')' ? (size_t)(serial - sensor)
                                                                    : strlen(sensor);
        text_from_field(text, sizeof text, sensor, length);
        int wrote =
            snprintf(label, sizeof label, "%s%s%s", text, text[0] ? ": " : "", channel->label);
        text_from_field(channel->label, sizeof channel->label, label, (size_t)wrote);
        memcpy(channel->description, sensor, sizeof channel->description);
    }
}

void delsys_fill(const struct text_preamble *preamble, const struct delsys_header *header,
                 struct text_stream *stream)
{
    fill_names(preamble, header, stream);
    fill_block(preamble, header, stream);
    fill_rates(preamble, header, stream);
    fill_sensors(preamble, header, stream);
}
