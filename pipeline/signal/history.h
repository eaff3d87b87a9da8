/* What is kept of a channel's epochs to the end of the recording, and what they tell of an
 * episode's surroundings: the trend before it, and the recovery after it.
 *
 * Epoch k covers [k · hop, k · hop + epoch] s. */
#ifndef SOLEUS_SIGNAL_HISTORY_H
#define SOLEUS_SIGNAL_HISTORY_H

#include "formats/error.h"
#include "pipeline/signal/spans.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum history_state {
    HISTORY_MISSING = 0, /* no value: a gap, flat, cut short */
    HISTORY_REST,        /* nothing in it */
    HISTORY_PARTLY,      /* active for less than half of it */
    HISTORY_ACTIVE,      /* active for half of it or more */
    HISTORY_ARTEFACT     /* an artefact in it */
};

/* Nine bytes an epoch. Zero it and set hop and epoch. */
struct history {
    double hop, epoch; /* s */
    float *rms, *mdf;  /* µV, Hz; NaN where there is none */
    uint8_t *state;    /* enum history_state */
    size_t count, capacity;
};

/* Adds the next epoch; without an RMS it is missing. */
enum status history_add(struct history *history, double rms, double mdf, enum history_state state,
                        struct error *error);
void history_clear(struct history *history);

enum history_value { HISTORY_RMS, HISTORY_MDF };

#define HISTORY_SLOPE_LEAST 5 /* epochs for a slope */

/* Change of a value over the sound epochs that lie wholly in [from, to] and clear of `taken`, in %
 * a minute: 6000 · slope / F0, with the least-squares line's slope (1/s) and its value F0 at the
 * first of them. MDF: over active epochs only, since noise makes the MDF of rest. NaN with fewer
 * than HISTORY_SLOPE_LEAST epochs, or where F0 is not positive. */
enum status history_slope(const struct history *history, enum history_value value, double from,
                          double to, const struct spans *taken, double *slope, struct error *error);

/* How recovery is judged. */
struct recovery_design {
    size_t baseline;  /* epochs that make a baseline, at most: the last ones before the onset */
    double rms_bound; /* dB above the baseline */
    double mdf_bound; /* % from the baseline, either way */
    size_t run;       /* epochs in a row */
};

#define RECOVERY_BASELINE_LEAST 5 /* epochs */

enum recovery_reason {
    RECOVERY_NO_REST_BEFORE = 1,     /* too few epochs at rest before the onset: rms is NaN */
    RECOVERY_RMS_CENSORED = 2,       /* rms was not seen back at its baseline */
    RECOVERY_NO_ACTIVITY_BEFORE = 4, /* too few active epochs before the onset: mdf is NaN */
    RECOVERY_NO_ACTIVITY_AFTER = 8,  /* fewer active epochs after the offset than a run */
    RECOVERY_MDF_CENSORED = 16       /* mdf was not seen back at its baseline */
};

/* Names of the bits, lowest first, NULL-terminated. */
extern const char *const recovery_reason_names[];

struct recovery {
    double rms, mdf;  /* s after the offset, ≥ 0; NaN */
    unsigned reasons; /* enum recovery_reason: why one is NaN */
};

/* Recovery after an episode [onset, offset]; of times on the grid of epochs.
 *
 * rms: the start of the first `run` successive epochs, the first of which starts at or after the
 * offset and the last of which ends by `until` (the next episode, or the end), that all have an RMS
 * of at most baseline · 10^(rms_bound/20). Epochs that are missing or hold an artefact break a run.
 * The baseline is the median RMS of the last `baseline` epochs at rest that end before the onset.
 *
 * mdf: where the muscle was active before and after: the start of the first `run` successive active
 * epochs (rest between them is passed over) that start at or after the offset whose median MDF lies
 * within mdf_bound % of the baseline, the median MDF of the last `baseline` active epochs that end
 * before the onset. Activity after the next onset counts, since a muscle shows its spectrum only
 * when active.
 *
 * Epochs that overlap `taken` (intervals that are left out) are as missing. */
enum status history_recovery(const struct history *history, double onset, double offset,
                             double until, const struct spans *taken,
                             const struct recovery_design *design, struct recovery *recovery,
                             struct error *error);

#endif
