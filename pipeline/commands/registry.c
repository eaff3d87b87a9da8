/* The table of commands: one row a command, defined in the file of that name. */
#include "pipeline/commands/options.h"

extern const struct command command_export;
extern const struct command command_formats;
extern const struct command command_simulate;

const struct command *const commands[] = {
    &command_export,
    &command_formats,
    &command_simulate,
    NULL,
};

struct settings settings_defaults(void)
{
    return (struct settings){
        .parameters = parameters_defaults(),
        .seed = -1,
    };
}
