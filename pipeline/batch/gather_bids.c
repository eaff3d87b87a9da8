/* The tables of all recordings, of batches that shared a folder. */
#include "pipeline/analysis/tables.h"
#include "pipeline/batch/batch.h"
#include "pipeline/batch/dataset.h"
#include "pipeline/batch/earlier.h"
#include "pipeline/batch/gather.h"
#include "pipeline/batch/places.h"
#include "pipeline/batch/run_table.h"
#include "pipeline/save/results_set.h"

#include <stdlib.h>
#include <string.h>

/* The rows of all recordings, and of those that have results. */
struct gathering {
    const char *folder, *root_table;
    struct table *all, *complete;
};

static enum status set(struct table *rows, const char *column, const char *text,
                       struct error *error)
{
    return table_set_text(rows, rows->row_count - 1, table_find(rows, column), text, error);
}

/* Adds the row of a recording: of the batch that did it, of a run over all, or a new one. */
static enum status add_row(struct gathering *gathering, const struct batch_item *item,
                           struct table *rows, bool complete, struct error *error)
{
    char *log = run_table_log(gathering->folder, item);
    const char *prefix = item->results ? item->results : item->name;
    char *results = results_set_path(prefix, RESULTS_FILE);
    bool found = false;
    enum status status = log && results ? earlier_add(log, item->name, rows, &found, error)
                                        : error_memory(error, "gathering tables");
    if (status == STATUS_OK && !found) {
        status = earlier_add(gathering->root_table, item->name, rows, &found, error);
    }
    if (status == STATUS_OK && !found) {
        status = table_append(rows, NULL, error);
        if (status == STATUS_OK) {
            status = set(rows, "recording", item->name, error);
        }
        if (status == STATUS_OK) {
            status = set(rows, "input", item->path, error);
        }
        if (status == STATUS_OK) {
            status = set(rows, "status", complete ? "done" : "pending", error);
        }
    }
    if (status == STATUS_OK) {
        status = set(rows, "results", complete ? results : NULL, error);
    }
    const char *was = status == STATUS_OK
                          ? table_text(rows, rows->row_count - 1, table_find(rows, "status"))
                          : NULL;
    if (was && !complete && (strcmp(was, "done") == 0 || strcmp(was, "skipped") == 0)) {
        status = set(rows, "status", "pending", error); /* somebody has removed its results */
    }
    free(log);
    free(results);
    return status;
}

static enum status add(struct gathering *gathering, const struct batch_item *item,
                       const struct batch_options *options, struct batch_counts *counts,
                       struct error *error)
{
    char *prefix = unit_prefix(item, gathering->folder);
    if (!prefix) {
        return error_memory(error, "gathering tables");
    }
    bool complete = !item->problem && unit_is_complete(prefix);
    free(prefix);
    enum status status = add_row(gathering, item, gathering->all, complete, error);
    if (status == STATUS_OK && complete) {
        status = add_row(gathering, item, gathering->complete, complete, error);
    }
    counts->done += complete;
    counts->failed += !complete;
    if (status == STATUS_OK && !complete && options->events.problem) {
        struct error problem;
        size_t row = gathering->all->row_count - 1;
        const char *why = table_text(gathering->all, row, table_find(gathering->all, "error"));
        if (why) {
            error_set(&problem, STATUS_FAILED,
                      "%s; without results: run 'participant' for it again", why);
        } else {
            error_set(&problem, STATUS_FAILED, "%s: has no results; run 'participant' for it",
                      item->path);
        }
        options->events.problem(options->events.context, &problem);
    }
    return status;
}

enum status batch_gather(const struct batch_plan *plan, const struct batch_options *options,
                         struct batch_counts *counts, struct error *error)
{
    const char *folder = options->unit.folder;
    /* All rows are of earlier batches. */
    const struct batch_plan none = {.dataset = plan->dataset};
    char *root_table = NULL;
    struct gathering gathering = {.folder = folder};
    *counts = (struct batch_counts){.total = plan->count};
    enum status status = places_prepare(folder, options->unit.force, error);
    if (status == STATUS_OK && plan->dataset) {
        status = dataset_describe(folder, plan->dataset, options->unit.force, error);
    }
    if (status == STATUS_OK && asprintf(&root_table, "%s/run.tsv", folder) < 0) {
        root_table = NULL;
        status = error_memory(error, "gathering tables");
    }
    gathering.root_table = root_table;
    if (status == STATUS_OK) {
        size_t columns = columns_count(run_columns);
        gathering.all = table_create("run", run_columns, columns, error);
        gathering.complete =
            gathering.all ? table_create("run", run_columns, columns, error) : NULL;
        status = gathering.complete ? STATUS_OK : STATUS_FAILED;
    }
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        status = add(&gathering, &plan->items[i], options, counts, error);
    }
    if (status == STATUS_OK) {
        status = gather_tables(folder, &none, NULL, gathering.complete, error);
    }
    if (status == STATUS_OK) {
        status = run_table_write(folder, &none, NULL, gathering.all, error);
    }
    if (status == STATUS_OK && counts->failed > 0) {
        status = STATUS_FAILED;
        *error = (struct error){.status = status}; /* events have told all */
    }
    table_destroy(gathering.all);
    table_destroy(gathering.complete);
    free(root_table);
    return status;
}
