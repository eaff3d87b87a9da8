/* Text that comes from files, made sound UTF-8 before it is stored or written. */
#ifndef SOLEUS_FORMATS_UTF8_H
#define SOLEUS_FORMATS_UTF8_H

#include <stddef.h>

/* Length of the sound UTF-8 character at text (at most `left` bytes), 0 when there is none:
 * overlong forms, surrogates and code points past U+10FFFF are unsound. A zero byte counts as a
 * character of length 1. */
size_t utf8_character(const char *text, size_t left);

/* A copy of the first `length` bytes with every unsound byte replaced by U+FFFD, and a final
 * zero. NULL when memory runs out. */
char *utf8_duplicate(const char *text, size_t length);

#endif
