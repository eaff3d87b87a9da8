#include "pipeline/analysis/explanation.h"

#include "formats/checked.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <string.h>

#define HALF 0.5 /* s either way that is told of a time with nothing */

const char *const explanation_kind_names[] = {"episode", "implausible", "artefact",
                                              "rest",    "gap",         NULL};

void explanation_clear(struct explanation *explanation)
{
    free(explanation->bursts);
    free(explanation->cadences);
    free(explanation->rejected);
    explanation->bursts = NULL;
    explanation->cadences = NULL;
    explanation->rejected = NULL;
}

/* Single bursts that no gap longer than join_gap parts, of which sound[own] is one, group `at`:
 * where they are scattered when judged together, each was judged on its own. */
static enum status find_scattered(const struct episode_design *design, const struct episode *groups,
                                  size_t count, size_t at, const struct burst *sound,
                                  const struct cadence *cadences, size_t own,
                                  struct explanation *explanation, struct error *error)
{
    size_t first = at, last = at;
    struct episode_verdict verdict;
    while (first > 0 && groups[first - 1].burst_count == 1 &&
           groups[first].onset - groups[first - 1].offset <= design->join_gap) {
        first--;
    }
    while (last + 1 < count && groups[last + 1].burst_count == 1 &&
           groups[last + 1].onset - groups[last].offset <= design->join_gap) {
        last++;
    }
    size_t from = own - (at - first), jerks = last - first + 1;
    if (groups[at].burst_count > 1 || jerks == 1) {
        return STATUS_OK;
    }
    enum status status =
        episode_judge(design, sound + from, cadences + from, jerks, &verdict, error);
    if (status == STATUS_OK && verdict.scattered) {
        explanation->jerks = jerks;
        explanation->jerks_span = groups[last].offset - groups[first].onset;
        explanation->jerks_filled = verdict.episode.duty_cycle * explanation->jerks_span;
    }
    return status;
}

/* The sound bursts of a group with their cadences, which are measured among all sound ones. */
static enum status take_group(const struct episode_design *design, const struct burst *bursts,
                              size_t count, const struct episode *groups, size_t group_count,
                              size_t at, struct explanation *explanation, struct error *error)
{
    const struct episode *group = &groups[at];
    enum status status = STATUS_OK;
    struct burst *sound = checked_calloc(count, sizeof *sound);
    struct cadence *cadences = checked_calloc(count, sizeof *cadences);
    size_t n = 0, first = 0, own = 0;
    explanation->bursts = checked_calloc(count, sizeof *bursts);
    explanation->cadences = checked_calloc(count, sizeof *cadences);
    bool room = sound && cadences && explanation->bursts && explanation->cadences;
    for (size_t i = 0; i < count && room; i++) {
        if (bursts[i].flags & BURST_ARTEFACT) {
            continue;
        }
        sound[n] = bursts[i];
        first += bursts[i].onset < group->onset;
        own += bursts[i].onset >= group->onset && bursts[i].offset <= group->offset;
        n++;
    }
    if (room) {
        episode_cadences(design, sound, n, cadences);
        memcpy(explanation->bursts, sound + first, own * sizeof *sound);
        memcpy(explanation->cadences, cadences + first, own * sizeof *cadences);
        explanation->count = own;
        explanation->before = first > 0 ? group->onset - sound[first - 1].offset : NAN;
        explanation->after = first + own < n ? sound[first + own].onset - group->offset : NAN;
        status = find_scattered(design, groups, group_count, at, sound, cadences, first,
                                explanation, error);
    }
    free(sound);
    free(cadences);
    return room ? status : error_memory(error, "explaining an episode");
}

/* Medians over the bursts of the group. */
static enum status measure_group(struct explanation *explanation, struct error *error)
{
    const struct burst *bursts = explanation->bursts;
    size_t count = explanation->count;
    double *work = checked_calloc(count, sizeof *work);
    if (!work) {
        return error_memory(error, "explaining an episode");
    }
    for (size_t i = 0; i < count; i++) {
        work[i] = bursts[i].offset - bursts[i].onset;
        explanation->evidence += bursts[i].evidence;
    }
    explanation->median_duration = statistics_median(work, count);
    for (size_t i = 1; i < count; i++) {
        work[i - 1] = bursts[i].onset - bursts[i - 1].onset;
    }
    explanation->median_interval = count > 1 ? statistics_median(work, count - 1) : NAN;
    for (size_t i = 1; i < count; i++) {
        work[i - 1] = bursts[i].onset - bursts[i - 1].offset;
    }
    explanation->median_silence = count > 1 ? statistics_median(work, count - 1) : NAN;
    free(work);
    return STATUS_OK;
}

static void add_phase(struct explanation *explanation, bool clonic, size_t first, size_t end)
{
    struct explanation_phase *phase = &explanation->phases[explanation->phase_count++];
    const struct burst *bursts = explanation->bursts;
    *phase = (struct explanation_phase){
        .clonic = clonic,
        .first = first,
        .count = end - first,
        .onset = bursts[first].onset,
        .offset = bursts[end - 1].offset,
        .shares =
            explanation_cadence_shares(bursts + first, explanation->cadences + first, end - first),
    };
    for (size_t i = first; i < end; i++) {
        phase->long_bursts += bursts[i].offset - bursts[i].onset > CADENCE_LONGEST_JERK;
    }
}

/* The verdict, and what made it. */
static enum status judge(const struct episode_design *design, struct explanation *explanation,
                         struct error *error)
{
    struct episode_verdict *verdict = &explanation->verdict;
    size_t count = explanation->count;
    enum status status =
        episode_judge(design, explanation->bursts, explanation->cadences, count, verdict, error);
    if (status == STATUS_OK) {
        status = measure_group(explanation, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    /* Of phases the support is told; what was judged without them has none. */
    explanation->by_duration = !(verdict->episode.support > 0);
    if (!explanation->by_duration && verdict->episode.class == EPISODE_TONIC_CLONIC) {
        bool clonic_first = verdict->phases.clonic_first;
        add_phase(explanation, clonic_first, 0, verdict->phases.change);
        add_phase(explanation, !clonic_first, verdict->phases.change, count);
    } else if (!explanation->by_duration) {
        add_phase(explanation, verdict->episode.class == EPISODE_CLONIC, 0, count);
    }
    explanation->plausible = explanation_plausibility_shares(verdict->kind, verdict->measures);
    explanation->kind = verdict->accepted ? EXPLAINED_EPISODE : EXPLAINED_GROUP;
    return STATUS_OK;
}

/* s from a time to the nearest of the bursts that were rejected, or of those that were not and lie
 * in [from, to]; 0 within one. */
static double nearest(const struct burst *bursts, size_t count, bool rejected, double from,
                      double to, double time)
{
    double least = INFINITY;
    for (size_t i = 0; i < count; i++) {
        bool artefact = bursts[i].flags & BURST_ARTEFACT;
        if (artefact == rejected &&
            (rejected || (bursts[i].onset >= from && bursts[i].offset <= to))) {
            least = fmin(least, fmax(fmax(bursts[i].onset - time, time - bursts[i].offset), 0));
        }
    }
    return least;
}

/* Whether a group that is no episode has to stand back behind a rejected burst that is nearer. */
static bool is_artefact(const struct episode_design *design, const struct burst *bursts,
                        size_t count, const struct episode *group, double time)
{
    double rejected = nearest(bursts, count, true, 0, 0, time);
    return !(group->plausibility >= design->plausibility) && rejected <= WATCHED_NEAR &&
           rejected < nearest(bursts, count, false, group->onset, group->offset, time);
}

/* Where there is no group: the rejected bursts at the time, or the time itself. */
static void set_interval(const struct burst *bursts, size_t count, struct explanation *explanation)
{
    double time = explanation->time;
    explanation->kind = EXPLAINED_REST;
    explanation->onset = fmax(time - HALF, 0);
    explanation->offset = time + HALF;
    for (size_t i = 0; i < count; i++) {
        if (bursts[i].flags & BURST_ARTEFACT && bursts[i].onset - WATCHED_NEAR <= time &&
            bursts[i].offset + WATCHED_NEAR >= time) {
            bool first = explanation->kind != EXPLAINED_ARTEFACT;
            explanation->kind = EXPLAINED_ARTEFACT;
            explanation->onset = first ? bursts[i].onset : explanation->onset;
            explanation->offset = bursts[i].offset;
        }
    }
}

static enum status take_rejected(const struct burst *bursts, size_t count,
                                 struct explanation *explanation, struct error *error)
{
    explanation->rejected = checked_calloc(count, sizeof *bursts);
    if (!explanation->rejected) {
        return error_memory(error, "explaining an episode");
    }
    for (size_t i = 0; i < count; i++) {
        if (bursts[i].flags & BURST_ARTEFACT &&
            bursts[i].offset >= explanation->onset - EXPLANATION_AROUND &&
            bursts[i].onset <= explanation->offset + EXPLANATION_AROUND) {
            explanation->rejected[explanation->rejected_count++] = bursts[i];
        }
    }
    return STATUS_OK;
}

enum status explanation_judge(const struct episode_design *design, const struct burst *bursts,
                              size_t count, double time, struct explanation *explanation,
                              struct error *error)
{
    struct episode *groups;
    size_t group_count;
    *explanation = (struct explanation){.time = time,
                                        .median_duration = NAN,
                                        .median_interval = NAN,
                                        .median_silence = NAN,
                                        .before = NAN,
                                        .after = NAN,
                                        .noise = NAN,
                                        .noise_lowest = NAN,
                                        .tone = NAN,
                                        .level = NAN};
    enum status status =
        explanation_groups(design, bursts, count, false, &groups, &group_count, error);
    size_t at = explanation_find(design, groups, group_count, time);
    if (status == STATUS_OK && at != SIZE_MAX &&
        !is_artefact(design, bursts, count, &groups[at], time)) {
        explanation->onset = groups[at].onset;
        explanation->offset = groups[at].offset;
        status = take_group(design, bursts, count, groups, group_count, at, explanation, error);
        if (status == STATUS_OK) {
            status = judge(design, explanation, error);
        }
    } else {
        set_interval(bursts, count, explanation);
    }
    free(groups);
    if (status == STATUS_OK) {
        status = take_rejected(bursts, count, explanation, error);
    }
    return status == STATUS_OK ? explanation_try(design, bursts, count, explanation, error)
                               : status;
}

/* Floors of the seconds that the interval shares, and of those within the horizon. */
static enum status measure_floor(const struct watched *watched, double horizon,
                                 struct explanation *explanation, struct error *error)
{
    double *work = checked_calloc(watched->seconds, sizeof *work);
    size_t n = 0;
    if (!work) {
        return error_memory(error, "explaining an episode");
    }
    for (size_t k = 0; k < watched->seconds; k++) {
        double noise = watched->noise[k], tone = watched->tone[k], second = (double)k;
        if (second >= explanation->onset - horizon && second <= explanation->offset + horizon) {
            explanation->noise_lowest = fmin(noise, explanation->noise_lowest);
        }
        if (isfinite(noise) && second + 1 > explanation->onset && second < explanation->offset) {
            work[n++] = noise;
            explanation->tone = tone > noise ? fmax(tone, explanation->tone) : explanation->tone;
        }
    }
    explanation->noise = n ? statistics_median(work, n) : NAN;
    free(work);
    return STATUS_OK;
}

static void measure_level(const struct closeup *closeup, struct explanation *explanation)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < closeup->count; i++) {
        double at = closeup->first + closeup->step * (double)i, envelope = closeup->envelope[i];
        if (at >= explanation->onset && at <= explanation->offset && isfinite(envelope)) {
            sum += envelope * envelope;
            n++;
        }
    }
    explanation->level = n > 0 ? sqrt(sum / n) : NAN;
}

enum status explanation_make(const struct channel_path *path, double horizon, double time,
                             struct explanation *explanation, struct error *error)
{
    struct episode_design design = channel_episode_design(path);
    struct watched watched = channel_watched(path);
    const struct burst *bursts;
    size_t count = channel_bursts(path, &bursts);
    enum status status = explanation_judge(&design, bursts, count, time, explanation, error);
    if (status == STATUS_OK) {
        status = measure_floor(&watched, horizon, explanation, error);
    }
    if (status == STATUS_OK) {
        measure_level(watched.closeup, explanation);
        if (explanation->kind == EXPLAINED_REST && !isfinite(explanation->level)) {
            explanation->kind = EXPLAINED_GAP;
        }
    }
    return status;
}
