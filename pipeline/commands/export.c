/* soleus export: any table of a results file. */
#include "formats/output.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/export/table.h"

static const struct option_row options_export[] = {
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false,
     "write an array of objects instead of TSV"},
    {.kind = OPTION_END},
};

static const struct option_row *const groups[] = {options_output, options_export, NULL};

static enum status write_list(struct results *results, bool json, FILE *stream, struct error *error)
{
    struct table *list = NULL;
    enum status status = export_list(results, &list, error);
    if (status == STATUS_OK && json) {
        status = table_write_json(list, stream, error);
    } else if (status == STATUS_OK) {
        table_write_tsv(list, stream, true, 0, list->row_count);
    }
    table_destroy(list);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error = {0};
    struct results *results = NULL;
    struct output *output = NULL;
    enum status status = results_open(operands[0], &results, &error);
    if (status == STATUS_OK) {
        status = message_output(settings, operands[0], &output, &error);
    }
    if (status == STATUS_OK) {
        FILE *stream = output_stream(output);
        status = count > 1 ? export_table(results, operands[1], settings->json, stream, &error)
                           : write_list(results, settings->json, stream, &error);
    }
    results_close(results);
    if (status == STATUS_OK) {
        status = output_commit(output, &error);
    } else {
        output_abort(output);
    }
    return status == STATUS_OK ? EXIT_DONE : message_error("export", &error);
}

const struct command command_export = {
    .name = "export",
    .summary = "print any table of a results file",
    .arguments = "RESULTS [TABLE]",
    .description =
        "Prints a table of a results file as tab-separated text, or as JSON. Without TABLE, lists "
        "the tables with their dimensions, rows and columns.\n\n"
        "A group over several dimensions, such as markers over epoch and channel, is a long table: "
        "a row for every epoch and channel, with these two as the first columns. The name of a "
        "dimension (channel) stands for what the file holds about each of its steps, and "
        "GROUP/ARRAY for a single array.",
    .examples = "soleus export a_results.h5\n"
                "soleus export a_results.h5 markers | soleus trend -\n"
                "soleus export a_results.h5 episodes --json -o episodes.json",
    .operands_minimum = 1,
    .operands_maximum = 2,
    .groups = groups,
    .run = run,
};
