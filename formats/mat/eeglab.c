/* EEGLAB data sets: a struct EEG, or its fields as variables; samples in it, or in a file beside
 * it. */
#include "formats/companion.h"
#include "formats/mat/facts.h"
#include "formats/mat/find.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct dataset {
    const struct mat_array *fields;
    double channels, frames, rate, trials;
};

static double number_of(const struct mat_array *fields, const char *name)
{
    double value;
    return mat_array_scalar(mat_array_field(fields, 0, name), &value) ? value : NAN;
}

static bool is_dataset(const struct mat_array *fields, struct dataset *set)
{
    if (!fields || fields->class != MAT_STRUCT || fields->count != 1) {
        return false;
    }
    *set = (struct dataset){fields, number_of(fields, "nbchan"), number_of(fields, "pnts"),
                            number_of(fields, "srate"), number_of(fields, "trials")};
    return mat_array_field(fields, 0, "data") && !isnan(set->channels) && !isnan(set->rate);
}

static enum status check(const struct mat_file *file, struct dataset *set, struct error *error)
{
    set->trials = isnan(set->trials) ? 1 : set->trials;
    if (set->trials > 1) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: holds %g epochs cut out of a recording, whose time is lost; save the "
                         "continuous data set",
                         file->name, set->trials);
    }
    if (!(set->channels >= 1 && set->channels <= 65536) || set->channels != floor(set->channels)) {
        return error_set(error, STATUS_FAILED, "%s: claims %g channels (nbchan)", file->name,
                         set->channels);
    }
    return STATUS_OK;
}

/* The samples' file as the data set names it; when it is not there, the one of the same stem, for
 * files that were renamed together. */
static enum status open_companion(struct mat_file *file, const struct dataset *set, char name[300],
                                  struct source **companion, struct error *error)
{
    char other[300];
    mat_array_text(mat_array_field(set->fields, 0, "data"), 0, name, 300);
    if (!name[0] || !strrchr(name, '.')) {
        mat_array_text(mat_array_field(set->fields, 0, "datfile"), 0, name, 300);
    }
    /* Only the bare name counts: folders are those of the machine that wrote it. */
    for (char *p = name; *p;) {
        p += strcspn(p, "/\\");
        if (*p) {
            memmove(name, p + 1, strlen(p));
            p = name;
        }
    }
    if (!companion_exists(file->source, name) &&
        companion_name(file->source, "fdt", other, sizeof other) &&
        companion_exists(file->source, other)) {
        if (name[0] && strcmp(name, other) != 0) {
            warnings_add(&file->info->warnings,
                         "%s: names the file '%s', which is not there; '%s' is read in its place",
                         file->name, name, other);
        }
        strcpy(name, other);
    }
    return companion_open(file->source, file->info, name, companion, error);
}

/* The companion as an array of the tree: 32-bit floats, little endian, a frame after a frame; in
 * files of the old kind (.dat) a channel after a channel. */
static enum status add_companion(struct mat_file *file, const struct dataset *set,
                                 struct mat_plan *plan, struct source **companion,
                                 struct error *error)
{
    char name[300];
    struct mat_array *array;
    enum status status = open_companion(file, set, name, companion, error);
    if (status != STATUS_OK) {
        return status;
    }
    uint64_t size = source_size(*companion), frames = size / 4 / (uint64_t)set->channels;
    if (!source_is_file(*companion)) {
        return error_set(error, STATUS_FAILED, "%s: is no regular file", source_name(*companion));
    }
    if (frames * 4 * (uint64_t)set->channels != size ||
        (!isnan(set->frames) && (double)frames != set->frames)) {
        status = mat_damage(file, error, "claims %g channels x %g samples, and '%s' holds %.6g",
                            set->channels, set->frames, name, (double)size / 4 / set->channels);
        if (set->frames >= 0 && set->frames < (double)frames) {
            frames = (uint64_t)set->frames;
        }
    }
    if (status == STATUS_OK) {
        status = mat_add_child(file, &file->root, name, strlen(name), &array, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const char *dot = strrchr(name, '.');
    bool planar = dot && strcasecmp(dot, ".dat") == 0;
    const uint64_t shape[] = {planar ? frames : (uint64_t)set->channels,
                              planar ? (uint64_t)set->channels : frames};
    array->class = array->stored = MAT_SINGLE;
    array->descriptor = source_descriptor(*companion);
    array->limit = size;
    if (!mat_set_shape(array, shape, 2) || array->count == 0) {
        return error_set(error, STATUS_FAILED, "%s: holds no samples; was it written to the end?",
                         source_name(*companion));
    }
    return mat_plan_matrix(plan, file, array, !planar, error);
}

static enum status add_samples(struct mat_file *file, const struct dataset *set,
                               struct mat_plan *plan, struct source **companion,
                               struct error *error)
{
    const struct mat_array *data = mat_array_field(set->fields, 0, "data");
    if (data->class == MAT_CHAR) {
        return add_companion(file, set, plan, companion, error);
    }
    if (!mat_array_is_numeric(data) || data->count == 0) {
        return error_set(error, STATUS_FAILED, "%s: its samples (data) cannot be read: they are %s",
                         file->name, data->count == 0 ? "empty" : "no plain numbers");
    }
    if (data->rank > 2) {
        return error_set(
            error, STATUS_UNSUPPORTED,
            "%s: holds epochs cut out of a recording (its data have three dimensions); "
            "save the continuous data set",
            file->name);
    }
    if ((double)data->rows != set->channels ||
        (!isnan(set->frames) && (double)data->columns != set->frames)) {
        return error_set(error, STATUS_FAILED,
                         "%s: claims %g channels x %g samples, its data are %zu x %zu", file->name,
                         set->channels, set->frames, data->rows, data->columns);
    }
    return mat_plan_matrix(plan, file, data, true, error);
}

/* Whether samples of a channel of that type are volts, which EEGLAB keeps in µV. */
static bool is_electric(const char *type)
{
    static const char *const electric[] = {"",     "EMG",  "EEG",  "EOG",  "ECG", "EKG", "HEOG",
                                           "VEOG", "SEEG", "ECOG", "IEEG", "ERP", NULL};
    for (size_t i = 0; electric[i]; i++) {
        if (strcasecmp(type, electric[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void describe_channels(struct mat_file *file, const struct dataset *set)
{
    const struct mat_array *places = mat_array_field(set->fields, 0, "chanlocs");
    bool told = places && places->class == MAT_STRUCT && places->count == file->info->channel_count;
    for (size_t c = 0; c < file->info->channel_count; c++) {
        struct channel *channel = &file->info->channels[c];
        char type[64] = "";
        if (told) {
            mat_facts_label(channel, mat_array_field(places, c, "labels"), 0);
            mat_array_text(mat_array_field(places, c, "type"), 0, type, sizeof type);
            mat_facts_unit(channel, mat_array_field(places, c, "unit"), 0);
        }
        if (type[0]) {
            channel->type = strcasecmp(type, "EMG") == 0 ? CHANNEL_EMG : CHANNEL_OTHER;
        }
        if (!channel->file_unit[0] && is_electric(type)) {
            strcpy(channel->file_unit, "uV");
        }
        channel->rate = set->rate > 0 && isfinite(set->rate) ? set->rate : 0;
    }
}

/* The event's type, which is a text or a number. */
static void event_text(const struct mat_array *type, char *to, size_t size)
{
    double number;
    mat_array_text(type, 0, to, size);
    if (!to[0] && mat_array_scalar(type, &number)) {
        snprintf(to, size, "%.9g", number);
    }
}

static enum status add_events(struct mat_file *file, const struct dataset *set, struct error *error)
{
    const struct mat_array *events = mat_array_field(set->fields, 0, "event");
    enum status status = STATUS_OK;
    size_t cuts = 0, lost = 0;
    if (!events || events->class != MAT_STRUCT || !(set->rate > 0)) {
        return STATUS_OK;
    }
    /* A damaged file may claim more events than there are. */
    size_t count = events->field_count > 0 ? events->child_count / events->field_count : 0;
    for (size_t e = 0; e < count && status == STATUS_OK; e++) {
        double latency, duration = NAN;
        char text[300];
        event_text(mat_array_field(events, e, "type"), text, sizeof text);
        (void)mat_array_scalar(mat_array_field(events, e, "duration"), &duration);
        if (!mat_array_scalar(mat_array_field(events, e, "latency"), &latency) ||
            !isfinite(latency)) {
            lost++;
            continue;
        }
        bool boundary = strcasecmp(text, "boundary") == 0;
        cuts += boundary;
        /* A boundary's duration is that of what was cut out: no time of the recording. */
        duration = boundary || !(duration >= 0) || !isfinite(duration) ? NAN : duration / set->rate;
        status = recording_info_annotate(file->info, (latency - 1) / set->rate, duration, text,
                                         strlen(text), error);
    }
    if (cuts > 0) {
        warnings_add(&file->info->warnings,
                     "%s: samples were cut out, or recordings joined, at %zu place%s (events "
                     "'boundary'): times after them are not those of the recording",
                     file->name, cuts, cuts == 1 ? "" : "s");
    }
    if (lost > 0) {
        warnings_add(&file->info->warnings,
                     "%s: %zu event%s no time (latency), and are left "
                     "out",
                     file->name, lost, lost == 1 ? " has" : "s have");
    }
    return status;
}

enum status mat_layout_eeglab(struct mat_file *file, struct mat_plan *plan, bool *matched,
                              struct source **companion, struct error *error)
{
    struct dataset set;
    *matched =
        is_dataset(mat_array_field(&file->root, 0, "EEG"), &set) || is_dataset(&file->root, &set);
    if (!*matched) {
        return STATUS_OK;
    }
    enum status status = check(file, &set, error);
    if (status == STATUS_OK) {
        status = recording_info_allocate(file->info, (size_t)set.channels, error);
    }
    if (status == STATUS_OK) {
        describe_channels(file, &set);
        /* Before the samples, whose file may be added to the tree that the fields lie in. */
        status = add_events(file, &set, error);
    }
    return status == STATUS_OK ? add_samples(file, &set, plan, companion, error) : status;
}
