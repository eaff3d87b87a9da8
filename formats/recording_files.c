/* All files that a recording consists of. */
#include "formats/checked.h"
#include "formats/recording.h"
#include "formats/registry.h"
#include "formats/sidecar/sidecar.h"

#include <limits.h>
#include <string.h>

static enum status add_file(char ***files, size_t *count, const char *path, struct error *error)
{
    char **grown = checked_realloc(*files, *count + 1, sizeof *grown);
    *files = grown ? grown : *files;
    char *copy = grown ? strdup(path) : NULL;
    if (!copy) {
        return error_memory(error, "listing a recording's files");
    }
    (*files)[(*count)++] = copy;
    return STATUS_OK;
}

/* What is noted once the reader has opened it; a recording that cannot be opened tells nothing. */
static enum status add_parts(const char *path, const struct recording_options *options,
                             char ***files, size_t *count, struct error *error)
{
    struct recording_options own = *options;
    struct recording *recording = NULL;
    struct error ignored;
    enum status status = STATUS_OK;
    own.strict = false;
    own.no_sidecars = true;
    if (recording_open(path, &own, &recording, &ignored) == STATUS_OK) {
        const struct recording_info *info = recording_info(recording);
        for (size_t i = 0; i < info->file_count && status == STATUS_OK; i++) {
            status = add_file(files, count, info->files[i], error);
        }
    }
    recording_close(recording);
    return status;
}

enum status recording_files(const char *path, const struct recording_options *options,
                            char ***files, size_t *count, struct error *error)
{
    char header[PATH_MAX];
    struct sidecars *sidecars = NULL;
    bool part = !options->format && registry_header_of(path, header, sizeof header);
    const char *first = part ? header : path;
    *files = NULL;
    *count = 0;
    enum status status = add_file(files, count, first, error);
    if (strcmp(path, "-") != 0 && status == STATUS_OK && registry_has_parts(first)) {
        status = add_parts(first, options, files, count, error);
    }
    if (strcmp(path, "-") != 0 && status == STATUS_OK && !options->no_sidecars) {
        status = sidecars_read(first, false, &sidecars, error);
    }
    size_t beside;
    char *const *others = sidecars_files(sidecars, &beside);
    for (size_t i = 0; i < beside && status == STATUS_OK; i++) {
        status = add_file(files, count, others[i], error);
    }
    sidecars_destroy(sidecars);
    if (status != STATUS_OK) {
        recording_files_free(*files, *count);
        *files = NULL;
        *count = 0;
    }
    return status;
}

void recording_files_free(char **files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(files[i]);
    }
    free(files);
}
