#include "formats/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output {
    char *target;    /* NULL: standard output */
    char *temporary; /* NULL: the target is written in place */
    FILE *stream;    /* opened on first use */
    int lock;        /* descriptor that holds the .part file's lock, or -1 */
    bool created;    /* the .part file exists */
    bool sealed;
};

static bool same_file(const struct stat *a, const char *path)
{
    struct stat b;
    return path && strcmp(path, "-") != 0 && stat(path, &b) == 0 && a->st_dev == b.st_dev &&
           a->st_ino == b.st_ino;
}

/* Makes the .part file and locks it. One that is there was left behind by a dead process of our
 * number, unless it is locked: then a process on another machine writes it now. */
static enum status create_part(struct output *output, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat about = {.st_nlink = 0};
    while (about.st_nlink == 0) {
        output->lock = open(output->temporary, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (output->lock < 0) {
            return error_set(error, STATUS_FAILED,
                             "%s: cannot be created: %s; does its folder exist, "
                             "and may you write there?",
                             output->target, strerror(errno));
        }
        if (fcntl(output->lock, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES)) {
            return error_set(error, STATUS_FAILED,
                             "%s: is being written by another process; try again", output->target);
        }
        /* Somebody may have cleaned it up before the lock was on it. */
        if (fstat(output->lock, &about) != 0) {
            about.st_nlink = 1;
        } else if (about.st_nlink == 0) {
            close(output->lock);
        }
    }
    output->created = true;
    if (ftruncate(output->lock, 0) != 0) {
        return error_set(error, STATUS_FAILED, "%s: cannot be written: %s", output->target,
                         strerror(errno));
    }
    return STATUS_OK;
}

enum status output_check(const char *path, const char *input, bool force, struct error *error)
{
    struct stat about;
    if (strcmp(path, "-") == 0 || stat(path, &about) != 0) {
        return STATUS_OK;
    }
    if (S_ISDIR(about.st_mode)) {
        return error_set(error, STATUS_FAILED, "%s: is a folder; name a file", path);
    }
    if (same_file(&about, input)) {
        return error_set(error, STATUS_FAILED,
                         "%s: is the input; choose another name for the output", path);
    }
    if (S_ISREG(about.st_mode) && !force) {
        return error_set(error, STATUS_FAILED,
                         "%s: exists; use -f to overwrite it, or choose another name", path);
    }
    return STATUS_OK;
}

/* Decides between a .part file and writing in place, and makes the .part file. */
static enum status prepare(struct output *output, const char *input, bool force,
                           struct error *error)
{
    struct stat about;
    enum status status = output_check(output->target, input, force, error);
    if (status != STATUS_OK || (stat(output->target, &about) == 0 && !S_ISREG(about.st_mode))) {
        return status;
    }
    if (asprintf(&output->temporary, "%s.part.%ld", output->target, (long)getpid()) < 0) {
        output->temporary = NULL;
        return error_memory(error, "opening an output");
    }
    return create_part(output, error);
}

enum status output_create(const char *path, const char *input, bool force, struct output **result,
                          struct error *error)
{
    *result = NULL;
    struct output *output = calloc(1, sizeof *output);
    if (!output) {
        return error_memory(error, "opening an output");
    }
    output->lock = -1;
    enum status status = STATUS_OK;
    if (strcmp(path, "-") != 0) {
        output->target = strdup(path);
        status = output->target ? prepare(output, input, force, error)
                                : error_memory(error, "opening an output");
    }
    if (status == STATUS_OK && !output_stream(output)) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be opened for writing: %s",
                           output_name(output), strerror(errno));
    }
    if (status == STATUS_OK) {
        *result = output;
    } else {
        output_abort(output);
    }
    return status;
}

FILE *output_stream(struct output *output)
{
    if (!output->stream) {
        const char *path = output_path(output);
        output->stream = path ? fopen(path, "wbe") : stdout;
    }
    return output->stream;
}

const char *output_path(const struct output *output)
{
    return output->temporary ? output->temporary : output->target;
}

const char *output_name(const struct output *output)
{
    return output->target ? output->target : "standard output";
}

/* Flushes, syncs (what is no regular file cannot be) and closes; false with errno when any of
 * it failed. */
static bool finish_stream(struct output *output)
{
    FILE *stream = output->stream;
    bool good = !ferror(stream);
    if (!good && errno == 0) {
        errno = EIO;
    }
    good = fflush(stream) == 0 && good;
    if (good && output->temporary) {
        good = fsync(fileno(stream)) == 0;
    }
    if (output->target) {
        int before = errno;
        output->stream = NULL;
        if (fclose(stream) != 0) {
            return false;
        }
        errno = before;
    }
    return good;
}

enum status output_seal(struct output *output, struct error *error)
{
    if (!output->sealed && !finish_stream(output)) {
        const char *hint = errno == EPIPE    ? "did the reader of the pipe stop early?"
                           : errno == ENOSPC ? "make room on the disk"
                                             : "check the disk and your permissions";
        return error_set(error, STATUS_FAILED, "%s: cannot be written: %s; %s", output_name(output),
                         strerror(errno), hint);
    }
    output->sealed = true;
    return STATUS_OK;
}

enum status output_commit(struct output *output, struct error *error)
{
    enum status status = output_seal(output, error);
    if (status == STATUS_OK && output->temporary) {
        if (rename(output->temporary, output->target) == 0) {
            output->created = false;
        } else {
            status = error_set(error, STATUS_FAILED, "%s: cannot be put in place: %s",
                               output->target, strerror(errno));
        }
    }
    output_abort(output);
    return status;
}

void output_abort(struct output *output)
{
    if (!output) {
        return;
    }
    if (output->stream && output->target) {
        fclose(output->stream);
    }
    if (output->created) {
        unlink(output->temporary);
    }
    if (output->lock >= 0) {
        close(output->lock);
    }
    free(output->target);
    free(output->temporary);
    free(output);
}

enum status output_make_folder(const char *path, struct error *error)
{
    char *copy = strdup(path);
    enum status status = STATUS_OK;
    if (!copy) {
        return error_memory(error, "making a folder");
    }
    for (char *p = copy + 1; status == STATUS_OK; p++) {
        if (*p != '/' && *p != '\0') {
            continue;
        }
        char kept = *p;
        *p = '\0';
        struct stat about;
        if (mkdir(copy, 0777) != 0 &&
            (errno != EEXIST || stat(copy, &about) != 0 || !S_ISDIR(about.st_mode))) {
            status = error_set(error, STATUS_FAILED, "%s: the folder cannot be made: %s", copy,
                               strerror(errno == EEXIST ? ENOTDIR : errno));
        }
        *p = kept;
        if (kept == '\0') {
            break;
        }
    }
    free(copy);
    return status;
}
