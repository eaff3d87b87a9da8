/* For tests of readers and writers: whole recordings in memory, temporary files, named pipes. */
#ifndef SOLEUS_TESTS_UNIT_READING_H
#define SOLEUS_TESTS_UNIT_READING_H

#include "unit/test.h"

#include "formats/checked.h"
#include "formats/output.h"
#include "formats/recording.h"
#include "formats/registry.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct reading {
    enum status status; /* of opening or of the read that failed */
    struct error error;
    struct recording *recording; /* NULL when it did not open */
    struct recording_info *info;
    size_t channels;
    size_t *counts;
    float **samples; /* by channel; NULL when not selected */
};

static inline uint64_t reading_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Appends what the block brought; false at the end. */
static inline bool reading_append(struct reading *reading, const struct block *block)
{
    bool any = false;
    for (size_t c = 0; c < reading->channels; c++) {
        size_t frames = block->frames[c];
        any = any || frames > 0;
        assert_true(frames <= block->capacity[c]);
        if (!block->samples[c] || frames == 0) {
            continue;
        }
        reading->samples[c] =
            checked_realloc(reading->samples[c], reading->counts[c] + frames, sizeof(float));
        memcpy(reading->samples[c] + reading->counts[c], block->samples[c], frames * sizeof(float));
        reading->counts[c] += frames;
    }
    return any;
}

/* Reads all of path. seed 0: blocks of a second; else blocks of random sizes. */
static inline struct reading reading_all(const char *path, struct recording_options options,
                                         uint64_t seed)
{
    struct reading reading = {0};
    struct block block = {0};
    reading.status = recording_open(path, &options, &reading.recording, &reading.error);
    if (reading.status != STATUS_OK) {
        assert_null(reading.recording);
        assert_true(strlen(reading.error.message) > 10);
        return reading;
    }
    reading.info = recording_info(reading.recording);
    reading.channels = reading.info->channel_count;
    reading.counts = checked_calloc(reading.channels, sizeof *reading.counts);
    reading.samples = checked_calloc(reading.channels, sizeof *reading.samples);
    assert_int_equal(block_allocate(&block, reading.info, 1, &reading.error), STATUS_OK);
    size_t *room = checked_calloc(reading.channels, sizeof *room);
    memcpy(room, block.capacity, reading.channels * sizeof *room);
    do {
        for (size_t c = 0; c < reading.channels && seed; c++) {
            size_t most = reading_random(&seed) % 3 ? room[c] : room[c] < 4 ? room[c] : 4;
            block.capacity[c] = 1 + reading_random(&seed) % most;
        }
        reading.status = recording_read(reading.recording, &block, &reading.error);
    } while (reading.status == STATUS_OK && reading_append(&reading, &block));
    free(room);
    block_clear(&block);
    return reading;
}

static inline void reading_clear(struct reading *reading)
{
    for (size_t c = 0; reading->samples && c < reading->channels; c++) {
        free(reading->samples[c]);
    }
    free(reading->samples);
    free(reading->counts);
    recording_close(reading->recording);
    *reading = (struct reading){0};
}

/* The same bits, channel by channel. */
static inline void reading_assert_same(const struct reading *a, const struct reading *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->channels, b->channels);
    for (size_t c = 0; c < a->channels; c++) {
        assert_int_equal(a->counts[c], b->counts[c]);
        if (a->counts[c] > 0) {
            assert_memory_equal(a->samples[c], b->samples[c], a->counts[c] * sizeof(float));
        }
    }
    if (a->recording) {
        assert_int_equal(a->info->gap_count, b->info->gap_count);
        assert_int_equal(a->info->warnings.count, b->info->warnings.count);
        for (size_t c = 0; c < a->channels; c++) {
            assert_true(a->info->channels[c].rate == b->info->channels[c].rate);
        }
    }
}

/* A folder that lives as long as the test program; reading_path names a file in it. */
static char reading_folder[64];

static inline const char *reading_path(const char *name)
{
    static char path[160];
    if (!reading_folder[0]) {
        strcpy(reading_folder, "/tmp/soleus-test-XXXXXX");
        assert_non_null(mkdtemp(reading_folder));
    }
    snprintf(path, sizeof path, "%s/%s", reading_folder, name);
    return path;
}

static inline void reading_remove_folder(void)
{
    char command[100];
    if (reading_folder[0]) {
        snprintf(command, sizeof command, "rm -rf %s", reading_folder);
        assert_int_equal(system(command), 0);
    }
}

/* For cmocka_run_group_tests: removes the folder. */
static inline int reading_teardown(void **state)
{
    (void)state;
    reading_remove_folder();
    return 0;
}

static inline void reading_write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The whole file; *size without the NUL that follows. To be freed. */
static inline char *reading_load_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    data[*size] = '\0';
    fclose(file);
    return data;
}

/* Reads the file's bytes through a named pipe, from a process that writes them in odd pieces. */
static inline struct reading reading_through_pipe(const char *path,
                                                  struct recording_options options)
{
    size_t size;
    char *data = reading_load_file(path, &size), pipe_path[160];
    snprintf(pipe_path, sizeof pipe_path, "%s", reading_path("pipe"));
    unlink(pipe_path);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int descriptor = open(pipe_path, O_WRONLY);
        for (size_t done = 0, step = 1; descriptor >= 0 && done < size; step = step * 3 + 1) {
            size_t piece = size - done < step % 10007 ? size - done : step % 10007;
            ssize_t written = write(descriptor, data + done, piece ? piece : 1);
            if (written <= 0) {
                break;
            }
            done += (size_t)written;
        }
        free(data);
        _exit(0);
    }
    struct reading reading = reading_all(pipe_path, options, 0);
    /* A reader may leave bytes unread: the writer then waits for ever. */
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    unlink(pipe_path);
    free(data);
    return reading;
}

/* Writes all channels of a recording to path in blocks of `step` frames, unevenly when asked. */
static inline enum status reading_write(const char *id, const char *path,
                                        const struct recording_info *info, float *const *samples,
                                        const size_t *counts, size_t step, bool unevenly,
                                        struct error *error)
{
    const struct writer *writer = registry_writer(id);
    struct output *output = NULL;
    void *state = NULL;
    size_t done[64] = {0}, frames[64], capacity[64];
    float *planes[64];
    struct block block = {info->channel_count, planes, capacity, frames};
    assert_non_null(writer);
    assert_true(info->channel_count <= 64);
    enum status status = output_create(path, NULL, true, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = writer->open(output, info, &state, error);
    bool any = status == STATUS_OK;
    for (size_t turn = 0; any && status == STATUS_OK; turn++) {
        any = false;
        for (size_t c = 0; c < info->channel_count; c++) {
            size_t left = counts[c] - done[c];
            size_t wanted = unevenly ? step * ((turn + c) % 3) : step;
            frames[c] = capacity[c] = left < wanted ? left : wanted;
            planes[c] = samples[c] + done[c];
            done[c] += frames[c];
            any = any || left > 0;
        }
        status = writer->write(state, &block, error);
    }
    if (status == STATUS_OK) {
        status = writer->close(state, error);
    } else if (state) {
        writer->abort(state);
    }
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}

/* True when some warning has the text. */
static inline bool reading_warned(const struct reading *reading, const char *text)
{
    for (size_t i = 0; i < reading->info->warnings.count; i++) {
        if (strstr(reading->info->warnings.texts[i], text)) {
            return true;
        }
    }
    return false;
}

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (!strstr((text), (part))) {                                                             \
            print_error("'%s' does not say '%s'\n", (text), (part));                               \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#endif
