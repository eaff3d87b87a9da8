/* What commands say on standard error. */
#ifndef SOLEUS_COMMANDS_MESSAGE_H
#define SOLEUS_COMMANDS_MESSAGE_H

#include "formats/error.h"
#include "formats/output.h"
#include "pipeline/commands/settings.h"

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SIGNAL = 130 };

/* "soleus COMMAND: message" on standard error; bold red "error" only on a terminal without
 * NO_COLOR. Returns the exit status that fits the error's status. */
int message_error(const char *command, const struct error *error);

/* Warnings of a recording, unless quiet. */
void message_warnings(const char *command, const struct settings *settings, const char *recording,
                      const struct warnings *warnings);

/* What the user should know of what was done: unless quiet. */
void message_remark(const char *command, const struct settings *settings, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes: only with --verbose. */
void message_note(const char *command, const struct settings *settings, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Opens the output that settings name (standard output by default). input may be NULL. */
enum status message_output(const struct settings *settings, const char *input,
                           struct output **output, struct error *error);

/* Refuses the output that settings name, before long work, if it exists without -f or is one of the
 * inputs. */
enum status message_check_output(const struct settings *settings, size_t count, char *const *inputs,
                                 struct error *error);

#endif
