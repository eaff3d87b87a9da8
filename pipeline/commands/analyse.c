#include "pipeline/commands/analyse.h"

#include "formats/registry.h"
#include "pipeline/commands/message.h"

#include <limits.h>
#include <string.h>

bool analyse_is_part(char *const *operands, size_t count, size_t index)
{
    char header[PATH_MAX];
    bool part = index < count && registry_header_of(operands[index], header, sizeof header);
    for (size_t i = 0; i < count && part; i++) {
        if (strcmp(operands[i], header) == 0) {
            return true;
        }
    }
    return false;
}

enum status analyse_recording(const char *command, const struct settings *settings,
                              const char *path, const struct analysis_sink *sink,
                              struct recording **recording, struct analysis **analysis,
                              struct error *error)
{
    *analysis = NULL;
    enum status status = recording_open(path, &settings->recording, recording, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = analysis_run(*recording, &settings->parameters, sink, analysis, error);
    message_warnings(command, settings, recording_name(*recording),
                     &recording_info(*recording)->warnings);
    if (status != STATUS_OK) {
        recording_close(*recording);
        *recording = NULL;
    }
    return status;
}

enum status analyse_write_table(const struct settings *settings, const char *input,
                                const struct table *table, struct error *error)
{
    struct output *output = NULL;
    enum status status = message_output(settings, input, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (settings->json) {
        status = table_write_json(table, output_stream(output), error);
    } else {
        table_write_tsv(table, output_stream(output), true, 0, table->row_count);
    }
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}
