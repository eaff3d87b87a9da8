/* The columns of a text table: what they hold, how they are called, which one is time. */
#include "formats/checked.h"
#include "formats/delimited/clock.h"
#include "formats/delimited/layout.h"
#include "formats/number.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>

/* What a column held in the rows that were looked at. */
struct content {
    size_t numbers, words;
    size_t wholes, steps; /* whole numbers, and how often they step as they did at first */
    double previous, step;
};

/* True when the line has a row's number of cells; a trailing delimiter may be missing. */
static bool has_cells(const struct text_tally *tally, const struct text_layout *layout)
{
    return !tally->comment && (tally->cells == layout->column_count ||
                               (layout->trailing && tally->cells == layout->column_count + 1));
}

static void look_at(struct content *content, enum text_value kind, double value)
{
    content->words += kind == TEXT_WORD;
    if (kind == TEXT_NUMBER) {
        content->step = content->numbers == 1 ? value - content->previous : content->step;
        content->steps += content->numbers > 0 && value - content->previous == content->step;
        content->wholes += value == rint(value);
        content->numbers++;
        content->previous = value;
    }
}

/* Goes through the rows once; gives every column its role. */
static enum status find_roles(const struct text_lines *lines, size_t first,
                              struct text_layout *layout, struct error *error)
{
    struct content *contents = checked_calloc(layout->column_count, sizeof *contents);
    if (!contents) {
        return error_memory(error, "reading a table");
    }
    for (size_t i = first; i < lines->count; i++) {
        struct text_tally tally = text_layout_tally(lines, i, &layout->dialect);
        const char *p = lines->starts[i];
        struct text_cell cell;
        double value;
        if (!has_cells(&tally, layout)) {
            continue;
        }
        layout->rows++;
        for (size_t c = 0; c < layout->column_count; c++) {
            text_cell_next(&p, lines->ends[i], layout->dialect.delimiter, &cell);
            enum text_value kind = text_cell_value(&cell, &layout->dialect, &value);
            look_at(&contents[c], kind, value);
        }
    }
    for (size_t c = 0; c < layout->column_count; c++) {
        const struct content *content = &contents[c];
        bool words = content->words > content->numbers;
        layout->columns[c].role = words ? TEXT_ROLE_PASSED : TEXT_ROLE_SIGNAL;
        layout->columns[c].counts = content->numbers >= 3 && content->step != 0 &&
                                    content->wholes == content->numbers &&
                                    content->steps >= (content->numbers - 1) * 9 / 10;
    }
    free(contents);
    return STATUS_OK;
}

/* True when the cells of the line, as many as there are columns, are units or empty. */
static bool is_unit_row(const struct text_lines *lines, size_t line,
                        const struct text_layout *layout)
{
    const char *p = lines->starts[line];
    struct text_cell cell;
    size_t units = 0;
    while (text_cell_next(&p, lines->ends[line], layout->dialect.delimiter, &cell)) {
        bool unit = text_header_is_unit(&cell);
        units += unit;
        if (!unit && cell.start < cell.end && *cell.start != '-') {
            return false;
        }
    }
    return units > 0;
}

/* The last line before `line` that is a row by its number of cells; SIZE_MAX: none. Programs that
 * put a delimiter behind every label have one cell more. `shifted` says that the first column's
 * label is missing. */
static size_t row_before(const struct text_lines *lines, size_t line,
                         const struct text_layout *layout, bool *shifted)
{
    while (line > 0) {
        struct text_tally tally = text_layout_tally(lines, --line, &layout->dialect);
        if (tally.comment) {
            continue;
        }
        *shifted =
            tally.cells + 1 == layout->column_count && tally.cells > 0 && layout->columns[0].counts;
        bool longer = tally.cells == layout->column_count + 1;
        return has_cells(&tally, layout) || longer || *shifted ? line : SIZE_MAX;
    }
    return SIZE_MAX;
}

static void set_labels(const char *p, const char *end, size_t column, struct text_layout *layout)
{
    struct text_cell cell;
    for (; column < layout->column_count; column++) {
        if (!text_cell_next(&p, end, layout->dialect.delimiter, &cell)) {
            break;
        }
        text_header_parse(&cell, &layout->columns[column]);
    }
}

static void set_units(const struct text_lines *lines, size_t line, struct text_layout *layout)
{
    const char *p = lines->starts[line];
    struct text_cell cell;
    for (size_t c = 0; c < layout->column_count; c++) {
        if (!text_cell_next(&p, lines->ends[line], layout->dialect.delimiter, &cell)) {
            break;
        }
        if (text_header_is_unit(&cell)) {
            text_header_set_unit(&cell, &layout->columns[c]);
        }
    }
}

/* A comment right before the rows that has a cell for every column names them. */
static void set_labels_from_comment(const struct text_lines *lines, size_t first,
                                    struct text_layout *layout)
{
    const struct text_dialect *dialect = &layout->dialect;
    if (first == 0 || layout->column_count < 2) {
        return;
    }
    const char *p = lines->starts[first - 1], *end = lines->ends[first - 1];
    if (!text_line_is_comment(p, end, dialect)) {
        return;
    }
    while (p < end && *p != '\0' && strchr(" \t#%/;", *p)) {
        p++;
    }
    const char *count_from = p;
    struct text_cell cell;
    size_t cells = 0;
    while (text_cell_next(&count_from, end, dialect->delimiter, &cell)) {
        cells++;
    }
    if (cells == layout->column_count) {
        set_labels(p, end, 0, layout);
    }
}

static void find_labels(const struct text_lines *lines, size_t first, struct text_layout *layout)
{
    bool shifted = false;
    size_t labels = row_before(lines, first, layout, &shifted);
    if (labels == SIZE_MAX) {
        set_labels_from_comment(lines, first, layout);
        return;
    }
    size_t units = SIZE_MAX;
    if (!shifted && is_unit_row(lines, labels, layout)) {
        size_t above = row_before(lines, labels, layout, &shifted);
        /* Units alone may be labels after all ("s", "mV"). */
        units = above == SIZE_MAX ? SIZE_MAX : labels;
        labels = above == SIZE_MAX ? labels : above;
    }
    set_labels(lines->starts[labels], lines->ends[labels], shifted, layout);
    if (units != SIZE_MAX) {
        set_units(lines, units, layout);
    }
}

/* One unit in the last place of a number as it is written. */
static double last_place(const struct text_cell *cell, char mark)
{
    int decimals = 0, exponent = 0;
    bool behind = false;
    for (const char *p = cell->start; p < cell->end; p++) {
        if ((*p | 0x20) == 'e') {
            double value;
            const char *digits = p + 1 + (p[1] == '+');
            exponent = number_parse(digits, mark, &value) ? (int)fmax(fmin(value, 400), -400) : 0;
            break;
        }
        decimals += behind && *p >= '0' && *p <= '9';
        behind = behind || *p == mark;
    }
    return pow(10, exponent - decimals);
}

/* Collects a column's times. The finest place counts, since zeros at the end may be left out; of
 * numbers with exponents the coarsest. */
static enum status collect_times(const struct text_lines *lines, size_t first, size_t column,
                                 struct text_layout *layout, struct error *error)
{
    double unit = layout->columns[column].time_unit, finest = INFINITY, coarsest = 0;
    size_t count = 0;
    unit = unit > 0 ? unit : 1;
    free(layout->times);
    layout->times = checked_calloc(layout->rows, sizeof *layout->times);
    if (!layout->times) {
        return error_memory(error, "reading a table");
    }
    for (size_t i = first; i < lines->count && count < layout->rows; i++) {
        struct text_tally tally = text_layout_tally(lines, i, &layout->dialect);
        const char *p = lines->starts[i];
        struct text_cell cell;
        double value;
        if (!has_cells(&tally, layout)) {
            continue;
        }
        for (size_t c = 0; c <= column; c++) {
            text_cell_next(&p, lines->ends[i], layout->dialect.delimiter, &cell);
        }
        bool number = text_cell_value(&cell, &layout->dialect, &value) == TEXT_NUMBER;
        layout->times[count++] = number ? value * unit : NAN;
        if (number) {
            double place = last_place(&cell, layout->dialect.mark);
            size_t length = (size_t)(cell.end - cell.start);
            bool exponent = memchr(cell.start, 'e', length) || memchr(cell.start, 'E', length);
            finest = exponent ? finest : fmin(finest, place);
            coarsest = exponent ? fmax(coarsest, place) : coarsest;
        }
    }
    layout->resolution = unit * (coarsest > 0 ? coarsest : finest);
    return STATUS_OK;
}

static bool never_decreases(const double *times, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (!(times[i] >= times[i - 1])) {
            return false;
        }
    }
    return true;
}

/* Whether the first column, which no name gives away, holds times: it has a unit of time ("Zeit
 * [ms]"), or goes in equal steps as no signal does. */
static enum status try_first_column(const struct text_lines *lines, size_t first,
                                    struct text_layout *layout, struct error *error)
{
    struct text_column *column = &layout->columns[0];
    if (layout->column_count < 2 || column->role != TEXT_ROLE_SIGNAL ||
        (column->time_unit == 0 && (column->counts || column->unit[0]))) {
        return STATUS_OK;
    }
    enum status status = collect_times(lines, first, 0, layout, error);
    if (status == STATUS_OK && column->time_unit > 0) {
        layout->time = never_decreases(layout->times, layout->rows) ? 0 : SIZE_MAX;
    } else if (status == STATUS_OK &&
               text_clock_is_even(layout->times, layout->rows, layout->resolution)) {
        layout->time = 0;
        column->time_unit = NAN;
    }
    return status;
}

static enum status find_time(const struct text_lines *lines, size_t first,
                             struct text_layout *layout, struct error *error)
{
    struct text_column *columns = layout->columns;
    for (size_t c = 0; c < layout->column_count; c++) {
        bool named = columns[c].named_time && columns[c].role == TEXT_ROLE_SIGNAL;
        layout->times_named += named;
        layout->time = named && layout->time == SIZE_MAX ? c : layout->time;
    }
    enum status status = layout->time == SIZE_MAX
                             ? try_first_column(lines, first, layout, error)
                             : collect_times(lines, first, layout->time, layout, error);
    if (status == STATUS_OK && layout->time != SIZE_MAX) {
        columns[layout->time].role = TEXT_ROLE_TIME;
    } else {
        free(layout->times);
        layout->times = NULL;
    }
    return status;
}

enum status text_columns_describe(const struct text_lines *lines, size_t first,
                                  struct text_layout *layout, struct error *error)
{
    layout->columns = checked_calloc(layout->column_count, sizeof *layout->columns);
    if (!layout->columns) {
        return error_memory(error, "reading a table");
    }
    enum status status = find_roles(lines, first, layout, error);
    if (status == STATUS_OK) {
        find_labels(lines, first, layout);
        status = find_time(lines, first, layout, error);
    }
    return status;
}
