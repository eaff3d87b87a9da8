/* Signal files: samples of several signals, frame by frame, in one of WFDB's storage formats. */
#include "formats/checked.h"
#include "formats/companion.h"
#include "formats/little_endian.h"
#include "formats/wfdb/wfdb.h"

#include <inttypes.h>
#include <string.h>

/* Samples that a format packs into how many bytes. */
static void packing(int format, unsigned *samples, unsigned *bytes)
{
    *samples = 1;
    switch (format) {
    case 8:
    case 80:
        *bytes = 1;
        break;
    case 24:
        *bytes = 3;
        break;
    case 32:
        *bytes = 4;
        break;
    case 212:
        *samples = 2;
        *bytes = 3;
        break;
    case 310:
    case 311:
        *samples = 3;
        *bytes = 4;
        break;
    default:
        *bytes = 2;
    }
}

size_t wfdb_group_bytes(int format, size_t count)
{
    unsigned samples, bytes;
    packing(format, &samples, &bytes);
    return (count + samples - 1) / samples * bytes;
}

/* Samples in so many bytes, with a last pack that may be cut. */
static uint64_t samples_in(int format, uint64_t size)
{
    static const unsigned in_310[] = {0, 0, 1, 1}, in_311[] = {0, 0, 1, 2}, in_212[] = {0, 0, 1};
    unsigned samples, bytes;
    packing(format, &samples, &bytes);
    uint64_t whole = size / bytes * samples, rest = size % bytes;
    return whole + (format == 212   ? in_212[rest]
                    : format == 310 ? in_310[rest]
                    : format == 311 ? in_311[rest]
                                    : 0);
}

int32_t wfdb_missing(int format)
{
    switch (format) {
    case 80:
        return -128;
    case 310:
    case 311:
        return -512;
    case 212:
        return -2048;
    case 16:
    case 61:
    case 160:
        return -32768;
    case 24:
        return -8388608;
    default:
        return INT32_MIN;
    }
}

void wfdb_limits(int format, double *minimum, double *maximum)
{
    /* The lowest value stands for a missing sample. */
    *minimum = (double)wfdb_missing(format) + 1;
    *maximum = -*minimum;
}

enum status wfdb_group_open(const struct wfdb_record *record, const struct source *header,
                            const struct wfdb_signal *signals, struct wfdb_group *group,
                            uint64_t length, struct error *error)
{
    uint64_t skipped, offset = signals[0].byte_offset;
    if (group->format > 500) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: '%s' is of format %d (FLAC), which is not read; convert the record "
                         "to format 16, 24 or 32 (xform of the WFDB software does)",
                         source_name(header), signals[0].file, group->format);
    }
    if (strcmp(signals[0].file, "-") == 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: its signals come from standard input ('-'); save them to a file and "
                         "write its name into the header",
                         source_name(header));
    }
    enum status status =
        companion_open(header, record->info, signals[0].file, &group->source, error);
    if (status != STATUS_OK) {
        return status;
    }
    const char *name = source_name(group->source);
    uint64_t size = source_is_file(group->source) ? source_size(group->source) : 0;
    uint64_t samples = samples_in(group->format, size > offset ? size - offset : 0);
    group->available = samples / group->per_frame;
    if (group->available == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds no frame of the %zu samples that %s describes; was it copied "
                         "whole?",
                         name, group->per_frame, source_name(header));
    }
    if (samples % group->per_frame > 0 && (length == 0 || group->available < length)) {
        status = wfdb_mend(record, error,
                           "%s: ends within a frame; %" PRIu64 " samples of it are left out", name,
                           samples % group->per_frame);
    }
    group->last = checked_calloc(group->count, sizeof *group->last);
    if (status == STATUS_OK && !group->last) {
        status = error_memory(error, "reading signals");
    }
    for (size_t s = 0; s < group->count && status == STATUS_OK; s++) {
        group->last[s] = (int32_t)(uint32_t)(uint64_t)signals[s].initial;
    }
    return status == STATUS_OK ? source_skip(group->source, offset, &skipped, error) : status;
}

static int32_t signed_bits(uint32_t bits, unsigned width)
{
    return (int32_t)(bits << (32 - width)) >> (32 - width);
}

static void decode_212(int32_t *to, const unsigned char *p, size_t count)
{
    for (size_t i = 0; i + 1 < count; i += 2, p += 3) {
        to[i] = signed_bits(p[0] | (uint32_t)(p[1] & 15) << 8, 12);
        to[i + 1] = signed_bits(p[2] | (uint32_t)(p[1] >> 4) << 8, 12);
    }
    if (count % 2) {
        to[count - 1] = signed_bits(p[0] | (uint32_t)(p[1] & 15) << 8, 12);
    }
}

/* The bytes of a last pack that is cut are zero. */
static void decode_310(int32_t *to, const unsigned char *p, size_t count)
{
    for (size_t i = 0; i < count; i += 3, p += 4) {
        uint32_t first = little_16(p), second = little_16(p + 2);
        const int32_t pack[3] = {signed_bits(first >> 1 & 1023, 10),
                                 signed_bits(second >> 1 & 1023, 10),
                                 signed_bits((first >> 11) | (second >> 11) << 5, 10)};
        memcpy(to + i, pack, (count - i < 3 ? count - i : 3) * sizeof *to);
    }
}

static void decode_311(int32_t *to, const unsigned char *p, size_t count)
{
    for (size_t i = 0; i < count; i += 3, p += 4) {
        uint32_t bits = little_32(p);
        const int32_t pack[3] = {signed_bits(bits & 1023, 10), signed_bits(bits >> 10 & 1023, 10),
                                 signed_bits(bits >> 20 & 1023, 10)};
        memcpy(to + i, pack, (count - i < 3 ? count - i : 3) * sizeof *to);
    }
}

static void decode_whole(int format, int32_t *to, const unsigned char *p, size_t count)
{
    switch (format) {
    case 16:
        for (size_t i = 0; i < count; i++) {
            to[i] = (int16_t)little_16(p + 2 * i);
        }
        break;
    case 61:
        for (size_t i = 0; i < count; i++) {
            to[i] = (int16_t)(p[2 * i + 1] | p[2 * i] << 8);
        }
        break;
    case 160:
        for (size_t i = 0; i < count; i++) {
            to[i] = little_16(p + 2 * i) - 32768;
        }
        break;
    case 80:
        for (size_t i = 0; i < count; i++) {
            to[i] = p[i] - 128;
        }
        break;
    case 24:
        for (size_t i = 0; i < count; i++, p += 3) {
            to[i] = signed_bits(little_24(p), 24);
        }
        break;
    default:
        for (size_t i = 0; i < count; i++, p += 4) {
            to[i] = (int32_t)little_32(p);
        }
    }
}

/* Differences of successive samples of the same signal. */
static void decode_8(struct wfdb_group *group, const struct wfdb_signal *signals, int32_t *to,
                     const unsigned char *p, size_t frames)
{
    for (size_t f = 0; f < frames; f++) {
        for (size_t s = 0; s < group->count; s++) {
            for (size_t k = 0; k < signals[s].per_frame; k++) {
                uint32_t sum = (uint32_t)group->last[s] + (uint32_t)(int32_t)(int8_t)*p++;
                *to++ = group->last[s] = (int32_t)sum;
            }
        }
    }
}

enum status wfdb_group_load(struct wfdb_group *group, const struct wfdb_signal *signals,
                            size_t frames, unsigned char *bytes, struct error *error)
{
    size_t count = frames * group->per_frame, got;
    size_t size = wfdb_group_bytes(group->format, count);
    enum status status = source_read(group->source, bytes, size, &got, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (samples_in(group->format, got) < count) {
        return error_set(error, STATUS_FAILED, "%s: became shorter while it was read",
                         source_name(group->source));
    }
    memset(bytes + got, 0, size - got);
    switch (group->format) {
    case 8:
        decode_8(group, signals, group->values, bytes, frames);
        break;
    case 212:
        decode_212(group->values, bytes, count);
        break;
    case 310:
        decode_310(group->values, bytes, count);
        break;
    case 311:
        decode_311(group->values, bytes, count);
        break;
    default:
        decode_whole(group->format, group->values, bytes, count);
    }
    return STATUS_OK;
}

void wfdb_group_clear(struct wfdb_group *group)
{
    source_close(group->source);
    free(group->last);
    group->source = NULL;
    group->last = NULL;
}
