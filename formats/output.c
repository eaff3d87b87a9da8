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
    bool created;    /* the .part file exists */
};

static bool same_file(const struct stat *a, const char *path)
{
    struct stat b;
    return path && strcmp(path, "-") != 0 && stat(path, &b) == 0 && a->st_dev == b.st_dev &&
           a->st_ino == b.st_ino;
}

/* Decides between a .part file and writing in place, and makes the .part file. */
static enum status prepare(struct output *output, const char *input, bool force,
                           struct error *error)
{
    struct stat about;
    bool exists = stat(output->target, &about) == 0;
    if (exists && S_ISDIR(about.st_mode)) {
        return error_set(error, STATUS_FAILED, "%s: is a folder; name a file", output->target);
    }
    if (exists && same_file(&about, input)) {
        return error_set(error, STATUS_FAILED,
                         "%s: is the input; choose another name for the output", output->target);
    }
    if (exists && !S_ISREG(about.st_mode)) {
        return STATUS_OK;
    }
    if (exists && !force) {
        return error_set(error, STATUS_FAILED,
                         "%s: exists; use -f to overwrite it, or choose "
                         "another name",
                         output->target);
    }
    if (asprintf(&output->temporary, "%s.part.%ld", output->target, (long)getpid()) < 0) {
        output->temporary = NULL;
        return error_memory(error, "opening an output");
    }
    int descriptor = open(output->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot be created: %s; does its folder exist, "
                         "and may you write there?",
                         output->target, strerror(errno));
    }
    output->created = true;
    close(descriptor);
    return STATUS_OK;
}

enum status output_create(const char *path, const char *input, bool force, struct output **result,
                          struct error *error)
{
    *result = NULL;
    struct output *output = calloc(1, sizeof *output);
    if (!output) {
        return error_memory(error, "opening an output");
    }
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

enum status output_commit(struct output *output, struct error *error)
{
    enum status status = STATUS_OK;
    if (!finish_stream(output)) {
        const char *hint = errno == EPIPE    ? "did the reader of the pipe stop early?"
                           : errno == ENOSPC ? "make room on the disk"
                                             : "check the disk and your permissions";
        status = error_set(error, STATUS_FAILED, "%s: cannot be written: %s; %s",
                           output_name(output), strerror(errno), hint);
    } else if (output->temporary) {
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
