#include "formats/sidecar/sidecar.h"

#include "formats/checked.h"
#include "formats/sidecar/parts.h"
#include "formats/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TABLE_SIZE_MAX ((off_t)64 << 20)
#define JSONS_MAX      32
#define FRAMES_MAX     64

enum status sidecar_broken(struct sidecars *sidecars, const struct error *error)
{
    if (sidecars->strict) {
        return error->status;
    }
    warnings_add(&sidecars->warnings, "%s; passed over", error->message);
    return STATUS_OK;
}

enum status sidecar_note(struct sidecars *sidecars, const char *path, struct error *error)
{
    char **grown = checked_realloc(sidecars->files, sidecars->file_count + 1, sizeof *grown);
    sidecars->files = grown ? grown : sidecars->files;
    char *copy = grown ? strdup(path) : NULL;
    if (!copy) {
        return error_memory(error, "reading sidecars");
    }
    sidecars->files[sidecars->file_count++] = copy;
    return STATUS_OK;
}

enum status sidecar_read_table(struct sidecars *sidecars, const char *path, struct table **table,
                               struct error *error)
{
    struct stat about;
    enum status status;
    *table = NULL;
    FILE *stream = fopen(path, "rbe");
    if (!stream || fstat(fileno(stream), &about) != 0) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    } else if (about.st_size > TABLE_SIZE_MAX) {
        status =
            error_set(error, STATUS_FAILED, "%s: is larger than 64 MiB: is this a sidecar?", path);
    } else {
        status = table_read_tsv(stream, path, table, error);
    }
    if (stream) {
        fclose(stream);
    }
    return status == STATUS_OK ? STATUS_OK : sidecar_broken(sidecars, error);
}

void sidecar_cell(const struct table *table, size_t row, size_t column, char *to, size_t size)
{
    const char *text = column == SIZE_MAX ? NULL : table_text(table, row, column);
    text_from_field(to, size, text ? text : "", text ? strlen(text) : 0);
}

enum status sidecar_text_column(struct table *table, const char *const *names, size_t *column,
                                struct error *error)
{
    *column = SIZE_MAX;
    for (size_t i = 0; i < 4 && names[i] && *column == SIZE_MAX; i++) {
        *column = table_find(table, names[i]);
    }
    if (*column == SIZE_MAX || table->columns[*column].definition.type == COLUMN_TEXT) {
        return STATUS_OK;
    }
    return table_make_text(table, *column, error);
}

static void free_paths(char **paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(paths[i]);
    }
    free(paths);
}

static enum status read_jsons(struct sidecars *sidecars, const struct sidecar_search *search,
                              struct error *error)
{
    char **paths;
    size_t count;
    enum status status =
        sidecar_search_files(search, "emg", ".json", NULL, JSONS_MAX, &paths, &count, error);
    /* The nearest first: it wins. */
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        bool known;
        status = sidecar_read_json(sidecars, paths[i], &known, error);
        if (known && status == STATUS_OK) {
            status = sidecar_note(sidecars, paths[i], error);
        }
    }
    free_paths(paths, count);
    return status;
}

/* The nearest table of a suffix; *path is NULL when there is none, else owned by the caller. */
static enum status find_table(struct sidecars *sidecars, const struct sidecar_search *search,
                              const char *suffix, char **path, struct error *error)
{
    char **paths;
    size_t count;
    enum status status =
        sidecar_search_files(search, suffix, ".tsv", NULL, 1, &paths, &count, error);
    *path = count ? paths[0] : NULL;
    free(paths);
    if (*path) {
        status = sidecar_note(sidecars, *path, error);
    }
    return status;
}

/* Coordinate systems: those without a name, and those that the electrodes name. */
static enum status read_frames(struct sidecars *sidecars, const struct sidecar_search *search,
                               struct error *error)
{
    static const char *const names[4] = {"coordinate_system"};
    size_t column;
    char last[LABEL_SIZE] = "";
    enum status status = sidecar_text_column(sidecars->electrodes, names, &column, error);
    size_t rows = column == SIZE_MAX ? 0 : sidecars->electrodes->row_count, looked = 0;
    for (size_t r = 0; r <= rows && status == STATUS_OK && looked < FRAMES_MAX; r++) {
        char space[LABEL_SIZE] = "";
        char **paths;
        size_t count;
        bool known = false;
        if (r > 0) {
            sidecar_cell(sidecars->electrodes, r - 1, column, space, sizeof space);
        }
        for (size_t i = 0; i < sidecars->frame_count; i++) {
            known = known || strcmp(sidecars->frames[i].name, space) == 0;
        }
        if (r > 0 && (space[0] == '\0' || known || strcmp(space, last) == 0)) {
            continue;
        }
        looked++;
        memcpy(last, space, sizeof last);
        status = sidecar_search_files(search, "coordsystem", ".json", space[0] ? space : NULL, 1,
                                      &paths, &count, error);
        if (count > 0 && status == STATUS_OK) {
            status = sidecar_read_frames(sidecars, paths[0], space, error);
        }
        if (count > 0 && status == STATUS_OK) {
            status = sidecar_note(sidecars, paths[0], error);
        }
        free_paths(paths, count);
    }
    return status;
}

static enum status read_tables(struct sidecars *sidecars, const struct sidecar_search *search,
                               struct error *error)
{
    char *channels = NULL;
    enum status status = find_table(sidecars, search, "channels", &channels, error);
    if (channels && status == STATUS_OK) {
        status = sidecar_read_channels(sidecars, channels, error);
    }
    free(channels);
    if (status == STATUS_OK) {
        status = find_table(sidecars, search, "electrodes", &sidecars->electrodes_path, error);
    }
    if (sidecars->electrodes_path && status == STATUS_OK) {
        status =
            sidecar_read_table(sidecars, sidecars->electrodes_path, &sidecars->electrodes, error);
    }
    if (sidecars->electrodes && status == STATUS_OK) {
        status = read_frames(sidecars, search, error);
    }
    /* Beside any other recording, events are somebody's results or truth. */
    if (search->dataset && status == STATUS_OK) {
        status = find_table(sidecars, search, "events", &sidecars->events_path, error);
    }
    if (sidecars->events_path && status == STATUS_OK) {
        status = sidecar_read_table(sidecars, sidecars->events_path, &sidecars->events, error);
    }
    return status;
}

enum status sidecars_read(const char *path, bool strict, struct sidecars **result,
                          struct error *error)
{
    *result = NULL;
    struct sidecars *sidecars = calloc(1, sizeof *sidecars);
    struct sidecar_search *search = calloc(1, sizeof *search);
    enum status status =
        sidecars && search ? STATUS_OK : error_memory(error, "looking for sidecars");
    if (status == STATUS_OK) {
        sidecars->strict = strict;
        sidecar_search_start(search, path);
        status = read_jsons(sidecars, search, error);
    }
    if (status == STATUS_OK) {
        status = read_tables(sidecars, search, error);
    }
    free(search);
    if (status == STATUS_OK && (sidecars->file_count > 0 || sidecars->warnings.count > 0)) {
        *result = sidecars;
    } else {
        sidecars_destroy(sidecars);
    }
    return status;
}

void sidecars_destroy(struct sidecars *sidecars)
{
    if (sidecars) {
        free_paths(sidecars->files, sidecars->file_count);
        warnings_clear(&sidecars->warnings);
        free(sidecars->channels_path);
        free(sidecars->rows);
        table_destroy(sidecars->electrodes);
        table_destroy(sidecars->events);
        free(sidecars->electrodes_path);
        free(sidecars->events_path);
        free(sidecars->frames);
        free(sidecars->row_of);
        free(sidecars);
    }
}

char *const *sidecars_files(const struct sidecars *sidecars, size_t *count)
{
    *count = sidecars ? sidecars->file_count : 0;
    return sidecars ? sidecars->files : NULL;
}

const char *sidecars_complaint(const struct sidecars *sidecars)
{
    return sidecars && sidecars->warnings.count ? sidecars->warnings.texts[0] : NULL;
}

static const struct sidecar_row *row_of(const struct sidecars *sidecars, size_t c)
{
    bool known = sidecars && c < sidecars->channel_count && sidecars->row_of[c] != SIZE_MAX;
    return known ? &sidecars->rows[sidecars->row_of[c]] : NULL;
}

double sidecars_scale(const struct sidecars *sidecars, size_t c)
{
    const struct sidecar_row *row = row_of(sidecars, c);
    return row ? row->scale : 0;
}

/* The unit that a row tells. One that is no voltage (misspelled, or in another character set) does
 * not take a known one away. */
static void set_unit(struct sidecars *sidecars, const struct sidecar_row *row,
                     struct channel *channel)
{
    double said = text_microvolts_per(row->unit), own = text_microvolts_per(channel->file_unit);
    bool emg = row->type == CHANNEL_EMG ||
               (row->type == CHANNEL_UNKNOWN && channel->type != CHANNEL_OTHER);
    if (row->unit[0] && said == 0 && own > 0 && emg) {
        warnings_add(&sidecars->warnings,
                     "%s: '%s' is in '%s', which is no voltage that is known; "
                     "the file's %s stands",
                     sidecars->channels_path, row->name, row->unit, channel->file_unit);
    } else if (row->unit[0]) {
        if (said > 0 && own > 0 && said != own && row->scale == 0) {
            warnings_add(&sidecars->warnings,
                         "%s: '%s' is in %s, but the file says %s; the sidecar is believed "
                         "(--no-sidecars does without it)",
                         sidecars->channels_path, row->name, row->unit, channel->file_unit);
        }
        memcpy(channel->file_unit, row->unit, sizeof channel->file_unit);
        channel->unit_origin = ORIGIN_SIDECAR;
    }
    if (row->scale > 0) {
        channel->unit_origin = ORIGIN_SIDECAR;
    }
}

/* What a row says of its channel. */
static void describe(struct sidecars *sidecars, const struct sidecar_row *row,
                     struct channel *channel)
{
    set_unit(sidecars, row, channel);
    if (row->type != CHANNEL_UNKNOWN) {
        channel->type = row->type;
        channel->type_origin = ORIGIN_SIDECAR;
    }
    if (row->muscle[0]) {
        memcpy(channel->muscle, row->muscle, sizeof channel->muscle);
        channel->muscle_origin = ORIGIN_SIDECAR;
    }
    if (row->description[0]) {
        memcpy(channel->description, row->description, sizeof channel->description);
    }
    channel->bad = channel->bad || row->bad;
    if (row->bad) {
        memcpy(channel->why_bad, row->why_bad, sizeof channel->why_bad);
    }
}

/* What is said of the whole and does not fit. */
static void compare(struct sidecars *sidecars, const struct recording_info *info)
{
    size_t emg = 0;
    bool typed = true;
    for (size_t c = 0; c < info->channel_count; c++) {
        emg += info->channels[c].type == CHANNEL_EMG;
        typed = typed && info->channels[c].type_origin == ORIGIN_SIDECAR;
    }
    if (sidecars->emg_count > 0 && typed && emg != sidecars->emg_count) {
        warnings_add(&sidecars->warnings,
                     "the sidecars contradict each other: EMGChannelCount is %zu, channels of type "
                     "EMG are %zu",
                     sidecars->emg_count, emg);
    }
    /* A header may count the samples that fill its last record. */
    if (sidecars->duration > 0 && info->duration > 0 &&
        fabs(sidecars->duration - info->duration) > 2 + 0.02 * sidecars->duration) {
        warnings_add(&sidecars->warnings,
                     "the sidecar's RecordingDuration is %.6g s, the recording has %.6g s; is it "
                     "whole, and the sidecar its own?",
                     sidecars->duration, info->duration);
    }
}

static enum status hand_over(struct sidecars *sidecars, struct recording_info *info,
                             struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sidecars->file_count && status == STATUS_OK; i++) {
        status = recording_info_file(info, sidecars->files[i], error);
    }
    for (size_t i = 0; i < sidecars->warnings.count; i++) {
        warnings_add(&info->warnings, "%s", sidecars->warnings.texts[i]);
    }
    info->warnings.omitted += sidecars->warnings.omitted;
    return status;
}

const char *sidecars_device(const struct sidecars *sidecars)
{
    return sidecars ? sidecars->device : "";
}

enum status sidecars_apply(struct sidecars *sidecars, bool keep_rates, struct recording_info *info,
                           struct error *error)
{
    enum status status = sidecar_match(sidecars, info, error);
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        const struct sidecar_row *row = row_of(sidecars, c);
        if (row) {
            describe(sidecars, row, &info->channels[c]);
        }
    }
    if (status == STATUS_OK) {
        sidecar_rates(sidecars, keep_rates, info);
        compare(sidecars, info);
        status = sidecar_place(sidecars, info, error);
    }
    if (sidecars->mains > 0) {
        info->mains = sidecars->mains;
        info->mains_origin = ORIGIN_SIDECAR;
    }
    if (status == STATUS_OK) {
        status = sidecar_annotate(sidecars, info, error);
    }
    return status == STATUS_OK ? hand_over(sidecars, info, error) : status;
}
