/* Tables as tab-separated text: how cells are spelled, and writing. Reading is in
 * table_tsv_read.c. */
#include "formats/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int table_format_real(char *to, size_t size, double value)
{
    if (isnan(value)) {
        return snprintf(to, size, "n/a");
    }
    if (isinf(value)) {
        return snprintf(to, size, value < 0 ? "-inf" : "inf");
    }
    /* Whole numbers below 10^15 are most of the cells, and need no search. */
    if (fabs(value) < 1e15 && value == (double)(int64_t)value) {
        return snprintf(to, size, "%" PRId64, (int64_t)value);
    }
    /* Any decimal of up to 15 digits survives the way to a double and back, so that %.15g, which
     * drops final zeros, is the shortest where it reads back at all. */
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(to, size, "%.*g", digits, value);
        if (strtod(to, NULL) == value) {
            break;
        }
    }
    return length;
}

static bool is_missing(const char *cell)
{
    static const char *const spellings[] = {"", "n/a", "NA", "NaN", "nan"};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        if (strcmp(cell, spellings[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool table_parse_real(const char *cell, double *value)
{
    if (is_missing(cell)) {
        *value = NAN;
        return true;
    }
    const char *digits = cell + (*cell == '-' || *cell == '+');
    if (strcasecmp(digits, "inf") == 0) {
        *value = *cell == '-' ? -INFINITY : INFINITY;
        return true;
    }
    size_t length = strlen(digits);
    if (strspn(digits, "0123456789.eE+-") != length) {
        return false;
    }
    if (length > 1 && digits[0] == '0' && strspn(digits, "0123456789") == length) {
        return false; /* 007 is a name */
    }
    char *end;
    *value = strtod(cell, &end);
    return end != cell && *end == '\0' && isfinite(*value);
}

/* Text in which no character can end a cell or a line, or drive a terminal. */
static void put_text(FILE *stream, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == 0x7f) {
            putc_unlocked(' ', stream);
        } else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
            putc_unlocked(' ', stream); /* U+0080 to U+009F */
            p++;
        } else {
            putc_unlocked(*p, stream);
        }
    }
}

static void put_cell(FILE *stream, const struct column *column, size_t row)
{
    char number[40];
    const char *text = "n/a";
    switch (column->definition.type) {
    case COLUMN_REAL:
        table_format_real(number, sizeof number, column->values.reals[row]);
        text = number;
        break;
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        if (column->definition.type == COLUMN_FLAGS ||
            column->values.integers[row] != TABLE_MISSING) {
            snprintf(number, sizeof number, "%" PRId64, column->values.integers[row]);
            text = number;
        }
        break;
    case COLUMN_TEXT:
        if (column->values.texts[row] && column->values.texts[row][0]) {
            text = column->values.texts[row];
        }
        break;
    }
    put_text(stream, text);
}

void table_write_tsv(const struct table *table, FILE *stream, bool header, size_t first,
                     size_t last)
{
    if (table->column_count == 0) {
        return;
    }
    flockfile(stream);
    for (size_t i = 0; header && i < table->column_count; i++) {
        put_text(stream, table->columns[i].definition.name);
        putc_unlocked(i + 1 < table->column_count ? '\t' : '\n', stream);
    }
    for (size_t row = first; row < last && row < table->row_count; row++) {
        for (size_t i = 0; i < table->column_count; i++) {
            put_cell(stream, &table->columns[i], row);
            putc_unlocked(i + 1 < table->column_count ? '\t' : '\n', stream);
        }
    }
    funlockfile(stream);
}
