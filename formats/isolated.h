/* A reader in a process of its own.
 *
 * Readers that rest on a library (HDF5, libsndfile, libarchive, libxml2) are run in a forked
 * child: a crash, a hang or a flood of memory in there becomes an error message here. The child
 * opens the recording, then answers one request a block; samples come back through a socket. It is
 * a guard against damaged files, not a sandbox against an attacker.
 *
 * A request may use as many seconds of processor time as ISOLATED_SECONDS plus one for every
 * 4 MB of the file, and the child may hold ISOLATED_MEMORY plus sixteen times the file's size;
 * past either it is ended. */
#ifndef SOLEUS_FORMATS_ISOLATED_H
#define SOLEUS_FORMATS_ISOLATED_H

#include "formats/reader.h"

#define ISOLATED_SECONDS 60
#define ISOLATED_MEMORY  ((size_t)1 << 30)

/* The verbs of struct reader, for `reader`. The state is this file's own. */
enum status isolated_open(const struct reader *reader, struct source *source,
                          const struct reader_options *options, struct recording_info *info,
                          void **state, struct error *error);
enum status isolated_read(void *state, struct block *block, struct error *error);
void isolated_close(void *state);

#endif
