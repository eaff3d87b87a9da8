#include "pipeline/figures/figure_explanation.h"

#include "formats/checked.h"
#include "formats/output.h"
#include "pipeline/figures/display.h"
#include "pipeline/figures/gnuplot.h"
#include "pipeline/figures/script.h"
#include "pipeline/figures/scripts.h"
#include "pipeline/figures/series.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <string.h>

#define KINDS 5
#define BELOW 0.5 /* of the lowest floor that is shown, where the axis of amplitudes begins */

/* Time zero of the figure: the onset, or the time that was asked for. */
static double origin_of(const struct explanation *explanation)
{
    return explanation->count > 0 ? explanation->onset : explanation->time;
}

/* What the middle of the recorded signal is: its offset. */
static enum status find_offset(const struct closeup *closeup, double *offset, struct error *error)
{
    double *middle = checked_calloc(closeup->count, sizeof *middle);
    size_t n = 0;
    if (!middle) {
        return error_memory(error, "preparing a close-up");
    }
    for (size_t i = 0; i < closeup->count; i++) {
        double both = (double)closeup->minimum[i] + (double)closeup->maximum[i];
        if (isfinite(both)) {
            middle[n++] = both / 2;
        }
    }
    *offset = n ? statistics_median(middle, n) : 0;
    free(middle);
    return STATUS_OK;
}

/* Noise floor and background tone at a time; NaN where there are none. */
static void floors_at(const struct watched *watched, double time, double *noise, double *tone)
{
    bool there = time >= 0 && time < (double)watched->seconds;
    *noise = there ? (double)watched->noise[(size_t)time] : (double)NAN;
    *tone = there ? (double)watched->tone[(size_t)time] : (double)NAN;
    *tone = *tone > *noise ? *tone : (double)NAN;
}

/* The amplitude around a column over the detector's short window, where columns are shorter. */
static double amplitude_at(const struct closeup *closeup, size_t i, double window)
{
    size_t reach = (size_t)fmax(0, floor(window / closeup->step / 2));
    size_t first = i > reach ? i - reach : 0, last = i + reach;
    double sum = 0, n = 0;
    for (size_t k = first; k <= last && k < closeup->count; k++) {
        double envelope = closeup->envelope[k];
        if (isfinite(envelope)) {
            sum += envelope * envelope;
            n++;
        }
    }
    return n > 0 && isfinite(closeup->envelope[i]) ? sqrt(sum / n) : (double)NAN;
}

/* The curves of both panels. */
static void write_curves(const struct figure_explanation *figure, double offset,
                         struct figure_script *script)
{
    const struct watched watched = channel_watched(figure->path);
    const struct closeup *closeup = watched.closeup;
    struct figure_range signal = FIGURE_RANGE_EMPTY, amplitude = FIGURE_RANGE_EMPTY;
    struct figure_range floors = FIGURE_RANGE_EMPTY;
    double origin = origin_of(figure->explanation);
    bool broken = true;
    size_t tones = 0;
    figure_script_comment(script, "time (s), minimum and maximum recorded, envelope, noise floor, "
                                  "least level of activity, background tone");
    figure_script_data(script, "signal");
    for (size_t i = 0; i < closeup->count; i++) {
        double time = closeup->first + closeup->step * (double)i, noise, tone;
        floors_at(&watched, time, &noise, &tone);
        const double row[7] = {time - origin,
                               (double)closeup->minimum[i] - offset,
                               (double)closeup->maximum[i] - offset,
                               amplitude_at(closeup, i, figure->short_window),
                               noise,
                               sqrt(figure->onset_ratio) * noise,
                               tone};
        if (isfinite(row[1]) && isfinite(row[2])) {
            figure_script_row(script, row, 7);
            figure_range_add(&signal, row[1]);
            figure_range_add(&signal, row[2]);
            figure_range_add(&amplitude, row[3]);
            figure_range_add(&floors, noise);
            tones += isfinite(tone);
            broken = false;
        } else if (!broken) {
            figure_script_break(script);
            broken = true;
        }
    }
    if (!(signal.high >= signal.low)) {
        const double nothing[7] = {0, NAN, NAN, NAN, NAN, NAN, NAN};
        figure_script_row(script, nothing, 7);
    }
    figure_script_data_end(script);
    signal = figure_range_padded(signal, 0.04, -1, 1);
    double high = amplitude.high > 0 ? 1.3 * amplitude.high : 1;
    double low = floors.low > 0 && floors.low < high ? BELOW * floors.low : high / 1000;
    figure_script_real(script, "signal_low", signal.low);
    figure_script_real(script, "signal_high", signal.high);
    figure_script_real(script, "amplitude_low", low);
    figure_script_real(script, "amplitude_high", fmax(high, 4 * low));
    figure_script_integer(script, "tones", (int64_t)tones);
}

static int kind_of(const struct burst *burst)
{
    return burst->flags & BURST_ECG         ? 4
           : burst->flags & BURST_LINE      ? 5
           : burst->flags & BURST_ARTEFACT  ? 3
           : burst->flags & BURST_POTENTIAL ? 2
                                            : 1;
}

static void write_bursts(const struct figure_explanation *figure, double from, double to,
                         struct figure_script *script)
{
    static const char *const names[KINDS] = {"bursts", "potentials", "motions", "heartbeats",
                                             "lines"};
    const struct burst *bursts;
    size_t count = channel_bursts(figure->path, &bursts), counts[KINDS] = {0};
    double origin = origin_of(figure->explanation);
    figure_script_comment(script, "onset, end (s), kind (1 burst, 2 single potential, 3 motion or "
                                  "pop, 4 heartbeat, 5 mains line)");
    figure_script_data(script, "bursts");
    for (size_t i = 0; i < count; i++) {
        if (bursts[i].offset > from && bursts[i].onset < to) {
            int kind = kind_of(&bursts[i]);
            const double row[3] = {fmax(bursts[i].onset, from) - origin,
                                   fmin(bursts[i].offset, to) - origin, kind};
            figure_script_row(script, row, 3);
            counts[kind - 1]++;
        }
    }
    figure_script_data_end(script);
    for (size_t k = 0; k < KINDS; k++) {
        figure_script_integer(script, names[k], (int64_t)counts[k]);
    }
}

/* Phases as classes; what is no episode is 0. */
static void write_phases(const struct figure_explanation *figure, struct figure_script *script)
{
    const struct explanation *explanation = figure->explanation;
    const struct episode_verdict *verdict = &explanation->verdict;
    bool episode = explanation->kind == EXPLAINED_EPISODE;
    double origin = origin_of(explanation);
    size_t count = explanation->phase_count;
    figure_script_comment(script, "onset, end (s), class (1 tonic, 2 clonic, 4 myoclonic, 0 not "
                                  "plausible)");
    figure_script_data(script, "phases");
    for (size_t i = 0; i < count; i++) {
        const struct explanation_phase *phase = &explanation->phases[i];
        bool second = i > 0, last = i + 1 == count;
        double boundary = verdict->episode.boundary;
        const double row[3] = {(second ? boundary : phase->onset) - origin,
                               (last ? phase->offset : boundary) - origin,
                               !episode        ? 0
                               : phase->clonic ? 2
                                               : 1};
        figure_script_row(script, row, 3);
    }
    if (count == 0 && explanation->count > 0) {
        const double row[3] = {explanation->onset - origin, explanation->offset - origin,
                               episode ? (double)verdict->episode.class + 1 : 0};
        figure_script_row(script, row, 3);
    }
    figure_script_data_end(script);
    figure_script_integer(script, "there", explanation->count > 0);
    figure_script_integer(script, "class", episode ? (int64_t)verdict->episode.class + 1 : 0);
    figure_script_real(script, "confidence", episode ? verdict->episode.confidence : (double)NAN);
    figure_script_real(script, "plausibility",
                       explanation->count > 0 ? verdict->episode.plausibility : (double)NAN);
    figure_script_real(script, "boundary",
                       episode ? verdict->episode.boundary - origin : (double)NAN);
}

static enum status write_texts(const struct figure_explanation *figure,
                               struct figure_script *script, struct error *error)
{
    static const char *const titles[] = {"", "No episode: not plausible enough",
                                         "No episode: rejected as artefact", "No episode: rest",
                                         "No episode: no samples"};
    const struct explanation *explanation = figure->explanation;
    char unit[64], title[64];
    char *source = figure_display_text(figure_base_name(figure->recording), 48);
    char *channel = figure_display_text(figure->channel, 22);
    bool good = source && channel;
    if (good) {
        snprintf(title, sizeof title, "%s",
                 explanation->kind == EXPLAINED_EPISODE
                     ? episode_class_names[explanation->verdict.episode.class]
                     : titles[explanation->kind]);
        title[0] = (char)(title[0] >= 'a' && title[0] <= 'z' ? title[0] - 'a' + 'A' : title[0]);
        figure_display_unit(figure->unit, unit, sizeof unit);
        figure_script_text(script, "source", source);
        figure_script_text(script, "channel", channel);
        figure_script_text(script, "title", title);
        figure_script_text(script, "unit", unit);
    }
    free(source);
    free(channel);
    return good ? STATUS_OK : error_memory(error, "preparing a close-up");
}

static enum status prepare(const struct figure_explanation *figure, struct figure_script *script,
                           struct error *error)
{
    const struct explanation *explanation = figure->explanation;
    const struct watched watched = channel_watched(figure->path);
    const struct closeup *closeup = watched.closeup;
    double offset = 0, origin = origin_of(explanation);
    double from = closeup->first - closeup->step / 2;
    double to = from + closeup->step * (double)closeup->count;
    if (closeup->count == 0) {
        from = explanation->onset;
        to = explanation->offset;
    }
    enum status status = find_offset(closeup, &offset, error);
    if (status == STATUS_OK) {
        status = write_texts(figure, script, error);
    }
    if (status == STATUS_OK) {
        figure_script_real(script, "from", from - origin);
        figure_script_real(script, "to", to - origin);
        figure_script_real(script, "origin", origin);
        figure_script_real(script, "duration", explanation->offset - explanation->onset);
        write_curves(figure, offset, script);
        write_bursts(figure, from, to, script);
        write_phases(figure, script);
    }
    return status;
}

/* Sends the page to gnuplot and copies it to the output. */
static enum status draw(const char *data, size_t length, enum figure_format format,
                        struct output *output, struct error *error)
{
    static const char what[] = "figure explanation";
    struct script_file style = {0}, body = {0};
    struct gnuplot *gnuplot = NULL;
    char head[160];
    enum status status = scripts_read("style", &style, error);
    if (status == STATUS_OK) {
        status = scripts_read("explanation", &body, error);
    }
    if (status == STATUS_OK) {
        status = gnuplot_start(1, &gnuplot, error);
    }
    if (status == STATUS_OK) {
        int size =
            snprintf(head, sizeof head, "reset session\nfigure_format = '%s'\nfigure_file = '%s'\n",
                     figure_format_names[format], gnuplot_figure_file(gnuplot, 0));
        gnuplot_send(gnuplot, what, head, (size_t)size);
        gnuplot_send(gnuplot, "the data of a figure", data, length);
        gnuplot_send(gnuplot, "style.gp", style.text, style.length);
        gnuplot_send(gnuplot, what, body.text, body.length);
        status = gnuplot_finish(gnuplot, error);
    }
    if (status == STATUS_OK) {
        status = gnuplot_copy(gnuplot, 0, format, output_stream(output), error);
    }
    gnuplot_destroy(gnuplot);
    scripts_clear(&style);
    scripts_clear(&body);
    return status;
}

enum status figure_explanation_draw(const struct figure_explanation *figure, const char *to,
                                    bool force, struct error *error)
{
    enum figure_format format;
    struct output *output = NULL;
    const char *data;
    size_t length;
    if (!figure_format_of(to, &format)) {
        return error_set(error, STATUS_USAGE, "%s: a figure's name ends in .svg, .pdf or .png", to);
    }
    struct figure_script *script = figure_script_create(error);
    enum status status = script ? prepare(figure, script, error) : STATUS_FAILED;
    if (status == STATUS_OK) {
        status = figure_script_finish(script, &data, &length, error);
    }
    if (status == STATUS_OK) {
        status = output_create(to, figure->recording, force, &output, error);
    }
    if (status == STATUS_OK) {
        status = draw(data, length, format, output, error);
    }
    if (status == STATUS_OK) {
        status = output_commit(output, error);
        output = NULL;
    }
    output_abort(output);
    figure_script_destroy(script);
    return status;
}
