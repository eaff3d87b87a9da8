/* The first minute of a recording, held back until it has told what the filters must know. */
#ifndef SOLEUS_PIPELINE_OPENING_H
#define SOLEUS_PIPELINE_OPENING_H

#include "formats/recording.h"
#include "pipeline/parameters.h"

#define OPENING_SECONDS 60.0

struct opening;

/* Holds channels indexes[0 … count) of info; indexes and info must outlive it. */
enum status opening_create(const struct recording_info *info, const size_t *indexes, size_t count,
                           struct opening **opening, struct error *error);
void opening_destroy(struct opening *opening);

/* Keeps what a block brought. */
enum status opening_keep(struct opening *opening, const struct block *block, struct error *error);

/* Decisions look at no more than OPENING_SECONDS of what is held, so that they do not depend on how
 * much a block brings. */

/* What is held of channel i (by place in indexes); *count 0 after release. */
const float *opening_samples(const struct opening *opening, size_t i, size_t *count);
void opening_release(struct opening *opening, size_t i);

/* *mains: 50, 60, or 0 (Hz), as parameters->mains says or the samples show (of the
 * frequency of the power line, where the recording tells it); masks by channel:
 * harmonics to remove, bit h − 1. Signals that were conditioned before have none left. */
enum status opening_decide_mains(const struct opening *opening, const struct parameters *parameters,
                                 double *mains, unsigned long long *masks, struct error *error);

/* The smallest step between neighbouring samples of channel i: what the converter resolved. */
double opening_quantum(const struct opening *opening, size_t i);

#endif
