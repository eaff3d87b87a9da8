/* Pairs of tables in two folders, by their names. */
#include "formats/checked.h"
#include "pipeline/score/pairs.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <string.h>

/* A table of a folder, or any file that ends in .tsv. */
struct entry {
    char *path; /* owned, as the next two */
    char *stem;
    char *place; /* the stem, with the folders in front */
    bool table;  /* is called like a table of episodes */
};

struct folder {
    const char *path;
    size_t count;
    struct entry *entries; /* owned */
};

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), other = strlen(ending);
    return length > other && strcmp(text + length - other, ending) == 0;
}

static enum status add_entry(struct folder *folder, const char *path, struct error *error)
{
    char stem[PATH_MAX], place[PATH_MAX];
    const char *below = path + strlen(folder->path);
    while (*below == '/') {
        below++;
    }
    const char *slash = strrchr(below, '/');
    score_stem(path, stem, sizeof stem);
    int written =
        snprintf(place, sizeof place, "%.*s%s", (int)(slash ? slash + 1 - below : 0), below, stem);
    if (written < 0 || (size_t)written >= sizeof place) {
        return error_set(error, STATUS_FAILED, "%s: the path is too long", path);
    }
    struct entry *grown = checked_grow(folder->entries, folder->count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "listing tables");
    }
    folder->entries = grown;
    struct entry *entry = &grown[folder->count++];
    *entry = (struct entry){
        .path = strdup(path),
        .stem = strdup(stem),
        .place = strdup(place),
        .table = ends_with(path, "_events.tsv") || ends_with(path, "_episodes.tsv") ||
                 ends_with(path, "_truth.tsv"),
    };
    return entry->path && entry->stem && entry->place ? STATUS_OK
                                                      : error_memory(error, "listing tables");
}

static int in_order(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void clear_entry(struct entry *entry)
{
    free(entry->path);
    free(entry->stem);
    free(entry->place);
}

static void clear(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        clear_entry(&folder->entries[i]);
    }
    free(folder->entries);
}

/* Of a folder that has tables of episodes by their names, those alone. */
static void keep_tables(struct folder *folder)
{
    size_t tables = 0, kept = 0;
    for (size_t i = 0; i < folder->count; i++) {
        tables += folder->entries[i].table;
    }
    for (size_t i = 0; i < folder->count; i++) {
        if (tables > 0 && !folder->entries[i].table) {
            clear_entry(&folder->entries[i]);
        } else {
            folder->entries[kept++] = folder->entries[i];
        }
    }
    folder->count = kept;
}

static enum status walk(struct folder *folder, struct error *error)
{
    char *const roots[] = {(char *)folder->path, NULL};
    enum status status = STATUS_OK;
    FTSENT *entry;
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, in_order);
    if (!tree) {
        return error_set(error, STATUS_FAILED, "%s: cannot be walked: %s", folder->path,
                         strerror(errno));
    }
    while (status == STATUS_OK && (errno = 0, entry = fts_read(tree))) {
        bool hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';
        if (entry->fts_info == FTS_D && hidden) {
            fts_set(tree, entry, FTS_SKIP);
        } else if (entry->fts_info == FTS_F && !hidden && ends_with(entry->fts_name, ".tsv")) {
            status = add_entry(folder, entry->fts_path, error);
        } else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
            status = error_set(error, STATUS_FAILED, "%s: cannot be read: %s", entry->fts_path,
                               strerror(entry->fts_errno));
        }
    }
    if (status == STATUS_OK && errno != 0) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be walked: %s", folder->path,
                           strerror(errno));
    }
    fts_close(tree);
    if (status == STATUS_OK) {
        keep_tables(folder);
    }
    if (status == STATUS_OK && folder->count == 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: holds no tables of episodes (*_events.tsv, *_episodes.tsv, "
                           "*_truth.tsv, or any *.tsv)",
                           folder->path);
    }
    return status;
}

static int by_stem(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->stem, ((const struct entry *)b)->stem);
}

/* Sorts by stem; the first of two entries that have one, or NULL. */
static const struct entry *find_twice(struct folder *folder)
{
    qsort(folder->entries, folder->count, sizeof *folder->entries, by_stem);
    for (size_t i = 1; i < folder->count; i++) {
        if (by_stem(&folder->entries[i - 1], &folder->entries[i]) == 0) {
            return &folder->entries[i - 1];
        }
    }
    return NULL;
}

static void exchange_names(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        struct entry *entry = &folder->entries[i];
        char *stem = entry->stem;
        entry->stem = entry->place;
        entry->place = stem;
    }
}

/* Sees to it that a stem means one table in each folder. */
static enum status make_unique(struct folder folders[2], struct error *error)
{
    bool first = find_twice(&folders[0]) != NULL, second = find_twice(&folders[1]) != NULL;
    if (!first && !second) {
        return STATUS_OK;
    }
    for (size_t f = 0; f < 2; f++) {
        exchange_names(&folders[f]);
        const struct entry *twice = find_twice(&folders[f]);
        if (twice) {
            return error_set(
                error, STATUS_FAILED,
                "%s and %s: which of them is the table of '%s'? give pairs by name, or "
                "--pairs",
                twice->path, twice[1].path, twice->stem);
        }
    }
    /* Sorted anew by now, the first too. */
    return STATUS_OK;
}

static enum status note_unpaired(struct score_pairs *pairs, const struct entry *entry,
                                 struct error *error)
{
    char **grown = checked_grow(pairs->unpaired, pairs->unpaired_count, sizeof *grown);
    pairs->unpaired = grown ? grown : pairs->unpaired;
    char *copy = grown ? strdup(entry->path) : NULL;
    if (!copy) {
        return error_memory(error, "listing tables");
    }
    pairs->unpaired[pairs->unpaired_count++] = copy;
    return STATUS_OK;
}

static enum status pair_up(struct score_pairs *pairs, const struct folder folders[2],
                           struct error *error)
{
    size_t i = 0, j = 0;
    enum status status = STATUS_OK;
    while ((i < folders[0].count || j < folders[1].count) && status == STATUS_OK) {
        const struct entry *a = i < folders[0].count ? &folders[0].entries[i] : NULL;
        const struct entry *b = j < folders[1].count ? &folders[1].entries[j] : NULL;
        int order = !a ? 1 : !b ? -1 : by_stem(a, b);
        if (order == 0) {
            status = score_pairs_add(pairs, a->path, b->path, NULL, error);
            if (status == STATUS_OK) {
                struct score_pair_item *item = &pairs->items[pairs->count - 1];
                free(item->name);
                item->name = strdup(a->stem);
                status = item->name ? STATUS_OK : error_memory(error, "listing tables");
            }
        } else {
            status = note_unpaired(pairs, order < 0 ? a : b, error);
        }
        i += order <= 0;
        j += order >= 0;
    }
    return status;
}

enum status score_pairs_match(struct score_pairs *pairs, const char *references,
                              const char *estimates, struct error *error)
{
    struct folder folders[2] = {{.path = references}, {.path = estimates}};
    enum status status = walk(&folders[0], error);
    if (status == STATUS_OK) {
        status = walk(&folders[1], error);
    }
    if (status == STATUS_OK) {
        status = make_unique(folders, error);
    }
    if (status == STATUS_OK) {
        status = pair_up(pairs, folders, error);
    }
    clear(&folders[0]);
    clear(&folders[1]);
    return status;
}
