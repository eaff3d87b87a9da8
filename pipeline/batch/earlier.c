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

static bool wanted(const char *folder, const struct batch_plan *plan, const char *name)
{
    char *prefix = NULL;
    if (!name || bsearch(name, plan->items, plan->count, sizeof *plan->items, by_name) ||
        asprintf(&prefix, "%s/%s", folder, name) < 0) {
        return false;
    }
    char *path = results_set_path(prefix, RESULTS_FILE);
    bool there = path && access(path, R_OK) == 0;
    free(path);
    free(prefix);
    return there;
}

/* The table of the folder, with all that is text as text; NULL when there is none. */
static struct table *read_table(const char *folder)
{
    struct error ignored;
    struct table *table = NULL;
    char *path = NULL;
    FILE *stream = asprintf(&path, "%s/run.tsv", folder) < 0 ? NULL : fopen(path, "re");
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
    free(path);
    return table;
}

const char *earlier_name(const struct table *rows, size_t row)
{
    return table_text(rows, row, 0);
}

enum status earlier_read(const char *folder, const struct batch_plan *plan, struct table **rows,
                         struct error *error)
{
    struct table *table = read_table(folder);
    enum status status = STATUS_OK;
    *rows = table_create("run", run_columns, columns_count(run_columns), error);
    if (!*rows) {
        status = STATUS_FAILED;
    }
    size_t name = table ? table_find(table, "recording") : SIZE_MAX;
    for (size_t row = 0; name != SIZE_MAX && row < table->row_count && status == STATUS_OK; row++) {
        if (wanted(folder, plan, table_text(table, row, name))) {
            status = copy_row(*rows, table, row, error);
        }
    }
    table_destroy(table);
    return status;
}
