#include "formats/mat/file.h"

#include "formats/checked.h"

#include <stdio.h>
#include <string.h>

/* Arrays in a tree at most, and at least; between them one for every two bytes of the file. */
#define ARRAYS_MAX 1000000
#define ARRAYS_MIN 4096
/* Bytes of values that the tree may hold. */
#define HELD_MAX      (64u << 20)
#define HELD_MIN      (1u << 20)
#define HELD_PER_BYTE 64

enum mat_level mat_level_of(const unsigned char *head, size_t size)
{
    static const unsigned char signature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    if (size >= 520 && memcmp(head, "MATLAB", 6) == 0 &&
        memcmp(head + 512, signature, sizeof signature) == 0) {
        return MAT_LEVEL_73;
    }
    /* The version is 0x0100; the text before it is free, but for its first four bytes. */
    if (size >= 128 && head[0] && head[1] && head[2] && head[3]) {
        if ((memcmp(head + 124, "\x00\x01IM", 4) == 0) ||
            (memcmp(head + 124, "\x01\x00MI", 4) == 0)) {
            return MAT_LEVEL_5;
        }
    }
    return mat_level4_begins(head, size) ? MAT_LEVEL_4 : MAT_LEVEL_NONE;
}

enum status mat_damage(struct mat_file *file, struct error *error, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (file->strict) {
        return error_set(error, STATUS_FAILED, "%s: %s", file->name, text);
    }
    warnings_add(&file->info->warnings, "%s: %s", file->name, text);
    return STATUS_OK;
}

enum status mat_add_child(struct mat_file *file, struct mat_array *parent, const char *name,
                          size_t length, struct mat_array **child, struct error *error)
{
    size_t count = parent->child_count;
    *child = NULL;
    size_t held = name ? length + 1 : 0;
    if (file->arrays_left == 0 || held > file->bytes_left) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: holds more fields and cells than a recording has; save the signals "
                         "and their rate alone",
                         file->name);
    }
    file->arrays_left--;
    file->bytes_left -= held;
    struct mat_array *grown = checked_grow(parent->children, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "reading the arrays of a file");
    }
    parent->children = grown;
    char *copy = name ? strndup(name, length) : NULL;
    if (name && !copy) {
        return error_memory(error, "reading the arrays of a file");
    }
    *child = &parent->children[parent->child_count++];
    **child = (struct mat_array){.name = copy,
                                 .rank = 2,
                                 .descriptor = file->descriptor,
                                 .limit = file->size,
                                 .address = UINT64_MAX};
    return STATUS_OK;
}

double *mat_hold_values(struct mat_file *file, struct mat_array *array)
{
    size_t most = array->class == MAT_CHAR ? MAT_CHARACTERS_HELD : MAT_NUMBERS_HELD;
    size_t bytes = array->count * sizeof(double);
    if (array->count == 0 || array->count > most || bytes > file->bytes_left) {
        return NULL;
    }
    file->bytes_left -= bytes;
    array->values = checked_calloc(array->count, sizeof *array->values);
    return array->values;
}

bool mat_set_shape(struct mat_array *array, const uint64_t *dimensions, size_t rank)
{
    array->rows = array->columns = 1;
    array->rank = 2;
    for (size_t i = 0; i < rank; i++) {
        if (i == 0) {
            array->rows = (size_t)dimensions[0];
        } else if (!checked_multiply(array->columns, (size_t)dimensions[i], &array->columns)) {
            return false;
        }
        if (i >= 2 && dimensions[i] != 1) {
            array->rank = i + 1;
        }
    }
    return checked_multiply(array->rows, array->columns, &array->count);
}

bool mat_keeps_field(const char *name)
{
    static const char *const kept[] = {"type", "latency", "duration", "label", "labels",
                                       "name", "unit",    "units",    NULL};
    for (size_t i = 0; kept[i]; i++) {
        if (strcmp(name, kept[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum status mat_file_open(struct mat_file *file, struct source *source, struct recording_info *info,
                          bool strict, struct error *error)
{
    const unsigned char *head;
    size_t size;
    *file = (struct mat_file){.source = source,
                              .name = source_name(source),
                              .info = info,
                              .strict = strict,
                              .hdf5 = HDF5_INPUT_NONE};
    if (!source_is_file(source)) {
        return error_set(error, STATUS_FAILED,
                         "%s: MATLAB files cannot be read from a pipe; save it to a file first",
                         file->name);
    }
    enum status status = source_peek(source, SOURCE_PEEK_MAX, &head, &size, error);
    if (status != STATUS_OK) {
        return status;
    }
    file->descriptor = source_descriptor(source);
    file->size = source_size(source);
    file->root =
        (struct mat_array){.class = MAT_STRUCT, .rank = 2, .rows = 1, .columns = 1, .count = 1};
    file->arrays_left = file->size / 2 < ARRAYS_MAX ? (size_t)file->size / 2 : ARRAYS_MAX;
    file->arrays_left = file->arrays_left > ARRAYS_MIN ? file->arrays_left : ARRAYS_MIN;
    file->bytes_left =
        file->size < HELD_MAX / HELD_PER_BYTE ? (size_t)file->size * HELD_PER_BYTE : HELD_MAX;
    file->bytes_left = file->bytes_left > HELD_MIN ? file->bytes_left : HELD_MIN;
    file->level = mat_level_of(head, size);
    switch (file->level) {
    case MAT_LEVEL_4:
        status = mat_level4_read(file, error);
        break;
    case MAT_LEVEL_5:
        status = mat_level5_read(file, error);
        break;
    case MAT_LEVEL_73:
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
        /* Damaged bytes make the HDF5 library crash or take memory without end. The process of
         * its own that it is run in bears that (isolated.h); a fuzz target would stop there. */
        status = STATUS_UNSUPPORTED;
        return error_set(error, status, "%s: version 7.3 is left out here", file->name);
#endif
        status = mat_hdf5_read(file, error);
        break;
    default:
        return error_set(error, STATUS_FAILED,
                         "%s: is no MATLAB file of version 4, 5, 7 or 7.3; was it written to the "
                         "end?",
                         file->name);
    }
    file->root.field_count = file->root.child_count;
    if (status == STATUS_OK && file->root.child_count == 0) {
        status = error_set(error, STATUS_FAILED, "%s%s",
                           info->warnings.count > 0 ? info->warnings.texts[0] : file->name,
                           info->warnings.count > 0 ? "" : ": holds no variable that can be read");
    }
    return status;
}

void mat_file_close(struct mat_file *file)
{
    mat_array_clear(&file->root);
    hdf5_input_close(&file->hdf5);
}
