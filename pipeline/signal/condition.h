/* Zero-phase conditioning of a stream: a symmetric FIR by overlap-save, its delay compensated.
 *
 * Output sample i belongs to input sample i. The signal is continued by its mirror image at both
 * ends, mains lines by themselves (signal/hum.h). Gaps (NaN) come out as NaN; across a gap the
 * signal is held and its offset shifted, so that no step excites the filter. Results do not depend
 * on how the input is cut into pieces. */
#ifndef SOLEUS_SIGNAL_CONDITION_H
#define SOLEUS_SIGNAL_CONDITION_H

#include "formats/error.h"
#include "pipeline/signal/kernel.h"

#include <stddef.h>

/* What all channels of one rate and one kernel share; made before threads start. */
struct condition_plan;

enum status condition_plan_create(const struct kernel *kernel, struct condition_plan **plan,
                                  struct error *error);
void condition_plan_destroy(struct condition_plan *plan);

/* A channel's state. plan must outlive it. */
struct condition;

enum status condition_create(const struct condition_plan *plan, struct condition **condition,
                             struct error *error);
void condition_destroy(struct condition *condition);

/* The most that one push of `count` samples, or finish, can give. */
size_t condition_room(const struct condition_plan *plan, size_t count);

/* Takes count samples; writes what has become ready to out and returns how many. */
size_t condition_push(struct condition *condition, const float *in, size_t count, float *out);

/* The rest, up to the last input sample. */
size_t condition_finish(struct condition *condition, float *out);

#endif
