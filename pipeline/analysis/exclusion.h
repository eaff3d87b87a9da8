/* Episodes in intervals that are left out (--exclude-events).
 *
 * An episode that begins in such an interval is left out whole: what it is lies in the interval
 * (gait, a contraction that was asked for). One that begins before is cut where the interval
 * begins, and measured anew; it is left out when what remains is shorter than the least of its
 * class: the tonic minimum, three bursts of a rhythm; single jerks are never cut. A tonic-clonic
 * episode that is cut before its change of phase is of the phase that remains. */
#ifndef SOLEUS_PIPELINE_EXCLUSION_H
#define SOLEUS_PIPELINE_EXCLUSION_H

#include "pipeline/analysis/analysis.h"
#include "pipeline/signal/spans.h"

struct event_member;

/* Takes out and cuts members, whose order stays. excluded: by analysed channel, merged. cut: room
 * for *count episodes, to which the members that were cut then point. */
enum status exclusion_apply(const struct analysis *analysis, const struct spans *excluded,
                            struct event_member *members, size_t *count, struct episode *cut,
                            struct error *error);

#endif
