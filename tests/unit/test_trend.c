#include "unit/noise.h"
#include "unit/test.h"

#include "pipeline/signal/mann_kendall.h"
#include "pipeline/signal/regression.h"
#include "pipeline/trend/trend.h"

#include <string.h>

#define N 40

static const struct trend_options options = {.confidence = 0.95, .minimum_count = 5};

static struct table *make(void)
{
    struct table *table = table_create("trends", trend_columns, trend_column_count, NULL);
    assert_non_null(table);
    return table;
}

static double real(const struct table *table, size_t row, const char *column)
{
    size_t c = table_find(table, column);
    assert_true(c != SIZE_MAX);
    return table_real(table, row, c);
}

static const char *text(const struct table *table, size_t row, const char *column)
{
    size_t c = table_find(table, column);
    assert_true(c != SIZE_MAX);
    return table_text(table, row, c);
}

static void assert_text(const struct table *table, size_t row, const char *column,
                        const char *expected)
{
    const char *got = text(table, row, column);
    if (!expected) {
        assert_null(got);
    } else {
        assert_non_null(got);
        assert_string_equal(got, expected);
    }
}

static void assert_missing(const struct table *table, size_t row, const char *column)
{
    assert_true(isnan(real(table, row, column)));
}

static struct trend_series series_of(const char *marker, const double *time, const double *value,
                                     size_t count)
{
    return (struct trend_series){.channel = "Soleus L",
                                 .marker = marker,
                                 .unit = "Hz",
                                 .scope = "active",
                                 .episode = TABLE_MISSING,
                                 .count = count,
                                 .time = time,
                                 .value = value,
                                 .hop = 1};
}

static void append(struct table *table, const struct trend_series *series)
{
    struct error error;
    assert_int_equal(trend_append(table, series, &options, &error), STATUS_OK);
}

/* Falls from 80 Hz by 0.2 Hz/s, with noise. */
static void falling(double *time, double *value, double slope)
{
    struct noise noise;
    noise_start(&noise, 0, 0, 1);
    noise_fill(&noise, value, N);
    for (size_t i = 0; i < N; i++) {
        time[i] = 100.5 + (double)i;
        value[i] = 80 + slope * (double)i + 0.5 * value[i];
    }
}

static void columns(void **state)
{
    (void)state;
    assert_null(trend_columns[trend_column_count].name);
    for (size_t i = 0; i < trend_column_count; i++) {
        assert_non_null(trend_columns[i].name);
        assert_non_null(trend_columns[i].unit);
        assert_non_null(trend_columns[i].long_name);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(trend_columns[i].name, trend_columns[j].name);
        }
    }
    table_destroy(make());
}

static void a_row(void **state)
{
    (void)state;
    double time[N], value[N];
    falling(time, value, -0.2);
    struct table *table = make();
    struct trend_series series = series_of("mdf", time, value, N);
    series.scope = "episode";
    series.episode = 3;
    append(table, &series);
    assert_int_equal(table->row_count, 1);
    assert_text(table, 0, "channel", "Soleus L");
    assert_text(table, 0, "marker", "mdf");
    assert_text(table, 0, "scope", "episode");
    assert_text(table, 0, "unit", "Hz");
    assert_text(table, 0, "slope_unit", "Hz/s");
    assert_text(table, 0, "verdict", "falls");
    assert_text(table, 0, "jasa", NULL);
    assert_text(table, 0, "status", "ok");
    assert_close(real(table, 0, "episode"), 3, 0);
    assert_close(real(table, 0, "onset"), 100, 1e-12);
    assert_close(real(table, 0, "duration"), N, 1e-12);
    assert_close(real(table, 0, "n"), N, 0);

    struct regression line;
    double low, high;
    assert_int_equal(regression_fit(time, value, N, 1, 0, NULL, &line, NULL), STATUS_OK);
    regression_slope_interval(&line, 0.95, &low, &high);
    assert_close(real(table, 0, "f0"), line.intercept, 0);
    assert_close(real(table, 0, "slope"), line.slope, 0);
    assert_close(real(table, 0, "slope_low"), low, 0);
    assert_close(real(table, 0, "slope_high"), high, 0);
    assert_close(real(table, 0, "normalised_slope"), 100 * line.slope / line.intercept, 1e-15);
    assert_true(real(table, 0, "normalised_slope_low") < real(table, 0, "normalised_slope"));
    assert_true(real(table, 0, "normalised_slope_high") < 0);
    assert_close(real(table, 0, "f0"), 80, 1);
    assert_close(real(table, 0, "slope"), -0.2, 0.02);
    assert_close(real(table, 0, "theil_sen"), -0.2, 0.03);
    assert_true(real(table, 0, "theil_sen_low") < -0.2 && real(table, 0, "theil_sen_high") > -0.2);
    assert_close(real(table, 0, "theil_sen_f0"), 80, 1);
    assert_true(real(table, 0, "mann_kendall_p") < 1e-6);
    assert_close(real(table, 0, "r_squared"), line.r_squared, 0);
    assert_close(real(table, 0, "autocorrelation"), line.hac.autocorrelation, 0);
    assert_close(real(table, 0, "degrees_of_freedom"), line.hac.degrees_of_freedom, 0);
    assert_close(real(table, 0, "lag"), (double)line.hac.lag, 0);

    double first = 0, last = 0;
    for (size_t i = 0; i < N / 5; i++) {
        first += value[i] / (N / 5);
        last += value[N - 1 - i] / (N / 5);
    }
    assert_close(real(table, 0, "first"), first, 1e-12);
    assert_close(real(table, 0, "last"), last, 1e-12);
    assert_close(real(table, 0, "change_percent"), 100 * (last - first) / first, 1e-12);
    table_destroy(table);
}

static void verdicts(void **state)
{
    (void)state;
    double time[N], value[N];
    struct table *table = make();
    static const double slopes[] = {0.2, -0.2, 0};
    static const char *const words[] = {"rises", "falls", "no change"};
    for (size_t i = 0; i < 3; i++) {
        falling(time, value, slopes[i]);
        struct trend_series series = series_of("mdf", time, value, N);
        append(table, &series);
        assert_text(table, i, "verdict", words[i]);
        double low = real(table, i, "slope_low"), high = real(table, i, "slope_high");
        assert_true(low < slopes[i] && slopes[i] < high);
    }
    table_destroy(table);
}

/* v = f0 exp(r t): the slope of the logarithm is r, whatever f0. */
static void logarithm(void **state)
{
    (void)state;
    double time[N], value[N];
    struct table *table = make();
    falling(time, value, 0);
    for (size_t i = 0; i < N; i++) {
        value[i] = 2e-14 * exp(0.03 * (double)i);
    }
    struct trend_series series = series_of("finsm5", time, value, N);
    series.unit = "Hz^-6";
    series.logarithm = true;
    append(table, &series);
    assert_text(table, 0, "unit", "Hz^-6");
    assert_text(table, 0, "slope_unit", "1/s");
    assert_close(real(table, 0, "slope"), 0.03, 1e-12);
    assert_close(real(table, 0, "theil_sen"), 0.03, 1e-12);
    assert_close(real(table, 0, "normalised_slope"), 3, 1e-10);
    assert_close(real(table, 0, "normalised_slope_low"), 100 * real(table, 0, "slope_low"), 1e-12);
    assert_close(real(table, 0, "f0"), 2e-14, 1e-25);
    assert_close(real(table, 0, "theil_sen_f0"), 2e-14, 1e-25);
    assert_close(real(table, 0, "first"), 2e-14 * exp(0.03 * 3.5), 1e-25);
    assert_close(real(table, 0, "change_percent"), 100 * (exp(0.03 * 32) - 1), 1e-9);
    assert_text(table, 0, "verdict", "rises");
    value[5] = 0;
    append(table, &series);
    assert_text(table, 1, "status", "values that are not positive have no logarithm");
    assert_missing(table, 1, "slope");
    table_destroy(table);
}

static void what_cannot_be_fitted(void **state)
{
    (void)state;
    double time[N], value[N];
    struct table *table = make();
    falling(time, value, 0);
    struct trend_series series = series_of("mdf", time, value, 4);
    append(table, &series);
    series.count = 0;
    append(table, &series);
    for (size_t i = 0; i < N; i++) {
        value[i] = 12.5;
    }
    series.count = N;
    append(table, &series);
    static const char *const reasons[] = {"too few epochs", "too few epochs",
                                          "all values are equal"};
    static const double counts[] = {4, 0, N};
    for (size_t row = 0; row < 3; row++) {
        assert_text(table, row, "status", reasons[row]);
        assert_text(table, row, "verdict", NULL);
        assert_close(real(table, row, "n"), counts[row], 0);
        static const char *const missing[] = {
            "f0",  "slope",     "slope_low",      "first",   "theil_sen",       "mann_kendall_p",
            "lag", "r_squared", "change_percent", "episode", "normalised_slope"};
        for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
            assert_missing(table, row, missing[i]);
        }
    }
    assert_missing(table, 1, "onset");
    assert_close(real(table, 2, "onset"), 100, 1e-12);
    table_destroy(table);
}

/* A series about 0 has a slope, but nothing to normalise it to. */
static void nothing_to_normalise_to(void **state)
{
    (void)state;
    double time[N], value[N];
    struct table *table = make();
    falling(time, value, 0.3);
    for (size_t i = 0; i < N; i++) {
        value[i] -= 80;
    }
    struct trend_series series = series_of("mdf", time, value, N);
    append(table, &series);
    assert_text(table, 0, "verdict", "rises");
    assert_missing(table, 0, "normalised_slope");
    assert_missing(table, 0, "normalised_slope_low");
    assert_true(strncmp(text(table, 0, "status"), "f0 is not", 9) == 0);
    table_destroy(table);
}

static void overlap_widens_the_epoch(void **state)
{
    (void)state;
    double time[N], value[N];
    struct table *table = make();
    falling(time, value, 0);
    struct trend_series series = series_of("mdf", time, value, N);
    series.overlap = 0.5;
    append(table, &series);
    assert_close(real(table, 0, "onset"), 99.5, 1e-12);
    assert_close(real(table, 0, "duration"), N + 1, 1e-12);
    table_destroy(table);
}

static void quadrants(void **state)
{
    (void)state;
    static const struct {
        double amplitude, frequency;
        const char *word;
    } cases[] = {{0.3, 0.3, "force up"},     {0.3, -0.3, "fatigue"}, {-0.3, 0.3, "recovery"},
                 {-0.3, -0.3, "force down"}, {0, -0.3, NULL},        {0.3, 0, NULL}};
    double time[N], value[N];
    struct table *table = make();
    for (size_t i = 0; i < 6; i++) {
        struct trend_series series = series_of("mdf", time, value, N);
        series.scope = "episode";
        series.episode = (int64_t)i + 1;
        falling(time, value, cases[i].frequency);
        append(table, &series);
        series.marker = "sen";
        append(table, &series);
        series.marker = "rms";
        falling(time, value, cases[i].amplitude);
        append(table, &series);
    }
    assert_int_equal(trend_fill_jasa(table, NULL), STATUS_OK);
    for (size_t row = 0; row < 18; row++) {
        assert_text(table, row, "jasa", cases[row / 3].word);
    }
    table_destroy(table);
}

/* arv and mnf stand in where rms and mdf are missing, and only there; scopes and channels do not
 * mix. */
static void quadrants_of_substitutes(void **state)
{
    (void)state;
    static const struct {
        const char *channel, *marker;
        double slope;
        const char *word;
    } rows[] = {{"a", "arv", 0.3, "fatigue"},   {"a", "mnf", -0.3, "fatigue"},
                {"b", "arv", 0.3, "recovery"},  {"b", "rms", -0.3, "recovery"},
                {"b", "mnf", -0.3, "recovery"}, {"b", "mdf", 0.3, "recovery"},
                {"c", "rms", 0.3, NULL},        {"d", "mdf", -0.3, NULL}};
    enum { ROWS = sizeof rows / sizeof *rows };
    double time[N], value[N];
    struct table *table = make();
    for (size_t i = 0; i < ROWS; i++) {
        struct trend_series series = series_of(rows[i].marker, time, value, N);
        series.channel = rows[i].channel;
        falling(time, value, rows[i].slope);
        append(table, &series);
    }
    assert_int_equal(trend_fill_jasa(table, NULL), STATUS_OK);
    for (size_t i = 0; i < ROWS; i++) {
        assert_text(table, i, "jasa", rows[i].word);
    }
    table_destroy(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns),
        cmocka_unit_test(a_row),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(logarithm),
        cmocka_unit_test(what_cannot_be_fitted),
        cmocka_unit_test(nothing_to_normalise_to),
        cmocka_unit_test(overlap_widens_the_epoch),
        cmocka_unit_test(quadrants),
        cmocka_unit_test(quadrants_of_substitutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
