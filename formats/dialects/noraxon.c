/* Noraxon exports (MyoResearch XP, MR3, MR4), CSV or ASCII: lines about the measurement, as keys
 * and values or as a row of keys over a row of values; a row of names that begins with the time
 * ("time,Activity,Marker,LT SOLEUS", "Time,s<tab>RT BICEPS,uV"); at times a row of units. */
#include "formats/delimited/preamble.h"
#include "formats/delimited/stream.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* What the lines before the names say. */
struct facts {
    double rate; /* Hz; NaN: nothing */
    double count;
    struct text_moment day, clock;
    char name[LABEL_SIZE], unit[UNIT_SIZE]; /* of exports of one signal each */
};

static bool is_text(const unsigned char *head, size_t size)
{
    size = size < 1024 ? size : 1024;
    return !memchr(head, '\0', size);
}

static void copy_cell(const struct text_cell *cell, char *to, size_t size)
{
    text_from_field(to, size, cell->start, (size_t)(cell->end - cell->start));
}

/* Label and unit of a name: "RT BICEPS,uV" besides what other tables have. */
static void take_name(const struct text_cell *cell, struct text_column *column)
{
    struct text_cell label = *cell, unit = *cell;
    const char *comma = memrchr(cell->start, ',', (size_t)(cell->end - cell->start));
    if (comma) {
        unit.start = comma + 1;
        while (unit.start < unit.end && *unit.start == ' ') {
            unit.start++;
        }
        label.end = comma;
        comma = text_header_is_unit(&unit) ? comma : NULL;
    }
    text_header_parse(comma ? &label : cell, column);
    if (comma) {
        text_header_set_unit(&unit, column);
    }
}

/* Whether the line names columns with this delimiter between: the first is the time. */
static bool names_columns(const struct text_preamble *preamble, size_t line, char delimiter)
{
    const char *p = preamble->lines.starts[line];
    struct text_column column = {0};
    struct text_cell cell;
    if (!text_cell_next(&p, preamble->lines.ends[line], delimiter, &cell) || !p) {
        return false;
    }
    take_name(&cell, &column);
    /* "Time: 12:30" is a key with its value, and so is "Time" before a lone clock time. */
    const char *after = p;
    struct text_cell second;
    struct text_moment moment;
    bool more = text_cell_next(&after, preamble->lines.ends[line], delimiter, &second);
    bool value =
        more && second.start < second.end && text_moment_parse(second.start, true, &moment);
    return column.named_time && !value;
}

static bool find_names(const struct text_preamble *preamble, size_t *line, char *delimiter)
{
    static const char delimiters[] = {'\t', ';', ','};
    for (*line = 0; *line < preamble->lines.count; ++*line) {
        for (size_t d = 0; d < sizeof delimiters; d++) {
            if (names_columns(preamble, *line, delimiters[d])) {
                *delimiter = delimiters[d];
                return true;
            }
        }
    }
    return false;
}

/* Whether there are names of columns, the time first, with a row of numbers soon behind them: who
 * only speaks of Noraxon (a README, a sidecar) has none. */
static bool has_table(const unsigned char *head, size_t size)
{
    struct text_preamble preamble;
    struct text_cell cell;
    size_t names = 0;
    double value;
    char delimiter = '\0';
    bool found = false, named = text_preamble_take(&preamble, head, size, NULL) == STATUS_OK &&
                                find_names(&preamble, &names, &delimiter);
    for (size_t i = names + 1; named && i < preamble.lines.count && i <= names + 3; i++) {
        const char *p = preamble.lines.starts[i];
        struct text_dialect dialect = {delimiter, delimiter == ',' ? '.' : ',', '\n'};
        const struct text_dialect point = {delimiter, '.', '\n'};
        found = found || (text_cell_next(&p, preamble.lines.ends[i], delimiter, &cell) && p &&
                          (text_cell_value(&cell, &dialect, &value) == TEXT_NUMBER ||
                           text_cell_value(&cell, &point, &value) == TEXT_NUMBER));
    }
    /* Rows whose names are gone: the reader tells what is missing. */
    struct text_layout layout = {.time = SIZE_MAX, .moment = SIZE_MAX};
    if (!named && preamble.lines.count > 0) {
        text_layout_find(preamble.text, &preamble.lines, 0, &layout, &found, NULL);
    }
    text_layout_clear(&layout);
    text_preamble_close(&preamble);
    return found;
}

static struct probe noraxon_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    bool rows = text_head_starts(head, size, "type,") &&
                text_head_has(head, size, 1000, "begin_time") &&
                text_head_has(head, size, 1000, "frequency");
    bool named = text_head_has(head, size, 4096, "Noraxon") ||
                 text_head_has(head, size, 4096, "MyoResearch") ||
                 text_head_has(head, size, 4096, "myoRESEARCH");
    bool timed = text_head_has(head, size, 8192, "ime");
    if (is_text(head, size) && (rows || (named && timed && has_table(head, size)))) {
        probe.verdict = PROBE_MINE;
        probe.confidence = rows ? 85 : 72;
    }
    return probe;
}

/* Takes one pair of key and value. */
static void take_fact(const char *key, const char *value, struct facts *facts)
{
    static const char *const days[] = {"measurement_date", "measurement date", "date",
                                       "record date",      "recording date",   NULL};
    struct text_moment moment;
    double number = text_number_after(value, "");
    if (strncasecmp(key, "frequency", 9) == 0 || strncasecmp(key, "sampling rate", 13) == 0 ||
        strncasecmp(key, "sampling frequency", 18) == 0 ||
        strncasecmp(key, "sample rate", 11) == 0) {
        facts->rate = number > 0 ? number : facts->rate;
    } else if (strcasecmp(key, "count") == 0) {
        facts->count = number;
    } else if (strcasecmp(key, "name") == 0) {
        text_from_field(facts->name, sizeof facts->name, value, strlen(value));
    } else if (strcasecmp(key, "units") == 0) {
        text_from_field(facts->unit, sizeof facts->unit, value, strlen(value));
    } else if (strcasecmp(key, "time") == 0 && text_moment_from(value, &moment)) {
        facts->clock = moment;
    }
    for (size_t i = 0; days[i]; i++) {
        if (strcasecmp(key, days[i]) == 0 && text_moment_from(value, &moment)) {
            facts->day = moment;
        }
    }
}

/* A row of keys over a row of values. */
static void take_rows(const struct text_preamble *preamble, size_t line, char delimiter,
                      struct facts *facts)
{
    const char *p = preamble->lines.starts[line], *q = preamble->lines.starts[line + 1];
    struct text_cell key, value;
    char name[LABEL_SIZE], text[LABEL_SIZE];
    while (text_cell_next(&p, preamble->lines.ends[line], delimiter, &key) &&
           text_cell_next(&q, preamble->lines.ends[line + 1], delimiter, &value)) {
        copy_cell(&key, name, sizeof name);
        copy_cell(&value, text, sizeof text);
        take_fact(name, text, facts);
    }
}

/* Reads the lines before the names. */
static void find_facts(const struct text_preamble *preamble, size_t names, char delimiter,
                       struct facts *facts)
{
    char line[400];
    *facts = (struct facts){.rate = NAN, .count = NAN};
    for (size_t i = 0; i < names; i++) {
        text_preamble_line(preamble, i, line, sizeof line);
        if (i == 0 && names > 1 && strncmp(line, "type", 4) == 0) {
            take_rows(preamble, 0, delimiter, facts);
            i++;
            continue;
        }
        size_t key = strcspn(line, ":=\t;,");
        if (line[key]) {
            char *value = line + key + 1;
            line[key] = '\0';
            value += strspn(value, " :=\t;,\"");
            value[strcspn(value, "\t;\"")] = '\0';
            take_fact(line + strspn(line, "\""), value, facts);
        }
    }
}

/* Names the columns; a row of units may follow, and is passed. Returns the line of the first row.
 */
static size_t take_names(const struct text_preamble *preamble, size_t names,
                         struct text_layout *layout)
{
    const char *p = preamble->lines.starts[names];
    size_t next = names + 1, units = 0, others = 0;
    struct text_cell cell;
    double value;
    for (size_t c = 0; c < layout->column_count && text_cell_next(&p, preamble->lines.ends[names],
                                                                  layout->dialect.delimiter, &cell);
         c++) {
        take_name(&cell, &layout->columns[c]);
    }
    if (next >= preamble->lines.count) {
        return next;
    }
    p = preamble->lines.starts[next];
    while (text_cell_next(&p, preamble->lines.ends[next], layout->dialect.delimiter, &cell)) {
        units += text_header_is_unit(&cell);
        others += text_cell_value(&cell, &layout->dialect, &value) == TEXT_NUMBER;
    }
    if (units == 0 || others > 0) {
        return next;
    }
    p = preamble->lines.starts[next];
    for (size_t c = 0; c < layout->column_count && text_cell_next(&p, preamble->lines.ends[next],
                                                                  layout->dialect.delimiter, &cell);
         c++) {
        if (text_header_is_unit(&cell)) {
            text_header_set_unit(&cell, &layout->columns[c]);
        }
    }
    return next + 1;
}

/* The decimal mark, by any number with a comma: times may be whole. */
static void find_mark(const struct text_preamble *preamble, size_t names,
                      struct text_dialect *dialect)
{
    struct text_dialect comma = *dialect;
    struct text_cell cell;
    double value;
    comma.mark = ',';
    for (size_t i = names + 1; i < preamble->lines.count && dialect->delimiter != ','; i++) {
        const char *p = preamble->lines.starts[i], *end = preamble->lines.ends[i];
        while (text_cell_next(&p, end, dialect->delimiter, &cell)) {
            if (memchr(cell.start, ',', (size_t)(cell.end - cell.start)) &&
                text_cell_value(&cell, &comma, &value) == TEXT_NUMBER) {
                dialect->mark = ',';
                return;
            }
        }
    }
}

/* Finds names, dialect and columns. */
static enum status find_table(struct text_stream *stream, const struct text_preamble *preamble,
                              struct facts *facts, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    struct text_dialect dialect = {.mark = '.'};
    const char *name = source_name(stream->source);
    size_t names, columns = 0, rows;
    struct text_cell cell;
    dialect.line_end = text_lines_end(preamble->text, preamble->size);
    if (!find_names(preamble, &names, &dialect.delimiter)) {
        return error_set(error, STATUS_FAILED,
                         "%s: no line among the first %zu names the columns, the time first", name,
                         preamble->lines.count);
    }
    find_facts(preamble, names, dialect.delimiter, facts);
    find_mark(preamble, names, &dialect);
    const char *p = preamble->lines.starts[names];
    for (size_t c = 0; text_cell_next(&p, preamble->lines.ends[names], dialect.delimiter, &cell);
         c++) {
        columns = cell.start < cell.end ? c + 1 : columns;
    }
    enum status status =
        text_preamble_columns(preamble, names + 1, columns, &dialect, layout, error);
    if (status != STATUS_OK) {
        return status;
    }
    rows = take_names(preamble, names, layout);
    if (rows >= preamble->lines.count) {
        return error_set(error, STATUS_FAILED,
                         "%s: no rows follow the names of columns in line %zu; was the file cut "
                         "short?",
                         name, names + 1);
    }
    layout->lines = rows;
    layout->start = (size_t)(preamble->lines.starts[rows] - preamble->text);
    layout->rows = preamble->lines.count - rows;
    return STATUS_OK;
}

/* Whether a column's name says that it holds words about samples, and of which kind. */
static bool is_label(const struct text_column *column, enum text_label_kind *kind)
{
    bool state = strcasecmp(column->label, "Activity") == 0;
    *kind = state ? TEXT_LABEL_STATE : TEXT_LABEL_EVENT;
    return state || strncasecmp(column->label, "Marker", 6) == 0 ||
           strcasecmp(column->label, "Event") == 0 || strcasecmp(column->label, "Events") == 0;
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    struct facts facts;
    enum text_label_kind kind;
    enum status status = find_table(stream, preamble, &facts, error);
    if (status != STATUS_OK) {
        return status;
    }
    struct text_column *columns = layout->columns;
    columns[0].role = TEXT_ROLE_TIME;
    for (size_t c = 1; c < layout->column_count && status == STATUS_OK; c++) {
        if (is_label(&columns[c], &kind)) {
            columns[c].role = TEXT_ROLE_PASSED;
            status = text_stream_label(stream, kind, c, error);
        }
    }
    /* An export of one signal has its name and unit in the lines before. */
    if (layout->column_count == 2 && strcasecmp(columns[1].label, "value") == 0 && facts.name[0]) {
        memcpy(columns[1].label, facts.name, sizeof facts.name);
        memcpy(columns[1].unit, facts.unit, sizeof facts.unit);
    }
    if (status == STATUS_OK) {
        status = text_stream_channels(stream, given > 0 ? given : facts.rate, error);
    }
    if (status == STATUS_OK && !(given > 0)) {
        double unit = columns[0].time_unit > 0 ? columns[0].time_unit : 1;
        status = text_stream_times(stream, 0, 0, unit, facts.rate, &preamble->lines, error);
    }
    if (status == STATUS_OK) {
        stream->groups[0].claimed =
            facts.count >= 1 && facts.count < 1e15 ? (uint64_t)facts.count : 0;
        text_moment_set_start(&stream->info->start, &facts.day, &facts.clock);
        status = text_stream_begin(stream, error);
    }
    return status;
}

static enum status noraxon_open(struct source *source, const struct reader_options *options,
                                struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_noraxon = {
    .id = "noraxon",
    .description = "Noraxon MyoResearch exports (CSV, ASCII)",
    .extensions = "csv txt asc",
    .streams = true,
    .probe = noraxon_probe,
    .open = noraxon_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
