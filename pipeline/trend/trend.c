#include "pipeline/trend/trend.h"

#include "formats/checked.h"
#include "pipeline/signal/mann_kendall.h"
#include "pipeline/signal/regression.h"
#include "pipeline/signal/statistics.h"
#include "pipeline/signal/theil_sen.h"

#include <math.h>
#include <string.h>

/* In the order of trend_columns. */
enum trend_column {
    TREND_CHANNEL,
    TREND_MARKER,
    TREND_SCOPE,
    TREND_EPISODE,
    TREND_ONSET,
    TREND_DURATION,
    TREND_N,
    TREND_UNIT,
    TREND_SLOPE_UNIT,
    TREND_F0,
    TREND_SLOPE,
    TREND_SLOPE_LOW,
    TREND_SLOPE_HIGH,
    TREND_NORMALISED,
    TREND_NORMALISED_LOW,
    TREND_NORMALISED_HIGH,
    TREND_THEIL_SEN,
    TREND_THEIL_SEN_LOW,
    TREND_THEIL_SEN_HIGH,
    TREND_THEIL_SEN_F0,
    TREND_MANN_KENDALL_P,
    TREND_R_SQUARED,
    TREND_FIRST,
    TREND_LAST,
    TREND_CHANGE,
    TREND_AUTOCORRELATION,
    TREND_LAG,
    TREND_DEGREES_OF_FREEDOM,
    TREND_BAND_FIRST,
    TREND_BAND_MIDDLE,
    TREND_BAND_LAST,
    TREND_VERDICT,
    TREND_JASA,
    TREND_STATUS,
    TREND_COLUMNS
};

/* clang-format off */
const struct column_definition trend_columns[] = {
    {"channel", COLUMN_TEXT, "", "label of the channel", NULL},
    {"marker", COLUMN_TEXT, "", "marker", NULL},
    {"scope", COLUMN_TEXT, "",
     "epochs it is over: active (all with activity), all, episode, or the label of an interval",
     NULL},
    {"episode", COLUMN_INTEGER, "1",
     "number of the episode, or of the interval among those of its label", NULL},
    {"onset", COLUMN_REAL, "s", "start of the first epoch", NULL},
    {"duration", COLUMN_REAL, "s", "from there to the end of the last epoch", NULL},
    {"n", COLUMN_INTEGER, "1", "number of epochs", NULL},
    {"unit", COLUMN_TEXT, "", "unit of the marker, and of f0, first and last", NULL},
    {"slope_unit", COLUMN_TEXT, "",
     "unit of the slopes; 1/s where the logarithm of the marker is fitted", NULL},
    {"f0", COLUMN_REAL, "", "value of the fitted line at the first epoch", NULL},
    {"slope", COLUMN_REAL, "", "slope of the least-squares line", NULL},
    {"slope_low", COLUMN_REAL, "", "lower end of its interval, prewhitened Newey-West", NULL},
    {"slope_high", COLUMN_REAL, "", "upper end of its interval", NULL},
    {"normalised_slope", COLUMN_REAL, "%/s", "100 slope / f0", NULL},
    {"normalised_slope_low", COLUMN_REAL, "%/s", "lower end of its interval, Fieller", NULL},
    {"normalised_slope_high", COLUMN_REAL, "%/s", "upper end of its interval", NULL},
    {"theil_sen", COLUMN_REAL, "", "median of the slopes between all pairs of epochs", NULL},
    {"theil_sen_low", COLUMN_REAL, "", "lower end of its interval, Sen", NULL},
    {"theil_sen_high", COLUMN_REAL, "", "upper end of its interval", NULL},
    {"theil_sen_f0", COLUMN_REAL, "", "value of the Theil-Sen line at the first epoch", NULL},
    {"mann_kendall_p", COLUMN_REAL, "1", "two-sided p of no monotonic trend", NULL},
    {"r_squared", COLUMN_REAL, "1", "variance that the least-squares line explains", NULL},
    {"first", COLUMN_REAL, "", "mean of the first fifth of the epochs", NULL},
    {"last", COLUMN_REAL, "", "mean of the last fifth of the epochs", NULL},
    {"change_percent", COLUMN_REAL, "%", "change from first to last", NULL},
    {"autocorrelation", COLUMN_REAL, "1", "between neighbouring epochs, about the line", NULL},
    {"lag", COLUMN_INTEGER, "1", "largest lag of the Newey-West sum, epochs", NULL},
    {"degrees_of_freedom", COLUMN_REAL, "1", "of the t distribution of the interval", NULL},
    {"band_first", COLUMN_REAL, "",
     "half the width of the line's interval at the first epoch; of the logarithm where it is fitted",
     NULL},
    {"band_middle", COLUMN_REAL, "", "the same halfway between the first and the last epoch", NULL},
    {"band_last", COLUMN_REAL, "", "the same at the last epoch", NULL},
    {"verdict", COLUMN_TEXT, "", "falls or rises: the slope's interval leaves out 0; no change",
     NULL},
    {"jasa", COLUMN_TEXT, "",
     "force up, fatigue, recovery or force down, from amplitude and frequency together", NULL},
    {"status", COLUMN_TEXT, "", "ok, or why values are missing", NULL},
    {.name = NULL},
};
/* clang-format on */

const size_t trend_column_count = TREND_COLUMNS;

_Static_assert(sizeof trend_columns / sizeof *trend_columns == TREND_COLUMNS + 1,
               "a name in enum trend_column for each column");

/* The series as it is fitted, and what takes its values back to the marker's unit. */
struct fit {
    const struct trend_series *series;
    const struct trend_options *options;
    struct table *table;
    size_t row;
    double *value;      /* the series', or their logarithms */
    double *scratch;    /* count values */
    const char *status; /* text of the status column */
};

static double to_unit(const struct fit *fit, double value)
{
    return fit->series->logarithm ? exp(value) : value;
}

static void set(const struct fit *fit, enum trend_column column, double value)
{
    table_set_real(fit->table, fit->row, column, value);
}

static enum status set_text(const struct fit *fit, enum trend_column column, const char *text,
                            struct error *error)
{
    return table_set_text(fit->table, fit->row, column, text, error);
}

/* What the row is about. */
static enum status describe(const struct fit *fit, struct error *error)
{
    const struct trend_series *s = fit->series;
    char slope_unit[64];
    snprintf(slope_unit, sizeof slope_unit, "%.60s/s", s->unit ? s->unit : "");
    table_set_integer(fit->table, fit->row, TREND_EPISODE, s->episode);
    table_set_integer(fit->table, fit->row, TREND_N, (int64_t)s->count);
    if (s->count > 0) {
        double epoch = s->epoch > 0 ? s->epoch : s->hop / (1 - s->overlap);
        set(fit, TREND_ONSET, s->time[0] - epoch / 2);
        set(fit, TREND_DURATION, s->time[s->count - 1] - s->time[0] + epoch);
    }
    const struct {
        enum trend_column column;
        const char *text;
    } texts[] = {{TREND_CHANNEL, s->channel},
                 {TREND_MARKER, s->marker},
                 {TREND_SCOPE, s->scope},
                 {TREND_UNIT, s->unit},
                 {TREND_SLOPE_UNIT, s->logarithm ? "1/s"
                                    : s->unit    ? slope_unit
                                                 : NULL},
                 {TREND_STATUS, fit->status}};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == STATUS_OK; i++) {
        status = set_text(fit, texts[i].column, texts[i].text, error);
    }
    return status;
}

/* Why the series cannot be fitted; NULL when it can. */
static const char *obstacle(const struct trend_series *series, const struct trend_options *options)
{
    bool equal = true, positive = true;
    for (size_t i = 0; i < series->count; i++) {
        equal = equal && series->value[i] == series->value[0];
        positive = positive && series->value[i] > 0;
    }
    size_t minimum = options->minimum_count;
    if (series->count < (minimum < REGRESSION_COUNT_MINIMUM ? REGRESSION_COUNT_MINIMUM : minimum)) {
        return "too few epochs";
    }
    if (series->logarithm && !positive) {
        return "values that are not positive have no logarithm";
    }
    return equal ? "all values are equal" : NULL;
}

/* The means of the first and the last fifth, at least of one epoch each. */
static void set_ends(const struct fit *fit)
{
    size_t n = fit->series->count, fifth = n / 5 > 0 ? n / 5 : 1;
    double first = to_unit(fit, statistics_mean(fit->value, fifth));
    double last = to_unit(fit, statistics_mean(fit->value + n - fifth, fifth));
    set(fit, TREND_FIRST, first);
    set(fit, TREND_LAST, last);
    set(fit, TREND_CHANGE, first > 0 ? 100 * (last / first - 1) : NAN);
}

static enum status set_line(struct fit *fit, struct error *error)
{
    const struct trend_series *s = fit->series;
    double confidence = fit->options->confidence, low, high;
    struct regression line;
    enum status status =
        regression_fit(s->time, fit->value, s->count, s->hop, s->overlap, NULL, &line, error);
    if (status != STATUS_OK) {
        return status;
    }
    set(fit, TREND_F0, to_unit(fit, line.intercept));
    set(fit, TREND_SLOPE, line.slope);
    regression_slope_interval(&line, confidence, &low, &high);
    set(fit, TREND_SLOPE_LOW, low);
    set(fit, TREND_SLOPE_HIGH, high);
    const char *verdict = low > 0 ? "rises" : high < 0 ? "falls" : "no change";
    if (s->logarithm) {
        set(fit, TREND_NORMALISED, 100 * line.slope);
    } else if (regression_relative_interval(&line, confidence, &low, &high)) {
        set(fit, TREND_NORMALISED, 100 * line.slope / line.intercept);
    } else {
        fit->status = "f0 is not safely above 0: nothing to normalise to";
    }
    set(fit, TREND_NORMALISED_LOW, 100 * low);
    set(fit, TREND_NORMALISED_HIGH, 100 * high);
    set(fit, TREND_R_SQUARED, line.r_squared);
    set(fit, TREND_AUTOCORRELATION, line.hac.autocorrelation);
    set(fit, TREND_DEGREES_OF_FREEDOM, line.hac.degrees_of_freedom);
    double start = s->time[0], end = s->time[s->count - 1];
    set(fit, TREND_BAND_FIRST, regression_band(&line, start, confidence));
    set(fit, TREND_BAND_MIDDLE, regression_band(&line, (start + end) / 2, confidence));
    set(fit, TREND_BAND_LAST, regression_band(&line, end, confidence));
    table_set_integer(fit->table, fit->row, TREND_LAG, (int64_t)line.hac.lag);
    return set_text(fit, TREND_VERDICT, verdict, error);
}

static enum status set_ranks(const struct fit *fit, struct error *error)
{
    const struct trend_series *s = fit->series;
    struct mann_kendall test;
    struct theil_sen *theil_sen = NULL;
    enum status status = theil_sen_create(s->time, fit->value, s->count, &theil_sen, error);
    if (status != STATUS_OK) {
        return status;
    }
    double slope = theil_sen_slope(theil_sen), low, high;
    status =
        mann_kendall_test(s->time, fit->value, s->count, s->hop, s->overlap, slope, &test, error);
    if (status == STATUS_OK) {
        theil_sen_interval(theil_sen, mann_kendall_critical(&test, fit->options->confidence), &low,
                           &high);
        for (size_t i = 0; i < s->count; i++) {
            fit->scratch[i] = fit->value[i] - slope * (s->time[i] - s->time[0]);
        }
        set(fit, TREND_THEIL_SEN, slope);
        set(fit, TREND_THEIL_SEN_LOW, low);
        set(fit, TREND_THEIL_SEN_HIGH, high);
        set(fit, TREND_THEIL_SEN_F0, to_unit(fit, statistics_median(fit->scratch, s->count)));
        set(fit, TREND_MANN_KENDALL_P, test.p);
    }
    theil_sen_destroy(theil_sen);
    return status;
}

enum status trend_append(struct table *table, const struct trend_series *series,
                         const struct trend_options *options, struct error *error)
{
    struct fit fit = {.series = series, .options = options, .table = table};
    const char *why = obstacle(series, options);
    enum status status = table_append(table, &fit.row, error);
    fit.status = why ? why : "ok";
    if (status == STATUS_OK && !why) {
        size_t size;
        bool fits = checked_multiply(series->count, 2 * sizeof(double), &size);
        fit.value = fits ? checked_calloc(1, size) : NULL;
        if (!fit.value) {
            return error_memory(error, "fitting a trend");
        }
        fit.scratch = fit.value + series->count;
        for (size_t i = 0; i < series->count; i++) {
            fit.value[i] = series->logarithm ? log(series->value[i]) : series->value[i];
        }
        set_ends(&fit);
        status = set_line(&fit, error);
        if (status == STATUS_OK) {
            status = set_ranks(&fit, error);
        }
        free(fit.value);
    }
    return status == STATUS_OK ? describe(&fit, error) : status;
}

/* Whether two rows are about the same epochs of the same channel. */
static bool together(const struct table *table, size_t a, size_t b)
{
    const int64_t *episode = table->columns[TREND_EPISODE].values.integers;
    return episode[a] == episode[b] &&
           strcmp(table_text(table, a, TREND_SCOPE), table_text(table, b, TREND_SCOPE)) == 0 &&
           strcmp(table_text(table, a, TREND_CHANNEL), table_text(table, b, TREND_CHANNEL)) == 0;
}

static bool is_marker(const struct table *table, size_t row, const char *marker)
{
    return strcmp(table_text(table, row, TREND_MARKER), marker) == 0;
}

/* 1, −1, or 0 for a trend that is not decided. */
static int direction(const struct table *table, size_t row)
{
    const char *verdict = table_text(table, row, TREND_VERDICT);
    return !verdict                        ? 0
           : strcmp(verdict, "rises") == 0 ? 1
           : strcmp(verdict, "falls") == 0 ? -1
                                           : 0;
}

static const char *quadrant(int amplitude, int frequency)
{
    if (amplitude == 0 || frequency == 0) {
        return NULL;
    }
    if (amplitude > 0) {
        return frequency > 0 ? "force up" : "fatigue";
    }
    return frequency > 0 ? "recovery" : "force down";
}

/* The row of the first of two markers that belongs together with `row`; SIZE_MAX when neither is
 * there. */
static size_t partner(const struct table *table, size_t row, const char *marker,
                      const char *substitute)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < table->row_count; i++) {
        if (is_marker(table, i, marker) && together(table, i, row)) {
            return i;
        }
        if (found == SIZE_MAX && is_marker(table, i, substitute) && together(table, i, row)) {
            found = i;
        }
    }
    return found;
}

enum status trend_fill_jasa(struct table *table, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t row = 0; row < table->row_count && status == STATUS_OK; row++) {
        /* Once for each set of epochs: where its amplitude stands. */
        if (!is_marker(table, row, "rms") && !is_marker(table, row, "arv")) {
            continue;
        }
        size_t frequency = partner(table, row, "mdf", "mnf");
        if (partner(table, row, "rms", "arv") != row || frequency == SIZE_MAX) {
            continue;
        }
        const char *text = quadrant(direction(table, row), direction(table, frequency));
        for (size_t i = 0; i < table->row_count && status == STATUS_OK; i++) {
            if (together(table, i, row)) {
                status = table_set_text(table, i, TREND_JASA, text, error);
            }
        }
    }
    return status;
}
