#include "pipeline/commands/signals.h"

#include "formats/registry.h"

#include <string.h>
#include <unistd.h>

enum status signals_target(const struct settings *settings, const char **target,
                           const struct writer **writer, struct error *error)
{
    *target = settings->output ? settings->output : "-";
    *writer = NULL;
    if (strcmp(*target, "-") == 0 && isatty(STDOUT_FILENO)) {
        return error_set(error, STATUS_USAGE,
                         "samples are not for a terminal; name a file with -o, or pipe them on");
    }
    if (!settings->to_format) {
        return registry_writer_for(*target, writer, error);
    }
    *writer = registry_writer(settings->to_format);
    return *writer ? STATUS_OK
                   : error_set(error, STATUS_USAGE,
                               "--to-format: signals cannot be written as '%s'; 'soleus formats' "
                               "lists what can",
                               settings->to_format);
}

enum status signals_finish(enum status status, struct output *output, struct error *error)
{
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}
