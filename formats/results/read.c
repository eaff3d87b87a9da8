/* Opening results files: what is in them. Values are read in results_read_array.c. */
#include "formats/results/read.h"
#include "formats/checked.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define GROUP_DEPTH_MAX 8

static char **append_name(char **names, size_t *count, const char *name)
{
    char **grown = checked_realloc(names, *count + 2, sizeof *grown);
    char *copy = grown ? strdup(name) : NULL;
    if (copy) {
        grown[(*count)++] = copy;
        grown[*count] = NULL;
    } else if (grown) {
        grown[*count] = NULL;
    }
    return grown ? grown : names;
}

struct visit {
    struct results *results;
    size_t group; /* index */
    size_t depth;
    bool failed;
};

static void visit_group(struct results *results, hid_t group, const char *path, size_t depth,
                        bool *failed);

/* Hard links only: others may lead out of the file. */
static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *link, void *data)
{
    struct visit *visit = data;
    H5O_info_t object;
    if (link->type != H5L_TYPE_HARD ||
        H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0) {
        return 0;
    }
    struct results_group *own = &visit->results->groups[visit->group];
    if (object.type == H5O_TYPE_DATASET) {
        size_t before = own->array_count;
        own->arrays = append_name(own->arrays, &own->array_count, name);
        visit->failed = visit->failed || own->array_count == before;
    } else if (object.type == H5O_TYPE_GROUP && visit->depth < GROUP_DEPTH_MAX) {
        const char *parent = own->path[1] ? own->path : "";
        size_t size = strlen(parent) + strlen(name) + 2;
        char *path = malloc(size);
        hid_t child = path ? H5Gopen2(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
        if (child >= 0) {
            snprintf(path, size, "%s/%s", parent, name);
            visit_group(visit->results, child, path, visit->depth + 1, &visit->failed);
            hdf5_close(child);
        } else {
            visit->failed = true;
        }
        free(path);
    }
    return 0;
}

/* Adds the group and what is below it, in the order of creation where that was tracked. */
static void visit_group(struct results *results, hid_t group, const char *path, size_t depth,
                        bool *failed)
{
    size_t index = results->group_count;
    struct results_group *grown = checked_realloc(results->groups, index + 1, sizeof *grown);
    char *copy = strdup(path);
    char **arrays = checked_calloc(1, sizeof *arrays);
    if (grown) {
        results->groups = grown;
    }
    if (!grown || !copy || !arrays) {
        free(copy);
        free(arrays);
        *failed = true;
        return;
    }
    grown[index] = (struct results_group){.path = copy, .arrays = arrays};
    results->group_count++;
    unsigned order = 0;
    hid_t creation = H5Gget_create_plist(group);
    if (creation < 0 || H5Pget_link_creation_order(creation, &order) < 0) {
        order = 0;
    }
    hdf5_close(creation);
    struct visit visit = {.results = results, .group = index, .depth = depth};
    H5_index_t by = order & H5P_CRT_ORDER_TRACKED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    hsize_t position = 0;
    if (H5Literate(group, by, H5_ITER_INC, &position, visit_link, &visit) < 0 || visit.failed) {
        *failed = true;
    }
}

/* A message of the system for what cannot be opened, and of ours for what is not HDF5. */
static enum status check_signature(const char *path, struct error *error)
{
    static const char signature[8] = "\x89HDF\r\n\x1a\n";
    char start[sizeof signature] = "";
    FILE *file = fopen(path, "rb");
    if (!file) {
        return error_set(error, STATUS_FAILED, "%s: cannot open: %s", path, strerror(errno));
    }
    size_t got = fread(start, 1, sizeof start, file);
    int number = ferror(file) ? errno : 0;
    fclose(file);
    if (number) {
        return error_set(error, STATUS_FAILED, "%s: cannot read: %s", path, strerror(number));
    }
    if (got == 0) {
        return error_set(error, STATUS_FAILED, "%s: the file is empty", path);
    }
    if (got < sizeof start || memcmp(start, signature, sizeof signature) != 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: no results file of soleus (HDF5); results are written by soleus run",
                         path);
    }
    return STATUS_OK;
}

static enum status open_file(struct results *results, struct error *error)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    /* Read-only folders and some network file systems refuse locks. */
    if (access >= 0 && H5Pset_file_locking(access, 0, 1) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
        results->file = H5Fopen(results->path, H5F_ACC_RDONLY, access);
    }
    hdf5_close(access);
    if (results->file < 0) {
        return hdf5_error(error, results->path, "cannot read this HDF5 file; is it complete?");
    }
    if (!results_text_attribute(results, "soleus_version")) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: an HDF5 file, but no results of soleus (attribute soleus_version is "
                         "missing)",
                         results->path);
    }
    hid_t root = H5Gopen2(results->file, "/", H5P_DEFAULT);
    bool failed = root < 0;
    if (root >= 0) {
        visit_group(results, root, "/", 0, &failed);
        hdf5_close(root);
    }
    size_t count = results->group_count;
    results->group_paths = checked_calloc(count + 1, sizeof *results->group_paths);
    if (failed || !results->group_paths) {
        return hdf5_error(error, results->path, "cannot list what is in the file");
    }
    for (size_t i = 1; i < count; i++) {
        results->group_paths[i - 1] = results->groups[i].path;
    }
    return STATUS_OK;
}

enum status results_open(const char *path, struct results **results, struct error *error)
{
    *results = NULL;
    hdf5_quiet();
    enum status status = check_signature(path, error);
    if (status != STATUS_OK) {
        return status;
    }
    struct results *made = checked_calloc(1, sizeof *made);
    if (!made) {
        return error_memory(error, "opening a results file");
    }
    made->file = H5I_INVALID_HID;
    made->path = strdup(path);
    status = made->path ? open_file(made, error) : error_memory(error, "opening a results file");
    if (status == STATUS_OK) {
        *results = made;
    } else {
        results_close(made);
    }
    return status;
}

void results_close(struct results *results)
{
    if (!results) {
        return;
    }
    hdf5_quiet();
    if (results->file >= 0) {
        H5Fclose(results->file);
    }
    for (size_t i = 0; i < results->group_count; i++) {
        for (size_t k = 0; k < results->groups[i].array_count; k++) {
            free(results->groups[i].arrays[k]);
        }
        free(results->groups[i].arrays);
        free(results->groups[i].path);
    }
    for (size_t i = 0; i < results->attribute_count; i++) {
        free(results->attributes[i].name);
        free(results->attributes[i].text);
    }
    free(results->attributes);
    free(results->groups);
    free(results->group_paths);
    free(results->path);
    free(results);
}

double results_real_attribute(struct results *results, const char *name)
{
    double value = NAN;
    hdf5_quiet();
    if (H5Aexists(results->file, name) <= 0) {
        return NAN;
    }
    hid_t attribute = H5Aopen(results->file, name, H5P_DEFAULT);
    if (attribute < 0) {
        return NAN;
    }
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    H5T_class_t kind = H5Tget_class(type);
    if ((kind != H5T_FLOAT && kind != H5T_INTEGER) || H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0) {
        value = NAN;
    }
    hdf5_close(space);
    hdf5_close(type);
    hdf5_close(attribute);
    return value;
}

const char *results_text_attribute(struct results *results, const char *name)
{
    hdf5_quiet();
    for (size_t i = 0; i < results->attribute_count; i++) {
        if (strcmp(results->attributes[i].name, name) == 0) {
            return results->attributes[i].text;
        }
    }
    size_t index = results->attribute_count;
    struct results_text *grown = checked_realloc(results->attributes, index + 1, sizeof *grown);
    if (!grown) {
        return NULL;
    }
    results->attributes = grown;
    char *text = hdf5_get_text(results->file, name);
    if (!text) {
        double value = results_real_attribute(results, name);
        char spelled[32];
        table_format_real(spelled, sizeof spelled, value);
        text = isnan(value) ? NULL : strdup(spelled);
    }
    char *copy = text ? strdup(name) : NULL;
    if (!copy) {
        free(text);
        return NULL;
    }
    grown[index] = (struct results_text){.name = copy, .text = text};
    results->attribute_count++;
    return text;
}

const char *results_path(const struct results *results)
{
    return results->path;
}

const char *const *results_groups(struct results *results)
{
    return results->group_paths;
}

const char *const *results_arrays(struct results *results, const char *group)
{
    for (size_t i = 0; i < results->group_count; i++) {
        if (strcmp(results->groups[i].path, group) == 0) {
            return (const char *const *)results->groups[i].arrays;
        }
    }
    return NULL;
}
