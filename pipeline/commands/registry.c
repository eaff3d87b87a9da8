/* The table of commands: one row a command, defined in the file of that name. */
#include "pipeline/commands/options.h"

extern const struct command command_bids;
extern const struct command command_convert;
extern const struct command command_episodes;
extern const struct command command_export;
extern const struct command command_filter;
extern const struct command command_formats;
extern const struct command command_info;
extern const struct command command_markers;
extern const struct command command_plot;
extern const struct command command_quality;
extern const struct command command_run;
extern const struct command command_score;
extern const struct command command_simulate;
extern const struct command command_trend;

/* In the order of --help. */
/* clang-format off */
const struct command *const commands[] = {
    &command_run,
    &command_bids,
    &command_info,
    &command_convert,
    &command_filter,
    &command_markers,
    &command_trend,
    &command_episodes,
    &command_quality,
    &command_plot,
    &command_export,
    &command_score,
    &command_simulate,
    &command_formats,
    NULL,
};
/* clang-format on */
