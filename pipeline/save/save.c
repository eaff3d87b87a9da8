#include "pipeline/save/save.h"

#include "formats/checked.h"
#include "pipeline/analysis/events.h"
#include "pipeline/annotation_table.h"
#include "pipeline/save/parts.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/shell_word.h"

#include <fftw3.h>
#include <hdf5.h>
#include <sndfile.h>
#include <string.h>

enum status save_array(struct saver *saver, const char *group, const char *name, const char *unit,
                       const char *long_name, const char *const *dimensions, size_t rank,
                       const double *values, struct error *error)
{
    char own[2 * UNIT_SIZE];
    analysis_convert_unit(unit, saver->unit, own, sizeof own);
    const struct column_definition definition = {name, COLUMN_REAL, own, long_name, NULL};
    /* Times stay exact; pictures need no more than single precision. */
    bool single = strcmp(unit, "s") != 0;
    enum status status =
        results_array(saver->writer, group, &definition, dimensions, rank, single, error);
    return status == STATUS_OK ? results_write(saver->writer, group, name, values, error) : status;
}

enum status save_dimension(struct saver *saver, const char *name, const char *unit,
                           const char *long_name, size_t size, const double *values,
                           struct error *error)
{
    const struct column_definition definition = {name, COLUMN_REAL, unit, long_name, NULL};
    return results_dimension(saver->writer, &definition, size, values, error);
}

enum status saver_create(const char *path, const struct recording_info *info, struct saver **result,
                         struct error *error)
{
    *result = NULL;
    struct saver *saver = calloc(1, sizeof *saver);
    if (!saver) {
        return error_memory(error, "saving results");
    }
    saver->unit = analysis_unit(info);
    for (size_t c = 0; c < info->channel_count; c++) {
        saver->channel_count += info->channels[c].selected;
    }
    enum status status = results_create(path, &saver->writer, error);
    if (status == STATUS_OK) {
        status = save_markers_create(saver, info, error);
    }
    if (status == STATUS_OK) {
        *result = saver;
        saver = NULL;
    }
    saver_abort(saver);
    return status;
}

void save_library_versions(char *to, size_t size)
{
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    /* "fftw-3.3.10-sse2-avx": what follows the number differs between machines. */
    const char *fftw = strchr(fftwf_version, '-'), *sndfile = strchr(sf_version_string(), '-');
    fftw = fftw ? fftw + 1 : fftwf_version;
    snprintf(to, size, "HDF5 %u.%u.%u, FFTW %.*s, libsndfile %s", major, minor, release,
             (int)strcspn(fftw, "-"), fftw, sndfile ? sndfile + 1 : sf_version_string());
}

static enum status save_attributes(struct saver *saver, const struct analysis *analysis,
                                   const struct provenance *provenance, struct error *error)
{
    struct results_writer *writer = saver->writer;
    const struct start_time *start = &analysis->info->start;
    char versions[200], clock[40] = "n/a", *title = NULL, *history = NULL;
    char *file = shell_word(provenance->source_file);
    save_library_versions(versions, sizeof versions);
    if (start->known) {
        events_clock_text(start, 0, clock, sizeof clock);
    }
    if (!file || asprintf(&title, "Soleus results of %s", provenance->source_file) < 0 ||
        asprintf(&history, "%s %s", provenance->history, file) < 0) {
        free(file);
        return error_memory(error, "saving results");
    }
    const char *const texts[][2] = {
        {"title", title},
        {"history", history},
        {"library_versions", versions},
        {"source_file", provenance->source_file},
        {"source_format", analysis->info->format},
        {"source_files",
         provenance->source_files ? provenance->source_files : provenance->source_file},
        {"source_sha256", provenance->source_sha256},
        {"parameters", provenance->parameters},
        {"start", clock},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == STATUS_OK; i++) {
        status = results_attribute_text(writer, texts[i][0], texts[i][1], error);
    }
    if (status == STATUS_OK) {
        status = results_attribute_real(writer, "duration", analysis->seconds, error);
    }
    if (status == STATUS_OK) {
        status = results_attribute_real(writer, "mains", analysis->mains, error);
    }
    free(file);
    free(title);
    free(history);
    return status;
}

static enum status save_annotations(struct saver *saver, const struct recording_info *info,
                                    struct error *error)
{
    static const struct column_definition columns[] = {
        {"onset", COLUMN_REAL, "s", "onset of the annotation", NULL},
        {"duration", COLUMN_REAL, "s", "duration of the annotation", NULL},
        {"text", COLUMN_TEXT, "", "the annotation", NULL},
    };
    struct table *table = annotation_table(info, "annotations", columns, 3, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = results_table(saver->writer, LAYOUT_ANNOTATIONS, "annotation",
                               "number of the annotation", table, error);
    }
    table_destroy(table);
    return status;
}

static enum status save_tables(struct saver *saver, const struct analysis *analysis,
                               struct error *error)
{
    const struct {
        const char *group, *dimension, *long_name;
        const struct table *table;
    } tables[] = {
        {LAYOUT_BURSTS, "burst", "number of the burst", analysis->bursts},
        {LAYOUT_EPISODES, "episode", "number of the episode", analysis->episodes},
        {LAYOUT_TRENDS, "trend", "number of the trend", analysis->trends},
        {LAYOUT_QUALITY, "channel", "label of the channel", analysis->quality},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && status == STATUS_OK; i++) {
        status = results_table(saver->writer, tables[i].group, tables[i].dimension,
                               tables[i].long_name, tables[i].table, error);
    }
    return status == STATUS_OK ? save_annotations(saver, analysis->info, error) : status;
}

enum status saver_finish(struct saver *saver, const struct analysis *analysis,
                         const struct provenance *provenance, struct error *error)
{
    enum status status = save_markers_flush(saver, error);
    if (status == STATUS_OK) {
        status = save_attributes(saver, analysis, provenance, error);
    }
    if (status == STATUS_OK) {
        status = save_spectrum(saver, analysis, error);
    }
    if (status == STATUS_OK) {
        status = save_overview(saver, analysis, error);
    }
    if (status == STATUS_OK) {
        status = save_closeups(saver, analysis, error);
    }
    if (status == STATUS_OK) {
        status = save_tables(saver, analysis, error);
    }
    if (status == STATUS_OK) {
        struct results_writer *writer = saver->writer;
        saver->writer = NULL;
        status = results_finish(writer, error);
    }
    saver_abort(saver);
    return status;
}

void saver_abort(struct saver *saver)
{
    if (saver) {
        results_abort(saver->writer);
        save_markers_clear(saver);
        free(saver);
    }
}
