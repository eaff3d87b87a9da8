/* Markers of the conditioned signal; each returns NaN when there is none. */
#ifndef SOLEUS_SIGNAL_MARKERS_TIME_H
#define SOLEUS_SIGNAL_MARKERS_TIME_H

#include "pipeline/signal/markers.h"

void markers_prepare_time(struct marker_input *input);

double marker_rms(const struct marker_input *input); /* √(Σy²/N) */
double marker_arv(const struct marker_input *input); /* Σ|y|/N */
/* Changes of sign per second; one counts when |y| has passed hysteresis × rms on the new side. */
double marker_zcr(const struct marker_input *input);
double marker_wl(const struct marker_input *input); /* Σ|y_i − y_{i−1}| */
/* Turns per second; one counts when the signal has moved hysteresis × rms from the last extreme. */
double marker_ssc(const struct marker_input *input);

#endif
