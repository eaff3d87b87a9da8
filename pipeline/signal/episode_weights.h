/* The fitted numbers of the classifier: logistic regressions on recordings of known truth, written
 * by scripts/fit-episodes. The last of each row is the constant. */
#ifndef SOLEUS_SIGNAL_EPISODE_WEIGHTS_H
#define SOLEUS_SIGNAL_EPISODE_WEIGHTS_H

#include "pipeline/signal/cadence.h"
#include "pipeline/signal/plausibility.h"

#define EPISODE_KINDS 3 /* tonic, clonic, tonic-clonic: in the order of enum episode_class */

/* Log odds of clonic against tonic, of a burst; by cadence_measures[]. */
extern const double episode_weights_cadence[CADENCE_MEASURES + 1];

/* Log odds of muscle, of a group; by plausibility_measures[]. */
extern const double episode_weights_plausibility[PLAUSIBLE_KINDS][PLAUSIBILITY_MEASURES + 1];

/* Log odds that the class is right: first + second × ln(1 + support). */
extern const double episode_weights_confidence[EPISODE_KINDS][2];

#endif
