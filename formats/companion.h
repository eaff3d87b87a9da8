/* The other files of a recording of several: signals beside a header, markers, segments. */
#ifndef SOLEUS_FORMATS_COMPANION_H
#define SOLEUS_FORMATS_COMPANION_H

#include "formats/recording.h"
#include "formats/source.h"

/* Opens `name` (as the header `from` has it: relative to the header's folder, with '/' or '\\')
 * as a source of its own, and notes it in info->files (info may be NULL). A name that does not
 * exist as it is written is tried without regard to case. Refuses absolute names, names with
 * "..", and a header that came through a pipe. *source is NULL on failure; the message names both
 * files. */
enum status companion_open(const struct source *from, struct recording_info *info, const char *name,
                           struct source **source, struct error *error);

/* Whether such a file exists; for parts that a recording may do without. */
bool companion_exists(const struct source *from, const char *name);

/* `to` = the name of the header's file with its extension replaced ("x.hea", "atr" → "x.atr"),
 * without a folder; false when it does not fit. */
bool companion_name(const struct source *from, const char *extension, char *to, size_t size);

#endif
