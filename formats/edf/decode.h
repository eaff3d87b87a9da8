/* Samples of EDF and BDF to physical values. */
#ifndef SOLEUS_FORMATS_EDF_DECODE_H
#define SOLEUS_FORMATS_EDF_DECODE_H

#include <stddef.h>

/* to[i] = gain × raw + offset for `runs` runs of `count` samples each; a run's samples are packed,
 * and runs begin `stride` bytes apart. `width` is 2 or 3 bytes, little-endian, two's complement. */
void edf_decode(float *to, const unsigned char *from, size_t runs, size_t stride, size_t count,
                size_t width, double gain, double offset);

#endif
