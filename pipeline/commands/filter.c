/* soleus filter: the conditioned signal. */
#include "pipeline/analysis/filter.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/commands/signals.h"

static enum status filter(const struct settings *settings, const char *path, struct error *error)
{
    const char *target;
    const struct writer *writer;
    struct recording *recording = NULL;
    struct output *output = NULL;
    enum status status = signals_target(settings, &target, &writer, error);
    if (status == STATUS_OK) {
        status = recording_open(path, &settings->recording, &recording, error);
    }
    if (status == STATUS_OK) {
        status = output_create(target, path, settings->force, &output, error);
    }
    if (status == STATUS_OK) {
        status = filter_recording(recording, &settings->parameters, writer, output, error);
        message_warnings("filter", settings, recording_name(recording),
                         &recording_info(recording)->warnings);
    }
    status = signals_finish(status, output, error);
    recording_close(recording);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error;
    enum status status = filter(settings, count ? operands[0] : "-", &error);
    return status == STATUS_OK ? EXIT_DONE : message_error("filter", &error);
}

static const struct option_row own[] = {
    {.kind = OPTION_TITLE, .help = "Filter:"},
    {"mains", 0, OPTION_CHOICE, "HZ", SETTING(parameters.mains), 0, 0, "auto off 50 60", false,
     "mains and harmonics to remove: auto, off, 50 or 60 (auto)"},
    {"band", 0, OPTION_RANGE, "LOW-HIGH", SETTING(parameters.band), 0.1, 1e5, NULL, false,
     "pass band, Hz, 6 dB down at its edges (20-450)"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {options_recording, own, options_output, NULL};

const struct command command_filter = {
    .name = "filter",
    .summary = "band-pass and mains removal, zero phase",
    .arguments = "[RECORDING] -o OUT",
    .description =
        "Writes the signal as the analysis conditions it: zero-phase band-pass (a linear-phase FIR "
        "with its delay taken out) and mains removal. OUT's ending picks the format; - is a pipe "
        "(AU float, with labels, rate and unit in its header). Gaps stay gaps.",
    .examples = "  soleus filter hold.edf -o hold_filtered.edf\n"
                "  soleus filter hold.edf -o - | soleus markers - | soleus trend -\n",
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
