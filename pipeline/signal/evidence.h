/* How much more likely the energy of a channel is under muscle activity than under rest.
 *
 * Energy averaged over a window is taken for gamma distributed about its level: with a shape (half
 * its degrees of freedom) of the conditioned band's noise at rest, and of surface EMG's own,
 * narrower band in activity. Rest is the noise floor, or what a muscle that does not relax wholly
 * leaves between bursts: RESIDUE of the activity's energy. */
#ifndef SOLEUS_SIGNAL_EVIDENCE_H
#define SOLEUS_SIGNAL_EVIDENCE_H

#define EVIDENCE_RESIDUE 0.06
#define EVIDENCE_LIMIT   1.0 /* nats a bin at most, either way */

struct evidence {
    double noise_shape;  /* of noise, over the window */
    double muscle_shape; /* of surface EMG, over the window */
    double bins;         /* in the window */
    double floor, level; /* energies that the rest is made for; level ≥ floor > 0 */
    double active[3], silent[3], residue[3]; /* log density: [0] + [1] ln x + [2] x */
};

/* Makes it for a floor and a level. */
void evidence_set(struct evidence *evidence, double floor, double level);

/* Nats a bin in favour of activity, of a window's mean energy x. */
double evidence_ratio(const struct evidence *evidence, double x);

/* Nats in favour of a level of its own against the noise floor, of a run of bins: shape × bins ×
 * (r − 1 − ln r) with r the mean over the floor (the generalised likelihood ratio of gamma
 * distributed energies); 0 where r ≤ 1. `shape` is that of noise in one bin. */
double evidence_of_run(double shape, double bins, double mean, double floor);

#endif
