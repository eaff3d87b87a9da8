#include "formats/delimited/rows.h"

#include "formats/checked.h"
#include "formats/number.h"
#include "formats/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CHUNK    (256 * 1024)
#define LINE_MAX (1024 * 1024)

enum status text_rows_open(struct text_rows *rows, struct source *source,
                           const struct text_layout *layout, bool strict, struct warnings *warnings,
                           struct error *error)
{
    *rows = (struct text_rows){.source = source,
                               .layout = layout,
                               .warnings = warnings,
                               .strict = strict,
                               .line = layout->lines,
                               .capacity = CHUNK};
    rows->row = checked_calloc(layout->column_count, sizeof *rows->row);
    rows->required = checked_calloc(layout->column_count, sizeof *rows->required);
    rows->buffer = malloc(rows->capacity + 1);
    rows->kept = checked_calloc(layout->column_count, sizeof *rows->kept);
    rows->cells = checked_calloc(layout->column_count, sizeof *rows->cells);
    if (!rows->row || !rows->required || !rows->buffer || !rows->kept || !rows->cells) {
        return error_memory(error, "opening a recording");
    }
    if (layout->time != SIZE_MAX) {
        rows->required[layout->time] = true;
    }
    return STATUS_OK;
}

void text_rows_close(struct text_rows *rows)
{
    free(rows->row);
    free(rows->required);
    free(rows->kept);
    free(rows->cells);
    free(rows->buffer);
    *rows = (struct text_rows){0};
}

/* Brings complete lines into the buffer. Without any, the stream has ended. */
static enum status fill(struct text_rows *rows, struct error *error)
{
    char line_end = rows->layout->dialect.line_end;
    enum status status = STATUS_OK;
    memmove(rows->buffer, rows->buffer + rows->start, rows->end - rows->start);
    rows->end -= rows->start;
    rows->complete = rows->start = 0;
    while (status == STATUS_OK && rows->complete == 0 && !rows->ended) {
        size_t got, before = rows->end;
        if (rows->capacity - rows->end < CHUNK / 2) {
            if (rows->end > LINE_MAX) {
                return error_set(error, STATUS_FAILED,
                                 "%s: line %" PRIu64 " is longer than %d MiB: this is no table",
                                 source_name(rows->source), rows->line, LINE_MAX >> 20);
            }
            char *grown = checked_realloc(rows->buffer, rows->capacity * 2 + 1, 1);
            if (!grown) {
                return error_memory(error, "reading a table");
            }
            rows->buffer = grown;
            rows->capacity *= 2;
        }
        size_t room = rows->capacity - rows->end;
        status = source_read(rows->source, rows->buffer + rows->end, room, &got, error);
        rows->end += got;
        rows->ended = got < room;
        const char *last = memrchr(rows->buffer + before, line_end, rows->end - before);
        rows->complete = last ? (size_t)(last + 1 - rows->buffer) : 0;
    }
    return status;
}

static inline const char *skip_blanks(const char *p, char delimiter)
{
    while (*p == ' ' || (*p == '\t' && delimiter != '\t')) {
        p++;
    }
    return p;
}

/* Passes a word in a column where it does no harm; NULL where it may be a fault, a comment, or
 * quoted. */
static const char *skip_word(const struct text_rows *rows, const char *p, size_t column)
{
    const struct text_dialect *dialect = &rows->layout->dialect;
    if (rows->required[column] || column == 0 || *p == '"') {
        return NULL;
    }
    while (*p != dialect->delimiter && *p != dialect->line_end && *p != '\t') {
        p++;
    }
    return p;
}

/* A date or clock time as seconds; NULL when the cell needs a closer look. */
static const char *parse_moment(const struct text_rows *rows, const char *p, double *value)
{
    const struct text_layout *layout = rows->layout;
    struct text_moment moment;
    p = text_moment_parse(p, layout->dialect.delimiter != ' ', &moment);
    if (!p || moment.kind != layout->columns[layout->moment].moment) {
        return NULL;
    }
    *value = (double)(moment.seconds - layout->epoch) + moment.fraction;
    return p;
}

/* Parses the cell at p into a column; NULL when it needs a closer look. `special`: there may be
 * dates in it, and it may be kept. */
static inline __attribute__((always_inline)) const char *
parse_plain_cell(struct text_rows *rows, const char *p, size_t column, bool special)
{
    const struct text_dialect *dialect = &rows->layout->dialect;
    const char *start = p;
    if (special && column == rows->layout->moment) {
        p = parse_moment(rows, p, &rows->row[column]);
    } else if (*p == dialect->delimiter) {
        rows->row[column] = NAN;
    } else {
        p = number_parse(p, dialect->mark, &rows->row[column]);
        if (__builtin_expect(!p, 0) && (p = skip_word(rows, start, column))) {
            rows->row[column] = NAN;
        }
    }
    if (special && rows->kept[column] && p) {
        rows->cells[column] = (struct text_cell){.start = start, .end = p};
    }
    return p;
}

/* The columns from `column` on have no cell in this row. */
static void leave_out(struct text_rows *rows, size_t column)
{
    for (; column < rows->layout->column_count; column++) {
        rows->row[column] = NAN;
        rows->cells[column] = (struct text_cell){0};
    }
}

/* Parses the cells of a row at p. Returns what follows the last, or NULL when the row needs a
 * closer look. */
static inline __attribute__((always_inline)) const char *
parse_plain_cells(struct text_rows *rows, const char *p, bool special)
{
    const struct text_layout *layout = rows->layout;
    char delimiter = layout->dialect.delimiter;
    size_t last = layout->column_count - 1;
    for (size_t c = 0;; c++) {
        p = parse_plain_cell(rows, skip_blanks(p, delimiter), c, special);
        if (!p || c == last) {
            return p;
        }
        const char *after = delimiter == ' ' ? p : skip_blanks(p, delimiter);
        if (*after == delimiter || (delimiter == ' ' && *after == '\t')) {
            p = after + 1;
        } else if (layout->ragged && (*after == layout->dialect.line_end || *after == '\r')) {
            leave_out(rows, c + 1);
            return after;
        } else {
            return NULL;
        }
    }
}

/* True for a line of delimiters and blanks alone. */
static bool is_empty_row(const char *p, char delimiter, char line_end)
{
    while (*p == delimiter || *p == ' ' || *p == '\t' || *p == '\r') {
        p++;
    }
    return *p == line_end;
}

/* Parses a row of plain numbers at p, as nearly all are. Returns what follows its line, or NULL
 * when the row needs a closer look. A line end has to follow somewhere. */
static const char *parse_plain(struct text_rows *rows, const char *p)
{
    const struct text_layout *layout = rows->layout;
    char delimiter = layout->dialect.delimiter, line_end = layout->dialect.line_end;
    bool special = rows->keeping || layout->moment != SIZE_MAX;
    if (rows->foreign && *p == delimiter && is_empty_row(p, delimiter, line_end)) {
        return NULL; /* nothing is read into it before the dialect was asked */
    }
    p = special ? parse_plain_cells(rows, p, true) : parse_plain_cells(rows, p, false);
    if (!p) {
        return NULL;
    }
    p = skip_blanks(p, delimiter);
    if (layout->ragged && *p == delimiter) {
        p = rawmemchr(p, line_end);
    }
    if (layout->trailing && *p == delimiter) {
        p = skip_blanks(p + 1, delimiter);
    }
    p += *p == '\r' && line_end == '\n';
    return *p == line_end ? p + 1 : NULL;
}

/* Whether nothing but blank lines follows the line that has just been passed. */
static enum status is_last(struct text_rows *rows, bool *last, struct error *error)
{
    *last = false;
    for (;;) {
        while (rows->start < rows->end && strchr(" \t\r\n", rows->buffer[rows->start]) &&
               rows->buffer[rows->start]) {
            rows->start++;
        }
        if (rows->start < rows->end || rows->ended) {
            *last = rows->start == rows->end;
            return STATUS_OK;
        }
        enum status status = fill(rows, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
}

/* A row that does not fit. `problem` says why; the last row of a cut file is left out. */
static enum status bad_row(struct text_rows *rows, bool cut, const char *problem,
                           struct error *error)
{
    const char *name = source_name(rows->source);
    bool last = true;
    enum status status = cut ? is_last(rows, &last, error) : STATUS_OK;
    if (status != STATUS_OK) {
        return status;
    }
    if (!cut || !last || rows->strict) {
        return error_set(error, STATUS_FAILED, "%s: line %" PRIu64 " %s; %s", name, rows->line,
                         problem,
                         cut && last ? "the file was cut short" : "mend or remove the line");
    }
    warnings_add(rows->warnings, "%s: the last line (%" PRIu64 ") is cut short, and left out", name,
                 rows->line);
    rows->finished = true;
    return STATUS_OK;
}

/* What a cell says, as text_cell_value has it; dates and clock times where they are read. */
static enum text_value cell_value(struct text_rows *rows, const struct text_cell *cell,
                                  size_t column)
{
    double *value = &rows->row[column];
    if (column == rows->layout->moment && cell->start < cell->end) {
        const char *after = parse_moment(rows, cell->start, value);
        if (after == cell->end) {
            return TEXT_NUMBER;
        }
        *value = NAN;
        return TEXT_WORD;
    }
    return text_cell_value(cell, &rows->layout->dialect, value);
}

/* Parses the line [p, end) cell by cell; it has been passed. `whole`: its line end is there. */
static enum status parse_cells(struct text_rows *rows, const char *p, const char *end, bool whole,
                               bool *found, struct error *error)
{
    const struct text_layout *layout = rows->layout;
    struct text_cell cell;
    char problem[400];
    size_t cells = 0;
    *found = false;
    while (text_cell_next(&p, end, layout->dialect.delimiter, &cell)) {
        size_t c = cells++;
        /* An empty cell behind the last delimiter is none. */
        bool extra = c == layout->column_count && !p && cell.start == cell.end && layout->trailing;
        cells -= extra;
        if (c >= layout->column_count) {
            continue;
        }
        rows->cells[c] = cell;
        if (cell_value(rows, &cell, c) == TEXT_WORD && rows->required[c]) {
            char word[40];
            text_from_field(word, sizeof word, cell.start, (size_t)(cell.end - cell.start));
            snprintf(problem, sizeof problem, "has '%s' in column %zu%s%s%s, which is no number",
                     word, c + 1, layout->columns[c].label[0] ? " (" : "", layout->columns[c].label,
                     layout->columns[c].label[0] ? ")" : "");
            return bad_row(rows, !whole && !p, problem, error);
        }
    }
    if (cells < layout->column_count && layout->ragged) {
        leave_out(rows, cells);
    } else if (cells != layout->column_count && !layout->ragged) {
        snprintf(problem, sizeof problem, "has %zu columns where %zu were expected", cells,
                 layout->column_count);
        return bad_row(rows, cells < layout->column_count, problem, error);
    }
    *found = true;
    return STATUS_OK;
}

/* Looks closer at the line [p, end), which is no row of plain numbers. */
static enum status parse_line(struct text_rows *rows, const char *p, const char *end, bool whole,
                              bool *found, struct error *error)
{
    const struct text_dialect *dialect = &rows->layout->dialect;
    enum status status = STATUS_OK;
    if (rows->foreign && rows->foreign(rows->context, p, end, &status, error)) {
        return status;
    }
    if (status != STATUS_OK || text_line_is_blank(p, end, dialect) ||
        text_line_is_comment(p, end, dialect)) {
        return status;
    }
    return parse_cells(rows, p, end, whole, found, error);
}

enum status text_rows_next(struct text_rows *rows, bool *found, struct error *error)
{
    enum status status = STATUS_OK;
    *found = false;
    while (!*found && !rows->finished && status == STATUS_OK) {
        if (rows->start == rows->complete && !rows->ended) {
            status = fill(rows, error);
            continue;
        }
        bool whole = rows->start < rows->complete;
        const char *p = rows->buffer + rows->start;
        if (!whole && rows->start == rows->end) {
            break;
        }
        if (!whole) {
            rows->buffer[rows->end] = rows->layout->dialect.line_end;
        }
        const char *next = rows->watching ? NULL : parse_plain(rows, p);
        *found = next != NULL;
        const char *end = rows->buffer + rows->end;
        const char *stop = next ? next - 1 : text_line_end(p, end, &rows->layout->dialect);
        size_t after = (size_t)(stop - rows->buffer) + 1;
        rows->start = after < rows->end ? after : rows->end;
        rows->line++;
        if (!next) {
            status = parse_line(rows, p, stop, whole, found, error);
        }
    }
    return status;
}
