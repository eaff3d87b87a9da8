/* Conditions a recording and writes it: what `soleus filter` does, in bounded memory. */
#ifndef SOLEUS_PIPELINE_FILTER_H
#define SOLEUS_PIPELINE_FILTER_H

#include "formats/recording.h"
#include "formats/writer.h"
#include "pipeline/parameters.h"

/* Reads the selected channels of the recording to its end, filters them as the analysis does
 * (zero-phase band-pass and mains removal) and writes them with the writer. The caller commits or
 * aborts the output. */
enum status filter_recording(struct recording *recording, const struct parameters *parameters,
                             const struct writer *writer, struct output *output,
                             struct error *error);

#endif
