/* How many bytes of samples an audio file's own header claims. libsndfile mends a cut file
 * without a word, so that the claim has to be found beside it. */
#ifndef SOLEUS_FORMATS_AUDIO_CLAIM_H
#define SOLEUS_FORMATS_AUDIO_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

struct audio_claim {
    bool known;     /* false: no such chunk, or a header that leaves the size open */
    uint64_t start; /* of the samples in the file */
    uint64_t size;  /* bytes of samples that the header claims */
};

/* Walks the chunks of a WAV, RF64, W64, AIFF or CAF file. Other files have no claim. */
struct audio_claim audio_claim_read(int descriptor);

#endif
