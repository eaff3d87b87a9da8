/* The work on one recording, from its file to the files of its results, in the calling process. */
#ifndef SOLEUS_BATCH_UNIT_H
#define SOLEUS_BATCH_UNIT_H

#include "formats/checksum.h"
#include "formats/recording.h"
#include "pipeline/batch/plan.h"
#include "pipeline/figures/figures.h"
#include "pipeline/parameters.h"

/* What is to be done with every recording. All text is borrowed. */
struct unit_options {
    const char *folder;  /* of results */
    const char *dataset; /* that derivatives are made of (batch_plan); NULL: none */
    bool force;          /* also where results are up to date, and over files of other programs */
    struct recording_options recording;
    struct parameters parameters;
    const char *history;                  /* as in struct provenance */
    const char *parameters_text;          /* JSON of all that determines results */
    const struct figure_options *figures; /* NULL: none are drawn */
};

/* What is told while it is being done; functions may be NULL. */
struct unit_events {
    void *context;
    void (*progress)(void *context, double fraction); /* of the recording that is read, 0–1 */
    /* Files begin to appear under their names, and that has ended. */
    void (*committing)(void *context, bool begins);
    void (*complete)(void *context); /* the results are there; figures may still come */
};

struct unit_report {
    bool up_to_date;            /* nothing had to be done */
    char sha256[CHECKSUM_SIZE]; /* of the recording (checksum_files); "" when it could not be
                                   read */
    struct warnings warnings;   /* of the recording; owned */
};

/* Figures go to the folder "figures" beside the results, where those of earlier results are
 * removed; when they fail, the results stay and the recording counts as failed. Results are up to
 * date when all files are there and the results file is of this version of Soleus, this recording
 * (by its checksum) and these parameters. report must be cleared, also after a failure; nothing new
 * remains then. */
enum status unit_run(const struct batch_item *item, const struct unit_options *options,
                     const struct unit_events *events, struct unit_report *report,
                     struct error *error);
void unit_report_clear(struct unit_report *report);

/* FOLDER/NAME, or FOLDER/RESULTS of a derivative: where the results of an item go (prefix of
 * results_set.h). Owned by the caller, NULL when memory ran out. */
char *unit_prefix(const struct batch_item *item, const char *folder);

/* Whether all files of a set are there. */
bool unit_is_complete(const char *prefix);

#endif
