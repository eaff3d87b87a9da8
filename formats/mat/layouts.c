/* MATLAB files as programs of laboratories export them: LabChart (ADInstruments), AcqKnowledge
 * (BIOPAC) and Spike2 (CED). */
#include "formats/checked.h"
#include "formats/mat/facts.h"
#include "formats/mat/find.h"

#include <math.h>
#include <string.h>

/* A pause between blocks that is longer is damage. s. */
#define PAUSE_MAX (400.0 * 86400)
/* Days from MATLAB's day 0 to 1970-01-01. */
#define DATENUM_EPOCH 719529.0

static const struct mat_array *numbers(const struct mat_file *file, const char *name)
{
    const struct mat_array *array = mat_array_field(&file->root, 0, name);
    return array && mat_array_is_numeric(array) && array->rank == 2 && array->count > 0 ? array
                                                                                        : NULL;
}

static enum status allocate(struct mat_file *file, size_t channels, struct error *error)
{
    enum status status = recording_info_allocate(file->info, channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, file->name);
    }
    return status;
}

/* LabChart: one vector `data`; where channel c of block b begins and ends in it is said by
 * datastart(c, b) and dataend(c, b), counted from 1, or -1 where there is nothing. */
struct labchart {
    const struct mat_array *data, *start, *end, *rate, *times, *tick_rate;
    size_t channels, blocks;
};

static double cell(const struct mat_array *array, size_t row, size_t column)
{
    row = array->rows == 1 ? 0 : row;
    column = array->columns == 1 ? 0 : column;
    return row < array->rows && column < array->columns ? array->values[column * array->rows + row]
                                                        : NAN;
}

/* When a block begins, in s from the first. */
static double block_onset(const struct labchart *chart, size_t block)
{
    if (!chart->times || !chart->times->values || chart->times->count != chart->blocks) {
        return NAN;
    }
    return (chart->times->values[block] - chart->times->values[0]) * 86400;
}

/* Where a channel's samples of a block lie in the data; false when it has none. */
static bool block_extent(const struct labchart *chart, size_t c, size_t block, uint64_t *first,
                         uint64_t *frames)
{
    double start = cell(chart->start, c, block), end = cell(chart->end, c, block);
    if (!(start >= 1) || !(end >= start) || !(end <= (double)chart->data->count)) {
        return false;
    }
    *first = (uint64_t)start - 1;
    *frames = (uint64_t)end - *first;
    return true;
}

/* What is exported as 16-bit numbers is (number + scaleoffset) * scaleunits in the channel's
 * unit. */
static enum status scale_labchart_channel(struct mat_file *file, const struct labchart *chart,
                                          size_t c, struct error *error)
{
    struct channel *channel = &file->info->channels[c];
    const struct mat_array *scales = numbers(file, "scaleunits");
    const struct mat_array *offsets = numbers(file, "scaleoffset");
    uint64_t first, frames;
    if (!scales || !offsets || !scales->values || !offsets->values) {
        if (mat_facts_are_counts(chart->data)) {
            channel->file_unit[0] = '\0';
            channel->minimum = channel->maximum = NAN;
        }
        return STATUS_OK;
    }
    bool known = false;
    for (size_t b = 0; b < chart->blocks; b++) {
        if (!block_extent(chart, c, b, &first, &frames)) {
            continue;
        }
        double gain = cell(scales, c, b), offset = cell(offsets, c, b) * gain;
        if (!isfinite(gain) || !isfinite(offset) || gain == 0 ||
            (known && (gain != channel->gain || offset != channel->offset))) {
            return error_set(error, STATUS_UNSUPPORTED,
                             "%s: the blocks of channel %zu differ in their scale, or it is not "
                             "told; export it with 'double' for its values",
                             file->name, c + 1);
        }
        known = true;
        channel->gain = gain;
        channel->offset = offset;
    }
    return STATUS_OK;
}

static enum status add_labchart_channel(struct mat_file *file, const struct labchart *chart,
                                        size_t c, struct mat_plan *plan, struct error *error)
{
    double rate = cell(chart->rate, c, 0);
    uint64_t frames = 0, first, count, at;
    size_t begin = 0;
    while (begin < chart->blocks && !block_extent(chart, c, begin, &first, &count)) {
        begin++;
    }
    rate = begin < chart->blocks ? cell(chart->rate, c, begin) : rate;
    file->info->channels[c].rate = rate;
    enum status status = mat_plan_track(plan, chart->data, c, 1, error);
    for (size_t b = begin; b < chart->blocks && status == STATUS_OK; b++) {
        double onset = b > 0 ? block_onset(chart, b) : 0;
        if (!block_extent(chart, c, b, &first, &count)) {
            continue;
        }
        if (cell(chart->rate, c, b) != rate || isnan(onset) || !(fabs(onset) < PAUSE_MAX)) {
            return error_set(error, STATUS_UNSUPPORTED,
                             "%s: its blocks differ in rate, or their times are not told; export "
                             "each block to a file of its own",
                             file->name);
        }
        /* Less than a tenth of a second: the times are coarse. */
        if (!checked_frames(fmax(onset, 0), rate, &at) ||
            (double)frames - onset * rate > 0.1 * rate + 1) {
            return error_set(error, STATUS_FAILED,
                             "%s: block %zu begins before the one before it "
                             "ends",
                             file->name, b + 1);
        }
        uint64_t lead = at > frames ? at - frames : 0;
        status = mat_plan_segment(plan, file, first, count, lead, error);
        frames += lead + count;
    }
    return status;
}

static void name_labchart_channel(struct mat_file *file, const struct labchart *chart, size_t c)
{
    const struct mat_array *map = numbers(file, "unittextmap");
    const struct mat_array *low = numbers(file, "rangemin"), *high = numbers(file, "rangemax");
    struct channel *channel = &file->info->channels[c];
    mat_facts_label(channel, mat_array_field(&file->root, 0, "titles"), c);
    double unit = map && map->values ? cell(map, c, 0) : NAN;
    if (unit >= 1 && unit < 65536) {
        mat_facts_unit(channel, mat_array_field(&file->root, 0, "unittext"), (size_t)unit - 1);
    }
    if (low && high && low->values && high->values && chart->blocks == 1 &&
        cell(low, c, 0) < cell(high, c, 0)) {
        channel->minimum = cell(low, c, 0);
        channel->maximum = cell(high, c, 0);
    }
}

/* Comments: a row each of channel (or -1), block, place in ticks, kind, and number of the text. */
static enum status add_comments(struct mat_file *file, const struct labchart *chart,
                                struct error *error)
{
    const struct mat_array *rows = numbers(file, "com");
    const struct mat_array *texts = mat_array_field(&file->root, 0, "comtext");
    enum status status = STATUS_OK;
    if (!rows || !rows->values || rows->columns != 5 || !chart->tick_rate ||
        !chart->tick_rate->values) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < rows->rows && status == STATUS_OK; i++) {
        char text[500] = "";
        double block = cell(rows, i, 1), index = cell(rows, i, 4);
        if (!(block >= 1 && block <= (double)chart->blocks)) {
            continue;
        }
        size_t b = (size_t)block - 1;
        double ticks = chart->tick_rate->values[b < chart->tick_rate->count ? b : 0];
        double onset =
            (b > 0 ? block_onset(chart, b) : 0) + rows->values[2 * rows->rows + i] / ticks;
        if (index >= 1 && index < 1e6) {
            mat_array_text(texts, (size_t)index - 1, text, sizeof text);
        }
        if (isfinite(onset)) {
            status = recording_info_annotate(file->info, onset, NAN, text, strlen(text), error);
        }
    }
    return status;
}

enum status mat_layout_labchart(struct mat_file *file, struct mat_plan *plan, bool *matched,
                                struct error *error)
{
    struct labchart chart = {.data = numbers(file, "data"),
                             .start = numbers(file, "datastart"),
                             .end = numbers(file, "dataend"),
                             .rate = numbers(file, "samplerate"),
                             .times = numbers(file, "blocktimes"),
                             .tick_rate = numbers(file, "tickrate")};
    *matched = chart.data && chart.start && chart.end && chart.rate && chart.start->values &&
               chart.end->values && chart.rate->values &&
               (chart.data->rows == 1 || chart.data->columns == 1) &&
               chart.start->rows == chart.end->rows && chart.start->columns == chart.end->columns;
    if (!*matched) {
        return STATUS_OK;
    }
    chart.channels = chart.start->rows;
    chart.blocks = chart.start->columns;
    enum status status = allocate(file, chart.channels, error);
    for (size_t c = 0; c < chart.channels && status == STATUS_OK; c++) {
        name_labchart_channel(file, &chart, c);
        status = scale_labchart_channel(file, &chart, c, error);
        if (status == STATUS_OK) {
            status = add_labchart_channel(file, &chart, c, plan, error);
        }
    }
    if (status == STATUS_OK && chart.times && chart.times->values &&
        fabs(chart.times->values[0] - DATENUM_EPOCH) < 200000) {
        double seconds = (chart.times->values[0] - DATENUM_EPOCH) * 86400;
        /* A datenum is good to some 10 µs. */
        seconds = round(seconds * 1e4) / 1e4;
        file->info->start =
            (struct start_time){true, (int64_t)floor(seconds), seconds - floor(seconds)};
    }
    return status == STATUS_OK ? add_comments(file, &chart, error) : status;
}

/* AcqKnowledge: `data`, a channel a column, with `labels`, `units`, `isi` and `isi_units`. */
enum status mat_layout_acqknowledge(struct mat_file *file, struct mat_plan *plan, bool *matched,
                                    struct error *error)
{
    const struct mat_array *data = numbers(file, "data");
    const struct mat_array *labels = mat_array_field(&file->root, 0, "labels");
    const struct mat_array *units = mat_array_field(&file->root, 0, "units");
    char unit[UNIT_SIZE];
    double interval;
    *matched = data && mat_array_texts(labels) == data->columns &&
               mat_array_scalar(numbers(file, "isi"), &interval) && interval > 0 &&
               mat_array_field(&file->root, 0, "isi_units");
    if (!*matched) {
        return STATUS_OK;
    }
    mat_array_text(mat_array_field(&file->root, 0, "isi_units"), 0, unit, sizeof unit);
    double second = strcmp(unit, "ms") == 0   ? 1e3
                    : strcmp(unit, "s") == 0  ? 1
                    : strcmp(unit, "us") == 0 ? 1e6
                                              : 0;
    enum status status = allocate(file, data->columns, error);
    for (size_t c = 0; c < data->columns && status == STATUS_OK; c++) {
        struct channel *channel = &file->info->channels[c];
        mat_facts_label(channel, labels, c);
        mat_facts_unit(channel, units, c);
        channel->rate = second / interval;
    }
    return status == STATUS_OK ? mat_plan_matrix(plan, file, data, false, error) : status;
}

/* Spike2: a struct for each waveform, with its values, interval, title and units. */
struct spike2_wave {
    const struct mat_array *values;
    double interval, start;
};

static bool spike2_wave(const struct mat_array *array, struct spike2_wave *wave)
{
    wave->values = array->count == 1 ? mat_array_field(array, 0, "values") : NULL;
    if (!mat_array_scalar(mat_array_field(array, 0, "start"), &wave->start) ||
        !isfinite(wave->start) || wave->start < 0) {
        wave->start = 0;
    }
    return wave->values && mat_array_is_numeric(wave->values) && wave->values->rank == 2 &&
           wave->values->count > 0 && (wave->values->rows == 1 || wave->values->columns == 1) &&
           mat_array_scalar(mat_array_field(array, 0, "interval"), &wave->interval) &&
           wave->interval > 0 && isfinite(1 / wave->interval);
}

/* The numbers' unit: whole ones are those of the converter, which `scale` and `offset` turn into
 * the unit as the maker's manual has it; without them they are counts. */
static void calibrate_wave(const struct mat_array *array, const struct spike2_wave *wave,
                           struct channel *channel)
{
    double scale, offset;
    mat_facts_unit(channel, mat_array_field(array, 0, "units"), 0);
    if (!mat_facts_are_counts(wave->values)) {
        return;
    }
    mat_facts_limits(channel, wave->values->class);
    if (!mat_array_scalar(mat_array_field(array, 0, "scale"), &scale) || !isfinite(scale) ||
        scale == 0 || !mat_array_scalar(mat_array_field(array, 0, "offset"), &offset) ||
        !isfinite(offset)) {
        channel->file_unit[0] = '\0';
        return;
    }
    channel->gain = scale / 6553.6;
    channel->offset = offset;
    double low = channel->minimum * channel->gain, high = channel->maximum * channel->gain;
    channel->minimum = fmin(low, high) + offset;
    channel->maximum = fmax(low, high) + offset;
}

static enum status add_wave(struct mat_file *file, const struct mat_array *array, size_t c,
                            const struct spike2_wave *wave, double zero, struct mat_plan *plan,
                            struct error *error)
{
    struct channel *channel = &file->info->channels[c];
    uint64_t lead;
    mat_facts_label(channel, mat_array_field(array, 0, "title"), 0);
    if (!channel->label[0]) {
        text_from_field(channel->label, sizeof channel->label, array->name, strlen(array->name));
    }
    calibrate_wave(array, wave, channel);
    mat_array_text(mat_array_field(array, 0, "comment"), 0, channel->description,
                   sizeof channel->description);
    channel->rate = 1 / wave->interval;
    if (fabs(channel->rate - round(channel->rate)) < 1e-9 * channel->rate) {
        channel->rate = round(channel->rate);
    }
    if (!(wave->start - zero < PAUSE_MAX) ||
        !checked_frames(wave->start - zero, 1 / wave->interval, &lead)) {
        return error_set(error, STATUS_FAILED, "%s: '%s' begins more than a year after the others",
                         file->name, array->name);
    }
    enum status status = mat_plan_track(plan, wave->values, c, 1, error);
    return status == STATUS_OK ? mat_plan_segment(plan, file, 0, wave->values->count, lead, error)
                               : status;
}

enum status mat_layout_spike2(struct mat_file *file, struct mat_plan *plan, bool *matched,
                              struct error *error)
{
    const struct mat_array *root = &file->root;
    struct spike2_wave wave;
    size_t channels = 0;
    double zero = INFINITY;
    for (size_t i = 0; i < root->child_count; i++) {
        if (spike2_wave(&root->children[i], &wave)) {
            channels++;
            zero = fmin(zero, wave.start);
        }
    }
    *matched = channels > 0;
    if (!*matched) {
        return STATUS_OK;
    }
    enum status status = allocate(file, channels, error);
    for (size_t i = 0, c = 0; i < root->child_count && status == STATUS_OK; i++) {
        if (spike2_wave(&root->children[i], &wave)) {
            status = add_wave(file, &root->children[i], c++, &wave, zero, plan, error);
        }
    }
    return status;
}
