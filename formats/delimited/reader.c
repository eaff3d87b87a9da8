/* Text tables: a row a sample, a column a channel; comma, semicolon, tab or blanks between, point
 * or comma as the decimal mark. See layout.h for how they are found out, clock.h for columns of
 * times, remarks.h for what the lines before them may tell, and stream.h for how rows become
 * samples. Tables of known programs have readers of their own (formats/dialects). */
#include "formats/delimited/remarks.h"
#include "formats/delimited/stream.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A column of numbers is taken for labels when it changes in fewer than one of so many rows. */
#define LABEL_ROWS 100

#define OCTAVE_REASON                                                                              \
    "variables in Octave's text format are not read; save them with save -v7 in Octave"

static struct probe text_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    struct text_layout layout;
    enum text_verdict verdict;
    (void)path;
    if (text_layout_detect(head, size, size < SOURCE_PEEK_MAX, &layout, &verdict, NULL) !=
        STATUS_OK) {
        return probe;
    }
    switch (verdict) {
    case TEXT_TABLE:
        probe.verdict = PROBE_MINE;
        probe.confidence = 10;
        break;
    case TEXT_NO_TABLE:
        probe.verdict = PROBE_BROKEN;
        probe.confidence = 1;
        snprintf(probe.reason, sizeof probe.reason,
                 "this is text, but no table of numbers; is it the right file, and does it hold "
                 "any values?");
        break;
    case TEXT_UTF16:
        probe.verdict = PROBE_UNSUPPORTED;
        probe.confidence = 10;
        snprintf(probe.reason, sizeof probe.reason,
                 "UTF-16 text is not read; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)");
        break;
    case TEXT_OCTAVE:
        probe.verdict = PROBE_UNSUPPORTED;
        probe.confidence = 50;
        snprintf(probe.reason, sizeof probe.reason, OCTAVE_REASON);
        break;
    case TEXT_BINARY:
        break;
    }
    text_layout_clear(&layout);
    return probe;
}

static enum status detect_layout(struct text_stream *stream, struct error *error)
{
    const char *name = source_name(stream->source);
    const unsigned char *head;
    size_t size;
    enum text_verdict verdict;
    enum status status = source_peek(stream->source, SOURCE_PEEK_MAX, &head, &size, error);
    if (status == STATUS_OK) {
        status = text_layout_detect(head, size, size < SOURCE_PEEK_MAX, &stream->layout, &verdict,
                                    error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    switch (verdict) {
    case TEXT_TABLE:
        return STATUS_OK;
    case TEXT_UTF16:
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: UTF-16 text is not read; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)",
                         name);
    case TEXT_OCTAVE:
        return error_set(error, STATUS_UNSUPPORTED, "%s: " OCTAVE_REASON, name);
    case TEXT_BINARY:
        return error_set(error, STATUS_FAILED, "%s: is no text: it holds control characters", name);
    case TEXT_NO_TABLE:
        break;
    }
    return error_set(error, STATUS_FAILED,
                     "%s: holds no table: rows of numbers with the same number of columns", name);
}

/* The caller knows better than the times: they are neither used nor delivered. */
static void pass_times(struct text_layout *layout)
{
    for (size_t c = 0; c < layout->column_count; c++) {
        struct text_column *column = &layout->columns[c];
        if (column->named_time || column->role == TEXT_ROLE_TIME) {
            column->role = TEXT_ROLE_PASSED;
            column->named_time = true;
        }
    }
    layout->time = layout->moment = SIZE_MAX;
}

/* Finds the rate: the caller's, that of the column of times, or what a remark says. */
static enum status find_rate(struct text_stream *stream, double given,
                             const struct text_remarks *remarks, struct text_clock *clock,
                             double *rate, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    const char *name = source_name(stream->source);
    if (given > 0) {
        pass_times(layout);
        *rate = given;
        return STATUS_OK;
    }
    if (layout->times_named > 1) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: has %zu columns of times; tables with a time for each channel are "
                         "not read; keep one, or give the rate with --rate",
                         name, layout->times_named);
    }
    if (layout->time == SIZE_MAX && remarks->rate > 0) {
        warnings_add(&stream->info->warnings,
                     "%s: the rate of %.10g Hz is taken from a remark in line %zu", name,
                     remarks->rate, remarks->rate_line);
        *rate = remarks->rate;
        return STATUS_OK;
    }
    if (layout->time == SIZE_MAX) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: has no column of times; give the sampling rate with --rate", name);
    }
    if (!text_clock_estimate(clock, layout->times, layout->rows, layout->resolution)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the times in column %zu do not advance; give the sampling rate with "
                         "--rate",
                         name, layout->time + 1);
    }
    *rate = clock->rate;
    if (isnan(layout->columns[layout->time].time_unit) && *rate < 10) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the times in column %zu step by %g and have no unit: are they "
                         "milliseconds, or an index? Name the column 'time (ms)', or give the "
                         "sampling rate with --rate",
                         name, layout->time + 1, 1 / *rate);
    }
    if (layout->moment == layout->time && *rate < 10) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the clock times in column %zu are %g s apart, as in a log; if each "
                         "row is a sample all the same, give the sampling rate with --rate",
                         name, layout->time + 1, 1 / *rate);
    }
    return STATUS_OK;
}

/* Whether a column's name says that it holds labels, and of which kind. */
static bool is_label_name(const char *name, enum text_label_kind *kind)
{
    static const struct {
        const char *name;
        enum text_label_kind kind;
    } names[] = {{"label", TEXT_LABEL_STATE},      {"labels", TEXT_LABEL_STATE},
                 {"class", TEXT_LABEL_STATE},      {"state", TEXT_LABEL_STATE},
                 {"marker", TEXT_LABEL_EVENT},     {"markers", TEXT_LABEL_EVENT},
                 {"event", TEXT_LABEL_EVENT},      {"events", TEXT_LABEL_EVENT},
                 {"annotation", TEXT_LABEL_EVENT}, {"annotations", TEXT_LABEL_EVENT}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            *kind = names[i].kind;
            return true;
        }
    }
    return false;
}

/* Takes columns of labels out of the signals. */
static enum status find_labels(struct text_stream *stream, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < layout->column_count && status == STATUS_OK; c++) {
        struct text_column *column = &layout->columns[c];
        enum text_label_kind kind;
        bool words = column->role == TEXT_ROLE_PASSED && column->moment == TEXT_MOMENT_NONE &&
                     !column->named_time;
        bool states = column->role == TEXT_ROLE_SIGNAL && column->wholes &&
                      column->changes <= layout->rows / 2;
        if ((words || states) && is_label_name(column->label, &kind)) {
            status = text_stream_label(stream, kind, c, error);
            column->role = TEXT_ROLE_PASSED;
            column->named_time = true; /* nothing is to be said of it */
        }
    }
    return status;
}

/* A last column without a name, of whole numbers that seldom change while all others do: labels,
 * it seems. It is no EMG, at any rate; whether it says anything, the user knows. */
static void type_last_column(struct text_stream *stream)
{
    const struct text_layout *layout = &stream->layout;
    struct recording_info *info = stream->info;
    size_t last = info->channel_count - 1, most = layout->rows / LABEL_ROWS;
    const struct text_column *column = &layout->columns[stream->columns[last]];
    bool seldom = last > 0 && layout->rows >= LABEL_ROWS && !column->label[0] && column->wholes &&
                  column->changes <= most;
    for (size_t i = 0; i < last && seldom; i++) {
        seldom = layout->columns[stream->columns[i]].changes > layout->rows / 5;
    }
    if (seldom) {
        info->channels[last].type = CHANNEL_OTHER;
        strcpy(info->channels[last].description, "whole numbers that seldom change");
        warnings_add(&info->warnings,
                     "%s: column %zu holds whole numbers that seldom change, and is taken for no "
                     "EMG; name it 'label' in a row of names if each sample's label is there",
                     source_name(stream->source), stream->columns[last] + 1);
    }
}

/* Says what is left out. */
static void note_columns(const struct text_stream *stream)
{
    const struct text_layout *layout = &stream->layout;
    const char *name = source_name(stream->source);
    for (size_t c = 0; c < layout->column_count; c++) {
        const struct text_column *column = &layout->columns[c];
        if (column->role == TEXT_ROLE_PASSED && !column->named_time &&
            column->moment == TEXT_MOMENT_NONE) {
            warnings_add(&stream->info->warnings,
                         "%s: column %zu%s%s%s holds words, and is left out", name, c + 1,
                         column->label[0] ? " (" : "", column->label, column->label[0] ? ")" : "");
        }
    }
    if (layout->began.known && layout->began_utc) {
        warnings_add(&stream->info->warnings,
                     "%s: the start comes from Unix time, which is UTC, and not the clock on the "
                     "wall",
                     name);
    }
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    struct text_remarks remarks;
    struct text_clock clock = {0};
    double rate = 0;
    enum status status = detect_layout(stream, error);
    if (status == STATUS_OK) {
        text_remarks_find(preamble, layout->lines, layout->dialect.mark, &remarks);
        status = find_rate(stream, given, &remarks, &clock, &rate, error);
    }
    if (status == STATUS_OK) {
        text_remarks_apply(&remarks, layout);
        status = find_labels(stream, error);
    }
    if (status == STATUS_OK) {
        note_columns(stream);
        status = text_stream_channels(stream, rate, error);
    }
    if (status == STATUS_OK) {
        if (stream->columns[0] == 0 && layout->columns[0].counts &&
            stream->info->channel_count > 1) {
            stream->info->channels[0].type = CHANNEL_OTHER; /* an index */
        }
        type_last_column(stream);
        stream->info->start = layout->began;
        if (layout->time != SIZE_MAX) {
            double unit = layout->columns[layout->time].time_unit;
            stream->groups[0].pace = TEXT_PACE_TIMES;
            stream->groups[0].column = layout->time;
            stream->groups[0].unit = unit > 0 ? unit : 1;
            stream->groups[0].clock = clock;
        }
        status = text_stream_begin(stream, error);
    }
    return status;
}

static enum status text_open(struct source *source, const struct reader_options *options,
                             struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_text = {
    .id = "text",
    .description = "text tables (CSV, TSV, semicolons with decimal commas, blanks)",
    .extensions = "csv tsv txt",
    .streams = true,
    .probe = text_probe,
    .open = text_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
