/* Groups of results files as tables. */
#include "formats/checked.h"
#include "formats/results/read.h"

#include <string.h>

enum status results_name_flags(struct table *table, size_t column,
                               const struct results_values *values, struct error *error)
{
    const char *names[65] = {0};
    if (!values->flag_meanings || values->type != COLUMN_FLAGS) {
        return STATUS_OK;
    }
    char *copy = strdup(values->flag_meanings), *rest = NULL;
    if (!copy) {
        return error_memory(error, "reading results");
    }
    size_t count = 0;
    for (char *name = strtok_r(copy, " ", &rest); name && count < 64;
         name = strtok_r(NULL, " ", &rest)) {
        names[count++] = name;
    }
    enum status status = count ? table_set_flag_names(table, column, names, error) : STATUS_OK;
    free(copy);
    return status;
}

/* Moves the values of an array into a column of the table, whose rows are there. */
static enum status fill_column(struct results *results, const char *group, struct table *table,
                               size_t column, struct error *error)
{
    struct results_values values;
    struct column *own = &table->columns[column];
    enum status status = results_read(results, group, own->definition.name, &values, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (values.count != table->row_count || values.type != own->definition.type) {
        status = error_set(error, STATUS_FAILED, "%s: %s of group %s has another length",
                           results->path, own->definition.name, group);
        goto out;
    }
    for (size_t row = 0; row < values.count && status == STATUS_OK; row++) {
        if (values.type == COLUMN_REAL) {
            own->values.reals[row] = values.reals[row];
        } else if (values.type == COLUMN_TEXT) {
            status = table_set_text(table, row, column, values.texts[row], error);
        } else {
            own->values.integers[row] = values.integers[row];
        }
    }
    if (status == STATUS_OK) {
        status = results_name_flags(table, column, &values, error);
    }
out:
    results_values_clear(&values);
    return status;
}

/* Definitions of the arrays that are columns, with the descriptions that own their strings. */
struct chosen {
    size_t count, rows;
    struct column_definition *definitions;
    struct results_values *described;
};

static enum status choose(struct results *results, const char *group, const char *const *arrays,
                          struct chosen *chosen, struct error *error)
{
    for (size_t i = 0; arrays[i]; i++) {
        struct results_values *own = &chosen->described[chosen->count];
        enum status status = results_describe(results, group, arrays[i], own, error);
        if (status != STATUS_OK) {
            return status;
        }
        const struct results_values *first = &chosen->described[0];
        if (own->rank != 1 ||
            (chosen->count && strcmp(own->dimensions[0], first->dimensions[0]) != 0)) {
            results_values_clear(own);
            continue;
        }
        chosen->definitions[chosen->count++] = (struct column_definition){
            .name = arrays[i], .type = own->type, .unit = own->unit, .long_name = own->long_name};
    }
    chosen->rows = chosen->count ? chosen->described[0].size[0] : 0;
    return STATUS_OK;
}

/* Makes the table of what was chosen and fills it. */
static enum status fill_table(struct results *results, const char *group,
                              const struct chosen *chosen, struct table **table,
                              struct error *error)
{
    *table = table_create(group[1] ? group + 1 : group, chosen->definitions, chosen->count, error);
    enum status status = *table ? STATUS_OK : STATUS_FAILED;
    for (size_t row = 0; row < chosen->rows && status == STATUS_OK; row++) {
        status = table_append(*table, NULL, error);
    }
    for (size_t i = 0; i < chosen->count && status == STATUS_OK; i++) {
        status = fill_column(results, group, *table, i, error);
    }
    if (status != STATUS_OK) {
        table_destroy(*table);
        *table = NULL;
    }
    return status;
}

enum status results_read_table(struct results *results, const char *group, struct table **table,
                               struct error *error)
{
    *table = NULL;
    const char *const *arrays = results_arrays(results, group);
    if (!arrays) {
        return error_set(error, STATUS_FAILED, "%s: there is no group %s", results->path, group);
    }
    size_t count = 0;
    while (arrays[count]) {
        count++;
    }
    struct chosen chosen = {0};
    chosen.definitions = checked_calloc(count + 1, sizeof *chosen.definitions);
    chosen.described = checked_calloc(count + 1, sizeof *chosen.described);
    enum status status = STATUS_OK;
    if (!chosen.definitions || !chosen.described) {
        status = error_memory(error, "reading results");
        goto out;
    }
    status = choose(results, group, arrays, &chosen, error);
    if (status == STATUS_OK && chosen.count == 0) {
        status =
            error_set(error, STATUS_FAILED, "%s: group %s holds no table", results->path, group);
    }
    if (status == STATUS_OK) {
        status = fill_table(results, group, &chosen, table, error);
    }
out:
    for (size_t i = 0; i < chosen.count; i++) {
        results_values_clear(&chosen.described[i]);
    }
    free(chosen.definitions);
    free(chosen.described);
    return status;
}
