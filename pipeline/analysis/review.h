/* Episodes as a reviewer has left them: annotations instead of the detector's. */
#ifndef SOLEUS_PIPELINE_REVIEW_H
#define SOLEUS_PIPELINE_REVIEW_H

#include "pipeline/analysis/analysis.h"

/* What became of the annotations. */
struct review {
    size_t taken;
    size_t unknown;   /* whose text is no class, and not of the pattern */
    size_t elsewhere; /* of a channel that is not analysed, or of none where there are several */
    size_t instantaneous; /* without a duration */
    size_t outside;       /* before the recording begins, or after it ends */
    char unknown_text[LABEL_SIZE], elsewhere_text[LABEL_SIZE]; /* the first of them */
};

/* Replaces analysis->episodes by the annotations of `from` (which may be the analysed recording's
 * own): those whose text is a class ("tonic", "tonic [Gastrocnemius L]"), and those whose text
 * without the channel fits the shell pattern `label` (NULL: none), with that text as trial_type.
 * An annotation that names no channel is of the only one. `shift` (s) is added to their onsets.
 * Measurements are made anew from the analysed signal's bursts. */
enum status review_take(struct analysis *analysis, const struct recording_info *from, double shift,
                        const char *label, struct review *review, struct error *error);

#endif
