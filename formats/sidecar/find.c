/* Which files lie beside a recording, by their names alone. */
#include "formats/checked.h"
#include "formats/sidecar/parts.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* More entities than these (beside subject and session) are not left out one by one. */
#define FREE_MAX   6
#define LEVELS_MAX 8

/* Folders from the recording's up to the dataset's root: lengths of search->folder. */
struct levels {
    size_t count;
    size_t length[LEVELS_MAX]; /* the nearest first */
};

/* Files that were found. */
struct finds {
    char **paths;
    size_t count, most;
};

static bool is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* Puts folder and name together; false when that is too long. */
static bool join(char to[PATH_MAX], const char *folder, size_t length, const char *name)
{
    bool here = length == 1 && folder[0] == '.';
    bool slash = length > 0 && folder[length - 1] != '/';
    int written = snprintf(to, PATH_MAX, "%.*s%s%s", here ? 0 : (int)length, folder,
                           slash && !here ? "/" : "", name);
    return written > 0 && written < PATH_MAX;
}

void sidecar_search_start(struct sidecar_search *search, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t stem = dot && dot > base ? (size_t)(dot - path) : strlen(path);
    *search = (struct sidecar_search){.path = path};
    if (stem < sizeof search->stem) {
        memcpy(search->stem, path, stem);
    }
    search->named = bids_name_parse(base, &search->name) &&
                    strcmp(search->name.suffix, "emg") == 0 &&
                    bids_name_value(&search->name, "sub");
    if (!search->named) {
        return;
    }
    size_t length = slash ? (size_t)(slash - path) + (slash == path) : 0;
    if (length >= sizeof search->folder) {
        search->named = false;
        return;
    }
    snprintf(search->folder, sizeof search->folder, "%.*s", length ? (int)length : 1,
             length ? path : ".");
    search->dataset = bids_dataset_root(path, search->root, sizeof search->root);
    if (!search->dataset) {
        strcpy(search->root, search->folder);
    }
    /* The root may have been found through resolved links; then all names are resolved ones. */
    char *resolved = NULL;
    size_t root = strlen(search->root);
    bool below = strcmp(search->root, ".") == 0 ? search->folder[0] != '/'
                                                : strncmp(search->folder, search->root, root) == 0;
    if (!below && (resolved = realpath(search->folder, NULL)) &&
        strlen(resolved) < sizeof search->folder) {
        strcpy(search->folder, resolved);
    }
    free(resolved);
}

/* The folders to look through. */
static void list_levels(const struct sidecar_search *search, struct levels *levels)
{
    size_t length = strlen(search->folder);
    size_t root = strcmp(search->root, ".") == 0 ? 0 : strlen(search->root);
    levels->count = 0;
    while (levels->count < LEVELS_MAX) {
        bool last = length <= root || (root == 0 && strcmp(search->folder, ".") == 0);
        levels->length[levels->count++] = length;
        if (last) {
            break;
        }
        while (length > root && search->folder[length - 1] != '/') {
            length--;
        }
        length -= length > root && length > 1 ? 1 : 0;
    }
}

static enum status keep(struct finds *finds, const char *path, struct error *error)
{
    for (size_t i = 0; i < finds->count; i++) {
        if (strcmp(finds->paths[i], path) == 0) {
            return STATUS_OK;
        }
    }
    char **grown = checked_realloc(finds->paths, finds->count + 1, sizeof *grown);
    finds->paths = grown ? grown : finds->paths;
    char *copy = grown ? strdup(path) : NULL;
    if (!copy) {
        return error_memory(error, "looking for sidecars");
    }
    finds->paths[finds->count++] = copy;
    return STATUS_OK;
}

/* Bits of the entities that names in a folder must have, and of those that they may have. */
static void masks_at(const struct sidecar_search *search, bool at_root, bool at_recording,
                     unsigned *must, unsigned *may)
{
    size_t spare = 0;
    *must = *may = 0;
    for (size_t i = 0; i < search->name.count; i++) {
        const char *key = search->name.entities[i].key;
        bool subject = strcmp(key, "sub") == 0, session = strcmp(key, "ses") == 0;
        if (subject && !at_root) {
            *must |= 1u << i;
        } else if (subject || session) {
            *may |= at_root && !at_recording ? 0 : 1u << i;
        } else if (spare++ < FREE_MAX) {
            *may |= 1u << i;
        } else {
            *must |= 1u << i;
        }
    }
}

/* Looks for every name in one folder, those with more entities first. */
static enum status look_in(const struct sidecar_search *search, size_t length, bool at_root,
                           bool at_recording, struct bids_name *wanted, const char *space,
                           struct finds *finds, struct error *error)
{
    unsigned must, may;
    enum status status = STATUS_OK;
    masks_at(search, at_root, at_recording, &must, &may);
    for (int bits = __builtin_popcount(may); bits >= 0; bits--) {
        /* All subsets of `may`, downwards. */
        for (unsigned subset = may;; subset = (subset - 1) & may) {
            char name[NAME_MAX + 1], path[PATH_MAX];
            if (__builtin_popcount(subset) == bits && finds->count < finds->most) {
                wanted->count = 0;
                for (size_t i = 0; i < search->name.count; i++) {
                    if ((subset | must) >> i & 1) {
                        wanted->entities[wanted->count++] = search->name.entities[i];
                    }
                }
                if (space && wanted->count < BIDS_ENTITIES_MAX) {
                    struct bids_entity *entity = &wanted->entities[wanted->count++];
                    snprintf(entity->key, sizeof entity->key, "space");
                    snprintf(entity->value, sizeof entity->value, "%s", space);
                }
                if (bids_name_format(wanted, name, sizeof name) &&
                    join(path, search->folder, length, name) && is_file(path)) {
                    status = keep(finds, path, error);
                }
            }
            if (subset == 0 || status != STATUS_OK) {
                break;
            }
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return status;
}

enum status sidecar_search_files(const struct sidecar_search *search, const char *suffix,
                                 const char *extension, const char *space, size_t most,
                                 char ***paths, size_t *count, struct error *error)
{
    struct finds finds = {.most = most};
    char path[PATH_MAX];
    bool plain = strcmp(suffix, "emg") == 0; /* STEM.json */
    enum status status = STATUS_OK;
    int written = snprintf(path, sizeof path, "%s%s%s%s", search->stem, plain ? "" : "_",
                           plain ? "" : suffix, extension);
    if (!space && search->stem[0] && written > 0 && (size_t)written < sizeof path &&
        strcmp(path, search->path) != 0 && is_file(path)) {
        status = keep(&finds, path, error);
    }
    if (search->named && status == STATUS_OK) {
        struct bids_name wanted = {.count = 0};
        struct levels levels;
        snprintf(wanted.suffix, sizeof wanted.suffix, "%s", suffix);
        snprintf(wanted.extension, sizeof wanted.extension, "%s", extension);
        list_levels(search, &levels);
        for (size_t i = 0; i < levels.count && status == STATUS_OK; i++) {
            status = look_in(search, levels.length[i], i + 1 == levels.count, i == 0, &wanted,
                             space, &finds, error);
        }
    }
    if (status != STATUS_OK) {
        for (size_t i = 0; i < finds.count; i++) {
            free(finds.paths[i]);
        }
        free(finds.paths);
        finds = (struct finds){.most = most};
    }
    *paths = finds.paths;
    *count = finds.count;
    return status;
}
