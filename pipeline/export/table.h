/* Tables of a results file, as they are exported.
 *
 * A group is a table of its arrays over the same dimensions as the one of most dimensions among
 * them. Over one dimension, a row is a step of it. Over several, the table is long: a row for every
 * combination, the last dimension fastest, and the first columns are the coordinates of the
 * dimensions (`epoch`, `channel`). A column `status` comes last. A table over one dimension starts
 * with that dimension's coordinate too, unless it only counts the rows. A root dimension
 * ("channel") is the table of what stands over it at the root; "group/array" is a table of that
 * array alone. */
#ifndef SOLEUS_PIPELINE_EXPORT_TABLE_H
#define SOLEUS_PIPELINE_EXPORT_TABLE_H

#include "formats/results.h"
#include "formats/table.h"

#include <stdbool.h>
#include <stdio.h>

/* What can be exported: columns table, dimensions (blank separated), rows, columns. */
enum status export_list(struct results *results, struct table **list, struct error *error);

/* Writes the table of that name as TSV or JSON, part by part in bounded memory, whatever its
 * length. STATUS_FAILED with the names of all tables when there is none of that name. Errors of
 * the stream are the caller's to find. */
enum status export_table(struct results *results, const char *name, bool json, FILE *stream,
                         struct error *error);

#endif
