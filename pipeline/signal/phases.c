#include "pipeline/signal/phases.h"

#include "formats/checked.h"
#include "pipeline/signal/statistics.h"

#include <math.h>

#define NEAR_BEATS 5
#define BEAT_ALIKE 1.8 /* × the duration */
#define BEAT_APART 1.5 /* × the interval */

/* What a burst says for clonic, against tonic. */
static double vote(const struct burst *burst, const struct cadence *cadence)
{
    double duration = burst->offset - burst->onset;
    return cadence->odds * (1 + duration / PHASES_WEIGHT);
}

/* The most likely states, 1 clonic, into states; from is scratch, 2 × count. */
static void decode(const double *votes, size_t count, unsigned char *states, unsigned char *from)
{
    double tonic = -votes[0], clonic = votes[0];
    for (size_t i = 1; i < count; i++) {
        bool leave = clonic - PHASES_CHANGE > tonic, enter = tonic - PHASES_CHANGE > clonic;
        double next = (leave ? clonic - PHASES_CHANGE : tonic) - votes[i];
        clonic = (enter ? tonic - PHASES_CHANGE : clonic) + votes[i];
        tonic = next;
        from[2 * i] = leave;
        from[2 * i + 1] = !enter;
    }
    unsigned char state = clonic > tonic;
    for (size_t i = count; i-- > 0;) {
        states[i] = state;
        state = i > 0 ? from[2 * i + state] : state;
    }
}

/* Which phases are long enough. */
static void find_kinds(const struct burst *bursts, const unsigned char *states, size_t count,
                       double tonic_minimum, struct phases *phases)
{
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && states[end] == states[first]; end++) {
        }
        double length = bursts[end - 1].offset - bursts[first].onset;
        phases->clonic = phases->clonic || (states[first] && end - first >= 3);
        phases->tonic = phases->tonic || (!states[first] && length >= tonic_minimum);
    }
}

/* The one change that parts the votes best. */
static void part(const double *votes, size_t count, double total, struct phases *phases)
{
    double sum = 0, best = -1;
    for (size_t i = 1; i < count; i++) {
        sum += votes[i - 1];
        double parted = total - 2 * sum; /* votes after it less those before it */
        if (fabs(parted) > best) {
            best = fabs(parted);
            phases->change = i;
            phases->clonic_first = parted < 0;
            phases->support = fmin(fabs(sum), fabs(total - sum));
        }
    }
}

static double middle_of(double *values, size_t count)
{
    return count > 0 ? statistics_median(values, count) : NAN;
}

/* A beat next to a tonic phase stands less clearly among its neighbours. Bursts at the change that
 * last and follow as the beats beyond it do are beats too. */
static void settle_change(const struct burst *bursts, size_t count, struct phases *phases)
{
    double durations[NEAR_BEATS], intervals[NEAR_BEATS];
    bool ahead = !phases->clonic_first; /* beats lie ahead of the change */
    for (;;) {
        size_t n = 0, intervals_count = 0, change = phases->change;
        for (size_t i = 0; i < NEAR_BEATS && (ahead ? change + i < count : i < change); i++) {
            size_t beat = ahead ? change + i : change - 1 - i;
            durations[n++] = bursts[beat].offset - bursts[beat].onset;
            if (i > 0) {
                size_t other = ahead ? beat - 1 : beat + 1;
                intervals[intervals_count++] = fabs(bursts[beat].onset - bursts[other].onset);
            }
        }
        double beat = middle_of(durations, n), interval = middle_of(intervals, intervals_count);
        if (ahead ? change < 2 : change + 1 >= count) {
            return;
        }
        const struct burst *next = &bursts[ahead ? change - 1 : change];
        const struct burst *edge = &bursts[ahead ? change : change - 1];
        double duration = next->offset - next->onset, distance = fabs(edge->onset - next->onset);
        bool alike = duration < BEAT_ALIKE * beat && BEAT_ALIKE * duration > beat &&
                     distance < BEAT_APART * interval && BEAT_APART * distance > interval;
        if (!alike) {
            return;
        }
        phases->change += ahead ? (size_t)-1 : 1;
    }
}

enum status phases_decode(const struct burst *bursts, const struct cadence *cadences, size_t count,
                          double tonic_minimum, struct phases *phases, struct error *error)
{
    double *votes = checked_calloc(count, sizeof *votes), total = 0;
    unsigned char *states = checked_calloc(count, 3);
    enum status status = STATUS_OK;
    *phases = (struct phases){.tonic = false};
    if (!votes || !states) {
        status = error_memory(error, "classifying episodes");
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        votes[i] = vote(&bursts[i], &cadences[i]);
        total += votes[i];
    }
    decode(votes, count, states, states + count);
    find_kinds(bursts, states, count, tonic_minimum, phases);
    if (!phases->tonic && !phases->clonic) {
        phases->clonic = total > 0;
        phases->tonic = !phases->clonic;
    }
    phases->support = fabs(total);
    if (phases->tonic && phases->clonic) {
        part(votes, count, total, phases);
        settle_change(bursts, count, phases);
    }
out:
    free(votes);
    free(states);
    return status;
}
