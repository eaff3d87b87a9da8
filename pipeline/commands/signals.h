/* What the commands that write signals share. */
#ifndef SOLEUS_COMMANDS_SIGNALS_H
#define SOLEUS_COMMANDS_SIGNALS_H

#include "formats/writer.h"
#include "pipeline/commands/settings.h"

/* Where the settings say that signals go ("-": standard output), and in which format: that of
 * --to-format, or by the name's ending. Refuses a terminal. */
enum status signals_target(const struct settings *settings, const char **target,
                           const struct writer **writer, struct error *error);

/* Commits the output when status is STATUS_OK, else removes it. Returns what came of it. */
enum status signals_finish(enum status status, struct output *output, struct error *error);

#endif
