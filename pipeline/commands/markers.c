/* soleus markers: the marker table of one recording, row by row as it becomes final. */
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <string.h>

/* Which markers are printed, and where. */
struct printer {
    struct output *output;
    const struct recording_info *info;
    const size_t *chosen;
    size_t chosen_count;
    bool begun;
};

/* Indexes of the selected channels, as analysis numbers them. */
static const char *label_of(const struct recording_info *info, size_t wanted)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected && wanted-- == 0) {
            return info->channels[c].label;
        }
    }
    return "";
}

/* The header waits for the first row: a recording that cannot be analysed prints nothing. */
static void print_header(struct printer *printer)
{
    FILE *stream = output_stream(printer->output);
    fputs("epoch\tchannel", stream);
    for (size_t m = 0; m < printer->chosen_count; m++) {
        fprintf(stream, "\t%s", markers_table[printer->chosen[m]].name);
    }
    fputs("\tstatus\n", stream);
    printer->begun = true;
}

static enum status print_row(void *context, const struct analysis_row *row, struct error *error)
{
    struct printer *printer = context;
    FILE *stream = output_stream(printer->output);
    char number[40];
    if (!printer->begun) {
        print_header(printer);
    }
    for (size_t i = 0; i < row->channel_count; i++) {
        const struct channel_row *channel = row->channels[i];
        table_format_real(number, sizeof number, row->time);
        fprintf(stream, "%s\t%s", number, label_of(printer->info, i));
        for (size_t m = 0; m < printer->chosen_count; m++) {
            table_format_real(number, sizeof number, channel->values[printer->chosen[m]]);
            fprintf(stream, "\t%s", number);
        }
        fprintf(stream, "\t%u\n", channel->status);
    }
    /* Nobody reads on: stop the analysis, not just the printing. */
    return ferror(stream) ? error_set(error, STATUS_FAILED, "%s: cannot be written",
                                      output_name(printer->output))
                          : STATUS_OK;
}

static enum status choose(const char *list, size_t *chosen, size_t *count, struct error *error)
{
    *count = 0;
    for (const char *p = list ? list : ""; *p;) {
        size_t length = strcspn(p, ",");
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)length, p);
        size_t m = markers_find(name);
        if (m == SIZE_MAX || *count == MARKERS_MAX) {
            return error_set(error, STATUS_USAGE,
                             "--marker: there is no '%s'; 'soleus markers --list' lists them",
                             name);
        }
        chosen[(*count)++] = m;
        p += length + (p[length] == ',');
    }
    for (size_t m = 0; !list && m < markers_count; m++) {
        chosen[(*count)++] = m;
    }
    return STATUS_OK;
}

static enum status list_markers(const struct settings *settings, struct error *error)
{
    static const struct column_definition columns[] = {
        {"name", COLUMN_TEXT, "", "column in tables", NULL},
        {"unit", COLUMN_TEXT, "", "unit", NULL},
        {"long_name", COLUMN_TEXT, "", "what it is", NULL},
        {"reference", COLUMN_TEXT, "", "where it is defined", NULL},
    };
    struct table *table = table_create("markers", columns, 4, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    for (size_t m = 0; m < markers_count && status == STATUS_OK; m++) {
        const struct marker *marker = &markers_table[m];
        const char *texts[] = {marker->name, marker->unit, marker->long_name, marker->reference};
        size_t row;
        status = table_append(table, &row, error);
        for (size_t c = 0; c < 4 && status == STATUS_OK; c++) {
            status = table_set_text(table, row, c, texts[c], error);
        }
    }
    if (status == STATUS_OK) {
        status = analyse_write_table(settings, NULL, table, error);
    }
    table_destroy(table);
    return status;
}

static enum status print(const struct settings *settings, const char *path, struct error *error)
{
    size_t chosen[MARKERS_MAX];
    struct printer printer = {.chosen = chosen};
    struct analysis_sink sink = {.context = &printer, .row = print_row};
    struct recording *recording = NULL;
    struct analysis *analysis = NULL;
    enum status status = choose(settings->markers, chosen, &printer.chosen_count, error);
    if (status == STATUS_OK) {
        status = recording_open(path, &settings->recording, &recording, error);
    }
    if (status == STATUS_OK) {
        status = message_output(settings, path, &printer.output, error);
    }
    if (status == STATUS_OK) {
        printer.info = recording_info(recording);
        status = analysis_run(recording, &settings->parameters, &sink, &analysis, error);
        message_warnings("markers", settings, recording_name(recording), &printer.info->warnings);
    }
    if (status == STATUS_OK) {
        status = output_commit(printer.output, error);
    } else {
        output_abort(printer.output);
    }
    analysis_destroy(analysis);
    recording_close(recording);
    return status;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error;
    enum status status = settings->list ? list_markers(settings, &error)
                                        : print(settings, count ? operands[0] : "-", &error);
    return status == STATUS_OK ? EXIT_DONE : message_error("markers", &error);
}

static const struct option_row own[] = {
    {"marker", 0, OPTION_TEXT, "LIST", SETTING(markers), 0, 0, NULL, false,
     "only these, such as mdf,rms (default: all)"},
    {"list", 0, OPTION_FLAG, NULL, SETTING(list), 0, 0, NULL, false,
     "list the markers with unit and reference, and exit"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {
    own, options_recording, options_output, options_spectrum, options_activity, NULL};

const struct command command_markers = {
    .name = "markers",
    .summary = "compute the spectral fatigue markers of every epoch",
    .arguments = "[RECORDING]",
    .description =
        "Prints a row an epoch and channel: the epoch's centre (s), the channel, the markers, and "
        "a status, the sum of: 1 rest, 2 too short, 4 flat, 8 clipped, 16 mains, 32 gap, 64 "
        "artefact, 128 band narrowed. Without a recording, or with -, reads standard input.",
    .examples = "  soleus markers --marker mdf,rms hold.edf\n"
                "  soleus filter hold.edf -o - | soleus markers - | soleus trend -\n"
                "  soleus markers night.edf | awk -F'\\t' '$NF % 2 == 0' > active.tsv\n",
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
