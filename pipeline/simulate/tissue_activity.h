/* The activity of one muscle in one episode, made of recorded contractions: their spliced samples
 * times the drive's envelope, in every channel another splice of them.
 *
 * The truth counts as activity what reaches TISSUE_ONSET of the envelope's plain height: there is
 * no first discharge to go by. */
#ifndef SOLEUS_PIPELINE_SIMULATE_TISSUE_ACTIVITY_H
#define SOLEUS_PIPELINE_SIMULATE_TISSUE_ACTIVITY_H

#include "pipeline/simulate/muscle_activity.h"
#include "pipeline/simulate/splice.h"

#define TISSUE_ONSET 0.1

struct tissue_activity;

/* All channels of the episode on one muscle. Runs the activity once, unheard, to find what its RMS
 * is, and scales it to the channels' targets. plan, episode, source and ziggurat outlive it. */
enum status tissue_activity_create(const struct plan *plan, const struct simulated_episode *episode,
                                   size_t muscle, const struct splice_source *source,
                                   const struct ziggurat *ziggurat,
                                   struct tissue_activity **activity, struct error *error);
void tissue_activity_destroy(struct tissue_activity *activity);

/* As muscle_activity_advance, _over and _performed. */
void tissue_activity_advance(struct tissue_activity *activity, double until,
                             struct canvas *canvases);
bool tissue_activity_over(const struct tissue_activity *activity);
struct performed tissue_activity_performed(const struct tissue_activity *activity);

#endif
