/* The list of what can be exported from a results file. */
#include "pipeline/export/columns.h"
#include "pipeline/export/table.h"

#include <stdlib.h>
#include <string.h>

static const struct column_definition columns[] = {
    {"table", COLUMN_TEXT, "", "name of the table", NULL},
    {"dimensions", COLUMN_TEXT, "", "dimensions, slowest first", NULL},
    {"rows", COLUMN_INTEGER, "1", "rows of the table", NULL},
    {"columns", COLUMN_INTEGER, "1", "columns of the table", NULL},
};

/* A row for the table that table->leader leads. */
static enum status list_table(struct exported *table, const char *name, struct table *list,
                              struct error *error)
{
    const struct results_values *shape = &table->group.described[table->leader];
    char dimensions[RESULTS_RANK_MAX * 66] = "";
    size_t row, length = 0;
    enum status status = exported_choose_columns(table, false, error);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < shape->rank; i++) {
        length += (size_t)snprintf(dimensions + length, sizeof dimensions - length, "%s%s",
                                   i ? " " : "", shape->dimensions[i]);
    }
    status = table_append(list, &row, error);
    if (status == STATUS_OK) {
        status = table_set_text(list, row, 0, name, error);
    }
    if (status == STATUS_OK) {
        status = table_set_text(list, row, 1, dimensions, error);
    }
    if (status == STATUS_OK) {
        table_set_integer(list, row, 2, (int64_t)shape->count);
        table_set_integer(list, row, 3, (int64_t)(table->index_count + table->member_count));
    }
    return status;
}

/* Lists the table that an array leads: the group's, a dimension's at the root, or its own. */
static enum status list_led(struct results *results, const char *path, size_t leader, bool alone,
                            const char *name, struct table *list, struct error *error)
{
    struct exported table = {.results = results, .leader = leader, .alone = alone};
    enum status status = exported_group_open(results, path, &table.group, error);
    if (status == STATUS_OK) {
        status = list_table(&table, name, list, error);
    }
    exported_close(&table);
    return status;
}

static enum status list_root(struct results *results, struct table *list, struct error *error)
{
    struct exported_group root;
    enum status status = exported_group_open(results, "/", &root, error);
    for (size_t i = 0; i < root.count && status == STATUS_OK; i++) {
        const struct results_values *own = &root.described[i];
        bool coordinate = own->rank == 1 && strcmp(own->dimensions[0], root.names[i]) == 0;
        if (coordinate || own->rank > 1) {
            status = list_led(results, "/", i, !coordinate, root.names[i], list, error);
        }
    }
    exported_group_close(&root);
    return status;
}

static enum status list_group(struct results *results, const char *path, struct table *list,
                              struct error *error)
{
    struct exported main_table = {.results = results};
    struct exported_group *group = &main_table.group;
    enum status status = exported_group_open(results, path, group, error);
    if (status == STATUS_OK && group->count > 0) {
        main_table.leader = exported_find_leader(group);
        status = list_led(results, path, main_table.leader, false, path + 1, list, error);
    }
    for (size_t i = 0; i < group->count && status == STATUS_OK; i++) {
        if (exported_is_member(&main_table, i)) {
            continue;
        }
        char *name = NULL;
        if (asprintf(&name, "%s/%s", path + 1, group->names[i]) < 0) {
            status = error_memory(error, "listing tables");
            break;
        }
        status = list_led(results, path, i, true, name, list, error);
        free(name);
    }
    exported_close(&main_table);
    return status;
}

enum status export_list(struct results *results, struct table **list, struct error *error)
{
    *list = table_create("tables", columns, sizeof columns / sizeof *columns, error);
    enum status status = *list ? STATUS_OK : STATUS_FAILED;
    for (const char *const *path = results_groups(results); *path && status == STATUS_OK; path++) {
        status = list_group(results, *path, *list, error);
    }
    if (status == STATUS_OK) {
        status = list_root(results, *list, error);
    }
    if (status != STATUS_OK) {
        table_destroy(*list);
        *list = NULL;
    }
    return status;
}
