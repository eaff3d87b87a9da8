#include "pipeline/simulate/truth.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum {
    EVENT_ONSET,
    EVENT_DURATION,
    EVENT_TYPE,
    EVENT_CHANNEL,
    EVENT_MUSCLE,
    EVENT_EPISODE,
    EVENT_DELAY,
    EVENT_SNR,
    EVENT_AMPLITUDE,
    EVENT_LEVEL,
    EVENT_BOUNDARY,
    EVENT_BURST_COUNT,
    EVENT_BURST_RATE,
    EVENT_RATE_SLOPE,
    EVENT_FLOOR,
    EVENT_TREMOR_RATE,
    EVENT_TREMOR_DEPTH,
    EVENT_VELOCITY_SLOPE,
    EVENT_COLUMNS
};

static const struct column_definition event_columns[EVENT_COLUMNS] = {
    {"onset", COLUMN_REAL, "s",
     "first discharge of a motor unit; of recorded tissue, where its envelope reaches 0.1", NULL},
    {"duration", COLUMN_REAL, "s", "from there to the last one", NULL},
    {"trial_type", COLUMN_TEXT, "", "class of the episode, or a remark", NULL},
    {"channel", COLUMN_TEXT, "", "channel in which it is seen", NULL},
    {"muscle", COLUMN_TEXT, "", "muscle under the channel", NULL},
    {"episode", COLUMN_INTEGER, "", "number of the episode, the same in all its channels", NULL},
    {"delay", COLUMN_REAL, "s", "behind the leading channel", NULL},
    {"snr", COLUMN_REAL, "dB",
     "RMS of the activity over that of the baseline noise, 20-450 Hz, silences left out", NULL},
    {"amplitude", COLUMN_REAL, "uV", "RMS of the activity, 20-450 Hz, silences left out", NULL},
    {"level", COLUMN_REAL, "1", "peak excitation of the motor-unit pool", NULL},
    {"boundary", COLUMN_REAL, "s",
     "time at which the tonic phase of a tonic-clonic episode ends, "
     "or begins when the clonic one comes first",
     NULL},
    {"burst_count", COLUMN_INTEGER, "", "bursts with at least one discharge", NULL},
    {"burst_rate", COLUMN_REAL, "Hz", "mean rate of the rhythm, missed beats counted", NULL},
    {"burst_rate_slope", COLUMN_REAL, "%/s", "change of the rate asked for", NULL},
    {"floor", COLUMN_REAL, "1", "activity between bursts relative to their height", NULL},
    {"tremor_rate", COLUMN_REAL, "Hz", "rate of the tremor on tonic activity", NULL},
    {"tremor_depth", COLUMN_REAL, "1", "its modulation depth", NULL},
    {"velocity_slope", COLUMN_REAL, "%/s", "change of the muscle fibres' conduction velocity",
     NULL},
};

enum { BURST_ONSET, BURST_DURATION, BURST_TYPE, BURST_CHANNEL, BURST_EPISODE, BURST_COLUMNS };

static const struct column_definition burst_columns[BURST_COLUMNS] = {
    {"onset", COLUMN_REAL, "s", "first discharge of the burst", NULL},
    {"duration", COLUMN_REAL, "s", "from the first to the last discharge", NULL},
    {"trial_type", COLUMN_TEXT, "", "class of the burst's episode", NULL},
    {"channel", COLUMN_TEXT, "", "channel in which it is seen", NULL},
    {"episode", COLUMN_INTEGER, "", "number of the episode", NULL},
};

enum {
    ARTEFACT_ONSET,
    ARTEFACT_DURATION,
    ARTEFACT_TYPE,
    ARTEFACT_CHANNEL,
    ARTEFACT_AMPLITUDE,
    ARTEFACT_COLUMNS
};

static const struct column_definition artefact_columns[ARTEFACT_COLUMNS] = {
    {"onset", COLUMN_REAL, "s", "start", NULL},
    {"duration", COLUMN_REAL, "s", "length", NULL},
    {"trial_type", COLUMN_TEXT, "", "kind of contamination", NULL},
    {"channel", COLUMN_TEXT, "", "channel in which it is seen", NULL},
    {"amplitude", COLUMN_REAL, "uV", "RMS, height or limit, as the kind has it", NULL},
};

enum status truth_create(struct truth *truth, struct error *error)
{
    truth->events = table_create("events", event_columns, EVENT_COLUMNS, error);
    truth->bursts =
        truth->events ? table_create("bursts", burst_columns, BURST_COLUMNS, error) : NULL;
    truth->artefacts =
        truth->bursts ? table_create("artefacts", artefact_columns, ARTEFACT_COLUMNS, error) : NULL;
    return truth->artefacts ? STATUS_OK : STATUS_FAILED;
}

void truth_clear(struct truth *truth)
{
    table_destroy(truth->events);
    table_destroy(truth->bursts);
    table_destroy(truth->artefacts);
    *truth = (struct truth){0};
}

/* Numbers that were drawn, to six decimals: no digits that mean nothing. */
static double tidy(double value)
{
    return rint(value * 1e6) / 1e6;
}

/* A time on the recording's sampling grid. */
static double on_grid(const struct plan *plan, double time)
{
    return rint(time * plan->rate) / plan->rate;
}

/* Onset, duration, type and channel, the first four columns of every table. */
static enum status append(struct table *table, double onset, double duration, const char *type,
                          const char *channel, size_t *row, struct error *error)
{
    enum status status = table_append(table, row, error);
    if (status == STATUS_OK) {
        table_set_real(table, *row, EVENT_ONSET, tidy(onset));
        table_set_real(table, *row, EVENT_DURATION, tidy(duration));
        status = table_set_text(table, *row, EVENT_TYPE, type, error);
    }
    if (status == STATUS_OK) {
        status = table_set_text(table, *row, EVENT_CHANNEL, channel, error);
    }
    return status;
}

static const char *label_of(const struct plan *plan, size_t channel)
{
    return plan->specification->channels[channel].label;
}

static enum status set_muscle(struct table *events, size_t row, const struct plan *plan,
                              size_t channel, struct error *error)
{
    const char *muscle = plan->specification->channels[channel].muscle;
    return table_set_text(events, row, EVENT_MUSCLE, muscle[0] ? muscle : NULL, error);
}

/* Bursts with a discharge, and their rhythm's mean rate: beats, missed ones too, over the time from
 * the first burst's onset to the last one's. */
static void set_rhythm(struct table *events, size_t row, const struct performed *performed)
{
    const struct simulated_episode *episode = performed->episode;
    const struct simulated_burst *first = NULL, *last = NULL;
    size_t count = 0;
    for (size_t b = 0; b < episode->burst_count; b++) {
        if (isfinite(performed->bursts[b].first)) {
            last = &episode->bursts[b];
            first = first ? first : last;
            count++;
        }
    }
    table_set_integer(events, row, EVENT_BURST_COUNT, (int64_t)count);
    if (count > 1) {
        double beats = (double)(last->beat - first->beat);
        table_set_real(events, row, EVENT_BURST_RATE, tidy(beats / (last->onset - first->onset)));
    }
}

static void set_parameters(struct table *events, size_t row, const struct plan *plan,
                           const struct performed *performed, const struct episode_channel *channel)
{
    const struct simulated_episode *e = performed->episode;
    double noise = plan->noise[channel->channel];
    bool sustained = e->tonic_end > e->tonic_start;
    table_set_real(events, row, EVENT_DELAY, tidy(channel->delay));
    table_set_real(events, row, EVENT_AMPLITUDE, tidy(channel->target));
    if (noise > 0) {
        table_set_real(events, row, EVENT_SNR,
                       tidy(elementary_log(channel->target / noise) * 8.68588963806503655));
    }
    if (!performed->spliced) {
        table_set_real(events, row, EVENT_LEVEL, tidy(e->level));
        table_set_real(events, row, EVENT_VELOCITY_SLOPE, tidy(-e->fatigue));
    }
    if (sustained && e->tremor_depth > 0) {
        table_set_real(events, row, EVENT_TREMOR_RATE, tidy(e->tremor_rate));
        table_set_real(events, row, EVENT_TREMOR_DEPTH, tidy(e->tremor_depth));
    }
    if (e->class == SIMULATED_CLONIC || e->class == SIMULATED_TONIC_CLONIC) {
        table_set_real(events, row, EVENT_RATE_SLOPE, tidy(e->slope));
        table_set_real(events, row, EVENT_FLOOR, tidy(e->floor));
        set_rhythm(events, row, performed);
    }
    if (e->class == SIMULATED_TONIC_CLONIC) {
        table_set_real(
            events, row, EVENT_BOUNDARY,
            tidy(e->onset + channel->delay + (e->clonic_first ? e->tonic_start : e->tonic_end)));
    }
}

static enum status add_bursts(struct truth *truth, const struct plan *plan,
                              const struct performed *performed, size_t channel, int64_t number,
                              struct error *error)
{
    const struct simulated_episode *episode = performed->episode;
    for (size_t b = 0; b < episode->burst_count; b++) {
        struct span span = performed->bursts[b];
        size_t row;
        if (isnan(span.first)) {
            continue;
        }
        double first = on_grid(plan, span.first);
        enum status status =
            append(truth->bursts, first, on_grid(plan, span.last) - first,
                   simulated_class_names[episode->class], label_of(plan, channel), &row, error);
        if (status) {
            return status;
        }
        table_set_integer(truth->bursts, row, BURST_EPISODE, number);
    }
    return STATUS_OK;
}

enum status truth_add_activity(struct truth *truth, const struct plan *plan,
                               const struct performed *performed, int64_t number,
                               struct error *error)
{
    const struct simulated_episode *episode = performed->episode;
    struct span span = performed->span;
    double first = on_grid(plan, span.first);
    for (size_t i = 0; i < performed->channel_count && !isnan(span.first); i++) {
        const struct episode_channel *channel = &episode->channels[performed->indices[i]];
        size_t row;
        enum status status = append(truth->events, first, on_grid(plan, span.last) - first,
                                    simulated_class_names[episode->class],
                                    label_of(plan, channel->channel), &row, error);
        if (status == STATUS_OK) {
            status = set_muscle(truth->events, row, plan, channel->channel, error);
        }
        if (status) {
            return status;
        }
        table_set_integer(truth->events, row, EVENT_EPISODE, number);
        set_parameters(truth->events, row, plan, performed, channel);
        status = add_bursts(truth, plan, performed, channel->channel, number, error);
        if (status) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status truth_add_fasciculation(struct truth *truth, const struct plan *plan, size_t channel,
                                    double onset, double duration, double amplitude,
                                    struct error *error)
{
    size_t row;
    enum status status = append(truth->events, on_grid(plan, onset), duration, "fasciculation",
                                label_of(plan, channel), &row, error);
    if (status == STATUS_OK) {
        status = set_muscle(truth->events, row, plan, channel, error);
    }
    if (status == STATUS_OK) {
        table_set_real(truth->events, row, EVENT_AMPLITUDE, tidy(amplitude));
    }
    return status;
}

enum status truth_add_annotation(struct truth *truth, double onset, double duration,
                                 const char *text, struct error *error)
{
    size_t row;
    return append(truth->events, onset, duration, text, NULL, &row, error);
}

enum status truth_add_artefact(struct truth *truth, const struct plan *plan, const char *kind,
                               size_t channel, double onset, double duration, double amplitude,
                               struct error *error)
{
    size_t row;
    enum status status =
        append(truth->artefacts, onset, duration, kind, label_of(plan, channel), &row, error);
    if (status == STATUS_OK) {
        table_set_real(truth->artefacts, row, ARTEFACT_AMPLITUDE, tidy(amplitude));
    }
    return status;
}

enum status truth_sort(struct truth *truth, struct error *error)
{
    enum status status = table_sort(truth->events, EVENT_ONSET, error);
    if (status == STATUS_OK) {
        status = table_sort(truth->bursts, BURST_ONSET, error);
    }
    if (status == STATUS_OK) {
        status = table_sort(truth->artefacts, ARTEFACT_ONSET, error);
    }
    return status;
}

/* What the trial types mean. */
static json_t *trial_types(void)
{
    static const char *const meanings[][2] = {
        {"tonic", "sustained involuntary activity"},
        {"clonic", "rhythmic bursts, three or more"},
        {"tonic-clonic", "a tonic phase that turns into a clonic one, or back"},
        {"myoclonic", "a single jerk of up to 0.25 s"},
        {"voluntary", "a voluntary contraction"},
        {"fasciculation", "a single motor-unit potential"},
    };
    json_t *levels = json_object();
    for (size_t i = 0; levels && i < sizeof meanings / sizeof *meanings; i++) {
        json_object_set_new(levels, meanings[i][0], json_string(meanings[i][1]));
    }
    return levels;
}

enum status truth_write_sidecar(const struct table *events, FILE *stream, struct error *error)
{
    json_t *root = json_object();
    for (size_t c = 0; c < events->column_count; c++) {
        const struct column_definition *column = &events->columns[c].definition;
        json_t *object = json_object();
        json_object_set_new(object, "Description", json_string(column->long_name));
        if (column->unit[0]) {
            json_object_set_new(object, "Units", json_string(column->unit));
        }
        if (strcmp(column->name, "trial_type") == 0) {
            json_object_set_new(object, "Levels", trial_types());
        }
        json_object_set_new(root, column->name, object);
    }
    int result = root ? json_dumpf(root, stream, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : -1;
    json_decref(root);
    fputc('\n', stream);
    return result ? error_set(error, STATUS_FAILED,
                              "the description of the columns could not be "
                              "written")
                  : STATUS_OK;
}
