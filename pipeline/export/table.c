#include "pipeline/export/table.h"

#include "pipeline/export/columns.h"

#include <stdlib.h>
#include <string.h>

/* Rows that are in memory at a time, unless one step of the first dimension has more. */
#define PART_ROWS 65536

/* Value i of an array into a cell of the same type. */
static enum status set_cell(struct table *table, size_t row, size_t column,
                            const struct results_values *from, size_t i, struct error *error)
{
    switch (from->type) {
    case COLUMN_REAL:
        table_set_real(table, row, column, from->reals[i]);
        break;
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        table_set_integer(table, row, column, from->integers[i]);
        break;
    case COLUMN_TEXT:
        return table_set_text(table, row, column, from->texts[i], error);
    }
    return STATUS_OK;
}

/* The coordinates of the rows, whose first step is `first`. */
static enum status fill_index(const struct exported *table, struct table *part, size_t first,
                              struct error *error)
{
    const struct results_values *shape = &table->group.described[table->leader];
    enum status status = STATUS_OK;
    for (size_t column = 0; column < table->index_count; column++) {
        size_t dimension = table->index_dimension[column], inner = 1;
        for (size_t i = dimension + 1; i < shape->rank; i++) {
            inner *= shape->size[i];
        }
        for (size_t row = 0; row < part->row_count && status == STATUS_OK; row++) {
            size_t step = row / inner;
            step = dimension == 0 ? first + step : step % shape->size[dimension];
            status = set_cell(part, row, column, &table->index[column], step, error);
        }
    }
    return status;
}

static enum status fill_members(const struct exported *table, struct table *part, size_t first,
                                size_t steps, struct error *error)
{
    for (size_t i = 0; i < table->member_count; i++) {
        struct results_values values;
        size_t column = table->index_count + i;
        enum status status =
            results_read_steps(table->results, table->group.path,
                               table->group.names[table->members[i]], first, steps, &values, error);
        for (size_t row = 0; row < part->row_count && status == STATUS_OK; row++) {
            status = set_cell(part, row, column, &values, row, error);
        }
        if (status == STATUS_OK) {
            status = results_name_flags(part, column, &values, error);
        }
        results_values_clear(&values);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* Rows of the steps [first, first + steps) of the first dimension, `inner` a step. */
static enum status make_part(const struct exported *table, size_t first, size_t steps, size_t inner,
                             struct table **part, struct error *error)
{
    *part = table_create(table->group.path, table->definitions,
                         table->index_count + table->member_count, error);
    enum status status = *part ? STATUS_OK : STATUS_FAILED;
    for (size_t row = 0; row < steps * inner && status == STATUS_OK; row++) {
        status = table_append(*part, NULL, error);
    }
    if (status == STATUS_OK) {
        status = fill_index(table, *part, first, error);
    }
    if (status == STATUS_OK) {
        status = fill_members(table, *part, first, steps, error);
    }
    if (status != STATUS_OK) {
        table_destroy(*part);
        *part = NULL;
    }
    return status;
}

static enum status write_parts(const struct exported *table, bool json, FILE *stream,
                               struct error *error)
{
    const struct results_values *shape = &table->group.described[table->leader];
    size_t steps = shape->size[0], inner = 1, written = 0, first = 0;
    for (size_t i = 1; i < shape->rank; i++) {
        inner *= shape->size[i];
    }
    size_t most = inner > 0 && inner < PART_ROWS ? PART_ROWS / inner : 1;
    do {
        /* A table without rows has one part too: its header. */
        struct table *part = NULL;
        size_t count = inner == 0 ? 0 : steps - first < most ? steps - first : most;
        enum status status = make_part(table, first, count, inner, &part, error);
        if (status == STATUS_OK && json) {
            status = table_write_json_part(part, stream, &written, error);
        } else if (status == STATUS_OK) {
            table_write_tsv(part, stream, first == 0, 0, part->row_count);
        }
        table_destroy(part);
        if (status != STATUS_OK) {
            return status;
        }
        first += count;
    } while (first < steps && inner > 0 && !ferror(stream));
    if (json) {
        table_end_json(stream, written);
    }
    return STATUS_OK;
}

static bool names_array(const struct exported_group *group, const char *name, size_t *index)
{
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->names[i], name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static enum status refuse(struct results *results, const char *name, struct error *error)
{
    struct table *list = NULL;
    char names[600] = "";
    size_t length = 0;
    enum status status = export_list(results, &list, error);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t row = 0; row < list->row_count; row++) {
        const char *one = table_text(list, row, 0);
        if (length + strlen(one) + 3 < sizeof names) {
            length += (size_t)sprintf(names + length, "%s%s", length ? ", " : "", one);
        }
    }
    table_destroy(list);
    return error_set(error, STATUS_FAILED, "%s: there is no table '%s'; there are: %s",
                     results_path(results), name, names);
}

/* Opens what name stands for: a group, a root array, or an array of a group. */
static enum status open_named(struct results *results, const char *name, struct exported *table,
                              struct error *error)
{
    char *path = NULL;
    if (asprintf(&path, "/%s", name + (name[0] == '/')) < 0) {
        return error_memory(error, "exporting a table");
    }
    const char *group = "/", *array = path + 1;
    enum status status = STATUS_OK;
    for (const char *const *own = results_groups(results); *own; own++) {
        size_t length = strlen(*own);
        if (strcmp(*own, path) == 0) {
            group = *own;
            array = NULL;
            break;
        }
        if (strncmp(*own, path, length) == 0 && path[length] == '/' &&
            !strchr(path + length + 1, '/')) {
            group = *own;
            array = path + length + 1;
        }
    }
    status = exported_group_open(results, group, &table->group, error);
    if (status != STATUS_OK) {
        goto out;
    }
    table->results = results;
    if (array ? !names_array(&table->group, array, &table->leader) : table->group.count == 0) {
        status = refuse(results, name, error);
    } else if (!array) {
        table->leader = exported_find_leader(&table->group);
    } else {
        /* At the root, what stands over the same dimension belongs together. */
        table->alone = group[1] || table->group.described[table->leader].rank > 1;
    }
out:
    free(path);
    return status;
}

enum status export_table(struct results *results, const char *name, bool json, FILE *stream,
                         struct error *error)
{
    struct exported table = {0};
    enum status status = open_named(results, name, &table, error);
    if (status == STATUS_OK) {
        status = exported_choose_columns(&table, true, error);
    }
    if (status == STATUS_OK) {
        status = write_parts(&table, json, stream, error);
    }
    exported_close(&table);
    return status;
}
