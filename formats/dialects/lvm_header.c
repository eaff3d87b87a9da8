#include "formats/dialects/lvm.h"

#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

bool lvm_is(const char *p, const char *end, const char *tag)
{
    size_t length = strlen(tag);
    return (size_t)(end - p) >= length && memcmp(p, tag, length) == 0;
}

bool lvm_is_empty(const char *p, const char *end)
{
    while (p < end && strchr(" \t\r,;", *p)) {
        p++;
    }
    return p == end;
}

bool lvm_is_tag(const char *p, const char *end, const struct text_dialect *dialect)
{
    struct text_cell cell;
    double value;
    return p < end && (isalpha((unsigned char)*p) || *p == '*') &&
           text_cell_next(&p, end, dialect->delimiter, &cell) &&
           text_cell_value(&cell, dialect, &value) == TEXT_WORD;
}

static void copy_cell(const struct text_cell *cell, char *to, size_t size)
{
    text_from_field(to, size, cell->start, (size_t)(cell->end - cell->start));
}

/* The first filled cell behind the tag of a line; "" when there is none. */
static void first_value(const char *p, const char *end, char delimiter, char *to, size_t size)
{
    struct text_cell cell;
    to[0] = '\0';
    text_cell_next(&p, end, delimiter, &cell);
    while (!to[0] && text_cell_next(&p, end, delimiter, &cell)) {
        copy_cell(&cell, to, size);
    }
}

void lvm_segment_begin(struct lvm_segment *segment)
{
    *segment = (struct lvm_segment){.delta_x = NAN};
}

/* The steps of all channels; those that differ from the first are noted. */
static void take_deltas(struct lvm_segment *segment, const char *p, const char *end,
                        const struct text_dialect *dialect)
{
    struct text_cell cell;
    double value;
    text_cell_next(&p, end, dialect->delimiter, &cell);
    while (text_cell_next(&p, end, dialect->delimiter, &cell)) {
        if (text_cell_value(&cell, dialect, &value) != TEXT_NUMBER || !(value > 0)) {
            continue;
        }
        segment->deltas_differ |= !isnan(segment->delta_x) && value != segment->delta_x;
        segment->delta_x = isnan(segment->delta_x) ? value : segment->delta_x;
    }
}

void lvm_segment_take(struct lvm_segment *segment, const char *p, const char *end,
                      const struct text_dialect *dialect)
{
    const char *line = p;
    struct text_cell cell;
    struct text_moment moment;
    char tag[LABEL_SIZE], value[LABEL_SIZE];
    double number;
    if (!text_cell_next(&p, end, dialect->delimiter, &cell)) {
        return;
    }
    copy_cell(&cell, tag, sizeof tag);
    first_value(line, end, dialect->delimiter, value, sizeof value);
    if (strcmp(tag, "Date") == 0 && text_moment_from(value, &moment)) {
        segment->day = moment;
    } else if (strcmp(tag, "Time") == 0 && text_moment_from(value, &moment)) {
        segment->clock = moment;
    } else if (strcmp(tag, "X0") == 0) {
        segment->x0 = text_real(value, strlen(value), &number) ? number : 0;
    } else if (strcmp(tag, "Delta_X") == 0) {
        take_deltas(segment, line, end, dialect);
    } else if (strcmp(tag, "Channels") == 0) {
        bool good = text_real(value, strlen(value), &number) && number >= 1 && number < 65537;
        segment->channels = good ? (size_t)number : 0;
    } else if (strcmp(tag, "X_Dimension") == 0) {
        segment->other_axis = value[0] && strcasecmp(value, "Time") != 0;
    }
}

/* The value of a tag among lines [from, end); "" when it is not there. */
static void value_of(const struct text_preamble *preamble, size_t from, size_t end, const char *tag,
                     char delimiter, char *to, size_t size)
{
    size_t line = text_preamble_find(preamble, from, tag);
    to[0] = '\0';
    if (line < end) {
        first_value(preamble->lines.starts[line], preamble->lines.ends[line], delimiter, to, size);
    }
}

/* The end of the first segment's header, special blocks passed over; SIZE_MAX: it does not end. */
static size_t segment_end(const struct text_preamble *preamble, size_t line)
{
    bool special = false;
    for (; line < preamble->lines.count; line++) {
        const char *p = preamble->lines.starts[line], *end = preamble->lines.ends[line];
        if (lvm_is(p, end, LVM_SPECIAL_START)) {
            special = true;
        } else if (lvm_is(p, end, LVM_SPECIAL_END)) {
            special = false;
        } else if (!special && lvm_is(p, end, LVM_HEADER_END)) {
            return line;
        }
    }
    return SIZE_MAX;
}

enum status lvm_find(const struct text_preamble *preamble, const char *name, struct lvm_file *file,
                     struct error *error)
{
    char value[LABEL_SIZE];
    size_t end = text_preamble_find(preamble, 0, LVM_HEADER_END);
    size_t last = end == SIZE_MAX ? SIZE_MAX : segment_end(preamble, end + 1);
    const struct text_dialect tabs = {'\t', '.', '\n'};
    while (last != SIZE_MAX && last + 1 < preamble->lines.count &&
           text_line_is_blank(preamble->lines.starts[last + 1], preamble->lines.ends[last + 1],
                              &tabs)) {
        last++;
    }
    if (last == SIZE_MAX || last + 1 >= preamble->lines.count) {
        return error_set(error, STATUS_FAILED,
                         "%s: the header of the file or of its first segment does not end "
                         "('" LVM_HEADER_END "'); was the file cut short?",
                         name);
    }
    *file = (struct lvm_file){.segment = end + 1, .names = last + 1, .x_columns = 1};
    file->dialect =
        (struct text_dialect){'\t', '.', text_lines_end(preamble->text, preamble->size)};
    size_t line = text_preamble_find(preamble, 0, "Separator");
    if (line < end) {
        text_preamble_line(preamble, line, value, sizeof value);
        file->dialect.delimiter = strcasestr(value, "Comma") ? ',' : '\t';
    }
    char delimiter = file->dialect.delimiter;
    line = text_preamble_find(preamble, 0, "Decimal_Separator");
    if (line < end && delimiter != ',') {
        text_preamble_line(preamble, line, value, sizeof value);
        file->dialect.mark = strchr(value, ',') ? ',' : '.';
    }
    value_of(preamble, 0, end, "X_Columns", delimiter, value, sizeof value);
    file->x_columns = strcasecmp(value, "No") == 0 ? 0 : strcasecmp(value, "Multi") == 0 ? 2 : 1;
    return STATUS_OK;
}
