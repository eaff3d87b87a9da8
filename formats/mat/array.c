#include "formats/mat/array.h"

#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void mat_array_clear(struct mat_array *array)
{
    for (size_t i = 0; i < array->child_count; i++) {
        mat_array_clear(&array->children[i]);
    }
    free(array->children);
    free(array->values);
    free(array->name);
    *array = (struct mat_array){0};
}

size_t mat_class_size(enum mat_class class)
{
    switch (class) {
    case MAT_INT8:
    case MAT_UINT8:
        return 1;
    case MAT_INT16:
    case MAT_UINT16:
        return 2;
    case MAT_SINGLE:
    case MAT_INT32:
    case MAT_UINT32:
        return 4;
    case MAT_DOUBLE:
    case MAT_INT64:
    case MAT_UINT64:
        return 8;
    default:
        return 0;
    }
}

const char *mat_class_name(enum mat_class class)
{
    static const char *const names[] = {
        [MAT_OTHER] = "not readable", [MAT_CELL] = "cell",     [MAT_STRUCT] = "struct",
        [MAT_CHAR] = "char",          [MAT_SPARSE] = "sparse", [MAT_DOUBLE] = "double",
        [MAT_SINGLE] = "single",      [MAT_INT8] = "int8",     [MAT_UINT8] = "uint8",
        [MAT_INT16] = "int16",        [MAT_UINT16] = "uint16", [MAT_INT32] = "int32",
        [MAT_UINT32] = "uint32",      [MAT_INT64] = "int64",   [MAT_UINT64] = "uint64",
    };
    return names[class];
}

bool mat_array_is_numeric(const struct mat_array *array)
{
    return mat_class_size(array->class) > 0 && !array->complex && !array->logical;
}

const struct mat_array *mat_array_field(const struct mat_array *array, size_t element,
                                        const char *name)
{
    if (array->class != MAT_STRUCT) {
        return NULL;
    }
    for (size_t f = 0; f < array->field_count; f++) {
        size_t index = element * array->field_count + f;
        if (index < array->child_count && array->children[index].name &&
            strcmp(array->children[index].name, name) == 0) {
            return &array->children[index];
        }
    }
    return NULL;
}

void mat_name_plain(const char *name, char to[64])
{
    size_t length = 0;
    for (; *name && length + 1 < 64; name++) {
        if (!strchr("_-. ", *name)) {
            to[length++] = (char)tolower((unsigned char)*name);
        }
    }
    to[length] = '\0';
}

bool mat_name_is(const char *name, const char *const *names)
{
    char plain[64];
    mat_name_plain(name, plain);
    for (; *names; names++) {
        if (strcmp(plain, *names) == 0) {
            return true;
        }
    }
    return false;
}

const struct mat_array *mat_array_any(const struct mat_array *array, const char *const *names)
{
    for (size_t i = 0; array->class == MAT_STRUCT && i < array->child_count; i++) {
        if (array->children[i].name && mat_name_is(array->children[i].name, names)) {
            return &array->children[i];
        }
    }
    return NULL;
}

bool mat_array_scalar(const struct mat_array *array, double *value)
{
    if (!array || !mat_array_is_numeric(array) || array->count != 1 || !array->values) {
        return false;
    }
    *value = array->values[0];
    return true;
}

size_t mat_array_texts(const struct mat_array *array)
{
    if (!array) {
        return 0;
    }
    if (array->class == MAT_CHAR) {
        return array->values && array->count > 0 ? array->rows : 0;
    }
    return array->class == MAT_CELL ? array->child_count : 0;
}

/* Appends a code point as UTF-8; what is none becomes U+FFFD. */
static size_t encode(double value, char to[4])
{
    uint32_t code = value >= 0 && value <= 0x10ffff ? (uint32_t)value : 0xfffd;
    if (code >= 0xd800 && code < 0xe000) {
        code = 0xfffd;
    }
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

void mat_array_text(const struct mat_array *array, size_t index, char *to, size_t size)
{
    char text[2048];
    size_t length = 0;
    to[0] = '\0';
    if (array && array->class == MAT_CELL && index < array->child_count) {
        array = &array->children[index];
        index = 0;
    }
    if (!array || array->class != MAT_CHAR || !array->values || index >= array->rows) {
        return;
    }
    for (size_t c = 0; c < array->columns && length + 4 < sizeof text; c++) {
        double code = array->values[c * array->rows + index];
        double next = c + 1 < array->columns ? array->values[(c + 1) * array->rows + index] : 0;
        if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            code = 0x10000 + (code - 0xd800) * 0x400 + (next - 0xdc00);
            c++;
        }
        length += encode(code, text + length);
    }
    text_from_field(to, size, text, length);
}
