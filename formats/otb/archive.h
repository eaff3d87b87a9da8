/* The archive (tar, zip, or tar in gzip) that a file of OT Bioelettronica is, entry by entry. */
#ifndef SOLEUS_FORMATS_OTB_ARCHIVE_H
#define SOLEUS_FORMATS_OTB_ARCHIVE_H

#include "formats/source.h"

#define OTB_NAME_SIZE 256

struct otb_archive;

/* Reads the source's descriptor by position, so that several may read one source at once. */
enum status otb_archive_open(const struct source *source, struct otb_archive **archive,
                             struct error *error);
void otb_archive_close(struct otb_archive *archive);

/* Moves to the next regular file; *found is false at the end. STATUS_FAILED where the archive is
 * damaged or cut short. */
enum status otb_archive_next(struct otb_archive *archive, bool *found, struct error *error);

/* Of the present entry: its name without folders, cut to OTB_NAME_SIZE; its bytes (UINT64_MAX
 * when the archive does not tell; no more than an uncompressed file can hold), and whether the
 * archive says more. */
const char *otb_archive_name(const struct otb_archive *archive);
uint64_t otb_archive_size(const struct otb_archive *archive);
bool otb_archive_cut(const struct otb_archive *archive);

/* Reads up to size bytes of the present entry; *got < size only at its end. */
enum status otb_archive_read(struct otb_archive *archive, void *data, size_t size, size_t *got,
                             struct error *error);

#endif
