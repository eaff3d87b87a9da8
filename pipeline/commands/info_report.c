#include "pipeline/commands/info_report.h"

#include "formats/utf8.h"
#include "pipeline/analysis/events.h"
#include "pipeline/annotation_table.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum info_column {
    RECORDING,
    FORMAT,
    NUMBER,
    CHANNEL,
    TYPE,
    RATE,
    UNIT,
    FILE_UNIT,
    MINIMUM,
    MAXIMUM,
    DURATION,
    START,
    GAPS,
    GAP_SECONDS,
    ANNOTATIONS,
    MUSCLE,
    DESCRIPTION,
    STATE,
    WHY_BAD,
    TYPE_FROM,
    RATE_FROM,
    UNIT_FROM,
    MUSCLE_FROM,
    GAIN,
    OFFSET,
    GRID,
    ROW,
    COLUMN,
    DISTANCE,
    MAINS,
    MAINS_FROM,
    FILES,
    COLUMNS
};

/* New columns go to the end: scripts cut by number. */
static const struct column_definition columns[COLUMNS] = {
    [RECORDING] = {"recording", COLUMN_TEXT, "", "the recording", NULL},
    [FORMAT] = {"format", COLUMN_TEXT, "", "its format", NULL},
    [NUMBER] = {"number", COLUMN_INTEGER, "1", "of the channel, for --channels", NULL},
    [CHANNEL] = {"channel", COLUMN_TEXT, "", "label", NULL},
    [TYPE] = {"type", COLUMN_TEXT, "", "EMG or other", NULL},
    [RATE] = {"rate", COLUMN_REAL, "Hz", "sampling rate", NULL},
    [UNIT] = {"unit", COLUMN_TEXT, "", "as delivered", NULL},
    [FILE_UNIT] = {"file_unit", COLUMN_TEXT, "", "as in the file", NULL},
    [MINIMUM] = {"minimum", COLUMN_REAL, "", "least value the channel can hold", NULL},
    [MAXIMUM] = {"maximum", COLUMN_REAL, "", "largest value the channel can hold", NULL},
    [DURATION] = {"duration", COLUMN_REAL, "s", "of the recording", NULL},
    [START] = {"start", COLUMN_TEXT, "", "civil time", NULL},
    [GAPS] = {"gaps", COLUMN_INTEGER, "1", "stretches of missing samples", NULL},
    [GAP_SECONDS] = {"gap_seconds", COLUMN_REAL, "s", "missing altogether", NULL},
    [ANNOTATIONS] = {"annotations", COLUMN_INTEGER, "1", "of the recording", NULL},
    [MUSCLE] = {"muscle", COLUMN_TEXT, "", "where known", NULL},
    [DESCRIPTION] = {"description", COLUMN_TEXT, "", "transducer or remark", NULL},
    [STATE] = {"status", COLUMN_TEXT, "", "good or bad: bad ones are left out unless named", NULL},
    [WHY_BAD] = {"status_description", COLUMN_TEXT, "", "why it is bad", NULL},
    [TYPE_FROM] = {"type_from", COLUMN_TEXT, "", "header, sidecar, option or assumed", NULL},
    [RATE_FROM] = {"rate_from", COLUMN_TEXT, "", "header, sidecar, option or assumed", NULL},
    [UNIT_FROM] = {"unit_from", COLUMN_TEXT, "", "header, sidecar, option or assumed", NULL},
    [MUSCLE_FROM] = {"muscle_from", COLUMN_TEXT, "", "header, sidecar or option", NULL},
    [GAIN] = {"gain", COLUMN_REAL, "", "delivered = gain * value in the file + offset", NULL},
    [OFFSET] = {"offset", COLUMN_REAL, "", "delivered = gain * value in the file + offset", NULL},
    [GRID] = {"grid", COLUMN_TEXT, "", "electrode array", NULL},
    [ROW] = {"row", COLUMN_INTEGER, "1", "in the electrode array, from 1", NULL},
    [COLUMN] = {"column", COLUMN_INTEGER, "1", "in the electrode array, from 1", NULL},
    [DISTANCE] = {"distance", COLUMN_REAL, "mm", "between neighbouring electrodes", NULL},
    [MAINS] = {"mains", COLUMN_REAL, "Hz", "of the power line, where known", NULL},
    [MAINS_FROM] = {"mains_from", COLUMN_TEXT, "", "header, sidecar or option", NULL},
    [FILES] = {"files", COLUMN_INTEGER, "1", "that were read, other parts and sidecars too", NULL},
};

static const char *const origin_names[] = {[ORIGIN_NONE] = "assumed",
                                           [ORIGIN_FILE] = "header",
                                           [ORIGIN_SIDECAR] = "sidecar",
                                           [ORIGIN_OPTION] = "option"};

struct table *info_report_table(struct error *error)
{
    return table_create("info", columns, COLUMNS, error);
}

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

static void start_text(const struct recording_info *info, char *to, size_t size)
{
    to[0] = '\0';
    if (info->start.known) {
        events_clock_text(&info->start, 0, to, size);
    }
}

static enum status set_texts(struct table *table, size_t row, const char *name,
                             const struct recording_info *info, const struct channel *channel,
                             struct error *error)
{
    char start[40];
    start_text(info, start, sizeof start);
    const struct {
        enum info_column column;
        const char *text;
    } texts[] = {{RECORDING, name},
                 {FORMAT, info->format},
                 {CHANNEL, channel->label},
                 {TYPE, channel->type == CHANNEL_EMG ? "EMG" : "other"},
                 {UNIT, channel->unit},
                 {FILE_UNIT, channel->file_unit},
                 {START, start},
                 {MUSCLE, channel->muscle},
                 {DESCRIPTION, channel->description},
                 {STATE, channel->bad ? "bad" : "good"},
                 {WHY_BAD, channel->why_bad},
                 {TYPE_FROM, origin_names[channel->type_origin]},
                 {RATE_FROM, origin_names[channel->rate_origin]},
                 {UNIT_FROM, origin_names[channel->unit_origin]},
                 {MUSCLE_FROM, channel->muscle[0] ? origin_names[channel->muscle_origin] : ""},
                 {GRID, channel->grid},
                 {MAINS_FROM, info->mains > 0 ? origin_names[info->mains_origin] : ""}};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == STATUS_OK; i++) {
        const char *text = texts[i].text[0] ? texts[i].text : NULL;
        status = table_set_text(table, row, texts[i].column, text, error);
    }
    return status;
}

static void set_numbers(struct table *table, size_t row, const struct recording_info *info,
                        size_t c)
{
    const struct channel *channel = &info->channels[c];
    size_t gaps;
    double gap_seconds;
    gaps_of(info, c, &gaps, &gap_seconds);
    const struct {
        enum info_column column;
        double value;
    } reals[] = {{RATE, channel->rate},
                 {MINIMUM, channel->minimum},
                 {MAXIMUM, channel->maximum},
                 {DURATION, info->duration},
                 {GAP_SECONDS, gap_seconds},
                 {GAIN, channel->gain},
                 {OFFSET, channel->offset},
                 {DISTANCE, channel->distance},
                 {MAINS, info->mains > 0 ? info->mains : NAN}};
    const struct {
        enum info_column column;
        int64_t value;
    } integers[] = {{NUMBER, (int64_t)c + 1},
                    {GAPS, (int64_t)gaps},
                    {ANNOTATIONS, (int64_t)info->annotation_count},
                    {ROW, channel->row > 0 ? channel->row : TABLE_MISSING},
                    {COLUMN, channel->column > 0 ? channel->column : TABLE_MISSING},
                    {FILES, (int64_t)info->file_count + 1}};
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        table_set_real(table, row, reals[i].column, reals[i].value);
    }
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        table_set_integer(table, row, integers[i].column, integers[i].value);
    }
}

enum status info_report_channels(struct table *table, const char *name,
                                 const struct recording_info *info, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        size_t row;
        if (!info->channels[c].selected && !info->channels[c].unreadable) {
            continue;
        }
        status = table_append(table, &row, error);
        if (status == STATUS_OK) {
            set_numbers(table, row, info, c);
            status = set_texts(table, row, name, info, &info->channels[c], error);
        }
    }
    return status;
}

/* A table with the columns that differ between channels. */
static enum status write_channels(FILE *stream, const char *name, const struct recording_info *info,
                                  struct error *error)
{
    static const enum info_column shared[] = {RECORDING,   FORMAT, DURATION,   START,
                                              ANNOTATIONS, MAINS,  MAINS_FROM, FILES};
    struct column_definition own[COLUMNS];
    size_t count = 0;
    for (int c = 0; c < COLUMNS; c++) {
        bool left_out = false;
        for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
            left_out = left_out || c == (int)shared[i];
        }
        own[count] = columns[c];
        count += !left_out;
    }
    struct table *all = info_report_table(error);
    struct table *table = all ? table_create("channels", own, count, error) : NULL;
    enum status status = table ? info_report_channels(all, name, info, error) : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = table_concatenate(table, all, error);
    }
    if (status == STATUS_OK) {
        status = table_write_json(table, stream, error);
    }
    table_destroy(all);
    table_destroy(table);
    return status;
}

static enum status write_annotations(FILE *stream, const struct recording_info *info,
                                     struct error *error)
{
    static const struct column_definition own[] = {{"onset", COLUMN_REAL, "s", "", NULL},
                                                   {"duration", COLUMN_REAL, "s", "", NULL},
                                                   {"text", COLUMN_TEXT, "", "", NULL}};
    struct table *table = annotation_table(info, "annotations", own, 3, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = table_write_json(table, stream, error);
    }
    table_destroy(table);
    return status;
}

static enum status write_gaps(FILE *stream, const struct recording_info *info, struct error *error)
{
    static const struct column_definition own[] = {{"onset", COLUMN_REAL, "s", "", NULL},
                                                   {"duration", COLUMN_REAL, "s", "", NULL},
                                                   {"channel", COLUMN_TEXT, "", "", NULL}};
    struct table *table = table_create("gaps", own, 3, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; i < info->gap_count && status == STATUS_OK; i++) {
        const struct gap *gap = &info->gaps[i];
        size_t row;
        status = table_append(table, &row, error);
        if (status == STATUS_OK) {
            table_set_real(table, row, 0, gap->onset);
            table_set_real(table, row, 1, gap->duration);
        }
        if (status == STATUS_OK && gap->channel < info->channel_count) {
            status = table_set_text(table, row, 2, info->channels[gap->channel].label, error);
        }
    }
    if (status == STATUS_OK) {
        status = table_write_json(table, stream, error);
    }
    table_destroy(table);
    return status;
}

/* Text as JSON has it, whatever its bytes; NULL when memory ran out. */
static json_t *string_of(const char *text)
{
    char *sound = utf8_duplicate(text, strlen(text));
    json_t *string = sound ? json_string(sound) : NULL;
    free(sound);
    return string;
}

/* "name": value; takes the value. */
static enum status put(FILE *stream, const char *name, json_t *value, struct error *error)
{
    char *spelled = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    json_decref(value);
    if (!spelled) {
        return error_memory(error, "writing JSON");
    }
    fprintf(stream, "\"%s\": %s,\n", name, spelled);
    free(spelled);
    return STATUS_OK;
}

/* null for "". */
static enum status put_text(FILE *stream, const char *name, const char *text, struct error *error)
{
    return put(stream, name, text[0] ? string_of(text) : json_null(), error);
}

static void put_real(FILE *stream, const char *name, double value)
{
    char text[40];
    table_format_real(text, sizeof text, value);
    fprintf(stream, "\"%s\": %s,\n", name, isfinite(value) ? text : "null");
}

/* "name": [texts] with `first` (may be NULL) in front. */
static enum status put_list(FILE *stream, const char *name, const char *first, char *const *texts,
                            size_t count, struct error *error)
{
    json_t *list = json_array();
    int failed = list == NULL || (first && json_array_append_new(list, string_of(first)) != 0);
    for (size_t i = 0; i < count && !failed; i++) {
        failed = json_array_append_new(list, string_of(texts[i]));
    }
    if (failed) {
        json_decref(list);
        list = NULL;
    }
    return put(stream, name, list, error);
}

enum status info_report_json(FILE *stream, const char *name, const struct recording_info *info,
                             struct error *error)
{
    char start[40];
    start_text(info, start, sizeof start);
    fputs("{\n", stream);
    enum status status = put_text(stream, "recording", name, error);
    if (status == STATUS_OK) {
        status = put_text(stream, "format", info->format, error);
    }
    if (status == STATUS_OK) {
        status = put_text(stream, "start", start, error);
    }
    if (status == STATUS_OK) {
        put_real(stream, "duration", info->duration);
        put_real(stream, "mains", info->mains > 0 ? info->mains : NAN);
        status = put_text(stream, "mains_from",
                          info->mains > 0 ? origin_names[info->mains_origin] : "", error);
    }
    if (status == STATUS_OK) {
        status = put_list(stream, "files", name, info->files, info->file_count, error);
    }
    if (status == STATUS_OK) {
        status =
            put_list(stream, "warnings", NULL, info->warnings.texts, info->warnings.count, error);
    }
    const struct {
        const char *name;
        enum status (*write)(FILE *, const struct recording_info *, struct error *);
    } tables[] = {{"annotations", write_annotations}, {"gaps", write_gaps}};
    for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
        fprintf(stream, "\"%s\": ", tables[i].name);
        status = tables[i].write(stream, info, error);
        fputs(",\n", stream);
    }
    if (status == STATUS_OK) {
        fputs("\"channels\": ", stream);
        status = write_channels(stream, name, info, error);
        fputs("}", stream);
    }
    return status;
}
