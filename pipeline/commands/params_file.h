/* --params FILE: options from a file. */
#ifndef SOLEUS_COMMANDS_PARAMS_FILE_H
#define SOLEUS_COMMANDS_PARAMS_FILE_H

#include "pipeline/commands/options.h"

/* Sets the options that an INI file names: `name = value` with long option names, sections ignored,
 * comments after # (at the start of a line) or ;. One file serves several commands: an option that
 * only other commands have is passed over. Every line that is wrong is reported on standard error;
 * returns how many there were (1 for a file that cannot be read). */
int params_file_apply(const struct command *command, const char *path, struct settings *settings);

#endif
