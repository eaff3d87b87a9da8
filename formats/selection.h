/* Which channels of a recording are wanted. */
#ifndef SOLEUS_FORMATS_SELECTION_H
#define SOLEUS_FORMATS_SELECTION_H

#include "formats/recording.h"

/* Gives empty labels a number, and labels that occur twice a suffix " (2)". Fails when memory runs
 * out. */
enum status selection_make_labels_unique(struct recording_info *info, struct error *error);

/* Marks the selected channels: those of `list` ("1,3-5,Biceps L": numbers from 1, ranges, labels
 * with case ignored; a label wins over a number), or, when list is NULL, the EMG channels that are
 * not said to be bad, or all. A name that fits no channel fails with the labels there are. */
enum status selection_apply(struct recording_info *info, const char *name, const char *list,
                            bool all, struct error *error);

#endif
