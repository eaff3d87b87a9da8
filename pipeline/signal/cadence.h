/* How a burst stands among its neighbours: what tells a beat of a clonic rhythm from a piece of
 * sustained activity.
 *
 * Neighbours are up to CADENCE_REACH bursts either way in a chain whose gaps are shorter than
 * `chain`. Measured of them, see cadence_measures[]: durations and silences relative to the
 * interval from onset to onset (a missed beat is divided out), how steady intervals and durations
 * are, how far the muscle relaxes between bursts, and how much of the time bursts fill. A logistic
 * regression on these (weights in signal/episode_weights.h) gives the odds of clonic against tonic,
 * less CADENCE_LONG_COST for what a burst lasts beyond CADENCE_LONGEST_JERK. */
#ifndef SOLEUS_SIGNAL_CADENCE_H
#define SOLEUS_SIGNAL_CADENCE_H

#include "pipeline/signal/burst.h"

#include <stddef.h>

#define CADENCE_REACH    3
#define CADENCE_MEASURES 14

#define CADENCE_LONGEST_JERK 0.9  /* s; a burst that outlasts this is no jerk: */
#define CADENCE_LONG_COST    10.0 /* units of log odds a second beyond it */

struct cadence {
    double measures[CADENCE_MEASURES]; /* in the order of cadence_measures[] */
    double interval;                   /* s, median; NaN for a burst without neighbours */
    double odds;                       /* natural log of the odds that it is clonic */
};

struct cadence_measure {
    const char *name, *meaning;
};
extern const struct cadence_measure cadence_measures[CADENCE_MEASURES];

/* Measures bursts[i] of count, ascending. chain in s. */
void cadence_measure(const struct burst *bursts, size_t count, size_t i, double chain,
                     struct cadence *cadence);

/* Divides intervals that are two or three times the median (within a quarter) into beats; returns
 * how many beats were missed. */
size_t cadence_divide_missed(double *intervals, size_t count, double median);

#endif
