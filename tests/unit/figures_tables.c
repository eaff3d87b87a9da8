#include "unit/figures_content.h"

#include "formats/checked.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/closeup.h"
#include "pipeline/trend/trend.h"

#include <math.h>

#define CLOSEUPS   14
#define CLOSE_COLS 600

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) != STATUS_OK) {                                                                 \
            return STATUS_FAILED;                                                                  \
        }                                                                                          \
    } while (0)

/* Columns and modulation spectrum of the close-up of episode i. */
static void fill_closeup(const struct figures_example *example, size_t i, double *columns[3],
                         double *modulation, double *first, double *step)
{
    struct happening h = content_happening(example, i);
    double margin = fmax(1, (h.end - h.onset) / 4);
    *first = fmax(0, h.onset - margin);
    *step = (fmin(example->duration, h.end + margin) - *first) / CLOSE_COLS;
    for (size_t k = 0; k < CLOSE_COLS; k++) {
        double time = *first + *step * ((double)k + 0.5), r = content_rms(example, h.channel, time);
        columns[0][k] = example->offset - r * (2.2 + content_noise(k, i, 11));
        columns[1][k] = example->offset + r * (2.2 + content_noise(k, i, 12));
        columns[2][k] = r;
    }
    for (size_t k = 0; k < MODULATION_BINS; k++) {
        double f = (double)(k + 1) * MODULATION_WIDTH, d = f - 2.5, d2 = f - 5;
        bool rhythm = h.class == 1 || h.class == 2;
        modulation[k] = example->scale * example->scale *
                        (10 / f + (rhythm ? 300 * exp(-d * d * 80) + 90 * exp(-d2 * d2 * 80) : 0)) *
                        (0.7 + 0.6 * content_noise(k, i, 13));
    }
}

enum status content_write_closeups(struct results_writer *writer,
                                   const struct figures_example *example, struct error *error)
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
    TRY(content_axis(writer, "closeup_column", "1", CLOSE_COLS, 1, 1, error));
    TRY(content_axis(writer, "modulation_frequency", "Hz", MODULATION_BINS, MODULATION_WIDTH,
                     MODULATION_WIDTH, error));
    TRY(results_array(writer, LAYOUT_CLOSEUPS, &numbers[1], over, 1, false, error));
    TRY(results_array(writer, LAYOUT_CLOSEUPS, &numbers[2], over, 1, false, error));
    TRY(results_write(writer, LAYOUT_CLOSEUPS, "episode", rows, error));
    TRY(results_write(writer, LAYOUT_CLOSEUPS, "columns", used, error));
    TRY(content_array(writer, LAYOUT_CLOSEUPS, "first", "s", over, 1, firsts, error));
    TRY(content_array(writer, LAYOUT_CLOSEUPS, "step", "s", over, 1, steps, error));
    TRY(content_array(writer, LAYOUT_CLOSEUPS, "minimum", example->unit, over, 2, columns[0],
                      error));
    TRY(content_array(writer, LAYOUT_CLOSEUPS, "maximum", example->unit, over, 2, columns[1],
                      error));
    TRY(content_array(writer, LAYOUT_CLOSEUPS, "envelope", example->unit, over, 2, columns[2],
                      error));
    TRY(content_array(writer, LAYOUT_CLOSEUPS, "modulation", unit, over_modulation, 2, modulation,
                      error));
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

enum status content_write_episodes(struct results_writer *writer,
                                   const struct figures_example *example, struct error *error)
{
    static const char *const classes[] = {"tonic", "clonic", "tonic-clonic", "myoclonic"};
    struct table *table =
        table_create("episodes", episode_columns, columns_count(episode_columns), error);
    for (size_t i = 0; table && i < example->episodes; i++) {
        struct happening h = content_happening(example, i);
        size_t row;
        TRY(table_append(table, &row, error));
        set(table, row, "onset", h.onset);
        set(table, row, "duration", h.end - h.onset);
        set(table, row, "confidence", 0.5 + 0.5 * content_noise(i, 1, 14));
        set(table, row, "burst_rate", h.class == 1 || h.class == 2 ? 2.5 : (double)NAN);
        set(table, row, "boundary", h.class == 2 ? (h.onset + h.end) / 2 : (double)NAN);
        TRY(table_set_text(table, row, table_find(table, "trial_type"), classes[h.class], error));
        TRY(table_set_text(table, row, table_find(table, "channel"),
                           content_label(example, h.channel), error));
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

enum status content_write_bursts(struct results_writer *writer,
                                 const struct figures_example *example, struct error *error)
{
    struct table *table =
        table_create("bursts", burst_columns, columns_count(burst_columns), error);
    for (size_t i = 0; table && i < example->episodes; i++) {
        struct happening h = content_happening(example, i);
        const char *channel = content_label(example, h.channel);
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

/* Whether the epoch around a time touches a clonic episode: no line is fitted across those. */
static bool clonic(const struct figures_example *example, size_t c, double time)
{
    bool touches = false;
    for (size_t i = 0; i < example->episodes; i++) {
        struct happening h = content_happening(example, i);
        touches = touches || (h.channel == c && (h.class == 1 || h.class == 2) &&
                              time - 0.5 < h.end && time + 0.5 > h.onset);
    }
    return touches;
}

/* The trend of a marker (0 mdf, 1 rms, 2 finsm5) of channel c. */
static enum status add_trend(const struct figures_example *example, size_t marker, size_t c,
                             double *buffer, struct table *table, struct error *error)
{
    static const char *const names[] = {"mdf", "rms", "finsm5"};
    const char *units[] = {"Hz", example->unit, "Hz^-6"};
    const struct trend_options options = {0.95, 5};
    double *time = buffer, *value = buffer + content_epochs(example);
    size_t n = 0;
    for (size_t e = 0; e < content_epochs(example); e++) {
        double at = (double)e + 0.5;
        if (content_active(example, c, at) && !clonic(example, c, at)) {
            time[n] = at;
            value[n++] = content_marker(example, marker, c, at);
        }
    }
    const struct trend_series series = {.channel = content_label(example, c),
                                        .marker = names[marker],
                                        .unit = units[marker],
                                        .scope = "active",
                                        .episode = TABLE_MISSING,
                                        .count = n,
                                        .time = time,
                                        .value = value,
                                        .hop = 1,
                                        .logarithm = marker == 2};
    return trend_append(table, &series, &options, error);
}

enum status content_write_trends(struct results_writer *writer,
                                 const struct figures_example *example, struct error *error)
{
    struct table *table = table_create("trends", trend_columns, trend_column_count, error);
    double *buffer = checked_calloc(2 * content_epochs(example), sizeof *buffer);
    enum status status = table && buffer ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; i < 3 * example->channels && status == STATUS_OK; i++) {
        status = add_trend(example, i % 3, i / 3, buffer, table, error);
    }
    free(buffer);
    if (status == STATUS_OK) {
        status = results_table(writer, LAYOUT_TRENDS, "trend", "trend", table, error);
    }
    table_destroy(table);
    return status;
}
