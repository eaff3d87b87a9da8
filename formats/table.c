#include "formats/table.h"

#include "formats/checked.h"
#include "formats/utf8.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void flag_names_destroy(struct flag_names *flags)
{
    if (flags) {
        for (size_t i = 0; flags->names && flags->names[i]; i++) {
            free((char *)flags->names[i]);
        }
        free((void *)flags->names);
        free(flags);
    }
}

static void free_texts(struct column *column, size_t first, size_t last)
{
    for (size_t row = first; row < last; row++) {
        free(column->values.texts[row]);
        column->values.texts[row] = NULL;
    }
}

void table_destroy(struct table *table)
{
    if (!table) {
        return;
    }
    for (size_t i = 0; i < table->column_count; i++) {
        struct column *column = &table->columns[i];
        if (column->definition.type == COLUMN_TEXT && column->values.texts) {
            free_texts(column, 0, table->row_count);
        }
        free(column->values.reals);
        free((char *)column->definition.name);
        free((char *)column->definition.unit);
        free((char *)column->definition.long_name);
        flag_names_destroy(column->owned_flags);
    }
    free(table->columns);
    free(table->name);
    free(table);
}

static char *copy_text(const char *text)
{
    return text ? utf8_duplicate(text, strlen(text)) : utf8_duplicate("", 0);
}

struct table *table_create(const char *name, const struct column_definition *definitions,
                           size_t count, struct error *error)
{
    struct table *table = checked_calloc(1, sizeof *table);
    if (!table) {
        goto failed;
    }
    table->name = copy_text(name);
    table->columns = checked_calloc(count, sizeof *table->columns);
    if (!table->name || !table->columns) {
        goto failed;
    }
    table->column_count = count;
    for (size_t i = 0; i < count; i++) {
        struct column_definition *own = &table->columns[i].definition;
        own->type = definitions[i].type;
        own->flags = definitions[i].flags;
        own->name = copy_text(definitions[i].name);
        own->unit = copy_text(definitions[i].unit);
        own->long_name = copy_text(definitions[i].long_name);
        if (!own->name || !own->unit || !own->long_name) {
            goto failed;
        }
    }
    return table;
failed:
    table_destroy(table);
    error_memory(error, "making a table");
    return NULL;
}

enum status table_set_flag_names(struct table *table, size_t column, const char *const *names,
                                 struct error *error)
{
    assert(column < table->column_count);
    struct column *own = &table->columns[column];
    assert(own->definition.type == COLUMN_FLAGS);
    flag_names_destroy(own->owned_flags);
    own->owned_flags = NULL;
    own->definition.flags = NULL;
    if (!names) {
        return STATUS_OK;
    }
    size_t count = 0;
    while (names[count]) {
        count++;
    }
    char **copies = checked_calloc(count + 1, sizeof *copies);
    struct flag_names *flags = checked_calloc(1, sizeof *flags);
    if (!copies || !flags) {
        free(copies);
        free(flags);
        return error_memory(error, "naming flags");
    }
    flags->names = (const char *const *)copies;
    own->owned_flags = flags;
    for (size_t i = 0; i < count; i++) {
        copies[i] = copy_text(names[i]);
        if (!copies[i]) {
            return error_memory(error, "naming flags");
        }
    }
    own->definition.flags = flags;
    return STATUS_OK;
}

enum status table_set_unit(struct table *table, size_t column, const char *unit,
                           struct error *error)
{
    assert(column < table->column_count);
    char *copy = copy_text(unit);
    if (!copy) {
        return error_memory(error, "naming a unit");
    }
    free((char *)table->columns[column].definition.unit);
    table->columns[column].definition.unit = copy;
    return STATUS_OK;
}

static enum status grow(struct table *table, struct error *error)
{
    size_t capacity;
    if (!checked_add(table->row_capacity, table->row_capacity / 2 + 16, &capacity)) {
        return error_memory(error, "adding rows to a table");
    }
    for (size_t i = 0; i < table->column_count; i++) {
        struct column *column = &table->columns[i];
        _Static_assert(sizeof(double) == sizeof(int64_t), "a cell is 8 bytes");
        size_t size = column->definition.type == COLUMN_TEXT ? sizeof(char *) : sizeof(double);
        void *grown = checked_realloc(column->values.reals, capacity, size);
        if (!grown) {
            return error_memory(error, "adding rows to a table");
        }
        column->values.reals = grown;
    }
    table->row_capacity = capacity;
    return STATUS_OK;
}

enum status table_append(struct table *table, size_t *row, struct error *error)
{
    if (table->row_count == table->row_capacity) {
        enum status status = grow(table, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    size_t last = table->row_count++;
    for (size_t i = 0; i < table->column_count; i++) {
        struct column *column = &table->columns[i];
        switch (column->definition.type) {
        case COLUMN_REAL:
            column->values.reals[last] = NAN;
            break;
        case COLUMN_INTEGER:
            column->values.integers[last] = TABLE_MISSING;
            break;
        case COLUMN_FLAGS:
            column->values.integers[last] = 0;
            break;
        case COLUMN_TEXT:
            column->values.texts[last] = NULL;
            break;
        }
    }
    if (row) {
        *row = last;
    }
    return STATUS_OK;
}

size_t table_find(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].definition.name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

void table_set_real(struct table *table, size_t row, size_t column, double value)
{
    assert(row < table->row_count && column < table->column_count);
    assert(table->columns[column].definition.type == COLUMN_REAL);
    table->columns[column].values.reals[row] = value;
}

void table_set_integer(struct table *table, size_t row, size_t column, int64_t value)
{
    assert(row < table->row_count && column < table->column_count);
    assert(table->columns[column].definition.type == COLUMN_INTEGER ||
           table->columns[column].definition.type == COLUMN_FLAGS);
    table->columns[column].values.integers[row] = value;
}

enum status table_set_text(struct table *table, size_t row, size_t column, const char *text,
                           struct error *error)
{
    assert(row < table->row_count && column < table->column_count);
    assert(table->columns[column].definition.type == COLUMN_TEXT);
    char *copy = NULL;
    if (text) {
        copy = copy_text(text);
        if (!copy) {
            return error_memory(error, "filling a table");
        }
    }
    free(table->columns[column].values.texts[row]);
    table->columns[column].values.texts[row] = copy;
    return STATUS_OK;
}

double table_real(const struct table *table, size_t row, size_t column)
{
    assert(row < table->row_count && column < table->column_count);
    const struct column *from = &table->columns[column];
    switch (from->definition.type) {
    case COLUMN_REAL:
        return from->values.reals[row];
    case COLUMN_INTEGER:
        return from->values.integers[row] == TABLE_MISSING ? (double)NAN
                                                           : (double)from->values.integers[row];
    case COLUMN_FLAGS:
        return (double)from->values.integers[row];
    case COLUMN_TEXT:
        break;
    }
    return NAN;
}

const char *table_text(const struct table *table, size_t row, size_t column)
{
    assert(row < table->row_count && column < table->column_count);
    const struct column *from = &table->columns[column];
    return from->definition.type == COLUMN_TEXT ? from->values.texts[row] : NULL;
}
