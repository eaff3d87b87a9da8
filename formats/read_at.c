#include "formats/read_at.h"

#include "formats/checked.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum status read_at(const struct source *source, uint64_t position, void *data, size_t size,
                    size_t *got, struct error *error)
{
    *got = 0;
    if (position > INT64_MAX) {
        return STATUS_OK;
    }
    while (*got < size) {
        ssize_t count = pread(source_descriptor(source), (char *)data + *got, size - *got,
                              (off_t)(position + *got));
        if (count == 0) {
            break;
        }
        if (count < 0 && errno != EINTR) {
            return error_set(error, STATUS_FAILED, "%s: cannot be read at byte %llu: %s",
                             source_name(source), (unsigned long long)(position + *got),
                             strerror(errno));
        }
        *got += count > 0 ? (size_t)count : 0;
    }
    return STATUS_OK;
}

enum status read_window_begin(struct read_window *window, const struct source *source,
                              size_t capacity, struct error *error)
{
    *window = (struct read_window){.source = source, .capacity = capacity};
    window->bytes = malloc(capacity ? capacity : 1);
    return window->bytes ? STATUS_OK : error_memory(error, "reading a recording");
}

enum status read_window_get(struct read_window *window, uint64_t position, size_t size,
                            const unsigned char **data, size_t *got, struct error *error)
{
    size = size < window->capacity ? size : window->capacity;
    bool inside = position >= window->start && position - window->start <= window->held;
    size_t skip = inside ? (size_t)(position - window->start) : 0;
    if (!inside || window->held - skip < size) {
        enum status status = read_at(window->source, position, window->bytes, window->capacity,
                                     &window->held, error);
        if (status != STATUS_OK) {
            window->held = 0;
            return status;
        }
        window->start = position;
        skip = 0;
    }
    *data = window->bytes + skip;
    *got = window->held - skip < size ? window->held - skip : size;
    return STATUS_OK;
}

void read_window_end(struct read_window *window)
{
    free(window->bytes);
    *window = (struct read_window){0};
}
