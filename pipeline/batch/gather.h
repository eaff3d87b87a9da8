/* The tables of all recordings in one: DIR/episodes.tsv and DIR/trends.tsv. */
#ifndef SOLEUS_BATCH_GATHER_H
#define SOLEUS_BATCH_GATHER_H

#include "formats/table.h"
#include "pipeline/batch/plan.h"
#include "pipeline/batch/row.h"

/* How the tables start, to tell them from others. */
#define GATHER_START "recording\tparticipant_id\tsession_id\t"

/* Writes both from the tables of the recordings whose results are complete, those of earlier runs
 * (earlier.h; NULL: none) among them, sorted by name, with the columns recording, participant_id
 * and session_id in front. The latter two are the entities sub-<label> and ses-<label> of the
 * recording's name, where it has them. With a BIDS dataset, task and the columns of its
 * participants.tsv follow (factors.h). */
enum status gather_tables(const char *folder, const struct batch_plan *plan,
                          const struct batch_row *rows, const struct table *earlier,
                          struct error *error);

/* Finds an entity ("sub-") in a name: the whole of it ("sub-01") goes to `to`, or "n/a". The file
 * name counts first, then the folders, the deepest first. */
void gather_entity(const char *name, const char *entity, char *to, size_t size);

#endif
