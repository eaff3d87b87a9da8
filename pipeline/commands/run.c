/* soleus run: many recordings, everything. */
#include "pipeline/commands/batch_run.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
        batch_run_passed(plan, passed, sizeof passed);
        status =
            error_set(&error, STATUS_FAILED,
                      "%s: no recordings there%s%s; 'soleus formats' lists the extensions that "
                      "are looked for",
                      input_count ? inputs[0] : "standard input", passed[0] ? "; " : "", passed);
    }
    if (status == STATUS_OK) {
        status = batch_run_plan("run", BATCH_ALONE, settings, plan, &error);
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
    {"null", '0', OPTION_FLAG, NULL, SETTING(null_separated), 0, 0, NULL, false,
     "the list on standard input is separated by NUL bytes, as find -print0 writes it"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own,
                                                  options_batch,
                                                  options_recording,
                                                  options_spectrum,
                                                  options_activity,
                                                  options_trend,
                                                  options_events,
                                                  options_surroundings,
                                                  NULL};

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
        "derivatives, code and sourcedata of a BIDS dataset, whose results are a BIDS derivative "
        "('soleus bids --help').\n\n"
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
