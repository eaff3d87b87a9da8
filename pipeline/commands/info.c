/* soleus info: what recordings hold. */
#include "formats/recording.h"
#include "pipeline/analysis/events.h"
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <jansson.h>
#include <math.h>

static const struct column_definition columns[] = {
    {"recording", COLUMN_TEXT, "", "the recording", NULL},
    {"format", COLUMN_TEXT, "", "its format", NULL},
    {"number", COLUMN_INTEGER, "1", "of the channel, for --channels", NULL},
    {"channel", COLUMN_TEXT, "", "label", NULL},
    {"type", COLUMN_TEXT, "", "EMG or other", NULL},
    {"rate", COLUMN_REAL, "Hz", "sampling rate", NULL},
    {"unit", COLUMN_TEXT, "", "as delivered", NULL},
    {"file_unit", COLUMN_TEXT, "", "as in the file", NULL},
    {"minimum", COLUMN_REAL, "", "least value the channel can hold", NULL},
    {"maximum", COLUMN_REAL, "", "largest value the channel can hold", NULL},
    {"duration", COLUMN_REAL, "s", "of the recording", NULL},
    {"start", COLUMN_TEXT, "", "civil time", NULL},
    {"gaps", COLUMN_INTEGER, "1", "stretches of missing samples", NULL},
    {"gap_seconds", COLUMN_REAL, "s", "missing altogether", NULL},
    {"annotations", COLUMN_INTEGER, "1", "of the recording", NULL},
    {"muscle", COLUMN_TEXT, "", "where known", NULL},
    {"description", COLUMN_TEXT, "", "transducer or remark", NULL},
};

static void gaps_of(const struct recording_info *info, size_t c, size_t *count, double *seconds)
{
    *count = 0;
    *seconds = 0;
    for (size_t i = 0; i < info->gap_count; i++) {
        if (info->gaps[i].channel == c || info->gaps[i].channel == SIZE_MAX) {
            ++*count;
            *seconds += info->gaps[i].duration;
        }
    }
}

static enum status add_channel(struct table *table, const char *name,
                               const struct recording_info *info, size_t c, struct error *error)
{
    const struct channel *channel = &info->channels[c];
    char start[40] = "";
    size_t row, gaps;
    double gap_seconds;
    if (info->start.known) {
        events_clock_text(&info->start, 0, start, sizeof start);
    }
    gaps_of(info, c, &gaps, &gap_seconds);
    const struct {
        size_t column;
        const char *text;
    } texts[] = {{0, name},
                 {1, info->format},
                 {3, channel->label},
                 {4, channel->type == CHANNEL_EMG ? "EMG" : "other"},
                 {6, channel->unit},
                 {7, channel->file_unit},
                 {11, start},
                 {15, channel->muscle},
                 {16, channel->description}};
    enum status status = table_append(table, &row, error);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == STATUS_OK; i++) {
        const char *text = texts[i].text[0] ? texts[i].text : NULL;
        status = table_set_text(table, row, texts[i].column, text, error);
    }
    if (status == STATUS_OK) {
        table_set_integer(table, row, 2, (int64_t)c + 1);
        table_set_real(table, row, 5, channel->rate);
        table_set_real(table, row, 8, channel->minimum);
        table_set_real(table, row, 9, channel->maximum);
        table_set_real(table, row, 10, info->duration);
        table_set_integer(table, row, 12, (int64_t)gaps);
        table_set_real(table, row, 13, gap_seconds);
        table_set_integer(table, row, 14, (int64_t)info->annotation_count);
    }
    return status;
}

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

/* What a table of channels has no room for. */
static json_t *details(const char *name, const struct recording_info *info)
{
    json_t *annotations = json_array(), *gaps = json_array();
    for (size_t i = 0; i < info->annotation_count; i++) {
        const struct annotation *a = &info->annotations[i];
        json_array_append_new(annotations,
                              json_pack("{s:f, s:o, s:s}", "onset", a->onset, "duration",
                                        isnan(a->duration) ? json_null() : json_real(a->duration),
                                        "text", a->text));
    }
    for (size_t i = 0; i < info->gap_count; i++) {
        const struct gap *gap = &info->gaps[i];
        bool all = gap->channel == SIZE_MAX;
        json_array_append_new(
            gaps,
            json_pack("{s:f, s:f, s:o}", "onset", gap->onset, "duration", gap->duration, "channel",
                      all ? json_null() : json_string(info->channels[gap->channel].label)));
    }
    return json_pack("{s:s, s:o, s:o}", "recording", name, "annotations", annotations, "gaps",
                     gaps);
}

static enum status describe(const struct settings *settings, const char *path, struct table *table,
                            json_t *list, struct error *error)
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
        for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
            if (info->channels[c].selected) {
                status = add_channel(table, recording_name(recording), info, c, error);
            }
        }
        json_array_append_new(list, details(recording_name(recording), info));
        message_warnings("info", settings, recording_name(recording), &info->warnings);
    }
    recording_close(recording);
    return status;
}

/* {"channels": [rows], "recordings": [annotations and gaps]} */
static enum status write_json(const struct settings *settings, const struct table *table,
                              const json_t *list, struct error *error)
{
    struct output *output = NULL;
    enum status status = message_output(settings, NULL, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    fputs("{\n\"channels\": ", output_stream(output));
    status = table_write_json(table, output_stream(output), error);
    fputs(",\n\"recordings\": ", output_stream(output));
    if (status == STATUS_OK &&
        json_dumpf(list, output_stream(output), JSON_INDENT(2) | JSON_SORT_KEYS) != 0) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be written", output_name(output));
    }
    fputs("\n}\n", output_stream(output));
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    static char *standard_input[] = {"-"};
    struct error error;
    int exit_status = EXIT_DONE;
    struct table *table = table_create("info", columns, sizeof columns / sizeof *columns, &error);
    json_t *list = json_array();
    if (!table || !list) {
        table_destroy(table);
        json_decref(list);
        return EXIT_FAILED;
    }
    operands = count ? operands : standard_input;
    for (size_t i = 0; i < (count ? count : 1); i++) {
        if (describe(settings, operands[i], table, list, &error) != STATUS_OK) {
            exit_status = message_error("info", &error);
        }
    }
    if (table->row_count > 0) {
        enum status status = settings->json ? write_json(settings, table, list, &error)
                                            : analyse_write_table(settings, NULL, table, &error);
        if (status != STATUS_OK) {
            exit_status = message_error("info", &error);
        }
    }
    table_destroy(table);
    json_decref(list);
    return exit_status;
}

static const struct option_row own[] = {
    {"json", 0, OPTION_FLAG, NULL, SETTING(json), 0, 0, NULL, false,
     "JSON, with annotations and gaps, instead of TSV"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own, options_recording, options_output, NULL};

const struct command command_info = {
    .name = "info",
    .summary = "tell what recordings hold",
    .arguments = "[RECORDING...]",
    .description = "Reads recordings to their end and prints a row a channel: type, rate, unit, "
                   "range, duration, start, gaps, annotations.",
    .examples = "  soleus info *.edf | cut -f1,4-7,11\n"
                "  soleus info --json night.edf | jq '.recordings[0].annotations'\n",
    .operands_maximum = 1000000,
    .groups = groups,
    .run = run,
};
