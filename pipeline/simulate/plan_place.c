/* Episodes whose onset is not given: placed at random, clear of all others. */
#include "pipeline/simulate/plan.h"

#include "formats/checked.h"

#include <math.h>

/* Share of the recording that episodes placed at random may fill before they are cut. */
#define MOST_FILLED 0.7

/* A stretch of time in which an onset may lie. */
struct opening {
    double low, high;
};

/* Removes [low, high] from the openings; at most one more comes of each. */
static size_t remove_interval(struct opening *openings, size_t count, double low, double high)
{
    size_t kept = 0, added = 0;
    struct opening extra = {0, 0};
    for (size_t i = 0; i < count; i++) {
        struct opening o = openings[i];
        if (high <= o.low || low >= o.high) {
            openings[kept++] = o;
            continue;
        }
        if (low > o.low && high < o.high) {
            /* Openings are disjoint, so an interval splits one of them at most. */
            extra = (struct opening){high, o.high};
            added = 1;
            o.high = low;
            openings[kept++] = o;
        } else if (low > o.low) {
            o.high = low;
            openings[kept++] = o;
        } else if (high < o.high) {
            o.low = high;
            openings[kept++] = o;
        }
    }
    if (added) {
        openings[kept++] = extra;
    }
    return kept;
}

/* Draws an onset for `episode` from all that are clear of the placed episodes; false when there is
 * none. openings has room for one more than there are episodes. */
static bool place(struct plan *plan, struct simulated_episode *episode, struct opening *openings)
{
    double gap = episode->section->gap, margin = episode->section->margin;
    double occupied = episode->duration + episode->spread;
    struct random random;
    size_t count = 1;
    double total = 0;
    openings[0] = (struct opening){margin, plan->duration - margin - occupied};
    if (openings[0].low > openings[0].high) {
        return false;
    }
    for (size_t i = 0; i < plan->episode_count; i++) {
        const struct simulated_episode *other = &plan->episodes[i];
        if (!isnan(other->onset)) {
            count = remove_interval(openings, count, other->onset - gap - occupied,
                                    other->onset + other->duration + other->spread + gap);
        }
    }
    for (size_t i = 0; i < count; i++) {
        total += openings[i].high - openings[i].low;
    }
    random_seed(&random, plan->seed, RANDOM_EPISODE, episode->stream, UINT64_MAX);
    double place_at = random_uniform(&random) * total;
    for (size_t i = 0; i < count; i++) {
        double width = openings[i].high - openings[i].low;
        if (place_at <= width) {
            episode->onset = openings[i].low + place_at;
            return true;
        }
        place_at -= width;
    }
    return false;
}

/* The longest episode that has no onset yet; SIZE_MAX when all have one. */
static size_t longest_unplaced(const struct plan *plan)
{
    size_t longest = SIZE_MAX;
    for (size_t i = 0; i < plan->episode_count; i++) {
        if (isnan(plan->episodes[i].onset) &&
            (longest == SIZE_MAX ||
             plan->episodes[i].duration > plan->episodes[longest].duration)) {
            longest = i;
        }
    }
    return longest;
}

static double total_unplaced(const struct plan *plan, double *room)
{
    double total = 0;
    *room = plan->duration;
    for (size_t i = 0; i < plan->episode_count; i++) {
        const struct simulated_episode *episode = &plan->episodes[i];
        double length = episode->duration + episode->spread + episode->section->gap;
        if (isnan(episode->onset)) {
            total += length;
        } else {
            *room -= length;
        }
    }
    return total;
}

/* Cuts the drawn durations, all alike, while they fill most of the recording: else the first to be
 * placed would take the room of the others. */
static void cut_durations(struct plan *plan)
{
    double room;
    bool cut = true;
    while (cut && total_unplaced(plan, &room) > MOST_FILLED * room) {
        cut = false;
        for (size_t i = 0; i < plan->episode_count; i++) {
            struct simulated_episode *episode = &plan->episodes[i];
            if (isnan(episode->onset) && episode->duration > episode->shortest) {
                episode->duration = fmax(episode->shortest, 0.9 * episode->duration);
                cut = true;
            }
        }
    }
}

enum status plan_place(struct plan *plan, struct error *error)
{
    enum status status = STATUS_OK;
    size_t room = 0, next;
    struct opening *openings =
        checked_add(plan->episode_count, 2, &room) ? checked_calloc(room, sizeof *openings) : NULL;
    if (!openings) {
        return error_memory(error, "placing episodes");
    }
    cut_durations(plan);
    /* The long ones first: they find room last. */
    while (status == STATUS_OK && (next = longest_unplaced(plan)) != SIZE_MAX) {
        struct simulated_episode *episode = &plan->episodes[next];
        if (place(plan, episode, openings)) {
            continue;
        }
        if (episode->duration <= episode->shortest) {
            status =
                error_set(error, STATUS_FAILED,
                          "%s: line %zu: no room for a %s episode of %.3g s in %.6g s beside "
                          "the others; make the recording longer, or episodes, gap or margin "
                          "smaller",
                          plan->specification->name, episode->section->line,
                          simulated_class_names[episode->class], episode->duration, plan->duration);
        }
        episode->duration = fmax(episode->shortest, 0.8 * episode->duration);
    }
    free(openings);
    return status;
}
