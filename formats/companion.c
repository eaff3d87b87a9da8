#include "formats/companion.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Length of the folder's part of a path, its '/' included. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

/* Why a name out of a header is not opened; NULL when it may be. */
static const char *objection(const struct source *from, const char *name)
{
    if (!source_is_file(from)) {
        return "the header came through a pipe; give its file";
    }
    if (name[0] == '\0') {
        return "the name is empty";
    }
    if (name[0] == '/' || name[0] == '\\' || (name[0] && name[1] == ':')) {
        return "the name is absolute; put the files into one folder and write the bare name into "
               "the header";
    }
    for (const char *p = name; *p;) {
        size_t step = strcspn(p, "/\\");
        if (step == 2 && p[0] == '.' && p[1] == '.') {
            return "the name leads out of the header's folder; put the files into one folder";
        }
        p += step + (p[step] != '\0');
    }
    return NULL;
}

/* Replaces path's last part by the entry of its folder that equals it but for case. */
static bool ignore_case(char *path)
{
    size_t length = folder_length(path);
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", length ? (int)length : 1, length ? path : ".");
    DIR *entries = opendir(folder);
    char best[NAME_MAX + 1] = "";
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        /* Of the same length, save for characters that change theirs with their case. Of several
         * the first by bytes, in whatever order the folder lists them. */
        if (strcasecmp(entry->d_name, path + length) == 0 &&
            strlen(entry->d_name) == strlen(path + length) &&
            (!best[0] || strcmp(entry->d_name, best) < 0)) {
            snprintf(best, sizeof best, "%s", entry->d_name);
        }
    }
    if (best[0]) {
        strcpy(path + length, best);
    }
    if (entries) {
        closedir(entries);
    }
    return best[0] != '\0';
}

/* The path of an existing companion; false when there is none. */
static bool find(const struct source *from, const char *name, char path[PATH_MAX])
{
    const char *header = source_name(from);
    struct stat status;
    int written = snprintf(path, PATH_MAX, "%.*s%s", (int)folder_length(header), header, name);
    if (written < 0 || written >= PATH_MAX) {
        return false;
    }
    for (char *p = path + folder_length(header); *p; p++) {
        if (*p == '\\') {
            *p = '/';
        }
    }
    return stat(path, &status) == 0 || ignore_case(path);
}

enum status companion_open(const struct source *from, struct recording_info *info, const char *name,
                           struct source **source, struct error *error)
{
    char path[PATH_MAX];
    const char *reason = objection(from, name);
    *source = NULL;
    if (reason) {
        return error_set(error, STATUS_FAILED, "%s: names the file '%s': %s", source_name(from),
                         name, reason);
    }
    if (!find(from, name, path)) {
        return error_set(error, STATUS_FAILED,
                         "%s: the file '%s' that it names is not beside it; were the files "
                         "renamed or left behind?",
                         source_name(from), name);
    }
    enum status status = source_open(path, source, error);
    if (status == STATUS_OK && info) {
        status = recording_info_file(info, path, error);
    }
    if (status != STATUS_OK) {
        source_close(*source);
        *source = NULL;
    }
    return status;
}

bool companion_exists(const struct source *from, const char *name)
{
    char path[PATH_MAX];
    return !objection(from, name) && find(from, name, path);
}

bool companion_name(const struct source *from, const char *extension, char *to, size_t size)
{
    const char *name = source_name(from) + folder_length(source_name(from));
    const char *dot = strrchr(name, '.');
    int stem = (int)(dot ? (size_t)(dot - name) : strlen(name));
    int written = snprintf(to, size, "%.*s.%s", stem, name, extension);
    return written > 0 && (size_t)written < size;
}
