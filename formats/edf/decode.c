#include "formats/edf/decode.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* Computed in double: 24 bits and an offset would lose digits in float. */
static void decode_16(float *restrict to, const unsigned char *restrict from, size_t count,
                      double gain, double offset)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t bits;
        memcpy(&bits, from + 2 * i, sizeof bits);
        to[i] = (float)(gain * (int16_t)le16toh(bits) + offset);
    }
}

static void decode_24(float *restrict to, const unsigned char *restrict from, size_t count,
                      double gain, double offset)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned char *p = from + 3 * i;
        uint32_t bits = (uint32_t)p[0] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 24;
        to[i] = (float)(gain * ((int32_t)bits >> 8) + offset);
    }
}

void edf_decode(float *to, const unsigned char *from, size_t runs, size_t stride, size_t count,
                size_t width, double gain, double offset)
{
    /* A lone signal's samples follow each other from record to record. */
    if (stride == count * width) {
        count *= runs;
        runs = 1;
    }
    for (size_t run = 0; run < runs; run++) {
        if (width == 2) {
            decode_16(to, from, count, gain, offset);
        } else {
            decode_24(to, from, count, gain, offset);
        }
        to += count;
        from += stride;
    }
}
