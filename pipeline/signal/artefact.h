/* Tells bursts of muscle from what muscle cannot do, one channel at a time.
 *
 * Bursts pass through a delay line, since a heartbeat is known by the beats around it:
 *   motion        a burst with most of its energy near the band's lower edge: its slowness
 *                 (signal/burst.h), 0.6 to 1.1 in surface EMG and 2.5 to 4 in what motion and
 * cables leave above 20 Hz, exceeds SLOW_RATIO motion, pops  a burst of up to 1 s whose recorded
 * signal holds MOTION_RATIO times more power below about 20 Hz than the burst holds above it;
 * surface EMG has less there than above (De Luca et al. 2010, J Biomech 43:1573); or after which
 * the signal stands POP_RATIO times the burst's RMS away from where it stood before (more in bursts
 *                 longer than 0.1 s, of whose energy a step accounts for less and less); unless
 *                 such slow changes were there before it and go on after it, or bursts without
 *                 them within 1 s have as much evidence
 *   ECG           bursts of up to 0.25 s with one waveform: correlation ≥ ECG_CORRELATION with at
 *                 least two others within 3 s, or with two of the last beats so found; and the
 *                 weaker waves of a beat within 0.2 s of it
 * Interference EMG has a new waveform each time. */
#ifndef SOLEUS_SIGNAL_ARTEFACT_H
#define SOLEUS_SIGNAL_ARTEFACT_H

#include "formats/error.h"
#include "pipeline/signal/bins.h"
#include "pipeline/signal/burst.h"

#define SLOW_RATIO      1.8
#define MOTION_RATIO    6.0
#define POP_RATIO       1.0
#define ECG_CORRELATION 0.85
#define ARTEFACT_DELAY  8.0 /* s that a burst is held back at most */

struct artefact;

enum status artefact_create(double bin_rate, struct artefact **artefact, struct error *error);
void artefact_destroy(struct artefact *artefact);

/* Takes a burst; bins must still hold what is 1 s around it. */
enum status artefact_push(struct artefact *artefact, const struct bins *bins,
                          const struct burst *burst, struct error *error);

/* Gives out the oldest burst, flags complete, when `now` (s; INFINITY at the end) is far enough
 * past it. Returns 0 when there is none. */
int artefact_pop(struct artefact *artefact, double now, struct burst *burst);

/* Onset of the oldest burst that is held back; INFINITY when none is. */
double artefact_oldest(const struct artefact *artefact);

#endif
