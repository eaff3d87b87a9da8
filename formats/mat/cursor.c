#include "formats/mat/cursor.h"

#include "formats/mat/bytes.h"
#include "formats/mat/hdf5.h"
#include "formats/mat/numbers.h"

#include <stdlib.h>

#define STEP 4096

struct mat_cursor {
    const struct mat_array *array;
    struct mat_bytes *bytes; /* NULL in HDF5 files */
    hid_t dataset;
    uint64_t position; /* the next number */
    unsigned char raw[STEP * 8];
};

/* A stream at the array's first number. */
static struct mat_bytes *open_bytes(const struct mat_array *array)
{
    bool deflated = array->deflated > 0;
    uint64_t start = deflated ? array->deflated : array->offset;
    struct mat_bytes *bytes = mat_bytes_open(array->descriptor, start, array->limit, deflated);
    if (bytes && deflated) {
        (void)mat_bytes_skip(bytes, array->offset); /* at the end, nothing will come */
    }
    return bytes;
}

struct mat_cursor *mat_cursor_open(const struct mat_file *file, const struct mat_array *array,
                                   const struct mat_cursor *from)
{
    struct mat_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor) {
        return NULL;
    }
    cursor->array = array;
    cursor->dataset = -1;
    if (array->address != UINT64_MAX) {
        cursor->dataset = mat_hdf5_open(file, array);
    } else if (from && from->array == array) {
        cursor->bytes = mat_bytes_clone(from->bytes);
        cursor->position = from->position;
    } else if (from && mat_bytes_position(from->bytes) <= array->offset) {
        cursor->bytes = mat_bytes_clone(from->bytes);
        if (cursor->bytes) {
            /* At the end, nothing will come. */
            (void)mat_bytes_skip(cursor->bytes, array->offset - mat_bytes_position(cursor->bytes));
        }
    } else {
        cursor->bytes = open_bytes(array);
    }
    if (!cursor->bytes && cursor->dataset < 0) {
        mat_cursor_close(cursor);
        return NULL;
    }
    return cursor;
}

void mat_cursor_close(struct mat_cursor *cursor)
{
    if (cursor) {
        mat_bytes_close(cursor->bytes);
        if (cursor->dataset >= 0) {
            H5Dclose(cursor->dataset);
        }
        free(cursor);
    }
}

bool mat_cursor_seek(struct mat_cursor *cursor, uint64_t element)
{
    const struct mat_array *array = cursor->array;
    uint64_t width = mat_class_size(array->stored);
    if (element > array->count) {
        return false;
    }
    if (cursor->bytes && element < cursor->position) {
        mat_bytes_close(cursor->bytes);
        cursor->bytes = open_bytes(array);
        cursor->position = 0;
        if (!cursor->bytes) {
            return false;
        }
    }
    if (cursor->bytes && !mat_bytes_skip(cursor->bytes, (element - cursor->position) * width)) {
        return false;
    }
    cursor->position = element;
    return true;
}

static size_t read_bytes(struct mat_cursor *cursor, double *to, size_t count)
{
    const struct mat_array *array = cursor->array;
    size_t width = mat_class_size(array->stored);
    size_t got = cursor->bytes ? mat_bytes_read(cursor->bytes, cursor->raw, count * width) : 0;
    got /= width;
    mat_numbers_convert(array->stored, array->swap, cursor->raw, got, to);
    return got;
}

size_t mat_cursor_read(struct mat_cursor *cursor, double *to, size_t count)
{
    size_t done = 0;
    uint64_t left = cursor->array->count - cursor->position;
    count = count < left ? count : (size_t)left;
    while (done < count) {
        size_t step = count - done, got;
        if (cursor->dataset >= 0) {
            got = mat_hdf5_numbers(cursor->dataset, cursor->position, step, to + done);
        } else {
            step = step < STEP ? step : STEP;
            got = read_bytes(cursor, to + done, step);
        }
        done += got;
        cursor->position += got;
        if (got < step) {
            break;
        }
    }
    return done;
}

bool mat_cursor_is_sound(struct mat_cursor *cursor)
{
    return !cursor->bytes || cursor->position < cursor->array->count ||
           mat_bytes_finish(cursor->bytes);
}
