/* soleus trend: trends of a marker table. */
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/trend/markers.h"

#include <string.h>

#define MINIMUM_COUNT 5

static enum status read_table(const char *path, const char *what, struct table **table,
                              struct error *error)
{
    bool piped = strcmp(path, "-") == 0;
    FILE *stream = piped ? stdin : fopen(path, "re");
    if (!stream) {
        return error_set(error, STATUS_FAILED, "%s: cannot be opened: %m; give a %s", path, what);
    }
    enum status status = table_read_tsv(stream, piped ? "standard input" : path, table, error);
    if (!piped) {
        fclose(stream);
    }
    return status;
}

static enum status compute(const struct settings *settings, const char *path, struct table **trends,
                           struct error *error)
{
    const struct parameters *parameters = &settings->parameters;
    struct table *markers = NULL, *episodes = NULL, *events = NULL;
    if (parameters->during && !parameters->events) {
        return error_set(error, STATUS_USAGE,
                         "--during LABEL wants --events FILE here: a table of markers has no "
                         "annotations");
    }
    if (parameters->events && !parameters->during) {
        return error_set(error, STATUS_USAGE,
                         "--events FILE wants --during LABEL, the trial_type of its intervals");
    }
    enum status status = read_table(path, "marker table, TSV", &markers, error);
    if (status == STATUS_OK && settings->episodes) {
        status = read_table(settings->episodes, "table of episodes, TSV", &episodes, error);
    }
    if (status == STATUS_OK && parameters->events) {
        status = read_table(parameters->events, "BIDS events file, TSV", &events, error);
    }
    if (status == STATUS_OK) {
        struct trend_request request = {
            .markers = settings->markers,
            .channels = settings->recording.channels,
            .logarithm = settings->logarithm,
            .all_epochs = parameters->all_epochs,
            .epoch = settings->epoch_length,
            .hop = settings->hop_length,
            .trend = {.confidence = parameters->confidence, .minimum_count = MINIMUM_COUNT},
            .minimum_length = parameters->contraction_minimum,
            .episodes = episodes,
            .episodes_name = settings->episodes,
            .events = events,
            .events_name = parameters->events,
            .during = parameters->during};
        status = trend_from_markers(markers, strcmp(path, "-") == 0 ? "standard input" : path,
                                    &request, trends, error);
    }
    table_destroy(markers);
    table_destroy(episodes);
    table_destroy(events);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    const char *path = count ? operands[0] : "-";
    struct table *trends = NULL;
    struct error error;
    enum status status = compute(settings, path, &trends, &error);
    if (status == STATUS_OK) {
        status = analyse_write_table(settings, path, trends, &error);
    }
    table_destroy(trends);
    return status == STATUS_OK ? EXIT_DONE : message_error("trend", &error);
}

static const struct option_row own[] = {
    {"marker", 0, OPTION_TEXT, "LIST", SETTING(markers), 0, 0, NULL, false,
     "only these, such as mdf,rms (default: all columns of numbers)"},
    {"channels", 0, OPTION_TEXT, "LIST", SETTING(recording.channels), 0, 0, NULL, false,
     "labels or numbers such as 1,3-5 (default: all)"},
    {"episodes", 0, OPTION_TEXT, "FILE", SETTING(episodes), 0, 0, NULL, false,
     "trends over the tonic episodes too, and none across clonic ones ('soleus episodes')"},
    {"logarithm", 0, OPTION_TEXT, "LIST", SETTING(logarithm), 0, 0, NULL, true,
     "fit the logarithm of these (finsm5)"},
    {"epoch", 0, OPTION_REAL, "S", SETTING(epoch_length), 0.001, 3600, NULL, true,
     "length of an epoch (twice the first centre)"},
    {"hop", 0, OPTION_REAL, "S", SETTING(hop_length), 0.001, 3600, NULL, true,
     "from one epoch to the next (the smallest distance there is)"},
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false, "JSON instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own, options_trend, options_events,
                                                  options_output, NULL};

const struct command command_trend = {
    .name = "trend",
    .summary = "fit trends to markers, with their uncertainty",
    .arguments = "[MARKERS]",
    .description =
        "Reads a marker table (epoch, channel, markers, status) and prints a row a channel, marker "
        "and set of epochs: the active epochs of the whole recording (or all, where none is "
        "active), tonic episodes, and intervals of your own. Without a table, or with -, reads "
        "standard input.\n\n"
        "A row has the least-squares line (f0 at the first epoch, slope, normalised slope 100 "
        "slope / f0 in %/s, R squared) with prewhitened Newey-West intervals, which allow for "
        "autocorrelation, gaps and overlapping epochs; the Theil-Sen slope with its interval and "
        "the p of Mann and Kendall; means of the first and last fifth of the epochs and the change "
        "between them; a verdict (falls, rises, no change), and from amplitude and frequency "
        "together the JASA quadrant: force up, fatigue, recovery or force down. Where the "
        "logarithm is fitted (finsm5), slopes are in 1/s.",
    .examples = "  soleus markers hold.edf | soleus trend -\n"
                "  soleus trend --marker mdf,rms --all-epochs hold_markers.tsv\n"
                "  soleus trend --during hold --events sub-1_events.tsv markers.tsv\n"
                "  soleus trend --episodes night_episodes.tsv night_markers.tsv -o trends.tsv\n",
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
