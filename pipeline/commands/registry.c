/* The table of commands: one row a command, defined in the file of that name. */
#include "pipeline/commands/options.h"

extern const struct command command_episodes;
extern const struct command command_export;
extern const struct command command_formats;
extern const struct command command_markers;
extern const struct command command_plot;
extern const struct command command_quality;

const struct command *const commands[] = {
    &command_markers,
    &command_episodes,
    &command_quality,
    &command_plot,
    &command_export,
    &command_formats,
    NULL,
};

struct settings settings_defaults(void)
{
    return (struct settings){
        .parameters = parameters_defaults(),
        .seed = -1,
    };
}
