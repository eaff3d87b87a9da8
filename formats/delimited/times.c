/* Columns of times: seconds, milliseconds, Unix time, dates, clock times. */
#include "formats/checked.h"
#include "formats/delimited/clock.h"
#include "formats/delimited/layout.h"
#include "formats/number.h"

#include <math.h>
#include <string.h>

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

/* Whether a line is a row of the table. */
static bool is_row(const struct text_lines *lines, size_t line, const struct text_layout *layout)
{
    const char *p = lines->starts[line], *end = lines->ends[line];
    if (layout->ragged) {
        return !text_line_is_blank(p, end, &layout->dialect) &&
               !text_line_is_comment(p, end, &layout->dialect);
    }
    struct text_tally tally = text_layout_tally(lines, line, &layout->dialect);
    return text_layout_has_cells(layout, &tally);
}

/* The cell of a line in a column; false when the line is no row. A cell that is not there is empty.
 */
static bool row_cell(const struct text_lines *lines, size_t line, const struct text_layout *layout,
                     size_t column, struct text_cell *cell)
{
    const char *p = lines->starts[line];
    if (!is_row(lines, line, layout)) {
        return false;
    }
    for (size_t c = 0; c <= column; c++) {
        if (!text_cell_next(&p, lines->ends[line], layout->dialect.delimiter, cell)) {
            *cell = (struct text_cell){0};
            break;
        }
    }
    return true;
}

/* The whole cell as a moment of whatever kind; false when it is none. */
static bool cell_moment(const struct text_cell *cell, const struct text_layout *layout,
                        struct text_moment *moment)
{
    return cell->start < cell->end &&
           text_moment_parse(cell->start, layout->dialect.delimiter != ' ', moment) == cell->end;
}

enum status text_times_collect(const struct text_lines *lines, size_t first,
                               const struct text_layout *layout, size_t column, double unit,
                               double **times, double *resolution, struct error *error)
{
    double finest = INFINITY, coarsest = 0;
    bool moments = column == layout->moment;
    struct text_cell cell;
    size_t count = 0;
    *times = checked_calloc(layout->rows, sizeof **times);
    if (!*times) {
        return error_memory(error, "reading a table");
    }
    for (size_t i = first; i < lines->count && count < layout->rows; i++) {
        struct text_moment moment;
        double value = NAN;
        if (!row_cell(lines, i, layout, column, &cell)) {
            continue;
        }
        if (moments && cell_moment(&cell, layout, &moment)) {
            value = (double)(moment.seconds - layout->epoch) + moment.fraction;
            finest = fmin(finest, pow(10, -moment.decimals));
        } else if (!moments && cell.start < cell.end &&
                   text_cell_value(&cell, &layout->dialect, &value) == TEXT_NUMBER) {
            double place = last_place(&cell, text_cell_mark(&cell, &layout->dialect));
            size_t length = (size_t)(cell.end - cell.start);
            bool exponent = memchr(cell.start, 'e', length) || memchr(cell.start, 'E', length);
            finest = exponent ? finest : fmin(finest, place);
            coarsest = exponent ? fmax(coarsest, place) : coarsest;
        }
        (*times)[count++] = value * unit;
    }
    for (; count < layout->rows; count++) {
        (*times)[count] = NAN;
    }
    *resolution = unit * (coarsest > 0 ? coarsest : finest);
    return STATUS_OK;
}

/* Collects the times of a column into the layout. */
static enum status collect(const struct text_lines *lines, size_t first, size_t column,
                           struct text_layout *layout, struct error *error)
{
    double unit = layout->columns[column].time_unit;
    free(layout->times);
    layout->times = NULL;
    return text_times_collect(lines, first, layout, column, unit > 0 ? unit : 1, &layout->times,
                              &layout->resolution, error);
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
    enum status status = collect(lines, first, 0, layout, error);
    if (status == STATUS_OK && column->time_unit > 0) {
        layout->time = never_decreases(layout->times, layout->rows) ? 0 : SIZE_MAX;
    } else if (status == STATUS_OK &&
               text_clock_is_even(layout->times, layout->rows, layout->resolution)) {
        layout->time = 0;
        column->time_unit = NAN;
    }
    return status;
}

/* What the filled cells of a column are, as far as they were looked at. */
struct moments {
    struct text_moment first; /* its kind is NONE when there is none, or they are no moments */
    bool refused;             /* they differ in kind, or are no moments */
};

/* Looks at the cells of all columns of words in one go: there may be as many of them as bytes. */
static void look_at_moments(const struct text_lines *lines, size_t first,
                            const struct text_layout *layout, struct moments *columns)
{
    struct text_moment moment;
    struct text_cell cell;
    for (size_t i = first; i < lines->count; i++) {
        const char *p = lines->starts[i];
        if (!is_row(lines, i, layout)) {
            continue;
        }
        for (size_t c = 0; c < layout->column_count; c++) {
            struct moments *column = &columns[c];
            if (!text_cell_next(&p, lines->ends[i], layout->dialect.delimiter, &cell)) {
                break;
            }
            if (layout->columns[c].role != TEXT_ROLE_PASSED || column->refused ||
                cell.start == cell.end) {
                continue;
            }
            bool known = column->first.kind != TEXT_MOMENT_NONE;
            if (!cell_moment(&cell, layout, &moment) ||
                (known && moment.kind != column->first.kind)) {
                *column = (struct moments){.refused = true};
            } else if (!known) {
                column->first = moment;
            }
        }
    }
}

/* Finds columns of dates and clock times: the one to be read, and the start. */
static enum status find_moments(const struct text_lines *lines, size_t first,
                                struct text_layout *layout, struct error *error)
{
    struct text_moment day = {0}, clock = {0};
    struct moments *columns = checked_calloc(layout->column_count, sizeof *columns);
    if (!columns) {
        return error_memory(error, "reading a table");
    }
    look_at_moments(lines, first, layout, columns);
    for (size_t c = 0; c < layout->column_count; c++) {
        const struct text_moment *start = &columns[c].first;
        if (layout->columns[c].role != TEXT_ROLE_PASSED) {
            continue;
        }
        layout->columns[c].moment = start->kind;
        if (start->kind == TEXT_MOMENT_DATE) {
            day = day.kind == TEXT_MOMENT_NONE ? *start : day;
        } else if (start->kind != TEXT_MOMENT_NONE && layout->moment == SIZE_MAX) {
            layout->moment = c;
            layout->columns[c].time_unit = 1;
            layout->epoch = start->kind == TEXT_MOMENT_FULL ? start->seconds : 0;
            clock = *start;
        }
    }
    free(columns);
    text_moment_set_start(&layout->began, clock.kind == TEXT_MOMENT_FULL ? &clock : &day, &clock);
    return STATUS_OK;
}

/* Seconds in one of the units that Unix time is counted in, by its size; 0 for what is none: years
 * from 1985 to 2128. */
static double unix_unit(double value)
{
    for (double unit = 1; unit > 5e-10; unit *= 1e-3) {
        if (value * unit >= 5e8 && value * unit <= 5e9) {
            return unit;
        }
    }
    return 0;
}

/* Times that have no unit, and are as large as Unix time. */
static enum status try_unix_time(const struct text_lines *lines, size_t first,
                                 struct text_layout *layout, struct error *error)
{
    struct text_column *column = &layout->columns[layout->time];
    double value = layout->rows > 0 ? layout->times[0] : NAN;
    double given = column->time_unit > 0 ? column->time_unit : 1;
    double unit = unix_unit(value / given);
    if (!(unit > 0) || !column->named_time || (column->time_unit > 0 && unit != given)) {
        return STATUS_OK;
    }
    column->time_unit = unit;
    double whole = floor(value / given * unit);
    if (!layout->began.known) {
        layout->began =
            (struct start_time){true, (int64_t)whole, fmin(value / given * unit - whole, 1 - 1e-9)};
        layout->began_utc = true;
    }
    return collect(lines, first, layout->time, layout, error);
}

enum status text_times_find(const struct text_lines *lines, size_t first,
                            struct text_layout *layout, struct error *error)
{
    struct text_column *columns = layout->columns;
    enum status status = find_moments(lines, first, layout, error);
    for (size_t c = 0; c < layout->column_count; c++) {
        bool named = columns[c].named_time && columns[c].role == TEXT_ROLE_SIGNAL;
        layout->times_named += named;
        layout->time = named && layout->time == SIZE_MAX ? c : layout->time;
    }
    if (layout->time == SIZE_MAX) {
        layout->time = layout->moment;
    } else {
        layout->moment = SIZE_MAX;
    }
    if (status == STATUS_OK) {
        status = layout->time == SIZE_MAX ? try_first_column(lines, first, layout, error)
                                          : collect(lines, first, layout->time, layout, error);
    }
    if (status == STATUS_OK && layout->time != SIZE_MAX && layout->moment == SIZE_MAX) {
        status = try_unix_time(lines, first, layout, error);
    }
    if (status == STATUS_OK && layout->time != SIZE_MAX) {
        columns[layout->time].role = TEXT_ROLE_TIME;
    } else {
        free(layout->times);
        layout->times = NULL;
    }
    return status;
}
