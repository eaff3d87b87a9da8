/* Finds bursts in a channel's envelope: the most likely sequence of rest and activity over a local
 * noise floor, with onsets refined by likelihood.
 *
 * The energy over the short window (x) is gamma distributed about the noise floor at rest and about
 * the level of activity around (signal/smoothed.h: 90 % quantile within 0.75 s, at least
 * onset_ratio × the floor) in activity; their log-likelihood ratio (signal/evidence.h) is decoded
 * with a cost for every change (signal/segmentation.h). So strong activity has a threshold of its
 * own, and weak activity is integrated for as long as it takes. A run of activity needs
 * burst_evidence nats against noise. The floor (signal/baseline.h) follows noise that grows.
 * Onsets and offsets are the most likely change point of exponentially distributed bin energies
 * around the change (after Staude et al. 2001, EURASIP J Appl Signal Process 2001:67). */
#ifndef SOLEUS_SIGNAL_ACTIVITY_H
#define SOLEUS_SIGNAL_ACTIVITY_H

#include "formats/error.h"
#include "pipeline/signal/bins.h"
#include "pipeline/signal/burst.h"

#include <stdbool.h>

struct activity_design {
    double bin_rate;       /* bins/s */
    double bandwidth;      /* Hz, of the conditioned signal: sets the degrees of freedom */
    double minimum_energy; /* the floor is never below this (half a quantisation step, squared) */
    bool bonato;           /* double threshold: enough bins of the window over the first one */
    bool teager;           /* energy is that of the Teager–Kaiser operator */
    double onset_ratio;    /* least level of activity over the noise floor (energy) */
    double change_cost;    /* nats; see signal/segmentation.h */
    double burst_evidence; /* nats; bursts with less are noise */
    double short_window;   /* s */
    double minimum_burst, minimum_gap; /* s */
    double horizon;                    /* s */
    double prominence;                 /* energy over the loudest around; see baseline.h */
    double noise_ratio, muscle_ratio;  /* high over activity energy; see baseline.h */
};

struct activity;

enum status activity_create(const struct activity_design *design, struct activity **activity,
                            struct error *error);
void activity_destroy(struct activity *activity);

enum status activity_push(struct activity *activity, const float *energy, const float *high,
                          const float *square, size_t count, struct error *error);
enum status activity_push_extremes(struct activity *activity, const float *minimum,
                                   const float *maximum, size_t count, struct error *error);

/* Works off all seconds whose floor is settled, or all there are when `ended`. */
enum status activity_process(struct activity *activity, bool ended, struct error *error);

/* Time up to which bursts are final: no burst with an onset before it will be added; s. */
double activity_settled(const struct activity *activity);

/* Bursts found since the last call, ascending. *bursts stays valid until the next process. */
size_t activity_take(struct activity *activity, const struct burst **bursts);

/* The noise floor (energy) of the last second worked off; NaN before. */
double activity_floor(const struct activity *activity);

/* The bins, for what looks at the signal around bursts. */
const struct bins *activity_bins(const struct activity *activity);

#endif
