/* Reads whole recordings for tests, and finds sample files. */
#ifndef SOLEUS_TESTS_UNIT_READ_BACK_H
#define SOLEUS_TESTS_UNIT_READ_BACK_H

#include "unit/test.h"

#include "formats/recording.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BACK_CHANNELS 512

struct read_back {
    struct recording *recording; /* open; at its end */
    struct recording_info *info;
    size_t counts[READ_BACK_CHANNELS];
    float *samples[READ_BACK_CHANNELS]; /* owned; NULL when not selected */
};

/* A path in the folder that an environment variable names; skips the test when it is not there. */
static inline const char *path_in(const char *variable, const char *name, char path[4096])
{
    const char *folder = getenv(variable);
    snprintf(path, 4096, "%s/%s", folder ? folder : ".", name);
    if (access(path, R_OK) != 0) {
        print_message("%s is absent\n", path);
        skip();
    }
    return path;
}

static inline const char *sample_path(const char *name, char path[4096])
{
    const char *folder = getenv("SOLEUS_SAMPLES");
    snprintf(path, 4096, "%s/%s", folder ? folder : "samples", name);
    return path;
}

/* Reads everything in blocks of `seconds`; with a seed above 0, of random capacities up to that. */
static inline enum status read_back(const char *path, const struct recording_options *options,
                                    double seconds, unsigned seed, struct read_back *to,
                                    struct error *error)
{
    struct block block = {0};
    *to = (struct read_back){0};
    enum status status = recording_open(path, options, &to->recording, error);
    if (status != STATUS_OK) {
        return status;
    }
    to->info = recording_info(to->recording);
    assert_true(to->info->channel_count <= READ_BACK_CHANNELS);
    status = block_allocate(&block, to->info, seconds, error);
    assert_int_equal(status, STATUS_OK);
    size_t largest[READ_BACK_CHANNELS];
    memcpy(largest, block.capacity, block.channel_count * sizeof *largest);
    for (bool any = true; any && status == STATUS_OK;) {
        any = false;
        for (size_t c = 0; c < block.channel_count && seed; c++) {
            block.capacity[c] = 1 + (size_t)rand_r(&seed) % largest[c];
        }
        status = recording_read(to->recording, &block, error);
        for (size_t c = 0; c < block.channel_count && status == STATUS_OK; c++) {
            assert_true(block.frames[c] <= block.capacity[c]);
            any = any || block.frames[c] > 0;
            if (block.samples[c]) {
                size_t count = to->counts[c] + block.frames[c];
                to->samples[c] = realloc(to->samples[c], (count + 1) * sizeof(float));
                assert_non_null(to->samples[c]);
                memcpy(to->samples[c] + to->counts[c], block.samples[c],
                       block.frames[c] * sizeof(float));
            }
            to->counts[c] += block.frames[c];
        }
    }
    block_clear(&block);
    return status;
}

static inline void read_back_clear(struct read_back *what)
{
    recording_close(what->recording);
    for (size_t c = 0; c < READ_BACK_CHANNELS; c++) {
        free(what->samples[c]);
    }
    *what = (struct read_back){0};
}

/* The same samples to the bit (NaN where NaN), annotations and number of warnings. */
static inline void assert_same_recording(const struct read_back *a, const struct read_back *b)
{
    assert_int_equal(a->info->channel_count, b->info->channel_count);
    assert_int_equal(a->info->warnings.count, b->info->warnings.count);
    assert_int_equal(a->info->annotation_count, b->info->annotation_count);
    assert_int_equal(a->info->gap_count, b->info->gap_count);
    for (size_t c = 0; c < a->info->channel_count; c++) {
        assert_int_equal(a->counts[c], b->counts[c]);
        assert_int_equal(!a->samples[c], !b->samples[c]);
        if (a->samples[c]) {
            assert_memory_equal(a->samples[c], b->samples[c], a->counts[c] * sizeof(float));
        }
    }
    for (size_t i = 0; i < a->info->annotation_count; i++) {
        assert_string_equal(a->info->annotations[i].text, b->info->annotations[i].text);
        assert_true(a->info->annotations[i].onset == b->info->annotations[i].onset);
    }
}

/* Starts a child that writes the file into a pipe; *path names the pipe's other end. */
static inline pid_t pipe_from(const char *file, char path[64], int *descriptor)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        dup2(ends[1], STDOUT_FILENO);
        execlp("cat", "cat", file, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *descriptor = ends[0];
    snprintf(path, 64, "/dev/fd/%d", ends[0]);
    return child;
}

#endif
