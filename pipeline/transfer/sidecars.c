#include "pipeline/transfer/sidecars.h"

#include "formats/table.h"
#include "formats/text.h"
#include "pipeline/annotation_table.h"
#include "pipeline/beside.h"
#include "pipeline/sidecar.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* BIDS 1.11, electromyography: columns of _channels.tsv. */
static const struct column_definition channel_columns[] = {
    {"name", COLUMN_TEXT, "", "label of the channel", NULL},
    {"type", COLUMN_TEXT, "", "EMG, or MISC for all else", NULL},
    {"units", COLUMN_TEXT, "", "unit of the samples", NULL},
    {"sampling_frequency", COLUMN_REAL, "Hz", "sampling rate", NULL},
    {"target_muscle", COLUMN_TEXT, "", "muscle under the channel", NULL},
    {"description", COLUMN_TEXT, "", "sensor, or remark", NULL},
    {"status", COLUMN_TEXT, "", "good or bad", NULL},
    {"status_description", COLUMN_TEXT, "", "why it is bad", NULL},
    {NULL, COLUMN_REAL, NULL, NULL, NULL},
};

static const struct column_definition event_columns[] = {
    {"onset", COLUMN_REAL, "s", "onset of the annotation", NULL},
    {"duration", COLUMN_REAL, "s", "its duration, where it has one", NULL},
    {"trial_type", COLUMN_TEXT, "", "its text", NULL},
    {NULL, COLUMN_REAL, NULL, NULL, NULL},
};

enum status sidecars_create(struct sidecars *sidecars, const char *path, const char *input,
                            bool force, struct error *error)
{
    static const char *const suffixes[SIDECAR_COUNT] = {
        [SIDECAR_JSON] = ".json",
        [SIDECAR_CHANNELS] = "_channels.tsv",
        [SIDECAR_EVENTS] = "_events.tsv",
        [SIDECAR_EVENTS_JSON] = "_events.json",
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < SIDECAR_COUNT && status == STATUS_OK; i++) {
        char name[BESIDE_SIZE];
        status = beside_path(path, i != SIDECAR_JSON, suffixes[i], name, error);
        if (status == STATUS_OK) {
            status = output_create(name, input, force, &sidecars->files[i], error);
        }
    }
    return status;
}

static bool in_same_folder(const char *a, const char *b)
{
    char folders[2][BESIDE_SIZE];
    struct stat about[2];
    const char *const paths[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        const char *slash = strrchr(paths[i], '/');
        int length = slash ? (int)(slash - paths[i]) + 1 : 0;
        snprintf(folders[i], BESIDE_SIZE, "%.*s", length, paths[i]);
        if (stat(length ? folders[i] : ".", &about[i]) != 0) {
            return false;
        }
    }
    return about[0].st_dev == about[1].st_dev && about[0].st_ino == about[1].st_ino;
}

enum status sidecars_check_input(const char *path, const char *input,
                                 const struct recording_info *info, double scale,
                                 struct error *error)
{
    char stems[2][BESIDE_SIZE];
    if (strcmp(input, "-") == 0) {
        return STATUS_OK;
    }
    enum status status = beside_path(path, true, "", stems[0], error);
    if (status == STATUS_OK) {
        status = beside_path(input, true, "", stems[1], error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const char *slashes[2] = {strrchr(stems[0], '/'), strrchr(stems[1], '/')};
    bool same =
        strcmp(slashes[0] ? slashes[0] + 1 : stems[0], slashes[1] ? slashes[1] + 1 : stems[1]) == 0;
    for (size_t c = 0; c < info->channel_count && same && in_same_folder(path, input); c++) {
        const struct channel *channel = &info->channels[c];
        double known = text_microvolts_per(channel->file_unit);
        if (channel->type == CHANNEL_EMG && (scale > 0 ? scale != 1 : known > 0 && known != 1)) {
            return error_set(error, STATUS_FAILED,
                             "%s: sidecars of this name are those of %s too, whose '%s' is not in "
                             "microvolts; choose another name for the output",
                             path, input, channel->label);
        }
    }
    return STATUS_OK;
}

static json_t *number_or_missing(double value)
{
    return isfinite(value) && value > 0 ? json_real(value) : json_string("n/a");
}

static enum status write_json(const struct recording_info *info, FILE *stream, struct error *error)
{
    json_t *root = json_object();
    size_t emg = 0;
    double highest = 0;
    for (size_t c = 0; c < info->channel_count; c++) {
        emg += info->channels[c].type == CHANNEL_EMG;
        highest = fmax(highest, info->channels[c].rate);
    }
    int failed = json_object_set_new(root, "SamplingFrequency", number_or_missing(highest));
    failed |= json_object_set_new(root, "PowerLineFrequency", number_or_missing(info->mains));
    failed |= json_object_set_new(root, "EMGChannelCount", json_integer((json_int_t)emg));
    failed |= json_object_set_new(root, "MISCChannelCount",
                                  json_integer((json_int_t)(info->channel_count - emg)));
    failed |= json_object_set_new(root, "RecordingDuration", number_or_missing(info->duration));
    failed |= json_object_set_new(root, "RecordingType",
                                  json_string(info->gap_count ? "discontinuous" : "continuous"));
    /* A stream that fails is found when the output is committed. */
    if (!failed && json_dumpf(root, stream,
                              JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15)) == 0) {
        putc('\n', stream);
    }
    json_decref(root);
    return failed ? error_memory(error, "describing a recording") : STATUS_OK;
}

static enum status write_channels(const struct recording_info *info, FILE *stream,
                                  struct error *error)
{
    enum { NAME, TYPE, UNITS, RATE, MUSCLE, DESCRIPTION, STATE, REASON, COUNT };
    struct table *table = table_create("channels", channel_columns, COUNT, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        const struct channel *channel = &info->channels[c];
        const char *const texts[COUNT] = {
            [NAME] = channel->label,
            [TYPE] = channel->type == CHANNEL_EMG ? "EMG" : "MISC",
            [UNITS] = strcmp(channel->unit, "a.u.") == 0 ? "" : channel->unit,
            [MUSCLE] = channel->muscle,
            [DESCRIPTION] = channel->description,
            [STATE] = channel->bad ? "bad" : "good",
            [REASON] = channel->why_bad,
        };
        size_t row;
        status = table_append(table, &row, error);
        for (size_t t = 0; t < COUNT && status == STATUS_OK; t++) {
            if (t == RATE) {
                table_set_real(table, row, RATE, channel->rate);
            } else {
                status = table_set_text(table, row, t, texts[t][0] ? texts[t] : NULL, error);
            }
        }
    }
    if (status == STATUS_OK) {
        table_write_tsv(table, stream, true, 0, table->row_count);
    }
    table_destroy(table);
    return status;
}

static enum status write_events(const struct recording_info *info, FILE *stream, FILE *description,
                                struct error *error)
{
    struct table *table = annotation_table(info, "events", event_columns, 3, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = table_sort(table, 0, error);
    }
    if (status == STATUS_OK) {
        table_write_tsv(table, stream, true, 0, table->row_count);
        status = sidecar_write(table, NULL, description, error);
    }
    table_destroy(table);
    return status;
}

enum status sidecars_write(struct sidecars *sidecars, const struct recording_info *info,
                           struct error *error)
{
    struct output **files = sidecars->files;
    enum status status = write_json(info, output_stream(files[SIDECAR_JSON]), error);
    if (status == STATUS_OK) {
        status = write_channels(info, output_stream(files[SIDECAR_CHANNELS]), error);
    }
    if (status == STATUS_OK && info->annotation_count > 0) {
        status = write_events(info, output_stream(files[SIDECAR_EVENTS]),
                              output_stream(files[SIDECAR_EVENTS_JSON]), error);
    }
    size_t count = info->annotation_count > 0 ? SIDECAR_COUNT : SIDECAR_EVENTS;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = output_commit(files[i], error);
        files[i] = NULL;
    }
    return status;
}

void sidecars_abort(struct sidecars *sidecars)
{
    for (size_t i = 0; i < SIDECAR_COUNT; i++) {
        output_abort(sidecars->files[i]);
        sidecars->files[i] = NULL;
    }
}
