#include "formats/otb/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)

struct otb_archive {
    struct archive *library;
    const struct source *source;
    uint64_t position;
    uint64_t size; /* of the present entry */
    bool cut;
    char name[OTB_NAME_SIZE];
    unsigned char piece[PIECE];
};

static la_ssize_t read_piece(struct archive *library, void *data, const void **bytes)
{
    struct otb_archive *archive = data;
    ssize_t got;
    do {
        got = pread(source_descriptor(archive->source), archive->piece, PIECE,
                    (off_t)archive->position);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        archive_set_error(library, errno, "%s", strerror(errno));
        return -1;
    }
    archive->position += (uint64_t)got;
    *bytes = archive->piece;
    return got;
}

static la_int64_t skip_bytes(struct archive *library, void *data, la_int64_t request)
{
    (void)library;
    struct otb_archive *archive = data;
    uint64_t size = source_size(archive->source);
    uint64_t left = size > archive->position ? size - archive->position : 0;
    uint64_t step = request > 0 ? (uint64_t)request : 0;
    step = step < left ? step : left;
    archive->position += step;
    return (la_int64_t)step;
}

static la_int64_t seek_bytes(struct archive *library, void *data, la_int64_t offset, int whence)
{
    (void)library;
    struct otb_archive *archive = data;
    int64_t base = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? (int64_t)archive->position
                                        : (int64_t)source_size(archive->source);
    int64_t position;
    if (__builtin_add_overflow(base, offset, &position) || position < 0) {
        return ARCHIVE_FATAL;
    }
    archive->position = (uint64_t)position;
    return position;
}

static enum status damaged(const struct otb_archive *archive, struct error *error)
{
    const char *why = archive_error_string(archive->library);
    return error_set(error, STATUS_FAILED, "%s: its archive is damaged: %s; was it copied whole?",
                     source_name(archive->source), why ? why : "unreadable");
}

enum status otb_archive_open(const struct source *source, struct otb_archive **result,
                             struct error *error)
{
    *result = NULL;
    struct otb_archive *archive = calloc(1, sizeof *archive);
    struct archive *library = archive ? archive_read_new() : NULL;
    if (!library) {
        free(archive);
        return error_memory(error, "opening an archive");
    }
    archive->library = library;
    archive->source = source;
    /* Nothing beside what OTBiolab writes: each further format is more code that hostile bytes can
     * reach. */
    if (archive_read_support_filter_gzip(library) < ARCHIVE_WARN ||
        archive_read_support_format_tar(library) != ARCHIVE_OK ||
        archive_read_support_format_zip(library) < ARCHIVE_WARN ||
        archive_read_set_callback_data(library, archive) != ARCHIVE_OK ||
        archive_read_set_read_callback(library, read_piece) != ARCHIVE_OK ||
        archive_read_set_skip_callback(library, skip_bytes) != ARCHIVE_OK ||
        archive_read_set_seek_callback(library, seek_bytes) != ARCHIVE_OK ||
        archive_read_open1(library) != ARCHIVE_OK) {
        enum status status = damaged(archive, error);
        otb_archive_close(archive);
        return status;
    }
    *result = archive;
    return STATUS_OK;
}

void otb_archive_close(struct otb_archive *archive)
{
    if (archive) {
        archive_read_free(archive->library);
        free(archive);
    }
}

/* What an uncompressed tar cannot hold is not there. */
static void limit_size(struct otb_archive *archive)
{
    struct archive *library = archive->library;
    uint64_t end = source_size(archive->source);
    uint64_t begin = (uint64_t)archive_read_header_position(library) + 512;
    archive->cut = false;
    if ((archive_format(library) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR &&
        archive_filter_code(library, 0) == ARCHIVE_FILTER_NONE) {
        uint64_t held = begin < end ? end - begin : 0;
        archive->cut = archive->size != UINT64_MAX && archive->size > held;
        archive->size = archive->cut ? held : archive->size;
    }
}

enum status otb_archive_next(struct otb_archive *archive, bool *found, struct error *error)
{
    struct archive_entry *entry;
    *found = false;
    for (;;) {
        int result = archive_read_next_header(archive->library, &entry);
        if (result == ARCHIVE_EOF) {
            return STATUS_OK;
        }
        if (result < ARCHIVE_WARN) {
            return damaged(archive, error);
        }
        const char *path = archive_entry_pathname(entry);
        path = path ? path : archive_entry_pathname_utf8(entry);
        if (!path || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) {
            continue;
        }
        const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');
        path = back && (!slash || back > slash) ? back + 1 : slash ? slash + 1 : path;
        snprintf(archive->name, sizeof archive->name, "%s", path);
        archive->size = archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0
                            ? (uint64_t)archive_entry_size(entry)
                            : UINT64_MAX;
        limit_size(archive);
        *found = true;
        return STATUS_OK;
    }
}

const char *otb_archive_name(const struct otb_archive *archive)
{
    return archive->name;
}

uint64_t otb_archive_size(const struct otb_archive *archive)
{
    return archive->size;
}

bool otb_archive_cut(const struct otb_archive *archive)
{
    return archive->cut;
}

enum status otb_archive_read(struct otb_archive *archive, void *data, size_t size, size_t *got,
                             struct error *error)
{
    *got = 0;
    while (*got < size) {
        la_ssize_t count =
            archive_read_data(archive->library, (unsigned char *)data + *got, size - *got);
        if (count < 0) {
            return damaged(archive, error);
        }
        if (count == 0) {
            break;
        }
        *got += (size_t)count;
    }
    return STATUS_OK;
}
