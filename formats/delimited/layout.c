#include "formats/delimited/layout.h"

#include "formats/checked.h"
#include "formats/number.h"

#include <math.h>
#include <string.h>

/* In the order of preference among those that explain equally many rows. */
static const struct {
    char delimiter, mark;
} candidates[] = {{'\t', '.'}, {'\t', ','}, {';', '.'}, {';', ','},
                  {',', '.'},  {' ', '.'},  {' ', ','}};

#define CANDIDATE_COUNT (sizeof candidates / sizeof *candidates)

/* How well a dialect explains the lines. */
struct fit {
    struct text_dialect dialect;
    size_t rows; /* lines that are rows of `cells` cells */
    size_t cells;
    size_t numbers;     /* in those rows */
    size_t first;       /* line of the first of them */
    size_t content;     /* lines from there on that are neither blank nor comments */
    bool header_agrees; /* the line before it, if any, has as many cells */
    bool strict;        /* words are in none of them */
};

/* Fewer lines of mostly words may be any prose: "12 subjects took part." */
#define LOOSE_ROWS_MIN 3

struct text_tally text_layout_tally(const struct text_lines *lines, size_t line,
                                    const struct text_dialect *dialect)
{
    struct text_tally tally = {0};
    const char *p = lines->starts[line], *end = lines->ends[line];
    struct text_cell cell;
    double value;
    tally.comment = text_line_is_blank(p, end, dialect) || text_line_is_comment(p, end, dialect);
    while (!tally.comment && text_cell_next(&p, end, dialect->delimiter, &cell)) {
        enum text_value kind = text_cell_value(&cell, dialect, &value);
        tally.named = tally.named || (tally.cells == 0 && kind == TEXT_WORD &&
                                      !(*cell.start >= '0' && *cell.start <= '9'));
        tally.cells++;
        tally.numbers += kind == TEXT_NUMBER;
        tally.words += kind == TEXT_WORD;
        tally.filled += cell.start < cell.end;
    }
    return tally;
}

/* A strict row holds numbers and missing values; a loose one may hold words beside numbers, but is
 * no list of things with names, as headers of other formats are. */
static bool is_row(const struct text_tally *tally, bool strict)
{
    if (tally->comment) {
        return false;
    }
    return strict ? tally->words == 0 && tally->filled > 0 : tally->numbers > 0 && !tally->named;
}

/* The number of cells that most rows have: each row votes for its own, or against another. */
static size_t majority_cells(const struct text_tally *tallies, size_t count, bool strict)
{
    size_t cells = 0, votes = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_row(&tallies[i], strict)) {
            continue;
        }
        if (votes == 0) {
            cells = tallies[i].cells;
        }
        votes += tallies[i].cells == cells ? 1 : (size_t)-1;
    }
    return cells;
}

/* Whether a line may be the header of rows of so many cells. One label has no comma in it. */
static bool header_agrees(const struct text_lines *lines, size_t line,
                          const struct text_tally *tally, size_t cells)
{
    const char *start = lines->starts[line];
    return tally->cells == cells && tally->words > tally->numbers &&
           (cells > 1 || *start == '"' || !memchr(start, ',', (size_t)(lines->ends[line] - start)));
}

static struct fit fit_dialect(const struct text_lines *lines, struct text_dialect dialect,
                              bool strict, struct text_tally *tallies)
{
    struct fit fit = {.dialect = dialect, .header_agrees = true, .strict = strict};
    for (size_t i = 0; i < lines->count; i++) {
        tallies[i] = text_layout_tally(lines, i, &dialect);
    }
    fit.cells = majority_cells(tallies, lines->count, strict);
    size_t header = SIZE_MAX;
    for (size_t i = 0; i < lines->count; i++) {
        if (is_row(&tallies[i], strict) && tallies[i].cells == fit.cells) {
            fit.first = fit.rows == 0 ? i : fit.first;
            fit.rows++;
            fit.numbers += tallies[i].numbers;
        } else if (fit.rows == 0 && !tallies[i].comment) {
            header = i;
        }
        fit.content += fit.rows > 0 && !tallies[i].comment;
    }
    fit.header_agrees =
        header == SIZE_MAX || header_agrees(lines, header, &tallies[header], fit.cells);
    return fit;
}

/* A table is numbers, in at least every other line. */
static bool is_table(const struct fit *fit)
{
    return fit->numbers > 0 && fit->rows >= fit->content - fit->rows &&
           (fit->strict || fit->rows >= LOOSE_ROWS_MIN ||
            2 * fit->numbers >= fit->rows * fit->cells);
}

static bool is_better(const struct fit *a, const struct fit *b)
{
    if (is_table(a) != is_table(b)) {
        return is_table(a);
    }
    if (a->header_agrees != b->header_agrees) {
        return a->header_agrees;
    }
    /* A damaged row or two say nothing. */
    if (a->rows < b->rows - b->rows / 10 || b->rows < a->rows - a->rows / 10) {
        return a->rows > b->rows;
    }
    /* "1,2" is rather two numbers than one with a decimal comma. */
    if ((a->cells > 1) != (b->cells > 1)) {
        return a->cells > 1;
    }
    /* A wrong delimiter glues numbers together to words. */
    return a->numbers * b->cells * b->rows > b->numbers * a->cells * a->rows;
}

/* One column with decimal commas reads as two columns of whole numbers; a second one that has
 * leading zeros gives it away ("0,012"). */
static bool has_decimal_commas(const struct text_lines *lines, const struct fit *fit)
{
    const struct text_dialect decimal = {';', ',', fit->dialect.line_end};
    bool zeros = false;
    for (size_t i = fit->first; i < lines->count; i++) {
        const char *p = lines->starts[i], *end = lines->ends[i];
        struct text_cell cell;
        double value;
        if (text_line_is_blank(p, end, &decimal) || text_line_is_comment(p, end, &decimal)) {
            continue;
        }
        text_cell_next(&p, end, ';', &cell);
        if (p || cell.quoted || text_cell_value(&cell, &decimal, &value) != TEXT_NUMBER) {
            return false;
        }
        const char *comma = memchr(cell.start, ',', (size_t)(cell.end - cell.start));
        zeros = zeros || (comma && cell.end - comma > 2 && comma[1] == '0');
    }
    return zeros;
}

/* Finds the dialect; is_table says whether there is any. */
static struct fit choose_dialect(const struct text_lines *lines, char line_end,
                                 struct text_tally *tallies)
{
    struct fit best = {0};
    for (int strict = 1; strict >= 0 && !is_table(&best); strict--) {
        best = (struct fit){0};
        for (size_t i = 0; i < CANDIDATE_COUNT; i++) {
            struct text_dialect dialect = {candidates[i].delimiter, candidates[i].mark, line_end};
            struct fit fit = fit_dialect(lines, dialect, strict, tallies);
            if (fit.rows > 0 && (best.rows == 0 || is_better(&fit, &best))) {
                best = fit;
            }
        }
    }
    if (best.dialect.delimiter == ',' && best.cells == 2 && has_decimal_commas(lines, &best)) {
        struct text_dialect dialect = {';', ',', line_end};
        best = fit_dialect(lines, dialect, true, tallies);
    }
    return best;
}

/* Whether every row ends in a delimiter with nothing behind it. */
static bool has_trailing(const struct text_lines *lines, const struct fit *fit)
{
    char delimiter = fit->dialect.delimiter;
    for (size_t i = fit->first; i < lines->count; i++) {
        const char *p = lines->starts[i], *end = lines->ends[i];
        struct text_cell cell = {0};
        size_t cells = 0;
        if (text_line_is_blank(p, end, &fit->dialect) ||
            text_line_is_comment(p, end, &fit->dialect)) {
            continue;
        }
        while (text_cell_next(&p, end, delimiter, &cell)) {
            cells++;
        }
        if (cells == fit->cells && (cell.start < cell.end || cell.quoted)) {
            return false;
        }
    }
    return fit->cells > 1;
}

/* Two bytes a letter leave every other byte of plain text 0. */
static bool is_utf16(const unsigned char *head, size_t size)
{
    size_t zeros[2] = {0, 0};
    if (size >= 2 &&
        ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff))) {
        return true;
    }
    size = size < 512 ? size : 512;
    for (size_t i = 0; i < size; i++) {
        zeros[i % 2] += head[i] == 0;
        if (head[i] != 0 && (head[i] < 0x09 || head[i] > 0x7e)) {
            return false;
        }
    }
    return size >= 16 && ((zeros[0] == 0 && zeros[1] >= size / 2 - 1) ||
                          (zeros[1] == 0 && zeros[0] >= size / 2 - 1));
}

/* JSON, XML and HTML: lists of numbers in them have lines like rows. */
static bool is_markup(const unsigned char *head, size_t size)
{
    static const char *const starts[] = {"<?xml", "<!", "<html", "<HTML", "{", "[[", NULL};
    size_t at = size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < size && (head[at] == ' ' || (head[at] >= '\t' && head[at] <= '\r'))) {
        at++;
    }
    for (size_t i = 0; starts[i]; i++) {
        size_t length = strlen(starts[i]);
        if (size - at >= length && memcmp(head + at, starts[i], length) == 0) {
            return true;
        }
    }
    /* "[" alone in its line, where "[mV]" is a unit. */
    return size - at >= 2 && head[at] == '[' && (head[at + 1] == '\n' || head[at + 1] == '\r');
}

static bool is_binary(const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (head[i] < 0x20 && !(head[i] >= '\t' && head[i] <= '\r')) {
            return true;
        }
    }
    return false;
}

/* A row of whole numbers without a time, between the header and the first row that has one: the
 * numbers of samples, as AcqKnowledge writes them. */
static bool is_count_row(const struct text_lines *lines, size_t line,
                         const struct text_dialect *dialect)
{
    const char *p = lines->starts[line], *q = line + 1 < lines->count ? lines->starts[line + 1] : p;
    struct text_cell cell;
    double value;
    size_t numbers = 0;
    if (line == 0 || q == p || !text_cell_next(&p, lines->ends[line], dialect->delimiter, &cell) ||
        cell.start < cell.end || cell.quoted ||
        !text_cell_next(&q, lines->ends[line + 1], dialect->delimiter, &cell) ||
        text_cell_value(&cell, dialect, &value) != TEXT_NUMBER) {
        return false;
    }
    while (text_cell_next(&p, lines->ends[line], dialect->delimiter, &cell)) {
        if (cell.start == cell.end && !p) {
            break;
        }
        if (text_cell_value(&cell, dialect, &value) != TEXT_NUMBER || value != rint(value) ||
            value < 1) {
            return false;
        }
        numbers++;
    }
    return numbers > 0;
}

enum status text_layout_find(const char *text, const struct text_lines *lines, size_t before,
                             struct text_layout *layout, bool *found, struct error *error)
{
    *layout = (struct text_layout){.time = SIZE_MAX, .moment = SIZE_MAX};
    *found = false;
    struct text_tally *tallies = checked_calloc(lines->count, sizeof *tallies);
    if (!tallies) {
        return error_memory(error, "reading a table");
    }
    char line_end = lines->count > 0 && *lines->ends[0] == '\r' ? '\r' : '\n';
    struct fit fit = choose_dialect(lines, line_end, tallies);
    enum status status = STATUS_OK;
    *found = is_table(&fit);
    if (*found) {
        fit.first += is_count_row(lines, fit.first, &fit.dialect);
        layout->dialect = fit.dialect;
        layout->trailing = has_trailing(lines, &fit);
        layout->column_count = fit.cells - layout->trailing;
        layout->start = (size_t)(lines->starts[fit.first] - text);
        layout->lines = before + fit.first;
        status = text_columns_describe(lines, fit.first, layout, error);
    }
    free(tallies);
    return status;
}

static bool is_octave(const unsigned char *head, size_t size)
{
    static const char *const starts[] = {"# Created by Octave", "# name: "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t length = strlen(starts[i]);
        if (size >= length && memcmp(head, starts[i], length) == 0) {
            return memmem(head, size, "\n# type: ", 9) != NULL;
        }
    }
    return false;
}

enum status text_layout_detect(const unsigned char *head, size_t size, bool whole,
                               struct text_layout *layout, enum text_verdict *verdict,
                               struct error *error)
{
    bool found = false;
    *layout = (struct text_layout){.time = SIZE_MAX, .moment = SIZE_MAX};
    *verdict = is_utf16(head, size)    ? TEXT_UTF16
               : is_binary(head, size) ? TEXT_BINARY
               : is_markup(head, size) ? TEXT_NO_TABLE
               : is_octave(head, size) ? TEXT_OCTAVE
                                       : TEXT_TABLE;
    if (*verdict != TEXT_TABLE) {
        return STATUS_OK;
    }
    char *text = malloc(size + 1);
    if (!text) {
        return error_memory(error, "reading a table");
    }
    memcpy(text, head, size);
    text[size] = '\n';
    size_t mark = size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct text_lines lines;
    enum status status =
        text_lines_split(text, mark, size, whole, text_lines_end(text, size), &lines, error);
    if (status == STATUS_OK) {
        status = text_layout_find(text, &lines, 0, layout, &found, error);
    }
    text_lines_clear(&lines);
    free(text);
    if (status != STATUS_OK || !found) {
        text_layout_clear(layout);
        *verdict = TEXT_NO_TABLE;
    }
    return status;
}

void text_layout_clear(struct text_layout *layout)
{
    free(layout->columns);
    free(layout->times);
    *layout = (struct text_layout){.time = SIZE_MAX, .moment = SIZE_MAX};
}
