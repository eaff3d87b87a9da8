/* The overview: every channel over the whole recording. */
#include "formats/checked.h"
#include "pipeline/figures/display.h"
#include "pipeline/figures/input.h"
#include "pipeline/figures/series.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/statistics.h"

#include <math.h>

#define POINTS 400 /* of the markers, at most */

/* The arrays of /overview, over (time, channel). */
struct envelope {
    size_t count;  /* columns */
    size_t merged; /* columns of the file in one of the figure */
    struct results_values time, minimum, maximum, rms;
};

static void clear_envelope(struct envelope *envelope)
{
    results_values_clear(&envelope->time);
    results_values_clear(&envelope->minimum);
    results_values_clear(&envelope->maximum);
    results_values_clear(&envelope->rms);
}

static enum status read_envelope(const struct figure_input *input, struct envelope *envelope,
                                 struct error *error)
{
    const size_t any[] = {0};
    enum status status =
        figure_input_array(input, "/", "overview_time", 1, any, &envelope->time, error);
    const size_t sizes[] = {envelope->time.count, input->channel_count};
    const struct {
        const char *name;
        struct results_values *values;
    } arrays[] = {
        {"minimum", &envelope->minimum}, {"maximum", &envelope->maximum}, {"rms", &envelope->rms}};
    for (size_t i = 0; i < 3 && status == STATUS_OK; i++) {
        status = figure_input_array(input, LAYOUT_OVERVIEW, arrays[i].name, 2, sizes,
                                    arrays[i].values, error);
    }
    /* The more channels, the smaller each is drawn. */
    size_t columns = 12000 / input->shown_count;
    columns = columns < 600 ? 600 : columns > 1400 ? 1400 : columns;
    envelope->count = envelope->time.count;
    envelope->merged = (envelope->count + columns - 1) / columns;
    envelope->merged = envelope->merged ? envelope->merged : 1;
    return status;
}

/* One column of the figure: time, extremes and RMS of the file's columns from `first` on. */
static void merge_columns(const struct figure_input *input, const struct envelope *envelope,
                          size_t first, size_t channel, double row[4])
{
    double squares = 0, times = 0;
    size_t filled = 0, count = 0;
    struct figure_range range = FIGURE_RANGE_EMPTY;
    for (size_t i = first; i < first + envelope->merged && i < envelope->count; i++) {
        size_t at = i * input->channel_count + channel;
        times += envelope->time.reals[i];
        count++;
        if (isfinite(envelope->minimum.reals[at]) && isfinite(envelope->maximum.reals[at])) {
            figure_range_add(&range, envelope->minimum.reals[at]);
            figure_range_add(&range, envelope->maximum.reals[at]);
        }
        if (isfinite(envelope->rms.reals[at])) {
            squares += envelope->rms.reals[at] * envelope->rms.reals[at];
            filled++;
        }
    }
    row[0] = times / (double)count;
    row[1] = range.low <= range.high ? range.low : (double)NAN;
    row[2] = range.low <= range.high ? range.high : (double)NAN;
    row[3] = filled ? sqrt(squares / (double)filled) : (double)NAN;
}

/* What the axis of a strip is chosen from. */
struct strip {
    struct figure_range all;   /* of what there is */
    struct figure_range shown; /* of the axis */
};

/* A few columns that lie far out, as those of a motion artefact, are cut at the frame and marked
 * there. */
static struct strip choose_range(const double *low, const double *high, size_t count)
{
    struct strip strip = {.all = FIGURE_RANGE_EMPTY};
    for (size_t i = 0; i < count; i++) {
        figure_range_add(&strip.all, low[i]);
        figure_range_add(&strip.all, high[i]);
    }
    double lowest = figure_quantile(low, count, 0.005);
    double highest = figure_quantile(high, count, 0.995), room = (highest - lowest) * 0.6;
    strip.shown = strip.all;
    if (isfinite(room) && room > 0) {
        strip.shown.low = fmax(strip.all.low, lowest - room);
        strip.shown.high = fmin(strip.all.high, highest + room);
    }
    strip.shown = figure_range_padded(strip.shown, 0.04, -1, 1);
    return strip;
}

/* Strips with scales of their own would show the noise of a muscle at rest as large as the
 * contractions of another: none shows less than a tenth of the widest, but each at least fills a
 * quarter of its own. */
static void write_axes(struct strip *strips, double *buffer, size_t count,
                       struct figure_script *script)
{
    double *lows = buffer, *highs = buffer + count, widest = 0;
    size_t cut = 0;
    for (size_t i = 0; i < count; i++) {
        if (strips[i].all.low <= strips[i].all.high) {
            widest = fmax(widest, strips[i].shown.high - strips[i].shown.low);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct figure_range *shown = &strips[i].shown;
        double own = shown->high - shown->low;
        double room = fmax(0, fmin(widest / 10, 4 * own) - own) / 2;
        lows[i] = shown->low - room;
        highs[i] = shown->high + room;
        cut += strips[i].all.low < lows[i] || strips[i].all.high > highs[i];
    }
    figure_script_reals(script, "envelope_low", lows, count);
    figure_script_reals(script, "envelope_high", highs, count);
    figure_script_integer(script, "cut", (int64_t)cut);
}

/* Writes one channel's columns, its constant offset removed. */
static struct strip write_envelope(const struct figure_input *input,
                                   const struct envelope *envelope, size_t channel, double *low,
                                   double *high, double *middle, struct figure_script *script)
{
    size_t count = 0, middles = 0;
    double row[4];
    for (size_t i = 0; i < envelope->count; i += envelope->merged) {
        merge_columns(input, envelope, i, channel, row);
        if (isfinite(row[1])) {
            middle[middles++] = (row[1] + row[2]) / 2;
        }
    }
    double offset = middles ? statistics_median(middle, middles) : 0;
    bool broken = true;
    for (size_t i = 0; i < envelope->count; i += envelope->merged) {
        merge_columns(input, envelope, i, channel, row);
        row[1] -= offset;
        row[2] -= offset;
        if (isfinite(row[1])) {
            low[count] = row[1];
            high[count++] = row[2];
            figure_script_row(script, row, 4);
            broken = false;
        } else if (!broken) {
            figure_script_break(script);
            broken = true;
        }
    }
    if (count == 0) {
        const double nothing[4] = {0, NAN, NAN, NAN};
        figure_script_row(script, nothing, 4);
    }
    return choose_range(low, high, count);
}

static enum status write_envelopes(const struct figure_input *input, struct figure_script *script,
                                   struct error *error)
{
    struct envelope envelope = {0};
    size_t channels = input->shown_count;
    char unit[64];
    enum status status = read_envelope(input, &envelope, error);
    size_t room = envelope.count > channels ? envelope.count : channels;
    double *scratch = checked_calloc(3 * room, sizeof *scratch);
    struct strip *strips = checked_calloc(channels, sizeof *strips);
    if (status == STATUS_OK && (!scratch || !strips)) {
        status = error_memory(error, "preparing the overview");
    }
    if (status == STATUS_OK) {
        figure_script_comment(script, "by channel: time (s), minimum, maximum, RMS");
        figure_script_data(script, "envelope");
        for (size_t i = 0; i < channels; i++) {
            if (i > 0) {
                figure_script_next(script);
            }
            strips[i] = write_envelope(input, &envelope, input->shown[i], scratch, scratch + room,
                                       scratch + 2 * room, script);
        }
        figure_script_data_end(script);
        write_axes(strips, scratch, channels, script);
        figure_display_unit(envelope.rms.unit, unit, sizeof unit);
        figure_script_text(script, "unit", unit);
    }
    free(scratch);
    free(strips);
    clear_envelope(&envelope);
    return status;
}

/* An episode that is shown: its row, and which of the shown channels it is of. */
struct shown_episode {
    size_t row, channel;
    double onset, end, next; /* s; next: onset of the channel's next episode */
    int class;
};

static bool find_episode(const struct figure_input *input, size_t row,
                         struct shown_episode *episode)
{
    size_t channel = figure_input_channel(input, figure_cell_text(input->episodes, row, "channel"));
    episode->row = row;
    episode->onset = figure_cell(input->episodes, row, "onset");
    episode->end = episode->onset + figure_cell(input->episodes, row, "duration");
    episode->class = figure_episode_class(figure_cell_text(input->episodes, row, "trial_type"));
    episode->channel = SIZE_MAX;
    for (size_t i = 0; i < input->shown_count; i++) {
        episode->channel = input->shown[i] == channel ? i : episode->channel;
    }
    return episode->channel != SIZE_MAX && isfinite(episode->end) && episode->class > 0;
}

static enum status write_episodes(const struct figure_input *input, struct figure_script *script,
                                  struct error *error)
{
    size_t rows = input->episodes->row_count, count = 0;
    struct shown_episode *shown = checked_calloc(rows, sizeof *shown);
    double *next = checked_calloc(input->shown_count, sizeof *next);
    bool good = shown && next;
    for (size_t row = 0; good && row < rows; row++) {
        count += find_episode(input, row, &shown[count]);
    }
    for (size_t i = 0; good && i < input->shown_count; i++) {
        next[i] = input->duration;
    }
    /* Rows are sorted by onset. */
    for (size_t i = count; good && i-- > 0;) {
        shown[i].next = next[shown[i].channel];
        next[shown[i].channel] = shown[i].onset;
    }
    if (good) {
        figure_script_comment(script, "onset, end (s), channel (from 1), class (1 tonic, 2 "
                                      "clonic, 3 tonic-clonic, 4 myoclonic), onset of the "
                                      "channel's next episode");
        figure_script_data(script, "episodes");
        for (size_t i = 0; i < count; i++) {
            const double values[] = {shown[i].onset, shown[i].end, (double)(shown[i].channel + 1),
                                     shown[i].class, shown[i].next};
            figure_script_row(script, values, 5);
        }
        figure_script_data_end(script);
        figure_script_integer(script, "episodes", (int64_t)count);
    }
    free(shown);
    free(next);
    return good ? STATUS_OK : error_memory(error, "preparing the overview");
}

/* Points of one channel: time, MDF, RMS. */
static size_t write_points(const struct figure_input *input, const struct figure_marker markers[2],
                           size_t per, size_t channel, struct figure_range ranges[2],
                           struct figure_script *script)
{
    size_t count = 0;
    for (size_t first = 0; first < input->epoch_count; first += per) {
        size_t last = first + per < input->epoch_count ? first + per : input->epoch_count;
        double row[3] = {(input->epoch[first] + input->epoch[last - 1]) / 2, 0, 0};
        for (size_t m = 0; m < 2; m++) {
            row[m + 1] = figure_marker_median(input, &markers[m], first, per, channel);
            figure_range_add(&ranges[m], row[m + 1]);
        }
        if (isfinite(row[1]) || isfinite(row[2])) {
            figure_script_row(script, row, 3);
            count++;
        }
    }
    if (count == 0) {
        const double nothing[3] = {0, NAN, NAN};
        figure_script_row(script, nothing, 3);
    }
    return count;
}

/* A row of medians a channel: an image where lines of many channels would be a thicket. */
static enum status write_map(const struct figure_input *input, const struct figure_marker *marker,
                             const char *name, size_t per, struct figure_script *script,
                             struct error *error)
{
    size_t columns = (input->epoch_count + per - 1) / per;
    double *row = checked_calloc(columns + 1, sizeof *row);
    if (!row) {
        return error_memory(error, "preparing the overview");
    }
    figure_script_data(script, name);
    for (size_t i = 0; i < input->shown_count; i++) {
        for (size_t k = 0; k < columns; k++) {
            row[k] = figure_marker_median(input, marker, k * per, per, input->shown[i]);
        }
        row[columns] = row[columns ? columns - 1 : 0];
        /* An image has at least two columns and rows. */
        figure_script_row(script, row, columns < 2 ? 2 : columns);
    }
    figure_script_data_end(script);
    free(row);
    return STATUS_OK;
}

static enum status write_markers(const struct figure_input *input, struct figure_script *script,
                                 struct error *error)
{
    struct figure_marker markers[2] = {0};
    struct figure_range ranges[2] = {FIGURE_RANGE_EMPTY, FIGURE_RANGE_EMPTY};
    size_t per = figure_epochs_per_point(input, POINTS), count = 0;
    enum status status = figure_marker_read(input, "mdf", &markers[0], error);
    if (status == STATUS_OK) {
        status = figure_marker_read(input, "rms", &markers[1], error);
    }
    if (status == STATUS_OK) {
        double step = input->epoch_count > 1 ? input->epoch[1] - input->epoch[0] : 1;
        figure_script_comment(script, "by channel: time (s), MDF and RMS of the active epochs, "
                                      "medians over marker_step seconds");
        figure_script_data(script, "markers");
        for (size_t i = 0; i < input->shown_count; i++) {
            if (i > 0) {
                figure_script_next(script);
            }
            count += write_points(input, markers, per, input->shown[i], ranges, script);
        }
        figure_script_data_end(script);
        ranges[0] = figure_range_padded(ranges[0], 0.08, 20, 200);
        ranges[1] = figure_range_padded(ranges[1], 0.08, 0, 1);
        figure_script_integer(script, "active_epochs", (int64_t)count);
        figure_script_real(script, "marker_first",
                           input->epoch_count ? input->epoch[0] + step * (double)(per - 1) / 2 : 0);
        figure_script_real(script, "marker_step", step * (double)per);
        figure_script_integer(script, "epochs_per_point", (int64_t)per);
        figure_script_real(script, "mdf_low", ranges[0].low);
        figure_script_real(script, "mdf_high", ranges[0].high);
        figure_script_real(script, "rms_high", ranges[1].high);
        status = write_map(input, &markers[0], "mdf_map", per, script, error);
    }
    if (status == STATUS_OK) {
        status = write_map(input, &markers[1], "rms_map", per, script, error);
    }
    figure_marker_clear(&markers[0]);
    figure_marker_clear(&markers[1]);
    return status;
}

static enum status prepare(struct figure_input *input, const struct figure_request *request,
                           struct figure_script *script, struct error *error)
{
    (void)request;
    enum status status = figure_input_common(input, 16, script, error);
    if (status == STATUS_OK) {
        status = write_envelopes(input, script, error);
    }
    if (status == STATUS_OK) {
        status = write_episodes(input, script, error);
    }
    if (status == STATUS_OK) {
        status = write_markers(input, script, error);
    }
    return status;
}

const struct figure figure_overview = {
    .name = "overview",
    .description = "every channel's envelope over clock time, episodes shaded by class, MDF and "
                   "RMS of the active epochs",
    .scope = FIGURE_PER_RECORDING,
    .prepare = prepare,
};
