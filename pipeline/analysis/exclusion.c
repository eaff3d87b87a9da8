#include "pipeline/analysis/exclusion.h"

#include "pipeline/analysis/events.h"

#include <math.h>

#define CLONIC_BURSTS 3 /* that make a rhythm */

/* What remains of a tonic-clonic episode that is cut before its boundary. */
static enum status measure_phase(const struct analysis *analysis, const struct event_member *member,
                                 double offset, struct episode *cut, struct error *error)
{
    const struct channel_path *path = analysis->paths[member->channel];
    double onset = member->episode->onset;
    enum status status = channel_measure(path, EPISODE_CLONIC, onset, offset, cut, error);
    bool rhythm =
        cut->burst_count >= CLONIC_BURSTS && cut->regularity <= analysis->parameters.regularity;
    if (status == STATUS_OK && !rhythm) {
        status = channel_measure(path, EPISODE_TONIC, onset, offset, cut, error);
    }
    return status;
}

static bool is_enough(const struct analysis *analysis, const struct event_member *member,
                      const struct episode *cut)
{
    if (member->type) {
        return cut->offset > cut->onset; /* a reviewer's own class has no minimum */
    }
    switch (cut->class) {
    case EPISODE_TONIC:
    case EPISODE_TONIC_CLONIC:
        return cut->offset - cut->onset >= analysis->parameters.tonic_minimum;
    case EPISODE_CLONIC:
        return cut->burst_count >= CLONIC_BURSTS;
    default:
        return false;
    }
}

static enum status cut_episode(const struct analysis *analysis, const struct event_member *member,
                               double offset, struct episode *cut, struct error *error)
{
    const struct episode *whole = member->episode;
    bool one_phase = whole->class == EPISODE_TONIC_CLONIC && !(whole->boundary < offset);
    enum status status = one_phase ? measure_phase(analysis, member, offset, cut, error)
                                   : channel_measure(analysis->paths[member->channel], whole->class,
                                                     whole->onset, offset, cut, error);
    cut->confidence = whole->confidence;
    cut->flags = whole->flags & ~(unsigned)BURST_END;
    return status;
}

enum status exclusion_apply(const struct analysis *analysis, const struct spans *excluded,
                            struct event_member *members, size_t *count, struct episode *cut,
                            struct error *error)
{
    enum status status = STATUS_OK;
    size_t kept = 0;
    for (size_t i = 0; i < *count && status == STATUS_OK; i++) {
        struct event_member member = members[i];
        const struct spans *own = &excluded[member.channel];
        const struct span *next = spans_next(own, member.episode->onset);
        if (next && next->from <= member.episode->onset) {
            continue;
        }
        if (next && next->from < member.episode->offset) {
            status = cut_episode(analysis, &member, next->from, cut, error);
            if (status != STATUS_OK || !is_enough(analysis, &member, cut)) {
                continue;
            }
            member.episode = cut++;
            member.cut = true;
        }
        members[kept++] = member;
    }
    *count = kept;
    return status;
}
