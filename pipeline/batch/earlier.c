#include "pipeline/batch/earlier.h"

#include "pipeline/analysis/tables.h"
#include "pipeline/batch/run_table.h"
#include "pipeline/save/results_set.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status copy_row(struct table *to, const struct table *from, size_t row,
                            struct error *error)
{
    size_t added;
    enum status status = table_append(to, &added, error);
    for (size_t c = 0; c < to->column_count && status == STATUS_OK; c++) {
        size_t source = table_find(from, to->columns[c].definition.name);
        if (source == SIZE_MAX) {
            continue;
        }
        if (to->columns[c].definition.type == COLUMN_REAL) {
            table_set_real(to, added, c, table_real(from, row, source));
        } else {
            status = table_set_text(to, added, c, table_text(from, row, source), error);
        }
    }
    return status;
}

static int by_name(const void *key, const void *item)
{
    return strcmp(key, ((const struct batch_item *)item)->name);
}

char *earlier_prefix(const struct table *rows, size_t row, const char *folder)
{
    size_t column = table_find(rows, "results");
    const char *results = column == SIZE_MAX ? NULL : table_text(rows, row, column);
    const char *name = table_text(rows, row, table_find(rows, "recording"));
    size_t length = results ? results_set_prefix(results) : 0;
    char *prefix;
    return asprintf(&prefix, "%s/%.*s", folder, (int)(length ? length : strlen(name)),
                    length ? results : name) < 0
               ? NULL
               : prefix;
}

static bool wanted(const char *folder, const struct batch_plan *plan, const struct table *table,
                   size_t row, size_t column)
{
    const char *name = table_text(table, row, column);
    if (!name || (plan->count > 0 &&
                  bsearch(name, plan->items, plan->count, sizeof *plan->items, by_name))) {
        return false;
    }
    char *prefix = earlier_prefix(table, row, folder);
    char *path = prefix ? results_set_path(prefix, RESULTS_FILE) : NULL;
    bool there = path && access(path, R_OK) == 0;
    free(path);
    free(prefix);
    return there;
}

/* A table of rows, with all that is text as text; NULL when there is none. */
static struct table *read_table(const char *path)
{
    struct error ignored;
    struct table *table = NULL;
    FILE *stream = fopen(path, "re");
    if (stream && table_read_tsv(stream, path, &table, &ignored) != STATUS_OK) {
        table = NULL;
    }
    for (size_t c = 0; table && c < columns_count(run_columns); c++) {
        size_t source = table_find(table, run_columns[c].name);
        if (source != SIZE_MAX && run_columns[c].type == COLUMN_TEXT &&
            table_make_text(table, source, &ignored) != STATUS_OK) {
            table_destroy(table);
            table = NULL;
        }
    }
    if (stream) {
        fclose(stream);
    }
    return table;
}

enum status earlier_add(const char *path, const char *name, struct table *rows, bool *found,
                        struct error *error)
{
    struct table *table = read_table(path);
    size_t column = table ? table_find(table, "recording") : SIZE_MAX;
    enum status status = STATUS_OK;
    *found = false;
    for (size_t row = 0; column != SIZE_MAX && row < table->row_count && !*found; row++) {
        const char *own = table_text(table, row, column);
        if (own && strcmp(own, name) == 0) {
            *found = true;
            status = copy_row(rows, table, row, error);
        }
    }
    table_destroy(table);
    return status;
}

const char *earlier_name(const struct table *rows, size_t row)
{
    return table_text(rows, row, 0);
}

enum status earlier_read(const char *folder, const struct batch_plan *plan, struct table **rows,
                         struct error *error)
{
    char *path = NULL;
    if (asprintf(&path, "%s/run.tsv", folder) < 0) {
        return error_memory(error, "reading run.tsv");
    }
    struct table *table = read_table(path);
    enum status status = STATUS_OK;
    free(path);
    *rows = table_create("run", run_columns, columns_count(run_columns), error);
    if (!*rows) {
        status = STATUS_FAILED;
    }
    size_t name = table ? table_find(table, "recording") : SIZE_MAX;
    for (size_t row = 0; name != SIZE_MAX && row < table->row_count && status == STATUS_OK; row++) {
        if (wanted(folder, plan, table, row, name)) {
            status = copy_row(*rows, table, row, error);
        }
    }
    table_destroy(table);
    return status;
}
