#include "pipeline/batch/places.h"

#include "formats/output.h"
#include "pipeline/batch/dataset.h"
#include "pipeline/batch/gather.h"
#include "pipeline/batch/run_table.h"
#include "pipeline/save/results_set.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>

/* Whether the first `length` bytes of a name are those of one of our outputs. */
static bool is_ours(const char *name, size_t length)
{
    static const char *const ends[] = {"run.tsv", "episodes.tsv",      "trends.tsv", ".svg", ".pdf",
                                       ".png",    DATASET_DESCRIPTION, ".bidsignore"};
    const size_t count = sizeof ends / sizeof *ends;
    for (size_t i = 0; i < count; i++) {
        size_t wanted = strlen(ends[i]);
        if (length >= wanted && memcmp(name + length - wanted, ends[i], wanted) == 0) {
            return true;
        }
    }
    return results_set_is_part(name, length);
}

/* The folder may hold much else, and need not be readable throughout. */
void places_clean(const char *folder)
{
    char *const roots[] = {(char *)folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
    FTSENT *entry;
    while (tree && (entry = fts_read(tree))) {
        pid_t pid;
        size_t length = output_part_name(entry->fts_name, &pid);
        bool file = entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK;
        if (file && length > 0 && is_ours(entry->fts_name, length)) {
            output_remove_stale(entry->fts_path);
        }
    }
    if (tree) {
        fts_close(tree);
    }
}

enum status places_prepare(const char *folder, bool force, struct error *error)
{
    static const char *const tables[][2] = {
        {"run.tsv", RUN_TABLE_START}, {"episodes.tsv", GATHER_START}, {"trends.tsv", GATHER_START}};
    enum status status = output_make_folder(folder, error);
    for (size_t i = 0; i < sizeof tables / sizeof *tables && status == STATUS_OK && !force; i++) {
        char *path;
        if (asprintf(&path, "%s/%s", folder, tables[i][0]) < 0) {
            return error_memory(error, "preparing a batch");
        }
        if (!results_set_is_table(path, tables[i][1])) {
            status = error_set(error, STATUS_FAILED,
                               "%s: exists and is no table of 'soleus run'; use -f to overwrite "
                               "it, or choose another folder with -o",
                               path);
        }
        free(path);
    }
    return status;
}
