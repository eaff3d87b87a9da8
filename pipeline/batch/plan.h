/* What a batch has to do: the recordings, each with the name of its results.
 *
 * A recording that was given by itself is called by its file name without the extension; one that
 * was found in a given folder keeps its path below that folder in front. Where two recordings would
 * have one name, all of them get the folders in front in which they differ ("P01/rest",
 * "P02/rest"); those that still have one name, since they differ in their extensions only, keep
 * these
 * ("rest.edf", "rest.bdf"). So names follow from what was given, whatever becomes of it. */
#ifndef SOLEUS_BATCH_PLAN_H
#define SOLEUS_BATCH_PLAN_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct batch_item {
    char *path;    /* to be opened */
    char *name;    /* unique; '/' between folders: results are DIR/NAME_results.h5 */
    char *results; /* prefix of the results below DIR as a BIDS derivative
                      ("sub-01/emg/sub-01_task-rest_desc-"); NULL: the name */
    char *real;    /* absolute, links resolved; NULL when the file is not there */
    uint64_t size; /* bytes; 0 when unknown */
    char *problem; /* why it cannot be done (a folder that cannot be read), or NULL */
    bool found;    /* in a folder; else it was given by name */
};

/* Files of an extension that were passed over in folders. */
struct batch_passed {
    char extension[12]; /* lower case, "" without one */
    size_t count;
};

struct batch_plan {
    size_t count, capacity;
    struct batch_item *items; /* sorted by name */
    char *dataset;            /* folder of the BIDS dataset among the inputs; NULL: none */
    size_t passed_count;
    struct batch_passed *passed; /* sorted by extension */
};

/* Makes a plan of files and folders. A part of a recording (x.dat) stands for its header (x.hea).
 * An input that is given twice is done once. Where a folder that was given is a BIDS dataset (it
 * has dataset_description.json, and is the only one of that kind), the recordings in it that are
 * named as BIDS has them become derivatives, unless two would have one name.
 *
 * Folders are walked. Passed over are hidden files and folders, `output` (the folder of results),
 * results of earlier runs, other parts of recordings, sidecars and other tables and texts that go
 * with recordings (participants.tsv, *_events.tsv, *.json, README), and the folders derivatives,
 * code and sourcedata of a BIDS dataset. Passed over and counted in `passed` are files whose
 * extension no reader has, and tables and containers (csv, txt, h5, ...) that are no recordings: no
 * reader knows their contents, or they are texts of fewer than a hundred lines. */
enum status batch_plan_create(char *const *inputs, size_t count, const char *output,
                              struct batch_plan **plan, struct error *error);
void batch_plan_destroy(struct batch_plan *plan);

/* The same of one BIDS dataset, whether or not the folder has a dataset_description.json: only the
 * recordings that are named as BIDS has them, sub-*_emg. */
enum status batch_plan_create_bids(const char *dataset, const char *output,
                                   struct batch_plan **plan, struct error *error);

/* Values of an entity, which may have its key in front: "01" and "sub-01". */
struct batch_choice {
    const char *key; /* "sub" */
    char *const *values;
    size_t count; /* 0: all */
};

/* plan_bids.c: keeps the items that every one of the choices has. A value that no item has fails,
 * with those that there are. */
enum status batch_plan_choose(struct batch_plan *plan, const struct batch_choice *choices,
                              size_t count, struct error *error);

/* Reads names of inputs, one a line, or ended by NUL bytes. *names is owned by the caller, and
 * freed by batch_plan_free_names. `source` is for messages. */
enum status batch_plan_read_names(FILE *stream, const char *source, bool null_separated,
                                  char ***names, size_t *count, struct error *error);
void batch_plan_free_names(char **names, size_t count);

/* plan.c: frees what an item holds. */
void batch_item_clear(struct batch_item *item);
/* plan_walk.c: adds an input, which may be a folder. */
enum status batch_plan_add(struct batch_plan *plan, const char *input, const char *output,
                           struct error *error);
/* plan.c: appends an item; name is what it is called as long as no other is. */
enum status batch_plan_append(struct batch_plan *plan, const char *path, const char *name,
                              uint64_t size, const char *problem, struct error *error);
/* plan.c: notes a file that is passed over. */
enum status batch_plan_pass(struct batch_plan *plan, const char *path, struct error *error);
/* plan_contents.c: whether a file that was found in a folder is, by its name, its contents and its
 * neighbours, a recording of its own; *counted: if it is none, whether the user is told. */
bool batch_plan_is_recording(const char *path, const char *name, bool *counted);
/* plan_contents.c: drops found items that are parts of others: segments with headers of their own.
 */
enum status batch_plan_drop_parts(struct batch_plan *plan, struct error *error);
/* plan_bids.c: names the results of the items that were found in plan->dataset. */
enum status batch_plan_derive(struct batch_plan *plan, struct error *error);
/* plan_bids.c: drops what is not named as a recording of a BIDS dataset. */
void batch_plan_drop_foreign(struct batch_plan *plan);
/* plan_names.c: makes names unique and sorts by them; drops what is there twice. */
enum status batch_plan_make_names(struct batch_plan *plan, struct error *error);

#endif
