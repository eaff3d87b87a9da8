/* What lies around each episode of a channel, from its bursts and its epochs. */
#include "formats/checked.h"
#include "pipeline/analysis/events.h"
#include "pipeline/analysis/surroundings.h"

#include <math.h>
#include <string.h>

#define CLEAR_LEAST 0.5 /* of a prodrome, for a rate */

/* One channel's part. */
struct lane {
    size_t channel;
    const struct history *history;
    size_t *members; /* numbers among all members; by onset */
    size_t member_count;
    double *twitches; /* s: onsets, ascending; none lies in `taken` */
    size_t twitch_count, potential_count;
    struct spans taken; /* episodes, gaps, what is left out */
    double background;  /* twitches a minute; NaN: too little signal */
};

static void clear_lane(struct lane *lane)
{
    free(lane->members);
    free(lane->twitches);
    spans_clear(&lane->taken);
}

static bool is_jerk(const struct event_member *member)
{
    return member->episode->class == EPISODE_MYOCLONIC && !member->type;
}

/* Adds the gaps of a channel, and what the recording has after its end. */
static enum status add_gaps(struct lane *lane, double seconds, struct error *error)
{
    const struct history *history = lane->history;
    enum status status = STATUS_OK;
    for (size_t k = 0; k < history->count && status == STATUS_OK; k++) {
        size_t first = k;
        while (k < history->count && history->state[k] == HISTORY_MISSING) {
            k++;
        }
        if (k > first) {
            status = spans_add(&lane->taken, (double)first * history->hop,
                               (double)(k - 1) * history->hop + history->epoch, error);
        }
    }
    double end = (double)history->count * history->hop;
    return status == STATUS_OK && end < seconds - history->epoch
               ? spans_add(&lane->taken, end, INFINITY, error)
               : status;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Single potentials and jerks that lie clear of all that is taken. */
static enum status find_twitches(struct lane *lane, const struct analysis *analysis,
                                 const struct event_member *members, struct error *error)
{
    const struct burst *bursts;
    size_t burst_count = channel_bursts(analysis->paths[lane->channel], &bursts);
    lane->twitches = checked_calloc(burst_count + lane->member_count, sizeof *lane->twitches);
    if (!lane->twitches) {
        return error_memory(error, "counting twitches");
    }
    for (size_t i = 0; i < burst_count; i++) {
        const struct burst *burst = &bursts[i];
        if (burst->flags & BURST_POTENTIAL && !(burst->flags & BURST_ARTEFACT) &&
            !spans_hold(&lane->taken, burst->onset)) {
            lane->twitches[lane->twitch_count++] = burst->onset;
        }
    }
    lane->potential_count = lane->twitch_count;
    for (size_t i = 0; i < lane->member_count; i++) {
        const struct event_member *member = &members[lane->members[i]];
        if (is_jerk(member) && !spans_hold(&lane->taken, member->episode->onset)) {
            lane->twitches[lane->twitch_count++] = member->episode->onset;
        }
    }
    qsort(lane->twitches, lane->twitch_count, sizeof *lane->twitches, ascending);
    return STATUS_OK;
}

/* Twitches a minute over all that is neither taken nor a prodrome. */
static enum status find_background(struct lane *lane, const struct analysis *analysis,
                                   const struct event_member *members, struct error *error)
{
    double prodrome = analysis->parameters.prodrome;
    struct spans taken = {0};
    enum status status = spans_add_all(&taken, &lane->taken, error);
    for (size_t i = 0; i < lane->member_count && status == STATUS_OK; i++) {
        const struct event_member *member = &members[lane->members[i]];
        if (!is_jerk(member)) {
            double onset = member->episode->onset;
            status = spans_add(&taken, onset - prodrome, onset, error);
        }
    }
    spans_merge(&taken);
    double clear = analysis->seconds - spans_covered(&taken, 0, analysis->seconds);
    size_t count = 0;
    for (size_t i = 0; i < lane->twitch_count; i++) {
        count += !spans_hold(&taken, lane->twitches[i]);
    }
    lane->background = clear >= prodrome ? (double)count / clear * 60 : NAN;
    spans_clear(&taken);
    return status;
}

static enum status make_lane(struct lane *lane, const struct analysis *analysis, size_t channel,
                             const struct event_member *members, size_t count, struct error *error)
{
    *lane = (struct lane){.channel = channel,
                          .history = channel_history(analysis->paths[channel]),
                          .members = checked_calloc(count, sizeof *lane->members)};
    enum status status = lane->members ? STATUS_OK : error_memory(error, "describing episodes");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (members[i].channel != channel) {
            continue;
        }
        lane->members[lane->member_count++] = i;
        if (!is_jerk(&members[i])) {
            status = spans_add(&lane->taken, members[i].episode->onset, members[i].episode->offset,
                               error);
        }
    }
    if (status == STATUS_OK) {
        status = spans_add_all(&lane->taken, &analysis->surroundings->excluded[channel], error);
    }
    if (status == STATUS_OK) {
        status = add_gaps(lane, analysis->seconds, error);
    }
    if (status == STATUS_OK) {
        spans_merge(&lane->taken);
        status = find_twitches(lane, analysis, members, error);
    }
    if (status == STATUS_OK) {
        status = find_background(lane, analysis, members, error);
    }
    return status;
}

/* How many twitches lie before a moment. */
static size_t twitches_before(const struct lane *lane, double time)
{
    size_t low = 0, high = lane->twitch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lane->twitches[middle] < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum status describe_prodrome(const struct lane *lane, const struct analysis *analysis,
                                     double onset, struct episode_context *context,
                                     struct error *error)
{
    double prodrome = analysis->parameters.prodrome, from = fmax(0, onset - prodrome);
    double clear = onset - from - spans_covered(&lane->taken, from, onset);
    size_t count = twitches_before(lane, onset) - twitches_before(lane, from);
    if (!(clear >= CLEAR_LEAST * prodrome)) {
        return STATUS_OK;
    }
    context->prodrome_rate = (double)count / clear * 60;
    if (lane->background > 0) {
        context->prodrome_ratio = context->prodrome_rate / lane->background;
    }
    enum status status = history_slope(lane->history, HISTORY_MDF, from, onset, &lane->taken,
                                       &context->prodrome_mdf_slope, error);
    return status == STATUS_OK ? history_slope(lane->history, HISTORY_RMS, from, onset,
                                               &lane->taken, &context->prodrome_rms_slope, error)
                               : status;
}

/* The next episode of the channel after its number `own`, or what is left out, or the end. */
static double end_of_recovery(const struct lane *lane, const struct analysis *analysis,
                              const struct event_member *members, size_t own)
{
    double offset = members[lane->members[own]].episode->offset, until = analysis->seconds;
    for (size_t i = own + 1; i < lane->member_count; i++) {
        const struct event_member *member = &members[lane->members[i]];
        if (!is_jerk(member)) {
            until = fmin(until, member->episode->onset);
            break;
        }
    }
    const struct span *next = spans_next(&analysis->surroundings->excluded[lane->channel], offset);
    return next ? fmin(until, next->from) : until;
}

static enum status describe_recovery(const struct lane *lane, const struct analysis *analysis,
                                     const struct event_member *members, size_t own,
                                     struct recovery *recovery, struct error *error)
{
    const struct parameters *parameters = &analysis->parameters;
    const struct episode *episode = members[lane->members[own]].episode;
    const struct recovery_design design = {
        .baseline = (size_t)fmax(RECOVERY_BASELINE_LEAST,
                                 ceil(parameters->baseline / parameters->hop - 1e-9)),
        .rms_bound = parameters->recovery_rms,
        .mdf_bound = parameters->recovery_mdf,
        .run = parameters->recovery_epochs,
    };
    return history_recovery(lane->history, episode->onset, episode->offset,
                            end_of_recovery(lane, analysis, members, own),
                            &analysis->surroundings->excluded[lane->channel], &design, recovery,
                            error);
}

/* From the first intervention within the episode to its end, when that was seen. */
static double relief_of(const struct analysis *analysis, const struct event_member *member)
{
    const struct named_events *interventions = &analysis->surroundings->interventions;
    const struct episode *episode = member->episode;
    if (episode->flags & BURST_END || member->cut) {
        return NAN;
    }
    for (size_t i = 0; i < interventions->count; i++) {
        const struct named_event *event = &interventions->list[i];
        bool own = event->channel == NAMED_ALL_CHANNELS || event->channel == member->channel;
        if (own && event->onset >= episode->onset && event->onset < episode->offset) {
            return episode->offset - event->onset;
        }
    }
    return NAN;
}

static void describe_amplitude(const struct analysis *analysis, const struct event_member *member,
                               struct episode_context *context)
{
    const struct power_steps *steps = channel_power_steps(analysis->paths[member->channel]);
    const struct episode *episode = member->episode;
    double mvc = analysis->surroundings->mvc[member->channel];
    double mean = power_steps_rms(steps, episode->onset, episode->offset);
    double peak =
        power_steps_peak(steps, episode->onset, episode->offset, analysis->parameters.mvc_window);
    context->mean_mvc = mvc > 0 ? 100 * mean / mvc : NAN;
    context->peak_mvc = mvc > 0 ? 100 * peak / mvc : NAN;
}

static enum status describe_lane(const struct lane *lane, const struct analysis *analysis,
                                 const struct event_member *members,
                                 struct episode_context *contexts, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < lane->member_count && status == STATUS_OK; i++) {
        const struct event_member *member = &members[lane->members[i]];
        struct episode_context *context = &contexts[lane->members[i]];
        *context = (struct episode_context){.prodrome_rate = NAN,
                                            .prodrome_ratio = NAN,
                                            .prodrome_mdf_slope = NAN,
                                            .prodrome_rms_slope = NAN,
                                            .recovery = {.rms = NAN, .mdf = NAN},
                                            .relief = relief_of(analysis, member)};
        describe_amplitude(analysis, member, context);
        if (is_jerk(member)) {
            continue;
        }
        status = describe_prodrome(lane, analysis, member->episode->onset, context, error);
        if (status == STATUS_OK) {
            status = describe_recovery(lane, analysis, members, i, &context->recovery, error);
        }
    }
    return status;
}

/* "TA L+0.000;Gastro L+0.420" of the event's members [first, last); owned, NULL when memory ran
 * out. */
static char *order_text(const struct analysis *analysis, const struct event_member *members,
                        size_t first, size_t last)
{
    char *text = NULL;
    size_t size;
    bool *seen = checked_calloc(analysis->channel_count, sizeof *seen);
    FILE *stream = seen ? open_memstream(&text, &size) : NULL;
    for (size_t i = first; i < last && stream; i++) {
        if (!seen[members[i].channel]) {
            fprintf(stream, "%s%s+%.3f", i > first ? ";" : "",
                    analysis_label(analysis, members[i].channel), members[i].delay);
            seen[members[i].channel] = true;
        }
    }
    free(seen);
    if (stream && fclose(stream) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static enum status order_channels(const struct analysis *analysis,
                                  const struct event_member *members, size_t count,
                                  struct episode_contexts *contexts, struct error *error)
{
    for (size_t first = 0, last; first < count; first = last) {
        for (last = first + 1; last < count && members[last].event == members[first].event;) {
            last++;
        }
        char *text = order_text(analysis, members, first, last);
        if (!text) {
            return error_memory(error, "describing episodes");
        }
        contexts->orders[contexts->order_count++] = text;
        for (size_t i = first; i < last; i++) {
            contexts->list[i].order = text;
        }
    }
    return STATUS_OK;
}

enum status surroundings_describe(struct analysis *analysis, const struct event_member *members,
                                  size_t count, struct episode_contexts *contexts,
                                  struct error *error)
{
    contexts->list = checked_calloc(count, sizeof *contexts->list);
    contexts->orders = checked_calloc(count, sizeof *contexts->orders);
    contexts->order_count = 0;
    enum status status =
        contexts->list && contexts->orders ? STATUS_OK : error_memory(error, "describing episodes");
    for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
        struct lane lane;
        status = make_lane(&lane, analysis, i, members, count, error);
        if (status == STATUS_OK) {
            double rest = analysis->seconds - spans_covered(&lane.taken, 0, analysis->seconds);
            analysis->surroundings->fasciculations[i] =
                rest > 0 ? (double)lane.potential_count / rest * 60 : NAN;
            status = describe_lane(&lane, analysis, members, contexts->list, error);
        }
        clear_lane(&lane);
    }
    return status == STATUS_OK ? order_channels(analysis, members, count, contexts, error) : status;
}

void episode_contexts_clear(struct episode_contexts *contexts)
{
    for (size_t i = 0; i < contexts->order_count; i++) {
        free(contexts->orders[i]);
    }
    free(contexts->orders);
    free(contexts->list);
    *contexts = (struct episode_contexts){0};
}
