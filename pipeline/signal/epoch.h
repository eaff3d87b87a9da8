/* Cuts a stream into epochs: epoch k starts at sample round(k · hop · rate), k = 0, 1, …, so that
 * epochs of channels with different rates stay aligned in time. */
#ifndef SOLEUS_SIGNAL_EPOCH_H
#define SOLEUS_SIGNAL_EPOCH_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

struct epocher;

/* size: samples of an epoch; hop in s; rate in Hz. */
enum status epocher_create(size_t size, double hop, double rate, struct epocher **epocher,
                           struct error *error);
void epocher_destroy(struct epocher *epocher);

/* Called with each whole epoch: its number and `size` samples, valid during the call. */
typedef void epoch_function(void *context, uint64_t number, const float *samples, size_t size);

void epocher_push(struct epocher *epocher, const float *samples, size_t count,
                  epoch_function *function, void *context);

/* Calls function for epochs that the end of the stream cuts short, with what there is of them:
 * at least half an epoch. */
void epocher_finish(struct epocher *epocher, epoch_function *function, void *context);

#endif
