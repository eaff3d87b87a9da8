/* What the OpenBCI GUI records as text: comments that begin with '%', then rows. Versions up to 3
 * have no row of names, and the time of day in the last column; later ones name their columns.
 * The first column is the board's sample index, which turns at 255 (Cyton), 200 (Ganglion) or
 * 100; EXG columns are microvolts already. */
#include "formats/delimited/preamble.h"
#include "formats/delimited/stream.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Columns of the accelerometer in versions up to 3. */
#define ACCELEROMETER 3

static const uint64_t moduli[] = {256, 201, 101, 200, 100, 0};

static struct probe openbci_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    if (text_head_starts(head, size, "%OpenBCI Raw")) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 90;
    }
    return probe;
}

/* Commas with and without a blank behind them in one row: decimal commas among commas. */
static bool has_decimal_commas(const struct text_preamble *preamble,
                               const struct text_layout *layout)
{
    const char *p = preamble->text + layout->start;
    const char *end = memchr(p, '\n', preamble->size - layout->start);
    bool joined = false, apart = false;
    for (end = end ? end : preamble->text + preamble->size; p + 1 < end; p++) {
        apart = apart || (p[0] == ',' && p[1] == ' ');
        joined = joined || (p[0] == ',' && p[1] >= '0' && p[1] <= '9');
    }
    return joined && apart;
}

/* Makes of each column what its name says. */
static void use_names(struct text_layout *layout)
{
    for (size_t c = 0; c < layout->column_count; c++) {
        struct text_column *column = &layout->columns[c];
        bool passed = c == 0 || strncasecmp(column->label, "Timestamp", 9) == 0 ||
                      strcasecmp(column->label, "Marker Channel") == 0 ||
                      strcasecmp(column->label, "Annotations") == 0 ||
                      column->role != TEXT_ROLE_SIGNAL;
        column->role = passed ? TEXT_ROLE_PASSED : TEXT_ROLE_SIGNAL;
        if (strncasecmp(column->label, "EXG", 3) == 0 ||
            strncasecmp(column->label, "EEG", 3) == 0) {
            strcpy(column->unit, "uV");
        } else if (strncasecmp(column->label, "Accel", 5) == 0) {
            strcpy(column->unit, "g");
        }
    }
}

/* Names the columns of versions up to 3: index, signals, accelerometer, clock. False when there
 * are fewer than that. */
static bool make_names(struct text_layout *layout, double channels)
{
    size_t last = layout->column_count; /* behind the last number before the clock */
    for (size_t c = layout->column_count; c-- > 1;) {
        last = layout->columns[c].role != TEXT_ROLE_SIGNAL ? c : last;
    }
    double least = 1 + (channels >= 1 ? channels : 1);
    if ((double)last < least) {
        return false;
    }
    size_t others = last > 1 + ACCELEROMETER ? ACCELEROMETER : 0;
    size_t signals = channels >= 1 ? (size_t)channels : last - 1 - others;
    for (size_t c = 1; c < layout->column_count; c++) {
        struct text_column *column = &layout->columns[c];
        if (c >= last) {
            snprintf(column->label, sizeof column->label, "Timestamp %zu", c - last);
        } else if (c <= signals) {
            snprintf(column->label, sizeof column->label, "EXG Channel %zu", c - 1);
        } else if (c <= signals + ACCELEROMETER) {
            snprintf(column->label, sizeof column->label, "Accel Channel %zu", c - 1 - signals);
        } else {
            snprintf(column->label, sizeof column->label, "Other");
        }
    }
    return true;
}

static enum status find_columns(const struct text_stream *stream, struct text_layout *layout,
                                const struct text_preamble *preamble, struct error *error)
{
    const char *name = source_name(stream->source);
    double channels = text_preamble_number(preamble, layout->lines, '%', "Number of channels");
    size_t named = 0;
    if (has_decimal_commas(preamble, layout)) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: has commas both between and in its numbers; export it with a decimal "
                         "point (an English locale), or replace ', ' by '; ' in its rows",
                         name);
    }
    for (size_t c = 0; c < layout->column_count; c++) {
        named += strncasecmp(layout->columns[c].label, "EXG", 3) == 0;
    }
    if (named == 0 && !make_names(layout, channels)) {
        return error_set(error, STATUS_FAILED,
                         "%s: rows have %zu columns, too few for an index and %g channels", name,
                         layout->column_count, channels >= 1 ? channels : 1);
    }
    use_names(layout);
    return STATUS_OK;
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    enum status status =
        text_preamble_table(preamble, 0, source_name(stream->source), layout, error);
    if (status == STATUS_OK) {
        status = find_columns(stream, layout, preamble, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    double rate =
        given > 0 ? given : text_preamble_number(preamble, layout->lines, '%', "Sample Rate");
    if (!(rate > 0)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: its comments tell no sample rate; give it with --rate",
                         source_name(stream->source));
    }
    layout->time = layout->moment = SIZE_MAX;
    status = text_stream_channels(stream, rate, error);
    for (size_t c = 0; c < stream->info->channel_count && status == STATUS_OK; c++) {
        struct channel *channel = &stream->info->channels[c];
        bool exg = strcmp(channel->file_unit, "uV") == 0;
        channel->type = exg ? CHANNEL_UNKNOWN : CHANNEL_OTHER;
    }
    for (size_t c = 0; c < layout->column_count && status == STATUS_OK; c++) {
        if (strcasecmp(layout->columns[c].label, "Marker Channel") == 0 ||
            strcasecmp(layout->columns[c].label, "Annotations") == 0) {
            status = text_stream_label(stream, TEXT_LABEL_EVENT, c, error);
        }
    }
    if (status == STATUS_OK) {
        status = text_stream_counter(stream, 0, 0, moduli, &preamble->lines, error);
    }
    stream->info->start = layout->began_utc ? (struct start_time){0} : layout->began;
    return status == STATUS_OK ? text_stream_begin(stream, error) : status;
}

static enum status openbci_open(struct source *source, const struct reader_options *options,
                                struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_openbci = {
    .id = "openbci",
    .description = "OpenBCI GUI recordings (text)",
    .extensions = "txt csv",
    .streams = true,
    .probe = openbci_probe,
    .open = openbci_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
