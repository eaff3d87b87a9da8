/* Numbers as MATLAB files store them, and characters in their codings. */
#ifndef SOLEUS_FORMATS_MAT_NUMBERS_H
#define SOLEUS_FORMATS_MAT_NUMBERS_H

#include "formats/mat/array.h"

/* Converts count numbers of that class, in the other byte order when swap. */
void mat_numbers_convert(enum mat_class class, bool swap, const unsigned char *from, size_t count,
                         double *to);

/* Converts UTF-8 bytes to code points, count at most; the rest of `to` is left. */
void mat_numbers_from_utf8(const unsigned char *from, size_t size, size_t count, double *to);

uint32_t mat_numbers_u32(const unsigned char *from, bool swap);

#endif
