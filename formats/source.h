/* A file or standard input as a stream of bytes, with a peek at what comes next. */
#ifndef SOLEUS_FORMATS_SOURCE_H
#define SOLEUS_FORMATS_SOURCE_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_PEEK_MAX 65536

struct source;

/* Opens path ("-": standard input). Refuses folders and files that cannot be read. */
enum status source_open(const char *path, struct source **source, struct error *error);
void source_close(struct source *source);

/* For messages: the path, or "standard input". */
const char *source_name(const struct source *source);
/* True when it is a regular file: size is known and source_seek works. */
bool source_is_file(const struct source *source);
/* Size in bytes; UINT64_MAX when it is not a regular file. */
uint64_t source_size(const struct source *source);
/* Bytes consumed so far. */
uint64_t source_position(const struct source *source);
/* The descriptor, for libraries that read by themselves (regular files only); still owned here. */
int source_descriptor(const struct source *source);

/* The next bytes without consuming them: up to `wanted` (at most SOURCE_PEEK_MAX), fewer only at
 * the end. *data stays valid until the next call on the source. */
enum status source_peek(struct source *source, size_t wanted, const unsigned char **data,
                        size_t *size, struct error *error);

/* Reads up to size bytes; *got < size only at the end of the stream. */
enum status source_read(struct source *source, void *data, size_t size, size_t *got,
                        struct error *error);

/* Skips count bytes (fewer at the end; *skipped tells). Seeks where it can. */
enum status source_skip(struct source *source, uint64_t count, uint64_t *skipped,
                        struct error *error);

/* Moves to an absolute position; regular files only. */
enum status source_seek(struct source *source, uint64_t position, struct error *error);

#endif
