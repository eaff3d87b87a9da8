/* What soleus info says of one recording. */
#ifndef SOLEUS_COMMANDS_INFO_REPORT_H
#define SOLEUS_COMMANDS_INFO_REPORT_H

#include "formats/recording.h"
#include "formats/table.h"

/* The table of channels, of one recording or of several: what info prints as TSV. NULL and a filled
 * error when memory ran out. */
struct table *info_report_table(struct error *error);

/* Appends a row for each selected channel of a recording that was read to its end. name is as
 * recording_name gives it. */
enum status info_report_channels(struct table *table, const char *name,
                                 const struct recording_info *info, struct error *error);

/* Writes the recording as a JSON object: what holds for all of it, files, warnings, channels (the
 * columns of the table that differ between channels), annotations and gaps. */
enum status info_report_json(FILE *stream, const char *name, const struct recording_info *info,
                             struct error *error);

#endif
