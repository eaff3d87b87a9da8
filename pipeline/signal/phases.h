/* Tonic and clonic phases of a run of bursts, decoded over time.
 *
 * Two states, tonic and clonic; each burst speaks for one of them by its odds (signal/cadence.h),
 * the more the longer it lasts; each change costs PHASES_CHANGE. The most likely sequence (Viterbi
 * 1967) gives the phases. A clonic phase has three bursts or more, a tonic one lasts for
 * tonic_minimum or more; what falls short of that goes to its neighbours. */
#ifndef SOLEUS_SIGNAL_PHASES_H
#define SOLEUS_SIGNAL_PHASES_H

#include "formats/error.h"
#include "pipeline/signal/burst.h"
#include "pipeline/signal/cadence.h"

#include <stdbool.h>
#include <stddef.h>

#define PHASES_CHANGE 16.0 /* units of log odds */
#define PHASES_WEIGHT 0.4  /* s, of duration that weighs as much as the burst itself */

struct phases {
    bool tonic, clonic; /* which there are */
    bool clonic_first;  /* where there are both: the order */
    size_t change;      /* first burst of the second phase, where there are both */
    double support;     /* of the phases, that with the least: sum of the odds in its favour */
};

/* Decodes count ≥ 1 bursts. tonic_minimum in s. */
enum status phases_decode(const struct burst *bursts, const struct cadence *cadences, size_t count,
                          double tonic_minimum, struct phases *phases, struct error *error);

#endif
