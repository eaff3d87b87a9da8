#include "formats/checked.h"
#include "pipeline/analysis/events.h"
#include "pipeline/analysis/exclusion.h"
#include "pipeline/analysis/surroundings.h"
#include "pipeline/analysis/tables.h"

#include <math.h>
#include <string.h>

enum episode_column {
    ONSET,
    DURATION,
    TRIAL_TYPE,
    CHANNEL,
    EVENT,
    CONFIDENCE,
    BURST_COUNT,
    BURST_RATE,
    BURST_RATE_SLOPE,
    REGULARITY,
    DUTY_CYCLE,
    BOUNDARY,
    MEAN,
    PEAK,
    SNR,
    MDF_START,
    MDF_END,
    FLAGS,
    CLOCK_TIME,
    INTERVAL,
    LEAD_CHANNEL,
    DELAY,
    SPREAD,
    EXTENT,
    SPREAD_ORDER,
    NIGHT,
    PRODROME_RATE,
    PRODROME_RATIO,
    PRODROME_MDF_SLOPE,
    PRODROME_RMS_SLOPE,
    RECOVERY_RMS,
    RECOVERY_MDF,
    RECOVERY_REASON,
    RELIEF,
    MEAN_MVC,
    PEAK_MVC,
    RELAXATION,
    ONSET_SLOPE,
    MUSCLE
};

const struct column_definition episode_columns[] = {
    [ONSET] = {"onset", COLUMN_REAL, "s", "onset of the episode", NULL},
    [DURATION] = {"duration", COLUMN_REAL, "s", "duration of the episode", NULL},
    [TRIAL_TYPE] = {"trial_type", COLUMN_TEXT, "",
                    "class: tonic, clonic, tonic-clonic or myoclonic", NULL},
    [CHANNEL] = {"channel", COLUMN_TEXT, "", "label of the channel", NULL},
    [EVENT] = {"event", COLUMN_INTEGER, "1",
               "number of the event that this channel's episode is part of", NULL},
    [CONFIDENCE] = {"confidence", COLUMN_REAL, "1", "confidence in the class, 0 to 1", NULL},
    [BURST_COUNT] = {"burst_count", COLUMN_INTEGER, "1", "number of bursts", NULL},
    [BURST_RATE] = {"burst_rate", COLUMN_REAL, "Hz", "burst rate of the clonic phase", NULL},
    [BURST_RATE_SLOPE] = {"burst_rate_slope", COLUMN_REAL, "Hz/s",
                          "change of the burst rate over the clonic phase", NULL},
    [REGULARITY] = {"regularity", COLUMN_REAL, "1",
                    "robust coefficient of variation of the burst intervals", NULL},
    [DUTY_CYCLE] = {"duty_cycle", COLUMN_REAL, "1", "fraction of the episode that bursts fill",
                    NULL},
    [BOUNDARY] = {"boundary", COLUMN_REAL, "s", "time of the change of phase (tonic-clonic)", NULL},
    [MEAN] = {"mean", COLUMN_REAL, "uV", "root of the mean activity energy of the bursts", NULL},
    [PEAK] = {"peak", COLUMN_REAL, "uV", "root of the largest activity energy", NULL},
    [SNR] = {"snr", COLUMN_REAL, "dB", "activity over the noise floor", NULL},
    [MDF_START] = {"mdf_start", COLUMN_REAL, "Hz",
                   "median frequency over the first fifth (3 s at least) of the episode", NULL},
    [MDF_END] = {"mdf_end", COLUMN_REAL, "Hz", "median frequency over the last fifth", NULL},
    [FLAGS] = {"flags", COLUMN_TEXT, "",
               "prolonged, long, nocturnal, recurrent, touches_start, touches_end, cut, "
               "not_recovered",
               NULL},
    [CLOCK_TIME] = {"clock_time", COLUMN_TEXT, "", "civil time of the onset", NULL},
    [INTERVAL] = {"interval", COLUMN_REAL, "s",
                  "time since the end of the previous event (single jerks aside)", NULL},
    [LEAD_CHANNEL] = {"lead_channel", COLUMN_TEXT, "", "channel that began the event", NULL},
    [DELAY] = {"delay", COLUMN_REAL, "s", "onset after the lead channel's", NULL},
    [SPREAD] = {"spread", COLUMN_INTEGER, "1", "channels that the event involves", NULL},
    [EXTENT] = {"extent", COLUMN_TEXT, "",
                "generalised (all of two or more channels that are not bad) or partial", NULL},
    [SPREAD_ORDER] = {"spread_order", COLUMN_TEXT, "",
                      "the event's channels by onset, each with its delay in s (A+0.000;B+0.420)",
                      NULL},
    [NIGHT] = {"night", COLUMN_TEXT, "", "date that the night of the onset began on", NULL},
    [PRODROME_RATE] = {"prodrome_rate", COLUMN_REAL, "1/min",
                       "twitches (single potentials and jerks) before the onset", NULL},
    [PRODROME_RATIO] = {"prodrome_ratio", COLUMN_REAL, "1",
                        "prodrome_rate over the channel's rate of twitches at other times", NULL},
    [PRODROME_MDF_SLOPE] = {"prodrome_mdf_slope", COLUMN_REAL, "%/min",
                            "change of the median frequency of active epochs before the onset",
                            NULL},
    [PRODROME_RMS_SLOPE] = {"prodrome_rms_slope", COLUMN_REAL, "%/min",
                            "change of the RMS before the onset", NULL},
    [RECOVERY_RMS] = {"recovery_rms", COLUMN_REAL, "s",
                      "time after the offset until the RMS is back at that of rest before", NULL},
    [RECOVERY_MDF] = {"recovery_mdf", COLUMN_REAL, "s",
                      "time after the offset until the median frequency of activity is back at "
                      "that of activity before",
                      NULL},
    [RECOVERY_REASON] = {"recovery_reason", COLUMN_TEXT, "", "why a recovery is n/a", NULL},
    [RELIEF] = {"relief", COLUMN_REAL, "s",
                "time from the first intervention in the episode to its end", NULL},
    [MEAN_MVC] = {"mean_mvc", COLUMN_REAL, "%",
                  "RMS over the episode, of that of the maximum voluntary contraction", NULL},
    [PEAK_MVC] = {"peak_mvc", COLUMN_REAL, "%",
                  "largest RMS over --mvc-window, of that of the maximum voluntary contraction",
                  NULL},
    [RELAXATION] = {"relaxation", COLUMN_REAL, "1",
                    "energy that is left between bursts over that of the bursts", NULL},
    [ONSET_SLOPE] = {"onset_slope", COLUMN_REAL, "uV/s",
                     "rise of the amplitude from the onset to the first burst's peak", NULL},
    [MUSCLE] = {"muscle", COLUMN_TEXT, "", "muscle under the channel, where known", NULL},
    [MUSCLE + 1] = {NULL, COLUMN_REAL, NULL, NULL, NULL},
};

const struct column_level episode_levels[] = {
    {"trial_type", "tonic", "sustained activity without a rhythm"},
    {"trial_type", "clonic", "bursts that repeat in a rhythm, with silences between"},
    {"trial_type", "tonic-clonic", "a tonic phase that turns into a clonic one, or back"},
    {"trial_type", "myoclonic", "a single short burst"},
    {"flags", "prolonged", "a tonic episode longer than --prolonged"},
    {"flags", "long", "longer than --long-episode"},
    {"flags", "nocturnal", "begins within --night"},
    {"flags", "recurrent", "one of two or more events of its night (single jerks aside)"},
    {"flags", "touches_start", "was going on when the recording, or the part after a gap, began"},
    {"flags", "touches_end", "was going on when the recording, or the part before a gap, ended"},
    {"flags", "cut", "ends where an interval of --exclude-events begins"},
    {"flags", "not_recovered",
     "RMS not seen back at that of rest before the next episode, the next interval of "
     "--exclude-events or the recording's end"},
    {"extent", "partial", "in some of the channels"},
    {"extent", "generalised", "in all of two or more channels, bad ones aside"},
    {"recovery_reason", "no_rest_before", "fewer than 5 epochs at rest before the onset"},
    {"recovery_reason", "rms_censored", "RMS not seen back, as in the flag not_recovered"},
    {"recovery_reason", "no_activity_before", "fewer than 5 active epochs before the onset"},
    {"recovery_reason", "no_activity_after", "too few active epochs after the offset"},
    {"recovery_reason", "mdf_censored", "median frequency not seen back"},
    {NULL, NULL, NULL},
};

static unsigned flags_of(const struct analysis *analysis, const struct event_member *member,
                         const struct episode_context *context)
{
    const struct parameters *parameters = &analysis->parameters;
    const struct episode *episode = member->episode;
    double duration = episode->offset - episode->onset;
    unsigned flags = 0;
    if (duration > parameters->prolonged && episode->class == EPISODE_TONIC && !member->type) {
        flags |= EPISODE_PROLONGED;
    }
    if (duration > parameters->long_episode) {
        flags |= EPISODE_LONG;
    }
    if (analysis->info->start.known &&
        events_in_night(events_clock_hour(&analysis->info->start, episode->onset),
                        parameters->night)) {
        flags |= EPISODE_NOCTURNAL | (member->recurrent ? EPISODE_RECURRENT : 0);
    }
    flags |= episode->flags & BURST_START ? EPISODE_TOUCHES_START : 0;
    flags |= episode->flags & BURST_END ? EPISODE_TOUCHES_END : 0;
    flags |= member->cut ? EPISODE_CUT : 0;
    flags |= context->recovery.reasons & RECOVERY_RMS_CENSORED ? EPISODE_NOT_RECOVERED : 0;
    return flags;
}

static const char *const flag_names[] = {"prolonged", "long",          "nocturnal",
                                         "recurrent", "touches_start", "touches_end",
                                         "cut",       "not_recovered", NULL};

/* What is said of an event by all of its rows; counts channels that are not bad. */
static const char *extent_of(const struct analysis *analysis, const struct event_member *member)
{
    size_t usable = analysis->surroundings->usable_count;
    if (usable < 2) {
        return "";
    }
    return member->usable_spread == usable ? "generalised" : "partial";
}

static enum status set_texts(const struct analysis *analysis, const struct event_member *member,
                             const struct episode_context *context, size_t row, struct error *error)
{
    struct table *table = analysis->episodes;
    char flags[160], reasons[160], night[16], clock[40] = "";
    const struct start_time *start = &analysis->info->start;
    names_of_bits(flags_of(analysis, member, context), flag_names, flags, sizeof flags);
    names_of_bits(context->recovery.reasons, recovery_reason_names, reasons, sizeof reasons);
    events_night_text(start, member->episode->onset, analysis->parameters.night, night,
                      sizeof night);
    if (start->known) {
        events_clock_text(start, member->episode->onset, clock, sizeof clock);
    }
    const struct {
        size_t column;
        const char *text;
    } cells[] = {
        {TRIAL_TYPE, member->type ? member->type : episode_class_names[member->episode->class]},
        {CHANNEL, analysis_label(analysis, member->channel)},
        {FLAGS, flags},
        {CLOCK_TIME, clock},
        {LEAD_CHANNEL, analysis_label(analysis, member->lead)},
        {EXTENT, extent_of(analysis, member)},
        {SPREAD_ORDER, context->order},
        {NIGHT, night},
        {RECOVERY_REASON, reasons},
        {MUSCLE, analysis->info->channels[analysis->indexes[member->channel]].muscle},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof cells / sizeof *cells && status == STATUS_OK; i++) {
        const char *text = cells[i].text[0] ? cells[i].text : NULL;
        status = table_set_text(table, row, cells[i].column, text, error);
    }
    return status;
}

static enum status set_numbers(const struct analysis *analysis, const struct event_member *member,
                               const struct episode_context *context, size_t row,
                               struct error *error)
{
    struct table *table = analysis->episodes;
    const struct episode *episode = member->episode;
    const struct channel_path *path = analysis->paths[member->channel];
    double duration = episode->offset - episode->onset;
    double part = fmax(3, duration / 5);
    /* Activity's own energy: what is measured holds the noise too. */
    double noise = episode->floor * episode->floor;
    double own = episode->mean * episode->mean - noise;
    double mdf_start, mdf_end;
    enum status status =
        channel_mdf_between(path, episode->onset, episode->onset + part, &mdf_start, error);
    if (status == STATUS_OK) {
        status =
            channel_mdf_between(path, episode->offset - part, episode->offset, &mdf_end, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const struct {
        size_t column;
        double value;
    } reals[] = {
        {ONSET, analysis_time(episode->onset)},
        {DURATION, analysis_time(duration)},
        {CONFIDENCE, episode->confidence},
        {BURST_RATE, episode->burst_rate},
        {BURST_RATE_SLOPE, episode->rate_slope},
        {REGULARITY, episode->regularity},
        {DUTY_CYCLE, analysis_time(episode->duty_cycle)},
        {BOUNDARY, analysis_time(episode->boundary)},
        {MEAN, episode->mean},
        {PEAK, episode->peak},
        {SNR, own > 0 && noise > 0 ? 10 * log10(own / noise) : NAN},
        {MDF_START, mdf_start},
        {MDF_END, mdf_end},
        {INTERVAL, analysis_time(member->interval)},
        {DELAY, analysis_time(member->delay)},
        {PRODROME_RATE, context->prodrome_rate},
        {PRODROME_RATIO, context->prodrome_ratio},
        {PRODROME_MDF_SLOPE, context->prodrome_mdf_slope},
        {PRODROME_RMS_SLOPE, context->prodrome_rms_slope},
        {RECOVERY_RMS, analysis_time(context->recovery.rms)},
        {RECOVERY_MDF, analysis_time(context->recovery.mdf)},
        {RELIEF, analysis_time(context->relief)},
        {MEAN_MVC, context->mean_mvc},
        {PEAK_MVC, context->peak_mvc},
        {RELAXATION, analysis_time(episode->depth)},
        {ONSET_SLOPE, episode->onset_slope},
    };
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        table_set_real(table, row, reals[i].column, reals[i].value);
    }
    table_set_integer(table, row, EVENT, (int64_t)member->event);
    table_set_integer(table, row, BURST_COUNT, (int64_t)episode->burst_count);
    table_set_integer(table, row, SPREAD, (int64_t)member->spread);
    return STATUS_OK;
}

/* The episodes of all channels. Owned by the caller; NULL with *count 0 when there are none. */
static enum status gather(const struct analysis *analysis, struct event_member **members,
                          size_t *count, struct error *error)
{
    const struct episode *episodes;
    *count = 0;
    for (size_t i = 0; i < analysis->channel_count; i++) {
        *count += channel_episodes(analysis->paths[i], &episodes);
    }
    *members = checked_calloc(*count, sizeof **members);
    if (!*members) {
        return error_memory(error, "gathering episodes");
    }
    size_t n = 0;
    for (size_t i = 0; i < analysis->channel_count; i++) {
        size_t here = channel_episodes(analysis->paths[i], &episodes);
        for (size_t k = 0; k < here; k++) {
            (*members)[n++] =
                (struct event_member){.episode = &episodes[k], .channel = i, .number = k};
        }
    }
    return STATUS_OK;
}

static enum status fill(struct analysis *analysis, const struct event_member *members, size_t count,
                        const struct episode_context *contexts, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        size_t row;
        status = table_append(analysis->episodes, &row, error);
        if (status == STATUS_OK) {
            analysis->episode_places[row] =
                (struct episode_place){members[i].channel, members[i].number};
            status = set_numbers(analysis, &members[i], &contexts[i], row, error);
        }
        if (status == STATUS_OK) {
            status = set_texts(analysis, &members[i], &contexts[i], row, error);
        }
    }
    return status;
}

enum status analysis_tabulate(struct analysis *analysis, struct event_member *members, size_t count,
                              struct error *error)
{
    struct episode_contexts contexts = {0};
    struct episode *cut = checked_calloc(count, sizeof *cut);
    table_destroy(analysis->episodes);
    free(analysis->episode_places);
    analysis->episode_places = checked_calloc(count, sizeof *analysis->episode_places);
    analysis->episodes =
        table_create("episodes", episode_columns, columns_count(episode_columns), error);
    enum status status = analysis->episodes && analysis->episode_places && cut
                             ? STATUS_OK
                             : error_memory(error, "gathering episodes");
    if (status == STATUS_OK) {
        status = exclusion_apply(analysis, analysis->surroundings->excluded, members, &count, cut,
                                 error);
    }
    if (status == STATUS_OK) {
        events_number(members, count, analysis->parameters.merge_gap, &analysis->info->start,
                      analysis->parameters.night);
        surroundings_judge(analysis);
        events_count_usable(members, count, analysis->surroundings->usable);
        status = surroundings_describe(analysis, members, count, &contexts, error);
    }
    if (status == STATUS_OK) {
        status = fill(analysis, members, count, contexts.list, error);
    }
    episode_contexts_clear(&contexts);
    free(cut);
    return status;
}

enum status analysis_make_episodes(struct analysis *analysis, struct error *error)
{
    struct event_member *members = NULL;
    size_t count;
    enum status status = gather(analysis, &members, &count, error);
    if (status == STATUS_OK) {
        status = analysis_tabulate(analysis, members, count, error);
    }
    free(members);
    return status;
}
