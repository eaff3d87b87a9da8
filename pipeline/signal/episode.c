#include "pipeline/signal/episode.h"

#include "formats/checked.h"

#include <math.h>
#include <stdbool.h>

#define CHAIN 1.3 /* × the longest interval of the rate band: a longer gap ends everything */

#define SURE_ODDS      2.0 /* of a rhythm that is sure: it may miss more beats */
#define SURE_REACH     1.4
#define STRAY_GAP      0.25 /* s */
#define STRAY_RATIO    4.0  /* × its duration */
#define STRAY_EVIDENCE 0.05 /* of the group's */
#define STRAY_TONE     0.02 /* of the largest energy: tone, once silence lies between */
#define STRAY_TONE_GAP 0.1  /* s */

struct episode_builder {
    struct episode_design design;
    struct burst *cluster; /* the open cluster */
    size_t count, capacity;
    struct episode *closed;
    size_t closed_count, closed_capacity;
    size_t potentials;
};

enum status episode_builder_create(const struct episode_design *design,
                                   struct episode_builder **result, struct error *error)
{
    struct episode_builder *builder = calloc(1, sizeof *builder);
    *result = builder;
    if (!builder) {
        return error_memory(error, "preparing episodes");
    }
    builder->design = *design;
    return STATUS_OK;
}

void episode_builder_destroy(struct episode_builder *builder)
{
    if (builder) {
        free(builder->cluster);
        free(builder->closed);
        free(builder);
    }
}

/* The longest gap after which a burst may still belong to the open cluster, and that neighbours are
 * looked for across. */
static double chain_gap(const struct episode_design *design)
{
    return fmax(design->join_gap, CHAIN / design->rate_band[0]);
}

void episode_cadences(const struct episode_design *design, const struct burst *bursts, size_t count,
                      struct cadence *cadences)
{
    for (size_t i = 0; i < count; i++) {
        cadence_measure(bursts, count, i, chain_gap(design), &cadences[i]);
    }
}

size_t episode_group(const struct episode_design *design, const struct burst *bursts,
                     const struct cadence *cadences, size_t count)
{
    size_t end = 1;
    for (; end < count; end++) {
        const struct cadence *before = &cadences[end - 1], *after = &cadences[end];
        double limit = design->join_gap;
        if (before->odds > 0 && after->odds > 0) {
            double interval =
                fmin(fmin(before->interval, after->interval), 1 / design->rate_band[0]);
            bool sure = before->odds > SURE_ODDS && after->odds > SURE_ODDS;
            double intervals = design->join_intervals * (sure ? SURE_REACH : 1);
            limit = fmax(limit, intervals * interval);
        }
        if (bursts[end].onset - bursts[end - 1].offset > fmin(limit, chain_gap(design))) {
            break;
        }
    }
    return end;
}

static enum status add_closed(struct episode_builder *builder, const struct episode *episode,
                              struct error *error)
{
    if (builder->closed_count == builder->closed_capacity) {
        size_t capacity = builder->closed_capacity ? 2 * builder->closed_capacity : 8;
        struct episode *grown = checked_realloc(builder->closed, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "classifying episodes");
        }
        builder->closed = grown;
        builder->closed_capacity = capacity;
    }
    builder->closed[builder->closed_count++] = *episode;
    return STATUS_OK;
}

static double own_energy(const struct burst *burst)
{
    return burst->mean * burst->mean - burst->floor * burst->floor;
}

static double largest_energy(const struct burst *bursts, size_t count)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, own_energy(&bursts[i]));
    }
    return largest;
}

static double evidence_of(const struct burst *bursts, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += bursts[i].evidence;
    }
    return sum;
}

/* Whether the burst at an end of a group only happens to be near: apart from `next`, and little
 * beside the others, or tone that is left after them. A beat of their rhythm is none of these. */
static bool is_stray(const struct burst *burst, const struct burst *next,
                     const struct cadence *cadence, double evidence, double energy)
{
    double duration = burst->offset - burst->onset;
    double gap = fmax(next->onset - burst->offset, burst->onset - next->offset);
    double beats = fabs(next->onset - burst->onset) / cadence->interval;
    bool beat = cadence->odds > 0 && fabs(beats - fmax(1, round(beats))) < 0.35 && beats < 2.5;
    bool apart = gap > STRAY_GAP && gap > STRAY_RATIO * duration &&
                 burst->evidence < STRAY_EVIDENCE * evidence;
    bool tone = gap > STRAY_TONE_GAP && own_energy(burst) < STRAY_TONE * energy;
    return (apart || tone) && !beat;
}

/* Takes strays off both ends of a group; they come to be judged on their own. */
static void trim(const struct burst *bursts, const struct cadence *cadences, size_t *first,
                 size_t *count)
{
    double evidence = evidence_of(bursts + *first, *count);
    double energy = largest_energy(bursts + *first, *count);
    while (*count > 1 && is_stray(&bursts[*first], &bursts[*first + 1], &cadences[*first + 1],
                                  evidence, energy)) {
        ++*first;
        --*count;
    }
    while (*count > 1 && is_stray(&bursts[*first + *count - 1], &bursts[*first + *count - 2],
                                  &cadences[*first + *count - 2], evidence, energy)) {
        --*count;
    }
}

/* Bursts up to the first gap longer than join_gap. */
static size_t until_gap(const struct episode_design *design, const struct burst *bursts,
                        size_t count)
{
    size_t end = 1;
    while (end < count && bursts[end].onset - bursts[end - 1].offset <= design->join_gap) {
        end++;
    }
    return end;
}

static enum status close_group(struct episode_builder *builder, const struct burst *bursts,
                               const struct cadence *cadences, size_t count, struct error *error)
{
    struct episode_verdict verdict = {.accepted = false};
    enum status status = episode_judge(&builder->design, bursts, cadences, count, &verdict, error);
    /* Only the beats of a rhythm reach over long gaps. */
    size_t part = verdict.phases.clonic ? count : until_gap(&builder->design, bursts, count);
    if (status == STATUS_OK && part < count) {
        status = close_group(builder, bursts, cadences, part, error);
        return status == STATUS_OK
                   ? close_group(builder, bursts + part, cadences + part, count - part, error)
                   : status;
    }
    if (status == STATUS_OK && verdict.accepted) {
        status = add_closed(builder, &verdict.episode, error);
    }
    if (status == STATUS_OK && verdict.scattered) {
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
            status = close_group(builder, bursts + i, cadences + i, 1, error);
        }
        return status;
    }
    for (size_t i = 0; i < count && !verdict.accepted; i++) {
        builder->potentials += (bursts[i].flags & BURST_POTENTIAL) != 0;
    }
    return status;
}

/* The group [first, first + size) of the cluster, and its strays, each alone. */
static enum status close_trimmed(struct episode_builder *builder, const struct cadence *cadences,
                                 size_t first, size_t size, struct error *error)
{
    enum status status = STATUS_OK;
    size_t from = first, count = size;
    trim(builder->cluster, cadences, &from, &count);
    for (size_t i = first; i < first + size && status == STATUS_OK; i++) {
        bool whole = i == from;
        status = close_group(builder, builder->cluster + i, cadences + i, whole ? count : 1, error);
        i += whole ? count - 1 : 0;
    }
    return status;
}

static enum status close_cluster(struct episode_builder *builder, struct error *error)
{
    const struct episode_design *design = &builder->design;
    enum status status = STATUS_OK;
    if (builder->count == 0) {
        return STATUS_OK;
    }
    struct cadence *cadences = checked_calloc(builder->count, sizeof *cadences);
    if (!cadences) {
        return error_memory(error, "classifying episodes");
    }
    episode_cadences(design, builder->cluster, builder->count, cadences);
    for (size_t first = 0; first < builder->count && status == STATUS_OK;) {
        size_t size = episode_group(design, builder->cluster + first, cadences + first,
                                    builder->count - first);
        status = close_trimmed(builder, cadences, first, size, error);
        first += size;
    }
    builder->count = 0;
    free(cadences);
    return status;
}

enum status episode_builder_advance(struct episode_builder *builder, double now,
                                    struct error *error)
{
    if (builder->count > 0 &&
        now > builder->cluster[builder->count - 1].offset + chain_gap(&builder->design)) {
        return close_cluster(builder, error);
    }
    return STATUS_OK;
}

enum status episode_builder_push(struct episode_builder *builder, const struct burst *burst,
                                 struct error *error)
{
    enum status status = episode_builder_advance(builder, burst->onset, error);
    if (status == STATUS_OK && builder->count == builder->capacity) {
        size_t capacity = builder->capacity ? 2 * builder->capacity : 64;
        struct burst *grown = checked_realloc(builder->cluster, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "gathering bursts");
        }
        builder->cluster = grown;
        builder->capacity = capacity;
    }
    if (status == STATUS_OK) {
        builder->cluster[builder->count++] = *burst;
    }
    return status;
}

size_t episode_builder_take(struct episode_builder *builder, const struct episode **episodes)
{
    size_t count = builder->closed_count;
    *episodes = builder->closed;
    builder->closed_count = 0;
    return count;
}

size_t episode_builder_potentials(const struct episode_builder *builder)
{
    return builder->potentials;
}
