/* Writing tables as tab-separated text; reading is in table_tsv_read.c. */
#include "formats/table.h"

#include <inttypes.h>

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
