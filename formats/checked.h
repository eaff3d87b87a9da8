/* Arithmetic on sizes that came from a file: every product and sum is checked before use. */
#ifndef SOLEUS_FORMATS_CHECKED_H
#define SOLEUS_FORMATS_CHECKED_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Each returns false, and leaves *result undefined, when the value does not fit in size_t. */
static inline bool checked_multiply(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

static inline bool checked_add(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

/* calloc that never gets a size of zero, so that NULL always means that memory ran out. */
static inline void *checked_calloc(size_t count, size_t size)
{
    return calloc(count ? count : 1, size ? size : 1);
}

/* realloc to count × size bytes; NULL when the product overflows or memory ran out (the old
 * block then still stands). */
static inline void *checked_realloc(void *pointer, size_t count, size_t size)
{
    size_t bytes;
    if (!checked_multiply(count, size, &bytes)) {
        return NULL;
    }
    return realloc(pointer, bytes ? bytes : 1);
}

/* Room for one more element in a list of `count`, which grows twofold; NULL when memory ran out
 * (the list then still stands). For lists that grow by this alone. */
static inline void *checked_grow(void *list, size_t count, size_t size)
{
    return count & (count - 1) ? list : checked_realloc(list, count ? 2 * count : 1, size);
}

/* The whole number of samples nearest to `seconds` at `rate` Hz; false when that is negative, no
 * number, or more than a double counts one by one. */
static inline bool checked_frames(double seconds, double rate, uint64_t *frames)
{
    double count = rint(seconds * rate);
    if (!(count >= 0 && count <= 9007199254740992.0)) {
        return false;
    }
    *frames = (uint64_t)count;
    return true;
}

#endif
