#include "formats/audio/audio_claim.h"

#include <string.h>
#include <unistd.h>

/* No recording has so many chunks before its samples. */
#define CHUNKS_MAX 4096

/* Programs that write to a pipe put one of the largest sizes into the header. */
#define OPEN_SIZE 0x7ffff000u

enum kind { KIND_NONE, KIND_RIFF, KIND_RIFX, KIND_RF64, KIND_W64, KIND_AIFF, KIND_CAF };

struct chunk {
    bool samples;    /* it holds the samples */
    uint64_t header; /* bytes before its content */
    uint64_t size;   /* of its content */
    uint64_t align;  /* its end is padded to a multiple of this */
};

static uint64_t number(const unsigned char *p, int bytes, bool big)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value = value << 8 | p[big ? i : bytes - 1 - i];
    }
    return value;
}

/* The kind of file, and where its chunks begin. */
static enum kind find_kind(const unsigned char head[40], uint64_t *first)
{
    bool wave = memcmp(head + 8, "WAVE", 4) == 0;
    *first = 12;
    if (wave && memcmp(head, "RIFF", 4) == 0) {
        return KIND_RIFF;
    }
    if (wave && memcmp(head, "RIFX", 4) == 0) {
        return KIND_RIFX;
    }
    if (wave && (memcmp(head, "RF64", 4) == 0 || memcmp(head, "BW64", 4) == 0)) {
        return KIND_RF64;
    }
    if (memcmp(head, "FORM", 4) == 0 && memcmp(head + 8, "AIF", 3) == 0) {
        return KIND_AIFF;
    }
    if (memcmp(head, "riff", 4) == 0 && memcmp(head + 24, "wave", 4) == 0) {
        *first = 40;
        return KIND_W64;
    }
    if (memcmp(head, "caff", 4) == 0) {
        *first = 8;
        return KIND_CAF;
    }
    return KIND_NONE;
}

/* The chunk whose first 36 bytes are at p. *large is the size that an RF64's 'ds64' announces. */
static struct chunk parse_chunk(enum kind kind, const unsigned char *p, uint64_t *large)
{
    struct chunk chunk = {.align = 1};
    if (kind == KIND_W64) {
        uint64_t size = number(p + 16, 8, false);
        chunk.header = 24;
        chunk.samples = memcmp(p, "data", 4) == 0;
        chunk.size = size > 24 ? size - 24 : 0;
        chunk.align = 8;
    } else if (kind == KIND_CAF) {
        chunk.samples = memcmp(p, "data", 4) == 0;
        chunk.header = 12;
        chunk.size = number(p + 4, 8, true);
    } else {
        chunk.samples = memcmp(p, kind == KIND_AIFF ? "SSND" : "data", 4) == 0;
        chunk.header = 8;
        chunk.size = number(p + 4, 4, kind == KIND_AIFF || kind == KIND_RIFX);
        chunk.align = 2;
        if (kind == KIND_RF64 && memcmp(p, "ds64", 4) == 0) {
            *large = number(p + 16, 8, false);
        }
        if (kind == KIND_RF64 && chunk.samples && chunk.size == UINT32_MAX) {
            chunk.size = *large;
        }
    }
    return chunk;
}

struct audio_claim audio_claim_read(int descriptor)
{
    struct audio_claim claim = {0};
    unsigned char head[40] = {0};
    uint64_t position, large = UINT64_MAX;
    if (pread(descriptor, head, sizeof head, 0) < 12) {
        return claim;
    }
    enum kind kind = find_kind(head, &position);
    for (int i = 0; kind != KIND_NONE && i < CHUNKS_MAX; i++) {
        memset(head, 0, sizeof head);
        if (position > INT64_MAX / 2 ||
            pread(descriptor, head, sizeof head, (off_t)position) < 12) {
            break;
        }
        struct chunk chunk = parse_chunk(kind, head, &large);
        if (chunk.samples) {
            bool open = (kind == KIND_CAF || kind == KIND_W64 || kind == KIND_RF64)
                            ? chunk.size > INT64_MAX
                            : chunk.size >= OPEN_SIZE;
            uint64_t inside = kind == KIND_AIFF ? 8 : kind == KIND_CAF ? 4 : 0;
            claim.known = !open;
            claim.start = position + chunk.header + inside;
            claim.size = chunk.size > inside ? chunk.size - inside : 0;
            break;
        }
        if (chunk.size > INT64_MAX / 2) {
            break;
        }
        uint64_t step = chunk.header + chunk.size;
        position += step + (chunk.align - step % chunk.align) % chunk.align;
    }
    return claim;
}
