/* Which series an NWB file holds, and which of them are read. */
#include "formats/hdf5/nwb.h"

#include "formats/checked.h"

#include <string.h>

#define DEPTH_MAX  6
#define SERIES_MAX 4096

static bool says_emg(const char *text)
{
    return strcasestr(text, "emg") || strcasestr(text, "electromyogra");
}

static enum status add_series(struct nwb_file *file, hid_t group, const char *path,
                              const char *type, struct error *error)
{
    char description[256];
    size_t count = file->series_count;
    if (count == SERIES_MAX) {
        return error_set(error, STATUS_FAILED, "%s: has more than %d series",
                         file->signals->input.name, SERIES_MAX);
    }
    struct nwb_series *grown = checked_grow(file->series, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "opening HDF5");
    }
    file->series = grown;
    struct nwb_series *series = &file->series[file->series_count++];
    *series = (struct nwb_series){.electrical = strcmp(type, "ElectricalSeries") == 0};
    snprintf(series->path, sizeof series->path, "%s", path);
    hdf5_text_attribute(group, "description", description, sizeof description);
    /* What lies beside EMG, or speaks of it, need be none when it is no electrode's. */
    series->emg = says_emg(type) || says_emg(strrchr(path, '/')) ||
                  (series->electrical && (says_emg(path) || says_emg(description)));
    return STATUS_OK;
}

/* A series, or a group of them. Series of other kinds (images, annotations, intervals) hold no
 * signal. */
static enum status walk(struct nwb_file *file, const char *path, int depth, struct error *error)
{
    struct hdf5_input *input = &file->signals->input;
    char type[64], **names = NULL;
    size_t count = 0;
    hid_t group = hdf5_open_group(input, file->root, path);
    enum status status = STATUS_OK;
    if (group < 0 || depth > DEPTH_MAX) {
        hdf5_close(group);
        return STATUS_OK;
    }
    hdf5_text_attribute(group, "neurodata_type", type, sizeof type);
    if (strcmp(type, "ElectricalSeries") == 0 || strcmp(type, "TimeSeries") == 0 ||
        (says_emg(type) && hdf5_has(input, group, "data"))) {
        status = add_series(file, group, path, type, error);
    } else {
        status = hdf5_list(input, group, &names, &count, error);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        char below[NWB_PATH_SIZE];
        int written = snprintf(below, sizeof below, "%s/%s", path, names[i]);
        if (written > 0 && (size_t)written < sizeof below) {
            status = walk(file, below, depth + 1, error);
        }
    }
    hdf5_free_names(names, count);
    hdf5_close(group);
    return status;
}

enum status nwb_find_series(struct nwb_file *file, struct error *error)
{
    enum status status = walk(file, "/acquisition", 0, error);
    if (status == STATUS_OK) {
        status = walk(file, "/processing", 0, error);
    }
    for (size_t i = 0; i < file->series_count; i++) {
        file->series[i].name = strrchr(file->series[i].path, '/') + 1;
    }
    return status;
}

static enum status list_choices(const struct nwb_file *file, const char *what, enum status status,
                                struct error *error)
{
    char names[600] = "";
    size_t used = 0;
    for (size_t i = 0; i < file->series_count && used + 4 < sizeof names; i++) {
        int written = snprintf(names + used, sizeof names - used, "%s%.200s", i ? ", " : "",
                               file->series[i].path);
        used += written > 0 ? (size_t)written : 0;
    }
    return error_set(error, status, "%s: %s; %s%s", file->signals->input.name, what,
                     file->series_count ? "choose with --var: " : "it has no series of signals",
                     names);
}

enum status nwb_choose_series(struct nwb_file *file, struct error *error)
{
    const char *wanted = file->options->variable;
    size_t chosen = 0;
    bool emg = false;
    for (size_t i = 0; i < file->series_count; i++) {
        emg = emg || file->series[i].emg;
    }
    for (size_t i = 0; i < file->series_count; i++) {
        struct nwb_series *series = &file->series[i];
        if (wanted) {
            series->wanted = strcmp(wanted, series->path) == 0 ||
                             strcmp(wanted, series->path + 1) == 0 ||
                             strcmp(wanted, series->name) == 0;
        } else {
            series->wanted = emg ? series->emg : series->electrical;
        }
        chosen += series->wanted;
    }
    if (chosen > 0) {
        return STATUS_OK;
    }
    if (wanted) {
        char what[300];
        snprintf(what, sizeof what, "has no series '%.200s'", wanted);
        return list_choices(file, what, STATUS_FAILED, error);
    }
    return list_choices(file, "has no ElectricalSeries in acquisition or processing",
                        STATUS_UNSUPPORTED, error);
}
