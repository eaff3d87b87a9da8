#include "pipeline/signal/phases.h"

#include "formats/checked.h"

#include <math.h>

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
    }
out:
    free(votes);
    free(states);
    return status;
}
