/* A folder of results as a BIDS derivative of a dataset. */
#ifndef SOLEUS_BATCH_DATASET_H
#define SOLEUS_BATCH_DATASET_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>

#define DATASET_DESCRIPTION "dataset_description.json"

/* Writes FOLDER/dataset_description.json, which names the dataset by its path from FOLDER, and a
 * .bidsignore where there is none. Refuses a FOLDER that is the dataset itself, and one that is
 * another program's dataset or holds results of another dataset (unless force is set). */
enum status dataset_describe(const char *folder, const char *dataset, bool force,
                             struct error *error);

/* BIDS URIs ("bids:raw:sub-01/emg/...") of those of the files that lie in the dataset; owned by the
 * caller. */
enum status dataset_sources(const char *dataset, char *const *files, size_t file_count,
                            char ***sources, size_t *count, struct error *error);
void dataset_sources_free(char **sources, size_t count);

#endif
