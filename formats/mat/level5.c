/* The tree of a Level 5 MAT-file (versions 5 to 7): elements with a tag each, arrays nested in
 * them, plain or deflated. */
#include "formats/checked.h"
#include "formats/mat/bytes.h"
#include "formats/mat/file.h"
#include "formats/mat/numbers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    TYPE_INT8 = 1,
    TYPE_INT32 = 5,
    TYPE_UINT32 = 6,
    TYPE_MATRIX = 14,
    TYPE_COMPRESSED = 15,
    TYPE_UTF8 = 16,
    TYPE_UTF16 = 17,
    TYPE_UTF32 = 18
};

#define HEADER_SIZE    128
#define DIMENSIONS_MAX 16
#define NAMES_SIZE_MAX (1u << 20)
#define NAME_SIZE_MAX  1024
/* Deflate makes its input 1032 times as long at most. */
#define DEFLATE_FACTOR 1032

struct tag {
    uint32_t type, size;
    bool small;
    unsigned char data[4]; /* of a small element */
};

struct parser {
    struct mat_file *file;
    struct mat_bytes *bytes;
    bool swap;
    uint64_t deflated, limit;
    uint64_t possible;   /* bytes that can come at most */
    const char *trouble; /* what is wrong with the bytes, when something is */
};

static const enum mat_class class_of_type[] = {
    [1] = MAT_INT8,   [2] = MAT_UINT8,   [3] = MAT_INT16,  [4] = MAT_UINT16, [5] = MAT_INT32,
    [6] = MAT_UINT32, [7] = MAT_SINGLE,  [9] = MAT_DOUBLE, [12] = MAT_INT64, [13] = MAT_UINT64,
    [16] = MAT_UINT8, [17] = MAT_UINT16, [18] = MAT_UINT32};

static const enum mat_class class_of_array[] = {
    [1] = MAT_CELL,   [2] = MAT_STRUCT,  [4] = MAT_CHAR,   [5] = MAT_SPARSE, [6] = MAT_DOUBLE,
    [7] = MAT_SINGLE, [8] = MAT_INT8,    [9] = MAT_UINT8,  [10] = MAT_INT16, [11] = MAT_UINT16,
    [12] = MAT_INT32, [13] = MAT_UINT32, [14] = MAT_INT64, [15] = MAT_UINT64};

#define CLASS_OPAQUE 17

static bool trouble(struct parser *parser, const char *what)
{
    parser->trouble = what;
    return false;
}

static bool read_tag(struct parser *parser, struct tag *tag)
{
    unsigned char raw[8];
    if (mat_bytes_read(parser->bytes, raw, sizeof raw) < sizeof raw) {
        return trouble(parser, "it ends within an array");
    }
    uint32_t first = mat_numbers_u32(raw, parser->swap);
    tag->small = first >> 16 != 0;
    tag->type = tag->small ? first & 0xffff : first;
    tag->size = tag->small ? first >> 16 : mat_numbers_u32(raw + 4, parser->swap);
    memcpy(tag->data, raw + 4, sizeof tag->data);
    if (tag->small && tag->size > 4) {
        return trouble(parser, "the tag of an element is wrong");
    }
    return true;
}

/* Reads an element's bytes, size_max at most; *data is owned by the caller. */
static bool read_element(struct parser *parser, struct tag *tag, uint32_t size_max,
                         unsigned char **data)
{
    *data = NULL;
    if (tag->size > size_max) {
        return trouble(parser, "an element is longer than it can be");
    }
    *data = malloc(tag->size + 1u);
    if (!*data) {
        return trouble(parser, "memory ran out");
    }
    (*data)[tag->size] = '\0';
    if (tag->small) {
        memcpy(*data, tag->data, tag->size);
        return true;
    }
    if (mat_bytes_read(parser->bytes, *data, tag->size) < tag->size) {
        free(*data);
        *data = NULL;
        return trouble(parser, "it ends within an array");
    }
    /* At the very end the padding may be missing. */
    (void)mat_bytes_skip(parser->bytes, (8 - tag->size % 8) % 8);
    return true;
}

static bool read_shape(struct parser *parser, struct mat_array *array)
{
    struct tag tag;
    unsigned char *data;
    uint64_t dimensions[DIMENSIONS_MAX];
    if (!read_tag(parser, &tag)) {
        return false;
    }
    if (tag.type != TYPE_INT32 || tag.size % 4 != 0 || tag.size < 8) {
        return trouble(parser, "the dimensions of an array are wrong");
    }
    if (!read_element(parser, &tag, 4 * DIMENSIONS_MAX, &data)) {
        return false;
    }
    bool sound = true;
    for (size_t i = 0; i < tag.size / 4; i++) {
        dimensions[i] = mat_numbers_u32(data + 4 * i, parser->swap);
        sound = sound && dimensions[i] <= INT32_MAX;
    }
    sound = sound && mat_set_shape(array, dimensions, tag.size / 4);
    free(data);
    return sound || trouble(parser, "the dimensions of an array are wrong");
}

/* The name that a variable has; fields and cells have theirs elsewhere. */
static bool read_name(struct parser *parser, struct mat_array *array, bool variable)
{
    struct tag tag;
    unsigned char *data;
    if (!read_tag(parser, &tag) || !read_element(parser, &tag, NAME_SIZE_MAX, &data)) {
        return false;
    }
    if (variable && !array->name) {
        array->name = (char *)data; /* NUL-padded names end at their first NUL */
        return true;
    }
    free(data);
    return true;
}

static bool hold_values(struct parser *parser, struct mat_array *array, struct tag *tag)
{
    unsigned char *data;
    size_t width = mat_class_size(array->stored);
    if (!mat_hold_values(parser->file, array)) {
        return true;
    }
    if (!read_element(parser, tag, tag->size, &data)) {
        free(array->values);
        array->values = NULL;
        return false;
    }
    if (tag->type == TYPE_UTF8) {
        mat_numbers_from_utf8(data, tag->size, array->count, array->values);
    } else {
        size_t there = tag->size / width < array->count ? tag->size / width : array->count;
        mat_numbers_convert(array->stored, parser->swap, data, there, array->values);
    }
    free(data);
    return true;
}

/* Numbers and characters: where they lie, and what they are when they are few. */
static bool read_values(struct parser *parser, struct mat_array *array, enum mat_class class)
{
    struct tag tag;
    size_t bytes;
    if (array->count == 0) {
        array->class = class;
        return true;
    }
    if (!read_tag(parser, &tag)) {
        return false;
    }
    if (tag.type >= sizeof class_of_type / sizeof *class_of_type ||
        class_of_type[tag.type] == MAT_OTHER) {
        return trouble(parser, "the values of an array are of no known type");
    }
    array->stored = class_of_type[tag.type];
    array->swap = parser->swap;
    array->deflated = parser->deflated;
    array->limit = parser->limit;
    array->offset = mat_bytes_position(parser->bytes) - (tag.small ? 4 : 0);
    bool sized = checked_multiply(array->count, mat_class_size(array->stored), &bytes);
    if (class == MAT_CHAR) {
        /* Characters of more than a byte each: the element's size tells nothing of their count. */
        sized = tag.size <= 4 * (uint64_t)MAT_CHARACTERS_HELD || array->count > MAT_CHARACTERS_HELD;
    } else {
        sized = sized && bytes == tag.size;
    }
    if (!sized || tag.size > parser->possible) {
        return trouble(parser, "an array claims more values than there can be");
    }
    array->class = class;
    return hold_values(parser, array, &tag);
}

static enum status read_array(struct parser *parser, struct mat_array *array, uint64_t end,
                              unsigned depth, struct error *error);

/* The next array inside `parent`; NULL for one to be passed over. Leaves the stream behind it. */
static enum status read_child(struct parser *parser, struct mat_array *parent, const char *name,
                              bool keep, uint64_t end, unsigned depth, struct error *error)
{
    struct tag tag;
    struct mat_array *child = NULL;
    if (!read_tag(parser, &tag)) {
        return STATUS_OK;
    }
    uint64_t start = mat_bytes_position(parser->bytes);
    if (tag.type != TYPE_MATRIX || tag.small || start > end || tag.size > end - start) {
        trouble(parser, "the tag of an array is wrong");
        return STATUS_OK;
    }
    if (keep) {
        enum status status =
            mat_add_child(parser->file, parent, name, name ? strlen(name) : 0, &child, error);
        if (status != STATUS_OK) {
            return status;
        }
        if (tag.size == 0) {
            child->class = MAT_DOUBLE;
            return STATUS_OK;
        }
        return read_array(parser, child, start + tag.size, depth, error);
    }
    if (!mat_bytes_skip(parser->bytes, tag.size)) {
        trouble(parser, "it ends within an array");
    }
    return STATUS_OK;
}

static enum status read_cells(struct parser *parser, struct mat_array *array, uint64_t end,
                              unsigned depth, struct error *error)
{
    enum status status = STATUS_OK;
    array->class = MAT_CELL;
    for (size_t i = 0; i < array->count && status == STATUS_OK && !parser->trouble; i++) {
        status = read_child(parser, array, NULL, true, end, depth + 1, error);
    }
    return status;
}

static enum status read_fields(struct parser *parser, struct mat_array *array, uint64_t end,
                               unsigned depth, struct error *error)
{
    struct tag tag;
    unsigned char *data;
    char *names = NULL;
    enum status status = STATUS_OK;
    if (!read_tag(parser, &tag) || !read_element(parser, &tag, 8, &data)) {
        return STATUS_OK;
    }
    size_t length = tag.size >= 4 ? mat_numbers_u32(data, parser->swap) : 0;
    free(data);
    if (length == 0 || length > 4096 || !read_tag(parser, &tag) ||
        !read_element(parser, &tag, NAMES_SIZE_MAX, &data)) {
        trouble(parser, "the names of the fields of a struct are wrong");
        return STATUS_OK;
    }
    names = (char *)data;
    size_t fields = tag.size / length, kept = 0;
    for (size_t f = 0; f < fields; f++) {
        names[f * length + length - 1] = '\0';
        kept += array->count == 1 || mat_keeps_field(names + f * length);
    }
    array->class = MAT_STRUCT;
    array->field_count = kept;
    for (size_t e = 0; e < array->count && status == STATUS_OK && fields > 0; e++) {
        for (size_t f = 0; f < fields && status == STATUS_OK && !parser->trouble; f++) {
            const char *name = names + f * length;
            bool keep = array->count == 1 || mat_keeps_field(name);
            status = read_child(parser, array, name, keep, end, depth + 1, error);
        }
        if (parser->trouble) {
            break;
        }
    }
    free(names);
    return status;
}

/* Reads an array's contents up to `end`; its own tag has been read. */
static enum status read_array(struct parser *parser, struct mat_array *array, uint64_t end,
                              unsigned depth, struct error *error)
{
    struct tag tag;
    unsigned char *data;
    enum status status = STATUS_OK;
    if (!read_tag(parser, &tag) || !read_element(parser, &tag, 16, &data)) {
        return STATUS_OK;
    }
    if (tag.type != TYPE_UINT32 || tag.size < 8) {
        free(data);
        trouble(parser, "the flags of an array are wrong");
        return STATUS_OK;
    }
    uint32_t flags = mat_numbers_u32(data, parser->swap), kind = flags & 0xff;
    free(data);
    array->complex = flags & 0x800;
    array->logical = flags & 0x200;
    enum mat_class class =
        kind < sizeof class_of_array / sizeof *class_of_array ? class_of_array[kind] : MAT_OTHER;
    if (!(kind == CLASS_OPAQUE || read_shape(parser, array)) ||
        !read_name(parser, array, depth == 1)) {
        return STATUS_OK;
    }
    if (mat_class_size(class) > 0 || class == MAT_CHAR) {
        read_values(parser, array, class);
        if (depth == 1) {
            return STATUS_OK; /* what follows is found by its place in the file */
        }
    } else if (class == MAT_CELL && depth < MAT_DEPTH_MAX) {
        status = read_cells(parser, array, end, depth, error);
    } else if (class == MAT_STRUCT && depth < MAT_DEPTH_MAX) {
        status = read_fields(parser, array, end, depth, error);
    } else {
        array->class = class;
    }
    uint64_t position = mat_bytes_position(parser->bytes);
    if (status == STATUS_OK && !parser->trouble && depth > 1 &&
        (position > end || !mat_bytes_skip(parser->bytes, end - position))) {
        trouble(parser, "it ends within an array");
    }
    return status;
}

/* The variable of the element at `position` of the file, whose tag is known. */
static enum status read_variable(struct parser *parser, const struct tag *element,
                                 uint64_t position, struct error *error)
{
    struct mat_file *file = parser->file;
    struct mat_array *array;
    struct tag tag = *element;
    uint64_t there = file->size - position - 8;
    bool deflated = element->type == TYPE_COMPRESSED;
    parser->limit = position + 8 + (element->size < there ? element->size : there);
    parser->deflated = deflated ? position + 8 : 0;
    there = parser->limit - (position + 8);
    parser->possible = there * (deflated ? DEFLATE_FACTOR : MAT_CUT_FACTOR);
    parser->bytes = mat_bytes_open(file->descriptor, position + 8, parser->limit, deflated);
    if (!parser->bytes) {
        return error_memory(error, "reading the arrays of a file");
    }
    enum status status = STATUS_OK;
    if (deflated && read_tag(parser, &tag) && (tag.type != TYPE_MATRIX || tag.small)) {
        trouble(parser, "compressed bytes hold no array");
    }
    if (!parser->trouble) {
        status = mat_add_child(file, &file->root, NULL, 0, &array, error);
    }
    if (status == STATUS_OK && !parser->trouble) {
        uint64_t end = mat_bytes_position(parser->bytes) + tag.size;
        status = read_array(parser, array, end, 1, error);
        /* Without a name: what MATLAB keeps for its objects. */
        if (status == STATUS_OK && (!array->name || !array->name[0])) {
            mat_array_clear(array);
            file->root.child_count--;
            file->arrays_left++;
        }
    }
    mat_bytes_close(parser->bytes);
    return status;
}

enum status mat_level5_read(struct mat_file *file, struct error *error)
{
    enum status status = STATUS_OK;
    unsigned char raw[8];
    struct mat_bytes *header = mat_bytes_open(file->descriptor, 126, file->size, false);
    if (!header) {
        return error_memory(error, "reading the arrays of a file");
    }
    struct parser parser = {.file = file};
    parser.swap = mat_bytes_read(header, raw, 2) == 2 && raw[0] == 'M';
    mat_bytes_close(header);
    for (uint64_t position = HEADER_SIZE; status == STATUS_OK && position + 8 <= file->size;) {
        struct tag tag;
        parser.trouble = NULL;
        parser.bytes = mat_bytes_open(file->descriptor, position, file->size, false);
        if (!parser.bytes) {
            return error_memory(error, "reading the arrays of a file");
        }
        bool sound = read_tag(&parser, &tag) && !tag.small &&
                     (tag.type == TYPE_MATRIX || tag.type == TYPE_COMPRESSED);
        mat_bytes_close(parser.bytes);
        if (!sound) {
            return mat_damage(file, error,
                              "byte %" PRIu64 " begins no variable; what follows "
                              "is not read",
                              position);
        }
        status = read_variable(&parser, &tag, position, error);
        bool cut = tag.size > file->size - position - 8;
        if (status == STATUS_OK && (parser.trouble || cut)) {
            status = mat_damage(file, error, "the variable at byte %" PRIu64 " is damaged: %s",
                                position, cut ? "the file was cut short" : parser.trouble);
        }
        position += 8 + (uint64_t)tag.size;
    }
    return status;
}
