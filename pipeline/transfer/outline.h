/* What is written of a recording: its selected channels, or an interval of them. */
#ifndef SOLEUS_PIPELINE_OUTLINE_H
#define SOLEUS_PIPELINE_OUTLINE_H

#include "formats/recording.h"

struct outline {
    size_t count;               /* channels */
    size_t *indexes;            /* owned; of them in the recording */
    uint64_t *first, *last;     /* owned; samples [first, last) of each; last UINT64_MAX: all */
    double start;               /* s into the recording: time zero of what is written */
    double end;                 /* s; INFINITY: the recording's */
    struct recording_info info; /* of what is written: copies, but for warnings and gaps */
};

/* The selected channels from `from` to `to` (s; to 0: the end): the samples with from ≤ time < to.
 * Time zero moves to the first of them, of the channel with the highest rate, and so does
 * info.start. Fails when the interval lies behind the recording's known end. Call outline_clear
 * also after a failure. */
enum status outline_create(struct recording *recording, double from, double to,
                           struct outline *outline, struct error *error);
void outline_clear(struct outline *outline);

/* Replaces the outline's annotations by those that the recording now has: what overlaps the
 * interval, cut to it, in order. */
enum status outline_annotate(struct outline *outline, const struct recording_info *from,
                             struct error *error);

/* Adds one annotation, onset in s into the recording; nothing when it lies outside. */
enum status outline_add(struct outline *outline, double onset, double duration, const char *text,
                        struct error *error);

/* Puts the annotations in order of onset; those at the same time stay as they are. */
void outline_sort(struct outline *outline);

/* Reads the recording, `seconds` at a time, and calls take with a block of the outline's channels
 * (their samples in the interval only) until the interval or the recording ends. take must not keep
 * the block. */
typedef enum status outline_take(void *context, const struct block *block, struct error *error);
enum status outline_run(const struct outline *outline, struct recording *recording, double seconds,
                        outline_take *take, void *context, struct error *error);

#endif
