/* A recording's annotations as a table: for results, sidecars, info and trends alike. */
#ifndef SOLEUS_PIPELINE_ANNOTATION_TABLE_H
#define SOLEUS_PIPELINE_ANNOTATION_TABLE_H

#include "formats/recording.h"
#include "formats/table.h"

/* One row an annotation, in their order. The first three of the `count` columns take onset (s),
 * duration (s) and text, whatever they are called; the others are left missing. The table is the
 * caller's; NULL, and a filled error, when memory runs out. */
struct table *annotation_table(const struct recording_info *info, const char *name,
                               const struct column_definition *columns, size_t count,
                               struct error *error);

#endif
