/* Reads the numbers of an array one after the other, in the order in which they lie: down the
 * columns. A compressed array is inflated as it is read, so that memory does not grow with it. */
#ifndef SOLEUS_FORMATS_MAT_CURSOR_H
#define SOLEUS_FORMATS_MAT_CURSOR_H

#include "formats/mat/file.h"

struct mat_cursor;

/* At the first number. `from`, when not NULL, is a cursor of the same array, or of one in the
 * same compressed bytes, from whose place the new one may go on. file and array outlive it. NULL
 * when memory ran out or the array cannot be opened. */
struct mat_cursor *mat_cursor_open(const struct mat_file *file, const struct mat_array *array,
                                   const struct mat_cursor *from);
void mat_cursor_close(struct mat_cursor *cursor);

/* Moves to number `element`, counted from 0. False when the bytes end before. */
bool mat_cursor_seek(struct mat_cursor *cursor, uint64_t element);
/* Returns how many came: fewer than count at the end of the array, and where its bytes are cut or
 * damaged. */
size_t mat_cursor_read(struct mat_cursor *cursor, double *to, size_t count);

/* After the last number of a compressed array: whether the checksum of its bytes is right. True
 * before, and for arrays without one. */
bool mat_cursor_is_sound(struct mat_cursor *cursor);

#endif
