#include "pipeline/export/columns.h"

#include "formats/checked.h"

#include <stdlib.h>
#include <string.h>

void exported_group_close(struct exported_group *group)
{
    for (size_t i = 0; group->described && i < group->count; i++) {
        results_values_clear(&group->described[i]);
    }
    free(group->described);
    *group = (struct exported_group){0};
}

enum status exported_group_open(struct results *results, const char *path,
                                struct exported_group *group, struct error *error)
{
    *group = (struct exported_group){.path = path, .names = results_arrays(results, path)};
    size_t count = 0;
    while (group->names && group->names[count]) {
        count++;
    }
    group->described = checked_calloc(count, sizeof *group->described);
    if (!group->described) {
        return error_memory(error, "exporting a table");
    }
    for (; group->count < count; group->count++) {
        enum status status = results_describe(results, path, group->names[group->count],
                                              &group->described[group->count], error);
        if (status != STATUS_OK) {
            exported_group_close(group);
            return status;
        }
    }
    return STATUS_OK;
}

static bool same_dimensions(const struct results_values *a, const struct results_values *b)
{
    if (a->rank != b->rank) {
        return false;
    }
    for (size_t i = 0; i < a->rank; i++) {
        if (a->size[i] != b->size[i] || strcmp(a->dimensions[i], b->dimensions[i]) != 0) {
            return false;
        }
    }
    return true;
}

size_t exported_find_leader(const struct exported_group *group)
{
    size_t leader = 0;
    for (size_t i = 1; i < group->count; i++) {
        if (group->described[i].rank > group->described[leader].rank) {
            leader = i;
        }
    }
    return leader;
}

bool exported_is_member(const struct exported *table, size_t array)
{
    const struct results_values *described = table->group.described;
    return array == table->leader ||
           (!table->alone && same_dimensions(&described[array], &described[table->leader]));
}

/* Whether the table needs a column for a dimension: not when an array of that name is a column, nor
 * when the coordinate just counts the rows. */
static bool needs_index(const struct exported *table, const char *name,
                        const struct results_values *coordinate)
{
    for (size_t i = 0; i < table->member_count; i++) {
        if (strcmp(table->group.names[table->members[i]], name) == 0) {
            return false;
        }
    }
    return table->group.described[table->leader].rank > 1 || coordinate->type != COLUMN_INTEGER;
}

static enum status choose_index(struct exported *table, bool values, struct error *error)
{
    const struct results_values *shape = &table->group.described[table->leader];
    for (size_t i = 0; i < shape->rank; i++) {
        const char *name = shape->dimensions[i];
        struct results_values *own = &table->index[table->index_count];
        if (!results_has(table->results, "/", name)) {
            continue;
        }
        enum status status = values ? results_read(table->results, "/", name, own, error)
                                    : results_describe(table->results, "/", name, own, error);
        if (status != STATUS_OK) {
            return status;
        }
        if (own->count != shape->size[i] || !needs_index(table, name, own)) {
            results_values_clear(own);
            continue;
        }
        table->index_dimension[table->index_count] = i;
        table->definitions[table->index_count++] = (struct column_definition){
            .name = name, .type = own->type, .unit = own->unit, .long_name = own->long_name};
    }
    return STATUS_OK;
}

void exported_close(struct exported *table)
{
    for (size_t i = 0; i < table->index_count; i++) {
        results_values_clear(&table->index[i]);
    }
    exported_group_close(&table->group);
    free(table->members);
    free(table->definitions);
    *table = (struct exported){0};
}

enum status exported_choose_columns(struct exported *table, bool values, struct error *error)
{
    const struct exported_group *group = &table->group;
    size_t last = SIZE_MAX;
    table->members = checked_calloc(group->count, sizeof *table->members);
    table->definitions =
        checked_calloc(group->count + RESULTS_RANK_MAX, sizeof *table->definitions);
    if (!table->members || !table->definitions) {
        return error_memory(error, "exporting a table");
    }
    for (size_t i = 0; i < group->count; i++) {
        if (!exported_is_member(table, i)) {
            continue;
        }
        if (strcmp(group->names[i], "status") == 0) {
            last = i;
        } else {
            table->members[table->member_count++] = i;
        }
    }
    if (last != SIZE_MAX) {
        table->members[table->member_count++] = last;
    }
    enum status status = choose_index(table, values, error);
    for (size_t i = 0; i < table->member_count && status == STATUS_OK; i++) {
        const struct results_values *own = &group->described[table->members[i]];
        table->definitions[table->index_count + i] =
            (struct column_definition){.name = group->names[table->members[i]],
                                       .type = own->type,
                                       .unit = own->unit,
                                       .long_name = own->long_name};
    }
    return status;
}
