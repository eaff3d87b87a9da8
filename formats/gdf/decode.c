#include "formats/gdf/gdf.h"
#include "formats/little_endian.h"

#include <math.h>

size_t gdf_width(uint32_t type)
{
    switch (type) {
    case GDF_INT8:
    case GDF_UINT8:
        return 1;
    case GDF_INT16:
    case GDF_UINT16:
        return 2;
    case GDF_INT24:
    case GDF_UINT24:
        return 3;
    case GDF_INT32:
    case GDF_UINT32:
    case GDF_FLOAT32:
        return 4;
    case GDF_INT64:
    case GDF_UINT64:
    case GDF_FLOAT64:
        return 8;
    default:
        return 0;
    }
}

/* One loop a type, so that each can be made fast. Computed in double: 24 bits and an offset would
 * lose digits in float. */
#define DECODE(value)                                                                              \
    for (size_t i = 0; i < count; i++) {                                                           \
        const unsigned char *p = from + i * step;                                                  \
        to[i] = (float)(gain * (double)(value) + offset);                                          \
    }                                                                                              \
    return false

static bool decode_real(float *to, const unsigned char *from, size_t step, size_t count, bool wide,
                        double gain, double offset)
{
    bool infinite = false;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *p = from + i * step;
        float value = (float)(gain * (wide ? little_double(p) : (double)little_float(p)) + offset);
        bool wrong = isinf(value);
        infinite = infinite || wrong;
        to[i] = wrong ? NAN : value;
    }
    return infinite;
}

bool gdf_decode(float *to, const unsigned char *from, size_t step, size_t count, uint32_t type,
                double gain, double offset)
{
    switch (type) {
    case GDF_INT8:
        DECODE((int8_t)p[0]);
    case GDF_UINT8:
        DECODE(p[0]);
    case GDF_INT16:
        DECODE((int16_t)little_16(p));
    case GDF_UINT16:
        DECODE(little_16(p));
    case GDF_INT24:
        DECODE((int32_t)(little_24(p) << 8) >> 8);
    case GDF_UINT24:
        DECODE(little_24(p));
    case GDF_INT32:
        DECODE((int32_t)little_32(p));
    case GDF_UINT32:
        DECODE(little_32(p));
    case GDF_INT64:
        DECODE((int64_t)little_64(p));
    case GDF_UINT64:
        DECODE(little_64(p));
    default:
        return decode_real(to, from, step, count, type == GDF_FLOAT64, gain, offset);
    }
}
