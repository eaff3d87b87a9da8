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

/* Whether a level and its energy at high frequencies are those of the floor's noise, grown. */
static bool has_its_spectrum(const struct growth_second *floor, double level, double high)
{
    double own = level / floor->level - 1, high_own = high / floor->high - 1;
    return own >= GROWTH_LEAST - 1 && high_own < GROWTH_SPECTRUM * own &&
           own < GROWTH_SPECTRUM * high_own;
}

/* Whether the seconds from `first` on are one stretch of grown noise; its level. */
static bool is_grown(const struct growth *growth, uint64_t first, const struct growth_second *floor,
                     double *level)
{
    double levels[GROWTH_SECONDS], highs[GROWTH_SECONDS], roughs[GROWTH_SECONDS], work;
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
    work = statistics_median(levels, GROWTH_SECONDS);
    *level = work;
    for (size_t i = 0; i < GROWTH_SECONDS; i++) {
        if (levels[i] > GROWTH_STEADY * work || work > GROWTH_STEADY * levels[i]) {
            return false;
        }
    }
    return has_its_spectrum(floor, work, statistics_median(highs, GROWTH_SECONDS)) &&
           statistics_median(roughs, GROWTH_SECONDS) <= GROWTH_ROUGH * floor->roughness;
}

static bool alike(double a, double b)
{
    return a < GROWTH_STEADY * b && b < GROWTH_STEADY * a;
}

/* Whether a second, by itself, is noise grown to a level. */
static bool is_second_of(const struct growth *growth, uint64_t second,
                         const struct growth_second *floor, double level)
{
    const struct growth_second *here = &growth->seconds[second % growth->size];
    return second < growth->count && alike(here->level, level) &&
           has_its_spectrum(floor, here->level, here->high);
}

/* Level of the next stretch within GROWTH_BRIDGE, to one side; NaN. */
static double stretch_beside(const struct growth *growth, uint64_t second, bool later,
                             const struct growth_second *floor)
{
    double level;
    for (uint64_t i = 1; i <= GROWTH_BRIDGE; i++) {
        if (!later && second < GROWTH_SECONDS + i) {
            break;
        }
        uint64_t first = later ? second + i : second - GROWTH_SECONDS - i;
        if (is_grown(growth, first, floor, &level)) {
            return level;
        }
    }
    return NAN;
}

/* Whether two seconds on end within GROWTH_BRIDGE to one side are noise grown to a level. */
static bool has_remnant(const struct growth *growth, uint64_t second, bool later,
                        const struct growth_second *floor, double level)
{
    for (uint64_t i = 1; i <= GROWTH_BRIDGE && (later || second > i); i++) {
        uint64_t first = later ? second + i : second - i - 1;
        if (is_second_of(growth, first, floor, level) &&
            is_second_of(growth, first + 1, floor, level)) {
            return true;
        }
    }
    return false;
}

double growth_at(const struct growth *growth, uint64_t second, const struct growth_second *floor)
{
    double found = INFINITY, level;
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
    if (isfinite(found)) {
        return found;
    }
    if (!(growth->seconds[second % growth->size].level > GROWTH_LEAST * floor->level)) {
        return floor->level;
    }
    double before = stretch_beside(growth, second, false, floor);
    double after = stretch_beside(growth, second, true, floor);
    if (is_second_of(growth, second, floor, before) || is_second_of(growth, second, floor, after)) {
        return fmin(before, after);
    }
    bool within = alike(before, after) ||
                  (isnan(after) && has_remnant(growth, second, true, floor, before)) ||
                  (isnan(before) && has_remnant(growth, second, false, floor, after));
    return within ? fmin(before, after) : floor->level;
}
