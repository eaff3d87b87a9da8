#include "pipeline/save/results_set.h"

#include "formats/results.h"
#include "pipeline/save/derivative.h"
#include "pipeline/sidecar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const plain_names[RESULTS_PARTS] = {
    [RESULTS_EPISODES] = "_episodes.tsv",
    [RESULTS_SIDECAR] = "_episodes.json",
    [RESULTS_TRENDS] = "_trends.tsv",
    [RESULTS_FILE] = "_results.h5",
};

/* After "_desc-". */
static const char *const bids_names[RESULTS_PARTS_BIDS] = {
    [RESULTS_EPISODES] = "episodes_events.tsv",   [RESULTS_SIDECAR] = "episodes_events.json",
    [RESULTS_TRENDS] = "trends_emg.tsv",          [RESULTS_FILE] = "soleus_emg.h5",
    [RESULTS_TRENDS_SIDECAR] = "trends_emg.json", [RESULTS_FILE_SIDECAR] = "soleus_emg.json",
};

struct results_set {
    char *prefix;
    int count; /* of parts */
    struct output *outputs[RESULTS_PARTS_BIDS];
};

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t wanted = strlen(end);
    return length >= wanted && memcmp(text + length - wanted, end, wanted) == 0;
}

static bool is_bids(const char *prefix)
{
    return ends_with(prefix, strlen(prefix), RESULTS_BIDS_END);
}

int results_set_parts(const char *prefix)
{
    return is_bids(prefix) ? RESULTS_PARTS_BIDS : RESULTS_PARTS;
}

bool results_set_is_part(const char *name, size_t length)
{
    for (int part = 0; part < RESULTS_PARTS_BIDS; part++) {
        char end[40];
        snprintf(end, sizeof end, "%s%s", RESULTS_BIDS_END, bids_names[part]);
        if (ends_with(name, length, end) ||
            (part < RESULTS_PARTS && ends_with(name, length, plain_names[part]))) {
            return true;
        }
    }
    return false;
}

size_t results_set_prefix(const char *name)
{
    size_t length = strlen(name), plain = strlen(plain_names[RESULTS_FILE]);
    if (ends_with(name, length, RESULTS_BIDS_END "soleus_emg.h5")) {
        return length - strlen(bids_names[RESULTS_FILE]);
    }
    return ends_with(name, length, plain_names[RESULTS_FILE]) ? length - plain : 0;
}

char *results_set_path(const char *prefix, enum results_part part)
{
    const char *end = is_bids(prefix) ? bids_names[part] : plain_names[part];
    char *path;
    return asprintf(&path, "%s%s", prefix, end) < 0 ? NULL : path;
}

/* The folder of a prefix; NULL when memory ran out. */
static char *folder_of(const char *prefix)
{
    const char *slash = strrchr(prefix, '/');
    return slash ? strndup(prefix, slash == prefix ? 1 : (size_t)(slash - prefix)) : strdup(".");
}

bool results_set_is_table(const char *path, const char *columns)
{
    size_t length = strlen(columns);
    char head[128];
    FILE *file = fopen(path, "rbe");
    if (!file) {
        return errno == ENOENT;
    }
    size_t got = fread(head, 1, length < sizeof head ? length : sizeof head, file);
    fclose(file);
    return got == length && memcmp(head, columns, length) == 0;
}

/* Refuses what another program has put where our files go. */
static enum status check_places(const char *prefix, struct error *error)
{
    static const struct {
        enum results_part part;
        const char *columns;
    } tables[] = {{RESULTS_EPISODES, "onset\tduration\ttrial_type\tchannel\tevent"},
                  {RESULTS_TRENDS, "channel\tmarker\tscope"}};
    char *path = results_set_path(prefix, RESULTS_FILE);
    struct results *results = NULL;
    enum status status = path ? STATUS_OK : error_memory(error, "opening an output");
    bool exists = path && access(path, F_OK) == 0;
    /* Whoever has put a results file there owns the rest of the set too. */
    bool ours = exists && results_open(path, &results, error) == STATUS_OK;
    results_close(results);
    if (exists && !ours) {
        status = error_set(error, STATUS_FAILED,
                           "%s: exists and is no results file of soleus; use -f to overwrite it, "
                           "or choose another folder",
                           path);
    }
    free(path);
    for (size_t i = 0; i < 2 && status == STATUS_OK && !exists; i++) {
        path = results_set_path(prefix, tables[i].part);
        if (path && !results_set_is_table(path, tables[i].columns)) {
            status = error_set(error, STATUS_FAILED,
                               "%s: exists and is no table of soleus; use -f to overwrite it, or "
                               "choose another folder",
                               path);
        }
        free(path);
    }
    return status;
}

enum status results_set_create(const char *prefix, const char *input, bool force,
                               struct results_set **result, struct error *error)
{
    *result = NULL;
    struct results_set *set = calloc(1, sizeof *set);
    char *folder = folder_of(prefix);
    enum status status = STATUS_OK;
    if (!set || !folder || !(set->prefix = strdup(prefix))) {
        status = error_memory(error, "opening an output");
    }
    if (status == STATUS_OK) {
        set->count = results_set_parts(prefix);
        status = output_make_folder(folder, error);
    }
    if (status == STATUS_OK && !force) {
        status = check_places(prefix, error);
    }
    for (int part = 0; status == STATUS_OK && part < set->count; part++) {
        char *path = results_set_path(prefix, (enum results_part)part);
        status = path ? output_create(path, input, true, &set->outputs[part], error)
                      : error_memory(error, "opening an output");
        free(path);
    }
    free(folder);
    if (status == STATUS_OK) {
        *result = set;
    } else {
        results_set_abort(set);
    }
    return status;
}

const char *results_set_file(const struct results_set *set)
{
    return output_path(set->outputs[RESULTS_FILE]);
}

enum status results_set_tables(struct results_set *set, const struct analysis *analysis,
                               const struct provenance *provenance, struct error *error)
{
    table_write_tsv(analysis->episodes, output_stream(set->outputs[RESULTS_EPISODES]), true, 0,
                    analysis->episodes->row_count);
    table_write_tsv(analysis->trends, output_stream(set->outputs[RESULTS_TRENDS]), true, 0,
                    analysis->trends->row_count);
    enum status status = sidecar_write(analysis->episodes, episode_levels,
                                       output_stream(set->outputs[RESULTS_SIDECAR]), error);
    if (set->count == RESULTS_PARTS) {
        return status;
    }
    if (status == STATUS_OK) {
        status = sidecar_write(analysis->trends, NULL,
                               output_stream(set->outputs[RESULTS_TRENDS_SIDECAR]), error);
    }
    return status == STATUS_OK
               ? derivative_describe(analysis, provenance,
                                     output_stream(set->outputs[RESULTS_FILE_SIDECAR]), error)
               : status;
}

static void remove_part(const char *prefix, enum results_part part)
{
    char *path = results_set_path(prefix, part);
    if (path) {
        unlink(path);
        free(path);
    }
}

/* Takes the folder's lock; a descriptor to be closed, or -1 where there are no locks. */
static int lock_folder(const char *prefix)
{
    char *folder = folder_of(prefix);
    int descriptor = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder);
    if (descriptor >= 0) {
        while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    return descriptor;
}

static void unlock_folder(int descriptor)
{
    if (descriptor >= 0) {
        close(descriptor);
    }
}

enum status results_set_commit(struct results_set *set, struct error *error)
{
    enum status status = STATUS_OK;
    for (int part = 0; part < set->count && status == STATUS_OK; part++) {
        status = output_seal(set->outputs[part], error);
    }
    if (status == STATUS_OK) {
        int lock = lock_folder(set->prefix);
        /* Until the new set is complete there is none: never new tables beside old results. */
        remove_part(set->prefix, RESULTS_FILE);
        for (int i = 0; i < set->count && status == STATUS_OK; i++) {
            int part = (RESULTS_FILE + 1 + i) % set->count; /* the results file is the last */
            status = output_commit(set->outputs[part], error);
            set->outputs[part] = NULL;
        }
        for (int part = 0; part < set->count && status != STATUS_OK; part++) {
            remove_part(set->prefix, (enum results_part)part);
        }
        unlock_folder(lock);
    }
    results_set_abort(set);
    return status;
}

void results_set_abort(struct results_set *set)
{
    for (int part = 0; set && part < set->count; part++) {
        output_abort(set->outputs[part]);
    }
    if (set) {
        free(set->prefix);
        free(set);
    }
}

void results_set_remove_incomplete(const char *prefix)
{
    int lock = lock_folder(prefix);
    char *path = results_set_path(prefix, RESULTS_FILE);
    if (path && access(path, F_OK) != 0) {
        for (int part = 0; part < results_set_parts(prefix); part++) {
            remove_part(prefix, (enum results_part)part);
        }
    }
    free(path);
    unlock_folder(lock);
}
