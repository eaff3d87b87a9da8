/* soleus run: many recordings, everything. */
#include "pipeline/batch/batch.h"
#include "pipeline/batch/progress.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/commands/provenance.h"
#include "pipeline/figures/figures.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is shown while the batch goes on. */
struct show {
    const struct settings *settings;
    struct progress progress;
};

static void on_finished(void *context, const struct batch_item *item, const struct batch_row *row)
{
    struct show *show = context;
    struct error error;
    progress_clear(&show->progress);
    message_warnings("run", show->settings, item->path, &row->warnings);
    if (row->status == ROW_FAILED) {
        error_set(&error, STATUS_FAILED, "%s", row->error ? row->error : item->path);
        message_error("run", &error);
    } else {
        message_note("run", show->settings, "%s: %s in %.1f s, %.0f MiB", item->path,
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
        fprintf(stderr, "soleus run: stopping\n");
    } else {
        fprintf(stderr, "soleus run: finishing %zu recording%s; press Ctrl-C again to stop %s\n",
                running, running == 1 ? "" : "s", running == 1 ? "it" : "them");
    }
}

static void on_problem(void *context, const struct error *error)
{
    struct show *show = context;
    progress_clear(&show->progress);
    message_error("run", error);
}

/* "4 files that are no recordings were passed over (3 .docx, 1 .txt)"; "" when there were none. */
static void passed_text(const struct batch_plan *plan, char *to, size_t size)
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
static void show_summary(const struct settings *settings, const struct batch_plan *plan,
                         const struct batch_counts *counts)
{
    char time[40], passed[500];
    if (settings->quiet) {
        return;
    }
    size_t finished = counts->done + counts->failed + counts->up_to_date;
    progress_time(time, sizeof time, counts->elapsed);
    fprintf(stderr, "soleus run: %zu done, %zu failed, %zu up to date", counts->done,
            counts->failed, counts->up_to_date);
    if (finished < counts->total) {
        fprintf(stderr, ", %zu not begun or stopped", counts->total - finished);
    }
    fprintf(stderr, " in %s; results are in %s", time, settings->output);
    if (counts->failed > 0) {
        fprintf(stderr, ", errors in %s/run.tsv", settings->output);
    }
    fprintf(stderr, "%s\n", finished < counts->total ? "; run again to go on" : "");
    passed_text(plan, passed, sizeof passed);
    if (passed[0]) {
        fprintf(stderr, "soleus run: %s\n", passed);
    }
}

static enum status run_plan(struct settings *settings, const struct batch_plan *plan,
                            struct error *error)
{
    char *history = NULL, *parameters = NULL;
    struct show show = {.settings = settings};
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
            .events = {&show, on_finished, on_tick, on_stopping, on_problem},
        };
        progress_start(&show.progress, stderr, !settings->quiet);
        status = batch_run(plan, &options, &counts, error);
        progress_clear(&show.progress);
        if (counts.total > 0 && counts.elapsed >= 0 && error->message[0] == '\0') {
            show_summary(settings, plan, &counts);
        }
    }
    free(history);
    free(parameters);
    return status;
}

/* The operands, with those on standard input in the place of "-". */
static enum status gather_inputs(const struct settings *settings, size_t count, char **operands,
                                 char ***inputs, size_t *input_count, struct error *error)
{
    enum status status = STATUS_OK;
    char **listed = NULL;
    size_t listed_count = 0, lists = 0;
    *inputs = NULL;
    *input_count = 0;
    for (size_t i = 0; i < count; i++) {
        lists += strcmp(operands[i], "-") == 0;
    }
    if (lists > 1 || (lists == 0 && settings->null_separated)) {
        return error_set(error, STATUS_USAGE,
                         lists ? "'-' is given twice; standard input holds one list"
                               : "-0 is for a list on standard input; give '-' as an input");
    }
    if (lists && isatty(STDIN_FILENO)) {
        return error_set(error, STATUS_USAGE,
                         "standard input is a terminal; pipe a list of recordings into it");
    }
    if (lists) {
        status = batch_plan_read_names(stdin, "standard input", settings->null_separated, &listed,
                                       &listed_count, error);
    }
    char **all = status == STATUS_OK ? calloc(count + listed_count + 1, sizeof *all) : NULL;
    if (status == STATUS_OK && !all) {
        status = error_memory(error, "listing recordings");
    }
    for (size_t i = 0; i < count && all; i++) {
        bool list = strcmp(operands[i], "-") == 0;
        size_t from = *input_count, here = list ? listed_count : 1;
        for (size_t k = 0; k < here && status == STATUS_OK; k++) {
            char *name = strdup(list ? listed[k] : operands[i]);
            status = name ? STATUS_OK : error_memory(error, "listing recordings");
            all[from + k] = name;
            *input_count += name != NULL;
        }
    }
    *inputs = all;
    batch_plan_free_names(listed, listed_count);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error = {0};
    struct batch_plan *plan = NULL;
    char **inputs = NULL;
    size_t input_count = 0;
    enum status status = STATUS_OK;
    if (!settings->output || !settings->output[0] || strcmp(settings->output, "-") == 0) {
        error_set(&error, STATUS_USAGE, "name a folder for the results with -o DIR");
        return message_error("run", &error);
    }
    /* Recordings of several kinds: one rate does not hold for those that have their own. */
    settings->recording.rate_fallback = true;
    status = gather_inputs(settings, count, operands, &inputs, &input_count, &error);
    if (status == STATUS_OK) {
        status = batch_plan_create(inputs, input_count, settings->output, &plan, &error);
    }
    if (status == STATUS_OK && plan->count == 0) {
        char passed[500];
        passed_text(plan, passed, sizeof passed);
        status =
            error_set(&error, STATUS_FAILED,
                      "%s: no recordings there%s%s; 'soleus formats' lists the extensions that "
                      "are looked for",
                      input_count ? inputs[0] : "standard input", passed[0] ? "; " : "", passed);
    }
    if (status == STATUS_OK) {
        status = run_plan(settings, plan, &error);
    }
    batch_plan_destroy(plan);
    batch_plan_free_names(inputs, input_count);
    if (status == STATUS_OK) {
        return EXIT_DONE;
    }
    if (error.message[0]) {
        return message_error("run", &error);
    }
    return status == STATUS_INTERRUPTED ? EXIT_SIGNAL : EXIT_FAILED;
}

static const struct option_row own[] = {
    {"output", 'o', OPTION_TEXT, "DIR", SETTING(output), 0, 0, NULL, false,
     "folder of the results; made when it is missing"},
    {"force", 'f', OPTION_FLAG, NULL, SETTING(force), 0, 0, NULL, false,
     "analyse again what is up to date, and overwrite files of other programs"},
    {"jobs", 'j', OPTION_COUNT, "N", SETTING(jobs), 0, 1024, NULL, false,
     "recordings at a time (0: one a processor)"},
    {"timeout", 0, OPTION_REAL, "S", SETTING(timeout), 0, 1e9, NULL, false,
     "longest time a recording may take (0: no limit)"},
    {"memory-limit", 0, OPTION_REAL, "MIB", SETTING(memory_limit), 0, 1e9, NULL, false,
     "most memory a recording's process may allocate (0: no limit)"},
    {"null", '0', OPTION_FLAG, NULL, SETTING(null_separated), 0, 0, NULL, false,
     "the list on standard input is separated by NUL bytes, as find -print0 writes it"},
    {"no-figures", 0, OPTION_FLAG, NULL, SETTING(no_figures), 0, 0, NULL, false,
     "tables and results files only"},
    {"figure-format", 0, OPTION_CHOICE, "NAME", SETTING(figure_kind), 0, 0, "svg pdf png", true,
     "svg, pdf or png (svg)"},
    {"style", 0, OPTION_TEXT, "FILE", SETTING(style), 0, 0, NULL, true,
     "gnuplot commands read before each figure"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {
    own, options_recording, options_spectrum, options_activity, options_trend, NULL};

const struct command command_run = {
    .name = "run",
    .summary = "analyse recordings: results, tables and figures of each, and of all",
    .arguments = "INPUT... -o DIR",
    .description =
        "Analyses recordings, folders of them (with the folders below), or a list on standard "
        "input (-), several at a time, each in a process of its own: one that is damaged, crashes "
        "or hangs costs a row in DIR/run.tsv, and the others are finished.\n\n"
        "For each recording: NAME_results.h5 (HDF5 and netCDF-4), NAME_episodes.tsv with its "
        "sidecar, NAME_trends.tsv, figures/NAME_*.svg. For all: DIR/run.tsv, episodes.tsv and "
        "trends.tsv. NAME is the "
        "file's name without its extension, below the same folders as in the folder that was "
        "given. Where two would have one name, the folders they differ in are put in front, or "
        "the extensions are kept. In folders, what is no recording is passed over, and so are "
        "derivatives, code and sourcedata of a BIDS dataset.\n\n"
        "What is up to date (same recording and sidecars, same options, same version) is not done "
        "again, so an interrupted run goes on when it is started again. Ctrl-C finishes the "
        "recordings that are "
        "running; pressed again, it stops them.",
    .examples = "  soleus run study -o results\n"
                "  soleus run --mains 50 --channels 'Gastro L' *.edf -o results\n"
                "  find . -name '*.edf' -print0 | soleus run -0 - -o results -j 8\n",
    .operands_minimum = 1,
    .operands_maximum = 1000000,
    .groups = groups,
    .run = run,
};
