/* The folder of results, before and after a batch. */
#ifndef SOLEUS_BATCH_PLACES_H
#define SOLEUS_BATCH_PLACES_H

#include "formats/error.h"

#include <stdbool.h>

/* Makes the folder; refuses one whose run.tsv, episodes.tsv or trends.tsv are another program's
 * (unless force is set). */
enum status places_prepare(const char *folder, bool force, struct error *error);

/* Removes .part files that dead processes have left in the folder and those below. */
void places_clean(const char *folder);

#endif
