#include "unit/figures_input.h"

#include "formats/checked.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/markers.h"
#include "unit/figures_content.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BINS    216 /* 20, 22 … 450 Hz */
#define COLUMNS 1000

const struct figures_example figures_examples[] = {
    {"one", 1, 127, "2026-03-14T15:09:26", "uV", 2, .active = true, .scale = 12},
    {"four", 4, 28800, "2026-03-14T22:14:03.250", "uV", 14, .active = true, .scale = 3,
     .offset = -10},
    {"sixteen", 16, 40, NULL, "a.u.", 24, .active = true, .scale = 2e-5, .offset = 2},
    {"day", 8, 86400, "2026-03-14T12:00:00", "uV", 60, .active = true, .gaps = true, .scale = 3},
    {"ten", 2, 10, NULL, "uV", 1, .active = true, .gaps = true, .scale = 5, .offset = 4000},
    {"two-days", 1, 172800, "2026-03-14T12:00:00", "uV", 9, .active = true, .scale = 5},
    {"short", 1, 1, "2026-03-14T12:00:00", "uV", 0, .active = true, .scale = 5},
    {"empty", 2, 60, "n/a", "uV", 0, .scale = 3},
    {"bare", 2, 60, NULL, "uV", 1, .active = true, .bare = true, .scale = 3},
    {"hostile", 3, 300, "2026-03-14T23:57:00", "uV", 6, .active = true, .hostile = true,
     .scale = 3},
    {.name = NULL},
};

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) != STATUS_OK) {                                                                 \
            return STATUS_FAILED;                                                                  \
        }                                                                                          \
    } while (0)

const struct figures_example *figures_example_find(const char *name)
{
    for (size_t i = 0; figures_examples[i].name; i++) {
        if (strcmp(figures_examples[i].name, name) == 0) {
            return &figures_examples[i];
        }
    }
    return NULL;
}

static enum status attributes(struct results_writer *writer, const struct figures_example *example,
                              struct error *error)
{
    const char *source = example->hostile ? "/data/x'; system(\"touch canary\"); y\\n`touch canary`"
                                          : "/data/study/sub-01_task-hold_emg.edf";
    TRY(results_attribute_text(writer, "title", "Example", error));
    TRY(results_attribute_text(writer, "source_file", source, error));
    TRY(results_attribute_text(writer, "parameters", "{\"confidence\": 0.95}", error));
    if (example->start) {
        TRY(results_attribute_text(writer, "start", example->start, error));
    }
    return results_attribute_real(writer, "duration", example->duration, error);
}

/* A coordinate of evenly spaced values. */
enum status content_axis(struct results_writer *writer, const char *name, const char *unit,
                         size_t count, double first, double step, struct error *error)
{
    const struct column_definition definition = {name, COLUMN_REAL, unit, name, NULL};
    double *values = checked_calloc(count, sizeof *values);
    for (size_t i = 0; values && i < count; i++) {
        values[i] = first + step * (double)i;
    }
    enum status status =
        values ? results_dimension(writer, &definition, count, values, error) : STATUS_FAILED;
    free(values);
    return status;
}

enum status content_array(struct results_writer *writer, const char *group, const char *name,
                          const char *unit, const char *const *dimensions, size_t rank,
                          const double *values, struct error *error)
{
    const struct column_definition definition = {name, COLUMN_REAL, unit, name, NULL};
    TRY(results_array(writer, group, &definition, dimensions, rank, true, error));
    return results_write(writer, group, name, values, error);
}

static enum status channels(struct results_writer *writer, const struct figures_example *example,
                            struct error *error)
{
    static const struct column_definition definition = {"channel", COLUMN_TEXT, "", "label", NULL};
    const char *labels[16];
    for (size_t c = 0; c < example->channels; c++) {
        labels[c] = content_label(example, c);
    }
    return results_dimension(writer, &definition, example->channels, labels, error);
}

static enum status markers(struct results_writer *writer, const struct figures_example *example,
                           struct error *error)
{
    static const char *const over[] = {"epoch", "channel"};
    static const struct flag_names names = {epoch_status_names};
    static const struct column_definition status_column = {"status", COLUMN_FLAGS, "", "status",
                                                           &names};
    size_t count = content_epochs(example), width = example->channels;
    double *mdf = checked_calloc(count * width, sizeof *mdf);
    double *rms = checked_calloc(count * width, sizeof *rms);
    double *finsm5 = checked_calloc(count * width, sizeof *finsm5);
    int64_t *status = checked_calloc(count * width, sizeof *status);
    enum status result = mdf && rms && finsm5 && status ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; result == STATUS_OK && i < count * width; i++) {
        double time = (double)(i / width) + 0.5;
        size_t c = i % width;
        status[i] = content_active(example, c, time) ? 0 : EPOCH_REST;
        mdf[i] = content_marker(example, 0, c, time);
        rms[i] = content_marker(example, 1, c, time);
        finsm5[i] = content_marker(example, 2, c, time);
    }
    const char *unit = example->unit;
    if (result == STATUS_OK) {
        result = content_axis(writer, "epoch", "s", count, 0.5, 1, error);
    }
    result = result == STATUS_OK
                 ? content_array(writer, LAYOUT_MARKERS, "mdf", "Hz", over, 2, mdf, error)
                 : result;
    result = result == STATUS_OK
                 ? content_array(writer, LAYOUT_MARKERS, "rms", unit, over, 2, rms, error)
                 : result;
    result = result == STATUS_OK
                 ? content_array(writer, LAYOUT_MARKERS, "finsm5", "Hz^-6", over, 2, finsm5, error)
                 : result;
    if (result == STATUS_OK) {
        result = results_array(writer, LAYOUT_MARKERS, &status_column, over, 2, false, error);
    }
    if (result == STATUS_OK) {
        result = results_write(writer, LAYOUT_MARKERS, "status", status, error);
    }
    free(mdf);
    free(rms);
    free(finsm5);
    free(status);
    return result;
}

static enum status overview(struct results_writer *writer, const struct figures_example *example,
                            struct error *error)
{
    static const char *const over[] = {"overview_time", "channel"};
    double step = fmax(0.02, example->duration / COLUMNS);
    size_t width = example->channels, count = (size_t)(example->duration / step);
    double *values[3];
    for (int k = 0; k < 3; k++) {
        values[k] = checked_calloc(count * width, sizeof *values[k]);
    }
    for (size_t i = 0; i < count * width; i++) {
        double time = ((double)(i / width) + 0.5) * step, drift = sin(time / example->duration * 9);
        size_t c = i % width;
        double r = content_rms(example, c, time),
               base = example->offset + example->scale * 3 * drift;
        bool gone = content_missing(example, time);
        values[0][i] = gone ? (double)NAN : base - r * (2.5 + content_noise(i, c, 5));
        values[1][i] = gone ? (double)NAN : base + r * (2.5 + content_noise(i, c, 6));
        values[2][i] = gone ? (double)NAN : r;
    }
    /* A motion artefact far out. */
    values[1][(count / 3) * width] += example->scale * 1000;
    enum status status = content_axis(writer, "overview_time", "s", count, step / 2, step, error);
    static const char *const names[] = {"minimum", "maximum", "rms"};
    for (int k = 0; k < 3; k++) {
        if (status == STATUS_OK) {
            status = content_array(writer, LAYOUT_OVERVIEW, names[k], example->unit, over, 2,
                                   values[k], error);
        }
        free(values[k]);
    }
    return status;
}

static enum status spectrum(struct results_writer *writer, const struct figures_example *example,
                            struct error *error)
{
    static const char *const over[] = {"spectrogram_time", "channel", "frequency"};
    double step = fmax(1, example->duration / 400);
    size_t width = example->channels, count = (size_t)(example->duration / step);
    double *density = checked_calloc(count * width * BINS, sizeof *density);
    double *ends[2] = {checked_calloc(width * BINS, sizeof(double)),
                       checked_calloc(width * BINS, sizeof(double))};
    char unit[32];
    snprintf(unit, sizeof unit, "%s^2/Hz", example->unit);
    for (size_t i = 0; i < count * width * BINS; i++) {
        size_t k = i % BINS, c = i / BINS % width;
        double time = ((double)(i / BINS / width) + 0.5) * step, r = content_rms(example, c, time);
        double mdf = content_mdf(example, c, time);
        density[i] = content_missing(example, time)
                         ? (double)NAN
                         : content_density(20 + 2 * (double)k, mdf, r * r) *
                               -log(1 - content_noise(i, c, 9));
    }
    for (size_t i = 0; i < 2 * width * BINS; i++) {
        size_t end = i / (width * BINS), place = i % (width * BINS), c = place / BINS;
        double r = example->scale * (end ? 24 : 18), mdf = 95 + 4 * (double)c - (end ? 29 : 3);
        ends[end][place] = example->active
                               ? content_density(20 + 2 * (double)(place % BINS), mdf, r * r) *
                                     (0.9 + 0.2 * content_noise(i, c, 10))
                               : (double)NAN;
    }
    enum status status = content_axis(writer, "frequency", "Hz", BINS, 20, 2, error);
    if (status == STATUS_OK) {
        status = content_axis(writer, "spectrogram_time", "s", count, step / 2, step, error);
    }
    if (status == STATUS_OK) {
        status = content_array(writer, LAYOUT_SPECTRUM, "density", unit, over, 3, density, error);
    }
    if (status == STATUS_OK) {
        status = content_array(writer, LAYOUT_SPECTRUM, "first", unit, over + 1, 2, ends[0], error);
    }
    if (status == STATUS_OK) {
        status = content_array(writer, LAYOUT_SPECTRUM, "last", unit, over + 1, 2, ends[1], error);
    }
    free(density);
    free(ends[0]);
    free(ends[1]);
    return status;
}

static enum status fill(struct results_writer *writer, const struct figures_example *example,
                        struct error *error)
{
    TRY(attributes(writer, example, error));
    TRY(channels(writer, example, error));
    TRY(markers(writer, example, error));
    TRY(spectrum(writer, example, error));
    TRY(overview(writer, example, error));
    if (example->bare) {
        return STATUS_OK;
    }
    TRY(content_write_closeups(writer, example, error));
    TRY(content_write_bursts(writer, example, error));
    TRY(content_write_episodes(writer, example, error));
    return content_write_trends(writer, example, error);
}

enum status figures_example_write(const struct figures_example *example, const char *folder,
                                  struct error *error)
{
    char path[4096];
    struct results_writer *writer = NULL;
    snprintf(path, sizeof path, "%s/%s_results.h5", folder, example->name);
    TRY(results_create(path, &writer, error));
    if (fill(writer, example, error) != STATUS_OK) {
        results_abort(writer);
        return STATUS_FAILED;
    }
    return results_finish(writer, error);
}
