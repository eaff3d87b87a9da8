/* Feeds bytes to a reader through recording_open, as a file and as a pipe would. Reads until the
 * end, or until enough has come: a gap of a year is sound, and endless. */
#ifndef SOLEUS_TESTS_FUZZ_READER_H
#define SOLEUS_TESTS_FUZZ_READER_H

#include "formats/recording.h"
#include "formats/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FUZZ_FRAMES_MAX 2000000
#ifdef FUZZ_ISOLATED
#define FUZZ_IN_PROCESS false
#else
#define FUZZ_IN_PROCESS true
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

/* Reads all there is; aborts when the contract of reader.h is broken. */
static inline void fuzz_read(struct recording *recording, double seconds)
{
    struct block block;
    struct error error = {0};
    const struct recording_info *info = recording_info(recording);
    double room = 0;
    for (size_t c = 0; c < info->channel_count; c++) {
        room += info->channels[c].rate * seconds;
        if (info->channels[c].rate * seconds > 1e6 || room > 2e7 || info->channel_count > 1000) {
            return;
        }
    }
    if (block_allocate(&block, info, seconds, &error) != STATUS_OK) {
        return;
    }
    size_t total = 0;
    for (bool any = true; any && total < FUZZ_FRAMES_MAX;) {
        any = false;
        if (recording_read(recording, &block, &error) != STATUS_OK) {
            if (error.message[0] == '\0') {
                abort();
            }
            break;
        }
        for (size_t c = 0; c < block.channel_count; c++) {
            if (block.frames[c] > block.capacity[c]) {
                abort();
            }
            any = any || block.frames[c] > 0;
            total += block.frames[c];
        }
    }
    block_clear(&block);
}

/* Of an input of `count` parts: the length of part `index`, which begins at `at`. The sizes of all
 * but the last stand in front, 32 bits each, the lowest byte first. */
static inline size_t fuzz_part_length(const uint8_t *data, size_t size, size_t count, size_t index,
                                      size_t at)
{
    const uint8_t *p = data + 4 * index;
    size_t left = size - at;
    if (index + 1 == count) {
        return left;
    }
    uint32_t claimed = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return claimed < left ? claimed : left;
}

static const double fuzz_seconds[] = {0.01, 1, 60};

/* Opens the file with the reader of that id; what is odd about the size chooses the options. */
static inline void fuzz_file(const char *id, const char *path, size_t size)
{
    struct recording *recording;
    struct error error = {0};
    struct recording_options options = {.format = id,
                                        .strict = size % 5 == 0,
                                        .all_channels = size % 2,
                                        .rate = size % 7 ? 0 : 1000,
                                        .no_sidecars = true, /* fuzz_sidecar.c */
                                        .in_process = FUZZ_IN_PROCESS};
    if (recording_open(path, &options, &recording, &error) == STATUS_OK) {
        fuzz_read(recording, fuzz_seconds[size % 3]);
        recording_close(recording);
    } else if (recording || error.message[0] == '\0') {
        abort();
    }
}

/* The bytes as a file, and, for readers of streams, as a pipe. */
static inline void fuzz_bytes(const char *id, const uint8_t *data, size_t size)
{
    char path[64];
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size) {
        abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    fuzz_file(id, path, size);
    close(descriptor);
    if (!registry_reader(id)->streams) {
        return;
    }

    /* A pipe holds 64 KiB at least on the systems this runs on; larger inputs are cut. */
    int ends[2];
    if (pipe(ends) != 0) {
        abort();
    }
    size_t piped = size < 65536 ? size : 65536;
    if (piped > 0 && write(ends[1], data, piped) != (ssize_t)piped) {
        abort();
    }
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    fuzz_file(id, path, size);
    close(ends[0]);
}

#endif
