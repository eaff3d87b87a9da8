/* How likely a group of bursts is muscle's rather than what artefacts and noise leave.
 *
 * A logistic regression for each of three kinds of group (tonic, clonic and tonic-clonic, single
 * jerks) on what is alike in bursts of one cause: see plausibility_measures[]. Weights in
 * signal/episode_weights.h. */
#ifndef SOLEUS_SIGNAL_PLAUSIBILITY_H
#define SOLEUS_SIGNAL_PLAUSIBILITY_H

#include "pipeline/signal/burst.h"

#include <stddef.h>

#define PLAUSIBILITY_MEASURES 14

enum plausibility_kind { PLAUSIBLE_TONIC = 0, PLAUSIBLE_CLONIC, PLAUSIBLE_JERK, PLAUSIBLE_KINDS };

struct plausibility_measure {
    const char *name, *meaning;
};
extern const struct plausibility_measure plausibility_measures[PLAUSIBILITY_MEASURES];

/* Measures count ≥ 1 bursts, ascending, into measures[PLAUSIBILITY_MEASURES]. */
void plausibility_measure(const struct burst *bursts, size_t count, double *measures);

/* The probability that measures of a group of a kind are those of muscle. */
double plausibility_of(enum plausibility_kind kind, const double *measures);

#endif
