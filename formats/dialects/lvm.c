/* LabVIEW Measurement files (.lvm), versions 0 to 2: a header, then segments, each with a header
 * of its own, a row of names and rows. Times between segments that are longer than their samples
 * are gaps. Special blocks are passed over. */
#include "formats/dialects/lvm.h"

#include "formats/delimited/stream.h"
#include "formats/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Clocks of computers, that time stamps come from, are no better (s). */
#define STAMP_JITTER 0.02

enum place { IN_ROWS, IN_HEADER, IN_SPECIAL, AT_NAMES };

struct lvm {
    struct lvm_file file;
    struct lvm_segment first, segment; /* the first, and the latest */
    enum place place, behind_special;
    size_t segments;
    bool at_start;        /* of a segment: its first row is still to come */
    bool told;            /* that x values do not agree */
    double x_start;       /* of the segment's first row */
    uint64_t index_start; /* of that row's sample */
    struct text_stream *stream;
};

static struct probe lvm_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    if (text_head_starts(head, size, "LabVIEW Measurement")) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 90;
    }
    return probe;
}

/* Seconds from the first segment's beginning to that of another, by its stamp. */
static double stamp_between(const struct lvm_segment *first, const struct lvm_segment *segment)
{
    struct start_time a = {0}, b = {0};
    text_moment_set_start(&a, &first->day, &first->clock);
    text_moment_set_start(&b, &segment->day, &segment->clock);
    return a.known && b.known ? (double)(b.seconds - a.seconds) + (b.fraction - a.fraction) : NAN;
}

/* Samples that are missing before a segment. Its beginning is its stamp and X0; some programs keep
 * one stamp and let X0 advance, or the other way about, so that whatever says that nothing is
 * missing is believed. */
static uint64_t missing_before(const struct lvm *lvm, const struct text_group *group)
{
    double expected = (double)(group->position + group->blank) / group->rate;
    double stamp = stamp_between(&lvm->first, &lvm->segment);
    double x = lvm->segment.x0 - lvm->first.x0;
    double tolerance = fmax(1.5 / group->rate, STAMP_JITTER);
    double both = isnan(stamp) ? x : stamp + x;
    if (fabs(x - expected) <= tolerance || fabs(stamp - expected) <= tolerance ||
        both - expected <= tolerance) {
        return 0;
    }
    return (uint64_t)fmin(rint((both - expected) * group->rate), 1e15);
}

/* A segment's header has ended: whether it goes on with the same, and when. */
static enum status check_segment(struct lvm *lvm, struct error *error)
{
    struct text_stream *stream = lvm->stream;
    struct lvm_segment *segment = &lvm->segment;
    const char *name = source_name(stream->source);
    lvm->segments++;
    lvm->at_start = true;
    if (segment->channels == 0) {
        segment->channels = lvm->first.channels;
    }
    if (isnan(segment->delta_x)) {
        segment->delta_x = lvm->first.delta_x;
    }
    if (segment->channels != lvm->first.channels ||
        (!isnan(lvm->first.delta_x) && segment->delta_x != lvm->first.delta_x)) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: line %" PRIu64 ": segment %zu has other channels, or another rate, "
                         "than the first; split the file there",
                         name, stream->rows.line, lvm->segments);
    }
    for (size_t g = 0; g < stream->group_count; g++) {
        struct text_group *group = &stream->groups[g];
        uint64_t missing = group->pace == TEXT_PACE_STEADY ? missing_before(lvm, group) : 0;
        if ((double)missing > 86400 * group->rate) {
            return error_set(error, STATUS_FAILED,
                             "%s: line %" PRIu64 ": segment %zu begins more than a day after the "
                             "end of the one before; split the file there",
                             name, stream->rows.line, lvm->segments);
        }
        if (missing > 0 && g == 0) {
            warnings_add(&stream->info->warnings,
                         "%s: line %" PRIu64 ": %" PRIu64
                         " samples are missing before segment %zu, by its time",
                         name, stream->rows.line, missing, lvm->segments);
        }
        group->blank += missing;
    }
    return STATUS_OK;
}

/* Lines that are no rows: headers between segments, special blocks. */
static bool take_line(void *context, const char *p, const char *end, enum status *status,
                      struct error *error)
{
    struct lvm *lvm = context;
    const struct text_dialect *dialect = &lvm->file.dialect;
    *status = STATUS_OK;
    switch (lvm->place) {
    case IN_ROWS:
    case IN_HEADER:
        if (lvm_is(p, end, LVM_SPECIAL_START)) {
            lvm->behind_special = lvm->place;
            lvm->place = IN_SPECIAL;
        } else if (lvm_is(p, end, LVM_HEADER_END)) {
            *status = check_segment(lvm, error);
            lvm->place = AT_NAMES;
        } else if (lvm_is_tag(p, end, dialect)) {
            if (lvm->place == IN_ROWS) {
                lvm_segment_begin(&lvm->segment);
            }
            lvm->place = IN_HEADER;
            lvm_segment_take(&lvm->segment, p, end, dialect);
        } else if (lvm->place == IN_ROWS) {
            return lvm_is_empty(p, end);
        }
        break;
    case IN_SPECIAL:
        lvm->place = lvm_is(p, end, LVM_SPECIAL_END) ? lvm->behind_special : IN_SPECIAL;
        break;
    case AT_NAMES:
        lvm->place = text_line_is_blank(p, end, dialect) ? AT_NAMES : IN_ROWS;
        break;
    }
    lvm->stream->rows.watching = lvm->place != IN_ROWS;
    return true;
}

/* A column of the row of names. */
enum kind { KIND_CHANNEL, KIND_X, KIND_COMMENT, KIND_NONE };

static enum kind kind_of(const struct text_cell *cell)
{
    char name[LABEL_SIZE];
    text_from_field(name, sizeof name, cell->start, (size_t)(cell->end - cell->start));
    return strcmp(name, "X_Value") == 0   ? KIND_X
           : strcmp(name, "Comment") == 0 ? KIND_COMMENT
           : name[0]                      ? KIND_CHANNEL
                                          : KIND_NONE;
}

/* Gives columns their roles; counts those up to the last that has one. */
static size_t take_names(const struct text_preamble *preamble, const struct lvm *lvm,
                         struct text_layout *layout)
{
    size_t line = lvm->file.names, columns = 0, channels = 0;
    const char *p = preamble->lines.starts[line];
    struct text_cell cell;
    for (size_t c = 0;
         text_cell_next(&p, preamble->lines.ends[line], lvm->file.dialect.delimiter, &cell); c++) {
        enum kind kind = kind_of(&cell);
        bool extra =
            kind == KIND_CHANNEL && lvm->first.channels > 0 && channels >= lvm->first.channels;
        channels += kind == KIND_CHANNEL;
        if (kind != KIND_NONE) {
            columns = c + 1;
        }
        if (layout->columns && c < layout->column_count) {
            struct text_column *column = &layout->columns[c];
            text_from_field(column->label, sizeof column->label, cell.start,
                            (size_t)(cell.end - cell.start));
            column->role = kind == KIND_CHANNEL && !extra ? TEXT_ROLE_SIGNAL
                           : kind == KIND_X               ? TEXT_ROLE_TIME
                                                          : TEXT_ROLE_PASSED;
        }
    }
    return columns;
}

/* Units stand over the columns of their channels, or in the order of these. */
static void take_units(const struct text_preamble *preamble, const struct lvm *lvm,
                       struct text_layout *layout)
{
    size_t line = text_preamble_find(preamble, lvm->file.segment, "Y_Unit_Label"), c = 0;
    struct text_cell cell;
    if (line >= lvm->file.names) {
        return;
    }
    const char *p = preamble->lines.starts[line];
    char delimiter = lvm->file.dialect.delimiter;
    text_cell_next(&p, preamble->lines.ends[line], delimiter, &cell);
    bool aligned = layout->columns[0].role != TEXT_ROLE_SIGNAL;
    for (c = aligned; c < layout->column_count &&
                      text_cell_next(&p, preamble->lines.ends[line], delimiter, &cell);
         c++) {
        if (layout->columns[c].role == TEXT_ROLE_SIGNAL) {
            text_from_field(layout->columns[c].unit, sizeof layout->columns[c].unit, cell.start,
                            (size_t)(cell.end - cell.start));
        }
    }
}

/* 1 / Delta_X, which has six digits at times: a whole number within their reach is meant. */
static double rate_of(double delta_x)
{
    double rate = 1 / delta_x;
    return fabs(rate / rint(rate) - 1) < 1e-6 ? rint(rate) : rate;
}

static enum status find_rate(struct text_stream *stream, const struct lvm *lvm, double given,
                             const struct text_preamble *preamble, struct error *error)
{
    const char *name = source_name(stream->source);
    if (given > 0) {
        stream->groups[0].rate = given;
        return STATUS_OK;
    }
    if (lvm->first.other_axis) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: its X_Dimension is no time: this is no signal; if it is one all the "
                         "same, give its rate with --rate",
                         name);
    }
    if (lvm->first.deltas_differ) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: its channels have different Delta_X; write them to a file for each "
                         "rate",
                         name);
    }
    if (lvm->first.delta_x > 0 && isfinite(rate_of(lvm->first.delta_x))) {
        stream->groups[0].rate = rate_of(lvm->first.delta_x);
        return STATUS_OK;
    }
    if (stream->layout.columns[0].role == TEXT_ROLE_TIME && lvm->file.x_columns == 1) {
        return text_stream_times(stream, 0, 0, 1, NAN, &preamble->lines, error);
    }
    return error_set(error, STATUS_NO_RATE,
                     "%s: its header has no Delta_X; give the sampling rate with --rate", name);
}

/* The first segment's header. Date and time of the file stand in for its own, which come later. */
static void take_first(const struct text_preamble *preamble, struct lvm *lvm)
{
    bool special = false;
    lvm_segment_begin(&lvm->first);
    for (size_t i = 0; i < lvm->file.names; i++) {
        const char *p = preamble->lines.starts[i], *end = preamble->lines.ends[i];
        special =
            lvm_is(p, end, LVM_SPECIAL_START) || (special && !lvm_is(p, end, LVM_SPECIAL_END));
        if (!special) {
            lvm_segment_take(&lvm->first, p, end, &lvm->file.dialect);
        }
    }
}

/* Compares the column of x values with the steps that the header tells: once they disagree, the
 * user is told. */
static enum status check_x(struct text_stream *stream, struct error *error)
{
    struct lvm *lvm = stream->context;
    const struct text_group *group = &stream->groups[0];
    double x = stream->rows.row[0], step = 1 / group->rate;
    uint64_t index = group->position;
    if (lvm->at_start) {
        lvm->at_start = false;
        lvm->x_start = x;
        lvm->index_start = index;
    }
    double expected = lvm->x_start + (double)(index - lvm->index_start) * step;
    if (lvm->told || !group->sample || !(fabs(x - expected) > 1.5 * step + 2e-6 * fabs(x))) {
        return STATUS_OK;
    }
    lvm->told = true;
    if (stream->strict) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %" PRIu64 ": X_Value is %.10g, where Delta_X expects %.10g",
                         source_name(stream->source), stream->rows.line, x, expected);
    }
    warnings_add(&stream->info->warnings,
                 "%s: line %" PRIu64 ": X_Value is %.10g, where Delta_X expects %.10g; samples may "
                 "be missing there, and none are put in",
                 source_name(stream->source), stream->rows.line, x, expected);
    return STATUS_OK;
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    struct lvm *lvm = calloc(1, sizeof *lvm);
    if (!lvm) {
        return error_memory(error, "opening a recording");
    }
    stream->context = lvm;
    lvm->stream = stream;
    lvm->segments = 1;
    lvm->at_start = true;
    enum status status = lvm_find(preamble, source_name(stream->source), &lvm->file, error);
    if (status != STATUS_OK) {
        return status;
    }
    take_first(preamble, lvm);
    size_t columns = take_names(preamble, lvm, layout);
    if (columns == 0) {
        return error_set(error, STATUS_FAILED, "%s: line %zu names no columns",
                         source_name(stream->source), lvm->file.names + 1);
    }
    status = text_preamble_columns(preamble, lvm->file.names + 1, columns, &lvm->file.dialect,
                                   layout, error);
    if (status == STATUS_OK) {
        take_names(preamble, lvm, layout);
        take_units(preamble, lvm, layout);
        status = text_stream_channels(stream, 1, error);
    }
    for (size_t c = 0; c < columns && status == STATUS_OK; c++) {
        if (strcmp(layout->columns[c].label, "Comment") == 0) {
            status = text_stream_label(stream, TEXT_LABEL_EVENT, c, error);
        }
    }
    if (status == STATUS_OK) {
        status = find_rate(stream, lvm, given, preamble, error);
    }
    if (status == STATUS_OK) {
        text_moment_set_start(&stream->info->start, &lvm->first.day, &lvm->first.clock);
        status = text_stream_begin(stream, error);
        stream->rows.foreign = take_line;
        stream->rows.context = lvm;
        bool steady = stream->groups[0].pace == TEXT_PACE_STEADY && !(given > 0);
        if (lvm->file.x_columns > 0 && layout->columns[0].role == TEXT_ROLE_TIME && steady) {
            stream->each_row = check_x;
        }
    }
    return status;
}

static enum status lvm_open(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_lvm = {
    .id = "lvm",
    .description = "LabVIEW Measurement",
    .extensions = "lvm",
    .streams = true,
    .probe = lvm_probe,
    .open = lvm_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
