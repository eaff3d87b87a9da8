/* Episodes as annotations, for review in a viewer, and back: "tonic [Gastrocnemius L]". */
#ifndef SOLEUS_PIPELINE_REMARKS_H
#define SOLEUS_PIPELINE_REMARKS_H

#include "pipeline/transfer/outline.h"

/* Reads a table of BIDS events (onset, duration, trial_type, and channel or not) and adds each row
 * to the outline's annotations: its trial_type, and in brackets the channel it is of. Onsets are in
 * seconds into the recording. *added counts them. */
enum status remarks_add(const char *path, struct outline *outline, size_t *added,
                        struct error *error);

/* Takes the text of an annotation apart: `type` is what stands before the bracket, `label` the
 * channel ("" when there is none; "type@@channel", as EDF+ ties an annotation, means the same; cut
 * is true when the text ends before the closing bracket, as texts do that some programs cut).
 * Blanks about both are taken off. */
struct remark {
    char type[LABEL_SIZE], label[LABEL_SIZE];
    bool cut;
};
struct remark remark_parse(const char *text);

/* Whether a remark's label means a channel: the same but for case, or as formats cut and spell
 * labels (16 characters, ASCII). */
bool remark_is_of(const struct remark *remark, const struct channel *channel);

#endif
