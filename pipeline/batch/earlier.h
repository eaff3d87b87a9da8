/* Recordings of earlier runs into the same folder: their rows stay in the tables of the folder. */
#ifndef SOLEUS_BATCH_EARLIER_H
#define SOLEUS_BATCH_EARLIER_H

#include "formats/table.h"
#include "pipeline/batch/plan.h"

/* *rows: those of DIR/run.tsv whose recording is not in the plan and whose results file is still
 * there, sorted by name; a table without rows when there are none. Owned by the caller. A run.tsv
 * that cannot be read counts as none. */
enum status earlier_read(const char *folder, const struct batch_plan *plan, struct table **rows,
                         struct error *error);

/* Appends the row of a recording in the table at path, if there is one, to rows. */
enum status earlier_add(const char *path, const char *name, struct table *rows, bool *found,
                        struct error *error);

/* Name of the recording of a row. */
const char *earlier_name(const struct table *rows, size_t row);

/* Prefix (results_set.h) of the results of a row below folder; owned by the caller, NULL when
 * memory ran out. */
char *earlier_prefix(const struct table *rows, size_t row, const char *folder);

#endif
