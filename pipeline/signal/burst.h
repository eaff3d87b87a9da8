/* A burst: an interval of activity in one channel. */
#ifndef SOLEUS_SIGNAL_BURST_H
#define SOLEUS_SIGNAL_BURST_H

#include <stddef.h>
#include <stdint.h>

enum burst_flag {
    BURST_START = 1,     /* touches the recording's start, or a gap's end */
    BURST_END = 2,       /* touches the recording's end, or a gap's start */
    BURST_POTENTIAL = 4, /* too short for a burst: a single potential (fasciculation) */
    BURST_MOTION = 8,    /* rejected: most of its energy lies below 20 Hz (motion, a pop) */
    BURST_ECG = 16,      /* rejected: one shape that comes back at heart rate */
    BURST_LINE = 32      /* rejected: a narrow line (mains switched on or off) */
};

#define BURST_ARTEFACT (BURST_MOTION | BURST_ECG | BURST_LINE)

#define RELAXATION_REACH  2.0 /* s */
#define BURST_ROUGH_LEAST 0.4 /* s */

struct burst {
    double onset, offset; /* s */
    double peak;          /* µV: root of the largest smoothed energy */
    double peak_time;     /* s: where that is */
    double mean;          /* µV: root of the mean energy */
    double floor;         /* µV: root of the noise floor there */
    double relaxation; /* µV: root of the least energy over 40 ms since the burst before (at most
                          RELAXATION_REACH back) */
    double evidence;   /* nats for activity against the noise floor; see signal/evidence.h */
    double noise_likeness; /* (h − h0)/h0 over (e − e0)/e0, with e the mean energy, h that at high
                              frequencies, 0 at rest: about 1 where noise grows, less in muscle;
                              NaN where the rest tells nothing */
    double slowness; /* (s − s0)/s0 over (e − e0)/e0 with s the mean square: 1 where noise grows,
                        about that in muscle, more where most is near the band's lower edge (motion,
                        ECG); NaN where the rest tells nothing */
    double roughness; /* squared coefficient of variation of its 40 ms means over that of the rest:
                         1 in noise, more in muscle; NaN in bursts under BURST_ROUGH_LEAST */
    unsigned flags;   /* enum burst_flag */
};

/* Names of the flags, lowest first, NULL-terminated. */
extern const char *const burst_flag_names[];

#endif
