/* soleus bids: the face that BIDS Apps have. */
#include "pipeline/batch/dataset.h"
#include "pipeline/commands/batch_run.h"
#include "pipeline/commands/help.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status check_dataset(const struct settings *settings, const char *dataset,
                                 struct error *error)
{
    struct stat about;
    char *path;
    if (stat(dataset, &about) != 0 || !S_ISDIR(about.st_mode)) {
        return error_set(error, STATUS_FAILED, "%s: is no folder; name that of a BIDS dataset",
                         dataset);
    }
    if (asprintf(&path, "%s/%s", dataset, DATASET_DESCRIPTION) < 0) {
        return error_memory(error, "opening a dataset");
    }
    bool there = access(path, F_OK) == 0;
    if (!there) {
        error_set(error, STATUS_FAILED,
                  "%s: is missing; BIDS wants it in every dataset, and without it what is said for "
                  "several recordings (inheritance) is not looked for",
                  path);
    }
    free(path);
    if (there || settings->recording.strict) {
        return there ? STATUS_OK : STATUS_FAILED;
    }
    struct warnings warnings = {0};
    warnings_add(&warnings, "%s", error->message);
    message_warnings("bids", settings, dataset, &warnings);
    warnings_clear(&warnings);
    error->message[0] = '\0';
    return STATUS_OK;
}

static enum status choose(const struct settings *settings, struct batch_plan *plan,
                          struct error *error)
{
    const struct batch_choice choices[] = {
        {"sub", settings->participants.list, settings->participants.count},
        {"ses", settings->sessions.list, settings->sessions.count},
        {"task", settings->tasks.list, settings->tasks.count}};
    if (plan->count == 0) {
        return error_set(
            error, STATUS_FAILED,
            "%s: no recordings of EMG there; they are looked for as "
            "sub-*/[ses-*/]emg/sub-*_emg.edf or .bdf ('soleus run' takes other folders)",
            plan->dataset);
    }
    enum status status = batch_plan_choose(plan, choices, sizeof choices / sizeof *choices, error);
    if (status == STATUS_OK && plan->count == 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: no recording is of the participants, sessions and tasks chosen "
                           "together; leave out one of the choices",
                           plan->dataset);
    }
    return status;
}

static int refuse(const char *what)
{
    struct error error;
    error_set(&error, STATUS_USAGE, "%s", what);
    message_error("bids", &error);
    fprintf(stderr, "Try 'soleus bids --help'.\n");
    return EXIT_USAGE;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error = {0};
    struct batch_plan *plan = NULL;
    if (settings->show_version) {
        return help_version(stdout);
    }
    if (count != 3) {
        return refuse("wants BIDS_DIR OUT_DIR and participant or group, before options that take "
                      "several labels");
    }
    bool group = strcmp(operands[2], "group") == 0;
    if (!group && strcmp(operands[2], "participant") != 0) {
        return refuse("the third operand is participant or group");
    }
    settings->output = operands[1];
    settings->recording.rate_fallback = true;
    enum status status = check_dataset(settings, operands[0], &error);
    if (status == STATUS_OK) {
        status = batch_plan_create_bids(operands[0], settings->output, &plan, &error);
    }
    if (status == STATUS_OK) {
        status = choose(settings, plan, &error);
    }
    if (status == STATUS_OK) {
        status =
            batch_run_plan("bids", group ? BATCH_GATHER : BATCH_SHARED, settings, plan, &error);
    }
    batch_plan_destroy(plan);
    if (status == STATUS_OK) {
        return EXIT_DONE;
    }
    if (error.message[0]) {
        return message_error("bids", &error);
    }
    return status == STATUS_INTERRUPTED ? EXIT_SIGNAL : EXIT_FAILED;
}

static const struct option_row own[] = {
    {"participant-label", 0, OPTION_WORDS, "LABEL...", SETTING(participants), 0, 0, NULL, false,
     "only these participants, with or without 'sub-' (all)"},
    {"session-label", 0, OPTION_WORDS, "LABEL...", SETTING(sessions), 0, 0, NULL, false,
     "only these sessions, with or without 'ses-' (all)"},
    {"task-label", 0, OPTION_WORDS, "LABEL...", SETTING(tasks), 0, 0, NULL, false,
     "only these tasks, with or without 'task-' (all)"},
    {"skip-bids-validation", 0, OPTION_FLAG, NULL, SETTING(skip_validation), 0, 0, NULL, true,
     "taken, as other BIDS Apps do; no validator is run"},
    {"participant_label", 0, OPTION_WORDS, "LABEL...", SETTING(participants), 0, 0, NULL, true,
     "the same as --participant-label"},
    {"session_label", 0, OPTION_WORDS, "LABEL...", SETTING(sessions), 0, 0, NULL, true,
     "the same as --session-label"},
    {"task_label", 0, OPTION_WORDS, "LABEL...", SETTING(tasks), 0, 0, NULL, true,
     "the same as --task-label"},
    {"skip_bids_validation", 0, OPTION_FLAG, NULL, SETTING(skip_validation), 0, 0, NULL, true,
     "the same as --skip-bids-validation"},
    {"skip_bids_validator", 0, OPTION_FLAG, NULL, SETTING(skip_validation), 0, 0, NULL, true,
     "the same as --skip-bids-validation"},
    {"version", 'v', OPTION_FLAG, NULL, SETTING(show_version), 0, 0, NULL, false,
     "tell the version"},
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

const struct command command_bids = {
    .name = "bids",
    .summary = "the same for a BIDS dataset, as BIDS Apps are called",
    .arguments = "BIDS_DIR OUT_DIR participant|group",
    .description =
        "Analyses a BIDS dataset into a derivative of it, as 'soleus run' does, part by part: "
        "'participant' the recordings of the participants chosen, each with a row in "
        "OUT_DIR/logs; 'group', when all are done, the tables of all: run.tsv, episodes.tsv and "
        "trends.tsv, with the columns of participants.tsv. Jobs for different participants may "
        "run at once on one OUT_DIR. Of each recording: OUT_DIR/sub-X/[ses-Y/]emg/"
        "*_desc-soleus_emg.h5, *_desc-episodes_events.tsv, *_desc-trends_emg.tsv with sidecars, "
        "and figures/.\n\n"
        "Options that take labels take all words up to the next option: give them after the three "
        "operands.",
    .examples = "  soleus bids study study/derivatives/soleus participant\n"
                "  soleus bids study out participant --participant-label 01 02 --mains 50\n"
                "  soleus bids study out group\n",
    .operands_minimum = 0,
    .operands_maximum = 3,
    .groups = groups,
    .run = run,
};
