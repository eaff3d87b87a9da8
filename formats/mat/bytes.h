/* A stream of bytes out of a part of a file: as they are, or inflated. Several may stand at
 * different places of one descriptor. */
#ifndef SOLEUS_FORMATS_MAT_BYTES_H
#define SOLEUS_FORMATS_MAT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mat_bytes;

/* Bytes start to limit of the descriptor. NULL when memory ran out. */
struct mat_bytes *mat_bytes_open(int descriptor, uint64_t start, uint64_t limit, bool inflating);
/* A second stream at the same place. NULL when memory ran out. */
struct mat_bytes *mat_bytes_clone(const struct mat_bytes *bytes);
void mat_bytes_close(struct mat_bytes *bytes);

/* Where it stands: a place in the file, or in the inflated bytes. */
uint64_t mat_bytes_position(const struct mat_bytes *bytes);
/* Returns how many came; fewer at the end of the part, and where it is damaged. */
size_t mat_bytes_read(struct mat_bytes *bytes, void *to, size_t size);
/* Moves on; false when the bytes end before (inflated ones: that many can never come). */
bool mat_bytes_skip(struct mat_bytes *bytes, uint64_t count);

/* Inflates what is left; returns whether it was all there and its checksum was right. Plain bytes
 * have none: true. */
bool mat_bytes_finish(struct mat_bytes *bytes);

#endif
