#include "formats/table.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static enum status put_string(FILE *stream, const char *text, struct error *error)
{
    json_t *string = json_string(text);
    char *spelled = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
    json_decref(string);
    if (!spelled) {
        return error_memory(error, "writing JSON");
    }
    fputs(spelled, stream);
    free(spelled);
    return STATUS_OK;
}

/* The names of the bits that are set; a bit without a name is its own value. */
static enum status put_flags(FILE *stream, const struct column *column, int64_t value,
                             struct error *error)
{
    const char *const *names = column->definition.flags ? column->definition.flags->names : NULL;
    if (!names) {
        fprintf(stream, "%" PRId64, value);
        return STATUS_OK;
    }
    enum status status = STATUS_OK;
    bool named = true, any = false;
    putc('[', stream);
    for (unsigned bit = 0; bit < 64 && status == STATUS_OK; bit++) {
        named = named && names[bit];
        if (!((uint64_t)value >> bit & 1)) {
            continue;
        }
        fputs(any ? ", " : "", stream);
        any = true;
        if (named) {
            status = put_string(stream, names[bit], error);
        } else {
            fprintf(stream, "%" PRIu64, (uint64_t)1 << bit);
        }
    }
    putc(']', stream);
    return status;
}

static enum status put_cell(FILE *stream, const struct column *column, size_t row,
                            struct error *error)
{
    char number[32];
    switch (column->definition.type) {
    case COLUMN_REAL:
        if (!isfinite(column->values.reals[row])) {
            break;
        }
        table_format_real(number, sizeof number, column->values.reals[row]);
        fputs(number, stream);
        return STATUS_OK;
    case COLUMN_INTEGER:
        if (column->values.integers[row] == TABLE_MISSING) {
            break;
        }
        fprintf(stream, "%" PRId64, column->values.integers[row]);
        return STATUS_OK;
    case COLUMN_FLAGS:
        return put_flags(stream, column, column->values.integers[row], error);
    case COLUMN_TEXT:
        if (!column->values.texts[row]) {
            break;
        }
        return put_string(stream, column->values.texts[row], error);
    }
    fputs("null", stream);
    return STATUS_OK;
}

enum status table_write_json_part(const struct table *table, FILE *stream, size_t *written,
                                  struct error *error)
{
    for (size_t row = 0; row < table->row_count; row++) {
        fputs(*written == 0 ? "[\n  {" : ",\n  {", stream);
        for (size_t i = 0; i < table->column_count; i++) {
            const struct column *column = &table->columns[i];
            fputs(i ? ",\n    " : "\n    ", stream);
            enum status status = put_string(stream, column->definition.name, error);
            if (status != STATUS_OK) {
                return status;
            }
            fputs(": ", stream);
            status = put_cell(stream, column, row, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
        fputs(table->column_count ? "\n  }" : "}", stream);
        ++*written;
    }
    return STATUS_OK;
}

void table_end_json(FILE *stream, size_t written)
{
    fputs(written ? "\n]\n" : "[]\n", stream);
}

enum status table_write_json(const struct table *table, FILE *stream, struct error *error)
{
    size_t written = 0;
    enum status status = table_write_json_part(table, stream, &written, error);
    if (status == STATUS_OK) {
        table_end_json(stream, written);
    }
    return status;
}
