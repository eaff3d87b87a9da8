/* For tests of what is saved: a recording, its analysis, and the results file they made. */
#ifndef SOLEUS_TESTS_UNIT_SAVING_H
#define SOLEUS_TESTS_UNIT_SAVING_H

#include "formats/results.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/save/save.h"
#include "unit/reading.h"
#include "unit/simulated.h"

static const char specification[] = "[recording]\nduration = 40\nrate = 1000\nseed = 4\nnoise = 4\n"
                                    "start = 2024-01-31T02:30:00\n"
                                    "[channel Gastro L]\n[channel Soleus L]\nnoise = 5\n"
                                    "[tonic]\nchannels = 1\nonset = 6\nduration = 12\nsnr = 26\n"
                                    "[clonic]\nchannels = 2\nonset = 22\nduration = 6\nsnr = 26\n"
                                    "[myoclonic]\nchannels = 1\nonset = 33\nsnr = 26\n";

static const struct provenance provenance = {.history = "soleus run --mains off",
                                             .parameters = "{\"mains\": \"off\"}",
                                             .source_file = "it's one.edf",
                                             .source_sha256 = "00ff"};

/* What was saved, and what it was saved from. */
struct saved {
    struct recording *recording;
    struct analysis *analysis;
    struct results *results;
    struct saver *saver;
    size_t rows;
    double *mdf; /* by row and channel, as it came */
    int64_t *status;
};

static inline enum status keep_row(void *context, const struct analysis_row *row,
                                   struct error *error)
{
    struct saved *saved = context;
    size_t n = row->channel_count, mdf = markers_find("mdf");
    saved->mdf = checked_realloc(saved->mdf, (saved->rows + 1) * n, sizeof *saved->mdf);
    saved->status = checked_realloc(saved->status, (saved->rows + 1) * n, sizeof *saved->status);
    for (size_t i = 0; i < n; i++) {
        saved->mdf[saved->rows * n + i] = row->channels[i]->values[mdf];
        saved->status[saved->rows * n + i] = row->channels[i]->status;
    }
    saved->rows++;
    return saver_row(saved->saver, row, error);
}

static inline void must(enum status status, const struct error *error)
{
    if (status != STATUS_OK) {
        print_error("%s\n", error->message);
        fail();
    }
}

static inline struct saved save(const char *from, const char *to, struct recording_options options,
                                double block, size_t threads)
{
    struct saved saved = {0};
    struct error error = {0};
    struct parameters parameters = parameters_defaults();
    parameters.mains = MAINS_OFF;
    parameters.block = block;
    parameters.threads = threads;
    must(recording_open(from, &options, &saved.recording, &error), &error);
    must(saver_create(to, recording_info(saved.recording), &saved.saver, &error), &error);
    struct analysis_sink sink = {.context = &saved, .row = keep_row, .tables = true};
    must(analysis_run(saved.recording, &parameters, &sink, &saved.analysis, &error), &error);
    must(saver_finish(saved.saver, saved.analysis, &provenance, &error), &error);
    must(results_open(to, &saved.results, &error), &error);
    return saved;
}

static inline void saved_clear(struct saved *saved)
{
    analysis_destroy(saved->analysis);
    recording_close(saved->recording);
    results_close(saved->results);
    free(saved->mdf);
    free(saved->status);
}

/* Two simulated channels of 1000 Hz and one of 625 Hz, which is noise. */
static inline const char *make_recording(void)
{
    static char path[160];
    struct recording_info info = {.duration = 40, .start = {true, 1706668200, 0}};
    struct simulated simulated;
    struct error error = {0};
    if (path[0]) {
        return path;
    }
    snprintf(path, sizeof path, "%s", reading_path("three.edf"));
    simulate_text(&simulated, specification);
    assert_int_equal(recording_info_allocate(&info, 3, &error), STATUS_OK);
    float *noise = calloc(25000, sizeof *noise);
    assert_non_null(noise);
    uint64_t seed = 12345;
    for (size_t i = 0; i < 25000; i++) {
        noise[i] = (float)(reading_random(&seed) >> 40) / (float)(1 << 24) * 20 - 10;
    }
    const char *const labels[] = {"EMG Gastro L", "EMG Soleus L", "EMG slow"};
    for (size_t c = 0; c < 3; c++) {
        snprintf(info.channels[c].label, sizeof info.channels[c].label, "%s", labels[c]);
        strcpy(info.channels[c].unit, "uV");
        info.channels[c].rate = c < 2 ? 1000 : 625;
    }
    float *samples[] = {simulated.samples[0], simulated.samples[1], noise};
    const size_t counts[] = {40000, 40000, 25000};
    must(reading_write("edf", path, &info, samples, counts, 1000, false, &error), &error);
    free(noise);
    simulated_clear(&simulated);
    recording_info_clear(&info);
    return path;
}

static inline struct saved save_usual(void)
{
    char to[160];
    const char *from = make_recording();
    snprintf(to, sizeof to, "%s", reading_path("a_results.h5"));
    return save(from, to, (struct recording_options){0}, 4, 1);
}

static inline struct results_values read_array(struct saved *saved, const char *group,
                                               const char *name)
{
    struct results_values values = {0};
    struct error error = {0};
    must(results_read(saved->results, group, name, &values, &error), &error);
    return values;
}

#endif
