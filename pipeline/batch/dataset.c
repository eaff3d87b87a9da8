#include "pipeline/batch/dataset.h"

#include "formats/checked.h"
#include "formats/output.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define BIDS_VERSION "1.11.0"

/* What a validator of BIDS knows nothing of. */
#define IGNORED                                                                                    \
    "/run.tsv\n/episodes.tsv\n/trends.tsv\n/logs/\nfigures/\n*_emg.h5\n*_desc-trends_emg.*\n"

/* The description in a folder; NULL when there is none that can be read. */
static json_t *load(const char *folder)
{
    char path[PATH_MAX];
    int written = snprintf(path, sizeof path, "%s/%s", folder, DATASET_DESCRIPTION);
    return written > 0 && (size_t)written < sizeof path ? json_load_file(path, 0, NULL) : NULL;
}

static bool is_ours(json_t *description)
{
    json_t *maker;
    size_t i;
    json_array_foreach(json_object_get(description, "GeneratedBy"), i, maker)
    {
        const char *name = json_string_value(json_object_get(maker, "Name"));
        if (name && strcmp(name, "Soleus") == 0) {
            return true;
        }
    }
    return false;
}

/* The way from one absolute path to another: "../../study". */
static bool relative(const char *from, const char *to, char *way, size_t size)
{
    size_t same = 0, used = 0;
    for (size_t i = 0;; i++) {
        bool from_ends = from[i] == '/' || from[i] == '\0', to_ends = to[i] == '/' || to[i] == '\0';
        if (from_ends && to_ends) {
            same = i;
        }
        if (from[i] != to[i] || from[i] == '\0') {
            break;
        }
    }
    way[0] = '\0';
    for (const char *p = from + same; *p; p++) {
        if (*p == '/' && p[1] && used + 4 < size) {
            used += (size_t)snprintf(way + used, size - used, "%s..", used ? "/" : "");
        }
    }
    const char *rest = to + same + (to[same] == '/');
    if (*rest || used == 0) {
        used +=
            (size_t)snprintf(way + used, size - used, "%s%s", used ? "/" : "", *rest ? rest : ".");
    }
    return used < size;
}

/* Text as the path of a URI. NULL when memory ran out. */
static char *encode(const char *prefix, const char *text)
{
    char *uri = NULL;
    size_t size;
    FILE *stream = open_memstream(&uri, &size);
    if (!stream) {
        return NULL;
    }
    fputs(prefix, stream);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x80 && (isalnum(*p) || strchr("-._~/+", *p))) {
            putc(*p, stream);
        } else {
            fprintf(stream, "%%%02X", *p);
        }
    }
    return fclose(stream) == 0 ? uri : NULL;
}

/* The object that dataset_description.json holds; link: the way to the dataset. NULL when memory
 * ran out. */
static json_t *describe(json_t *source, const char *link)
{
    const char *name = json_string_value(json_object_get(source, "Name"));
    const char *doi = json_string_value(json_object_get(source, "DatasetDOI"));
    json_t *origin = doi ? json_pack("{s:s}", "DOI", doi) : json_pack("{s:s}", "URL", "bids:raw:");
    json_t *title = name ? json_sprintf("Soleus: %s", name) : json_string("Soleus: results");
    json_t *all = json_pack("{s:o*, s:s, s:s, s:[{s:s, s:s, s:s}], s:[o*], s:{s:s}}", "Name", title,
                            "BIDSVersion", BIDS_VERSION, "DatasetType", "derivative", "GeneratedBy",
                            "Name", "Soleus", "Version", SOLEUS_VERSION, "Description",
                            "markers of fatigue, and tonic and clonic episodes, of surface EMG",
                            "SourceDatasets", origin, "DatasetLinks", "raw", link);
    return all;
}

static enum status write_file(const char *folder, const char *name, json_t *json, const char *text,
                              struct error *error)
{
    struct output *output = NULL;
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return error_memory(error, "describing a dataset");
    }
    enum status status = output_create(path, NULL, true, &output, error);
    free(path);
    if (status != STATUS_OK) {
        return status;
    }
    if (json) {
        json_dumpf(json, output_stream(output), JSON_INDENT(2) | JSON_ENSURE_ASCII);
        putc('\n', output_stream(output));
    } else {
        fputs(text, output_stream(output));
    }
    return output_commit(output, error);
}

static enum status write_description(const char *folder, const char *own, const char *theirs,
                                     struct error *error)
{
    char way[PATH_MAX], ignore[PATH_MAX];
    json_t *source = load(theirs);
    char *link = relative(own, theirs, way, sizeof way) ? encode("", way) : NULL;
    json_t *description = link ? describe(source, link) : NULL;
    enum status status = description
                             ? write_file(folder, DATASET_DESCRIPTION, description, NULL, error)
                             : error_memory(error, "describing a dataset");
    int written = snprintf(ignore, sizeof ignore, "%s/.bidsignore", folder);
    if (status == STATUS_OK && written > 0 && (size_t)written < sizeof ignore &&
        access(ignore, F_OK) != 0) {
        status = write_file(folder, ".bidsignore", NULL, IGNORED, error);
    }
    json_decref(description);
    json_decref(source);
    free(link);
    return status;
}

/* Whether results of another dataset are there. One that is gone may have been moved. */
static bool is_of_another(json_t *description, const char *folder, const char *dataset)
{
    char way[PATH_MAX], path[PATH_MAX];
    const char *link =
        json_string_value(json_object_get(json_object_get(description, "DatasetLinks"), "raw"));
    char *expected = relative(folder, dataset, way, sizeof way) ? encode("", way) : NULL;
    bool same = !link || !expected || strcmp(link, expected) == 0;
    int written =
        snprintf(path, sizeof path, "%s/%s/%s", folder, link ? link : "", DATASET_DESCRIPTION);
    free(expected);
    return !same && written > 0 && (size_t)written < sizeof path && access(path, F_OK) == 0;
}

enum status dataset_describe(const char *folder, const char *dataset, bool force,
                             struct error *error)
{
    char *own = realpath(folder, NULL), *theirs = realpath(dataset, NULL);
    char path[PATH_MAX];
    enum status status = STATUS_OK;
    int written = snprintf(path, sizeof path, "%s/%s", folder, DATASET_DESCRIPTION);
    json_t *there = load(folder);
    if (!own || !theirs || written < 0 || (size_t)written >= sizeof path) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be found: %s", own ? dataset : folder,
                           strerror(errno));
    } else if (strcmp(own, theirs) == 0) {
        status = error_set(error, STATUS_USAGE,
                           "%s: is the dataset itself, and results would change it; choose another "
                           "folder, such as %s/derivatives/soleus",
                           folder, folder);
    } else if (!force && access(path, F_OK) == 0 && !is_ours(there)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: is not of soleus; use -f to overwrite it, or choose another folder",
                           path);
    } else if (!force && is_of_another(there, own, theirs)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: is a derivative of another dataset; choose another folder, or use "
                           "-f to mix them",
                           path);
    } else {
        status = write_description(folder, own, theirs, error);
    }
    json_decref(there);
    free(own);
    free(theirs);
    return status;
}

/* What of a file's path lies below the dataset; NULL when it lies elsewhere. */
static const char *below(const char *file, const char *dataset)
{
    size_t length = strlen(dataset);
    if (strncmp(file, dataset, length) != 0 ||
        (file[length] != '/' && dataset[length - 1] != '/')) {
        return NULL;
    }
    file += length;
    return file + strspn(file, "/");
}

enum status dataset_sources(const char *dataset, char *const *files, size_t file_count,
                            char ***sources, size_t *count, struct error *error)
{
    *count = 0;
    *sources = checked_calloc(file_count, sizeof **sources);
    char *folder = realpath(dataset, NULL);
    enum status status = *sources ? STATUS_OK : error_memory(error, "listing sources");
    for (size_t i = 0; i < file_count && status == STATUS_OK; i++) {
        char *real = NULL;
        const char *name = below(files[i], dataset);
        if (!name && folder && (real = realpath(files[i], NULL))) {
            name = below(real, folder);
        }
        char *uri = name ? encode("bids:raw:", name) : NULL;
        if (uri) {
            (*sources)[(*count)++] = uri;
        } else if (name) {
            status = error_memory(error, "listing sources");
        }
        free(real);
    }
    free(folder);
    return status;
}

void dataset_sources_free(char **sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(sources[i]);
    }
    free(sources);
}
