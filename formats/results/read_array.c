/* Reading arrays and tables back from results files. */
#include "formats/checked.h"
#include "formats/results/read.h"

#include <limits.h>
#include <string.h>

/* Deflate packs at most about 1 : 1032; an array that claims more than that is damaged, and not
 * worth the memory that it asks for. */
#define PACKED_MAX 1100

bool results_has(struct results *results, const char *group, const char *name)
{
    const char *const *arrays = results_arrays(results, group);
    for (size_t i = 0; arrays && arrays[i]; i++) {
        if (strcmp(arrays[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static hid_t open_array(struct results *results, const char *group, const char *name)
{
    hid_t parent = H5Gopen2(results->file, group, H5P_DEFAULT);
    hid_t dataset = parent < 0 ? H5I_INVALID_HID : H5Dopen2(parent, name, H5P_DEFAULT);
    hdf5_close(parent);
    return dataset;
}

struct dimension_name {
    char text[64];
};

static herr_t keep_scale_name(hid_t dataset, unsigned dimension, hid_t scale, void *data)
{
    (void)dataset;
    (void)dimension;
    struct dimension_name *name = data;
    char path[sizeof name->text + 1] = "";
    if (H5Iget_name(scale, path, sizeof path) > 1) {
        snprintf(name->text, sizeof name->text, "%s", path + 1);
    }
    return 1; /* the first will do */
}

static enum column_type number_type(hid_t dataset, bool is_scale)
{
    bool missing = H5Aexists(dataset, "_FillValue") > 0;
    return missing || is_scale ? COLUMN_INTEGER : COLUMN_FLAGS;
}

static enum status describe_shape(struct results *results, hid_t dataset, const char *name,
                                  struct results_values *values, struct error *error)
{
    hsize_t sizes[RESULTS_RANK_MAX];
    hid_t space = H5Dget_space(dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    if (rank < 1 || rank > RESULTS_RANK_MAX || H5Sget_simple_extent_dims(space, sizes, NULL) < 0) {
        hdf5_close(space);
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: %s has %d dimensions; arrays of 1 to %d are read", results->path,
                         name, rank, RESULTS_RANK_MAX);
    }
    hdf5_close(space);
    bool is_scale = H5DSis_scale(dataset) > 0;
    values->rank = (size_t)rank;
    values->count = 1;
    for (unsigned i = 0; i < (unsigned)rank; i++) {
        struct dimension_name dimension = {""};
        if (is_scale) {
            snprintf(dimension.text, sizeof dimension.text, "%s", name);
        } else {
            H5DSiterate_scales(dataset, i, NULL, keep_scale_name, &dimension);
        }
        memcpy(values->dimensions[i], dimension.text, sizeof dimension.text);
        values->size[i] = (size_t)sizes[i];
        if (sizes[i] > SIZE_MAX / 16 ||
            !checked_multiply(values->count, (size_t)sizes[i], &values->count)) {
            return error_set(error, STATUS_FAILED, "%s: the size of %s makes no sense",
                             results->path, name);
        }
    }
    return STATUS_OK;
}

static enum status describe_type(struct results *results, hid_t dataset, const char *name,
                                 struct results_values *values, struct error *error)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t kind = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    bool text = kind == H5T_STRING && H5Tis_variable_str(type) > 0;
    hdf5_close(type);
    values->type = COLUMN_REAL;
    if (kind == H5T_INTEGER) {
        values->type = number_type(dataset, H5DSis_scale(dataset) > 0);
    } else if (text) {
        values->type = COLUMN_TEXT;
    } else if (kind != H5T_FLOAT) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: %s holds neither numbers nor text of variable length", results->path,
                         name);
    }
    values->unit = hdf5_get_text(dataset, "units");
    values->long_name = hdf5_get_text(dataset, "long_name");
    values->unit = values->unit ? values->unit : strdup("");
    values->long_name = values->long_name ? values->long_name : strdup("");
    if (values->type == COLUMN_FLAGS) {
        values->flag_meanings = hdf5_get_text(dataset, "flag_meanings");
    }
    if (!values->unit || !values->long_name) {
        return error_memory(error, "reading results");
    }
    return STATUS_OK;
}

/* Opens the array and fills all but the values; *dataset is the caller's to close on success. */
static enum status open_and_describe(struct results *results, const char *group, const char *name,
                                     struct results_values *values, hid_t *dataset,
                                     struct error *error)
{
    memset(values, 0, sizeof *values);
    hdf5_quiet();
    if (!results_has(results, group, name)) {
        return error_set(error, STATUS_FAILED, "%s: there is no array %s in group %s",
                         results->path, name, group);
    }
    *dataset = open_array(results, group, name);
    if (*dataset < 0) {
        return hdf5_error(error, results->path, "cannot open %s of group %s", name, group);
    }
    enum status status = describe_shape(results, *dataset, name, values, error);
    if (status == STATUS_OK) {
        status = describe_type(results, *dataset, name, values, error);
    }
    if (status != STATUS_OK) {
        hdf5_close(*dataset);
        results_values_clear(values);
    }
    return status;
}

enum status results_describe(struct results *results, const char *group, const char *name,
                             struct results_values *values, struct error *error)
{
    hid_t dataset;
    enum status status = open_and_describe(results, group, name, values, &dataset, error);
    if (status == STATUS_OK) {
        hdf5_close(dataset);
    }
    return status;
}

void results_values_clear(struct results_values *values)
{
    for (size_t i = 0; values->texts && i < values->count; i++) {
        free(values->texts[i]);
    }
    free(values->texts);
    free(values->reals);
    free(values->integers);
    free(values->unit);
    free(values->long_name);
    free(values->flag_meanings);
    memset(values, 0, sizeof *values);
}

/* Texts come in HDF5's memory; "n/a" becomes NULL. */
static herr_t read_texts(hid_t dataset, hid_t memory_space, hid_t file_space,
                         struct results_values *values)
{
    char **raw = checked_calloc(values->count, sizeof *raw);
    hid_t type = hdf5_text_type();
    herr_t result = -1;
    if (raw && type >= 0 &&
        H5Dread(dataset, type, memory_space, file_space, H5P_DEFAULT, raw) >= 0) {
        result = 0;
        for (size_t i = 0; i < values->count && result == 0; i++) {
            if (!raw[i] || strcmp(raw[i], RESULTS_MISSING_TEXT) != 0) {
                values->texts[i] = strdup(raw[i] ? raw[i] : "");
                result = values->texts[i] ? 0 : -1;
            }
        }
        H5Dvlen_reclaim(type, memory_space, H5P_DEFAULT, raw);
    }
    hdf5_close(type);
    free(raw);
    return result;
}

/* Reads steps of the first dimension into values, which hold their shape. */
static herr_t read_steps(hid_t dataset, size_t first, struct results_values *values)
{
    hsize_t start[RESULTS_RANK_MAX] = {first}, block[RESULTS_RANK_MAX];
    for (size_t i = 0; i < values->rank; i++) {
        block[i] = values->size[i];
    }
    hid_t file_space = H5Dget_space(dataset);
    hid_t memory_space = H5Screate_simple((int)values->rank, block, NULL);
    herr_t result = -1;
    if (file_space >= 0 && memory_space >= 0 &&
        H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start, NULL, block, NULL) >= 0) {
        if (values->type == COLUMN_TEXT) {
            result = read_texts(dataset, memory_space, file_space, values);
        } else {
            bool real = values->type == COLUMN_REAL;
            result = H5Dread(dataset, real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64, memory_space,
                             file_space, H5P_DEFAULT,
                             real ? (void *)values->reals : (void *)values->integers);
        }
    }
    hdf5_close(file_space);
    hdf5_close(memory_space);
    return result;
}

static bool allocate(struct results_values *values)
{
    switch (values->type) {
    case COLUMN_REAL:
        return (values->reals = checked_calloc(values->count, sizeof *values->reals)) != NULL;
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        return (values->integers = checked_calloc(values->count, sizeof *values->integers)) != NULL;
    case COLUMN_TEXT:
        break;
    }
    return (values->texts = checked_calloc(values->count, sizeof *values->texts)) != NULL;
}

/* Reads at most count steps from first on. */
static enum status read_array(struct results *results, const char *group, const char *name,
                              size_t first, size_t count, struct results_values *values,
                              struct error *error)
{
    hid_t dataset;
    enum status status = open_and_describe(results, group, name, values, &dataset, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (values->count / PACKED_MAX > H5Dget_storage_size(dataset)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: %s of group %s claims more values than the file can hold; it is "
                           "damaged",
                           results->path, name, group);
        goto out;
    }
    size_t steps = values->size[0];
    if (count != SIZE_MAX && (first > steps || count > steps - first)) {
        status = error_set(error, STATUS_FAILED, "%s: %s of group %s has %zu steps, not %zu",
                           results->path, name, group, steps, first + count);
        goto out;
    }
    if (count != SIZE_MAX) {
        values->count = steps ? values->count / steps * count : 0;
        values->size[0] = count;
    }
    if (!allocate(values)) {
        status = error_memory(error, "reading results");
    } else if (values->count > 0 && read_steps(dataset, first, values) < 0) {
        status = hdf5_error(error, results->path, "cannot read %s of group %s", name, group);
    }
out:
    hdf5_close(dataset);
    if (status != STATUS_OK) {
        results_values_clear(values);
    }
    return status;
}

enum status results_read(struct results *results, const char *group, const char *name,
                         struct results_values *values, struct error *error)
{
    return read_array(results, group, name, 0, SIZE_MAX, values, error);
}

enum status results_read_steps(struct results *results, const char *group, const char *name,
                               size_t first, size_t count, struct results_values *values,
                               struct error *error)
{
    if (count == SIZE_MAX) {
        memset(values, 0, sizeof *values);
        return error_set(error, STATUS_FAILED, "%s: %s has no %zu steps", results->path, name,
                         count);
    }
    return read_array(results, group, name, first, count, values, error);
}
