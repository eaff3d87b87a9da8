/* The conditioning filter of a channel, from parameters: kernel, plan and state together. */
#ifndef SOLEUS_PIPELINE_CONDITIONING_H
#define SOLEUS_PIPELINE_CONDITIONING_H

#include "formats/recording.h"
#include "pipeline/signal/condition.h"

#include <stdbool.h>

struct conditioning {
    double band[2]; /* Hz, as clamped to the rate */
    bool narrowed;  /* the rate did not allow the whole band */
    bool empty;     /* nor any of it: output is NaN */
    bool done;      /* the samples went through the filter before: they are passed on */
    struct kernel kernel;
    struct condition_plan *plan;
    struct condition *state;
};

/* Whether a channel's rate leaves enough of the band (Hz): at least the width of the filter's edges
 * below 0.45 × rate. Otherwise STATUS_FAILED, with a message to be prefixed by the recording. */
enum status conditioning_check(const struct channel *channel, const double band[2],
                               struct error *error);

/* Lines to remove: harmonics of a mains frequency (Hz; 0: none), bit h − 1 of the mask. */
struct mains_removal {
    double frequency;
    unsigned long long mask;
};

enum status conditioning_create(struct conditioning *conditioning, double rate,
                                const double band[2], const struct mains_removal *removals,
                                size_t removal_count, bool done, struct error *error);
void conditioning_clear(struct conditioning *conditioning);

/* As condition_room, condition_push and condition_finish. */
size_t conditioning_room(const struct conditioning *conditioning, size_t count);
size_t conditioning_push(struct conditioning *conditioning, const float *x, size_t count, float *y);
size_t conditioning_finish(struct conditioning *conditioning, float *y);

#endif
