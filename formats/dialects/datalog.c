/* Biometrics DataLOG, exported as text: the name of the log, a line for each channel ("Channel 4:
 * 'Recto Femoral', 43665 values, engineering units: mV, no filters."), then rows of numbers, tabs
 * between. Slower channels have fewer values, and their columns end sooner. */
#include "formats/checked.h"
#include "formats/delimited/preamble.h"
#include "formats/delimited/stream.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* What a line says of a channel. */
struct entry {
    char label[LABEL_SIZE], unit[UNIT_SIZE], filters[LABEL_SIZE];
    double values; /* 0: not said */
    double rate;   /* Hz; 0: not said */
};

static struct probe datalog_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    if ((text_head_starts(head, size, "File Name:") || text_head_starts(head, size, "Channel ")) &&
        text_head_has(head, size, 8192, "engineering units:")) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 85;
    }
    return probe;
}

/* The number right before `what` in a line; 0 when there is none. */
static double number_before(const char *line, const char *what)
{
    const char *end = strcasestr(line, what);
    double value;
    while (end && end > line && end[-1] == ' ') {
        end--;
    }
    const char *start = end;
    while (start && start > line && (isdigit((unsigned char)start[-1]) || start[-1] == '.')) {
        start--;
    }
    return start && start < end && text_real(start, (size_t)(end - start), &value) ? value : 0;
}

/* Copies what stands between `key` and the next comma, or the line's end. */
static void copy_after(const char *line, const char *key, char *to, size_t size)
{
    const char *p = strcasestr(line, key);
    to[0] = '\0';
    if (p) {
        p += strlen(key);
        text_from_field(to, size, p, strcspn(p, ","));
    }
}

static void parse_entry(const char *line, struct entry *entry)
{
    const char *open = strchr(line, '\''), *close = open ? strrchr(open + 1, '\'') : NULL;
    *entry = (struct entry){0};
    if (close) {
        text_from_field(entry->label, sizeof entry->label, open + 1, (size_t)(close - open - 1));
    } else {
        text_from_field(entry->label, sizeof entry->label, line, strcspn(line, ":"));
    }
    const char *rest = close ? close + 1 : line;
    entry->values = number_before(rest, "values");
    static const char *const rates[] = {"Hz", "samples per second", "samples/s", "per second"};
    for (size_t i = 0; i < sizeof rates / sizeof *rates && !(entry->rate > 0); i++) {
        entry->rate = number_before(rest, rates[i]);
    }
    copy_after(rest, "engineering units:", entry->unit, sizeof entry->unit);
    const char *last = strrchr(rest, ',');
    if (last && !strcasestr(last, "units:") && !strcasestr(last, "no filters")) {
        text_from_field(entry->filters, sizeof entry->filters, last + 1, strcspn(last + 1, "."));
    }
}

/* Gathers the lines of channels before `end`; *entries is to be freed. */
static enum status find_entries(const struct text_preamble *preamble, size_t end,
                                struct entry **entries, size_t *count, double *common,
                                struct error *error)
{
    char line[400];
    *count = 0;
    *common = 0;
    *entries = checked_calloc(end, sizeof **entries);
    if (!*entries) {
        return error_memory(error, "opening a recording");
    }
    for (size_t i = 0; i < end; i++) {
        text_preamble_line(preamble, i, line, sizeof line);
        if (strncasecmp(line, "Channel ", 8) == 0) {
            parse_entry(line, &(*entries)[(*count)++]);
        } else if (strcasestr(line, "rate") || strcasestr(line, "frequency")) {
            double rate = number_before(line, "Hz");
            *common = *common > 0 ? *common : rate;
        }
    }
    return STATUS_OK;
}

/* A channel's rate: its own, or that of all; where the numbers of values differ, they tell how
 * much slower it is. */
static double entry_rate(const struct entry *entry, double common, double given, double most)
{
    double own = entry->rate > 0 ? entry->rate : common;
    double rate = given > 0 ? given : own;
    double share = entry->values > 0 && most > 0 ? entry->values / most : 1;
    bool relative = given > 0 || entry->rate <= 0;
    /* Ends that differ by a sample or two are no other rate. */
    return relative && share < 0.9 ? rate / rint(1 / share) : rate;
}

/* Finds the rows behind the lines of channels, and what parts their cells: tabs, as a rule. */
static enum status find_rows(const struct text_preamble *preamble, const char *name,
                             struct text_layout *layout, struct error *error)
{
    const struct text_lines *lines = &preamble->lines;
    struct text_dialect dialect = {'\t', '.', text_lines_end(preamble->text, preamble->size)};
    size_t at = 0, columns = 0;
    double value;
    for (size_t i = 0; (i = text_preamble_find(preamble, i, "Channel ")) != SIZE_MAX; i++) {
        at = i + 1;
    }
    for (; at < lines->count; at++) {
        const char *p = lines->starts[at], *end = lines->ends[at];
        size_t length = (size_t)(end - p);
        struct text_cell cell;
        dialect.delimiter = memchr(p, '\t', length) ? '\t' : memchr(p, ';', length) ? ';' : ',';
        dialect.mark = dialect.delimiter != ',' && memchr(p, ',', length) ? ',' : '.';
        if (!text_cell_next(&p, end, dialect.delimiter, &cell) ||
            text_cell_value(&cell, &dialect, &value) != TEXT_NUMBER) {
            continue;
        }
        for (columns = 1; text_cell_next(&p, end, dialect.delimiter, &cell);) {
            columns += p || cell.start < cell.end;
        }
        return text_preamble_columns(preamble, at, columns, &dialect, layout, error);
    }
    return error_set(error, STATUS_FAILED,
                     "%s: no rows of numbers follow its list of channels; was it cut short?", name);
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    const char *name = source_name(stream->source);
    struct entry *entries = NULL;
    size_t count = 0;
    double common, most = 0;
    enum status status = find_rows(preamble, name, layout, error);
    if (status == STATUS_OK) {
        status = find_entries(preamble, layout->lines, &entries, &count, &common, error);
    }
    if (status == STATUS_OK && count != layout->column_count) {
        status = error_set(error, STATUS_FAILED,
                           "%s: its header lists %zu channels, but rows have %zu columns", name,
                           count, layout->column_count);
    }
    if (status == STATUS_OK) {
        status = text_stream_allocate(stream, count, count, error);
    }
    for (size_t c = 0; c < count && status == STATUS_OK; c++) {
        most = fmax(most, entries[c].values);
    }
    for (size_t c = 0; c < count && status == STATUS_OK; c++) {
        struct channel *channel = &stream->info->channels[c];
        double rate = entry_rate(&entries[c], common, given, most);
        if (!(rate > 0)) {
            status = error_set(error, STATUS_NO_RATE,
                               "%s: its header tells no sampling rate; give it with --rate", name);
        }
        memcpy(channel->label, entries[c].label, sizeof channel->label);
        memcpy(channel->file_unit, entries[c].unit, sizeof channel->file_unit);
        memcpy(channel->description, entries[c].filters, sizeof channel->description);
        /* Of the sensors only those for EMG give millivolts; goniometers give degrees. */
        double microvolts = text_microvolts_per(channel->file_unit);
        channel->type = microvolts > 0 && microvolts <= 1000 ? CHANNEL_EMG : CHANNEL_OTHER;
        stream->columns[c] = c;
        stream->groups[c] = (struct text_group){
            .first = c,
            .count = 1,
            .rate = rate,
            .ends = true,
            .claimed = entries[c].values < 1e15 ? (uint64_t)entries[c].values : 0};
    }
    free(entries);
    return status == STATUS_OK ? text_stream_begin(stream, error) : status;
}

static enum status datalog_open(struct source *source, const struct reader_options *options,
                                struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_datalog = {
    .id = "datalog",
    .description = "Biometrics DataLOG text",
    .extensions = "txt log",
    .streams = true,
    .probe = datalog_probe,
    .open = datalog_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
