/* Numbers that a file keeps with their lowest byte first, at any address. */
#ifndef SOLEUS_FORMATS_LITTLE_ENDIAN_H
#define SOLEUS_FORMATS_LITTLE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t little_16(const unsigned char *from)
{
    uint16_t bits;
    memcpy(&bits, from, sizeof bits);
    return le16toh(bits);
}

static inline uint32_t little_24(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16;
}

static inline uint32_t little_32(const unsigned char *from)
{
    uint32_t bits;
    memcpy(&bits, from, sizeof bits);
    return le32toh(bits);
}

static inline uint64_t little_64(const unsigned char *from)
{
    uint64_t bits;
    memcpy(&bits, from, sizeof bits);
    return le64toh(bits);
}

/* IEEE 754, of four bytes and of eight. */
static inline float little_float(const unsigned char *from)
{
    uint32_t bits = little_32(from);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double little_double(const unsigned char *from)
{
    uint64_t bits = little_64(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
