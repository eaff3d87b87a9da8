#include "pipeline/batch/unit.h"

#include "formats/results.h"
#include "pipeline/batch/dataset.h"
#include "pipeline/save/results_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DRAW_ATTEMPTS 20
#define STEM_SIZE     512

/* The analysis that is going on. */
struct work {
    char **files; /* of the recording */
    size_t file_count;
    const struct unit_events *events;
    struct recording *recording;
    struct saver *saver;
    double told; /* s at the last report of progress */
};

char *unit_prefix(const struct batch_item *item, const char *folder)
{
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    char *prefix;
    const char *name = item->results ? item->results : item->name;
    return asprintf(&prefix, "%s%s%s", folder, slash, name) < 0 ? NULL : prefix;
}

bool unit_is_complete(const char *prefix)
{
    bool there = true;
    for (int part = 0; part < results_set_parts(prefix) && there; part++) {
        char *path = results_set_path(prefix, (enum results_part)part);
        there = path && access(path, F_OK) == 0;
        free(path);
    }
    return there;
}

void unit_report_clear(struct unit_report *report)
{
    warnings_clear(&report->warnings);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool equal(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Whether a whole set of results is there, of this version and these parameters; *sha256 is then
 * the checksum it was made of. */
static bool find_results(const char *prefix, const struct unit_options *options,
                         char sha256[CHECKSUM_SIZE])
{
    struct results *results = NULL;
    struct error ignored;
    char *path = results_set_path(prefix, RESULTS_FILE);
    bool found =
        path && unit_is_complete(prefix) && results_open(path, &results, &ignored) == STATUS_OK;
    free(path);
    if (found) {
        const char *own = results_text_attribute(results, "source_sha256");
        found = own && strlen(own) + 1 == CHECKSUM_SIZE &&
                equal(results_text_attribute(results, "soleus_version"), SOLEUS_VERSION) &&
                equal(results_text_attribute(results, "parameters"), options->parameters_text);
        snprintf(sha256, CHECKSUM_SIZE, "%s", found ? own : "");
    }
    results_close(results);
    return found;
}

static enum status on_progress(void *context, double seconds, struct error *error)
{
    struct work *work = context;
    double duration = recording_info(work->recording)->duration;
    (void)error;
    if (work->events->progress && duration > 0 && seconds - work->told > duration / 200) {
        work->told = seconds;
        work->events->progress(work->events->context, fmin(seconds / duration, 1));
    }
    return STATUS_OK;
}

static enum status on_row(void *context, const struct analysis_row *row, struct error *error)
{
    return saver_row(((struct work *)context)->saver, row, error);
}

/* The names of the recording's files without folders; owned, NULL when memory ran out. */
static char *list_names(const struct work *work)
{
    char *names = NULL;
    size_t size;
    FILE *stream = open_memstream(&names, &size);
    for (size_t i = 0; stream && i < work->file_count; i++) {
        fprintf(stream, "%s%s", i ? ", " : "", base_name(work->files[i]));
    }
    if (!stream || fclose(stream) != 0) {
        free(names);
        names = NULL;
    }
    return names;
}

/* Analyses the open recording into the set. checksum is waited for; it may be NULL when the report
 * holds it already. */
static enum status analyse(struct work *work, const struct batch_item *item,
                           const struct unit_options *options, struct results_set *set,
                           struct checksum *checksum, struct unit_report *report,
                           struct error *error)
{
    struct analysis_sink sink = {
        .context = work, .row = on_row, .progress = on_progress, .tables = true};
    char *names = list_names(work);
    char **sources = NULL;
    struct provenance provenance = {.source_files = names,
                                    .history = options->history,
                                    .parameters = options->parameters_text,
                                    .source_file = base_name(item->path),
                                    .source_sha256 = report->sha256};
    struct analysis *analysis = NULL;
    const struct recording_info *info = recording_info(work->recording);
    enum status status = names ? saver_create(results_set_file(set), info, &work->saver, error)
                               : error_memory(error, "listing a recording's files");
    if (status == STATUS_OK && item->results) {
        status = dataset_sources(options->dataset, work->files, work->file_count, &sources,
                                 &provenance.source_count, error);
        provenance.sources = sources;
    }
    if (status == STATUS_OK) {
        status = analysis_run(work->recording, &options->parameters, &sink, &analysis, error);
    }
    if (checksum) {
        struct error own;
        enum status waited = checksum_wait(checksum, status != STATUS_OK, report->sha256, &own);
        if (status == STATUS_OK && waited != STATUS_OK) {
            *error = own;
            status = waited;
        }
    }
    if (status == STATUS_OK) {
        status = results_set_tables(set, analysis, &provenance, error);
    }
    if (status == STATUS_OK) {
        struct saver *saver = work->saver;
        work->saver = NULL;
        status = saver_finish(saver, analysis, &provenance, error);
    }
    free(names);
    dataset_sources_free(sources, provenance.source_count);
    analysis_destroy(analysis);
    saver_abort(work->saver);
    work->saver = NULL;
    return status;
}

/* Names the file that was to be made, where a message names the one that is written first. */
static void name_target(const struct results_set *set, struct error *error)
{
    const char *part = results_set_file(set), *suffix = strstr(part, ".part.");
    char *found = strstr(error->message, part);
    if (found && suffix) {
        char *end = found + strlen(part);
        memmove(found + (suffix - part), end, strlen(end) + 1);
    }
}

static void commit(const struct unit_events *events, bool begins)
{
    if (events->committing) {
        events->committing(events->context, begins);
    }
}

/* The folder of the figures of the results at prefix, owned by the caller, and what their names
 * start with, STEM_SIZE bytes: that of the prefix, without "_desc-". NULL when memory ran out. */
static char *figures_folder(const char *prefix, char *stem)
{
    const char *slash = strrchr(prefix, '/'), *base = slash ? slash + 1 : prefix;
    bool derivative = results_set_parts(prefix) == RESULTS_PARTS_BIDS;
    size_t length = strlen(base) - (derivative ? strlen(RESULTS_BIDS_END) : 0);
    char *folder;
    snprintf(stem, STEM_SIZE, "%.*s", (int)length, base);
    return asprintf(&folder, "%.*sfigures", (int)(base - prefix), prefix) < 0 ? NULL : folder;
}

/* Figures of results that are about to be replaced. */
static void remove_figures(const char *prefix)
{
    char stem[STEM_SIZE], *folder = figures_folder(prefix, stem);
    if (folder) {
        figures_remove(folder, stem);
        free(folder);
    }
}

/* Makes the results anew. */
static enum status make_results(const struct batch_item *item, char **files, size_t file_count,
                                const char *prefix, const struct unit_options *options,
                                const struct unit_events *events, struct unit_report *report,
                                struct error *error)
{
    struct work work = {.files = files, .file_count = file_count, .events = events};
    struct results_set *set = NULL;
    enum status status = recording_open(item->path, &options->recording, &work.recording, error);
    if (status == STATUS_OK) {
        status = results_set_create(prefix, item->path, options->force, &set, error);
    }
    if (status == STATUS_OK) {
        struct checksum *checksum = NULL;
        if (report->sha256[0] == '\0') {
            checksum = checksum_start(work.files, work.file_count);
        }
        status = checksum || report->sha256[0]
                     ? analyse(&work, item, options, set, checksum, report, error)
                     : error_memory(error, "computing a checksum");
    }
    if (work.recording) {
        struct recording_info *info = recording_info(work.recording);
        report->warnings = info->warnings;
        info->warnings = (struct warnings){0};
        recording_close(work.recording);
    }
    if (status != STATUS_OK) {
        if (set) {
            name_target(set, error);
        }
        results_set_abort(set);
        return status;
    }
    commit(events, true);
    remove_figures(prefix);
    status = results_set_commit(set, error);
    commit(events, false);
    return status;
}

/* Whether the overview is there: it appears last. */
static bool has_figures(const char *folder, const char *stem, enum figure_format format)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s_overview.%s", folder, stem, figure_format_names[format]) < 0) {
        return false;
    }
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* Draws from a results file. Another batch on the same folder may put its own (equal) file in place
 * meanwhile: then once more. */
static enum status draw_settled(const char *results, const char *folder, const char *stem,
                                const struct figure_options *options, struct error *error)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    enum status status = STATUS_FAILED;
    for (int attempt = 0; attempt < DRAW_ATTEMPTS; attempt++) {
        struct stat before = {0}, after = {0};
        (void)stat(results, &before);
        status = figures_draw(results, folder, stem, options, error);
        bool there = stat(results, &after) == 0;
        if (status == STATUS_OK || (there && before.st_ino == after.st_ino)) {
            break;
        }
        nanosleep(&pause, NULL);
    }
    return status;
}

/* Draws the figures of the results at prefix where they are missing. */
static enum status draw_figures(const char *prefix, const struct unit_options *options,
                                struct unit_report *report, struct error *error)
{
    char stem[STEM_SIZE];
    char *results = results_set_path(prefix, RESULTS_FILE);
    char *folder = figures_folder(prefix, stem);
    enum status status = STATUS_OK;
    if (!results || !folder) {
        status = error_memory(error, "drawing figures");
    } else if (!has_figures(folder, stem, options->figures->format)) {
        report->up_to_date = false;
        status = draw_settled(results, folder, stem, options->figures, error);
    }
    if (status != STATUS_OK) {
        error_prefix(error, "the results are complete, but drawing failed");
    }
    free(results);
    free(folder);
    return status;
}

/* Analyses the recording where its results are not up to date. */
static enum status bring_up_to_date(const struct batch_item *item, const char *prefix,
                                    const struct unit_options *options,
                                    const struct unit_events *events, struct unit_report *report,
                                    struct error *error)
{
    char own[CHECKSUM_SIZE] = "", **files = NULL;
    size_t count = 0;
    struct stat about;
    enum status status = STATUS_OK;
    if (stat(item->path, &about) == 0 && !S_ISREG(about.st_mode)) {
        /* Before anything waits for a pipe; the checksum says what is wrong. */
        return checksum_file(item->path, report->sha256, error);
    }
    status = recording_files(item->path, &options->recording, &files, &count, error);
    if (status == STATUS_OK && !options->force && find_results(prefix, options, own)) {
        status = checksum_files(files, count, report->sha256, error);
        report->up_to_date = status == STATUS_OK && strcmp(own, report->sha256) == 0;
    }
    if (status == STATUS_OK && !report->up_to_date) {
        status = make_results(item, files, count, prefix, options, events, report, error);
        if (status != STATUS_OK && report->sha256[0] == '\0') {
            struct error ignored;
            checksum_files(files, count, report->sha256, &ignored);
        }
    }
    recording_files_free(files, count);
    return status;
}

enum status unit_run(const struct batch_item *item, const struct unit_options *options,
                     const struct unit_events *events, struct unit_report *report,
                     struct error *error)
{
    *report = (struct unit_report){0};
    if (item->problem) {
        return error_set(error, STATUS_FAILED, "%s: %s", item->path, item->problem);
    }
    char *prefix = unit_prefix(item, options->folder);
    if (!prefix) {
        return error_memory(error, "naming results");
    }
    enum status status = bring_up_to_date(item, prefix, options, events, report, error);
    if (status == STATUS_OK && events->complete) {
        events->complete(events->context);
    }
    if (status == STATUS_OK && options->figures) {
        status = draw_figures(prefix, options, report, error);
    }
    free(prefix);
    return status;
}
