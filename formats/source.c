#include "formats/source.h"

#include "formats/checked.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (4 * SOURCE_PEEK_MAX)

struct source {
    char *name;
    int descriptor;
    bool owned; /* the descriptor is ours to close */
    bool file;
    uint64_t size;
    uint64_t position; /* of the next byte to be consumed */
    size_t start, end; /* unread bytes: buffer[start, end) */
    bool ended;
    unsigned char buffer[BUFFER_SIZE];
};

enum status source_open(const char *path, struct source **result, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    struct source *source = NULL;
    enum status status = STATUS_OK;
    struct stat about;
    *result = NULL;

    source = calloc(1, sizeof *source);
    if (!source) {
        return error_memory(error, "opening a recording");
    }
    source->descriptor = -1;
    source->name = strdup(standard ? "standard input" : path);
    if (!source->name) {
        status = error_memory(error, "opening a recording");
        goto out;
    }
    if (standard) {
        source->descriptor = STDIN_FILENO;
    } else {
        source->descriptor = open(path, O_RDONLY | O_CLOEXEC);
        source->owned = true;
    }
    if (source->descriptor < 0 || fstat(source->descriptor, &about) != 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: cannot be opened: %s; check the path and its "
                           "permissions",
                           source->name, strerror(errno));
        goto out;
    }
    if (S_ISDIR(about.st_mode)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: is a folder; name a recording, or give the folder to 'soleus run'",
                           source->name);
        goto out;
    }
    if (standard && isatty(source->descriptor)) {
        status = error_set(error, STATUS_USAGE,
                           "standard input is a terminal; name a recording, or "
                           "pipe one in");
        goto out;
    }
    source->file = S_ISREG(about.st_mode) && lseek(source->descriptor, 0, SEEK_CUR) == 0;
    source->size = source->file ? (uint64_t)about.st_size : UINT64_MAX;
    if (source->file) {
        (void)posix_fadvise(source->descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    *result = source;
    source = NULL;
out:
    source_close(source);
    return status;
}

void source_close(struct source *source)
{
    if (!source) {
        return;
    }
    if (source->owned && source->descriptor >= 0) {
        close(source->descriptor);
    }
    free(source->name);
    free(source);
}

const char *source_name(const struct source *source)
{
    return source->name;
}

bool source_is_file(const struct source *source)
{
    return source->file;
}

uint64_t source_size(const struct source *source)
{
    return source->size;
}

uint64_t source_position(const struct source *source)
{
    return source->position;
}

int source_descriptor(const struct source *source)
{
    return source->descriptor;
}

/* One read(2), restarted after signals; *got 0 is the end. */
static enum status read_some(struct source *source, void *data, size_t size, size_t *got,
                             struct error *error)
{
    for (;;) {
        ssize_t count = read(source->descriptor, data, size);
        if (count >= 0) {
            *got = (size_t)count;
            source->ended = count == 0;
            return STATUS_OK;
        }
        if (errno != EINTR) {
            return error_set(error, STATUS_FAILED, "%s: cannot be read at byte %llu: %s",
                             source->name, (unsigned long long)source->position, strerror(errno));
        }
    }
}

enum status source_peek(struct source *source, size_t wanted, const unsigned char **data,
                        size_t *size, struct error *error)
{
    if (wanted > SOURCE_PEEK_MAX) {
        wanted = SOURCE_PEEK_MAX;
    }
    if (source->end - source->start < wanted && source->start > 0) {
        memmove(source->buffer, source->buffer + source->start, source->end - source->start);
        source->end -= source->start;
        source->start = 0;
    }
    while (source->end - source->start < wanted && !source->ended) {
        size_t got = 0;
        enum status status =
            read_some(source, source->buffer + source->end, BUFFER_SIZE - source->end, &got, error);
        if (status != STATUS_OK) {
            return status;
        }
        source->end += got;
    }
    *data = source->buffer + source->start;
    *size = source->end - source->start < wanted ? source->end - source->start : wanted;
    return STATUS_OK;
}

enum status source_read(struct source *source, void *data, size_t size, size_t *got,
                        struct error *error)
{
    unsigned char *to = data;
    *got = 0;
    while (*got < size) {
        size_t left = size - *got, count = source->end - source->start;
        if (count > 0) {
            count = count < left ? count : left;
            memcpy(to + *got, source->buffer + source->start, count);
            source->start += count;
        } else if (source->ended) {
            break;
        } else {
            /* Large reads go straight to the caller; small ones through the buffer. */
            bool direct = left >= BUFFER_SIZE;
            enum status status = read_some(source, direct ? to + *got : source->buffer,
                                           direct ? left : BUFFER_SIZE, &count, error);
            if (status != STATUS_OK) {
                return status;
            }
            if (!direct) {
                source->start = 0;
                source->end = count;
                continue;
            }
        }
        *got += count;
        source->position += count;
    }
    return STATUS_OK;
}

enum status source_seek(struct source *source, uint64_t position, struct error *error)
{
    if (!source->file || position > INT64_MAX ||
        lseek(source->descriptor, (off_t)position, SEEK_SET) < 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot move to byte %llu; is it a regular file?", source->name,
                         (unsigned long long)position);
    }
    source->position = position;
    source->start = source->end = 0;
    source->ended = false;
    return STATUS_OK;
}

enum status source_skip(struct source *source, uint64_t count, uint64_t *skipped,
                        struct error *error)
{
    *skipped = 0;
    uint64_t buffered = source->end - source->start;
    if (source->file && count > buffered) {
        uint64_t left = source->size > source->position ? source->size - source->position : 0;
        uint64_t step = count < left ? count : left;
        enum status status = source_seek(source, source->position + step, error);
        *skipped = status == STATUS_OK ? step : 0;
        return status;
    }
    while (*skipped < count) {
        if (source->start == source->end) {
            size_t got = 0;
            if (source->ended) {
                break;
            }
            enum status status = read_some(source, source->buffer, BUFFER_SIZE, &got, error);
            if (status != STATUS_OK) {
                return status;
            }
            source->start = 0;
            source->end = got;
            continue;
        }
        uint64_t left = count - *skipped, here = source->end - source->start;
        here = here < left ? here : left;
        source->start += (size_t)here;
        source->position += here;
        *skipped += here;
    }
    return STATUS_OK;
}
