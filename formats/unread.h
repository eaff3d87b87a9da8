/* Kinds of files that are known by their first bytes and are not read. */
#ifndef SOLEUS_FORMATS_UNREAD_H
#define SOLEUS_FORMATS_UNREAD_H

#include <stddef.h>

/* What the bytes are ("a Neuralynx recording") and what to do with it; NULL when nothing is known
 * of them. */
const char *unread_kind(const unsigned char *head, size_t size);

#endif
