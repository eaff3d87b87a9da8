/* Times readers: every file given is opened and read to its end five times, the files in turn, on
 * one core as a command would read them. Prints a row a file: its format, megabytes, samples,
 * median seconds, million samples and megabytes a second. scripts/bench-readers makes the files. */
#include "formats/recording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define ROUNDS 5

struct timed {
    double seconds[ROUNDS];
    double samples, megabytes;
    char format[24];
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the file and of those that are read beside it. */
static double megabytes_of(const char *path, const struct recording_info *info)
{
    struct stat status;
    double bytes = stat(path, &status) == 0 ? (double)status.st_size : NAN;
    for (size_t i = 0; i < info->file_count; i++) {
        bytes += stat(info->files[i], &status) == 0 ? (double)status.st_size : NAN;
    }
    return 1e-6 * bytes;
}

/* Reads all channels in blocks of 10 s. */
static enum status read_file(const char *path, struct timed *timed, size_t round,
                             struct error *error)
{
    const struct recording_options options = {
        .rate = 2000, .rate_fallback = true, .all_channels = true};
    struct recording *recording = NULL;
    struct block block = {0};
    double start = now();
    timed->samples = 0;
    enum status status = recording_open(path, &options, &recording, error);
    if (status == STATUS_OK) {
        const struct recording_info *info = recording_info(recording);
        snprintf(timed->format, sizeof timed->format, "%s", info->format);
        timed->megabytes = megabytes_of(path, info);
        status = block_allocate(&block, info, 10, error);
    }
    for (double before = -1; status == STATUS_OK && before < timed->samples;) {
        before = timed->samples;
        status = recording_read(recording, &block, error);
        for (size_t c = 0; c < block.channel_count; c++) {
            timed->samples += (double)block.frames[c];
        }
    }
    recording_close(recording);
    block_clear(&block);
    timed->seconds[round] = now() - start;
    return status;
}

int main(int count, char **paths)
{
    struct timed *timed = calloc((size_t)count, sizeof *timed);
    struct error error = {0};
    if (!timed || count < 2) {
        fprintf(stderr, "usage: bench_readers FILE...\n");
        return 2;
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        for (int i = 1; i < count; i++) {
            if (read_file(paths[i], &timed[i], round, &error) != STATUS_OK) {
                fprintf(stderr, "%s\n", error.message);
                free(timed);
                return 1;
            }
        }
    }
    printf(
        "format\tfile_mb\tmillion_samples\tseconds\tmillion_samples_per_second\tmb_per_second\n");
    for (int i = 1; i < count; i++) {
        qsort(timed[i].seconds, ROUNDS, sizeof(double), by_value);
        double seconds = timed[i].seconds[ROUNDS / 2], megabytes = timed[i].megabytes;
        printf("%s\t%.1f\t%.1f\t%.3f\t%.0f\t%.0f\n", timed[i].format, megabytes,
               1e-6 * timed[i].samples, seconds, 1e-6 * timed[i].samples / seconds,
               megabytes / seconds);
    }
    free(timed);
    return 0;
}
