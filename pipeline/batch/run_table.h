/* run.tsv: a row a recording of the batch, rewritten while it goes on. */
#ifndef SOLEUS_BATCH_RUN_TABLE_H
#define SOLEUS_BATCH_RUN_TABLE_H

#include "formats/table.h"
#include "pipeline/batch/plan.h"
#include "pipeline/batch/row.h"

/* The columns, for the manual; ends with a row whose name is NULL. */
extern const struct column_definition run_columns[];

/* How the table starts, to tell it from others. */
#define RUN_TABLE_START "recording\tstatus\terror\tseconds\t"

/* Writes DIR/run.tsv, sorted by name: rows by plan item, and those of earlier runs (earlier.h;
 * NULL: none). */
enum status run_table_write(const char *folder, const struct batch_plan *plan,
                            const struct batch_row *rows, const struct table *earlier,
                            struct error *error);

/* Writes the row of one item to DIR/logs/..._run.tsv: for batches that share a folder (batch.h). */
enum status run_table_write_log(const char *folder, const struct batch_item *item,
                                const struct batch_row *row, struct error *error);

/* Path of that table; owned by the caller, NULL when memory ran out. */
char *run_table_log(const char *folder, const struct batch_item *item);

#endif
