/* What is known of a BIDS dataset's participants, as columns of the gathered tables: task (of the
 * recording's name), and the columns of participants.tsv. One that has the name of a column of ours
 * ("duration") is called participant_duration. */
#ifndef SOLEUS_BATCH_FACTORS_H
#define SOLEUS_BATCH_FACTORS_H

#include "formats/error.h"

#include <stdio.h>

struct factors;

/* Reads DATASET/participants.tsv; without one, task is the only column. A broken table fails. */
enum status factors_read(const char *dataset, struct factors **factors, struct error *error);
void factors_destroy(struct factors *factors);

/* The names of the columns, and the cells of a recording, each with a tab after it. factors may be
 * NULL: nothing is written. participant: "sub-01", or "n/a". */
void factors_put_header(const struct factors *factors, FILE *stream);
void factors_put(const struct factors *factors, const char *name, const char *participant,
                 FILE *stream);

#endif
