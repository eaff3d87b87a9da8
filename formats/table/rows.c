/* What moves whole rows and columns of a table: conversion, sorting, joining. */
#include "formats/checked.h"
#include "formats/table.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A numeric cell as text, NULL when it is missing; to holds at least 32 bytes. */
static const char *spell(const struct column *column, size_t row, char to[static 32])
{
    if (column->definition.type == COLUMN_REAL) {
        if (isnan(column->values.reals[row])) {
            return NULL;
        }
        table_format_real(to, 32, column->values.reals[row]);
    } else {
        if (column->definition.type == COLUMN_INTEGER &&
            column->values.integers[row] == TABLE_MISSING) {
            return NULL;
        }
        snprintf(to, 32, "%" PRId64, column->values.integers[row]);
    }
    return to;
}

enum status table_make_text(struct table *table, size_t column, struct error *error)
{
    assert(column < table->column_count);
    struct column *own = &table->columns[column];
    if (own->definition.type == COLUMN_TEXT) {
        return STATUS_OK;
    }
    char **texts = checked_calloc(table->row_capacity, sizeof *texts);
    if (!texts) {
        return error_memory(error, "turning numbers into text");
    }
    for (size_t row = 0; row < table->row_count; row++) {
        char spelled[32];
        const char *text = spell(own, row, spelled);
        texts[row] = text ? strdup(text) : NULL;
        if (text && !texts[row]) {
            for (size_t i = 0; i < row; i++) {
                free(texts[i]);
            }
            free(texts);
            return error_memory(error, "turning numbers into text");
        }
    }
    free(own->values.reals);
    own->values.texts = texts;
    own->definition.type = COLUMN_TEXT;
    own->definition.flags = NULL;
    return STATUS_OK;
}

struct sort_key {
    double real;     /* NaN is missing */
    int64_t integer; /* for whole numbers, which a double may not hold */
    size_t row;
};

static int compare_keys(const void *left, const void *right)
{
    const struct sort_key *a = left, *b = right;
    if (isnan(a->real) != isnan(b->real)) {
        return isnan(a->real) ? 1 : -1;
    }
    if (!isnan(a->real)) {
        if (a->real != b->real) {
            return a->real < b->real ? -1 : 1;
        }
        if (a->integer != b->integer) {
            return a->integer < b->integer ? -1 : 1;
        }
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Moves one column's cells by way of a copy. */
static void permute(struct column *column, const struct sort_key *keys, size_t count, void *spare)
{
    size_t size = column->definition.type == COLUMN_TEXT ? sizeof(char *) : sizeof(double);
    char *cells = (char *)column->values.reals;
    memcpy(spare, cells, count * size);
    for (size_t row = 0; row < count; row++) {
        memcpy(cells + row * size, (char *)spare + keys[row].row * size, size);
    }
}

enum status table_sort(struct table *table, size_t column, struct error *error)
{
    assert(column < table->column_count);
    _Static_assert(sizeof(char *) <= sizeof(double), "a cell is 8 bytes at most");
    const struct column *by = &table->columns[column];
    size_t count = table->row_count;
    if (by->definition.type == COLUMN_TEXT) {
        return error_set(error, STATUS_USAGE, "%s: rows are sorted by a column of numbers, not %s",
                         table->name, by->definition.name);
    }
    if (count < 2) {
        return STATUS_OK;
    }
    struct sort_key *keys = checked_calloc(count, sizeof *keys);
    void *spare = checked_calloc(count, sizeof(double));
    enum status status = STATUS_OK;
    if (!keys || !spare) {
        status = error_memory(error, "sorting a table");
        goto out;
    }
    for (size_t row = 0; row < count; row++) {
        keys[row].real = table_real(table, row, column);
        keys[row].integer = by->definition.type == COLUMN_REAL ? 0 : by->values.integers[row];
        keys[row].row = row;
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < table->column_count; i++) {
        permute(&table->columns[i], keys, count, spare);
    }
out:
    free(keys);
    free(spare);
    return status;
}

static bool column_is_empty(const struct table *table, size_t column, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        if (!isnan(table_real(table, row, column))) {
            return false;
        }
    }
    return true;
}

/* A number into a numeric cell; false when a column of whole numbers cannot hold it. */
static bool store_number(struct column *to, size_t row, double value)
{
    if (to->definition.type == COLUMN_REAL) {
        to->values.reals[row] = value;
    } else if (isnan(value)) {
        to->values.integers[row] = to->definition.type == COLUMN_FLAGS ? 0 : TABLE_MISSING;
    } else if (value == floor(value) && fabs(value) < 0x1p63) {
        to->values.integers[row] = (int64_t)value;
    } else {
        return false;
    }
    return true;
}

static enum status convert_cell(struct table *to, size_t row, size_t column,
                                const struct table *from, size_t from_row, size_t from_column,
                                struct error *error)
{
    struct column *target = &to->columns[column];
    const struct column *source = &from->columns[from_column];
    bool from_text = source->definition.type == COLUMN_TEXT;
    const char *text = from_text ? source->values.texts[from_row] : NULL;
    char spelled[32];
    if (target->definition.type == COLUMN_TEXT) {
        return table_set_text(to, row, column, from_text ? text : spell(source, from_row, spelled),
                              error);
    }
    if (!from_text && target->definition.type != COLUMN_REAL &&
        source->definition.type != COLUMN_REAL) {
        target->values.integers[row] = source->values.integers[from_row];
        return STATUS_OK;
    }
    double value = table_real(from, from_row, from_column);
    if (text && !table_parse_real(text, &value)) {
        return error_set(error, STATUS_FAILED,
                         "%s: column %s holds numbers; row %zu of the rows to add has '%s'",
                         to->name, target->definition.name, from_row + 1, text);
    }
    if (!store_number(target, row, value)) {
        return error_set(error, STATUS_FAILED,
                         "%s: column %s holds whole numbers; row %zu of the rows to add has %.17g",
                         to->name, target->definition.name, from_row + 1, value);
    }
    return STATUS_OK;
}

/* One column's cells of the new rows [first, to->row_count). */
static enum status fill_column(struct table *to, size_t column, size_t first,
                               const struct table *from, size_t from_column, struct error *error)
{
    if (from->columns[from_column].definition.type == COLUMN_TEXT &&
        to->columns[column].definition.type == COLUMN_REAL && column_is_empty(to, column, first)) {
        enum status status = table_make_text(to, column, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (size_t row = first; row < to->row_count; row++) {
        enum status status = convert_cell(to, row, column, from, row - first, from_column, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static void drop_rows(struct table *table, size_t count)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].definition.type == COLUMN_TEXT) {
            for (size_t row = count; row < table->row_count; row++) {
                free(table->columns[i].values.texts[row]);
            }
        }
    }
    table->row_count = count;
}

enum status table_concatenate(struct table *to, const struct table *from, struct error *error)
{
    assert(to != from);
    size_t first = to->row_count;
    enum status status = STATUS_OK;
    for (size_t row = 0; row < from->row_count && status == STATUS_OK; row++) {
        status = table_append(to, NULL, error);
    }
    for (size_t i = 0; i < to->column_count && status == STATUS_OK; i++) {
        size_t column = table_find(from, to->columns[i].definition.name);
        if (column != SIZE_MAX) {
            status = fill_column(to, i, first, from, column, error);
        }
    }
    if (status != STATUS_OK) {
        drop_rows(to, first);
    }
    return status;
}
