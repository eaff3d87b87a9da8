/* The table of commands: one row a command, defined in the file of that name. */
#include "pipeline/commands/options.h"

const struct command *const commands[] = {
    NULL,
};

struct settings settings_defaults(void)
{
    return (struct settings){
        .parameters = parameters_defaults(),
        .seed = -1,
    };
}
