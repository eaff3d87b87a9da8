#include "pipeline/signal/growth.h"

#include "formats/checked.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <stdbool.h>

struct growth {
    size_t size;
    uint64_t count;
    struct growth_second *seconds; /* a ring */
};

enum status growth_create(size_t size, struct growth **result, struct error *error)
{
    struct growth *growth = calloc(1, sizeof *growth);
    *result = growth;
    if (growth) {
        growth->size = size;
        growth->seconds = checked_calloc(size, sizeof *growth->seconds);
    }
    if (!growth || !growth->seconds) {
        growth_destroy(growth);
        *result = NULL;
        return error_memory(error, "tracking the noise floor");
    }
    return STATUS_OK;
}

void growth_destroy(struct growth *growth)
{
    if (growth) {
        free(growth->seconds);
        free(growth);
    }
}

void growth_push(struct growth *growth, const struct growth_second *second)
{
    growth->seconds[growth->count++ % growth->size] = *second;
}

/* Whether the seconds from `first` on are one stretch of grown noise; its level. */
static bool is_grown(const struct growth *growth, uint64_t first, const struct growth_second *floor,
                     double *level)
{
    double levels[GROWTH_SECONDS], highs[GROWTH_SECONDS], roughs[GROWTH_SECONDS];
    double least = GROWTH_LEAST * floor->level / GROWTH_STEADY;
    if (first + GROWTH_SECONDS > growth->count) {
        return false;
    }
    for (size_t i = 0; i < GROWTH_SECONDS; i++) {
        const struct growth_second *second = &growth->seconds[(first + i) % growth->size];
        if (!(second->level > least) || !isfinite(second->high)) {
            return false;
        }
        levels[i] = second->level;
        highs[i] = second->high;
        roughs[i] = second->roughness;
    }
    double high = statistics_median(highs, GROWTH_SECONDS) / floor->high - 1;
    *level = statistics_median(levels, GROWTH_SECONDS);
    double own = *level / floor->level - 1;
    if (own < GROWTH_LEAST - 1 || high > GROWTH_SPECTRUM * own || own > GROWTH_SPECTRUM * high ||
        statistics_median(roughs, GROWTH_SECONDS) > GROWTH_ROUGH * floor->roughness) {
        return false;
    }
    for (size_t i = 0; i < GROWTH_SECONDS; i++) {
        if (levels[i] > GROWTH_STEADY * *level || *level > GROWTH_STEADY * levels[i]) {
            return false;
        }
    }
    return true;
}

double growth_at(const struct growth *growth, uint64_t second, const struct growth_second *floor)
{
    double found = INFINITY, before = NAN, after = NAN, level;
    if (!(floor->level > 0) || !(floor->high > 0) || !(floor->roughness > 0)) {
        return floor->level;
    }
    /* Stretches that the second lies in, or a second beside: the change falls within one. */
    for (uint64_t first = second > GROWTH_SECONDS ? second - GROWTH_SECONDS : 0;
         first <= second + 1; first++) {
        if (is_grown(growth, first, floor, &level)) {
            found = fmin(found, level);
        }
    }
    if (isfinite(found) ||
        !(growth->seconds[second % growth->size].level > GROWTH_LEAST * floor->level)) {
        return isfinite(found) ? found : floor->level;
    }
    for (uint64_t i = 1; i <= GROWTH_BRIDGE && isnan(after); i++) {
        after = is_grown(growth, second + 1 + i, floor, &level) ? level : NAN;
    }
    for (uint64_t i = 1; i <= GROWTH_BRIDGE && isnan(before) && !isnan(after) &&
                         second >= GROWTH_SECONDS + i; i++) {
        before = is_grown(growth, second - GROWTH_SECONDS - i, floor, &level) ? level : NAN;
    }
    bool alike = before < GROWTH_STEADY * after && after < GROWTH_STEADY * before;
    return alike ? fmin(before, after) : floor->level;
}
