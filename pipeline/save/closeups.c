/* Close-ups of episodes, in the order of the rows of the episodes table. */
#include "formats/checked.h"
#include "pipeline/save/parts.h"
#include "pipeline/save/results_layout.h"

#include <math.h>

/* A close-up and the number of its episode's row, from 1. */
struct chosen {
    const struct closeup *closeup;
    size_t row;
};

/* Those of all channels; NULL when memory ran out. */
static struct chosen *choose(const struct analysis *analysis, size_t *count)
{
    size_t rows = analysis->episodes->row_count;
    struct chosen *chosen = checked_calloc(rows, sizeof *chosen);
    *count = 0;
    for (size_t row = 0; chosen && row < rows; row++) {
        const struct episode_place *place = &analysis->episode_places[row];
        const struct closeup *closeups;
        if (place->number < channel_closeups(analysis->paths[place->channel], &closeups)) {
            chosen[(*count)++] = (struct chosen){&closeups[place->number], row + 1};
        }
    }
    return chosen;
}

static enum status save_dimensions(struct saver *saver, const struct chosen *chosen, size_t count,
                                   struct error *error)
{
    static const struct column_definition closeup = {"closeup", COLUMN_INTEGER, "1",
                                                     "number of the close-up", NULL};
    static const struct column_definition column = {"closeup_column", COLUMN_INTEGER, "1",
                                                    "number of the column", NULL};
    static const struct column_definition episode = {
        "episode", COLUMN_INTEGER, "1", "number of the episode, a row of /episodes", NULL};
    static const struct column_definition columns = {"columns", COLUMN_INTEGER, "1",
                                                     "columns that are used", NULL};
    static const char *const dimensions[] = {"closeup"};
    double frequencies[MODULATION_BINS];
    size_t most = count > CLOSEUP_COLUMNS ? count : CLOSEUP_COLUMNS;
    int64_t *numbers = checked_calloc(most, sizeof *numbers);
    if (!numbers) {
        return error_memory(error, "saving close-ups");
    }
    for (size_t i = 0; i < most; i++) {
        numbers[i] = (int64_t)i + 1;
    }
    for (size_t i = 0; i < MODULATION_BINS; i++) {
        frequencies[i] = (double)(i + 1) * MODULATION_WIDTH;
    }
    enum status status = results_dimension(saver->writer, &closeup, count, numbers, error);
    if (status == STATUS_OK) {
        status = results_dimension(saver->writer, &column, CLOSEUP_COLUMNS, numbers, error);
    }
    if (status == STATUS_OK) {
        status = save_dimension(saver, "modulation_frequency", "Hz", "frequency of modulation",
                                MODULATION_BINS, frequencies, error);
    }
    const struct column_definition *const both[] = {&episode, &columns};
    for (size_t k = 0; k < 2 && status == STATUS_OK; k++) {
        for (size_t i = 0; i < count; i++) {
            numbers[i] = (int64_t)(k == 0 ? chosen[i].row : chosen[i].closeup->count);
        }
        status =
            results_array(saver->writer, LAYOUT_CLOSEUPS, both[k], dimensions, 1, false, error);
        if (status == STATUS_OK) {
            status = results_write(saver->writer, LAYOUT_CLOSEUPS, both[k]->name, numbers, error);
        }
    }
    free(numbers);
    return status;
}

static double cell_of(const struct closeup *closeup, size_t kind, size_t i)
{
    const float *const curves[] = {closeup->minimum, closeup->maximum, closeup->envelope};
    return i < closeup->count ? (double)curves[kind][i] : NAN;
}

static enum status save_curves(struct saver *saver, const struct chosen *chosen, size_t count,
                               struct error *error)
{
    static const char *const dimensions[] = {"closeup", "closeup_column"};
    static const char *const spectra[] = {"closeup", "modulation_frequency"};
    static const char *const names[] = {"minimum", "maximum", "envelope"};
    static const char *const long_names[] = {"smallest value of the recorded signal",
                                             "largest value of the recorded signal",
                                             "root of the mean activity energy"};
    double *values = checked_calloc(count * CLOSEUP_COLUMNS, sizeof *values);
    enum status status = values ? STATUS_OK : error_memory(error, "saving close-ups");
    for (size_t kind = 0; kind < 3 && status == STATUS_OK; kind++) {
        for (size_t i = 0; i < count * CLOSEUP_COLUMNS; i++) {
            values[i] = cell_of(chosen[i / CLOSEUP_COLUMNS].closeup, kind, i % CLOSEUP_COLUMNS);
        }
        status = save_array(saver, LAYOUT_CLOSEUPS, names[kind], "uV", long_names[kind], dimensions,
                            2, values, error);
    }
    for (size_t i = 0; status == STATUS_OK && i < count * MODULATION_BINS; i++) {
        values[i] = (double)chosen[i / MODULATION_BINS].closeup->modulation[i % MODULATION_BINS];
    }
    if (status == STATUS_OK) {
        status = save_array(saver, LAYOUT_CLOSEUPS, "modulation", "uV^2/Hz",
                            "power spectral density of the envelope", spectra, 2, values, error);
    }
    free(values);
    return status;
}

enum status save_closeups(struct saver *saver, const struct analysis *analysis, struct error *error)
{
    static const char *const dimensions[] = {"closeup"};
    size_t count;
    struct chosen *chosen = choose(analysis, &count);
    double *values = checked_calloc(count, sizeof *values);
    enum status status = chosen && values ? save_dimensions(saver, chosen, count, error)
                                          : error_memory(error, "saving close-ups");
    for (size_t k = 0; k < 2 && status == STATUS_OK; k++) {
        for (size_t i = 0; i < count; i++) {
            values[i] = k == 0 ? chosen[i].closeup->first : chosen[i].closeup->step;
        }
        status = save_array(saver, LAYOUT_CLOSEUPS, k == 0 ? "first" : "step", "s",
                            k == 0 ? "centre of the first column" : "time between columns",
                            dimensions, 1, values, error);
    }
    if (status == STATUS_OK) {
        status = save_curves(saver, chosen, count, error);
    }
    free(values);
    free(chosen);
    return status;
}
