/* The spectrogram: density over time and frequency, in decibels. */
#include "formats/checked.h"
#include "pipeline/figures/display.h"
#include "pipeline/figures/input.h"
#include "pipeline/figures/series.h"
#include "pipeline/save/results_layout.h"

#include <math.h>
#include <stdio.h>

#define STEPS 64 /* columns of the file read at a time */

/* The picture: a mean density for every channel shown, column and row. */
struct picture {
    size_t columns, rows;       /* of the figure */
    size_t per_column, per_row; /* of the file in one of the figure */
    size_t file_columns, file_rows;
    double first_time, time_step, first_frequency, frequency_step;
    double *sums; /* (channel, row, column) */
    uint32_t *counts;
};

static void clear(struct picture *picture)
{
    free(picture->sums);
    free(picture->counts);
    *picture = (struct picture){0};
}

/* Even steps of a coordinate whose neighbours are merged. */
static void even_steps(const double *values, size_t count, size_t per, double *first, double *step)
{
    double own = count > 1 ? (values[count - 1] - values[0]) / (double)(count - 1) : 1;
    *step = own * (double)per;
    *first = count ? values[0] + own * (double)(per - 1) / 2 : 0;
}

static enum status plan(const struct figure_input *input, struct picture *picture,
                        struct error *error)
{
    const size_t any[] = {0};
    struct results_values times = {0}, frequencies = {0};
    /* The more channels, the smaller each is drawn. */
    size_t most_columns = input->shown_count > 4 ? 160 : 320;
    size_t most_rows = input->shown_count > 4 ? 54 : 108, size;
    enum status status = figure_input_array(input, "/", "spectrogram_time", 1, any, &times, error);
    if (status == STATUS_OK) {
        status = figure_input_array(input, "/", "frequency", 1, any, &frequencies, error);
    }
    if (status == STATUS_OK) {
        picture->file_columns = times.count;
        picture->file_rows = frequencies.count;
        picture->per_column =
            times.count > most_columns ? (times.count + most_columns - 1) / most_columns : 1;
        picture->per_row =
            frequencies.count > most_rows ? (frequencies.count + most_rows - 1) / most_rows : 1;
        picture->columns = (times.count + picture->per_column - 1) / picture->per_column;
        picture->rows = (frequencies.count + picture->per_row - 1) / picture->per_row;
        even_steps(times.reals, times.count, picture->per_column, &picture->first_time,
                   &picture->time_step);
        even_steps(frequencies.reals, frequencies.count, picture->per_row,
                   &picture->first_frequency, &picture->frequency_step);
        size = input->shown_count * picture->columns * picture->rows;
        picture->sums = checked_calloc(size, sizeof *picture->sums);
        picture->counts = checked_calloc(size, sizeof *picture->counts);
        status = picture->sums && picture->counts ? STATUS_OK
                                                  : error_memory(error, "preparing a spectrogram");
    }
    results_values_clear(&times);
    results_values_clear(&frequencies);
    return status;
}

/* Adds a column of the file. density: (channel of the file, frequency). */
static void add_column(const struct figure_input *input, struct picture *picture, size_t column,
                       const double *density)
{
    for (size_t i = 0; i < input->shown_count; i++) {
        const double *own = density + input->shown[i] * picture->file_rows;
        for (size_t k = 0; k < picture->file_rows; k++) {
            size_t at = (i * picture->rows + k / picture->per_row) * picture->columns +
                        column / picture->per_column;
            if (isfinite(own[k])) {
                picture->sums[at] += own[k];
                picture->counts[at]++;
            }
        }
    }
}

static enum status fill(const struct figure_input *input, struct picture *picture,
                        struct error *error)
{
    enum status status = STATUS_OK;
    size_t width = input->channel_count * picture->file_rows;
    for (size_t first = 0; first < picture->file_columns && status == STATUS_OK; first += STEPS) {
        struct results_values values;
        size_t left = picture->file_columns - first, count = left < STEPS ? left : STEPS;
        status = results_read_steps(input->results, LAYOUT_SPECTRUM, "density", first, count,
                                    &values, error);
        if (status == STATUS_OK && (!values.reals || values.count != count * width)) {
            status = error_set(error, STATUS_FAILED,
                               "%s: /spectrum/density is not over channels and frequencies",
                               results_path(input->results));
        }
        for (size_t j = 0; j < count && status == STATUS_OK; j++) {
            add_column(input, picture, first + j, values.reals + j * width);
        }
        results_values_clear(&values);
    }
    return status;
}

/* Means as decibels; what holds no power is far below every scale. */
static void to_decibels(struct picture *picture, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        double mean = picture->counts[i] ? picture->sums[i] / picture->counts[i] : (double)NAN;
        picture->sums[i] = isnan(mean) ? (double)NAN : 10 * log10(fmax(mean, 1e-30));
    }
}

static void write_channel(const struct picture *picture, const double *values,
                          struct figure_script *script, double *row)
{
    for (size_t k = 0; k < picture->rows; k++) {
        for (size_t j = 0; j < picture->columns; j++) {
            row[j] = values[k * picture->columns + j];
        }
        /* An image has at least two columns. */
        row[picture->columns] = row[picture->columns - 1];
        figure_script_row(script, row, picture->columns < 2 ? 2 : picture->columns);
    }
}

static enum status write_picture(const struct figure_input *input, struct picture *picture,
                                 struct figure_script *script, struct error *error)
{
    size_t cells = picture->columns * picture->rows, size = cells * input->shown_count;
    double *row = checked_calloc(picture->columns + 1, sizeof *row);
    if (!row) {
        return error_memory(error, "preparing a spectrogram");
    }
    to_decibels(picture, size);
    double low = figure_quantile(picture->sums, size, 0.02);
    double high = figure_quantile(picture->sums, size, 0.998);
    bool there = size > 0 && isfinite(low) && picture->rows > 1;
    struct figure_range scale = {floor(low / 5) * 5, ceil(high / 5) * 5};
    /* Less than 60 dB below the top is told apart; far less is rest, whatever its noise. */
    scale.low = fmax(scale.low, scale.high - 60);
    scale.low = scale.low < scale.high ? scale.low : scale.high - 10;
    figure_script_integer(script, "there", there);
    figure_script_real(script, "scale_low", there ? scale.low : 0);
    figure_script_real(script, "scale_high", there ? scale.high : 10);
    figure_script_comment(script, "by channel: a row a frequency, a column a time, dB");
    for (size_t i = 0; i < input->shown_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "density_%zu", i + 1);
        figure_script_data(script, name);
        if (there) {
            write_channel(picture, picture->sums + i * cells, script, row);
        } else {
            const double nothing[2] = {NAN, NAN};
            figure_script_row(script, nothing, 2);
            figure_script_row(script, nothing, 2);
        }
        figure_script_data_end(script);
    }
    free(row);
    return STATUS_OK;
}

static enum status prepare(struct figure_input *input, const struct figure_request *request,
                           struct figure_script *script, struct error *error)
{
    struct picture picture = {0};
    struct results_values about = {0};
    char unit[64];
    (void)request;
    enum status status = figure_input_common(input, 40, script, error);
    if (status == STATUS_OK) {
        status = plan(input, &picture, error);
    }
    if (status == STATUS_OK) {
        status = fill(input, &picture, error);
    }
    if (status == STATUS_OK) {
        status = results_describe(input->results, LAYOUT_SPECTRUM, "density", &about, error);
    }
    if (status == STATUS_OK) {
        figure_display_unit(about.unit, unit, sizeof unit);
        figure_script_text(script, "unit", unit);
        figure_script_real(script, "time_first", picture.first_time);
        figure_script_real(script, "time_step", picture.time_step);
        figure_script_integer(script, "time_columns", (int64_t)picture.columns);
        figure_script_real(script, "frequency_first", picture.first_frequency);
        figure_script_real(script, "frequency_step", picture.frequency_step);
        figure_script_integer(script, "frequency_rows", (int64_t)picture.rows);
        status = write_picture(input, &picture, script, error);
    }
    results_values_clear(&about);
    clear(&picture);
    return status;
}

const struct figure figure_spectrogram = {
    .name = "spectrogram",
    .description = "density of every channel in dB over time and frequency",
    .scope = FIGURE_PER_RECORDING,
    .prepare = prepare,
};
