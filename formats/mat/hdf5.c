/* The tree of a v7.3 MAT-file: HDF5 with datasets for arrays, groups for structs, and datasets of
 * references for cells and for the fields of struct arrays. */
#include "formats/mat/hdf5.h"

#include "formats/checked.h"

#include <stdlib.h>
#include <string.h>

/* Fields of struct arrays that are kept at most; see mat_keeps_field. */
#define KEPT_MAX 8

struct walk {
    struct mat_file *file;
    struct mat_array *parent;
    unsigned depth;
    enum status status;
    struct error *error;
    /* The fields of a struct array, where it is one. */
    size_t kept, elements;
    char *names[KEPT_MAX];
    hobj_ref_t *references[KEPT_MAX];
};

static enum status visit(struct mat_file *file, hid_t object, struct mat_array *array,
                         unsigned depth, struct error *error);

static bool holds_references(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    bool result = type >= 0 && H5Tequal(type, H5T_STD_REF_OBJ) > 0;
    if (type >= 0) {
        H5Tclose(type);
    }
    return result;
}

/* Numbers in a dataset; 0 when it holds fewer bytes than they need. */
static size_t count_references(const struct mat_file *file, hid_t dataset)
{
    hid_t space = H5Dget_space(dataset);
    hssize_t count = space >= 0 ? H5Sget_simple_extent_npoints(space) : 0;
    if (space >= 0) {
        H5Sclose(space);
    }
    /* More references than arrays can be kept are not looked at. */
    return count > 0 && (size_t)count <= file->arrays_left && H5Dget_storage_size(dataset) > 0
               ? (size_t)count
               : 0;
}

static hobj_ref_t *read_references(hid_t dataset, size_t count)
{
    hobj_ref_t *references = checked_calloc(count, sizeof *references);
    if (references &&
        H5Dread(dataset, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references) < 0) {
        free(references);
        references = NULL;
    }
    return references;
}

/* Appends what a reference leads to. */
static enum status add_referenced(struct mat_file *file, struct mat_array *parent, const char *name,
                                  const hobj_ref_t *reference, unsigned depth, struct error *error)
{
    struct mat_array *child;
    enum status status = mat_add_child(file, parent, name, name ? strlen(name) : 0, &child, error);
    if (status != STATUS_OK) {
        return status;
    }
    hid_t object = H5Rdereference2(file->hdf5.file, H5P_DEFAULT, H5R_OBJECT, reference);
    if (object >= 0) {
        status = visit(file, object, child, depth, error);
        H5Oclose(object);
    }
    return status;
}

static enum status visit_cells(struct mat_file *file, hid_t dataset, struct mat_array *array,
                               unsigned depth, struct error *error)
{
    enum status status = STATUS_OK;
    size_t count = depth < MAT_DEPTH_MAX ? count_references(file, dataset) : 0;
    array->class = MAT_CELL;
    if (count == 0 || H5Aexists(dataset, "MATLAB_empty") > 0) {
        return STATUS_OK;
    }
    hobj_ref_t *references = read_references(dataset, count);
    for (size_t i = 0; references && i < count && status == STATUS_OK; i++) {
        status = add_referenced(file, array, NULL, &references[i], depth + 1, error);
    }
    free(references);
    return status;
}

static enum status visit_values(struct mat_file *file, hid_t dataset, const char *class_name,
                                struct mat_array *array)
{
    mat_hdf5_describe(dataset, class_name, array);
    if (array->class != MAT_OTHER && !array->complex && array->rank == 2 &&
        mat_hold_values(file, array) &&
        mat_hdf5_numbers(dataset, 0, array->count, array->values) < array->count) {
        free(array->values);
        array->values = NULL;
        array->class = MAT_OTHER;
    }
    return STATUS_OK;
}

/* Keeps a field of a struct array: a dataset with a reference for each element. */
static bool keep_references(struct walk *walk, hid_t dataset, const char *name)
{
    char class_name[64];
    mat_hdf5_class(dataset, class_name);
    if (class_name[0] || !holds_references(dataset)) {
        return false;
    }
    size_t count = count_references(walk->file, dataset);
    if (walk->elements == 0) {
        walk->elements = count;
    }
    if (count > 0 && count == walk->elements && walk->kept < KEPT_MAX && mat_keeps_field(name)) {
        walk->names[walk->kept] = strdup(name);
        walk->references[walk->kept] = read_references(dataset, count);
        if (walk->names[walk->kept] && walk->references[walk->kept]) {
            walk->kept++;
        } else {
            free(walk->names[walk->kept]);
            free(walk->references[walk->kept]);
        }
    }
    return true;
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *link, void *data)
{
    struct walk *walk = data;
    struct mat_array *child;
    /* Links to other files are not followed; '#' begins what MATLAB keeps for itself. */
    if (link->type != H5L_TYPE_HARD || name[0] == '#') {
        return 0;
    }
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0) {
        return 0;
    }
    if (walk->depth <= 1 || H5Iget_type(object) != H5I_DATASET ||
        !keep_references(walk, object, name)) {
        walk->status =
            mat_add_child(walk->file, walk->parent, name, strlen(name), &child, walk->error);
        if (walk->status == STATUS_OK) {
            walk->status = visit(walk->file, object, child, walk->depth, walk->error);
        }
    }
    H5Oclose(object);
    return walk->status == STATUS_OK ? 0 : 1;
}

/* The fields of `array`, which is the root or a struct; `depth` is theirs. */
static enum status visit_links(struct mat_file *file, hid_t group, struct mat_array *array,
                               unsigned depth, struct error *error)
{
    struct walk walk = {.file = file, .parent = array, .depth = depth, .error = error};
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link, &walk) < 0) {
        walk.status = mat_damage(file, error, "a group of its HDF5 structure is damaged");
    }
    if (walk.elements > 0 && walk.status == STATUS_OK) {
        /* A struct array: fields without references have no place in it. */
        for (size_t i = 0; i < array->child_count; i++) {
            mat_array_clear(&array->children[i]);
        }
        array->child_count = 0;
        array->count = array->rows = walk.elements;
        array->columns = 1;
    }
    for (size_t e = 0; e < walk.elements && walk.status == STATUS_OK; e++) {
        for (size_t f = 0; f < walk.kept && walk.status == STATUS_OK; f++) {
            walk.status =
                add_referenced(file, array, walk.names[f], &walk.references[f][e], depth, error);
        }
    }
    array->field_count = walk.elements > 0 ? walk.kept : array->child_count;
    for (size_t f = 0; f < walk.kept; f++) {
        free(walk.names[f]);
        free(walk.references[f]);
    }
    return walk.status;
}

static enum status visit(struct mat_file *file, hid_t object, struct mat_array *array,
                         unsigned depth, struct error *error)
{
    char class_name[64];
    mat_hdf5_class(object, class_name);
    if (H5Iget_type(object) == H5I_DATASET) {
        return holds_references(object) ? visit_cells(file, object, array, depth, error)
                                        : visit_values(file, object, class_name, array);
    }
    array->rows = array->columns = array->count = 1;
    if (H5Iget_type(object) != H5I_GROUP || (class_name[0] && strcmp(class_name, "struct") != 0)) {
        array->class = H5Aexists(object, "MATLAB_sparse") > 0 ? MAT_SPARSE : MAT_OTHER;
        return STATUS_OK;
    }
    array->class = MAT_STRUCT;
    return depth < MAT_DEPTH_MAX ? visit_links(file, object, array, depth + 1, error) : STATUS_OK;
}

enum status mat_hdf5_read(struct mat_file *file, struct error *error)
{
    /* Room for a few chunks of every dataset that is open. */
    enum status opened = hdf5_input_open(file->source, (size_t)16 << 20, &file->hdf5, error);
    if (opened != STATUS_OK) {
        return opened;
    }
    enum status status = visit_links(file, file->hdf5.file, &file->root, 1, error);
    H5Eclear2(H5E_DEFAULT);
    return status;
}
