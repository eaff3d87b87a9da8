/* The tree of a Level 4 MAT-file: matrices of numbers and text, one after the other. */
#include "formats/checked.h"
#include "formats/mat/bytes.h"
#include "formats/mat/file.h"
#include "formats/mat/numbers.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 20
#define NAME_MAX_V4 256

struct header {
    bool swap;
    unsigned order, precision, kind;
    uint32_t rows, columns, imaginary, name_length;
};

static const enum mat_class precisions[] = {MAT_DOUBLE, MAT_SINGLE, MAT_INT32,
                                            MAT_INT16,  MAT_UINT16, MAT_UINT8};

/* The type is MOPT in decimal; M: 0 little, 1 big endian, 2 to 4 of machines of old. */
static bool parse_header(const unsigned char *raw, struct header *header)
{
    uint32_t type = mat_numbers_u32(raw, false);
    header->swap = type > 5000;
    if (header->swap) {
        type = mat_numbers_u32(raw, true);
    }
    header->order = type / 1000;
    header->precision = type / 10 % 10;
    header->kind = type % 10;
    header->rows = mat_numbers_u32(raw + 4, header->swap);
    header->columns = mat_numbers_u32(raw + 8, header->swap);
    header->imaginary = mat_numbers_u32(raw + 12, header->swap);
    header->name_length = mat_numbers_u32(raw + 16, header->swap);
    return type < 5000 && type / 100 % 10 == 0 && header->precision <= 5 && header->kind <= 2 &&
           header->imaginary <= 1 && header->name_length >= 1 &&
           header->name_length <= NAME_MAX_V4 && header->rows <= INT32_MAX &&
           header->columns <= INT32_MAX && header->order == (header->swap ? 1 : header->order);
}

static bool is_name(const unsigned char *name, size_t length)
{
    size_t letters = strnlen((const char *)name, length);
    if (letters == 0 || !isalpha(name[0])) {
        return false;
    }
    for (size_t i = 1; i < letters; i++) {
        if (!isalnum(name[i]) && name[i] != '_') {
            return false;
        }
    }
    /* The NUL at the end is sometimes missing, and sometimes there are several. */
    for (size_t i = letters; i < length; i++) {
        if (name[i]) {
            return false;
        }
    }
    return true;
}

bool mat_level4_begins(const unsigned char *head, size_t size)
{
    struct header header;
    return size > HEADER_SIZE && parse_header(head, &header) &&
           size >= HEADER_SIZE + header.name_length &&
           is_name(head + HEADER_SIZE, header.name_length);
}

static enum status hold(struct mat_file *file, struct mat_array *array, struct mat_bytes *bytes,
                        struct error *error)
{
    size_t size = array->count * mat_class_size(array->stored);
    if (!mat_hold_values(file, array)) {
        return STATUS_OK;
    }
    unsigned char *raw = malloc(size);
    if (!raw) {
        return error_memory(error, "reading the arrays of a file");
    }
    if (mat_bytes_read(bytes, raw, size) == size) {
        mat_numbers_convert(array->stored, array->swap, raw, array->count, array->values);
    } else {
        free(array->values);
        array->values = NULL;
    }
    free(raw);
    return STATUS_OK;
}

/* Appends the matrix whose header and name have been read. */
static enum status add_matrix(struct mat_file *file, const struct header *header, const char *name,
                              struct mat_bytes *bytes, uint64_t *end, struct error *error)
{
    struct mat_array *array;
    const uint64_t dimensions[] = {header->rows, header->columns};
    size_t size;
    enum status status =
        mat_add_child(file, &file->root, name, strnlen(name, header->name_length), &array, error);
    if (status != STATUS_OK) {
        return status;
    }
    array->stored = precisions[header->precision];
    array->swap = header->swap;
    array->complex = header->imaginary;
    array->offset = mat_bytes_position(bytes);
    *end = UINT64_MAX;
    if (!mat_set_shape(array, dimensions, 2) ||
        !checked_multiply(array->count, mat_class_size(array->stored), &size) ||
        (header->imaginary && !checked_add(size, size, &size)) ||
        size / MAT_CUT_FACTOR > file->size) {
        return STATUS_OK;
    }
    *end = array->offset + size;
    /* Whole numbers are a way to store doubles here: MATLAB 4 knew no other class. */
    array->class = header->kind == 1   ? MAT_CHAR
                   : header->kind == 2 ? MAT_SPARSE
                   : header->order > 1 ? MAT_OTHER
                                       : MAT_DOUBLE;
    if (array->class == MAT_CHAR || array->class == MAT_DOUBLE) {
        status = hold(file, array, bytes, error);
    }
    return status;
}

enum status mat_level4_read(struct mat_file *file, struct error *error)
{
    enum status status = STATUS_OK;
    for (uint64_t position = 0; status == STATUS_OK && position < file->size;) {
        unsigned char raw[HEADER_SIZE], name[NAME_MAX_V4] = {0};
        struct header header;
        uint64_t end = UINT64_MAX;
        struct mat_bytes *bytes = mat_bytes_open(file->descriptor, position, file->size, false);
        if (!bytes) {
            return error_memory(error, "reading the arrays of a file");
        }
        bool sound = mat_bytes_read(bytes, raw, sizeof raw) == sizeof raw &&
                     parse_header(raw, &header) &&
                     mat_bytes_read(bytes, name, header.name_length) == header.name_length &&
                     is_name(name, header.name_length);
        if (sound) {
            status = add_matrix(file, &header, (const char *)name, bytes, &end, error);
        }
        mat_bytes_close(bytes);
        if (status != STATUS_OK) {
            return status;
        }
        if (!sound) {
            return mat_damage(file, error,
                              "byte %" PRIu64 " begins no variable; what follows is "
                              "not read",
                              position);
        }
        if (end > file->size) {
            return mat_damage(file, error,
                              "cut short: the variable at byte %" PRIu64
                              " claims more bytes than there are",
                              position);
        }
        position = end;
    }
    return status;
}
