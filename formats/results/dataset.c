/* The datasets of a results file: layout, attributes, and values on their way into it. */
#include "formats/checked.h"
#include "formats/results/hdf5.h"
#include "formats/utf8.h"

#include <math.h>
#include <string.h>

#define CHUNK_MAX_BYTES   ((size_t)256 << 10) /* of fixed arrays */
#define GROWING_MAX_BYTES ((size_t)64 << 10)
#define GROWING_MAX_STEPS 1024
#define DEFLATE_LEVEL     4

size_t results_value_size(const struct results_array *array)
{
    switch (array->type) {
    case COLUMN_REAL:
        return array->single ? sizeof(float) : sizeof(double);
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        return sizeof(int64_t);
    case COLUMN_TEXT:
        break;
    }
    return sizeof(char *);
}

static enum status stage_texts(char **to, const char *const *from, size_t count,
                               struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = from && from[i] ? from[i] : RESULTS_MISSING_TEXT;
        to[i] = utf8_duplicate(text, strlen(text));
        if (!to[i]) {
            while (i > 0) {
                free(to[--i]);
            }
            return error_memory(error, "writing results");
        }
    }
    return STATUS_OK;
}

enum status results_stage(const struct results_array *array, void *to, const void *values,
                          size_t count, struct error *error)
{
    const double *reals = values;
    const int64_t *integers = values;
    switch (array->type) {
    case COLUMN_REAL:
        /* 0/0 has another sign on other machines, and so would the file. */
        for (size_t i = 0; i < count; i++) {
            double value = !reals || isnan(reals[i]) ? (double)NAN : reals[i];
            if (array->single) {
                ((float *)to)[i] = (float)value;
            } else {
                ((double *)to)[i] = value;
            }
        }
        break;
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        for (size_t i = 0; i < count; i++) {
            int64_t missing = array->type == COLUMN_INTEGER ? TABLE_MISSING : 0;
            ((int64_t *)to)[i] = integers ? integers[i] : missing;
        }
        break;
    case COLUMN_TEXT:
        return stage_texts(to, values, count, error);
    }
    return STATUS_OK;
}

void results_unstage(const struct results_array *array, void *staged, size_t count)
{
    if (array->type == COLUMN_TEXT) {
        for (size_t i = 0; i < count; i++) {
            free(((char **)staged)[i]);
        }
    }
}

/* group + "/" + name; NULL when memory ran out. */
static char *make_path(const char *group, const char *name)
{
    const char *separator = group[0] && group[strlen(group) - 1] == '/' ? "" : "/";
    size_t size = strlen(group) + strlen(name) + 3;
    char *path = malloc(size);
    if (path) {
        snprintf(path, size, "%s%s%s%s", group[0] == '/' ? "" : "/", group, separator, name);
    }
    return path;
}

/* Whether path is what make_path would make. */
static bool is_path(const char *path, const char *group, const char *name)
{
    group += group[0] == '/';
    size_t length = strlen(group);
    length -= length > 0 && group[length - 1] == '/';
    path++;
    if (strncmp(path, group, length) != 0) {
        return false;
    }
    path += length;
    if (length > 0 && *path++ != '/') {
        return false;
    }
    return strcmp(path, name) == 0;
}

struct results_array *results_find_array(struct results_writer *writer, const char *group,
                                         const char *name)
{
    for (size_t i = 0; i < writer->array_count; i++) {
        if (is_path(writer->arrays[i].path, group, name)) {
            return &writer->arrays[i];
        }
    }
    return NULL;
}

/* Makes the groups on the way to the array at path that are missing: by hand, since HDF5 makes
 * intermediate groups without tracking their order. */
static herr_t make_groups(hid_t file, const char *path)
{
    herr_t result = -1;
    hid_t list = H5Pcreate(H5P_GROUP_CREATE);
    char *part = strdup(path);
    if (list < 0 || !part || H5Pset_obj_track_times(list, 0) < 0 ||
        H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0) {
        goto out;
    }
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        htri_t exists = H5Lexists(file, part, H5P_DEFAULT);
        hid_t made =
            exists == 0 ? H5Gcreate2(file, part, H5P_DEFAULT, list, H5P_DEFAULT) : H5I_INVALID_HID;
        if (exists < 0 || (exists == 0 && (made < 0 || hdf5_close(made) < 0))) {
            goto out;
        }
        *slash = '/';
    }
    result = 0;
out:
    free(part);
    hdf5_close(list);
    return result;
}

/* Sizes in the file, the shape of chunks, and the counts in array. False on overflow. */
static bool plan_shape(const struct results_writer *writer, struct results_array *array,
                       hsize_t *sizes, hsize_t *chunk)
{
    const struct results_dimension *first = &writer->dimensions[array->dimensions[0]];
    size_t bytes = results_value_size(array);
    array->growing = first->growing;
    array->step = 1;
    for (size_t i = 0; i < array->rank; i++) {
        size_t size = writer->dimensions[array->dimensions[i]].size;
        sizes[i] = size;
        chunk[i] = size ? size : 1;
        if (i > 0 && !checked_multiply(array->step, size, &array->step)) {
            return false;
        }
    }
    if (!checked_multiply(array->step, first->size, &array->count)) {
        return false;
    }
    if (array->growing) {
        chunk[0] = GROWING_MAX_STEPS;
    }
    for (size_t i = 0; i < array->rank; i++) {
        if (!checked_multiply(bytes, (size_t)chunk[i], &bytes)) {
            return false;
        }
    }
    size_t limit = array->growing ? GROWING_MAX_BYTES : CHUNK_MAX_BYTES;
    for (size_t i = 0; i < array->rank; i++) {
        while (bytes > limit && chunk[i] > 1) {
            bytes = bytes / chunk[i] * ((chunk[i] + 1) / 2);
            chunk[i] = (chunk[i] + 1) / 2;
        }
    }
    array->chunk_steps = (size_t)chunk[0];
    return true;
}

/* What a reader sees where nothing is, in HDF5's property and as the attribute of netCDF. */
static herr_t set_fill(hid_t list, const struct results_array *array)
{
    const double real = NAN;
    const int64_t integer = TABLE_MISSING;
    if (array->coordinate || array->type == COLUMN_FLAGS || array->type == COLUMN_TEXT) {
        return 0;
    }
    return array->type == COLUMN_REAL ? H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &real)
                                      : H5Pset_fill_value(list, H5T_NATIVE_INT64, &integer);
}

static herr_t set_layout(hid_t list, const struct results_array *array, const hsize_t *chunk)
{
    bool text = array->type == COLUMN_TEXT;
    if (!array->growing &&
        (text || array->count <= RESULTS_CONTIGUOUS_MAX / results_value_size(array))) {
        return 0; /* in one piece */
    }
    if (H5Pset_chunk(list, (int)array->rank, chunk) < 0) {
        return -1;
    }
    if (text) {
        return 0;
    }
    return H5Pset_shuffle(list) < 0 ? -1 : H5Pset_deflate(list, DEFLATE_LEVEL);
}

static hid_t create_dataset(struct results_writer *writer, const struct results_array *array,
                            const hsize_t *sizes, const hsize_t *chunk)
{
    hsize_t limits[RESULTS_RANK_MAX];
    memcpy(limits, sizes, array->rank * sizeof *limits);
    if (array->growing) {
        limits[0] = H5S_UNLIMITED;
    }
    hid_t dataset = H5I_INVALID_HID;
    hid_t type = results_file_type(array->type, array->single, writer->text_type);
    hid_t space = H5Screate_simple((int)array->rank, sizes, limits);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    /* Without a chunk cache whole chunks go straight to the file: no memory, and a full disk
     * shows in the call that filled it. */
    if (space >= 0 && creation >= 0 && access >= 0 && H5Pset_obj_track_times(creation, 0) >= 0 &&
        set_fill(creation, array) >= 0 && set_layout(creation, array, chunk) >= 0 &&
        H5Pset_chunk_cache(access, 1, 0, H5D_CHUNK_CACHE_W0_DEFAULT) >= 0) {
        dataset = H5Dcreate2(writer->file, array->path, type, space, H5P_DEFAULT, creation, access);
    }
    hdf5_close(space);
    hdf5_close(creation);
    hdf5_close(access);
    return dataset;
}

/* CF: flag_masks, and flag_meanings separated by blanks. */
static herr_t put_flags(hid_t dataset, const struct flag_names *flags)
{
    int64_t masks[64];
    char meanings[2048] = "";
    size_t count = 0, length = 0;
    while (flags && flags->names[count] && count < 63) {
        int added = snprintf(meanings + length, sizeof meanings - length, "%s%s", count ? " " : "",
                             flags->names[count]);
        if (added < 0 || (size_t)added >= sizeof meanings - length) {
            return -1;
        }
        for (size_t i = length + (count > 0); i < length + (size_t)added; i++) {
            meanings[i] = meanings[i] == ' ' ? '_' : meanings[i];
        }
        length += (size_t)added;
        masks[count] = (int64_t)1 << count;
        count++;
    }
    if (count == 0) {
        return 0;
    }
    return hdf5_put_integers(dataset, "flag_masks", masks, count) < 0
               ? -1
               : hdf5_put_text(dataset, "flag_meanings", meanings);
}

static herr_t put_attributes(const struct results_array *array,
                             const struct column_definition *definition)
{
    const double real = NAN;
    const int64_t integer = TABLE_MISSING;
    hid_t dataset = array->dataset;
    if (hdf5_put_text(dataset, "long_name", definition->long_name ? definition->long_name : "") <
            0 ||
        hdf5_put_text(dataset, "units", definition->unit ? definition->unit : "") < 0) {
        return -1;
    }
    if (array->coordinate) {
        return H5DSset_scale(dataset, definition->name);
    }
    switch (array->type) {
    case COLUMN_REAL:
        return hdf5_put_scalar(dataset, "_FillValue",
                               results_file_type(array->type, array->single, H5I_INVALID_HID),
                               H5T_NATIVE_DOUBLE, &real);
    case COLUMN_INTEGER:
        return hdf5_put_scalar(dataset, "_FillValue", H5T_STD_I64LE, H5T_NATIVE_INT64, &integer);
    case COLUMN_FLAGS:
        return put_flags(dataset, definition->flags);
    case COLUMN_TEXT:
        break;
    }
    return 0;
}

enum status results_add_array(struct results_writer *writer, const char *group,
                              const struct column_definition *definition,
                              const struct results_array *shape, struct error *error)
{
    const char *name = definition->name;
    if (name[0] == '\0' || strchr(name, '/') || strcmp(name, ".") == 0) {
        return error_set(error, STATUS_FAILED, "%s: '%s' cannot name an array", writer->path, name);
    }
    if (results_find_array(writer, group, name)) {
        return error_set(error, STATUS_FAILED, "%s: array %s of group %s is defined twice",
                         writer->path, name, group);
    }
    size_t index = writer->array_count;
    struct results_array *grown = checked_realloc(writer->arrays, index + 1, sizeof *grown);
    if (grown) {
        writer->arrays = grown;
    }
    char *path = make_path(group, name);
    if (!grown || !path) {
        free(path);
        return error_memory(error, "defining an array");
    }
    struct results_array *array = &writer->arrays[index];
    *array = *shape;
    array->path = path;
    array->type = definition->type;
    array->dataset = H5I_INVALID_HID;
    writer->array_count++;
    hsize_t sizes[RESULTS_RANK_MAX], chunk[RESULTS_RANK_MAX];
    if (!plan_shape(writer, array, sizes, chunk)) {
        return error_set(error, STATUS_FAILED, "%s: array %s is too large", writer->path, path);
    }
    if (make_groups(writer->file, path) < 0) {
        return hdf5_error(error, writer->path, "cannot create group %s", group);
    }
    array->dataset = create_dataset(writer, array, sizes, chunk);
    if (array->dataset < 0 || put_attributes(array, definition) < 0) {
        return hdf5_error(error, writer->path, "cannot create %s", path);
    }
    return STATUS_OK;
}
