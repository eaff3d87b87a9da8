/* Batches as commands run them, with what they say on standard error. */
#ifndef SOLEUS_COMMANDS_BATCH_RUN_H
#define SOLEUS_COMMANDS_BATCH_RUN_H

#include "pipeline/batch/batch.h"
#include "pipeline/commands/settings.h"

enum batch_manner {
    BATCH_ALONE,  /* all in one folder, which nobody else uses */
    BATCH_SHARED, /* a part of what goes into the folder */
    BATCH_GATHER  /* the tables of what such batches have left */
};

/* Runs the plan into settings->output, and shows progress, failures and a summary. What fails is
 * told; error's message is empty then, unless nothing was begun. */
enum status batch_run_plan(const char *command, enum batch_manner manner,
                           const struct settings *settings, const struct batch_plan *plan,
                           struct error *error);

/* "4 files that are no recordings were passed over (3 .docx, 1 .txt)"; "" when there were none. */
void batch_run_passed(const struct batch_plan *plan, char *to, size_t size);

#endif
