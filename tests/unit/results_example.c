#include "unit/results_example.h"

#include "formats/checked.h"

#include <math.h>

const char *const example_channels[EXAMPLE_CHANNELS] = {"left calf", "n\xc3\xa4h", "3"};

static const char *const status_names[] = {"rest", "too short", "gap", NULL};
static const struct flag_names status_flags = {status_names};

static const struct column_definition epoch = {"epoch", COLUMN_REAL, "s", "centre of the epoch",
                                               NULL};
static const struct column_definition channel = {"channel", COLUMN_TEXT, "", "label", NULL};
static const struct column_definition frequency = {"frequency", COLUMN_REAL, "Hz",
                                                   "frequency of the bin", NULL};
static const struct column_definition mdf = {"mdf", COLUMN_REAL, "Hz", "median frequency", NULL};
static const struct column_definition status = {"status", COLUMN_FLAGS, "",
                                                "why a value is missing", &status_flags};
static const struct column_definition density = {"density", COLUMN_REAL, "uV^2/Hz",
                                                 "spectral density", NULL};
static const struct column_definition mean = {"mean", COLUMN_REAL, "uV^2/Hz", "mean density", NULL};
static const struct column_definition note = {"note", COLUMN_TEXT, "", "remark", NULL};
static const struct column_definition clipped = {"clipped", COLUMN_INTEGER, "1", "clipped samples",
                                                 NULL};
static const struct column_definition verdict = {"verdict", COLUMN_TEXT, "", "verdict", NULL};

static const struct column_definition episode_columns[] = {
    {"onset", COLUMN_REAL, "s", "onset", NULL},
    {"duration", COLUMN_REAL, "s", "duration", NULL},
    {"trial_type", COLUMN_TEXT, "", "class", NULL},
    {"channel", COLUMN_TEXT, "", "lead channel", NULL},
    {"burst_count", COLUMN_INTEGER, "1", "bursts", NULL},
    {"flags", COLUMN_FLAGS, "", "flags", &status_flags},
};

double example_epoch(size_t e)
{
    return (double)e + 0.5;
}

double example_mdf(size_t e, size_t c)
{
    return (e + c) % 7 == 0 ? (double)NAN : 80 - (double)e / 1000 + (double)c / 3;
}

int64_t example_status(size_t e, size_t c)
{
    return (int64_t)((e + c) % 8);
}

double example_density(size_t e, size_t c, size_t k)
{
    return (double)(e % 100) + (double)c / 4 + (double)k / 64; /* exact in single precision */
}

struct table *example_episodes(size_t rows, struct error *error)
{
    struct table *table = table_create("episodes", episode_columns, 6, error);
    for (size_t i = 0; table && i < rows; i++) {
        size_t row;
        if (table_append(table, &row, error) != STATUS_OK ||
            table_set_text(table, row, 2, i % 2 ? "clonic" : "tonic", error) != STATUS_OK ||
            table_set_text(table, row, 3, i % 3 ? example_channels[1] : NULL, error) != STATUS_OK) {
            table_destroy(table);
            return NULL;
        }
        table_set_real(table, row, 0, (double)i * 10 / 3);
        table_set_real(table, row, 1, i % 4 ? 2.5 : (double)NAN);
        table_set_integer(table, row, 4, i % 2 ? (int64_t)i : TABLE_MISSING);
        table_set_integer(table, row, 5, (int64_t)(i % 8));
    }
    return table;
}

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) != STATUS_OK) {                                                                 \
            return STATUS_FAILED;                                                                  \
        }                                                                                          \
    } while (0)

static enum status define(struct results_writer *writer, struct error *error)
{
    static const char *const over[] = {"epoch", "channel", "frequency"};
    const double bins[EXAMPLE_BINS] = {20, 22, 24, 26, 28};
    TRY(results_attribute_text(writer, "title", "Example", error));
    TRY(results_attribute_text(writer, "title", "\xc3\x84n example", error)); /* replaces it */
    TRY(results_attribute_text(writer, "parameters", "{\"epoch\": 1}", error));
    TRY(results_attribute_real(writer, "rate", 1259.259, error));
    TRY(results_growing_dimension(writer, &epoch, error));
    TRY(results_dimension(writer, &channel, EXAMPLE_CHANNELS, example_channels, error));
    TRY(results_dimension(writer, &frequency, EXAMPLE_BINS, bins, error));
    TRY(results_array(writer, "/markers", &mdf, over, 2, false, error));
    TRY(results_array(writer, "/markers", &status, over, 2, false, error));
    TRY(results_array(writer, "/spectrum", &density, over, 3, true, error));
    TRY(results_array(writer, "/spectrum", &mean, over + 1, 2, false, error));
    TRY(results_array(writer, "/spectrum", &note, over, 1, false, error));
    TRY(results_array(writer, "/quality", &clipped, over + 1, 1, false, error));
    TRY(results_array(writer, "/quality", &verdict, over + 1, 1, false, error));
    return results_array_attribute(writer, "/markers", "mdf", "references", "Stulen 1981", error);
}

/* Appends the epochs [first, last) of one array: 0 epoch, 1 mdf, 2 status, 3 density, 4 note. */
static enum status append(struct results_writer *writer, int which, size_t first, size_t last,
                          struct error *error)
{
    static const struct {
        const char *group, *name;
        size_t width;
    } arrays[] = {{"/", "epoch", 1},
                  {"/markers", "mdf", EXAMPLE_CHANNELS},
                  {"/markers", "status", EXAMPLE_CHANNELS},
                  {"/spectrum", "density", EXAMPLE_CHANNELS * EXAMPLE_BINS},
                  {"/spectrum", "note", 1}};
    size_t width = arrays[which].width, count = (last - first) * width;
    double *reals = checked_calloc(count, sizeof *reals);
    int64_t *integers = checked_calloc(count, sizeof *integers);
    const char **texts = checked_calloc(count, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        size_t e = first + i / width, j = i % width;
        switch (which) {
        case 0:
            reals[i] = example_epoch(e);
            break;
        case 1:
            /* Every NaN must come out as the same one. */
            reals[i] = e % 2 ? example_mdf(e, j) : -example_mdf(e, j) * -1;
            break;
        case 2:
            integers[i] = example_status(e, j);
            break;
        case 3:
            reals[i] = example_density(e, j / EXAMPLE_BINS, j % EXAMPLE_BINS);
            break;
        case 4:
            texts[i] = e % 2 ? "odd" : NULL;
            break;
        }
    }
    const void *values = which == 2   ? (const void *)integers
                         : which == 4 ? (const void *)texts
                                      : (const void *)reals;
    enum status result = results_append(writer, arrays[which].group, arrays[which].name, values,
                                        last - first, error);
    free(reals);
    free(integers);
    free(texts);
    return result;
}

static enum status append_all(struct results_writer *writer, size_t step, bool uneven,
                              struct error *error)
{
    for (int which = 0; which < 5 && uneven; which++) {
        /* Each array in steps of its own, one array after the other. */
        for (size_t e = 0, size = step + (size_t)which; e < EXAMPLE_EPOCHS; e += size) {
            size_t last = e + size < EXAMPLE_EPOCHS ? e + size : EXAMPLE_EPOCHS;
            TRY(append(writer, which, e, last, error));
        }
    }
    for (size_t e = 0; e < EXAMPLE_EPOCHS && !uneven; e += step) {
        size_t last = e + step < EXAMPLE_EPOCHS ? e + step : EXAMPLE_EPOCHS;
        for (int which = 0; which < 5; which++) {
            TRY(append(writer, which, e, last, error));
        }
    }
    return STATUS_OK;
}

static enum status fill(struct results_writer *writer, size_t step, bool uneven,
                        struct error *error)
{
    const double means[EXAMPLE_CHANNELS * EXAMPLE_BINS] = {1, 2, 3, 4, NAN, 6};
    const int64_t counts[EXAMPLE_CHANNELS] = {0, TABLE_MISSING, (int64_t)1 << 60};
    const char *const verdicts[EXAMPLE_CHANNELS] = {"good", NULL, ""};
    TRY(append_all(writer, step, uneven, error));
    TRY(results_write(writer, "/spectrum", "mean", means, error));
    TRY(results_write(writer, "/quality", "clipped", counts, error));
    TRY(results_write(writer, "/quality", "verdict", verdicts, error));
    struct table *episodes = example_episodes(1000, error);
    if (!episodes) {
        return STATUS_FAILED;
    }
    enum status result =
        results_table(writer, "/episodes", "episode", "number of the episode", episodes, error);
    table_destroy(episodes);
    return result;
}

enum status example_write(const char *path, size_t step, bool uneven, struct error *error)
{
    struct results_writer *writer = NULL;
    TRY(results_create(path, &writer, error));
    if (define(writer, error) != STATUS_OK || fill(writer, step, uneven, error) != STATUS_OK) {
        results_abort(writer);
        return STATUS_FAILED;
    }
    return results_finish(writer, error);
}

enum status example_write_empty(const char *path, struct error *error)
{
    struct results_writer *writer = NULL;
    TRY(results_create(path, &writer, error));
    struct table *episodes = example_episodes(0, error);
    enum status result = STATUS_FAILED;
    if (episodes && define(writer, error) == STATUS_OK &&
        results_table(writer, "/episodes", "episode", "number of the episode", episodes, error) ==
            STATUS_OK &&
        results_table(writer, "/bursts", "burst", "number of the burst", episodes, error) ==
            STATUS_OK) {
        result = STATUS_OK;
    }
    table_destroy(episodes);
    if (result != STATUS_OK) {
        results_abort(writer);
        return result;
    }
    return results_finish(writer, error);
}
