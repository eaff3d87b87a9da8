/* The JSON sidecar of a table, as BIDS has it: each column with its Description, Units and Levels.
 */
#ifndef SOLEUS_PIPELINE_SIDECAR_H
#define SOLEUS_PIPELINE_SIDECAR_H

#include "pipeline/analysis/tables.h"

/* Writes one object with a member a column, in the order of the columns. levels (NULL: none) ends
 * with a row whose column is NULL. Errors of the stream are the caller's to find. */
enum status sidecar_write(const struct table *table, const struct column_level *levels,
                          FILE *stream, struct error *error);

#endif
