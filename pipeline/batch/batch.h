/* A batch: the analysis of many recordings, each by a process of its own, a few at a time.
 *
 * In DIR stand the results of each recording (see results_set.h), run.tsv with a row a recording,
 * which is rewritten while the batch goes on, and at the end the gathered tables. What a batch that
 * was killed has left is mended by the next. Two batches in one folder do no harm to each other:
 * everything appears whole, and what both make is the same. */
#ifndef SOLEUS_BATCH_BATCH_H
#define SOLEUS_BATCH_BATCH_H

#include "pipeline/batch/plan.h"
#include "pipeline/batch/row.h"
#include "pipeline/batch/unit.h"

struct batch_counts {
    size_t total, done, up_to_date, failed, running;
    double fraction; /* of the work, 0–1, by the sizes of files */
    double elapsed;  /* s */
    double left;     /* s; NaN while unknown */
};

/* Calls while the batch goes on, from the thread that called batch_run; functions may be NULL. */
struct batch_events {
    void *context;
    /* A recording is finished. */
    void (*finished)(void *context, const struct batch_item *item, const struct batch_row *row);
    /* A few times a second. */
    void (*tick)(void *context, const struct batch_counts *counts);
    /* A signal asked to stop: running recordings are finished, or (at_once) stopped. */
    void (*stopping)(void *context, size_t running, bool at_once);
    /* Something that concerns no single recording failed; the batch goes on. */
    void (*problem)(void *context, const struct error *error);
};

struct batch_options {
    struct unit_options unit;
    size_t jobs;         /* workers at a time; 0: one a processor */
    double timeout;      /* s a recording; 0: none */
    double memory_limit; /* MiB a recording; 0: none */
    /* Other batches work in the folder at the same time, on other recordings: no tables of all are
     * written, but a row a recording in DIR/logs, of which batch_gather makes them. */
    bool shared;
    struct batch_events events;
};

/* Does the plan. STATUS_OK when all is done, STATUS_FAILED when a recording or a table failed (told
 * by events, error's message is empty), STATUS_INTERRUPTED after a signal (empty too); *counts
 * tells how many. A failure before the first recording fills the message.
 *
 * SIGINT: recordings that are running are finished, no more are begun; a second one stops them, and
 * so does SIGTERM (or SIGHUP, unless it is ignored) at once; after two seconds they are killed. */
enum status batch_run(const struct batch_plan *plan, const struct batch_options *options,
                      struct batch_counts *counts, struct error *error);

/* Writes run.tsv and the gathered tables from what batches have left in DIR, for the recordings of
 * the plan. Recordings without results are told by events.problem, and make it STATUS_FAILED with
 * an empty message; counts: done and failed. */
enum status batch_gather(const struct batch_plan *plan, const struct batch_options *options,
                         struct batch_counts *counts, struct error *error);

#endif
