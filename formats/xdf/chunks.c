#include "formats/xdf/chunks.h"

#include "formats/little_endian.h"

#include <math.h>
#include <string.h>

#define LENGTH_MAX 9 /* bytes of a length */
#define HEAD_MAX   (LENGTH_MAX + 2 + 4)

static const unsigned char boundary[16] = {0x43, 0xa5, 0x46, 0xdc, 0xcb, 0xf5, 0x41, 0x0f,
                                           0xb3, 0x0e, 0xd5, 0x46, 0x73, 0x83, 0xcb, 0xe4};

enum status xdf_walk_begin(struct xdf_walk *walk, const struct source *source, size_t window,
                           struct error *error)
{
    *walk = (struct xdf_walk){.position = 4, .size = source_size(source)};
    return read_window_begin(&walk->window, source, window, error);
}

void xdf_walk_end(struct xdf_walk *walk)
{
    read_window_end(&walk->window);
}

/* A number led by how many bytes it has; 0 (bytes used) when there is none. */
static size_t length_at(const unsigned char *from, size_t size, uint64_t *value)
{
    size_t bytes = size > 0 ? from[0] : 0;
    if ((bytes != 1 && bytes != 4 && bytes != 8) || size < 1 + bytes) {
        return 0;
    }
    *value = 0;
    for (size_t i = 0; i < bytes; i++) {
        *value |= (uint64_t)from[1 + i] << (8 * i);
    }
    return 1 + bytes;
}

/* Finds the end of the next boundary chunk from `position` on; the file's end when none is left. */
static enum status find_boundary(struct xdf_walk *walk, uint64_t position, uint64_t *found,
                                 struct error *error)
{
    for (*found = walk->size; position + sizeof boundary <= walk->size;) {
        const unsigned char *data;
        size_t got;
        enum status status =
            read_window_get(&walk->window, position, walk->window.capacity, &data, &got, error);
        if (status != STATUS_OK) {
            return status;
        }
        const unsigned char *at = memmem(data, got, boundary, sizeof boundary);
        if (at) {
            *found = position + (uint64_t)(at - data) + sizeof boundary;
            return STATUS_OK;
        }
        if (got < sizeof boundary) {
            break;
        }
        position += got - (sizeof boundary - 1);
    }
    return STATUS_OK;
}

static bool has_stream(unsigned tag)
{
    return tag == XDF_STREAM_HEADER || tag == XDF_SAMPLES || tag == XDF_CLOCK_OFFSET ||
           tag == XDF_STREAM_FOOTER;
}

/* False when what stands at the walk's position is no chunk. */
static bool take_chunk(const struct xdf_walk *walk, const unsigned char *head, size_t got,
                       struct xdf_chunk *chunk)
{
    uint64_t length;
    size_t used = length_at(head, got, &length);
    if (used == 0 || length < 2 || got < used + 2) {
        return false;
    }
    unsigned tag = head[used] | (unsigned)head[used + 1] << 8;
    size_t lead = has_stream(tag) ? 6 : 2;
    if (tag < XDF_FILE_HEADER || tag > XDF_STREAM_FOOTER || length < lead || got < used + lead) {
        return false;
    }
    chunk->tag = tag;
    chunk->stream = 0;
    for (size_t i = 0; i < lead - 2; i++) {
        chunk->stream |= (uint32_t)head[used + 2 + i] << (8 * i);
    }
    chunk->content = chunk->start + used + lead;
    uint64_t left = walk->size - chunk->start - used;
    chunk->cut = length > left;
    chunk->end = chunk->start + used + (chunk->cut ? left : length);
    return true;
}

enum status xdf_walk_next(struct xdf_walk *walk, struct xdf_chunk *chunk, bool *any,
                          struct error *error)
{
    *chunk = (struct xdf_chunk){0};
    *any = false;
    while (walk->position < walk->size) {
        const unsigned char *head;
        size_t got;
        uint64_t found = walk->size;
        chunk->start = walk->position;
        enum status status =
            read_window_get(&walk->window, walk->position, HEAD_MAX, &head, &got, error);
        if (status != STATUS_OK) {
            return status;
        }
        bool sound = take_chunk(walk, head, got, chunk);
        if (!sound || chunk->cut) {
            /* A length past the file's end is damage when chunks follow, and else the end. */
            status = find_boundary(walk, walk->position + 1, &found, error);
        }
        if (status != STATUS_OK) {
            return status;
        }
        if (sound && (!chunk->cut || found == walk->size)) {
            walk->position = chunk->end;
            *any = true;
            return STATUS_OK;
        }
        walk->position = found;
        chunk->damaged = true;
    }
    return STATUS_OK;
}

size_t xdf_width(enum xdf_type type)
{
    static const size_t widths[] = {1, 2, 4, 8, 4, 8, 0};
    return widths[type];
}

/* A length at `position`, which it moves; *any is false when there is none before `end`. */
static enum status take_length(struct xdf_walk *walk, uint64_t *position, uint64_t end,
                               uint64_t *length, bool *any, struct error *error)
{
    const unsigned char *data;
    size_t got, room = end - *position < LENGTH_MAX ? (size_t)(end - *position) : LENGTH_MAX;
    enum status status = read_window_get(&walk->window, *position, room, &data, &got, error);
    size_t used = status == STATUS_OK ? length_at(data, got, length) : 0;
    *any = used > 0;
    *position += used;
    return status;
}

enum status xdf_samples_begin(struct xdf_walk *walk, const struct xdf_chunk *chunk,
                              enum xdf_type type, size_t channels, struct xdf_samples *samples,
                              struct error *error)
{
    bool any;
    *samples = (struct xdf_samples){type, channels, chunk->content, chunk->end, 1};
    enum status status =
        take_length(walk, &samples->position, samples->end, &samples->left, &any, error);
    if (status == STATUS_OK && !any) {
        samples->left = 1; /* at least one was meant, and is lost */
        samples->end = samples->position;
    }
    return status;
}

enum status xdf_text(struct xdf_walk *walk, uint64_t *position, uint64_t end, uint64_t *length,
                     bool *any, struct error *error)
{
    enum status status = take_length(walk, position, end, length, any, error);
    *any = *any && *length <= end - *position;
    return status;
}

/* Moves past the texts of a sample. */
static enum status skip_texts(struct xdf_walk *walk, struct xdf_samples *samples, bool *any,
                              struct error *error)
{
    enum status status = STATUS_OK;
    uint64_t position = samples->position, length;
    *any = true;
    for (size_t c = 0; c < samples->channels && *any && status == STATUS_OK; c++) {
        status = xdf_text(walk, &position, samples->end, &length, any, error);
        position += status == STATUS_OK && *any ? length : 0;
    }
    samples->position = position;
    return status;
}

enum status xdf_samples_next(struct xdf_walk *walk, struct xdf_samples *samples,
                             struct xdf_sample *sample, bool *any, struct error *error)
{
    const unsigned char *head;
    size_t got;
    uint64_t room = samples->end - samples->position;
    *any = false;
    if (samples->left == 0 || room == 0) {
        return STATUS_OK;
    }
    enum status status = read_window_get(&walk->window, samples->position,
                                         room < 9 ? (size_t)room : 9, &head, &got, error);
    if (status != STATUS_OK || got == 0 || (head[0] != 0 && head[0] != 8) ||
        got < 1 + (size_t)head[0]) {
        return status;
    }
    sample->stamped = head[0] == 8;
    sample->stamp = sample->stamped ? little_double(head + 1) : 0;
    uint64_t lead = 1 + (uint64_t)head[0], values = samples->channels * xdf_width(samples->type);
    sample->values = samples->position + lead;
    if (samples->type == XDF_STRING) {
        samples->position += lead;
        status = skip_texts(walk, samples, any, error);
    } else if (room - lead >= values) {
        samples->position += lead + values;
        *any = true;
    }
    samples->left -= *any;
    return status;
}

double xdf_number(enum xdf_type type, const unsigned char *from)
{
    float real;
    double value;
    switch (type) {
    case XDF_INT8:
        return (int8_t)from[0];
    case XDF_INT16:
        return (int16_t)little_16(from);
    case XDF_INT32:
        return (int32_t)little_32(from);
    case XDF_INT64:
        return (double)(int64_t)little_64(from);
    case XDF_FLOAT32:
        real = little_float(from);
        return isfinite(real) ? real : NAN;
    default:
        value = little_double(from);
        return isfinite(value) ? value : NAN;
    }
}
