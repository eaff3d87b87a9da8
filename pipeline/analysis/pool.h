/* A few threads that work through numbered jobs. Results must not depend on which thread does
 * which job, and do not: jobs share nothing. */
#ifndef SOLEUS_PIPELINE_POOL_H
#define SOLEUS_PIPELINE_POOL_H

#include "formats/error.h"

#include <stddef.h>

struct pool;

/* threads: 0 means one a processor. With one thread, jobs run in the caller's. */
enum status pool_create(size_t threads, struct pool **pool, struct error *error);
void pool_destroy(struct pool *pool);

/* Calls job(context, i) for i = 0 … count − 1 in some order; returns when all are done. */
void pool_run(struct pool *pool, size_t count, void (*job)(void *context, size_t i), void *context);

#endif
