#include "formats/mat/numbers.h"

#include "formats/utf8.h"

#include <string.h>

uint32_t mat_numbers_u32(const unsigned char *from, bool swap)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return swap ? __builtin_bswap32(value) : value;
}

#define CONVERT_AS(type)                                                                           \
    for (size_t i = 0; i < count; i++) {                                                           \
        type value;                                                                                \
        memcpy(&value, from + i * sizeof value, sizeof value);                                     \
        to[i] = (double)value;                                                                     \
    }

/* Reads the whole number behind the bits in the right order, then takes it for `type`. */
#define CONVERT_SWAPPED(bits, whole, type)                                                         \
    for (size_t i = 0; i < count; i++) {                                                           \
        whole swapped;                                                                             \
        type value;                                                                                \
        memcpy(&swapped, from + i * sizeof swapped, sizeof swapped);                               \
        swapped = __builtin_bswap##bits(swapped);                                                  \
        memcpy(&value, &swapped, sizeof value);                                                    \
        to[i] = (double)value;                                                                     \
    }

#define CONVERT(bits, whole, type)                                                                 \
    if (swap) {                                                                                    \
        CONVERT_SWAPPED(bits, whole, type)                                                         \
    } else {                                                                                       \
        CONVERT_AS(type)                                                                           \
    }                                                                                              \
    break

void mat_numbers_convert(enum mat_class class, bool swap, const unsigned char *from, size_t count,
                         double *to)
{
    switch (class) {
    case MAT_INT8:
        CONVERT_AS(int8_t) break;
    case MAT_UINT8:
        CONVERT_AS(uint8_t) break;
    case MAT_INT16:
        CONVERT(16, uint16_t, int16_t);
    case MAT_UINT16:
        CONVERT(16, uint16_t, uint16_t);
    case MAT_INT32:
        CONVERT(32, uint32_t, int32_t);
    case MAT_UINT32:
        CONVERT(32, uint32_t, uint32_t);
    case MAT_INT64:
        CONVERT(64, uint64_t, int64_t);
    case MAT_UINT64:
        CONVERT(64, uint64_t, uint64_t);
    case MAT_SINGLE:
        CONVERT(32, uint32_t, float);
    case MAT_DOUBLE:
        CONVERT(64, uint64_t, double);
    default:
        memset(to, 0, count * sizeof *to);
    }
}

void mat_numbers_from_utf8(const unsigned char *from, size_t size, size_t count, double *to)
{
    static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t at = 0;
    for (size_t i = 0; i < count && at < size; i++) {
        size_t length = utf8_character((const char *)from + at, size - at);
        uint32_t code = length ? from[at] & lead[length] : 0xfffd;
        for (size_t k = 1; k < length; k++) {
            code = code << 6 | (from[at + k] & 0x3fu);
        }
        to[i] = code;
        at += length ? length : 1;
    }
}
