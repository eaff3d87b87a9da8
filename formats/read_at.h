/* Reading a regular file at any place, beside the stream that a source is: for formats whose
 * channels lie apart and are read by turns. */
#ifndef SOLEUS_FORMATS_READ_AT_H
#define SOLEUS_FORMATS_READ_AT_H

#include "formats/source.h"

/* Reads up to size bytes at `position`; *got < size only at the file's end. The source's own
 * position stays. */
enum status read_at(const struct source *source, uint64_t position, void *data, size_t size,
                    size_t *got, struct error *error);

/* Some bytes of a file held in memory, for reading small pieces that lie close together. */
struct read_window {
    const struct source *source;
    unsigned char *bytes; /* owned */
    size_t capacity;
    size_t held;
    uint64_t start; /* of the bytes held, in the file */
};

/* capacity: the largest piece that can be asked for. */
enum status read_window_begin(struct read_window *window, const struct source *source,
                              size_t capacity, struct error *error);

/* *data: up to `size` bytes (at most the capacity) at `position`, *got of them, fewer only at the
 * file's end; valid until the next call. */
enum status read_window_get(struct read_window *window, uint64_t position, size_t size,
                            const unsigned char **data, size_t *got, struct error *error);

void read_window_end(struct read_window *window);

#endif
