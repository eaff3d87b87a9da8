#include "formats/mat/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define INPUT_SIZE 16384

struct mat_bytes {
    int descriptor;
    uint64_t next, limit; /* file offsets: of the next byte to load, and of the end */
    bool inflating, ended;
    bool sound; /* the end was reached, and the checksum was right */
    uint64_t position;
    z_stream z;
    size_t at, have; /* plain bytes: the unread part of input */
    unsigned char input[INPUT_SIZE];
};

struct mat_bytes *mat_bytes_open(int descriptor, uint64_t start, uint64_t limit, bool inflating)
{
    struct mat_bytes *bytes = calloc(1, sizeof *bytes);
    if (!bytes) {
        return NULL;
    }
    bytes->descriptor = descriptor;
    bytes->next = start;
    bytes->limit = limit;
    bytes->inflating = inflating;
    bytes->position = inflating ? 0 : start;
    if (inflating && inflateInit(&bytes->z) != Z_OK) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

struct mat_bytes *mat_bytes_clone(const struct mat_bytes *bytes)
{
    struct mat_bytes *copy = malloc(sizeof *copy);
    if (!copy) {
        return NULL;
    }
    memcpy(copy, bytes, sizeof *copy);
    if (bytes->inflating) {
        z_stream *from = (z_stream *)&bytes->z; /* inflateCopy only reads it */
        if (inflateCopy(&copy->z, from) != Z_OK) {
            free(copy);
            return NULL;
        }
        if (from->avail_in > 0) {
            copy->z.next_in = copy->input + (from->next_in - bytes->input);
        }
    }
    return copy;
}

void mat_bytes_close(struct mat_bytes *bytes)
{
    if (bytes) {
        if (bytes->inflating) {
            inflateEnd(&bytes->z);
        }
        free(bytes);
    }
}

uint64_t mat_bytes_position(const struct mat_bytes *bytes)
{
    return bytes->position;
}

/* Loads what comes next; 0 at the end. */
static size_t load(struct mat_bytes *bytes, void *to, size_t size)
{
    uint64_t left = bytes->limit > bytes->next ? bytes->limit - bytes->next : 0;
    ssize_t got;
    size = left < size ? (size_t)left : size;
    do {
        got = size > 0 ? pread(bytes->descriptor, to, size, (off_t)bytes->next) : 0;
    } while (got < 0 && errno == EINTR);
    got = got > 0 ? got : 0;
    bytes->next += (uint64_t)got;
    return (size_t)got;
}

static size_t read_plain(struct mat_bytes *bytes, unsigned char *to, size_t size)
{
    size_t done = 0;
    while (done < size) {
        size_t left = size - done, count = bytes->have - bytes->at;
        if (count > 0) {
            count = count < left ? count : left;
            memcpy(to + done, bytes->input + bytes->at, count);
            bytes->at += count;
        } else if (left >= INPUT_SIZE) {
            count = load(bytes, to + done, left);
        } else {
            bytes->at = 0;
            bytes->have = load(bytes, bytes->input, INPUT_SIZE);
            if (bytes->have > 0) {
                continue;
            }
        }
        if (count == 0) {
            break;
        }
        done += count;
    }
    return done;
}

static size_t read_inflated(struct mat_bytes *bytes, unsigned char *to, size_t size)
{
    z_stream *z = &bytes->z;
    size_t done = 0;
    while (done < size && !bytes->ended) {
        size_t left = size - done < 1u << 30 ? size - done : 1u << 30;
        if (z->avail_in == 0) {
            z->next_in = bytes->input;
            z->avail_in = (uInt)load(bytes, bytes->input, INPUT_SIZE);
        }
        z->next_out = to + done;
        z->avail_out = (uInt)left;
        int result = inflate(z, Z_NO_FLUSH);
        done += left - z->avail_out;
        bytes->ended = result != Z_OK;
        bytes->sound = result == Z_STREAM_END;
    }
    return done;
}

size_t mat_bytes_read(struct mat_bytes *bytes, void *to, size_t size)
{
    size_t got = bytes->inflating ? read_inflated(bytes, to, size) : read_plain(bytes, to, size);
    bytes->position += got;
    return got;
}

bool mat_bytes_skip(struct mat_bytes *bytes, uint64_t count)
{
    unsigned char sink[16384];
    if (!bytes->inflating) {
        uint64_t held = bytes->have - bytes->at;
        if (count <= held) {
            bytes->at += (size_t)count;
        } else if (count - held > bytes->limit || bytes->next > bytes->limit - (count - held)) {
            return false;
        } else {
            bytes->next += count - held;
            bytes->at = bytes->have = 0;
        }
        bytes->position += count;
        return true;
    }
    while (count > 0) {
        size_t step = count < sizeof sink ? (size_t)count : sizeof sink;
        if (mat_bytes_read(bytes, sink, step) < step) {
            return false;
        }
        count -= step;
    }
    return true;
}

bool mat_bytes_finish(struct mat_bytes *bytes)
{
    unsigned char sink[16384];
    while (bytes->inflating && !bytes->ended) {
        (void)mat_bytes_read(bytes, sink, sizeof sink);
    }
    return !bytes->inflating || bytes->sound;
}
