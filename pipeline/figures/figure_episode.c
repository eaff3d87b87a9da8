/* The episode: a close-up of one, and the modulation spectrum of its envelope. */
#include "formats/checked.h"
#include "pipeline/figures/display.h"
#include "pipeline/figures/input.h"
#include "pipeline/figures/series.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BURSTS_MAX 4000 /* more than can be told apart at a column's width */

/* One close-up of the file. */
struct view {
    size_t row;     /* of the episode, from 0 */
    size_t channel; /* SIZE_MAX when there is no episode */
    double first, step;
    size_t columns;
    struct results_values minimum, maximum, envelope, modulation, frequency;
};

static void clear(struct view *view)
{
    results_values_clear(&view->minimum);
    results_values_clear(&view->maximum);
    results_values_clear(&view->envelope);
    results_values_clear(&view->modulation);
    results_values_clear(&view->frequency);
}

/* One number of an array over close-ups. */
static enum status read_number(const struct figure_input *input, const char *name, size_t index,
                               double *value, struct error *error)
{
    struct results_values values;
    enum status status =
        results_read_steps(input->results, LAYOUT_CLOSEUPS, name, index, 1, &values, error);
    if (status == STATUS_OK) {
        *value = values.count != 1 ? (double)NAN
                 : values.reals    ? values.reals[0]
                 : values.integers ? (double)values.integers[0]
                                   : (double)NAN;
    }
    results_values_clear(&values);
    return status;
}

/* Which close-up is that of the episode in row `row`, from 1. */
static enum status find_closeup(const struct figure_input *input, size_t row, size_t *index,
                                struct error *error)
{
    struct results_values values;
    enum status status = results_read(input->results, LAYOUT_CLOSEUPS, "episode", &values, error);
    *index = SIZE_MAX;
    for (size_t i = 0; status == STATUS_OK && values.integers && i < values.count; i++) {
        if (values.integers[i] == (int64_t)row) {
            *index = i;
        }
    }
    results_values_clear(&values);
    if (status == STATUS_OK && *index == SIZE_MAX) {
        status = error_set(error, STATUS_FAILED, "%s: keeps no close-up of episode %zu",
                           results_path(input->results), row);
    }
    return status;
}

static enum status read_curves(const struct figure_input *input, size_t index, struct view *view,
                               struct error *error)
{
    const size_t any[] = {0};
    const struct {
        const char *name;
        struct results_values *values;
    } arrays[] = {{"minimum", &view->minimum},
                  {"maximum", &view->maximum},
                  {"envelope", &view->envelope},
                  {"modulation", &view->modulation}};
    enum status status =
        figure_input_array(input, "/", "modulation_frequency", 1, any, &view->frequency, error);
    for (size_t i = 0; i < 4 && status == STATUS_OK; i++) {
        status = results_read_steps(input->results, LAYOUT_CLOSEUPS, arrays[i].name, index, 1,
                                    arrays[i].values, error);
        bool fits = i == 3 ? arrays[i].values->count == view->frequency.count
                           : arrays[i].values->count >= view->columns;
        if (status == STATUS_OK && (!fits || !arrays[i].values->reals)) {
            status = error_set(error, STATUS_FAILED,
                               "%s: /closeups/%s has another shape than soleus gives it; analyse "
                               "the recording again",
                               results_path(input->results), arrays[i].name);
        }
    }
    return status;
}

static enum status read_view(const struct figure_input *input, size_t row, struct view *view,
                             struct error *error)
{
    size_t index;
    double columns = 0;
    enum status status = find_closeup(input, row, &index, error);
    if (status == STATUS_OK) {
        status = read_number(input, "first", index, &view->first, error);
    }
    if (status == STATUS_OK) {
        status = read_number(input, "step", index, &view->step, error);
    }
    if (status == STATUS_OK) {
        status = read_number(input, "columns", index, &columns, error);
    }
    if (status == STATUS_OK &&
        !(isfinite(view->first) && view->step > 0 && columns >= 0 && columns < 1e6)) {
        status = error_set(error, STATUS_FAILED, "%s: the close-up of episode %zu is damaged",
                           results_path(input->results), row);
    }
    if (status == STATUS_OK) {
        view->columns = (size_t)columns;
        status = read_curves(input, index, view, error);
    }
    view->row = row - 1;
    view->channel =
        figure_input_channel(input, figure_cell_text(input->episodes, row - 1, "channel"));
    return status;
}

/* The curves, the recorded signal without its offset; times are from the onset. */
static enum status write_curves(const struct view *view, double onset, struct figure_script *script,
                                struct error *error)
{
    struct figure_range signal = FIGURE_RANGE_EMPTY, envelope = FIGURE_RANGE_EMPTY;
    double *middle = checked_calloc(view->columns, sizeof *middle);
    size_t count = 0;
    bool broken = true, any = false;
    if (!middle) {
        return error_memory(error, "preparing a close-up");
    }
    for (size_t i = 0; i < view->columns; i++) {
        double both = view->minimum.reals[i] + view->maximum.reals[i];
        if (isfinite(both)) {
            middle[count++] = both / 2;
        }
    }
    double offset = count ? statistics_median(middle, count) : 0;
    free(middle);
    figure_script_comment(script, "time from the onset (s), minimum and maximum recorded, "
                                  "envelope");
    figure_script_data(script, "signal");
    for (size_t i = 0; i < view->columns; i++) {
        const double row[4] = {view->first + view->step * (double)i - onset,
                               view->minimum.reals[i] - offset, view->maximum.reals[i] - offset,
                               view->envelope.reals[i]};
        if (isfinite(row[1]) && isfinite(row[2])) {
            figure_script_row(script, row, 4);
            figure_range_add(&signal, row[1]);
            figure_range_add(&signal, row[2]);
            figure_range_add(&envelope, row[3]);
            broken = false;
            any = true;
        } else if (!broken) {
            figure_script_break(script);
            broken = true;
        }
    }
    if (!any) {
        const double nothing[4] = {0, NAN, NAN, NAN};
        figure_script_row(script, nothing, 4);
    }
    figure_script_data_end(script);
    signal = figure_range_padded(signal, 0.04, -1, 1);
    envelope = figure_range_padded(envelope, 0, 0, 1);
    figure_script_real(script, "signal_low", signal.low);
    figure_script_real(script, "signal_high", signal.high);
    figure_script_real(script, "envelope_high", envelope.high * 1.08);
    return STATUS_OK;
}

static void write_modulation(const struct view *view, struct figure_script *script)
{
    double highest = 0;
    figure_script_comment(script, "frequency of modulation (Hz), density of the envelope");
    figure_script_data(script, "modulation");
    for (size_t k = 0; k < view->frequency.count; k++) {
        const double row[2] = {view->frequency.reals[k], view->modulation.reals[k]};
        figure_script_row(script, row, 2);
        highest = isfinite(row[1]) ? fmax(highest, row[1]) : highest;
    }
    if (view->frequency.count == 0) {
        const double nothing[2] = {0, NAN};
        figure_script_row(script, nothing, 2);
    }
    figure_script_data_end(script);
    figure_script_real(script, "modulation_high", highest);
    figure_script_real(script, "modulation_to",
                       view->frequency.count ? view->frequency.reals[view->frequency.count - 1]
                                             : 12);
}

/* Bursts of the channel that lie in the close-up. */
static void write_bursts(const struct figure_input *input, const struct view *view, double onset,
                         struct figure_script *script)
{
    static const char *const kinds[] = {"burst", "potential", "artefact"};
    const struct table *bursts = input->bursts;
    size_t counts[3] = {0};
    double from = view->first - view->step / 2;
    double to = from + view->step * (double)view->columns;
    figure_script_comment(script, "onset, end (s from the episode's onset), kind (1 burst, 2 "
                                  "single potential, 3 artefact)");
    figure_script_data(script, "bursts");
    for (size_t row = 0; row < bursts->row_count && counts[0] < BURSTS_MAX; row++) {
        double start = figure_cell(bursts, row, "onset");
        double end = start + figure_cell(bursts, row, "duration");
        const char *kind = figure_cell_text(bursts, row, "kind");
        if (!(end > from && start < to) ||
            figure_input_channel(input, figure_cell_text(bursts, row, "channel")) !=
                view->channel) {
            continue;
        }
        for (int k = 0; kind && k < 3; k++) {
            if (strcmp(kind, kinds[k]) == 0) {
                const double values[3] = {fmax(start, from) - onset, fmin(end, to) - onset, k + 1};
                figure_script_row(script, values, 3);
                counts[k]++;
            }
        }
    }
    figure_script_data_end(script);
    figure_script_integer(script, "bursts", (int64_t)counts[0]);
    figure_script_integer(script, "potentials", (int64_t)counts[1]);
    figure_script_integer(script, "artefacts", (int64_t)counts[2]);
}

/* What the title says. */
static enum status write_titles(const struct figure_input *input, const struct view *view,
                                struct figure_script *script, struct error *error)
{
    const struct table *episodes = input->episodes;
    const char *type = figure_cell_text(episodes, view->row, "trial_type");
    const char *clock = figure_cell_text(episodes, view->row, "clock_time");
    const char *channel = figure_cell_text(episodes, view->row, "channel");
    double confidence = figure_cell(episodes, view->row, "confidence");
    char text[160], when[64];
    char *label = figure_display_text(channel ? channel : "", 22);
    if (!label) {
        return error_memory(error, "preparing a close-up");
    }
    snprintf(text, sizeof text, "Episode %zu: %.20s", view->row + 1, type ? type : "of no class");
    figure_script_text(script, "title", text);
    figure_script_text(script, "channel", label);
    free(label);
    figure_script_integer(script, "class", figure_episode_class(type));
    if (clock && strlen(clock) >= 19) {
        snprintf(when, sizeof when, "%.10s %.8s", clock, clock + 11);
    } else {
        snprintf(when, sizeof when, "%.1f s into the recording",
                 figure_cell(episodes, view->row, "onset"));
    }
    figure_script_text(script, "when", when);
    figure_script_real(script, "confidence", confidence);
    return STATUS_OK;
}

static void write_nothing(struct figure_script *script)
{
    static const struct view none = {.channel = SIZE_MAX};
    struct error error;
    write_curves(&none, 0, script, &error);
    write_modulation(&none, script);
    figure_script_data(script, "bursts");
    figure_script_data_end(script);
    static const char *const integers[] = {"bursts", "potentials", "artefacts", "class", "there"};
    static const char *const reals[] = {"burst_rate", "boundary", "confidence"};
    static const char *const texts[] = {"title", "channel", "when"};
    for (size_t i = 0; i < 5; i++) {
        figure_script_integer(script, integers[i], 0);
    }
    for (size_t i = 0; i < 3; i++) {
        figure_script_real(script, reals[i], NAN);
        figure_script_text(script, texts[i], i == 0 ? "Episode" : "");
    }
    figure_script_real(script, "duration", 1);
    figure_script_real(script, "from", 0);
    figure_script_real(script, "to", 10);
}

static enum status prepare(struct figure_input *input, const struct figure_request *request,
                           struct figure_script *script, struct error *error)
{
    struct view view = {0};
    char unit[64];
    enum status status = figure_input_source(input, script, error);
    if (status == STATUS_OK && request->episode == 0) {
        figure_script_text(script, "unit", "\xc2\xb5V");
        figure_script_text(script, "modulation_unit", "\xc2\xb5V\xc2\xb2/Hz");
        write_nothing(script);
        return STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = read_view(input, request->episode, &view, error);
    }
    if (status == STATUS_OK) {
        double onset = figure_cell(input->episodes, view.row, "onset");
        figure_script_integer(script, "there", 1);
        figure_script_real(script, "duration", figure_cell(input->episodes, view.row, "duration"));
        figure_script_real(script, "burst_rate",
                           figure_cell(input->episodes, view.row, "burst_rate"));
        figure_script_real(script, "boundary",
                           figure_cell(input->episodes, view.row, "boundary") - onset);
        figure_script_real(script, "from", view.first - view.step / 2 - onset);
        figure_script_real(script, "to",
                           view.first + view.step * ((double)view.columns - 0.5) - onset);
        figure_display_unit(view.envelope.unit, unit, sizeof unit);
        figure_script_text(script, "unit", unit);
        figure_display_unit(view.modulation.unit, unit, sizeof unit);
        figure_script_text(script, "modulation_unit", unit);
        status = write_curves(&view, onset, script, error);
        write_bursts(input, &view, onset, script);
        write_modulation(&view, script);
    }
    if (status == STATUS_OK) {
        status = write_titles(input, &view, script, error);
    }
    clear(&view);
    return status;
}

const struct figure figure_episode = {
    .name = "episode",
    .description = "a close-up of an episode: recorded signal, envelope, bursts, and the "
                   "modulation spectrum with the burst rate",
    .scope = FIGURE_PER_EPISODE,
    .prepare = prepare,
};
