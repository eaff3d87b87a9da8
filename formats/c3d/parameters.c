#include "formats/c3d/parameters.h"

#include "formats/recording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One record: a group, or a parameter of one. */
struct record {
    int id; /* negative: the group −id itself */
    const unsigned char *name;
    size_t name_length;
    const unsigned char *body; /* after the offset */
    size_t body_size;          /* up to the next record */
    size_t next;               /* where that begins; 0: this is the last */
};

uint16_t c3d_word(const unsigned char *p, enum c3d_order order)
{
    return order == C3D_MIPS ? (uint16_t)(p[0] << 8 | p[1]) : (uint16_t)(p[1] << 8 | p[0]);
}

float c3d_float(const unsigned char *p, enum c3d_order order)
{
    uint32_t bits;
    float value;
    if (order == C3D_DEC) {
        /* VAX F: the high word first, (−1)^s × 0.1m × 2^(e − 128). */
        bits = (uint32_t)p[1] << 24 | (uint32_t)p[0] << 16 | (uint32_t)p[3] << 8 | p[2];
        int exponent = (int)(bits >> 23 & 0xff);
        if (exponent == 0) {
            return bits >> 31 ? NAN : 0;
        }
        double size = ldexp((double)((bits & 0x7fffff) | 0x800000), exponent - 128 - 24);
        return (float)(bits >> 31 ? -size : size);
    }
    bits = order == C3D_MIPS
               ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The record at `at`; false at the end of the list and where it is malformed (*sound tells). */
static bool read_record(const struct c3d_parameters *parameters, size_t at, struct record *record,
                        bool *sound)
{
    const unsigned char *p = parameters->bytes + at;
    size_t left = parameters->size > at ? parameters->size - at : 0;
    *sound = true;
    if (left < 2 || p[0] == 0 || p[1] == 0) {
        return false;
    }
    /* A negative length marks a locked parameter. */
    record->name_length = (size_t)abs((int)(int8_t)p[0]);
    record->id = (int8_t)p[1];
    record->name = p + 2;
    size_t head = 2 + record->name_length + 2;
    *sound = left >= head;
    for (size_t i = 0; *sound && i < record->name_length; i++) {
        *sound = record->name[i] > ' ' && record->name[i] < 0x7f;
    }
    if (!*sound) {
        return false;
    }
    size_t offset = c3d_word(p + head - 2, parameters->order);
    record->body = p + head;
    record->body_size = left - head;
    record->next = 0;
    if (offset > 0) {
        *sound = offset >= 2;
        size_t body = *sound ? offset - 2 : 0;
        record->body_size = body < record->body_size ? body : record->body_size;
        record->next = at + head + body;
    }
    return *sound;
}

bool c3d_parameters_sound(const struct c3d_parameters *parameters, size_t most)
{
    struct record record;
    size_t at = C3D_HEADER_BYTES, count = 0;
    bool sound;
    while (count < most && read_record(parameters, at, &record, &sound)) {
        count++;
        at = record.next;
        if (at == 0 || at >= parameters->size) {
            return true;
        }
    }
    return count == most || (sound && count > 0);
}

static bool named(const struct record *record, const char *name)
{
    return record->name_length == strlen(name) &&
           strncasecmp((const char *)record->name, name, record->name_length) == 0;
}

/* The group's record when id is 0, else the parameter of group `id`. */
static bool find_record(const struct c3d_parameters *parameters, int id, const char *name,
                        struct record *record)
{
    bool sound;
    for (size_t at = C3D_HEADER_BYTES; read_record(parameters, at, record, &sound);) {
        if ((id == 0 ? record->id < 0 : record->id == id) && named(record, name)) {
            return true;
        }
        at = record->next;
        if (at == 0) {
            break;
        }
    }
    return false;
}

bool c3d_find(const struct c3d_parameters *parameters, const char *group, const char *name,
              struct c3d_parameter *parameter)
{
    struct record record;
    if (!find_record(parameters, 0, group, &record)) {
        return false;
    }
    if (record.id == INT8_MIN || !find_record(parameters, -record.id, name, &record) ||
        record.body_size < 2) {
        return false;
    }
    int type = (int8_t)record.body[0];
    size_t dimensions = record.body[1], width = (size_t)abs(type);
    if ((type != C3D_TEXT && type != C3D_BYTE && type != C3D_INTEGER && type != C3D_FLOAT) ||
        dimensions > 7 || record.body_size < 2 + dimensions) {
        return false;
    }
    *parameter = (struct c3d_parameter){.type = (enum c3d_type)type,
                                        .dimension_count = dimensions,
                                        .count = 1,
                                        .data = record.body + 2 + dimensions};
    for (size_t i = 0; i < dimensions; i++) {
        parameter->dimensions[i] = record.body[2 + i];
        parameter->count *= parameter->dimensions[i]; /* at most 255^7 */
    }
    return parameter->count <= (record.body_size - 2 - dimensions) / width;
}

bool c3d_element(const struct c3d_parameter *parameter, enum c3d_order order, size_t index,
                 double *value)
{
    if (index >= parameter->count || parameter->type == C3D_TEXT) {
        return false;
    }
    const unsigned char *p = parameter->data + index * (size_t)parameter->type;
    if (parameter->type == C3D_FLOAT) {
        *value = (double)c3d_float(p, order);
    } else if (parameter->type == C3D_INTEGER) {
        *value = (int16_t)c3d_word(p, order);
    } else {
        *value = (int8_t)p[0];
    }
    return isfinite(*value);
}

/* Bytes of one text of a list of them. */
static size_t text_length(const struct c3d_parameter *parameter)
{
    return parameter->dimension_count > 0 ? parameter->dimensions[0] : 1;
}

void c3d_list_find(struct c3d_list *list, const struct c3d_parameters *parameters,
                   const char *group, const char *name)
{
    char numbered[40];
    list->order = parameters->order;
    list->part_count = list->count = 0;
    snprintf(numbered, sizeof numbered, "%s", name);
    while (list->part_count < C3D_PARTS_MAX) {
        struct c3d_parameter *part = &list->parts[list->part_count];
        if (!c3d_find(parameters, group, numbered, part)) {
            break;
        }
        size_t size = part->count;
        if (part->type == C3D_TEXT) {
            size = text_length(part) > 0 ? size / text_length(part) : 0;
        }
        list->sizes[list->part_count++] = size;
        list->count += size;
        snprintf(numbered, sizeof numbered, "%s%zu", name, list->part_count + 1);
    }
}

/* The part in which element *index lies, which becomes its place there; NULL past the end. */
static const struct c3d_parameter *find_part(const struct c3d_list *list, size_t *index)
{
    for (size_t i = 0; i < list->part_count; i++) {
        if (*index < list->sizes[i]) {
            return &list->parts[i];
        }
        *index -= list->sizes[i];
    }
    return NULL;
}

bool c3d_list_number(const struct c3d_list *list, size_t index, double *value)
{
    const struct c3d_parameter *part = find_part(list, &index);
    return part && c3d_element(part, list->order, index, value);
}

bool c3d_list_count(const struct c3d_list *list, size_t index, size_t *value)
{
    const struct c3d_parameter *part = find_part(list, &index);
    double number;
    if (!part || !c3d_element(part, list->order, index, &number)) {
        return false;
    }
    if (number < 0 && part->type != C3D_FLOAT) {
        number += part->type == C3D_INTEGER ? 65536 : 256;
    }
    if (number < 0 || number > 4294967295.0 || number != floor(number)) {
        return false;
    }
    *value = (size_t)number;
    return true;
}

void c3d_list_text(const struct c3d_list *list, size_t index, char *to, size_t size)
{
    const struct c3d_parameter *part = find_part(list, &index);
    to[0] = '\0';
    if (part && part->type == C3D_TEXT) {
        size_t length = text_length(part);
        text_from_field(to, size, (const char *)part->data + index * length, length);
    }
}

bool c3d_number(const struct c3d_parameters *parameters, const char *group, const char *name,
                double *value)
{
    struct c3d_parameter parameter;
    return c3d_find(parameters, group, name, &parameter) &&
           c3d_element(&parameter, parameters->order, 0, value);
}

bool c3d_count(const struct c3d_parameters *parameters, const char *group, const char *name,
               size_t *value)
{
    struct c3d_list list = {.order = parameters->order, .part_count = 1, .sizes = {1}};
    return c3d_find(parameters, group, name, &list.parts[0]) && c3d_list_count(&list, 0, value);
}
