/* What pictures are drawn from: spectra and the overview, reduced to a bounded number of columns.
 */
#include "formats/checked.h"
#include "pipeline/save/parts.h"
#include "pipeline/save/results_layout.h"

#include <math.h>

/* The bins of a channel's band. */
struct axis {
    size_t first, count;
    double width; /* Hz */
};

static struct axis axis_of(const struct channel_path *path)
{
    struct axis axis;
    channel_bins_of_band(path, &axis.first, &axis.count, &axis.width);
    return axis;
}

/* The bins of the channel that has most, the first of several. */
static struct axis common_axis(const struct analysis *analysis)
{
    struct axis common = {0};
    for (size_t i = 0; i < analysis->channel_count; i++) {
        struct axis own = axis_of(analysis->paths[i]);
        if (own.count > common.count) {
            common = own;
        }
    }
    return common;
}

/* The reduction of most columns, each of the most vectors: a channel that ended early may have
 * finer ones. */
static const struct reduction *
common_reduction(const struct analysis *analysis,
                 const struct reduction *(*get)(const struct channel_path *path))
{
    const struct reduction *common = NULL;
    for (size_t i = 0; i < analysis->channel_count; i++) {
        const struct reduction *own = get(analysis->paths[i]);
        if (!common || own->per_column > common->per_column ||
            (own->per_column == common->per_column && own->count > common->count)) {
            common = own;
        }
    }
    return common;
}

/* Component i over the columns [first, first + count), as the reduction itself would merge them. */
static double merged(const struct reduction *reduction, size_t first, size_t count, size_t i)
{
    enum reduction_kind kind = reduction->kinds ? reduction->kinds[i] : REDUCTION_MEAN;
    double result = NAN, sum = 0, filled = 0;
    for (size_t k = first; k < first + count && k < reduction->count; k++) {
        double value = reduction_value(reduction, k, i);
        if (isnan(value)) {
            continue;
        }
        sum += value * reduction->filled[k];
        filled += reduction->filled[k];
        bool better =
            isnan(result) || (kind == REDUCTION_MINIMUM ? value < result : value > result);
        result = better ? value : result;
    }
    if (kind != REDUCTION_MEAN || isnan(result) || count == 1) {
        return result;
    }
    return sum / filled;
}

/* A channel's density, merged over columns, on the common bins. */
static void put_density(const struct reduction *reduction, size_t first, size_t count,
                        const struct axis *own, const struct axis *common, double *to)
{
    bool same = own->first == common->first && own->width == common->width;
    for (size_t k = 0; k < common->count; k++) {
        double frequency = (double)(common->first + k) * common->width;
        double at = same ? (double)k : frequency / own->width - (double)own->first;
        double below = floor(at);
        to[k] = NAN;
        if (own->count > 0 && at >= 0 && at <= (double)(own->count - 1)) {
            size_t bin = (size_t)below;
            double low = merged(reduction, first, count, bin), part = at - below;
            to[k] = part > 0 ? low + part * (merged(reduction, first, count, bin + 1) - low) : low;
        }
    }
}

static enum status save_density(struct saver *saver, const struct analysis *analysis,
                                const struct axis *common, struct error *error)
{
    static const char *const dimensions[] = {"spectrogram_time", "channel", "frequency"};
    const struct reduction *shape = common_reduction(analysis, channel_spectrogram);
    double hop = analysis->parameters.hop;
    size_t channels = analysis->channel_count, step, size;
    if (!checked_multiply(channels, common->count, &step) ||
        !checked_multiply(shape->count, step, &size)) {
        return error_memory(error, "saving spectra");
    }
    double *times = checked_calloc(shape->count, sizeof *times);
    double *values = checked_calloc(size, sizeof *values);
    enum status status = times && values ? STATUS_OK : error_memory(error, "saving spectra");
    for (size_t j = 0; j < shape->count && status == STATUS_OK; j++) {
        times[j] = ((double)j + 0.5) * (double)shape->per_column * hop +
                   (analysis->parameters.epoch - hop) / 2;
        for (size_t i = 0; i < channels; i++) {
            const struct reduction *own = channel_spectrogram(analysis->paths[i]);
            struct axis axis = axis_of(analysis->paths[i]);
            size_t ratio = (size_t)(shape->per_column / own->per_column);
            put_density(own, j * ratio, ratio, &axis, common,
                        values + j * step + i * common->count);
        }
    }
    if (status == STATUS_OK) {
        status = save_dimension(saver, "spectrogram_time", "s", "centre of a spectrogram's column",
                                shape->count, times, error);
    }
    if (status == STATUS_OK) {
        status = save_array(saver, LAYOUT_SPECTRUM, "density", "uV^2/Hz",
                            "power spectral density, mean over the epochs of a column", dimensions,
                            3, values, error);
    }
    free(times);
    free(values);
    return status;
}

/* The first or the last fifth of the active epochs. */
static enum status save_fifth(struct saver *saver, const struct analysis *analysis,
                              const struct axis *common, bool last, struct error *error)
{
    static const char *const dimensions[] = {"channel", "frequency"};
    size_t size;
    double *values = NULL;
    if (checked_multiply(analysis->channel_count, common->count, &size)) {
        values = checked_calloc(size, sizeof *values);
    }
    if (!values) {
        return error_memory(error, "saving spectra");
    }
    for (size_t i = 0; i < analysis->channel_count; i++) {
        const struct reduction *own = channel_active_spectra(analysis->paths[i]);
        struct axis axis = axis_of(analysis->paths[i]);
        size_t fifth = (own->count + 4) / 5;
        put_density(own, last ? own->count - fifth : 0, fifth, &axis, common,
                    values + i * common->count);
    }
    enum status status =
        save_array(saver, LAYOUT_SPECTRUM, last ? "last" : "first", "uV^2/Hz",
                   last ? "power spectral density, mean over the last fifth of the active epochs"
                        : "power spectral density, mean over the first fifth of the active epochs",
                   dimensions, 2, values, error);
    free(values);
    return status;
}

enum status save_spectrum(struct saver *saver, const struct analysis *analysis, struct error *error)
{
    struct axis common = common_axis(analysis);
    double *frequencies = checked_calloc(common.count, sizeof *frequencies);
    if (!frequencies) {
        return error_memory(error, "saving spectra");
    }
    for (size_t k = 0; k < common.count; k++) {
        frequencies[k] = (double)(common.first + k) * common.width;
    }
    enum status status = save_dimension(saver, "frequency", "Hz", "frequency of the bin",
                                        common.count, frequencies, error);
    free(frequencies);
    if (status == STATUS_OK) {
        status = save_density(saver, analysis, &common, error);
    }
    if (status == STATUS_OK) {
        status = save_fifth(saver, analysis, &common, false, error);
    }
    return status == STATUS_OK ? save_fifth(saver, analysis, &common, true, error) : status;
}

enum status save_overview(struct saver *saver, const struct analysis *analysis, struct error *error)
{
    static const char *const dimensions[] = {"overview_time", "channel"};
    static const char *const names[] = {"minimum", "maximum", "rms"};
    static const char *const long_names[] = {"smallest value of the recorded signal",
                                             "largest value of the recorded signal",
                                             "root mean square of the conditioned signal"};
    const struct reduction *shape = common_reduction(analysis, channel_overview);
    size_t channels = analysis->channel_count, size;
    double *values = NULL, *times = checked_calloc(shape->count, sizeof *times);
    if (checked_multiply(shape->count, channels, &size)) {
        values = checked_calloc(size, sizeof *values);
    }
    enum status status = times && values ? STATUS_OK : error_memory(error, "saving an overview");
    for (size_t j = 0; j < shape->count && status == STATUS_OK; j++) {
        times[j] = ((double)j + 0.5) * (double)shape->per_column * CHANNEL_OVERVIEW_STEP;
    }
    if (status == STATUS_OK) {
        status = save_dimension(saver, "overview_time", "s", "centre of the overview's column",
                                shape->count, times, error);
    }
    for (size_t k = 0; k < 3 && status == STATUS_OK; k++) {
        for (size_t cell = 0; cell < size; cell++) {
            const struct reduction *own = channel_overview(analysis->paths[cell % channels]);
            size_t ratio = (size_t)(shape->per_column / own->per_column);
            double value = merged(own, cell / channels * ratio, ratio, k);
            values[cell] = k == 2 ? sqrt(value) : value;
        }
        status = save_array(saver, LAYOUT_OVERVIEW, names[k], "uV", long_names[k], dimensions, 2,
                            values, error);
    }
    free(times);
    free(values);
    return status;
}
