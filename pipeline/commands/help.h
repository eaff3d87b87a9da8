/* Help, version and shell completion, all from the option tables. */
#ifndef SOLEUS_COMMANDS_HELP_H
#define SOLEUS_COMMANDS_HELP_H

#include "pipeline/commands/options.h"

/* Each prints and returns the exit status (1 when the stream failed). */
int help_command(const struct command *command, bool all, FILE *stream);
int help_program(FILE *stream);
int help_version(FILE *stream);
int help_completion(FILE *stream); /* for bash */

#endif
