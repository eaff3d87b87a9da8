/* soleus info: what recordings hold. */
#include "formats/recording.h"
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/info_report.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <stdlib.h>

/* Reads to the end: only that tells the true duration, gaps and annotations. */
static enum status read_to_end(struct recording *recording, double seconds, struct error *error)
{
    const struct recording_info *info = recording_info(recording);
    struct block block = {0};
    enum status status = block_allocate(&block, info, seconds, error);
    bool any = true;
    while (any && status == STATUS_OK) {
        status = recording_read(recording, &block, error);
        any = false;
        for (size_t c = 0; c < block.channel_count; c++) {
            any = any || block.frames[c] > 0;
        }
    }
    block_clear(&block);
    return status;
}

/* What is printed at the end. */
struct report {
    struct table *table;
    FILE *stream; /* recordings as JSON, separated by commas; NULL without --json */
    char *json;
    size_t size, count;
};

static enum status describe(const struct settings *settings, const char *path,
                            struct report *report, struct error *error)
{
    struct recording_options options = settings->recording;
    struct recording *recording = NULL;
    options.all_channels = options.channels == NULL;
    enum status status = recording_open(path, &options, &recording, error);
    if (status == STATUS_OK) {
        status = read_to_end(recording, settings->parameters.block, error);
    }
    if (status == STATUS_OK) {
        const struct recording_info *info = recording_info(recording);
        const char *name = recording_name(recording);
        status = info_report_channels(report->table, name, info, error);
        if (report->stream && status == STATUS_OK) {
            fputs(report->count++ ? ",\n" : "", report->stream);
            status = info_report_json(report->stream, name, info, error);
        }
        message_warnings("info", settings, name, &info->warnings);
    }
    recording_close(recording);
    return status;
}

/* {"recordings": [what each holds]} */
static enum status write_json(const struct settings *settings, const struct report *report,
                              struct error *error)
{
    struct output *output = NULL;
    enum status status = message_output(settings, NULL, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    fputs("{\n\"recordings\": [\n", output_stream(output));
    fwrite(report->json, 1, report->size, output_stream(output));
    fputs("\n]\n}\n", output_stream(output));
    return output_commit(output, error);
}

static int run(struct settings *settings, size_t count, char **operands)
{
    static char *standard_input[] = {"-"};
    struct error error;
    struct report report = {.table = NULL};
    int exit_status = EXIT_DONE;
    if (message_check_output(settings, count, operands, &error) != STATUS_OK) {
        return message_error("info", &error);
    }
    report.table = info_report_table(&error);
    report.stream = settings->json ? open_memstream(&report.json, &report.size) : NULL;
    bool ready = report.table && (report.stream || !settings->json);
    if (!ready) {
        error_memory(&error, "describing recordings");
        exit_status = message_error("info", &error);
    }
    operands = count ? operands : standard_input;
    for (size_t i = 0; i < (count ? count : 1) && ready; i++) {
        if (analyse_is_part(operands, count, i)) {
            continue;
        }
        if (describe(settings, operands[i], &report, &error) != STATUS_OK) {
            exit_status = message_error("info", &error);
        }
    }
    if (report.stream && fclose(report.stream) != 0) {
        error_memory(&error, "describing recordings");
        exit_status = message_error("info", &error);
        ready = false;
    }
    if (ready && report.table->row_count > 0) {
        enum status status = settings->json
                                 ? write_json(settings, &report, &error)
                                 : analyse_write_table(settings, NULL, report.table, &error);
        if (status != STATUS_OK) {
            exit_status = message_error("info", &error);
        }
    }
    table_destroy(report.table);
    free(report.json);
    return exit_status;
}

static const struct option_row own[] = {
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false,
     "JSON, with files, annotations, gaps and warnings, instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own, options_recording, options_output, NULL};

const struct command command_info = {
    .name = "info",
    .summary = "tell what recordings hold",
    .arguments = "[RECORDING...]",
    .description =
        "Reads recordings to their end and prints a row a channel: type, rate, unit, "
        "range, duration, start, gaps, annotations, muscle, calibration, place in an "
        "electrode array; and where they come from: the header, a sidecar (a file beside "
        "it: STEM.json, STEM_channels.tsv, those of a BIDS dataset), an option, or "
        "nowhere (assumed). Options win over sidecars, sidecars over headers.",
    .examples = "  soleus info *.edf | cut -f1,4-7,11,20-23\n"
                "  soleus info --json night.edf | jq '.recordings[0].annotations'\n",
    .operands_maximum = 1000000,
    .groups = groups,
    .run = run,
};
