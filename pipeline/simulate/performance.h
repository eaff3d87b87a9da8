/* The performance of a plan's episodes and fasciculations: muscle activity, in order of time. */
#ifndef SOLEUS_PIPELINE_SIMULATE_PERFORMANCE_H
#define SOLEUS_PIPELINE_SIMULATE_PERFORMANCE_H

#include "pipeline/simulate/tissue.h"
#include "pipeline/simulate/truth.h"

struct performance;

/* Pools and electrodes are made for the muscles that are active at some time; where there is
 * recorded tissue, for fasciculations alone. plan, tissue and ziggurat outlive the performance. */
enum status performance_create(const struct plan *plan, const struct tissue *tissue,
                               const struct ziggurat *ziggurat, struct performance **performance,
                               struct error *error);
void performance_destroy(struct performance *performance);

/* Frames that a canvas must hold beyond those being made. */
size_t performance_tail(const struct performance *performance);

/* Adds all activity whose discharges come before `until` (s); rows of what is over go to the
 * truth. canvases by channel. */
enum status performance_advance(struct performance *performance, double until,
                                struct canvas *canvases, struct truth *truth, struct error *error);

/* Rows of what is still going on when the recording ends. */
enum status performance_finish(struct performance *performance, struct truth *truth,
                               struct error *error);

#endif
