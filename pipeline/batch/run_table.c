#include "pipeline/batch/run_table.h"

#include "formats/output.h"
#include "pipeline/batch/earlier.h"
#include "pipeline/save/results_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum run_column { RECORDING, STATUS, ERROR, SECONDS, CPU, PEAK, SUM, RESULTS, INPUT, WARNINGS };

const struct column_definition run_columns[] = {
    [RECORDING] = {"recording", COLUMN_TEXT, "", "name of the recording, as in episodes.tsv", NULL},
    [STATUS] = {"status", COLUMN_TEXT, "",
                "done, skipped (was up to date), failed, interrupted or pending", NULL},
    [ERROR] = {"error", COLUMN_TEXT, "", "why it failed", NULL},
    [SECONDS] = {"seconds", COLUMN_REAL, "s", "time it took", NULL},
    [CPU] = {"cpu_seconds", COLUMN_REAL, "s", "processor time", NULL},
    [PEAK] = {"peak_memory", COLUMN_REAL, "MiB", "largest memory of its process", NULL},
    [SUM] = {"input_sha256", COLUMN_TEXT, "",
             "SHA-256 of the recording's file; with other parts or sidecars, of the lines that "
             "sha256sum prints of all",
             NULL},
    [RESULTS] = {"results", COLUMN_TEXT, "", "results file, below the folder of results", NULL},
    [INPUT] = {"input", COLUMN_TEXT, "", "the recording's file", NULL},
    [WARNINGS] = {"warnings", COLUMN_TEXT, "", "what was found wrong with it and mended", NULL},
    [WARNINGS + 1] = {NULL, COLUMN_REAL, NULL, NULL, NULL},
};

static const char *const status_names[] = {[ROW_PENDING] = "pending",
                                           [ROW_DONE] = "done",
                                           [ROW_UP_TO_DATE] = "skipped",
                                           [ROW_FAILED] = "failed",
                                           [ROW_INTERRUPTED] = "interrupted"};

/* All warnings in one cell; owned, NULL when memory ran out or there are none. */
static char *join(const struct warnings *warnings)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = warnings->count ? open_memstream(&text, &size) : NULL;
    if (!stream) {
        return NULL;
    }
    for (size_t i = 0; i < warnings->count; i++) {
        fprintf(stream, "%s%s", i ? "; " : "", warnings->texts[i]);
    }
    if (warnings->omitted) {
        fprintf(stream, "; %zu more", warnings->omitted);
    }
    return fclose(stream) == 0 ? text : NULL;
}

static double rounded(double value, double parts)
{
    return round(value * parts) / parts;
}

static enum status add(struct table *table, const struct batch_item *item,
                       const struct batch_row *from, struct error *error)
{
    size_t row;
    const char *prefix = item->results ? item->results : item->name;
    char *results = from->complete ? results_set_path(prefix, RESULTS_FILE) : NULL;
    char *warnings = join(&from->warnings);
    const struct {
        enum run_column column;
        const char *text;
    } texts[] = {{RECORDING, item->name}, {STATUS, status_names[from->status]},
                 {ERROR, from->error},    {SUM, from->sha256[0] ? from->sha256 : NULL},
                 {RESULTS, results},      {INPUT, item->path},
                 {WARNINGS, warnings}};
    enum status status = table_append(table, &row, error);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == STATUS_OK; i++) {
        status = table_set_text(table, row, texts[i].column, texts[i].text, error);
    }
    if (status == STATUS_OK && from->status != ROW_PENDING) {
        table_set_real(table, row, SECONDS, rounded(from->seconds, 1000));
        table_set_real(table, row, CPU, rounded(from->cpu_seconds, 1000));
        table_set_real(table, row, PEAK, rounded(from->peak, 10));
    }
    free(results);
    free(warnings);
    return status;
}

/* A row of an earlier run, which has the same columns. */
static enum status copy(struct table *table, const struct table *earlier, size_t from,
                        struct error *error)
{
    size_t row;
    enum status status = table_append(table, &row, error);
    for (size_t c = 0; c < table->column_count && status == STATUS_OK; c++) {
        if (run_columns[c].type == COLUMN_REAL) {
            table_set_real(table, row, c, table_real(earlier, from, c));
        } else {
            status = table_set_text(table, row, c, table_text(earlier, from, c), error);
        }
    }
    return status;
}

static enum status write_to(const char *path, const struct batch_plan *plan,
                            const struct batch_row *rows, const struct table *earlier,
                            struct error *error)
{
    struct output *output = NULL;
    struct table *table = table_create("run", run_columns, WARNINGS + 1, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    size_t old = 0, old_count = earlier ? earlier->row_count : 0;
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        for (; old < old_count && status == STATUS_OK &&
               strcmp(earlier_name(earlier, old), plan->items[i].name) < 0;
             old++) {
            status = copy(table, earlier, old, error);
        }
        if (status == STATUS_OK) {
            status = add(table, &plan->items[i], &rows[i], error);
        }
    }
    for (; old < old_count && status == STATUS_OK; old++) {
        status = copy(table, earlier, old, error);
    }
    if (status == STATUS_OK) {
        status = output_create(path, NULL, true, &output, error);
    }
    if (status == STATUS_OK) {
        table_write_tsv(table, output_stream(output), true, 0, table->row_count);
        status = output_commit(output, error);
    }
    table_destroy(table);
    return status;
}

enum status run_table_write(const char *folder, const struct batch_plan *plan,
                            const struct batch_row *rows, const struct table *earlier,
                            struct error *error)
{
    char *path;
    if (asprintf(&path, "%s/run.tsv", folder) < 0) {
        return error_memory(error, "writing run.tsv");
    }
    enum status status = write_to(path, plan, rows, earlier, error);
    free(path);
    return status;
}

char *run_table_log(const char *folder, const struct batch_item *item)
{
    const char *prefix = item->results ? item->results : item->name;
    const char *slash = strrchr(prefix, '/'), *base = slash ? slash + 1 : prefix;
    size_t length = strlen(base) - (item->results ? strlen(RESULTS_BIDS_END) : 0);
    char *path;
    return asprintf(&path, "%s/logs/%.*s_run.tsv", folder, (int)length, base) < 0 ? NULL : path;
}

enum status run_table_write_log(const char *folder, const struct batch_item *item,
                                const struct batch_row *row, struct error *error)
{
    struct batch_item one = *item;
    const struct batch_plan plan = {.count = 1, .items = &one};
    char *path = run_table_log(folder, item);
    enum status status = STATUS_OK;
    if (!path) {
        return error_memory(error, "writing a row");
    }
    *strrchr(path, '/') = '\0';
    status = output_make_folder(path, error);
    path[strlen(path)] = '/';
    if (status == STATUS_OK) {
        status = write_to(path, &plan, row, NULL, error);
    }
    free(path);
    return status;
}
