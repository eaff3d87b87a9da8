/* Tables of an NWB file: electrodes, intervals, annotations. */
#include "formats/hdf5/nwb.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

#define TABLE     "/general/extracellular_ephys/electrodes"
#define ROWS_MAX  HDF5_COLUMNS_MAX
#define MARKS_MAX 10000000

/* A column that has as many rows as the table, or NULL. */
static char **read_column(struct nwb_file *file, const char *path)
{
    size_t count;
    char **texts = hdf5_texts(&file->signals->input, file->root, path, ROWS_MAX, &count);
    if (texts && file->electrode_count == 0) {
        file->electrode_count = count;
    }
    if (texts && count != file->electrode_count) {
        hdf5_free_names(texts, count);
        return NULL;
    }
    return texts;
}

void nwb_read_electrodes(struct nwb_file *file)
{
    file->locations = read_column(file, TABLE "/location");
    file->groups = read_column(file, TABLE "/group_name");
    static const char *const names[] = {TABLE "/label", TABLE "/channel_name",
                                        TABLE "/electrode_name", TABLE "/name"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !file->labels; i++) {
        file->labels = read_column(file, names[i]);
    }
}

void nwb_clear_electrodes(struct nwb_file *file)
{
    hdf5_free_names(file->labels, file->electrode_count);
    hdf5_free_names(file->groups, file->electrode_count);
    hdf5_free_names(file->locations, file->electrode_count);
}

/* What a row of a table of intervals is called: its first column of texts that has a name of one,
 * or the table's own. */
static char **read_labels(struct hdf5_input *input, hid_t table, size_t rows)
{
    static const char *const names[] = {
        "label", "labels", "trial_type", "condition", "task",     "stimulus", "tag",
        "tags",  "name",   "event_type", "type",      "movement", "activity", "behavior"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t count;
        char **texts = hdf5_texts(input, table, names[i], MARKS_MAX, &count);
        if (texts && count == rows) {
            return texts;
        }
        hdf5_free_names(texts, count);
    }
    return NULL;
}

static enum status annotate_intervals(struct nwb_file *file, hid_t table, const char *name,
                                      double zero, struct error *error)
{
    struct hdf5_input *input = &file->signals->input;
    struct recording_info *info = file->signals->info;
    size_t starts_count, stops_count;
    double *starts = hdf5_reals(input, table, "start_time", MARKS_MAX, &starts_count);
    double *stops = hdf5_reals(input, table, "stop_time", MARKS_MAX, &stops_count);
    char **labels = starts ? read_labels(input, table, starts_count) : NULL;
    enum status status = STATUS_OK;
    char own[64];
    snprintf(own, sizeof own, "%s", name);
    if (strcmp(own, "trials") == 0 || strcmp(own, "epochs") == 0) {
        own[strlen(own) - 1] = '\0';
    }
    for (size_t i = 0; starts && i < starts_count && status == STATUS_OK; i++) {
        double duration = stops && stops_count == starts_count && stops[i] >= starts[i]
                              ? stops[i] - starts[i]
                              : (double)NAN;
        const char *text = labels && labels[i][0] ? labels[i] : own;
        if (isfinite(starts[i])) {
            status = recording_info_annotate(info, starts[i] - zero, duration, text, strlen(text),
                                             error);
        }
    }
    hdf5_free_names(labels, labels ? starts_count : 0);
    free(starts);
    free(stops);
    return status;
}

static enum status annotate_series(struct nwb_file *file, hid_t series, double zero,
                                   struct error *error)
{
    struct hdf5_input *input = &file->signals->input;
    size_t count, stamps_count;
    char **texts = hdf5_texts(input, series, "data", MARKS_MAX, &count);
    double *stamps = hdf5_reals(input, series, "timestamps", MARKS_MAX, &stamps_count);
    enum status status = STATUS_OK;
    for (size_t i = 0; texts && stamps && i < count && i < stamps_count && status == STATUS_OK;
         i++) {
        if (isfinite(stamps[i])) {
            status = recording_info_annotate(file->signals->info, stamps[i] - zero, NAN, texts[i],
                                             strlen(texts[i]), error);
        }
    }
    hdf5_free_names(texts, count);
    free(stamps);
    return status;
}

/* Every table or series of marks in a folder and the folders in it. */
static enum status annotate_folder(struct nwb_file *file, const char *path, int depth, double zero,
                                   struct error *error)
{
    struct hdf5_input *input = &file->signals->input;
    hid_t folder = hdf5_open_group(input, file->root, path);
    char **names = NULL;
    size_t count = 0;
    enum status status = folder < 0 ? STATUS_OK : hdf5_list(input, folder, &names, &count, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        char below[NWB_PATH_SIZE], type[64];
        hid_t group = hdf5_open_group(input, folder, names[i]);
        if (group < 0) {
            continue;
        }
        hdf5_text_attribute(group, "neurodata_type", type, sizeof type);
        int written = snprintf(below, sizeof below, "%s/%s", path, names[i]);
        if (strcmp(type, "TimeIntervals") == 0) {
            status = annotate_intervals(file, group, names[i], zero, error);
        } else if (strcmp(type, "AnnotationSeries") == 0) {
            status = annotate_series(file, group, zero, error);
        } else if (depth > 0 && written > 0 && (size_t)written < sizeof below) {
            status = annotate_folder(file, below, depth - 1, zero, error);
        }
        hdf5_close(group);
    }
    hdf5_free_names(names, count);
    hdf5_close(folder);
    return status;
}

enum status nwb_annotate(struct nwb_file *file, double zero, struct error *error)
{
    static const struct {
        const char *path;
        int depth;
    } folders[] = {
        {"/intervals", 0}, {"/acquisition", 1}, {"/stimulus/presentation", 0}, {"/processing", 2}};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && status == STATUS_OK; i++) {
        status = annotate_folder(file, folders[i].path, folders[i].depth, zero, error);
    }
    return status;
}
