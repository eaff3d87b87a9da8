/* The baseline of a channel, second by second: what counts as rest at a moment.
 *
 * Tracked from the bins:
 *   floor     the noise floor within the horizon (signal/floor.h) of the seconds' levels, where the
 *             level is the median of the second's five 200 ms means of activity energy
 *   growth    noise that has grown above that floor for a while (signal/growth.h), unless the floor
 *             itself has the spectrum of muscle, or the rate is too low to tell
 *   extreme   a low quantile of the seconds' largest short-window means: what noise alone reaches
 *             every second, whatever its bandwidth
 *   loudest   the largest 200 ms mean within PROMINENCE_REACH: next to strong activity, weak
 *             activity is background tone. Where loudest × prominence exceeds the floor, the floor
 *             is raised to it. */
#ifndef SOLEUS_SIGNAL_BASELINE_H
#define SOLEUS_SIGNAL_BASELINE_H

#include "formats/error.h"
#include "pipeline/signal/bins.h"

#include <stdbool.h>

#define FLOOR_QUANTILE   0.03
#define EXTREME_QUANTILE 0.1
#define PROMINENCE_REACH 10 /* s, each way */

struct baseline_design {
    double bin_rate;       /* bins/s */
    double short_window;   /* s */
    double horizon;        /* s, ≥ PROMINENCE_REACH */
    double minimum_energy; /* the floor is never below this */
    double prominence;     /* energy relative to the loudest around */
    double freedom;        /* degrees of freedom of noise's energy over a second */
    double noise_ratio;    /* high over activity energy of noise with a flat spectrum */
    double muscle_ratio;   /* of the surface EMG of the highest frequencies */
};

struct baseline;

/* At a second: energies, NaN when nothing within reach is valid. */
struct baseline_level {
    double floor;     /* raised by growth, and to the prominence */
    double noise;     /* raised by growth alone */
    double extreme;   /* raised in proportion */
    double high;      /* floor of the energy at high frequencies; NaN: tells nothing */
    double square;    /* floor of the mean square */
    double roughness; /* of the floor; see growth.h */
};

enum status baseline_create(const struct baseline_design *design, struct baseline **baseline,
                            struct error *error);
void baseline_destroy(struct baseline *baseline);

/* First bin of a second. */
uint64_t baseline_second(const struct baseline *baseline, uint64_t second);

/* Takes all seconds that are complete in bins; `ended`: also a last one that is half there. */
void baseline_push(struct baseline *baseline, const struct bins *bins, bool ended);

/* Whether all that decides on `second` has been pushed. */
bool baseline_settled(const struct baseline *baseline, uint64_t second);

/* Seconds must be asked for in ascending order; bins must still hold a second on either side. */
struct baseline_level baseline_at(struct baseline *baseline, const struct bins *bins,
                                  uint64_t second);

#endif
