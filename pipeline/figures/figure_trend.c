/* The trend: a marker of the active epochs against time, and the lines fitted to it. */
#include "formats/checked.h"
#include "pipeline/figures/display.h"
#include "pipeline/figures/input.h"
#include "pipeline/figures/series.h"
#include "pipeline/signal/statistics.h"
#include "pipeline/trend/collect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define POINTS  1500 /* a channel, at most */
#define SAMPLES 33   /* of a fitted line */

/* What all channels of the figure share. */
struct trend_view {
    const struct figure_input *input;
    const char *name; /* of the marker */
    struct figure_marker marker;
    size_t per; /* epochs a point */
    struct figure_script *script;
};

/* One channel: its epochs, and its row of the table of trends. */
struct trend_panel {
    size_t channel;
    size_t row;         /* SIZE_MAX: none */
    bool all;           /* the row is over all epochs, active or not */
    bool *fitted;       /* by epoch: it is among those of the row */
    double first, last; /* s, of the fitted epochs */
    double f0, slope, low, high, theil_f0, theil;
    double band[3]; /* half widths at the first epoch, halfway, and at the last */
    struct figure_range range;
    size_t others; /* points of active epochs that were not fitted */
    char texts[3][160];
};

/* Finds the row of the marker over the whole recording: its active epochs, or all of them. */
static void find_row(const struct trend_view *view, struct trend_panel *panel)
{
    const struct table *trends = view->input->trends;
    panel->row = SIZE_MAX;
    for (size_t row = 0; row < trends->row_count && panel->row == SIZE_MAX; row++) {
        const char *marker = figure_cell_text(trends, row, "marker");
        const char *scope = figure_cell_text(trends, row, "scope");
        bool all = scope && strcmp(scope, TREND_SCOPE_ALL) == 0;
        if (marker && scope && strcmp(marker, view->name) == 0 &&
            (all || strcmp(scope, "active") == 0) &&
            figure_input_channel(view->input, figure_cell_text(trends, row, "channel")) ==
                panel->channel) {
            panel->row = row;
            panel->all = all;
        }
    }
}

/* The value of an epoch that is shown; NaN of others. */
static double value_at(const struct trend_view *view, const struct trend_panel *panel, size_t epoch)
{
    size_t i = epoch * view->input->channel_count + panel->channel;
    double value = view->marker.values.reals[i];
    return (panel->all || view->input->active[i]) && isfinite(value) ? value : (double)NAN;
}

/* Marks the epochs that touch [from, to] as not fitted. */
static void exclude(const struct trend_view *view, struct trend_panel *panel, double from,
                    double to, double epoch)
{
    for (size_t e = 0; e < view->input->epoch_count; e++) {
        double centre = view->input->epoch[e];
        if (centre - epoch / 2 < to - 1e-6 && centre + epoch / 2 > from + 1e-6) {
            panel->fitted[e] = false;
        }
    }
}

/* Which epochs the trend was fitted to: the active ones outside of clonic phases. Where that is
 * not how many the row counts, all are shown alike. */
static void mark_fitted(const struct trend_view *view, struct trend_panel *panel)
{
    const struct figure_input *input = view->input;
    size_t active = 0, count = 0;
    for (size_t e = 0; e < input->epoch_count; e++) {
        panel->fitted[e] = isfinite(value_at(view, panel, e));
        active += panel->fitted[e];
    }
    if (panel->row == SIZE_MAX) {
        return;
    }
    double n = figure_cell(input->trends, panel->row, "n");
    /* The first epoch starts at 0. */
    double epoch = input->epoch_count ? 2 * input->epoch[0] : 1;
    for (size_t i = 0; i < input->episodes->row_count && (double)active != n; i++) {
        const char *type = figure_cell_text(input->episodes, i, "trial_type");
        double onset = figure_cell(input->episodes, i, "onset");
        double end = onset + figure_cell(input->episodes, i, "duration");
        int class = figure_episode_class(type);
        if ((class == 2 || class == 3) && isfinite(end) &&
            figure_input_channel(input, figure_cell_text(input->episodes, i, "channel")) ==
                panel->channel) {
            exclude(view, panel, onset, end, epoch);
        }
    }
    for (size_t e = 0; e < input->epoch_count; e++) {
        count += panel->fitted[e];
    }
    for (size_t e = 0; e < input->epoch_count && (double)count != n; e++) {
        panel->fitted[e] = isfinite(value_at(view, panel, e));
    }
}

/* First and last time of the fitted epochs. */
static void find_times(const struct trend_view *view, struct trend_panel *panel)
{
    panel->first = panel->last = NAN;
    for (size_t e = 0; e < view->input->epoch_count; e++) {
        if (panel->fitted[e]) {
            panel->first = isnan(panel->first) ? view->input->epoch[e] : panel->first;
            panel->last = view->input->epoch[e];
        }
    }
}

/* Median of the fitted (or of the other) active epochs from `first` on. */
static double median_of(const struct trend_view *view, const struct trend_panel *panel,
                        size_t first, bool fitted, double *scratch)
{
    size_t count = 0;
    for (size_t e = first; e < first + view->per && e < view->input->epoch_count; e++) {
        double value = value_at(view, panel, e);
        if (isfinite(value) && panel->fitted[e] == fitted) {
            scratch[count++] = value;
        }
    }
    return count ? statistics_median(scratch, count) : (double)NAN;
}

static enum status write_points(const struct trend_view *view, struct trend_panel *panel,
                                struct error *error)
{
    double *scratch = checked_calloc(view->per, sizeof *scratch);
    size_t count = 0;
    if (!scratch) {
        return error_memory(error, "preparing a trend");
    }
    for (size_t first = 0; first < view->input->epoch_count; first += view->per) {
        size_t last = first + view->per - 1;
        last = last < view->input->epoch_count ? last : view->input->epoch_count - 1;
        double row[3] = {(view->input->epoch[first] + view->input->epoch[last]) / 2,
                         median_of(view, panel, first, true, scratch),
                         median_of(view, panel, first, false, scratch)};
        if (isfinite(row[1]) || isfinite(row[2])) {
            figure_script_row(view->script, row, 3);
            figure_range_add(&panel->range, row[1]);
            figure_range_add(&panel->range, row[2]);
            panel->others += isfinite(row[2]);
            count++;
        }
    }
    if (count == 0) {
        const double nothing[3] = {0, NAN, NAN};
        figure_script_row(view->script, nothing, 3);
    }
    free(scratch);
    return STATUS_OK;
}

static double line_at(const struct trend_view *view, double value, double slope, double time)
{
    return view->marker.logarithm ? value * exp(slope * time) : value + slope * time;
}

/* Half the width of the line's band at a part (0–1) of the way from the first to the last epoch.
 * Its square is a parabola, so that three widths tell all. */
static double band_at(const struct trend_panel *panel, double part)
{
    double a = panel->band[0] * panel->band[0], b = panel->band[1] * panel->band[1];
    double c = panel->band[2] * panel->band[2];
    double square =
        a * (1 - part) * (1 - 2 * part) + 4 * b * part * (1 - part) + c * part * (2 * part - 1);
    return sqrt(fmax(square, 0));
}

/* The fitted line; its band; the Theil–Sen line. */
static void write_lines(const struct trend_view *view, struct trend_panel *panel)
{
    struct figure_range band = FIGURE_RANGE_EMPTY;
    bool there = isfinite(panel->f0) && isfinite(panel->slope) && panel->last > panel->first;
    for (size_t i = 0; there && i < SAMPLES; i++) {
        double time = panel->first + (panel->last - panel->first) * (double)i / (SAMPLES - 1);
        double line = line_at(view, panel->f0, panel->slope, time - panel->first);
        double half = band_at(panel, (double)i / (SAMPLES - 1));
        bool logarithm = view->marker.logarithm;
        const double row[5] = {time, line, logarithm ? line * exp(-half) : line - half,
                               logarithm ? line * exp(half) : line + half,
                               line_at(view, panel->theil_f0, panel->theil, time - panel->first)};
        figure_script_row(view->script, row, 5);
        figure_range_add(&panel->range, row[1]);
        figure_range_add(&panel->range, row[4]);
        figure_range_add(&band, row[2]);
        figure_range_add(&band, row[3]);
    }
    /* A wide band goes past the frame rather than squeeze the values. */
    double room = (panel->range.high - panel->range.low) / 3;
    if (there && !view->marker.logarithm) {
        figure_range_add(&panel->range, fmax(band.low, panel->range.low - room));
        figure_range_add(&panel->range, fmin(band.high, panel->range.high + room));
    }
    if (!there) {
        const double nothing[5] = {0, NAN, NAN, NAN, NAN};
        figure_script_row(view->script, nothing, 5);
    }
}

/* Median of value − slope × time, for tables without the Theil–Sen line's own value. */
static double theil_start(const struct trend_view *view, const struct trend_panel *panel)
{
    size_t count = view->input->epoch_count, n = 0;
    double *rest = checked_calloc(count, sizeof *rest), start = NAN;
    for (size_t e = 0; rest && e < count; e++) {
        double value = value_at(view, panel, e);
        if (panel->fitted[e] && isfinite(value)) {
            double shown = view->marker.logarithm ? log(value) : value;
            rest[n++] = shown - panel->theil * (view->input->epoch[e] - panel->first);
        }
    }
    if (n > 0) {
        start = statistics_median(rest, n);
        start = view->marker.logarithm ? exp(start) : start;
    }
    free(rest);
    return start;
}

/* The numbers in the corner. */
static void write_texts(const struct trend_view *view, struct trend_panel *panel)
{
    const struct table *trends = view->input->trends;
    size_t row = panel->row;
    char unit[64], number[128], p[32];
    const char *slope_unit = figure_cell_text(trends, row, "slope_unit");
    const char *verdict = figure_cell_text(trends, row, "verdict");
    const char *status = figure_cell_text(trends, row, "status");
    double n = figure_cell(trends, row, "n");
    if (isnan(panel->slope)) {
        snprintf(panel->texts[0], sizeof panel->texts[0], "no trend: %.60s",
                 status ? status : "no reason given");
        snprintf(panel->texts[1], sizeof panel->texts[1], "n = %.0f", n);
        return;
    }
    if (slope_unit) {
        figure_display_unit(slope_unit, unit, sizeof unit);
    } else {
        snprintf(unit, sizeof unit, "%.40s/s", view->marker.unit);
    }
    figure_display_interval(panel->slope, panel->low, panel->high, number, sizeof number);
    snprintf(panel->texts[0], sizeof panel->texts[0], "%s %.24s", number, unit);
    figure_display_interval(figure_cell(trends, row, "normalised_slope"),
                            figure_cell(trends, row, "normalised_slope_low"),
                            figure_cell(trends, row, "normalised_slope_high"), number,
                            sizeof number);
    snprintf(panel->texts[1], sizeof panel->texts[1], "%s %%/s", number);
    figure_display_p(figure_cell(trends, row, "mann_kendall_p"), p, sizeof p);
    snprintf(panel->texts[2], sizeof panel->texts[2], "%s, n = %.0f%s%s%.40s", p, n,
             panel->all ? " (all epochs)" : "", verdict ? ": " : "", verdict ? verdict : "");
}

static enum status read_panel(const struct trend_view *view, struct trend_panel *panel,
                              struct error *error)
{
    const struct table *trends = view->input->trends;
    find_row(view, panel);
    size_t row = panel->row;
    panel->range = (struct figure_range)FIGURE_RANGE_EMPTY;
    panel->f0 = panel->slope = panel->low = panel->high = panel->theil_f0 = panel->theil = NAN;
    panel->fitted = checked_calloc(view->input->epoch_count, sizeof *panel->fitted);
    if (!panel->fitted) {
        return error_memory(error, "preparing a trend");
    }
    mark_fitted(view, panel);
    find_times(view, panel);
    if (row == SIZE_MAX) {
        snprintf(panel->texts[0], sizeof panel->texts[0], "no trend in the results");
        return STATUS_OK;
    }
    panel->f0 = figure_cell(trends, row, "f0");
    panel->slope = figure_cell(trends, row, "slope");
    panel->low = figure_cell(trends, row, "slope_low");
    panel->high = figure_cell(trends, row, "slope_high");
    panel->band[0] = figure_cell(trends, row, "band_first");
    panel->band[1] = figure_cell(trends, row, "band_middle");
    panel->band[2] = figure_cell(trends, row, "band_last");
    panel->theil = figure_cell(trends, row, "theil_sen");
    panel->theil_f0 = figure_cell(trends, row, "theil_sen_f0");
    if (isnan(panel->theil_f0)) {
        panel->theil_f0 = theil_start(view, panel);
    }
    write_texts(view, panel);
    return STATUS_OK;
}

static enum status write_panels(const struct trend_view *view, struct trend_panel *panels,
                                struct error *error)
{
    size_t count = view->input->shown_count;
    enum status status = STATUS_OK;
    figure_script_comment(view->script, "by channel: time (s), value of fitted active epochs, "
                                        "value of other active epochs");
    figure_script_data(view->script, "points");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (i > 0) {
            figure_script_next(view->script);
        }
        status = write_points(view, &panels[i], error);
    }
    figure_script_data_end(view->script);
    figure_script_comment(view->script, "by channel: time (s), least-squares line, its band's "
                                        "lower and upper edge, Theil-Sen line");
    figure_script_data(view->script, "lines");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (i > 0) {
            figure_script_next(view->script);
        }
        write_lines(view, &panels[i]);
    }
    figure_script_data_end(view->script);
    return status;
}

static struct figure_range shown_range(const struct trend_view *view,
                                       const struct trend_panel *panel)
{
    if (!view->marker.logarithm) {
        return figure_range_padded(panel->range, 0.06, 0, 1);
    }
    bool positive = panel->range.low > 0 && panel->range.low <= panel->range.high;
    return positive ? (struct figure_range){panel->range.low / 1.3, panel->range.high * 1.3}
                    : (struct figure_range){0.1, 10};
}

/* Ranges and texts, as arrays over channels. */
static enum status write_arrays(const struct trend_view *view, const struct trend_panel *panels,
                                struct error *error)
{
    static const char *const names[] = {"text_1", "text_2", "text_3"};
    size_t count = view->input->shown_count;
    double *lows = checked_calloc(3 * count, sizeof *lows);
    const char **texts = checked_calloc(count, sizeof *texts);
    size_t others = 0;
    if (lows && texts) {
        double *highs = lows + count, *active = highs + count;
        for (size_t i = 0; i < count; i++) {
            active[i] = isfinite(panels[i].range.low);
            struct figure_range range = shown_range(view, &panels[i]);
            lows[i] = range.low;
            highs[i] = range.high;
            others += panels[i].others;
        }
        figure_script_reals(view->script, "value_low", lows, count);
        figure_script_reals(view->script, "value_high", highs, count);
        figure_script_reals(view->script, "active", active, count);
        figure_script_integer(view->script, "others", (int64_t)others);
        for (size_t k = 0; k < 3; k++) {
            for (size_t i = 0; i < count; i++) {
                texts[i] = panels[i].texts[k];
            }
            figure_script_texts(view->script, names[k], texts, count);
        }
    }
    bool good = lows && texts;
    free(lows);
    free(texts);
    return good ? STATUS_OK : error_memory(error, "preparing a trend");
}

static enum status prepare(struct figure_input *input, const struct figure_request *request,
                           struct figure_script *script, struct error *error)
{
    struct trend_view view = {.input = input, .name = request->marker, .script = script};
    struct trend_panel *panels = checked_calloc(input->shown_count, sizeof *panels);
    enum status status = panels ? figure_input_common(input, 40, script, error)
                                : error_memory(error, "preparing a trend");
    if (status == STATUS_OK) {
        status = figure_marker_read(input, request->marker, &view.marker, error);
    }
    view.per = figure_epochs_per_point(input, POINTS);
    for (size_t i = 0; i < input->shown_count && status == STATUS_OK; i++) {
        panels[i].channel = input->shown[i];
        status = read_panel(&view, &panels[i], error);
    }
    if (status == STATUS_OK) {
        figure_script_text(script, "marker", view.marker.label);
        figure_script_text(script, "unit", view.marker.unit);
        figure_script_integer(script, "logarithm", view.marker.logarithm);
        figure_script_real(script, "confidence", input->confidence);
        figure_script_integer(script, "epochs_per_point", (int64_t)view.per);
        status = write_panels(&view, panels, error);
    }
    if (status == STATUS_OK) {
        status = write_arrays(&view, panels, error);
    }
    for (size_t i = 0; panels && i < input->shown_count; i++) {
        free(panels[i].fitted);
    }
    free(panels);
    figure_marker_clear(&view.marker);
    return status;
}

const struct figure figure_trend = {
    .name = "trend",
    .description = "a marker of the active epochs against time, with its least-squares line, the "
                   "slope's interval and the Theil-Sen line",
    .scope = FIGURE_PER_MARKER,
    .prepare = prepare,
};
