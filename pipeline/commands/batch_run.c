#include "pipeline/commands/batch_run.h"

#include "pipeline/batch/progress.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/provenance.h"
#include "pipeline/figures/figures.h"

#include <stdlib.h>

/* What is shown while the batch goes on. */
struct show {
    const char *command;
    const struct settings *settings;
    struct progress progress;
};

static void on_finished(void *context, const struct batch_item *item, const struct batch_row *row)
{
    struct show *show = context;
    struct error error;
    progress_clear(&show->progress);
    message_warnings(show->command, show->settings, item->path, &row->warnings);
    if (row->status == ROW_FAILED) {
        error_set(&error, STATUS_FAILED, "%s", row->error ? row->error : item->path);
        message_error(show->command, &error);
    } else {
        message_note(show->command, show->settings, "%s: %s in %.1f s, %.0f MiB", item->path,
                     row->status == ROW_DONE ? "done" : "was up to date, looked at", row->seconds,
                     row->peak);
    }
}

static void on_tick(void *context, const struct batch_counts *counts)
{
    struct show *show = context;
    progress_draw(&show->progress, counts);
}

static void on_stopping(void *context, size_t running, bool at_once)
{
    struct show *show = context;
    progress_clear(&show->progress);
    if (show->settings->quiet) {
        return;
    }
    if (at_once) {
        fprintf(stderr, "soleus %s: stopping\n", show->command);
    } else {
        fprintf(stderr, "soleus %s: finishing %zu recording%s; press Ctrl-C again to stop %s\n",
                show->command, running, running == 1 ? "" : "s", running == 1 ? "it" : "them");
    }
}

static void on_problem(void *context, const struct error *error)
{
    struct show *show = context;
    progress_clear(&show->progress);
    message_error(show->command, error);
}

/* "4 files that are no recordings were passed over (3 .docx, 1 .txt)"; "" when there were none. */
void batch_run_passed(const struct batch_plan *plan, char *to, size_t size)
{
    size_t total = 0, used = 0;
    char list[400] = "";
    for (size_t i = 0; i < plan->passed_count; i++) {
        const struct batch_passed *passed = &plan->passed[i];
        total += passed->count;
        if (used + 60 < sizeof list) {
            used += (size_t)snprintf(
                list + used, sizeof list - used, "%s%zu %s%s", i ? ", " : "", passed->count,
                passed->extension[0] ? "." : "without extension", passed->extension);
        } else if (used < sizeof list) {
            snprintf(list + used, sizeof list - used, ", ...");
            used = sizeof list;
        }
    }
    to[0] = '\0';
    if (total > 0) {
        snprintf(to, size, "%zu file%s passed over (%s)", total,
                 total == 1 ? " that is no recording was" : "s that are no recordings were", list);
    }
}

/* "3 done, 1 failed, 2 up to date; results are in out, errors in out/run.tsv" */
static void show_summary(const char *command, bool shared, const struct settings *settings,
                         const struct batch_plan *plan, const struct batch_counts *counts)
{
    char time[40], passed[500];
    if (settings->quiet) {
        return;
    }
    size_t finished = counts->done + counts->failed + counts->up_to_date;
    progress_time(time, sizeof time, counts->elapsed);
    fprintf(stderr, "soleus %s: %zu done, %zu failed, %zu up to date", command, counts->done,
            counts->failed, counts->up_to_date);
    if (finished < counts->total) {
        fprintf(stderr, ", %zu not begun or stopped", counts->total - finished);
    }
    fprintf(stderr, " in %s; results are in %s", time, settings->output);
    if (counts->failed > 0) {
        fprintf(stderr, ", errors in %s/%s", settings->output, shared ? "logs" : "run.tsv");
    }
    fprintf(stderr, "%s\n", finished < counts->total ? "; run again to go on" : "");
    batch_run_passed(plan, passed, sizeof passed);
    if (passed[0]) {
        fprintf(stderr, "soleus %s: %s\n", command, passed);
    }
}

/* The gathered tables of what is there. */
static enum status gather(const struct settings *settings, const struct batch_plan *plan,
                          const struct batch_options *options, struct error *error)
{
    struct batch_counts counts = {0};
    const struct show *show = options->events.context;
    enum status status = batch_gather(plan, options, &counts, error);
    if (!settings->quiet && error->message[0] == '\0') {
        fprintf(stderr,
                "soleus %s: gathered %zu recording%s, %zu without results; tables are in %s\n",
                show->command, counts.done, counts.done == 1 ? "" : "s", counts.failed,
                settings->output);
    }
    return status;
}

enum status batch_run_plan(const char *command, enum batch_manner manner,
                           const struct settings *settings, const struct batch_plan *plan,
                           struct error *error)
{
    char *history = NULL, *parameters = NULL;
    struct show show = {.command = command, .settings = settings};
    struct batch_counts counts = {0};
    enum status status = provenance_parameters(settings, &parameters, error);
    if (status == STATUS_OK) {
        status = provenance_history(settings, &history, error);
    }
    if (status == STATUS_OK) {
        /* Figures are part of the results: those of an earlier run are replaced with them. */
        const struct figure_options drawing = {.format = (enum figure_format)settings->figure_kind,
                                               .style = settings->style,
                                               .force = true};
        const struct batch_options options = {
            .unit = {.folder = settings->output,
                     .force = settings->force,
                     .recording = settings->recording,
                     .parameters = settings->parameters,
                     .history = history,
                     .parameters_text = parameters,
                     .figures = settings->no_figures ? NULL : &drawing},
            .jobs = settings->jobs,
            .timeout = settings->timeout,
            .memory_limit = settings->memory_limit,
            .shared = manner == BATCH_SHARED,
            .events = {&show, on_finished, on_tick, on_stopping, on_problem},
        };
        if (manner == BATCH_GATHER) {
            status = gather(settings, plan, &options, error);
        } else {
            progress_start(&show.progress, stderr, !settings->quiet);
            status = batch_run(plan, &options, &counts, error);
            progress_clear(&show.progress);
            if (counts.total > 0 && counts.elapsed >= 0 && error->message[0] == '\0') {
                show_summary(command, options.shared, settings, plan, &counts);
            }
        }
    }
    free(history);
    free(parameters);
    return status;
}
