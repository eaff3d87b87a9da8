/* Arrays that grow by one element at a time, their capacity the next power of two. */
#ifndef SOLEUS_FORMATS_GROW_H
#define SOLEUS_FORMATS_GROW_H

#include "formats/checked.h"

/* Makes room for element `count`, of `size` bytes, in an array that has grown by this function
 * alone. NULL when memory ran out (the old array then still stands). */
static inline void *grow(void *array, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0) {
        return array;
    }
    return checked_realloc(array, count ? 2 * count : 1, size);
}

#endif
