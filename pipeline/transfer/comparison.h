/* What has been written, read back and compared with what it was made of. */
#ifndef SOLEUS_PIPELINE_COMPARISON_H
#define SOLEUS_PIPELINE_COMPARISON_H

#include "pipeline/transfer/outline.h"

struct comparison_channel {
    double error;    /* largest difference, in the unit of what was written */
    double time;     /* s: of the sample where it is */
    uint64_t lost;   /* samples that the output lacks */
    uint64_t made;   /* samples of the output where there was a gap */
    double rate;     /* Hz, of the output */
    uint64_t digest; /* of the output's samples */
    bool same_unit;
};

struct comparison {
    size_t count;
    struct comparison_channel *channels; /* owned; by the outline's channel */
};

/* Opens what was written at path and compares it with the outline's part of `original`, which has
 * just been opened. With original NULL only rates and digests are filled. Call comparison_clear
 * also after a failure. */
enum status comparison_make(const char *path, const struct outline *outline,
                            struct recording *original, double seconds,
                            struct comparison *comparison, struct error *error);
void comparison_clear(struct comparison *comparison);

/* A digest of samples by place and bits, gaps left out: begins as 0. */
struct digest {
    uint64_t value, position;
};
void digest_add(struct digest *digest, const float *samples, size_t count);

#endif
