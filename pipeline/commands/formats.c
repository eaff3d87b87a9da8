/* soleus formats: the registry. */
#include "formats/registry.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include "formats/table.h"

#include <string.h>

static const struct column_definition columns[] = {
    {"id", COLUMN_TEXT, "", "name for --format", NULL},
    {"reads", COLUMN_TEXT, "", "read: files, or files and pipes", NULL},
    {"writes", COLUMN_TEXT, "", "written: files, or files and pipes", NULL},
    {"extensions", COLUMN_TEXT, "", "usual endings of file names", NULL},
    {"description", COLUMN_TEXT, "", "what it is", NULL},
};

static enum status add(struct table *table, const char *const texts[5], struct error *error)
{
    size_t row;
    enum status status = table_append(table, &row, error);
    for (size_t c = 0; c < 5 && status == STATUS_OK; c++) {
        status = table_set_text(table, row, c, texts[c], error);
    }
    return status;
}

/* Readers in the order of the registry, each with the writer of the same id; then the writers
 * that have no reader of their name. */
static enum status fill(struct table *table, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; registry_readers[i] && status == STATUS_OK; i++) {
        const struct reader *reader = registry_readers[i];
        const struct writer *writer = registry_writer(reader->id);
        const char *const texts[] = {reader->id, reader->streams ? "files, pipes" : "files",
                                     !writer           ? "no"
                                     : writer->streams ? "files, pipes"
                                                       : "files",
                                     reader->extensions, reader->description};
        status = add(table, texts, error);
    }
    for (size_t i = 0; registry_writers[i] && status == STATUS_OK; i++) {
        const struct writer *writer = registry_writers[i];
        if (!registry_reader(writer->id)) {
            const char *const texts[] = {writer->id, "by content",
                                         writer->streams ? "files, pipes" : "files",
                                         writer->extensions, writer->description};
            status = add(table, texts, error);
        }
    }
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error;
    struct output *output = NULL;
    (void)count;
    (void)operands;
    struct table *table =
        table_create("formats", columns, sizeof columns / sizeof *columns, &error);
    enum status status = table ? fill(table, &error) : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = message_output(settings, NULL, &output, &error);
    }
    if (status == STATUS_OK && settings->json) {
        status = table_write_json(table, output_stream(output), &error);
    } else if (status == STATUS_OK) {
        table_write_tsv(table, output_stream(output), true, 0, table->row_count);
    }
    if (status == STATUS_OK) {
        status = output_commit(output, &error);
    } else {
        output_abort(output);
    }
    table_destroy(table);
    return status == STATUS_OK ? EXIT_DONE : message_error("formats", &error);
}

static const struct option_row own[] = {
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false, "JSON instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {options_output, own, NULL};

const struct command command_formats = {
    .name = "formats",
    .summary = "list the formats that are read and written",
    .arguments = "",
    .description = "Lists the formats that are read and written, one a row.",
    .examples = "  soleus formats | cut -f1,4\n",
    .operands_maximum = 0,
    .groups = groups,
    .run = run,
};
