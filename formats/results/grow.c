/* Arrays that grow along their first dimension.
 *
 * Steps wait in memory until every array over the dimension has reached the end of a chunk; then
 * each chunk is written whole, in the order in which the arrays would have filled theirs one step
 * at a time. So the bytes of the file do not depend on how the steps came, and no chunk is ever
 * read back, packed again or moved. */
#include "formats/checked.h"
#include "formats/results/hdf5.h"

#include <string.h>

static bool grows_over(const struct results_array *array, size_t dimension)
{
    return array->growing && array->dimensions[0] == dimension;
}

static enum status write_steps(struct results_writer *writer, struct results_array *array,
                               size_t steps, struct error *error)
{
    hsize_t start[RESULTS_RANK_MAX] = {array->written_steps};
    hsize_t block[RESULTS_RANK_MAX] = {steps};
    hsize_t extent[RESULTS_RANK_MAX] = {array->written_steps + steps};
    for (size_t i = 1; i < array->rank; i++) {
        extent[i] = block[i] = writer->dimensions[array->dimensions[i]].size;
    }
    size_t values = steps * array->step; /* no overflow: they are in memory */
    char *staged = array->pending + array->pending_first * array->step * results_value_size(array);
    hid_t type = results_memory_type(array->type, array->single, writer->text_type);
    hid_t file_space = H5I_INVALID_HID, memory_space = H5I_INVALID_HID;
    herr_t result = H5Dset_extent(array->dataset, extent);
    if (result >= 0 && values > 0) {
        file_space = H5Dget_space(array->dataset);
        memory_space = H5Screate_simple((int)array->rank, block, NULL);
        result = -1;
        if (file_space >= 0 && memory_space >= 0 &&
            H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start, NULL, block, NULL) >= 0) {
            result = H5Dwrite(array->dataset, type, memory_space, file_space, H5P_DEFAULT, staged);
        }
        hdf5_close(file_space);
        hdf5_close(memory_space);
    }
    if (result < 0) {
        return hdf5_error(error, writer->path, "cannot append to %s", array->path);
    }
    results_unstage(array, staged, values);
    array->pending_first += steps;
    array->written_steps += steps;
    return STATUS_OK;
}

/* Steps that are written drop out of the waiting area. */
static void compact(struct results_array *array)
{
    size_t bytes = array->step * results_value_size(array);
    size_t waiting = array->appended_steps - array->written_steps;
    if (array->pending_first > 0 && array->pending) {
        memmove(array->pending, array->pending + array->pending_first * bytes, waiting * bytes);
    }
    array->pending_first = 0;
}

enum status results_write_pending(struct results_writer *writer, size_t dimension, bool all,
                                  struct error *error)
{
    size_t reached = SIZE_MAX;
    for (size_t i = 0; i < writer->array_count; i++) {
        const struct results_array *array = &writer->arrays[i];
        if (grows_over(array, dimension) && array->appended_steps < reached) {
            reached = array->appended_steps;
        }
    }
    enum status status = STATUS_OK;
    for (;;) {
        struct results_array *next = NULL;
        for (size_t i = 0; i < writer->array_count; i++) {
            struct results_array *array = &writer->arrays[i];
            size_t end = array->written_steps + array->chunk_steps;
            if (grows_over(array, dimension) && end <= reached &&
                (!next || end < next->written_steps + next->chunk_steps)) {
                next = array;
            }
        }
        if (!next || status != STATUS_OK) {
            break;
        }
        status = write_steps(writer, next, next->chunk_steps, error);
    }
    for (size_t i = 0; i < writer->array_count; i++) {
        struct results_array *array = &writer->arrays[i];
        if (grows_over(array, dimension)) {
            size_t rest = array->appended_steps - array->written_steps;
            if (all && rest > 0 && status == STATUS_OK) {
                status = write_steps(writer, array, rest, error);
            }
            compact(array);
        }
    }
    return status;
}

/* Copies the steps behind those that wait. */
static enum status hold(struct results_array *array, const void *values, size_t count,
                        struct error *error)
{
    size_t waiting = array->appended_steps - array->written_steps;
    size_t needed, bytes, value_count;
    if (!checked_add(waiting, count, &needed) ||
        !checked_multiply(array->step, results_value_size(array), &bytes) ||
        !checked_multiply(array->step, count, &value_count)) {
        return error_memory(error, "appending results");
    }
    if (needed > array->pending_capacity) {
        size_t capacity = needed > array->chunk_steps ? needed : array->chunk_steps;
        char *grown = checked_realloc(array->pending, capacity, bytes);
        if (!grown) {
            return error_memory(error, "appending results");
        }
        array->pending = grown;
        array->pending_capacity = capacity;
    }
    enum status status =
        results_stage(array, array->pending + waiting * bytes, values, value_count, error);
    if (status == STATUS_OK) {
        array->appended_steps += count;
    }
    return status;
}

enum status results_append(struct results_writer *writer, const char *group, const char *name,
                           const void *values, size_t count, struct error *error)
{
    if (!results_enter(writer)) {
        return results_leave(writer, error);
    }
    struct error *failure = &writer->failure;
    struct results_array *array = results_find_array(writer, group, name);
    if (!array || !array->growing) {
        error_set(failure, STATUS_FAILED, "%s: array %s of group %s %s", writer->path, name, group,
                  array ? "has a fixed size" : "is not defined");
    } else if (count > 0 && hold(array, values, count, failure) == STATUS_OK) {
        results_write_pending(writer, array->dimensions[0], false, failure);
    }
    return results_leave(writer, error);
}
