#include "pipeline/signal/episode.h"

#include "formats/checked.h"
#include "pipeline/signal/rhythm.h"

#include <math.h>
#include <stdbool.h>

#define RECENT 6 /* bursts whose rhythm decides on joining */

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

static double gap_before(const struct burst *bursts, size_t i)
{
    return bursts[i].onset - bursts[i - 1].offset;
}

/* The gap that a rhythm before it bridges: join_intervals times its interval. Cyclic contractions
 * slower than clonic rates do not stretch it. */
static double rhythm_gap(const struct episode_design *design, const struct burst *bursts,
                         size_t count)
{
    if (count < 3) {
        return 0;
    }
    size_t recent = count < RECENT ? count : RECENT;
    struct rhythm rhythm = rhythm_measure(bursts + count - recent, recent);
    bool clonic =
        rhythm.interval <= 1 / design->rate_band[0] && rhythm.variation <= design->regularity;
    return clonic ? design->join_intervals * rhythm.interval : 0;
}

/* How many bursts from the first on keep one slow rhythm, whose gaps may exceed join_gap. */
static size_t slow_run(const struct episode_design *design, const struct burst *bursts,
                       size_t count)
{
    double first = count > 1 ? bursts[1].onset - bursts[0].onset : INFINITY;
    double length = bursts[0].offset - bursts[0].onset;
    size_t run = 1;
    while (run < count && first <= 1 / design->rate_band[0]) {
        double interval = bursts[run].onset - bursts[run - 1].onset;
        double other = bursts[run].offset - bursts[run].onset;
        if (fabs(interval - first) > 0.3 * first || other > 3 * length || length > 3 * other) {
            break;
        }
        run++;
    }
    return run;
}

/* The longest gap after which a burst may still belong to the open cluster. */
static double waiting_gap(const struct episode_builder *builder)
{
    const struct episode_design *design = &builder->design;
    double stretched = rhythm_gap(design, builder->cluster, builder->count);
    return fmax(fmax(design->join_gap, 1 / design->rate_band[0]), stretched);
}

/* How many bursts from the first on make one episode. */
static size_t group(const struct episode_design *design, const struct burst *bursts, size_t count)
{
    size_t end = 1;
    while (end < count) {
        double gap = gap_before(bursts, end);
        if (gap <= design->join_gap || gap <= rhythm_gap(design, bursts, end)) {
            end++;
            continue;
        }
        size_t run = slow_run(design, bursts + end - 1, count - end + 1);
        if (run < 3) {
            break;
        }
        end += run - 1;
    }
    return end;
}

static enum status close_cluster(struct episode_builder *builder, struct error *error)
{
    size_t needed;
    if (builder->count == 0) {
        return STATUS_OK;
    }
    if (!checked_add(builder->closed_count, builder->count, &needed)) {
        return error_memory(error, "classifying episodes");
    }
    if (needed > builder->closed_capacity) {
        struct episode *grown = checked_realloc(builder->closed, needed * 2, sizeof *grown);
        if (!grown) {
            return error_memory(error, "classifying episodes");
        }
        builder->closed = grown;
        builder->closed_capacity = needed * 2;
    }
    for (size_t first = 0; first < builder->count;) {
        size_t size = group(&builder->design, builder->cluster + first, builder->count - first);
        builder->closed_count +=
            episode_classify(&builder->design, builder->cluster + first, size,
                             builder->closed + builder->closed_count, &builder->potentials);
        first += size;
    }
    builder->count = 0;
    return STATUS_OK;
}

enum status episode_builder_advance(struct episode_builder *builder, double now,
                                    struct error *error)
{
    if (builder->count > 0 &&
        now > builder->cluster[builder->count - 1].offset + waiting_gap(builder)) {
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
