/* Which files of a folder are recordings. */
#include "formats/checked.h"
#include "formats/recording.h"
#include "formats/registry.h"
#include "pipeline/batch/plan.h"

#include <limits.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Shorter texts are notes and lists: a hundred samples are no recording. */
#define LINES_MIN 100

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcasecmp(text + length - wanted, end) == 0;
}

/* Files beside recordings that are none: results, and the tables and texts of BIDS datasets. */
static bool is_companion(const char *name)
{
    static const char *const ends[] = {
        "_results.h5",         "_episodes.tsv",        "_trends.tsv",     "_bursts.tsv",
        "_events.tsv",         "_channels.tsv",        "_electrodes.tsv", "_sessions.tsv",
        "_scans.tsv",          "_artefacts.tsv",       "_events.csv",     ".json",
        "_desc-soleus_emg.h5", "_desc-trends_emg.tsv", "_run.tsv"};
    static const char *const names[] = {"run.tsv",     "episodes.tsv",     "trends.tsv",
                                        "samples.tsv", "participants.tsv", "events.tsv"};
    static const char *const starts[] = {"README", "LICENSE", "LICENCE", "CHANGES", "CITATION"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(name, ends[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (strncasecmp(name, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Extensions that say little: their files are looked into. */
static bool is_common(const char *name)
{
    static const char *const ends[] = {".csv", ".tsv", ".txt", ".asc", ".log",  ".dat", ".json",
                                       ".xml", ".zip", ".tar", ".h5",  ".hdf5", ".hdf", ".mat"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(name, ends[i])) {
            return true;
        }
    }
    return false;
}

/* Whether text ends within the bytes that were looked at, after a few lines. */
static bool is_short(const unsigned char *head, size_t size)
{
    size_t lines = 0;
    for (size_t i = 0; i < size; i++) {
        lines += head[i] == '\n' || (head[i] == '\r' && (i + 1 == size || head[i + 1] != '\n'));
    }
    return size < SOURCE_PEEK_MAX && lines < LINES_MIN;
}

/* Whether a reader knows the contents. What cannot be read is taken for a recording: its row tells
 * why it failed. */
static bool is_known(const char *path)
{
    const unsigned char *head;
    struct source *source = NULL;
    struct probe probe;
    struct error ignored;
    size_t size = 0;
    bool known = true;
    if (source_open(path, &source, &ignored) == STATUS_OK && source_is_file(source) &&
        source_peek(source, SOURCE_PEEK_MAX, &head, &size, &ignored) == STATUS_OK && size > 0) {
        const struct reader *reader = registry_claim(head, size, path, &probe);
        bool text = reader && strcmp(reader->id, "text") == 0;
        known = reader && !(text && (probe.verdict != PROBE_MINE || is_short(head, size)));
    }
    source_close(source);
    return known;
}

/* A picture in a folder of figures: of results, like their tables. */
static bool is_figure(const char *path, const char *name)
{
    size_t folder = strlen(path) - strlen(name);
    return folder >= 8 && strncmp(path + folder - 8, "figures/", 8) == 0 &&
           (folder == 8 || path[folder - 9] == '/') &&
           (ends_with(name, ".svg") || ends_with(name, ".pdf") || ends_with(name, ".png"));
}

bool batch_plan_is_recording(const char *path, const char *name, bool *counted)
{
    char header[PATH_MAX];
    *counted = false;
    if (is_companion(name) || is_figure(path, name) ||
        registry_header_of(path, header, sizeof header)) {
        return false;
    }
    *counted = true;
    return registry_knows_extension(name) && (!is_common(name) || is_known(path));
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The other files, links resolved, of found recordings whose readers have parts. */
static enum status list_parts(const struct batch_plan *plan, char ***parts, size_t *count,
                              struct error *error)
{
    const struct recording_options options = {.no_sidecars = true};
    enum status status = STATUS_OK;
    *parts = NULL;
    *count = 0;
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        char **files = NULL;
        size_t file_count = 0;
        if (plan->items[i].found && registry_has_parts(plan->items[i].path)) {
            status = recording_files(plan->items[i].path, &options, &files, &file_count, error);
        }
        for (size_t k = 1; k < file_count && status == STATUS_OK; k++) {
            char **grown = checked_realloc(*parts, *count + 1, sizeof *grown);
            *parts = grown ? grown : *parts;
            status = grown ? STATUS_OK : error_memory(error, "listing recordings");
            char *real = grown ? realpath(files[k], NULL) : NULL;
            if (real) {
                (*parts)[(*count)++] = real;
            }
        }
        recording_files_free(files, file_count);
    }
    return status;
}

enum status batch_plan_drop_parts(struct batch_plan *plan, struct error *error)
{
    char **parts;
    size_t count, kept = 0;
    enum status status = list_parts(plan, &parts, &count, error);
    if (count > 0) {
        qsort(parts, count, sizeof *parts, by_path);
    }
    for (size_t i = 0; i < plan->count; i++) {
        struct batch_item *item = &plan->items[i];
        bool part = status == STATUS_OK && count > 0 && item->found && item->real &&
                    bsearch(&item->real, parts, count, sizeof *parts, by_path);
        if (part) {
            batch_item_clear(item);
        } else {
            plan->items[kept++] = *item;
        }
    }
    plan->count = kept;
    recording_files_free(parts, count);
    return status;
}
