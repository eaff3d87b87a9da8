/* The end of a results file: what waits is written, scales are attached, and everything is closed
 * with its status looked at. */
#include "formats/results/hdf5.h"

#include <stdlib.h>

/* Every array over a growing dimension must be as long as its coordinate. */
static enum status check_lengths(struct results_writer *writer, struct error *error)
{
    for (size_t i = 0; i < writer->array_count; i++) {
        const struct results_array *array = &writer->arrays[i];
        if (!array->growing) {
            continue;
        }
        const struct results_dimension *dimension = &writer->dimensions[array->dimensions[0]];
        size_t expected = writer->arrays[dimension->coordinate].appended_steps;
        if (array->appended_steps != expected) {
            return error_set(error, STATUS_FAILED, "%s: %s has %zu steps, dimension %s has %zu",
                             writer->path, array->path, array->appended_steps, dimension->name,
                             expected);
        }
    }
    return STATUS_OK;
}

static enum status write_rest(struct results_writer *writer, struct error *error)
{
    enum status status = check_lengths(writer, error);
    for (size_t i = 0; i < writer->dimension_count && status == STATUS_OK; i++) {
        if (writer->dimensions[i].growing) {
            status = results_write_pending(writer, i, true, error);
        }
    }
    for (size_t i = 0; i < writer->array_count && status == STATUS_OK; i++) {
        struct results_array *array = &writer->arrays[i];
        if (!array->growing && !array->written) {
            status = results_write_fixed(writer, array, NULL, error);
        }
    }
    return status;
}

static enum status attach_scales(struct results_writer *writer, struct error *error)
{
    for (size_t i = 0; i < writer->array_count; i++) {
        const struct results_array *array = &writer->arrays[i];
        for (size_t k = 0; k < array->rank && !array->coordinate; k++) {
            const struct results_dimension *dimension = &writer->dimensions[array->dimensions[k]];
            hid_t scale = writer->arrays[dimension->coordinate].dataset;
            if (H5DSattach_scale(array->dataset, scale, (unsigned)k) < 0) {
                return hdf5_error(error, writer->path, "cannot name dimension %s of %s",
                                  dimension->name, array->path);
            }
        }
    }
    return STATUS_OK;
}

/* Frees all but the file. */
static void free_arrays(struct results_writer *writer)
{
    for (size_t i = 0; i < writer->array_count; i++) {
        struct results_array *array = &writer->arrays[i];
        if (array->pending) {
            size_t waiting = array->appended_steps - array->written_steps;
            size_t first = array->pending_first * array->step * results_value_size(array);
            results_unstage(array, array->pending + first, waiting * array->step);
        }
        free(array->pending);
        free(array->path);
    }
    for (size_t i = 0; i < writer->dimension_count; i++) {
        free(writer->dimensions[i].name);
    }
    free(writer->arrays);
    free(writer->dimensions);
    free(writer->path);
    free(writer);
}

/* Closes all that is open; the first failure is kept. */
static void close_all(struct results_writer *writer)
{
    struct error ignored, *failure = &writer->failure;
    for (size_t i = 0; i < writer->array_count; i++) {
        if (writer->arrays[i].dataset >= 0 && H5Dclose(writer->arrays[i].dataset) < 0) {
            hdf5_error(failure->status == STATUS_OK ? failure : &ignored, writer->path,
                       "cannot close %s", writer->arrays[i].path);
        }
    }
    hdf5_close(writer->text_type);
    if (writer->file >= 0 && H5Fclose(writer->file) < 0) {
        hdf5_error(failure->status == STATUS_OK ? failure : &ignored, writer->path,
                   "cannot close the file");
    }
    hdf5_close(writer->state.driver);
}

enum status results_finish(struct results_writer *writer, struct error *error)
{
    struct error *failure = &writer->failure;
    if (results_enter(writer) && write_rest(writer, failure) == STATUS_OK &&
        attach_scales(writer, failure) == STATUS_OK &&
        H5Fflush(writer->file, H5F_SCOPE_GLOBAL) < 0) {
        hdf5_error(failure, writer->path, "cannot write the file");
    }
    close_all(writer);
    enum status status = results_leave(writer, error);
    free_arrays(writer);
    return status;
}

void results_abort(struct results_writer *writer)
{
    if (writer) {
        hdf5_quiet();
        close_all(writer);
        free_arrays(writer);
    }
}
