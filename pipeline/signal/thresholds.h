/* Thresholds on smoothed energy under noise. */
#ifndef SOLEUS_SIGNAL_THRESHOLDS_H
#define SOLEUS_SIGNAL_THRESHOLDS_H

/* The ratio to its mean that a χ² variable of `freedom` degrees exceeds with the probability of a
 * normal variable exceeding z (Wilson & Hilferty 1931). */
double threshold_ratio(double freedom, double z);

/* Degrees of freedom of the energy of noise of a bandwidth (Hz) over a window (s): 2·B·T, reduced
 * by 0.6 for bands that are not flat; at least 1. */
double threshold_freedom(double bandwidth, double window);

#endif
