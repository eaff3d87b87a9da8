/* The close-up of an episode: what the figure shows, cut from the bins while they are there. */
#ifndef SOLEUS_SIGNAL_CLOSEUP_H
#define SOLEUS_SIGNAL_CLOSEUP_H

#include "formats/error.h"
#include "pipeline/signal/bins.h"

#define CLOSEUP_COLUMNS  1200
#define MODULATION_BINS  140
#define MODULATION_WIDTH 0.1 /* Hz */

struct closeup {
    double first;                      /* s, centre of the first column */
    double step;                       /* s */
    size_t count;                      /* columns */
    float *minimum, *maximum;          /* recorded signal, µV; one allocation with envelope */
    float *envelope;                   /* µV: root of the mean activity energy */
    float modulation[MODULATION_BINS]; /* of the envelope over the episode: µV²/Hz at
                                          (i + 1) × MODULATION_WIDTH Hz */
};

/* Cuts [from, to] (s) with columns of at least one bin; the modulation spectrum is that of
 * [onset, offset]. Bins that are gone are NaN. */
enum status closeup_cut(const struct bins *bins, double bin_rate, double from, double to,
                        double onset, double offset, struct closeup *closeup, struct error *error);
void closeup_clear(struct closeup *closeup);

/* The modulation spectrum alone: one-sided density of the envelope √energy, mean removed, Hann
 * window, of [onset, offset] (at most its first 120 s). */
void closeup_modulation(const struct bins *bins, double bin_rate, double onset, double offset,
                        float modulation[MODULATION_BINS]);

#endif
