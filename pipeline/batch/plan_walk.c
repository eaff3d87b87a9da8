/* Inputs: files as they are, folders by what is in them. */
#include "pipeline/batch/dataset.h"
#include "pipeline/batch/plan.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The output folder inside of the one that is walked; when it is that one itself, results are told
 * from recordings by their names. */
static bool is_output(const FTSENT *entry, const struct stat *output)
{
    return entry->fts_level > 0 && output->st_nlink > 0 &&
           entry->fts_statp->st_dev == output->st_dev && entry->fts_statp->st_ino == output->st_ino;
}

static enum status add_entry(struct batch_plan *plan, const FTSENT *entry, size_t root,
                             struct error *error)
{
    const char *below = entry->fts_path + root;
    while (*below == '/') {
        below++;
    }
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
        char problem[200];
        snprintf(problem, sizeof problem, "the folder cannot be read: %s",
                 strerror(entry->fts_errno));
        return batch_plan_append(plan, entry->fts_path, *below ? below : entry->fts_name, 0,
                                 problem, error);
    }
    bool counted;
    if (!batch_plan_is_recording(entry->fts_path, entry->fts_name, &counted)) {
        return counted ? batch_plan_pass(plan, entry->fts_path, error) : STATUS_OK;
    }
    uint64_t size = entry->fts_info == FTS_F ? (uint64_t)entry->fts_statp->st_size : 0;
    enum status status = batch_plan_append(plan, entry->fts_path, below, size, NULL, error);
    if (status == STATUS_OK) {
        plan->items[plan->count - 1].found = true;
    }
    return status;
}

/* A folder of a BIDS dataset that holds no raw recordings. */
static bool is_beside_raw(const FTSENT *entry)
{
    static const char *const names[] = {"derivatives", "code", "sourcedata"};
    char path[PATH_MAX];
    bool named = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        named = named || strcmp(entry->fts_name, names[i]) == 0;
    }
    if (!named || entry->fts_level == 0) {
        return false;
    }
    int parent = (int)(entry->fts_pathlen - entry->fts_namelen);
    int written =
        snprintf(path, sizeof path, "%.*sdataset_description.json", parent, entry->fts_path);
    return written > 0 && (size_t)written < sizeof path && access(path, F_OK) == 0;
}

static enum status walk(struct batch_plan *plan, const char *folder, const char *output,
                        struct error *error)
{
    char *const roots[] = {(char *)folder, NULL};
    struct stat results = {.st_nlink = 0};
    enum status status = STATUS_OK;
    FTSENT *entry;
    if (stat(output, &results) != 0) {
        results.st_nlink = 0;
    }
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!tree) {
        return error_set(error, STATUS_FAILED, "%s: cannot be walked: %s", folder, strerror(errno));
    }
    while (status == STATUS_OK && (errno = 0, entry = fts_read(tree))) {
        bool hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';
        switch (entry->fts_info) {
        case FTS_D:
            if (hidden || is_output(entry, &results) || is_beside_raw(entry)) {
                fts_set(tree, entry, FTS_SKIP);
            }
            break;
        case FTS_F:
        case FTS_SLNONE:
        case FTS_NS:
        case FTS_DNR:
        case FTS_ERR:
            if (!hidden) {
                status = add_entry(plan, entry, strlen(folder), error);
            }
            break;
        default: /* the way back, devices, circles of links */
            break;
        }
    }
    if (status == STATUS_OK && errno != 0) {
        status =
            error_set(error, STATUS_FAILED, "%s: cannot be walked: %s", folder, strerror(errno));
    }
    fts_close(tree);
    return status;
}

/* Of several datasets none is the one that results are derived from: an empty name. */
static enum status note_dataset(struct batch_plan *plan, const char *folder, struct error *error)
{
    char path[PATH_MAX];
    int written = snprintf(path, sizeof path, "%s/%s", folder, DATASET_DESCRIPTION);
    if (written < 0 || (size_t)written >= sizeof path || access(path, F_OK) != 0) {
        return STATUS_OK;
    }
    if (plan->dataset) {
        plan->dataset[0] = '\0';
        return STATUS_OK;
    }
    plan->dataset = strdup(folder);
    return plan->dataset ? STATUS_OK : error_memory(error, "listing recordings");
}

enum status batch_plan_add(struct batch_plan *plan, const char *input, const char *output,
                           struct error *error)
{
    struct stat about;
    bool there = stat(input, &about) == 0;
    if (there && S_ISDIR(about.st_mode)) {
        enum status status = note_dataset(plan, input, error);
        return status == STATUS_OK ? walk(plan, input, output, error) : status;
    }
    const char *slash = strrchr(input, '/');
    uint64_t size = there && S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    return batch_plan_append(plan, input, slash && slash[1] ? slash + 1 : input, size, NULL, error);
}
