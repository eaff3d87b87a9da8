/* The table of readers, and how one is chosen. */
#ifndef SOLEUS_FORMATS_REGISTRY_H
#define SOLEUS_FORMATS_REGISTRY_H

#include "formats/reader.h"
#include "formats/writer.h"

/* NULL-terminated tables. */
extern const struct reader *const registry_readers[];
extern const struct writer *const registry_writers[];

/* The reader of that id; NULL when there is none. */
const struct reader *registry_reader(const char *id);

/* Asks every probe what the first bytes of a file are; the surest reader and what it says, NULL
 * when no one knows them. */
const struct reader *registry_claim(const unsigned char *head, size_t size, const char *path,
                                    struct probe *probe);

/* Asks every probe and takes the surest. A failure says what the file seems to be, and lists the
 * formats that are read. */
enum status registry_detect(struct source *source, const struct reader **reader,
                            struct error *error);

/* When path is a part without a header (reader.parts: ".dat" of a ".hea") and the header of the
 * same stem stands beside it, puts that one's path into `header`. */
bool registry_header_of(const char *path, char *header, size_t size);

/* The writer of that id; NULL when there is none. */
const struct writer *registry_writer(const char *id);
/* The writer for path's extension ("-" is AU); fails with the list of extensions. */
enum status registry_writer_for(const char *path, const struct writer **writer,
                                struct error *error);

/* True when a reader of several files has the extension of path ("hea"). */
bool registry_has_parts(const char *path);

/* True when some reader has the extension of path (used when folders are walked). */
bool registry_knows_extension(const char *path);

#endif
