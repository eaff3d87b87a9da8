/* soleus episodes: episodes or bursts of one recording. */
#include "pipeline/analysis/review.h"
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/explain.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/transfer/outline.h"
#include "pipeline/transfer/remarks.h"

#include <string.h>
#include <strings.h>

static enum status ignore(void *context, const struct block *block, struct error *error)
{
    (void)context;
    (void)block;
    (void)error;
    return STATUS_OK;
}

/* Opens a reviewed file, apart from the recording that is analysed, and reads it to its end. */
static enum status open_reviewed(const struct settings *settings, struct recording **reviewed,
                                 struct error *error)
{
    struct recording_options options = {.all_channels = true};
    struct outline outline = {0};
    enum status status = recording_open(settings->from_annotations, &options, reviewed, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = outline_create(*reviewed, 0, 0, &outline, error);
    if (status == STATUS_OK) {
        status = outline_run(&outline, *reviewed, settings->parameters.block, ignore, NULL, error);
    }
    outline_clear(&outline);
    return status;
}

/* Seconds from the recording's start to the reviewed file's, where both are known. */
static double shift_between(const struct start_time *recording, const struct start_time *reviewed)
{
    return recording->known && reviewed->known ? (double)(reviewed->seconds - recording->seconds) +
                                                     reviewed->fraction - recording->fraction
                                               : 0;
}

static void report(const struct settings *settings, const struct review *review)
{
    const char *name = settings->from_annotations;
    if (review->unknown) {
        message_remark("episodes", settings,
                       "%s: %zu annotation%s left out, '%s' for one; --label takes those of a "
                       "pattern",
                       name, review->unknown,
                       review->unknown == 1 ? " names no class and is" : "s name no class and are",
                       review->unknown_text);
    }
    if (review->elsewhere) {
        message_remark("episodes", settings,
                       "%s: %zu annotation%s left out, of no channel that is analysed, '%s' for "
                       "one; name it in brackets, 'tonic [LABEL]', or choose --channels",
                       name, review->elsewhere, review->elsewhere == 1 ? " is" : "s are",
                       review->elsewhere_text);
    }
    if (review->instantaneous) {
        message_remark("episodes", settings, "%s: %zu annotation%s left out, without a duration",
                       name, review->instantaneous, review->instantaneous == 1 ? " is" : "s are");
    }
    if (review->outside) {
        message_remark("episodes", settings,
                       "%s: %zu annotation%s left out, outside of the recording; is it a review of "
                       "this one?",
                       name, review->outside, review->outside == 1 ? " is" : "s are");
    }
}

static bool is_table(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ".tsv") == 0;
}

/* Puts the reviewer's episodes in place of those that were found. */
static enum status review_episodes(const struct settings *settings, const char *path,
                                   struct recording *recording, struct analysis *analysis,
                                   struct error *error)
{
    struct recording *reviewed = NULL;
    struct review review;
    struct outline events = {0};
    const struct recording_info *from = analysis->info;
    enum status status = STATUS_OK;
    bool own = strcmp(path, settings->from_annotations) == 0;
    if (!own && is_table(settings->from_annotations)) {
        size_t count = 0;
        status = outline_create(recording, 0, 0, &events, error);
        if (status == STATUS_OK) {
            /* The table's alone, without the recording's. */
            status = outline_annotate(&events, &(struct recording_info){0}, error);
        }
        if (status == STATUS_OK) {
            status = remarks_add(settings->from_annotations, &events, &count, error);
        }
        from = &events.info;
    } else if (!own) {
        status = open_reviewed(settings, &reviewed, error);
        from = reviewed ? recording_info(reviewed) : from;
    }
    if (status == STATUS_OK) {
        status = review_take(analysis, from, shift_between(&analysis->info->start, &from->start),
                             settings->label, &review, error);
    }
    if (status == STATUS_OK) {
        report(settings, &review);
    }
    outline_clear(&events);
    recording_close(reviewed);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    const char *own_file = settings->from_annotations ? settings->from_annotations : "-";
    const char *path = count ? operands[0] : own_file;
    struct analysis_sink sink = {.tables = true};
    struct recording *recording = NULL;
    struct analysis *analysis = NULL;
    struct error error;
    enum status status = message_check_output(settings, count, operands, &error);
    if (status == STATUS_OK && settings->label && !settings->from_annotations) {
        status = error_set(&error, STATUS_USAGE, "--label chooses among --from-annotations");
    }
    if (status == STATUS_OK && settings->closeup && !settings->explain) {
        status = error_set(&error, STATUS_USAGE, "--closeup draws what --explain ONSET tells of");
    }
    if (status == STATUS_OK && settings->explain &&
        (settings->from_annotations || settings->bursts)) {
        status = error_set(&error, STATUS_USAGE,
                           "--explain tells of what was found, without --bursts or "
                           "--from-annotations");
    }
    if (status == STATUS_OK && settings->explain) {
        status = explain_run(settings, path, &error);
        return status == STATUS_OK ? EXIT_DONE : message_error("episodes", &error);
    }
    if (status == STATUS_OK) {
        status =
            analyse_recording("episodes", settings, path, &sink, &recording, &analysis, &error);
    }
    if (status == STATUS_OK && settings->from_annotations) {
        status = review_episodes(settings, path, recording, analysis, &error);
    }
    if (status == STATUS_OK) {
        status = analyse_write_table(
            settings, path, settings->bursts ? analysis->bursts : analysis->episodes, &error);
    }
    analysis_destroy(analysis);
    recording_close(recording);
    return status == STATUS_OK ? EXIT_DONE : message_error("episodes", &error);
}

static const struct option_row own[] = {
    {"bursts", 0, OPTION_FLAG, NULL, SETTING(bursts), 0, 0, NULL, false,
     "the bursts instead, with what was rejected as artefact"},
    {"from-annotations", 0, OPTION_TEXT, "FILE", SETTING(from_annotations), 0, 0, NULL, false,
     "the episodes that a reviewer has left in FILE, measured anew"},
    {"label", 0, OPTION_TEXT, "PATTERN", SETTING(label), 0, 0, NULL, false,
     "of its annotations, also those with such a text ('cramp*')"},
    {"explain", 0, OPTION_TEXT, "ONSET", SETTING(explain), 0, 0, NULL, false,
     "why an episode is there (s or h:mm:ss), or none"},
    {"closeup", 0, OPTION_TEXT, "FIGURE", SETTING(closeup), 0, 0, NULL, false,
     "and draw it (.svg, .pdf or .png)"},
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false, "JSON instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own,
                                                  options_events,
                                                  options_surroundings,
                                                  options_recording,
                                                  options_output,
                                                  options_spectrum,
                                                  options_activity,
                                                  NULL};

const struct command command_episodes = {
    .name = "episodes",
    .summary = "find tonic, clonic and myoclonic episodes",
    .arguments = "[RECORDING]",
    .description = "Finds involuntary muscle activity and prints it as BIDS events: onset, "
                   "duration, trial_type (tonic, clonic, tonic-clonic, myoclonic), channel and "
                   "what was measured. Without a recording, or with -, reads standard input.\n\n"
                   "With --from-annotations, the episodes are the annotations of FILE whose texts "
                   "are a class and a channel in brackets, 'tonic [TA L]', as 'soleus convert "
                   "--annotate' writes them: moved, added, deleted or renamed in a viewer. The "
                   "signal is that of RECORDING, or FILE's own. With RECORDING, FILE may also be "
                   "a table of BIDS events (.tsv).\n\n"
                   "A rhythm that is meant, such as gait, pedalling or shaking, cannot be told "
                   "from clonus by EMG alone: name the events of such intervals with "
                   "--exclude-events. --help-all tells of what is measured around episodes: "
                   "prodrome, recovery, relief, % of the maximum voluntary contraction.\n\n"
                   "--explain tells in words what was measured and decided of the episode at a "
                   "time, or of what there is instead.",
    .examples = "  soleus episodes night.edf -o night_events.tsv\n"
                "  soleus episodes night.edf | awk -F'\\t' '$3 == \"tonic\"'\n"
                "  soleus episodes --bursts --channels 'Gastro L' night.edf\n"
                "  soleus episodes --exclude-events 'walk*,stairs' night.edf\n"
                "  soleus episodes --explain 83.5 --closeup cramp.svg night.edf\n"
                "  soleus episodes --from-annotations review.edf -o corrected_events.tsv\n",
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
