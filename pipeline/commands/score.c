/* soleus score: how far tables of episodes agree. */
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/commands/score_print.h"

#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum status make_rules(const struct settings *settings, struct score_rules *rules,
                              struct error *error)
{
    *rules = settings->score.rules;
    enum status status = score_rules_set_classes(rules, settings->score.classes, error);
    for (size_t i = 0; i < settings->score.aliases.count && status == STATUS_OK; i++) {
        status = score_rules_add_aliases(rules, settings->score.aliases.list[i], error);
    }
    for (size_t i = 0; i < settings->score.unjudged.count && status == STATUS_OK; i++) {
        status = score_rules_add_unjudged(rules, settings->score.unjudged.list[i], error);
    }
    return status;
}

/* Options that make no sense together. */
static enum status check_options(const struct settings *settings, size_t count, struct error *error)
{
    const struct score_settings *score = &settings->score;
    int tables = score->confusion + score->errors + score->calibration;
    if (tables > 1 || (tables > 0 && settings->json)) {
        return error_set(error, STATUS_USAGE,
                         "give one of --confusion, --errors, --calibration and --json, which has "
                         "all of them");
    }
    if (score->pairs && count > 0) {
        return error_set(error, STATUS_USAGE, "give tables or --pairs, not both");
    }
    if (!score->pairs && (count == 0 || count % 2)) {
        return error_set(error, STATUS_USAGE,
                         "tables are compared in pairs, REF EST [REF EST...]: there %s %zu",
                         count == 1 ? "is" : "are", count);
    }
    if (score->group_by && !score->pairs) {
        return error_set(error, STATUS_USAGE, "--group-by names a column of --pairs FILE");
    }
    if (score->rules.raters && score->calibration) {
        return error_set(error, STATUS_USAGE,
                         "--calibration wants a reference: of two --raters neither is right");
    }
    if (score->recording && (score->pairs || count > 2)) {
        return error_set(error, STATUS_USAGE,
                         "--recording tells of one pair; for more, name them in a column "
                         "'recording' of --pairs FILE");
    }
    return STATUS_OK;
}

static enum status check_standard_input(const struct score_pairs *pairs, bool taken,
                                        struct error *error)
{
    size_t count = taken;
    for (size_t i = 0; i < pairs->count; i++) {
        count += strcmp(pairs->items[i].reference, "-") == 0;
        count += strcmp(pairs->items[i].estimate, "-") == 0;
    }
    return count > 1 ? error_set(error, STATUS_USAGE, "standard input can be read once only")
                     : STATUS_OK;
}

static enum status list_pairs(const struct settings *settings, size_t count, char **operands,
                              struct score_pairs *pairs, struct error *error)
{
    const struct score_settings *score = &settings->score;
    enum status status = STATUS_OK;
    if (score->pairs) {
        status = score_pairs_read(pairs, score->pairs, score->group_by, error);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i += 2) {
        bool first = is_folder(operands[i]), second = is_folder(operands[i + 1]);
        if (first != second) {
            status = error_set(error, STATUS_USAGE,
                               "%s is a folder, %s is none: give two folders or two tables",
                               operands[first ? i : i + 1], operands[first ? i + 1 : i]);
        } else if (first) {
            status = score_pairs_match(pairs, operands[i], operands[i + 1], error);
        } else {
            status = score_pairs_add(pairs, operands[i], operands[i + 1], score->recording, error);
        }
    }
    if (status == STATUS_OK) {
        status = check_standard_input(pairs, score->pairs && strcmp(score->pairs, "-") == 0, error);
    }
    return status == STATUS_OK ? score_pairs_name(pairs, error) : status;
}

/* What is known of how long was recorded: what the list says, then the options, then a recording.
 */
static enum status find_extent(const struct settings *settings, struct score_pair_item *pair,
                               struct error *error)
{
    const struct score_settings *score = &settings->score;
    struct score_extent *extent = &pair->extent, read = {0};
    enum status status = STATUS_OK;
    if (extent->seconds == 0) {
        extent->seconds = score->duration;
    }
    if (extent->channels == 0) {
        extent->channels = score->channel_count;
    }
    if (pair->recording && (extent->seconds == 0 || extent->channels == 0)) {
        status = score_extent_read(pair->recording, &settings->recording, &read, error);
        extent->seconds = extent->seconds > 0 ? extent->seconds : read.seconds;
        extent->channels = extent->channels > 0 ? extent->channels : read.channels;
    }
    return status;
}

/* Compares all pairs; those that fail are told and left out. */
static enum status score_all(const struct settings *settings, struct score_pairs *pairs,
                             struct score_report *report, int *exit_status, struct error *error)
{
    for (size_t i = 0; i < pairs->unpaired_count; i++) {
        error_set(error, STATUS_FAILED, "%s: has no partner in the other folder, and is left out",
                  pairs->unpaired[i]);
        *exit_status = message_error("score", error);
    }
    for (size_t i = 0; i < pairs->count; i++) {
        enum status status = find_extent(settings, &pairs->items[i], error);
        if (status == STATUS_OK) {
            status = score_report_add(report, &pairs->items[i], settings->score.total, error);
        }
        if (status != STATUS_OK) {
            *exit_status = message_error("score", error);
        }
    }
    if (report->total.pairs == 0) {
        return pairs->count > 0 || pairs->unpaired_count > 0
                   ? STATUS_OK
                   : error_set(error, STATUS_FAILED, "the list of pairs is empty");
    }
    enum status status = score_report_finish(report, error);
    if (status == STATUS_OK) {
        score_tell_findings(settings, report);
        status = score_write(settings, report, error);
    }
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct score_rules rules;
    struct score_pairs pairs = {0};
    struct score_report report = {0};
    struct error error;
    int exit_status = EXIT_DONE;
    if (settings->list) {
        return score_list_measures(settings, &error) == STATUS_OK ? EXIT_DONE
                                                                  : message_error("score", &error);
    }
    enum status status = check_options(settings, count, &error);
    if (status == STATUS_OK) {
        status = message_check_output(settings, count, operands, &error);
    }
    if (status == STATUS_OK) {
        status = make_rules(settings, &rules, &error);
    }
    if (status == STATUS_OK) {
        status = list_pairs(settings, count, operands, &pairs, &error);
    }
    if (status == STATUS_OK) {
        status = score_report_create(&rules, settings->score.bins, &report, &error);
    }
    if (status == STATUS_OK) {
        score_tell_rules(settings, &rules);
        status = score_all(settings, &pairs, &report, &exit_status, &error);
    }
    if (status != STATUS_OK) {
        exit_status = message_error("score", &error);
    }
    score_report_clear(&report);
    score_pairs_clear(&pairs);
    return exit_status;
}

#define SCORE(member) SETTING(score.member)

static const struct option_row own[] = {
    {"classes", 0, OPTION_TEXT, "LIST", SCORE(classes), 0, 0, NULL, false,
     "trial_types that count (tonic,clonic,tonic-clonic,myoclonic)"},
    {"as", 0, OPTION_TEXTS, "TYPE=CLASS", SCORE(aliases), 0, 0, NULL, false,
     "count a trial_type as a class, such as voluntary=tonic; a list, or given several times"},
    {"ignore", 0, OPTION_TEXTS, "LIST", SCORE(unjudged), 0, 0, NULL, false,
     "trial_types of REF that are not judged: what lies for more than half in them is neither "
     "right "
     "nor wrong"},
    {"iou", 0, OPTION_REAL, "RATIO", SCORE(rules.iou), 0, 1, NULL, false,
     "intersection over union from which on two episodes match (0.5)"},
    {"onset-tolerance", 0, OPTION_REAL, "S", SCORE(rules.onset_tolerance), 0, 1e6, NULL, false,
     "and their onsets are this close at most (any distance)"},
    {"merge-gap", 0, OPTION_REAL, "S", SCORE(rules.merge_gap), 0, 1e6, NULL, false,
     "first make one of episodes of a channel and class that are closer than this (0: none)"},
    {"minimum-duration", 0, OPTION_REAL, "S", SCORE(rules.minimum_duration), 0, 1e6, NULL, false,
     "then leave out shorter ones of both tables (0: none)"},
    {"by-event", 0, OPTION_FLAG, NULL, SCORE(rules.by_event), 0, 0, NULL, false,
     "compare events: what overlaps over the channels is one (else channel by channel)"},
    {"raters", 0, OPTION_FLAG, NULL, SCORE(rules.raters), 0, 0, NULL, false,
     "two raters, no reference: exchanging the tables exchanges their sides and nothing else"},
    {"step", 0, OPTION_REAL, "S", SCORE(rules.step), 1e-5, 3600, NULL, true,
     "between the samples of the comparison in time (0.01)"},
    {.kind = OPTION_TITLE, .help = "Pairs and recorded time:"},
    {"pairs", 0, OPTION_TEXT, "FILE", SCORE(pairs), 0, 0, NULL, false,
     "a table (TSV) with the columns reference, estimate, and duration, channels, recording where "
     "known"},
    {"group-by", 0, OPTION_TEXT, "COLUMN", SCORE(group_by), 0, 0, NULL, false,
     "of it: totals for each of its values"},
    {"total", 0, OPTION_FLAG, NULL, SCORE(total), 0, 0, NULL, false, "the totals alone"},
    {"duration", 0, OPTION_REAL, "S", SCORE(duration), 1e-3, 1e9, NULL, false,
     "recorded time of a pair (from --recording, else the last offset of both tables)"},
    {"recording", 0, OPTION_TEXT, "FILE", SCORE(recording), 0, 0, NULL, false,
     "the recording, for its time and its number of channels"},
    {"channel-count", 0, OPTION_COUNT, "N", SCORE(channel_count), 1, 1000000, NULL, true,
     "recorded channels (from --recording, else those that the tables name)"},
    {.kind = OPTION_TITLE, .help = "Instead of the scores:"},
    {"confusion", 0, OPTION_FLAG, NULL, SCORE(confusion), 0, 0, NULL, false,
     "classes of REF (rows) by those of EST (columns), with what is missed and false"},
    {"errors", 0, OPTION_FLAG, NULL, SCORE(errors), 0, 0, NULL, false,
     "a row an episode: match, wrong (class), missed or false, with its errors"},
    {"calibration", 0, OPTION_FLAG, NULL, SCORE(calibration), 0, 0, NULL, false,
     "how many matches of a confidence have the right class"},
    {"bins", 0, OPTION_COUNT, "N", SCORE(bins), 1, 1000, NULL, true,
     "of confidence, for --calibration (10)"},
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false,
     "all of it, with the rules, as JSON"},
    {"list", 0, OPTION_FLAG, NULL, SETTING(list), 0, 0, NULL, false,
     "list the measures with unit and meaning, and exit"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own, options_output, NULL};

const struct command command_score = {
    .name = "score",
    .summary = "how far tables of episodes agree",
    .arguments = "REF EST [REF EST...]",
    .description =
        "Compares tables of episodes (BIDS events, TSV, or recordings with annotations) with "
        "those of a reference, and prints a row of measures a pair, and one of the total, which is "
        "over all episodes. Two folders are paired by the names of their files.\n\n"
        "Episodes match one to one, by intersection over union; any overlap is told too. What the "
        "measures are is in the manual page.",
    .examples = "  soleus score truth_events.tsv found_events.tsv --recording night.edf\n"
                "  soleus score --raters anna.tsv ben.tsv --as cramp=tonic | tail -1\n"
                "  soleus score truth/ results/ --errors | awk -F'\\t' '$3 == \"missed\"'\n"
                "  soleus score --pairs pairs.tsv --group-by snr --total -o table.tsv\n",
    .operands_maximum = 1000000,
    .groups = groups,
    .run = run,
};
