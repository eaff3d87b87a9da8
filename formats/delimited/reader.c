/* Text tables: a row a sample, a column a channel; comma, semicolon, tab or blanks between, point
 * or comma as the decimal mark. See text_layout.h for how they are found out, and text_clock.h for
 * columns of times. */
#include "formats/reader.h"
#include "formats/audio/interleave.h"
#include "formats/checked.h"
#include "formats/delimited/clock.h"
#include "formats/delimited/layout.h"
#include "formats/delimited/rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct text {
    struct source *source;
    struct recording_info *info;
    struct text_layout layout;
    struct text_rows rows;
    struct text_clock clock;
    size_t *columns; /* by channel */
    bool waiting;    /* the row has not been delivered */
    uint64_t lost;   /* samples missing before it */
};

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
    case TEXT_BINARY:
        break;
    }
    text_layout_clear(&layout);
    return probe;
}

static enum status detect_layout(struct text *text, struct error *error)
{
    const char *name = source_name(text->source);
    const unsigned char *head;
    size_t size;
    uint64_t skipped;
    enum text_verdict verdict;
    enum status status = source_peek(text->source, SOURCE_PEEK_MAX, &head, &size, error);
    if (status == STATUS_OK) {
        status =
            text_layout_detect(head, size, size < SOURCE_PEEK_MAX, &text->layout, &verdict, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    switch (verdict) {
    case TEXT_TABLE:
        return source_skip(text->source, text->layout.start, &skipped, error);
    case TEXT_UTF16:
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: UTF-16 text is not read; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)",
                         name);
    case TEXT_BINARY:
        return error_set(error, STATUS_FAILED, "%s: is no text: it holds control characters", name);
    case TEXT_NO_TABLE:
        break;
    }
    return error_set(error, STATUS_FAILED,
                     "%s: holds no table: rows of numbers with the same number of columns", name);
}

/* Finds the rate: the caller's, or that of the column of times. */
static enum status find_rate(struct text *text, double given, double *rate, struct error *error)
{
    struct text_layout *layout = &text->layout;
    const char *name = source_name(text->source);
    if (given > 0) {
        /* The caller knows better than the times: they are neither used nor delivered. */
        for (size_t c = 0; c < layout->column_count; c++) {
            struct text_column *column = &layout->columns[c];
            if (column->named_time || column->role == TEXT_ROLE_TIME) {
                column->role = TEXT_ROLE_PASSED;
                column->named_time = true;
            }
        }
        layout->time = SIZE_MAX;
        *rate = given;
        return STATUS_OK;
    }
    if (layout->times_named > 1) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: has %zu columns of times; tables with a time for each channel are "
                         "not read; keep one, or give the rate with --rate",
                         name, layout->times_named);
    }
    if (layout->time == SIZE_MAX) {
        bool words = false;
        for (size_t c = 0; c < layout->column_count; c++) {
            words = words || layout->columns[c].named_time;
        }
        return error_set(error, STATUS_NO_RATE,
                         "%s: has no column of times%s; give the sampling rate "
                         "with --rate",
                         name, words ? " in numbers (dates and clocks are not read)" : "");
    }
    if (!text_clock_estimate(&text->clock, layout->times, layout->rows, layout->resolution)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the times in column %zu do not advance; give the sampling rate with "
                         "--rate",
                         name, layout->time + 1);
    }
    *rate = text->clock.rate;
    if (isnan(layout->columns[layout->time].time_unit) && *rate < 10) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the times in column %zu step by %g and have no unit: are they "
                         "milliseconds, or an index? Name the column 'time (ms)', or give the "
                         "sampling rate with --rate",
                         name, layout->time + 1, 1 / *rate);
    }
    return STATUS_OK;
}

/* Makes a channel of every column that holds a signal. */
static enum status make_channels(struct text *text, double rate, struct error *error)
{
    struct text_layout *layout = &text->layout;
    const char *name = source_name(text->source);
    size_t count = 0;
    text->columns = checked_calloc(layout->column_count, sizeof *text->columns);
    if (!text->columns) {
        return error_memory(error, "opening a recording");
    }
    for (size_t c = 0; c < layout->column_count; c++) {
        bool signal = layout->columns[c].role == TEXT_ROLE_SIGNAL;
        text->columns[count] = c;
        count += signal;
        if (layout->columns[c].role == TEXT_ROLE_PASSED && !layout->columns[c].named_time) {
            warnings_add(&text->info->warnings, "%s: column %zu%s%s%s holds words, and is left out",
                         name, c + 1, layout->columns[c].label[0] ? " (" : "",
                         layout->columns[c].label, layout->columns[c].label[0] ? ")" : "");
        }
    }
    if (count == 0) {
        return error_set(error, STATUS_FAILED, "%s: has no column of samples", name);
    }
    enum status status = recording_info_allocate(text->info, count, error);
    if (status != STATUS_OK) {
        error_prefix(error, name);
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        const struct text_column *column = &layout->columns[text->columns[i]];
        struct channel *channel = &text->info->channels[i];
        memcpy(channel->label, column->label, sizeof channel->label);
        memcpy(channel->file_unit, column->unit, sizeof channel->file_unit);
        channel->rate = rate;
        if (text->columns[i] == 0 && column->counts && count > 1) {
            channel->type = CHANNEL_OTHER;
        }
    }
    return STATUS_OK;
}

static void text_close(void *state)
{
    struct text *text = state;
    if (text) {
        text_layout_clear(&text->layout);
        text_rows_close(&text->rows);
        free(text->columns);
        free(text);
    }
}

static enum status text_open(struct source *source, const struct reader_options *options,
                             struct recording_info *info, void **state, struct error *error)
{
    double rate = 0;
    *state = NULL;
    struct text *text = calloc(1, sizeof *text);
    if (!text) {
        return error_memory(error, "opening a recording");
    }
    *text = (struct text){.source = source, .info = info};
    enum status status = detect_layout(text, error);
    if (status == STATUS_OK) {
        status = find_rate(text, options->rate, &rate, error);
    }
    if (status == STATUS_OK) {
        status = make_channels(text, rate, error);
    }
    if (status == STATUS_OK) {
        status = text_rows_open(&text->rows, source, &text->layout, options->strict,
                                &info->warnings, error);
    }
    if (status == STATUS_OK) {
        *state = text;
    } else {
        text_close(text);
    }
    return status;
}

/* Compares the row's time with the clock. */
static enum status check_time(struct text *text, struct error *error)
{
    double time = text->rows.row[text->layout.time];
    double unit = text->layout.columns[text->layout.time].time_unit;
    const char *name = source_name(text->source);
    switch (text_clock_tick(&text->clock, time * (unit > 0 ? unit : 1), &text->lost)) {
    case TICK_REGULAR:
        break;
    case TICK_BACKWARDS:
        return error_set(error, STATUS_FAILED,
                         "%s: line %" PRIu64
                         ": the time goes back to %.15g; were recordings joined? "
                         "Split them, or give --rate to do without the times",
                         name, text->rows.line, time);
    case TICK_TOO_FAR:
        return error_set(error, STATUS_FAILED,
                         "%s: line %" PRIu64
                         ": the time jumps to %.15g, more than a day ahead; split "
                         "the file there, or give --rate to do without the times",
                         name, text->rows.line, time);
    }
    if (text->lost > 0) {
        warnings_add(&text->info->warnings,
                     "%s: line %" PRIu64 ": %" PRIu64 " samples are missing before it", name,
                     text->rows.line, text->lost);
    }
    return STATUS_OK;
}

/* Puts the row into frame `at` of the block. */
static void deliver(const struct text *text, const struct block *block, size_t at)
{
    const struct recording_info *info = text->info;
    for (size_t c = 0; c < info->channel_count; c++) {
        if (block->samples[c]) {
            double value = text->rows.row[text->columns[c]];
            float sample = (float)(info->channels[c].gain * value + info->channels[c].offset);
            block->samples[c][at] = fabsf(sample) < HUGE_VALF ? sample : NAN;
        }
    }
}

/* At the end: what the times say of the whole. */
static void note_end(struct text *text)
{
    const struct text_clock *clock = &text->clock;
    const char *name = source_name(text->source);
    if (!clock->started) {
        return;
    }
    double half = 0.5 / clock->rate;
    double drift = text_clock_drift(clock);
    if (clock->worst > fmax(half, clock->resolution)) {
        warnings_add(
            &text->info->warnings,
            "%s: the times jitter by up to %.3g ms; samples are taken to be evenly spaced, "
            "at %.10g Hz",
            name, 1e3 * clock->worst, clock->rate);
    }
    if (fabs(drift) > fmax(half, clock->tolerance) && fabs(drift) > clock->resolution) {
        double seconds = clock->previous - clock->first;
        warnings_add(&text->info->warnings,
                     "%s: the first rows tell %.10g Hz, all of them %.10g Hz, which adds up to "
                     "%.3g s; give --rate %.10g",
                     name, clock->rate, (double)clock->known / seconds, fabs(drift),
                     (double)clock->known / seconds);
    }
}

static enum status text_read(void *state, struct block *block, struct error *error)
{
    struct text *text = state;
    size_t room = interleave_room(block, SIZE_MAX), done = 0;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < block->channel_count; c++) {
        text->rows.required[text->columns[c]] = block->samples[c] != NULL;
    }
    while (done < room && status == STATUS_OK) {
        if (!text->waiting) {
            status = text_rows_next(&text->rows, &text->waiting, error);
            if (status == STATUS_OK && text->waiting && text->layout.time != SIZE_MAX) {
                status = check_time(text, error);
            }
            if (!text->waiting) {
                break;
            }
        }
        for (; text->lost > 0 && done < room; text->lost--, done++) {
            for (size_t c = 0; c < block->channel_count; c++) {
                if (block->samples[c]) {
                    block->samples[c][done] = NAN;
                }
            }
        }
        if (text->lost == 0 && done < room) {
            deliver(text, block, done++);
            text->waiting = false;
        }
    }
    if (status == STATUS_OK && !text->waiting && done < room) {
        note_end(text);
    }
    interleave_set_frames(block, done);
    return status;
}

const struct reader reader_text = {
    .id = "text",
    .description = "text tables (CSV, TSV, semicolons with decimal commas, blanks)",
    .extensions = "csv tsv txt",
    .streams = true,
    .probe = text_probe,
    .open = text_open,
    .read = text_read,
    .close = text_close,
};
