#include "formats/utf8.h"

#include "formats/checked.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

size_t utf8_character(const char *text, size_t left)
{
    const unsigned char *p = (const unsigned char *)text;
    if (left == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        return 1;
    }
    size_t length;
    unsigned char low = 0x80, high = 0xbf; /* of the second byte */
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        length = 2;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        length = 3;
        low = p[0] == 0xe0 ? 0xa0 : low;
        high = p[0] == 0xed ? 0x9f : high;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        length = 4;
        low = p[0] == 0xf0 ? 0x90 : low;
        high = p[0] == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (left < length || p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return length;
}

char *utf8_duplicate(const char *text, size_t length)
{
    size_t unsound = 0, bytes;
    for (size_t i = 0; i < length;) {
        size_t step = utf8_character(text + i, length - i);
        unsound += step == 0;
        i += step ? step : 1;
    }
    if (!checked_multiply(unsound, sizeof replacement - 2, &bytes) ||
        !checked_add(bytes, length, &bytes) || !checked_add(bytes, 1, &bytes)) {
        return NULL;
    }
    char *copy = malloc(bytes);
    if (!copy) {
        return NULL;
    }
    char *to = copy;
    for (size_t i = 0; i < length;) {
        size_t step = utf8_character(text + i, length - i);
        if (step) {
            memcpy(to, text + i, step);
            to += step;
            i += step;
        } else {
            memcpy(to, replacement, sizeof replacement - 1);
            to += sizeof replacement - 1;
            i++;
        }
    }
    *to = '\0';
    return copy;
}
