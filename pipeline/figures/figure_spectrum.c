/* The spectrum: the first against the last fifth of the active epochs. */
#include "formats/checked.h"
#include "pipeline/figures/display.h"
#include "pipeline/figures/input.h"
#include "pipeline/figures/series.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/markers_spectral.h"

#include <math.h>
#include <stdio.h>

struct spectra {
    struct results_values frequency, first, last;
};

static void clear(struct spectra *spectra)
{
    results_values_clear(&spectra->frequency);
    results_values_clear(&spectra->first);
    results_values_clear(&spectra->last);
}

static enum status read(const struct figure_input *input, struct spectra *spectra,
                        struct error *error)
{
    const size_t any[] = {0};
    enum status status =
        figure_input_array(input, "/", "frequency", 1, any, &spectra->frequency, error);
    const size_t sizes[] = {input->channel_count, spectra->frequency.count};
    if (status == STATUS_OK) {
        status =
            figure_input_array(input, LAYOUT_SPECTRUM, "first", 2, sizes, &spectra->first, error);
    }
    if (status == STATUS_OK) {
        status =
            figure_input_array(input, LAYOUT_SPECTRUM, "last", 2, sizes, &spectra->last, error);
    }
    return status;
}

/* Median frequency of a mean density; NaN where a bin is missing. */
static double median_frequency(const struct spectra *spectra, const double *density)
{
    size_t count = spectra->frequency.count;
    if (count < 2) {
        return NAN;
    }
    double width =
        (spectra->frequency.reals[count - 1] - spectra->frequency.reals[0]) / (double)(count - 1);
    size_t low = (size_t)llround(spectra->frequency.reals[0] / width);
    float *shifted = checked_calloc(low + count, sizeof *shifted);
    double median = NAN;
    bool whole = shifted != NULL;
    for (size_t k = 0; whole && k < count; k++) {
        shifted[low + k] = (float)density[k];
        whole = isfinite(density[k]);
    }
    if (whole) {
        struct marker_input input = {
            .density = shifted, .bin_low = low, .bin_high = low + count - 1, .bin_width = width};
        markers_prepare_spectral(&input);
        median = marker_mdf(&input);
    }
    free(shifted);
    return median;
}

static void write_channel(const struct spectra *spectra, const double *first, const double *last,
                          struct figure_script *script)
{
    for (size_t k = 0; k < spectra->frequency.count; k++) {
        const double row[3] = {spectra->frequency.reals[k], first[k], last[k]};
        figure_script_row(script, row, 3);
    }
    if (spectra->frequency.count == 0) {
        const double nothing[3] = {0, NAN, NAN};
        figure_script_row(script, nothing, 3);
    }
}

/* The density at a frequency, linear between bins. */
static double density_at(const struct spectra *spectra, const double *density, double frequency)
{
    size_t count = spectra->frequency.count;
    const double *f = spectra->frequency.reals;
    for (size_t k = 0; k + 1 < count && isfinite(frequency); k++) {
        if (frequency >= f[k] && frequency <= f[k + 1]) {
            return density[k] +
                   (density[k + 1] - density[k]) * (frequency - f[k]) / (f[k + 1] - f[k]);
        }
    }
    return count && isfinite(frequency) ? density[0] : (double)NAN;
}

static enum status write_spectra(const struct figure_input *input, const struct spectra *spectra,
                                 struct figure_script *script, struct error *error)
{
    static const char *const names[] = {"mdf_first",    "mdf_last",     "density_first",
                                        "density_last", "density_high", "density_right"};
    size_t channels = input->shown_count, bins = spectra->frequency.count;
    double *arrays = checked_calloc(6 * channels, sizeof *arrays);
    if (!arrays) {
        return error_memory(error, "preparing spectra");
    }
    figure_script_comment(script, "by channel: frequency (Hz), density of the first and of the "
                                  "last fifth of the active epochs");
    figure_script_data(script, "spectra");
    for (size_t i = 0; i < channels; i++) {
        const double *first = spectra->first.reals + input->shown[i] * bins;
        const double *last = spectra->last.reals + input->shown[i] * bins;
        double highest = 0, right = 0;
        if (i > 0) {
            figure_script_next(script);
        }
        write_channel(spectra, first, last, script);
        for (size_t k = 0; k < bins; k++) {
            double larger =
                fmax(isfinite(first[k]) ? first[k] : 0, isfinite(last[k]) ? last[k] : 0);
            highest = fmax(highest, larger);
            right = k > bins / 2 ? fmax(right, larger) : right;
        }
        arrays[i] = median_frequency(spectra, first);
        arrays[channels + i] = median_frequency(spectra, last);
        arrays[2 * channels + i] = density_at(spectra, first, arrays[i]);
        arrays[3 * channels + i] = density_at(spectra, last, arrays[channels + i]);
        arrays[4 * channels + i] = highest;
        arrays[5 * channels + i] = right;
    }
    figure_script_data_end(script);
    for (size_t k = 0; k < 6; k++) {
        figure_script_reals(script, names[k], arrays + k * channels, channels);
    }
    free(arrays);
    return STATUS_OK;
}

static enum status prepare(struct figure_input *input, const struct figure_request *request,
                           struct figure_script *script, struct error *error)
{
    struct spectra spectra = {0};
    char unit[64];
    (void)request;
    enum status status = figure_input_common(input, 40, script, error);
    if (status == STATUS_OK) {
        status = read(input, &spectra, error);
    }
    if (status == STATUS_OK) {
        size_t count = spectra.frequency.count;
        figure_display_unit(spectra.first.unit, unit, sizeof unit);
        figure_script_text(script, "unit", unit);
        figure_script_real(script, "frequency_low", count > 1 ? spectra.frequency.reals[0] : 20);
        figure_script_real(script, "frequency_high",
                           count > 1 ? spectra.frequency.reals[count - 1] : 450);
        status = write_spectra(input, &spectra, script, error);
    }
    clear(&spectra);
    return status;
}

const struct figure figure_spectrum = {
    .name = "spectrum",
    .description = "mean density of the first against the last fifth of the active epochs, the "
                   "median frequency marked on each",
    .scope = FIGURE_PER_RECORDING,
    .prepare = prepare,
};
