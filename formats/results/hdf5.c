#include "formats/results/hdf5.h"

#include "formats/checked.h"
#include "formats/utf8.h"

#include <stdio.h>
#include <string.h>

void hdf5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Eclear2(H5E_DEFAULT);
}

static herr_t keep_innermost(unsigned depth, const H5E_error2_t *entry, void *data)
{
    char *message = data;
    if (depth == 0 && entry->desc) {
        snprintf(message, 512, "%s", entry->desc);
    }
    return 0;
}

/* HDF5 wraps what the system said in the time, addresses and sizes of the call. */
static void cut_to_system_message(char *message)
{
    static const char before[] = "error message = '";
    char *start = strstr(message, before);
    if (start) {
        start += sizeof before - 1;
        start[strcspn(start, "'")] = '\0';
        memmove(message, start, strlen(start) + 1);
    }
}

enum status hdf5_error(struct error *error, const char *path, const char *format, ...)
{
    char what[512], message[512] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, message);
    H5Eclear2(H5E_DEFAULT);
    cut_to_system_message(message);
    return error_set(error, STATUS_FAILED, "%s: %s%s%s", path, what, *message ? ": " : "", message);
}

herr_t hdf5_close(hid_t identifier)
{
    if (identifier < 0) {
        return 0;
    }
    if (H5Eget_num(H5E_DEFAULT) <= 0) {
        return H5Idec_ref(identifier) < 0 ? -1 : 0;
    }
    hid_t stack = H5Eget_current_stack();
    herr_t result = H5Idec_ref(identifier) < 0 ? -1 : 0;
    if (stack >= 0) {
        H5Eset_current_stack(stack);
    }
    return result;
}

hid_t hdf5_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        hdf5_close(type);
        type = H5I_INVALID_HID;
    }
    return type;
}

static hid_t create_attribute(hid_t object, const char *name, hid_t type, hid_t space)
{
    htri_t exists = H5Aexists(object, name);
    if (exists < 0 || (exists > 0 && H5Adelete(object, name) < 0)) {
        return H5I_INVALID_HID;
    }
    /* Attribute names are ASCII or UTF-8, and are said to be the latter. */
    hid_t list = H5Pcreate(H5P_ATTRIBUTE_CREATE);
    hid_t attribute = H5I_INVALID_HID;
    if (list >= 0 && H5Pset_char_encoding(list, H5T_CSET_UTF8) >= 0) {
        attribute = H5Acreate2(object, name, type, space, list, H5P_DEFAULT);
    }
    hdf5_close(list);
    return attribute;
}

static herr_t put_attribute(hid_t object, const char *name, hid_t file_type, hid_t memory_type,
                            hid_t space, const void *values)
{
    hid_t attribute = create_attribute(object, name, file_type, space);
    if (attribute < 0) {
        return -1;
    }
    herr_t result = H5Awrite(attribute, memory_type, values);
    return hdf5_close(attribute) < 0 ? -1 : result;
}

herr_t hdf5_put_scalar(hid_t object, const char *name, hid_t file_type, hid_t memory_type,
                       const void *value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    if (space < 0) {
        return -1;
    }
    herr_t result = put_attribute(object, name, file_type, memory_type, space, value);
    hdf5_close(space);
    return result;
}

herr_t hdf5_put_text(hid_t object, const char *name, const char *text)
{
    char *sound = utf8_duplicate(text, strlen(text));
    hid_t type = hdf5_text_type();
    herr_t result = -1;
    if (sound && type >= 0) {
        const char *const value = sound;
        result = hdf5_put_scalar(object, name, type, type, &value);
    }
    hdf5_close(type);
    free(sound);
    return result;
}

herr_t hdf5_put_integers(hid_t object, const char *name, const int64_t *values, size_t count)
{
    hsize_t size = count;
    hid_t space = H5Screate_simple(1, &size, NULL);
    if (space < 0) {
        return -1;
    }
    herr_t result = put_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, space, values);
    hdf5_close(space);
    return result;
}

/* Reads one string of either kind into a copy. */
static char *read_string(hid_t attribute, hid_t type)
{
    char *text = NULL;
    if (H5Tis_variable_str(type) > 0) {
        char *value = NULL;
        hid_t memory_type = hdf5_text_type();
        if (memory_type >= 0 && H5Tset_cset(memory_type, H5Tget_cset(type)) >= 0 &&
            H5Aread(attribute, memory_type, &value) >= 0) {
            text = utf8_duplicate(value ? value : "", value ? strlen(value) : 0);
        }
        H5free_memory(value);
        hdf5_close(memory_type);
        return text;
    }
    size_t size = H5Tget_size(type);
    char *value = size < SIZE_MAX ? checked_calloc(size + 1, 1) : NULL;
    if (value && H5Aread(attribute, type, value) >= 0) {
        size_t length = strlen(value);
        while (H5Tget_strpad(type) == H5T_STR_SPACEPAD && length && value[length - 1] == ' ') {
            length--;
        }
        text = utf8_duplicate(value, length);
    }
    free(value);
    return text;
}

char *hdf5_get_text(hid_t object, const char *name)
{
    if (H5Aexists(object, name) <= 0) {
        return NULL;
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) {
        return NULL;
    }
    char *text = NULL;
    hid_t type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
        H5Sget_simple_extent_npoints(space) == 1) {
        text = read_string(attribute, type);
    }
    hdf5_close(space);
    hdf5_close(type);
    hdf5_close(attribute);
    return text;
}

hid_t results_file_type(enum column_type type, bool single, hid_t text_type)
{
    switch (type) {
    case COLUMN_REAL:
        return single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        return H5T_STD_I64LE;
    case COLUMN_TEXT:
        break;
    }
    return text_type;
}

hid_t results_memory_type(enum column_type type, bool single, hid_t text_type)
{
    switch (type) {
    case COLUMN_REAL:
        return single ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    case COLUMN_INTEGER:
    case COLUMN_FLAGS:
        return H5T_NATIVE_INT64;
    case COLUMN_TEXT:
        break;
    }
    return text_type;
}
