/* What the commands that analyse one recording share. */
#ifndef SOLEUS_COMMANDS_ANALYSE_H
#define SOLEUS_COMMANDS_ANALYSE_H

#include "pipeline/analysis/analysis.h"
#include "pipeline/commands/settings.h"

/* Opens the recording, runs the analysis, shows the recording's warnings. On success *recording
 * must be closed after *analysis is destroyed. */
enum status analyse_recording(const char *command, const struct settings *settings,
                              const char *path, const struct analysis_sink *sink,
                              struct recording **recording, struct analysis **analysis,
                              struct error *error);

/* Whether an operand is a part without a header (.eeg) whose header (.vhdr) is an operand too, as
 * where the shell has expanded '*': the recording is to be looked at once. */
bool analyse_is_part(char *const *operands, size_t count, size_t index);

/* Writes a table where the settings say: TSV, or JSON with --json. input may be NULL. */
enum status analyse_write_table(const struct settings *settings, const char *input,
                                const struct table *table, struct error *error);

#endif
