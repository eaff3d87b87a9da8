/* One source for every fuzz target: FUZZ_READER is the reader's id; FUZZ_PARTS, for formats of
 * several files, the extensions of header and parts ("hea dat").
 *
 * An input of a format of one file is that file. An input of n parts begins with the sizes of the
 * first n - 1 as 32-bit little-endian numbers; the parts follow, named r.EXTENSION
 * (tests/fuzz/pack.py). */
#include "fuzz/fuzz_reader.h"

#include <fcntl.h>
#include <string.h>

#ifdef FUZZ_PARTS

#define PARTS_MAX 8

static char folder[] = "/tmp/soleus-fuzz-XXXXXX";
static char extensions[] = FUZZ_PARTS;
static char *part_names[PARTS_MAX];
static size_t part_count;

static void remove_folder(void)
{
    for (size_t i = 0; i < part_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/r.%s", folder, part_names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    for (char *p = strtok(extensions, " "); p && part_count < PARTS_MAX; p = strtok(NULL, " ")) {
        part_names[part_count++] = p;
    }
    if (!mkdtemp(folder)) {
        abort();
    }
    atexit(remove_folder);
    return 0;
}

static void write_part(size_t index, const uint8_t *data, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/r.%s", folder, part_names[index]);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size) {
        abort();
    }
    close(descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t sizes = 4 * (part_count - 1), at = sizes;
    char path[64];
    if (size < sizes) {
        return 0;
    }
    for (size_t i = 0; i < part_count; i++) {
        size_t length = fuzz_part_length(data, size, part_count, i, at);
        write_part(i, data + at, length);
        at += length;
    }
    snprintf(path, sizeof path, "%s/r.%s", folder, part_names[0]);
    fuzz_file(FUZZ_READER, path, size);
    return 0;
}

#else

#ifdef FUZZ_ISOLATED

#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>

/* What a reader's own process dies of is no finding: it must only not be one of the parent's. */
static void die_quietly(void)
{
    static const int signals[] = {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        signal(signals[i], SIG_DFL);
    }
    __sanitizer_set_death_callback(NULL);
    if (!freopen("/dev/null", "w", stderr)) {
        _exit(1);
    }
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    pthread_atfork(NULL, NULL, die_quietly);
    return 0;
}

#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes(FUZZ_READER, data, size);
    return 0;
}

#endif
