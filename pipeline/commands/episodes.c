/* soleus episodes: episodes or bursts of one recording. */
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

static int run(struct settings *settings, size_t count, char **operands)
{
    const char *path = count ? operands[0] : "-";
    struct analysis_sink sink = {.tables = true};
    struct recording *recording = NULL;
    struct analysis *analysis = NULL;
    struct error error;
    enum status status = message_check_output(settings, count, operands, &error);
    if (status == STATUS_OK) {
        status =
            analyse_recording("episodes", settings, path, &sink, &recording, &analysis, &error);
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
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false, "JSON instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {
    own, options_recording, options_output, options_spectrum, options_activity, NULL};

const struct command command_episodes = {
    .name = "episodes",
    .summary = "find tonic, clonic and myoclonic episodes",
    .arguments = "[RECORDING]",
    .description = "Finds involuntary muscle activity and prints it as BIDS events: onset, "
                   "duration, trial_type (tonic, clonic, tonic-clonic, myoclonic), channel and "
                   "what was measured. Without a recording, or with -, reads standard input.",
    .examples = "  soleus episodes night.edf -o night_events.tsv\n"
                "  soleus episodes night.edf | awk -F'\\t' '$3 == \"tonic\"'\n"
                "  soleus episodes --bursts --channels 'Gastro L' night.edf\n",
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
