/* Which streams of an XDF file are delivered, at which rates, and where their stretches lie. */
#ifndef SOLEUS_FORMATS_XDF_PLAN_H
#define SOLEUS_FORMATS_XDF_PLAN_H

#include "formats/xdf/streams.h"

struct xdf_planned {
    struct xdf_stream *stream;
    size_t first;    /* channel of the recording */
    double rate;     /* Hz, as delivered */
    double measured; /* Hz, by the stamps; NaN when these cannot tell */
    double start;    /* s: the first sample, on the recorder's clock */
    uint64_t frames; /* in all, missing ones included */
};

struct xdf_plan {
    size_t count;
    struct xdf_planned *streams; /* owned */
    double zero;                 /* s: the recording's first sample, on the recorder's clock */
};

/* Chooses streams and allocates and fills info's channels; sets onsets of annotations, start and
 * duration; places the stretches (their `frame`). */
enum status xdf_plan(struct xdf_file *file, const struct reader_options *options,
                     struct xdf_plan *plan, struct error *error);

#endif
