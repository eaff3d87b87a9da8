/* Writing results files: the file, its attributes, dimensions and fixed arrays. Arrays that grow
 * are in results_grow.c, the datasets themselves in results_dataset.c, the end in
 * results_finish.c. */
#include "formats/checked.h"
#include "formats/results/hdf5.h"

#include <string.h>

bool results_enter(struct results_writer *writer)
{
    hdf5_quiet();
    return writer->failure.status == STATUS_OK;
}

enum status results_leave(struct results_writer *writer, struct error *error)
{
    if (writer->state.error_number != 0 && writer->failure.status == STATUS_OK) {
        error_set(&writer->failure, STATUS_FAILED, "%s: cannot write: %s; is the disk full?",
                  writer->path, strerror(writer->state.error_number));
    }
    if (writer->failure.status != STATUS_OK) {
        error_set(error, writer->failure.status, "%s", writer->failure.message);
    }
    return writer->failure.status;
}

/* What HDF5 is told for every file: no times in it, groups that keep their order. */
static hid_t create_file(const char *path, struct results_file *state)
{
    hid_t file = H5I_INVALID_HID;
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (creation >= 0 && access >= 0 && H5Pset_obj_track_times(creation, 0) >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        results_file_set(access, state) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
        file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    }
    hdf5_close(creation);
    hdf5_close(access);
    return file;
}

enum status results_create(const char *path, struct results_writer **writer, struct error *error)
{
    *writer = NULL;
    hdf5_quiet();
    struct results_writer *made = checked_calloc(1, sizeof *made);
    if (!made) {
        return error_memory(error, "creating a results file");
    }
    made->file = made->text_type = made->state.driver = H5I_INVALID_HID;
    enum status status = STATUS_OK;
    made->path = strdup(path);
    if (!made->path) {
        status = error_memory(error, "creating a results file");
        goto out;
    }
    made->text_type = hdf5_text_type();
    made->file = create_file(path, &made->state);
    if (made->file < 0 && made->state.open_error) {
        status = error_set(error, STATUS_FAILED, "%s: cannot create: %s", path,
                           strerror(made->state.open_error));
        goto out;
    }
    if (made->file < 0 || made->text_type < 0) {
        status = hdf5_error(error, path, "cannot create");
        goto out;
    }
    status = results_attribute_text(made, "soleus_version", SOLEUS_VERSION, error);
out:
    if (status == STATUS_OK) {
        *writer = made;
    } else {
        results_abort(made);
    }
    return status;
}

enum status results_attribute_text(struct results_writer *writer, const char *name,
                                   const char *value, struct error *error)
{
    if (results_enter(writer) && hdf5_put_text(writer->file, name, value) < 0) {
        hdf5_error(&writer->failure, writer->path, "cannot write attribute %s", name);
    }
    return results_leave(writer, error);
}

enum status results_attribute_real(struct results_writer *writer, const char *name, double value,
                                   struct error *error)
{
    if (results_enter(writer) &&
        hdf5_put_scalar(writer->file, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value) < 0) {
        hdf5_error(&writer->failure, writer->path, "cannot write attribute %s", name);
    }
    return results_leave(writer, error);
}

size_t results_find_dimension(const struct results_writer *writer, const char *name)
{
    for (size_t i = 0; i < writer->dimension_count; i++) {
        if (strcmp(writer->dimensions[i].name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* A dimension and its coordinate variable, still without values. */
static enum status add_dimension(struct results_writer *writer,
                                 const struct column_definition *definition, size_t size,
                                 bool growing)
{
    struct error *failure = &writer->failure;
    if (strlen(definition->name) >= sizeof((struct results_values *)NULL)->dimensions[0]) {
        return error_set(failure, STATUS_FAILED, "%s: the name of dimension %s is too long",
                         writer->path, definition->name);
    }
    if (definition->type == COLUMN_FLAGS || (growing && definition->type != COLUMN_REAL)) {
        return error_set(failure, STATUS_FAILED, "%s: dimension %s cannot be of this type",
                         writer->path, definition->name);
    }
    size_t index = writer->dimension_count;
    struct results_dimension *grown = checked_realloc(writer->dimensions, index + 1, sizeof *grown);
    char *name = strdup(definition->name);
    if (grown) {
        writer->dimensions = grown;
    }
    if (!grown || !name) {
        free(name);
        return error_memory(failure, "defining a dimension");
    }
    grown[index] = (struct results_dimension){
        .name = name, .size = size, .growing = growing, .coordinate = writer->array_count};
    writer->dimension_count++;
    const struct results_array shape = {.rank = 1, .dimensions = {index}, .coordinate = true};
    return results_add_array(writer, "/", definition, &shape, failure);
}

enum status results_dimension(struct results_writer *writer,
                              const struct column_definition *definition, size_t size,
                              const void *values, struct error *error)
{
    if (results_enter(writer) && add_dimension(writer, definition, size, false) == STATUS_OK) {
        results_write_fixed(writer, &writer->arrays[writer->array_count - 1], values,
                            &writer->failure);
    }
    return results_leave(writer, error);
}

enum status results_growing_dimension(struct results_writer *writer,
                                      const struct column_definition *definition,
                                      struct error *error)
{
    if (results_enter(writer)) {
        add_dimension(writer, definition, 0, true);
    }
    return results_leave(writer, error);
}

enum status results_array(struct results_writer *writer, const char *group,
                          const struct column_definition *definition, const char *const *dimensions,
                          size_t rank, bool single, struct error *error)
{
    if (!results_enter(writer)) {
        return results_leave(writer, error);
    }
    struct results_array shape = {.rank = rank, .single = single};
    if (rank == 0 || rank > RESULTS_RANK_MAX) {
        error_set(&writer->failure, STATUS_FAILED, "%s: array %s has rank %zu; 1 to %d are stored",
                  writer->path, definition->name, rank, RESULTS_RANK_MAX);
        return results_leave(writer, error);
    }
    for (size_t i = 0; i < rank; i++) {
        size_t index = results_find_dimension(writer, dimensions[i]);
        if (index == SIZE_MAX || (i > 0 && writer->dimensions[index].growing)) {
            error_set(&writer->failure, STATUS_FAILED, "%s: array %s: dimension %s %s",
                      writer->path, definition->name, dimensions[i],
                      index == SIZE_MAX ? "is not defined" : "grows and must come first");
            return results_leave(writer, error);
        }
        shape.dimensions[i] = index;
    }
    results_add_array(writer, group, definition, &shape, &writer->failure);
    return results_leave(writer, error);
}

enum status results_write_fixed(struct results_writer *writer, struct results_array *array,
                                const void *values, struct error *error)
{
    if (array->growing || array->written) {
        return error_set(error, STATUS_FAILED, "%s: %s %s", writer->path, array->path,
                         array->growing ? "grows; append to it" : "is written already");
    }
    array->written = true;
    if (array->count == 0) {
        return STATUS_OK;
    }
    void *staged = checked_calloc(array->count, results_value_size(array));
    if (!staged) {
        return error_memory(error, "writing results");
    }
    enum status status = results_stage(array, staged, values, array->count, error);
    if (status == STATUS_OK) {
        hid_t type = results_memory_type(array->type, array->single, writer->text_type);
        if (H5Dwrite(array->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, staged) < 0) {
            status = hdf5_error(error, writer->path, "cannot write %s", array->path);
        }
        results_unstage(array, staged, array->count);
    }
    free(staged);
    return status;
}

/* The array of a call, or NULL and writer->failure. */
static struct results_array *need_array(struct results_writer *writer, const char *group,
                                        const char *name)
{
    struct results_array *array = results_find_array(writer, group, name);
    if (!array) {
        error_set(&writer->failure, STATUS_FAILED, "%s: array %s of group %s is not defined",
                  writer->path, name, group);
    }
    return array;
}

enum status results_write(struct results_writer *writer, const char *group, const char *name,
                          const void *values, struct error *error)
{
    struct results_array *array;
    if (results_enter(writer) && (array = need_array(writer, group, name))) {
        results_write_fixed(writer, array, values, &writer->failure);
    }
    return results_leave(writer, error);
}

enum status results_array_attribute(struct results_writer *writer, const char *group,
                                    const char *name, const char *attribute, const char *value,
                                    struct error *error)
{
    struct results_array *array;
    if (results_enter(writer) && (array = need_array(writer, group, name)) &&
        hdf5_put_text(array->dataset, attribute, value) < 0) {
        hdf5_error(&writer->failure, writer->path, "cannot write attribute %s of %s", attribute,
                   array->path);
    }
    return results_leave(writer, error);
}

/* The dimension of a table: a new one that counts its rows from 1, or one of the same size. */
static enum status table_dimension(struct results_writer *writer, const char *dimension,
                                   const char *long_name, const struct table *table,
                                   struct error *error)
{
    size_t index = results_find_dimension(writer, dimension);
    if (index != SIZE_MAX) {
        const struct results_dimension *own = &writer->dimensions[index];
        if (own->growing || own->size != table->row_count) {
            return error_set(&writer->failure, STATUS_FAILED,
                             "%s: table %s has %zu rows, dimension %s is of another size",
                             writer->path, table->name, table->row_count, dimension);
        }
        return STATUS_OK;
    }
    const struct column_definition definition = {
        .name = dimension, .type = COLUMN_INTEGER, .unit = "1", .long_name = long_name};
    int64_t *numbers = checked_calloc(table->row_count, sizeof *numbers);
    if (!numbers) {
        return error_memory(&writer->failure, "writing a table");
    }
    for (size_t i = 0; i < table->row_count; i++) {
        numbers[i] = (int64_t)i + 1;
    }
    enum status status = results_dimension(writer, &definition, table->row_count, numbers, error);
    free(numbers);
    return status;
}

enum status results_table(struct results_writer *writer, const char *group, const char *dimension,
                          const char *dimension_long_name, const struct table *table,
                          struct error *error)
{
    if (results_enter(writer)) {
        table_dimension(writer, dimension, dimension_long_name, table, error);
    }
    enum status status = results_leave(writer, error);
    for (size_t i = 0; i < table->column_count && status == STATUS_OK; i++) {
        const struct column *column = &table->columns[i];
        status = results_array(writer, group, &column->definition, &dimension, 1, false, error);
        if (status == STATUS_OK) {
            const void *values = column->values.reals;
            status = results_write(writer, group, column->definition.name,
                                   table->row_count ? values : "", error);
        }
    }
    return status;
}
