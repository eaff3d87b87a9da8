/* Markers of one epoch, and the table of them.
 *
 * A marker is one row: name, unit, long name, reference, function. HDF5 datasets, TSV columns,
 * `soleus markers --list` and the manual follow from the table. P_k is the density in the band,
 * f_k = k·Δf, m_n = Σ f_k^n P_k Δf. A marker that cannot be computed is NaN. */
#ifndef SOLEUS_SIGNAL_MARKERS_H
#define SOLEUS_SIGNAL_MARKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Status of an epoch of a channel: why values are missing or to be taken with care. */
enum epoch_status {
    EPOCH_REST = 1,      /* no muscle activity over half of it or more */
    EPOCH_SHORT = 2,     /* the recording ends inside it */
    EPOCH_FLAT = 4,      /* one value throughout */
    EPOCH_CLIPPED = 8,   /* samples at the limits */
    EPOCH_MAINS = 16,    /* mains was more than half of the band's power */
    EPOCH_GAP = 32,      /* samples are missing */
    EPOCH_ARTEFACT = 64, /* what is active in it was rejected as an artefact */
    EPOCH_NARROW = 128   /* the rate does not allow the whole band */
};

/* Names of the bits, lowest first, NULL-terminated. */
extern const char *const epoch_status_names[];

struct marker_input {
    const float *density;     /* µV²/Hz by bin; NULL: spectral markers are NaN */
    size_t bin_low, bin_high; /* the band; low > high: empty */
    double bin_width;         /* Hz */
    const float *conditioned; /* µV, `count` finite samples; NULL: time markers are NaN */
    size_t count;
    double rate;                      /* Hz */
    double low_band[2], high_band[2]; /* Hz, of lhr */
    double hysteresis;                /* fraction of the RMS, of zcr and ssc */

    /* Filled by markers_prepare, for the functions below. */
    double m[4]; /* m0 … m3 */
    double m_1, m5;
    double power_rms; /* of conditioned */
};

struct marker {
    const char *name;
    const char *unit; /* with uV as the unit of amplitude; "a.u." replaces uV on output */
    const char *long_name;
    const char *reference;
    double (*compute)(const struct marker_input *input);
    bool logarithm; /* trends are fitted to its logarithm */
};

extern const struct marker markers_table[];
extern const size_t markers_count;

#define MARKERS_MAX 32

/* Index of a marker by name; SIZE_MAX when there is none. */
size_t markers_find(const char *name);

/* Sums that several markers share. */
void markers_prepare(struct marker_input *input);

/* All markers of the table, after markers_prepare; values has room for markers_count. */
void markers_compute(const struct marker_input *input, double *values);

#endif
