/* soleus quality: the quality of each channel of some recordings. */
#include "pipeline/analysis/tables.h"
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

/* Adds a recording's rows, with its name in front. */
static enum status add(struct table *all, const struct table *quality, const char *name,
                       struct error *error)
{
    size_t first = all->row_count;
    enum status status = table_concatenate(all, quality, error);
    for (size_t row = first; row < all->row_count && status == STATUS_OK; row++) {
        status = table_set_text(all, row, 0, name, error);
    }
    return status;
}

static struct table *create(struct error *error)
{
    struct column_definition columns[32] = {{"recording", COLUMN_TEXT, "", "the recording", NULL}};
    size_t count = 1;
    for (size_t i = 0; quality_columns[i].name && count < 32; i++) {
        columns[count++] = quality_columns[i];
    }
    return table_create("quality", columns, count, error);
}

static int run(struct settings *settings, size_t count, char **operands)
{
    static char *standard_input[] = {"-"};
    struct error error;
    int exit_status = EXIT_DONE;
    if (message_check_output(settings, count, operands, &error) != STATUS_OK) {
        return message_error("quality", &error);
    }
    if (count == 0) {
        operands = standard_input;
        count = 1;
    }
    struct table *all = create(&error);
    if (!all) {
        return message_error("quality", &error);
    }
    for (size_t i = 0; i < count; i++) {
        if (analyse_is_part(operands, count, i)) {
            continue;
        }
        struct analysis_sink sink = {.tables = true, .flat = true};
        struct recording *recording = NULL;
        struct analysis *analysis = NULL;
        enum status status = analyse_recording("quality", settings, operands[i], &sink, &recording,
                                               &analysis, &error);
        if (status == STATUS_OK) {
            status = add(all, analysis->quality, recording_name(recording), &error);
        }
        if (status != STATUS_OK) {
            /* The other recordings are still looked at. */
            exit_status = message_error("quality", &error);
        }
        analysis_destroy(analysis);
        recording_close(recording);
    }
    const char *input = count == 1 ? operands[0] : NULL;
    if (all->row_count > 0 && analyse_write_table(settings, input, all, &error) != STATUS_OK) {
        exit_status = message_error("quality", &error);
    }
    table_destroy(all);
    return exit_status;
}

static const struct option_row own[] = {
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false, "JSON instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {
    own, options_recording, options_output, options_spectrum, options_activity, NULL};

const struct command command_quality = {
    .name = "quality",
    .summary = "judge the channels: clipping, mains, noise, drift, ECG, gaps",
    .arguments = "[RECORDING...]",
    .description = "Prints a row a channel: a verdict (good, usable, bad), its reasons, and the "
                   "numbers behind it. Without a recording, or with -, reads standard input.",
    .examples = "  soleus quality *.edf | column -t -s \"$(printf '\\t')\"\n"
                "  soleus quality study/*.edf | awk -F'\\t' '$3 == \"bad\"'\n",
    .operands_maximum = 1000000,
    .groups = groups,
    .run = run,
};
