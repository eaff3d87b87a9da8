#include "unit/figures_input.h"

#include "formats/checked.h"
#include "formats/results.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/closeup.h"
#include "pipeline/signal/markers.h"
#include "unit/figures_trends.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BINS       216 /* 20, 22 … 450 Hz */
#define COLUMNS    1000
#define CLOSEUPS   14
#define CLOSE_COLS 600

const struct figures_example figures_examples[] = {
    {"one", 1, 127, "2026-03-14T15:09:26", "uV", 2, true, false, false, 12, 0},
    {"four", 4, 28800, "2026-03-14T22:14:03.250", "uV", 14, true, false, false, 3, -10},
    {"sixteen", 16, 40, NULL, "a.u.", 24, true, false, false, 0.02, 2},
    {"day", 8, 86400, "2026-03-14T12:00:00", "uV", 60, true, false, true, 3, 0},
    {"ten", 2, 10, NULL, "uV", 1, true, false, true, 5, 4000},
    {"empty", 2, 60, "n/a", "uV", 0, false, false, false, 3, 0},
    {"hostile", 3, 300, "2026-03-14T23:57:00", "uV", 6, true, true, false, 3, 0},
    {NULL, 0, 0, NULL, NULL, 0, false, false, false, 0, 0},
};

static const char *const muscles[] = {"TA left",
                                      "TA right",
                                      "GM left",
                                      "GM right",
                                      "GL left",
                                      "GL right",
                                      "SOL left",
                                      "SOL right",
                                      "VL left",
                                      "VL right",
                                      "RF left",
                                      "RF right",
                                      "Gastrocnemius medialis, left",
                                      "BF right",
                                      "ST left",
                                      "ST right"};
static const char *const hostile_labels[] = {
    "a'b\"; system(\"touch canary\") \\n %s", "`touch canary` $(touch canary) @x <b>&amp;&#10;</b>",
    "tab\tline\nend\x1b[31m' . system('touch canary') . '\xff"};

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

static const char *label(const struct figures_example *example, size_t channel)
{
    return example->hostile ? hostile_labels[channel] : muscles[channel];
}

/* Noise in [0, 1) that is the same for the same place. */
static double noise(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t x = a * 0x9e3779b97f4a7c15u ^ b * 0xbf58476d1ce4e5b9u ^ c * 0x94d049bb133111ebu;
    x ^= x >> 31;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 29;
    return (double)(x >> 11) / 9007199254740992.0;
}

/* Episode i: of which channel and class, from when to when. */
struct happening {
    size_t channel;
    int class; /* 0 tonic, 1 clonic, 2 tonic-clonic, 3 myoclonic */
    double onset, end;
};

static struct happening happening(const struct figures_example *example, size_t i)
{
    double slot = example->duration / (double)example->episodes;
    double longest = fmin(slot * 0.8, 300);
    struct happening h = {.channel = (i * 5 + i / 3) % example->channels,
                          .class = i % 7 == 6 ? 3 : (int)(i % 3)};
    h.onset = slot * ((double)i + 0.12 + 0.1 * noise(i, 7, 1));
    h.end = h.onset + (h.class == 3 ? 0.12 : longest * (0.4 + 0.6 * noise(i, 8, 2)));
    return h;
}

/* How strongly channel c is active at a time: 1 in the middle of a contraction. */
static double activity(const struct figures_example *example, size_t c, double time)
{
    double most = 0;
    for (size_t i = 0; i < example->episodes; i++) {
        struct happening h = happening(example, i);
        if (h.channel != c || time < h.onset || time > h.end) {
            continue;
        }
        bool jerking = h.class == 1 || (h.class == 2 && time > (h.onset + h.end) / 2);
        bool pause = jerking && fmod(time - h.onset, 0.4) > 0.22;
        double fades = 0.6 + 0.4 * (time - h.onset) / (h.end - h.onset);
        most = fmax(most, pause ? 0 : fades);
    }
    return most;
}

static double rms_at(const struct figures_example *example, size_t c, double time)
{
    double a = activity(example, c, time);
    return example->scale * (0.8 + 0.4 * noise((uint64_t)(time * 50), c, 3)) * (1 + 30 * a);
}

static bool missing(const struct figures_example *example, double time)
{
    double place = time / example->duration;
    return example->gaps && place > 0.42 && place < 0.47;
}

/* Density at frequency f (Hz) for a median frequency and power. */
static double density_at(double f, double mdf, double power)
{
    double x = f / mdf;
    return power * x * x / (1 + pow(x, 5)) / mdf;
}

static double mdf_at(const struct figures_example *example, size_t c, double time)
{
    return 95 + 4 * (double)c - 32 * time / example->duration +
           7 * (noise((uint64_t)(time * 10), c, 4) - 0.5);
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
static enum status axis(struct results_writer *writer, const char *name, const char *unit,
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

static enum status array(struct results_writer *writer, const char *group, const char *name,
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
        labels[c] = label(example, c);
    }
    return results_dimension(writer, &definition, example->channels, labels, error);
}

static size_t epochs(const struct figures_example *example)
{
    return (size_t)example->duration;
}

static enum status markers(struct results_writer *writer, const struct figures_example *example,
                           struct error *error)
{
    static const char *const over[] = {"epoch", "channel"};
    static const struct flag_names names = {epoch_status_names};
    static const struct column_definition status_column = {"status", COLUMN_FLAGS, "", "status",
                                                           &names};
    size_t count = epochs(example), width = example->channels;
    double *mdf = checked_calloc(count * width, sizeof *mdf);
    double *rms = checked_calloc(count * width, sizeof *rms);
    double *finsm5 = checked_calloc(count * width, sizeof *finsm5);
    int64_t *status = checked_calloc(count * width, sizeof *status);
    enum status result = mdf && rms && finsm5 && status ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; result == STATUS_OK && i < count * width; i++) {
        double time = (double)(i / width) + 0.5;
        size_t c = i % width;
        bool active = example->active && activity(example, c, time) > 0 && !missing(example, time);
        status[i] = active ? 0 : EPOCH_REST;
        mdf[i] = example->active ? mdf_at(example, c, time) : (double)NAN;
        rms[i] = example->active ? rms_at(example, c, time) : (double)NAN;
        finsm5[i] = 1e-13 * pow(mdf[i] / 90, -6);
    }
    const char *unit = example->unit;
    if (result == STATUS_OK) {
        result = axis(writer, "epoch", "s", count, 0.5, 1, error);
    }
    result = result == STATUS_OK ? array(writer, LAYOUT_MARKERS, "mdf", "Hz", over, 2, mdf, error)
                                 : result;
    result = result == STATUS_OK ? array(writer, LAYOUT_MARKERS, "rms", unit, over, 2, rms, error)
                                 : result;
    result = result == STATUS_OK
                 ? array(writer, LAYOUT_MARKERS, "finsm5", "Hz^-6", over, 2, finsm5, error)
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
        double r = rms_at(example, c, time), base = example->offset + example->scale * 3 * drift;
        bool gone = missing(example, time);
        values[0][i] = gone ? (double)NAN : base - r * (2.5 + noise(i, c, 5));
        values[1][i] = gone ? (double)NAN : base + r * (2.5 + noise(i, c, 6));
        values[2][i] = gone ? (double)NAN : r;
    }
    /* A motion artefact far out. */
    values[1][(count / 3) * width] += example->scale * 1000;
    enum status status = axis(writer, "overview_time", "s", count, step / 2, step, error);
    static const char *const names[] = {"minimum", "maximum", "rms"};
    for (int k = 0; k < 3; k++) {
        if (status == STATUS_OK) {
            status =
                array(writer, LAYOUT_OVERVIEW, names[k], example->unit, over, 2, values[k], error);
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
        double time = ((double)(i / BINS / width) + 0.5) * step, r = rms_at(example, c, time);
        double mdf = mdf_at(example, c, time);
        density[i] = missing(example, time)
                         ? (double)NAN
                         : density_at(20 + 2 * (double)k, mdf, r * r) * -log(1 - noise(i, c, 9));
    }
    for (size_t i = 0; i < 2 * width * BINS; i++) {
        size_t end = i / (width * BINS), place = i % (width * BINS), c = place / BINS;
        double r = example->scale * (end ? 24 : 18), mdf = 95 + 4 * (double)c - (end ? 29 : 3);
        ends[end][place] = example->active
                               ? density_at(20 + 2 * (double)(place % BINS), mdf, r * r) *
                                     (0.9 + 0.2 * noise(i, c, 10))
                               : (double)NAN;
    }
    enum status status = axis(writer, "frequency", "Hz", BINS, 20, 2, error);
    if (status == STATUS_OK) {
        status = axis(writer, "spectrogram_time", "s", count, step / 2, step, error);
    }
    if (status == STATUS_OK) {
        status = array(writer, LAYOUT_SPECTRUM, "density", unit, over, 3, density, error);
    }
    if (status == STATUS_OK) {
        status = array(writer, LAYOUT_SPECTRUM, "first", unit, over + 1, 2, ends[0], error);
    }
    if (status == STATUS_OK) {
        status = array(writer, LAYOUT_SPECTRUM, "last", unit, over + 1, 2, ends[1], error);
    }
    free(density);
    free(ends[0]);
    free(ends[1]);
    return status;
}

/* Columns and modulation spectrum of the close-up of episode i. */
static void fill_closeup(const struct figures_example *example, size_t i, double *columns[3],
                         double *modulation, double *first, double *step)
{
    struct happening h = happening(example, i);
    double margin = fmax(1, (h.end - h.onset) / 4);
    *first = fmax(0, h.onset - margin);
    *step = (fmin(example->duration, h.end + margin) - *first) / CLOSE_COLS;
    for (size_t k = 0; k < CLOSE_COLS; k++) {
        double time = *first + *step * ((double)k + 0.5), r = rms_at(example, h.channel, time);
        columns[0][k] = example->offset - r * (2.2 + noise(k, i, 11));
        columns[1][k] = example->offset + r * (2.2 + noise(k, i, 12));
        columns[2][k] = r;
    }
    for (size_t k = 0; k < MODULATION_BINS; k++) {
        double f = (double)(k + 1) * MODULATION_WIDTH, d = f - 2.5, d2 = f - 5;
        bool rhythm = h.class == 1 || h.class == 2;
        modulation[k] = example->scale * example->scale *
                        (10 / f + (rhythm ? 300 * exp(-d * d * 80) + 90 * exp(-d2 * d2 * 80) : 0)) *
                        (0.7 + 0.6 * noise(k, i, 13));
    }
}

static enum status closeups(struct results_writer *writer, const struct figures_example *example,
                            struct error *error)
{
    static const char *const over[] = {"closeup", "closeup_column"};
    static const char *const over_modulation[] = {"closeup", "modulation_frequency"};
    static const struct column_definition numbers[] = {
        {"closeup", COLUMN_INTEGER, "1", "close-up", NULL},
        {"episode", COLUMN_INTEGER, "1", "row of /episodes", NULL},
        {"columns", COLUMN_INTEGER, "1", "columns used", NULL}};
    size_t count = example->episodes < CLOSEUPS ? example->episodes : CLOSEUPS;
    int64_t rows[CLOSEUPS], used[CLOSEUPS];
    double firsts[CLOSEUPS], steps[CLOSEUPS];
    double *columns[3], *modulation = checked_calloc(CLOSEUPS * MODULATION_BINS, sizeof(double));
    char unit[32];
    snprintf(unit, sizeof unit, "%s^2/Hz", example->unit);
    for (int k = 0; k < 3; k++) {
        columns[k] = checked_calloc(CLOSEUPS * CLOSE_COLS, sizeof(double));
    }
    for (size_t i = 0; i < count; i++) {
        double *own[3] = {columns[0] + i * CLOSE_COLS, columns[1] + i * CLOSE_COLS,
                          columns[2] + i * CLOSE_COLS};
        rows[i] = (int64_t)i + 1;
        used[i] = CLOSE_COLS;
        fill_closeup(example, i, own, modulation + i * MODULATION_BINS, &firsts[i], &steps[i]);
    }
    TRY(results_dimension(writer, &numbers[0], count, rows, error));
    TRY(axis(writer, "closeup_column", "1", CLOSE_COLS, 1, 1, error));
    TRY(axis(writer, "modulation_frequency", "Hz", MODULATION_BINS, MODULATION_WIDTH,
             MODULATION_WIDTH, error));
    TRY(results_array(writer, LAYOUT_CLOSEUPS, &numbers[1], over, 1, false, error));
    TRY(results_array(writer, LAYOUT_CLOSEUPS, &numbers[2], over, 1, false, error));
    TRY(results_write(writer, LAYOUT_CLOSEUPS, "episode", rows, error));
    TRY(results_write(writer, LAYOUT_CLOSEUPS, "columns", used, error));
    TRY(array(writer, LAYOUT_CLOSEUPS, "first", "s", over, 1, firsts, error));
    TRY(array(writer, LAYOUT_CLOSEUPS, "step", "s", over, 1, steps, error));
    TRY(array(writer, LAYOUT_CLOSEUPS, "minimum", example->unit, over, 2, columns[0], error));
    TRY(array(writer, LAYOUT_CLOSEUPS, "maximum", example->unit, over, 2, columns[1], error));
    TRY(array(writer, LAYOUT_CLOSEUPS, "envelope", example->unit, over, 2, columns[2], error));
    TRY(array(writer, LAYOUT_CLOSEUPS, "modulation", unit, over_modulation, 2, modulation, error));
    for (int k = 0; k < 3; k++) {
        free(columns[k]);
    }
    free(modulation);
    return STATUS_OK;
}

static enum status set(struct table *table, size_t row, const char *column, double value)
{
    table_set_real(table, row, table_find(table, column), value);
    return STATUS_OK;
}

static enum status write_episodes(struct results_writer *writer,
                                  const struct figures_example *example, struct error *error)
{
    static const char *const classes[] = {"tonic", "clonic", "tonic-clonic", "myoclonic"};
    struct table *table =
        table_create("episodes", episode_columns, columns_count(episode_columns), error);
    for (size_t i = 0; table && i < example->episodes; i++) {
        struct happening h = happening(example, i);
        size_t row;
        TRY(table_append(table, &row, error));
        set(table, row, "onset", h.onset);
        set(table, row, "duration", h.end - h.onset);
        set(table, row, "confidence", 0.5 + 0.5 * noise(i, 1, 14));
        set(table, row, "burst_rate", h.class == 1 || h.class == 2 ? 2.5 : (double)NAN);
        set(table, row, "boundary", h.class == 2 ? (h.onset + h.end) / 2 : (double)NAN);
        TRY(table_set_text(table, row, table_find(table, "trial_type"), classes[h.class], error));
        TRY(table_set_text(table, row, table_find(table, "channel"), label(example, h.channel),
                           error));
        if (example->start && example->start[0] != 'n') {
            TRY(table_set_text(table, row, table_find(table, "clock_time"),
                               "2026-03-14T23:58:12.250", error));
        }
    }
    enum status status =
        table ? results_table(writer, LAYOUT_EPISODES, "episode", "episode", table, error)
              : STATUS_FAILED;
    table_destroy(table);
    return status;
}

static enum status add_burst(struct table *table, const char *channel, const char *kind,
                             double onset, double duration, struct error *error)
{
    size_t row;
    TRY(table_append(table, &row, error));
    set(table, row, "onset", onset);
    set(table, row, "duration", duration);
    TRY(table_set_text(table, row, table_find(table, "kind"), kind, error));
    return table_set_text(table, row, table_find(table, "channel"), channel, error);
}

static enum status write_bursts(struct results_writer *writer,
                                const struct figures_example *example, struct error *error)
{
    struct table *table =
        table_create("bursts", burst_columns, columns_count(burst_columns), error);
    for (size_t i = 0; table && i < example->episodes; i++) {
        struct happening h = happening(example, i);
        const char *channel = label(example, h.channel);
        double steady = h.class == 1 ? h.onset : h.class == 2 ? (h.onset + h.end) / 2 : h.end;
        if (steady > h.onset) {
            TRY(add_burst(table, channel, "burst", h.onset, steady - h.onset, error));
        }
        for (double at = steady; h.class != 3 && at < h.end; at += 0.4) {
            TRY(add_burst(table, channel, "burst", at, 0.22, error));
        }
        TRY(add_burst(table, channel, "potential", h.onset - 0.5, 0.01, error));
        TRY(add_burst(table, channel, "artefact", h.end + 0.3, 0.4, error));
    }
    enum status status = table
                             ? results_table(writer, LAYOUT_BURSTS, "burst", "burst", table, error)
                             : STATUS_FAILED;
    table_destroy(table);
    return status;
}

static enum status write_trends(struct results_writer *writer,
                                const struct figures_example *example, struct error *error)
{
    static const char *const names[] = {"mdf", "rms"};
    struct table *table = figures_trend_table(error);
    size_t count = epochs(example);
    double *time = checked_calloc(count, sizeof *time),
           *value = checked_calloc(count, sizeof *value);
    for (size_t i = 0; table && time && value && i < 2 * example->channels; i++) {
        size_t c = i / 2, n = 0;
        for (size_t e = 0; e < count; e++) {
            double at = (double)e + 0.5;
            if (example->active && activity(example, c, at) > 0 && !missing(example, at)) {
                time[n] = at;
                value[n++] = i % 2 ? rms_at(example, c, at) : mdf_at(example, c, at);
            }
        }
        TRY(figures_trend_add(table, label(example, c), names[i % 2], i % 2 ? example->unit : "Hz",
                              time, value, n, error));
    }
    free(time);
    free(value);
    enum status status = table
                             ? results_table(writer, LAYOUT_TRENDS, "trend", "trend", table, error)
                             : STATUS_FAILED;
    table_destroy(table);
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
    TRY(closeups(writer, example, error));
    TRY(write_bursts(writer, example, error));
    TRY(write_episodes(writer, example, error));
    return write_trends(writer, example, error);
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
