#include "pipeline/figures/series.h"

#include "formats/checked.h"
#include "pipeline/figures/display.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/markers.h"
#include "pipeline/signal/statistics.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum status figure_marker_read(const struct figure_input *input, const char *name,
                               struct figure_marker *marker, struct error *error)
{
    const size_t sizes[] = {input->epoch_count, input->channel_count};
    *marker = (struct figure_marker){0};
    enum status status =
        figure_input_array(input, LAYOUT_MARKERS, name, 2, sizes, &marker->values, error);
    if (status != STATUS_OK) {
        return status;
    }
    snprintf(marker->label, sizeof marker->label, "%s", name);
    for (char *p = marker->label; *p; p++) {
        *p = (char)toupper((unsigned char)*p);
    }
    figure_display_unit(marker->values.unit, marker->unit, sizeof marker->unit);
    size_t index = markers_find(name);
    marker->logarithm = index != SIZE_MAX && markers_table[index].logarithm;
    return STATUS_OK;
}

void figure_marker_clear(struct figure_marker *marker)
{
    results_values_clear(&marker->values);
    *marker = (struct figure_marker){0};
}

double figure_marker_value(const struct figure_input *input, const struct figure_marker *marker,
                           size_t epoch, size_t channel)
{
    size_t i = epoch * input->channel_count + channel;
    return input->active[i] && isfinite(marker->values.reals[i]) ? marker->values.reals[i]
                                                                 : (double)NAN;
}

size_t figure_epochs_per_point(const struct figure_input *input, size_t points)
{
    size_t per = (input->epoch_count + points - 1) / points;
    return per ? per : 1;
}

double figure_marker_median(const struct figure_input *input, const struct figure_marker *marker,
                            size_t first, size_t count, size_t channel)
{
    double median = NAN, *values = checked_calloc(count, sizeof *values);
    size_t active = 0;
    for (size_t e = first; values && e < first + count && e < input->epoch_count; e++) {
        double value = figure_marker_value(input, marker, e, channel);
        if (isfinite(value)) {
            values[active++] = value;
        }
    }
    if (active > 0) {
        median = statistics_median(values, active);
    }
    free(values);
    return median;
}

double figure_quantile(const double *values, size_t count, double quantile)
{
    double result = NAN, *finite = checked_calloc(count, sizeof *finite);
    size_t kept = 0;
    for (size_t i = 0; finite && i < count; i++) {
        if (isfinite(values[i])) {
            finite[kept++] = values[i];
        }
    }
    if (kept > 0) {
        result = statistics_quantile(finite, kept, quantile);
    }
    free(finite);
    return result;
}

void figure_range_add(struct figure_range *range, double value)
{
    if (isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

struct figure_range figure_range_padded(struct figure_range range, double fraction, double low,
                                        double high)
{
    double span = range.high - range.low;
    if (!(range.low <= range.high)) {
        return (struct figure_range){low, high};
    }
    /* Too small a span for the axis to tell its ends apart. */
    if (!(span > 1e-9 * fmax(fabs(range.low), fabs(range.high)))) {
        double room = range.low == 0 ? 1 : fabs(range.low) / 10;
        return (struct figure_range){range.low - room, range.high + room};
    }
    return (struct figure_range){range.low - fraction * span, range.high + fraction * span};
}
