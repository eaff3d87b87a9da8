/* The columns of a text table: what they hold, how they are called, which one is time. */
#include "formats/checked.h"
#include "formats/delimited/layout.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* What a column held in the rows that were looked at. */
struct content {
    size_t numbers, words;
    size_t wholes, steps; /* whole numbers, and how often they step as they did at first */
    size_t changes;       /* cells that differ from the one before */
    double previous, step;
    struct text_cell cell;
};

bool text_layout_has_cells(const struct text_layout *layout, const struct text_tally *tally)
{
    if (tally->comment) {
        return false;
    }
    return layout->ragged || tally->cells == layout->column_count ||
           (layout->trailing && tally->cells == layout->column_count + 1);
}

static bool same_text(const struct text_cell *a, const struct text_cell *b)
{
    size_t length = (size_t)(a->end - a->start);
    return length == (size_t)(b->end - b->start) && memcmp(a->start, b->start, length) == 0;
}

static void look_at(struct content *content, const struct text_cell *cell, enum text_value kind,
                    double value)
{
    content->changes += content->cell.start && !same_text(&content->cell, cell);
    content->cell = *cell;
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
        if (!text_layout_has_cells(layout, &tally)) {
            continue;
        }
        layout->rows++;
        for (size_t c = 0; c < layout->column_count; c++) {
            if (!text_cell_next(&p, lines->ends[i], layout->dialect.delimiter, &cell)) {
                break;
            }
            enum text_value kind = text_cell_value(&cell, &layout->dialect, &value);
            look_at(&contents[c], &cell, kind, value);
        }
    }
    for (size_t c = 0; c < layout->column_count; c++) {
        const struct content *content = &contents[c];
        bool words = content->words > content->numbers;
        layout->columns[c].role = words ? TEXT_ROLE_PASSED : TEXT_ROLE_SIGNAL;
        layout->columns[c].changes = content->changes;
        layout->columns[c].wholes =
            content->numbers > 0 && content->words == 0 && content->wholes == content->numbers;
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
        return text_layout_has_cells(layout, &tally) || longer || *shifted ? line : SIZE_MAX;
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

/* What is behind "labels:", "columns =" and the like. */
static const char *behind_key(const char *p, const char *end)
{
    static const char *const keys[] = {"labels",         "label",   "channels", "channel names",
                                       "channel labels", "columns", NULL};
    for (size_t i = 0; keys[i]; i++) {
        size_t length = strlen(keys[i]);
        const char *at = p + length;
        if ((size_t)(end - p) <= length || strncasecmp(p, keys[i], length) != 0) {
            continue;
        }
        while (at < end && *at == ' ') {
            at++;
        }
        const char *sign = at;
        while (at < end && (*at == ':' || *at == '=')) {
            at++;
        }
        if (at > sign) {
            return at;
        }
    }
    return p;
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
    p = behind_key(p, end);
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

/* Numbers in all cells but the first are values of something, and no names, unless they count. */
static bool is_value_row(const struct text_lines *lines, size_t line,
                         const struct text_layout *layout)
{
    const char *p = lines->starts[line];
    struct text_cell cell;
    double value, before = -1;
    bool counts = true;
    size_t numbers = 0;
    for (size_t c = 0; text_cell_next(&p, lines->ends[line], layout->dialect.delimiter, &cell);
         c++) {
        enum text_value kind = text_cell_value(&cell, &layout->dialect, &value);
        if (c == 0 || kind == TEXT_MISSING) {
            continue;
        }
        if (kind == TEXT_WORD) {
            return false;
        }
        counts = counts && value == rint(value) && value > before;
        before = value;
        numbers++;
    }
    return numbers > 1 && !counts;
}

/* The key of a row such as "UnitName=<tab>mV<tab>mV", and where its values begin; empty when the
 * row has none. */
static struct text_cell key_of(const struct text_lines *lines, size_t line,
                               const struct text_layout *layout, const char **values)
{
    struct text_cell cell;
    *values = lines->starts[line];
    if (text_cell_next(values, lines->ends[line], layout->dialect.delimiter, &cell) &&
        cell.end > cell.start && cell.end[-1] == '=' && *values) {
        cell.end--;
        return cell;
    }
    return (struct text_cell){0};
}

static bool is_key(const struct text_cell *cell, const char *key)
{
    size_t length = strlen(key);
    return (size_t)(cell->end - cell->start) == length && memcmp(cell->start, key, length) == 0;
}

/* Rows of keys before the table, as LabChart exports them. The key stands over the times; without
 * them there is a cell more than columns. False when there is no such row. */
static bool set_labels_from_keys(const struct text_lines *lines, size_t first,
                                 struct text_layout *layout)
{
    bool any = false;
    for (size_t line = first; line-- > 0;) {
        const char *p;
        struct text_cell key = key_of(lines, line, layout, &p), cell;
        if (key.start == key.end) {
            break;
        }
        any = true;
        bool labels = is_key(&key, "ChannelTitle"), units = is_key(&key, "UnitName");
        struct text_tally tally = text_layout_tally(lines, line, &layout->dialect);
        size_t c = tally.cells > layout->column_count ? 0 : 1;
        for (; (labels || units) && p && c < layout->column_count; c++) {
            struct text_column *column = &layout->columns[c];
            if (!text_cell_next(&p, lines->ends[line], layout->dialect.delimiter, &cell)) {
                break;
            }
            if (labels) {
                text_from_field(column->label, sizeof column->label, cell.start,
                                (size_t)(cell.end - cell.start));
            } else if (text_header_is_unit(&cell)) {
                text_header_set_unit(&cell, column);
            }
        }
    }
    return any;
}

static void find_labels(const struct text_lines *lines, size_t first, struct text_layout *layout)
{
    bool shifted = false;
    if (set_labels_from_keys(lines, first, layout)) {
        return;
    }
    size_t labels = row_before(lines, first, layout, &shifted);
    if (labels == SIZE_MAX) {
        set_labels_from_comment(lines, first, layout);
        return;
    }
    if (is_value_row(lines, labels, layout)) {
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
        status = text_times_find(lines, first, layout, error);
    }
    return status;
}
