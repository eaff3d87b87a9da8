/* The sidecar of a results file that is a BIDS derivative (desc-soleus_emg.json). */
#ifndef SOLEUS_PIPELINE_DERIVATIVE_H
#define SOLEUS_PIPELINE_DERIVATIVE_H

#include "pipeline/save/save.h"

#include <stdio.h>

/* Writes one object: Description, Sources, what made it and of what. Errors of the stream are the
 * caller's to find. */
enum status derivative_describe(const struct analysis *analysis,
                                const struct provenance *provenance, FILE *stream,
                                struct error *error);

#endif
