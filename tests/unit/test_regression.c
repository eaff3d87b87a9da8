#include "unit/noise.h"
#include "unit/test.h"

#include "pipeline/signal/autoregression.h"
#include "pipeline/signal/distributions.h"
#include "pipeline/signal/regression.h"

#include <string.h>

#define N 60

static struct regression fit(const double *time, const double *value, size_t count)
{
    struct regression result;
    struct error error;
    assert_int_equal(regression_fit(time, value, count, 1, 0, NULL, &result, &error), STATUS_OK);
    return result;
}

/* Centres of epochs of 1 s, with a gap from the 20th to the 30th s. */
static void make_times(double *time, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        time[i] = (double)i + 0.5 + (i >= 20 ? 10 : 0);
    }
}

static void exact_line(void **state)
{
    (void)state;
    double time[N], value[N], low, high;
    make_times(time, N);
    for (size_t i = 0; i < N; i++) {
        value[i] = 80 - 0.25 * (time[i] - time[0]);
    }
    struct regression r = fit(time, value, N);
    assert_close(r.slope, -0.25, 1e-14);
    assert_close(r.intercept, 80, 1e-11);
    assert_close(r.r_squared, 1, 0);
    regression_slope_interval(&r, 0.95, &low, &high);
    assert_true(low == r.slope && high == r.slope);
    assert_true(regression_relative_interval(&r, 0.95, &low, &high));
    assert_close(low, -0.25 / 80, 1e-14);
    assert_close(high, -0.25 / 80, 1e-14);
    assert_close(regression_value(&r, time[7]), value[7], 1e-11);
    assert_close(regression_band(&r, time[7], 0.95), 0, 0);
}

/* Anscombe's first set (1973, Am Stat 27:17): slope 0.5001, intercept 3.0001, R² 0.6665. */
static void known_coefficients(void **state)
{
    (void)state;
    double time[] = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    double value[] = {4.26, 5.68, 7.24, 4.82, 6.95, 8.81, 8.04, 8.33, 10.84, 7.58, 9.96};
    double residuals[11], sum = 0, moment = 0;
    struct regression r;
    assert_int_equal(regression_fit(time, value, 11, 1, 0, residuals, &r, NULL), STATUS_OK);
    assert_close(r.slope, 0.50009090909090909, 1e-13);
    assert_close(regression_value(&r, 0), 3.0000909090909091, 1e-12);
    assert_close(r.intercept, 3.0000909090909091 + 4 * 0.50009090909090909, 1e-12);
    assert_close(r.r_squared, 0.66654245950809, 1e-12);
    assert_close(r.level, regression_value(&r, 9), 1e-12);
    for (size_t i = 0; i < 11; i++) {
        sum += residuals[i];
        moment += residuals[i] * time[i];
        assert_close(residuals[i], value[i] - regression_value(&r, time[i]), 1e-12);
    }
    assert_close(sum, 0, 1e-12);
    assert_close(moment, 0, 1e-11);
}

static void constant_values(void **state)
{
    (void)state;
    double time[N], value[N], low, high;
    make_times(time, N);
    for (size_t i = 0; i < N; i++) {
        value[i] = 70.1;
    }
    struct regression r = fit(time, value, N);
    assert_close(r.slope, 0, 1e-15);
    regression_slope_interval(&r, 0.95, &low, &high);
    assert_true(isfinite(low) && isfinite(high));
}

static void noisy(double *time, double *value, uint64_t seed)
{
    struct noise noise;
    noise_start(&noise, 0.4, 0, seed);
    noise_fill(&noise, value, N);
    make_times(time, N);
    for (size_t i = 0; i < N; i++) {
        value[i] += 80 - 0.1 * (time[i] - time[0]);
    }
}

/* Later in the night, in other units, upside down, and with a line added: the same answer. */
static void invariance(void **state)
{
    (void)state;
    double time[N], value[N], other[N], moved[N];
    noisy(time, value, 1);
    struct regression r = fit(time, value, N);
    assert_true(r.hac.slope > 0 && r.hac.lag == 10 && r.hac.autocorrelation > 0.1);
    for (size_t i = 0; i < N; i++) {
        moved[i] = time[i] + 43200;
        other[i] = -1e-6 * value[i];
    }
    struct regression shifted = fit(moved, value, N), scaled = fit(time, other, N);
    assert_close(shifted.slope, r.slope, 1e-12);
    assert_close(shifted.intercept, r.intercept, 1e-10);
    assert_close(shifted.hac.slope, r.hac.slope, 1e-9 * r.hac.slope);
    assert_close(scaled.slope, -1e-6 * r.slope, 1e-18);
    assert_close(scaled.hac.slope, 1e-12 * r.hac.slope, 1e-21 * r.hac.slope);
    assert_close(scaled.hac.degrees_of_freedom, r.hac.degrees_of_freedom, 1e-6);
    for (size_t i = 0; i < N; i++) {
        other[i] = value[i] + 3 * time[i];
    }
    struct regression steeper = fit(time, other, N);
    assert_close(steeper.slope, r.slope + 3, 1e-12);
    assert_close(steeper.hac.slope, r.hac.slope, 1e-6 * r.hac.slope);
    assert_close(steeper.hac.autocorrelation, r.hac.autocorrelation, 1e-6);
}

/* Seconds or hours: the slope and its variance follow the unit of time. */
static void time_unit(void **state)
{
    (void)state;
    double time[N], value[N], hours[N];
    noisy(time, value, 2);
    struct regression r = fit(time, value, N), h;
    for (size_t i = 0; i < N; i++) {
        hours[i] = time[i] / 3600;
    }
    assert_int_equal(regression_fit(hours, value, N, 1.0 / 3600, 0, NULL, &h, NULL), STATUS_OK);
    assert_close(h.slope, 3600 * r.slope, 1e-9);
    assert_close(h.hac.slope, 3600.0 * 3600 * r.hac.slope, 1e-3 * r.hac.slope);
    assert_close(h.intercept, r.intercept, 1e-10);
}

static void intervals(void **state)
{
    (void)state;
    double time[N], value[N], low, high, wide_low, wide_high;
    noisy(time, value, 3);
    struct regression r = fit(time, value, N);
    double t = student_quantile(0.975, r.hac.degrees_of_freedom);
    regression_slope_interval(&r, 0.95, &low, &high);
    assert_close(high - r.slope, t * sqrt(r.hac.slope), 1e-12);
    assert_close(r.slope - low, high - r.slope, 1e-12);
    regression_slope_interval(&r, 0.99, &wide_low, &wide_high);
    assert_true(wide_low < low && wide_high > high);
    assert_close(regression_band(&r, r.centre, 0.95), t * sqrt(r.hac.level), 1e-12);
    assert_true(regression_band(&r, time[0], 0.95) > regression_band(&r, r.centre, 0.95));

    /* Fieller: at its ends slope − θ F0 is t standard errors from 0. */
    double relative[2];
    assert_true(regression_relative_interval(&r, 0.95, &relative[0], &relative[1]));
    assert_true(relative[0] < r.slope / r.intercept && r.slope / r.intercept < relative[1]);
    double x = r.start - r.centre;
    double start = r.hac.level + 2 * x * r.hac.covariance + x * x * r.hac.slope;
    double cross = r.hac.covariance + x * r.hac.slope;
    for (int k = 0; k < 2; k++) {
        double theta = relative[k], difference = r.slope - theta * r.intercept;
        double variance = r.hac.slope - 2 * theta * cross + theta * theta * start;
        assert_close(difference * difference / variance, t * t, 1e-6);
    }
}

/* The normalised slope leaves out 0 exactly when the slope does; without an F0 there is none. */
static void normalised_agrees(void **state)
{
    (void)state;
    double time[N], value[N];
    size_t decided = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        double low, high, relative_low, relative_high;
        noisy(time, value, seed);
        for (size_t i = 0; i < N; i++) {
            value[i] = 10 + (value[i] - 80) + 0.09 * (time[i] - time[0]);
        }
        struct regression r = fit(time, value, N);
        regression_slope_interval(&r, 0.95, &low, &high);
        assert_true(regression_relative_interval(&r, 0.95, &relative_low, &relative_high));
        assert_int_equal(low > 0, relative_low > 0);
        assert_int_equal(high < 0, relative_high < 0);
        decided += low > 0 || high < 0;
        for (size_t i = 0; i < N; i++) {
            value[i] -= 10;
        }
        r = fit(time, value, N);
        assert_false(regression_relative_interval(&r, 0.95, &relative_low, &relative_high) &&
                     r.intercept <= 0);
        r = fit(time, value, 4);
        if (!regression_relative_interval(&r, 0.95, &relative_low, &relative_high)) {
            assert_true(isnan(relative_low) && isnan(relative_high));
        }
    }
    assert_true(decided > 5 && decided < 195);
}

static void positions_on_the_grid(void **state)
{
    (void)state;
    double time[] = {100.25, 100.5, 100.751, 102.0, 102.001, 1e9};
    int64_t positions[6];
    autoregression_positions(time, 6, 0.25, positions);
    int64_t expected[] = {0, 1, 2, 7, 8, (int64_t)((1e9 - 100.25) / 0.25)};
    assert_memory_equal(positions, expected, sizeof expected);
    assert_int_equal(autoregression_pairs(positions, 6), 3);
}

/* Recursion against the double sum, with gaps and overlap. */
static void apply_is_the_matrix(void **state)
{
    (void)state;
    double x[N], got[N], time[N];
    int64_t positions[N];
    struct noise noise;
    noise_start(&noise, 0, 0, 4);
    noise_fill(&noise, x, N);
    make_times(time, N);
    for (size_t i = 40; i < N; i++) {
        time[i] += (double)(2 * (i - 40));
    }
    autoregression_positions(time, N, 1, positions);
    static const double overlaps[] = {0, 0.5, 0.6, 2.0 / 3, 0.9};
    static const double phis[] = {-0.9, -0.3, 0, 0.3, 0.97};
    for (size_t o = 0; o < 5; o++) {
        struct epoch_overlap overlap = autoregression_overlap(overlaps[o]);
        for (size_t p = 0; p < 5; p++) {
            autoregression_apply(&overlap, phis[p], positions, x, N, got);
            for (size_t i = 0; i < N; i++) {
                double sum = 0, size = 0;
                for (size_t j = 0; j < N; j++) {
                    double gamma = autoregression_covariance(&overlap, phis[p],
                                                             llabs(positions[i] - positions[j]));
                    sum += gamma * x[j];
                    size += fabs(gamma * x[j]);
                }
                assert_close(got[i], sum, 1e-12 * size);
            }
        }
    }
}

static void overlap_of_epochs(void **state)
{
    (void)state;
    struct epoch_overlap o = autoregression_overlap(0);
    assert_int_equal(o.shared, 0);
    o = autoregression_overlap(0.75);
    assert_int_equal(o.shared, 3);
    for (size_t k = 0; k <= 3; k++) {
        assert_close(o.correlation[k], 1 - (double)k / 4, 1e-12);
    }
    assert_int_equal(autoregression_overlap(2.0 / 3).shared, 2);
    assert_int_equal(autoregression_overlap(0.9999).shared, AUTOREGRESSION_SHARED_MAX);
    /* AR(1) alone: φ^l / (1 − φ²). */
    o = autoregression_overlap(0);
    assert_close(autoregression_covariance(&o, 0.5, 3), 0.125 / 0.75, 1e-15);
    /* Independent blocks under overlap of one half: 1, ½, 0. */
    o = autoregression_overlap(0.5);
    assert_close(autoregression_covariance(&o, 0, 1), 0.5, 1e-15);
    assert_close(autoregression_covariance(&o, 0, 2), 0, 1e-15);
}

/* The match has little bias where the plain first autocorrelation has −(2 + 4φ)/n, here up to
 * −0.11, and far more from overlap. */
static void match_is_unbiased(void **state)
{
    (void)state;
    enum { COUNT = 40, SERIES = 2000 };
    static const double phis[] = {-0.3, 0, 0.3, 0.6};
    double time[COUNT], value[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        time[i] = (double)i;
    }
    for (size_t p = 0; p < 4; p++) {
        for (size_t shared = 0; shared < 2; shared++) {
            struct noise noise;
            double sum = 0;
            noise_start(&noise, phis[p], shared, 5);
            for (size_t k = 0; k < SERIES; k++) {
                struct regression r;
                noise_fill(&noise, value, COUNT);
                regression_fit(time, value, COUNT, 1, shared ? 0.5 : 0, NULL, &r, NULL);
                sum += r.hac.autocorrelation;
            }
            assert_close(sum / SERIES, phis[p], 0.06);
        }
    }
}

/* A gap separates: the two halves of a series with a long pause have no pairs across. Without the
 * gap the same residuals give another estimate. */
static void gaps_separate(void **state)
{
    (void)state;
    double x[N], residuals[N];
    int64_t near[N], far[N];
    struct noise noise;
    noise_start(&noise, 0.6, 0, 6);
    noise_fill(&noise, residuals, N);
    double mean = 0, moment = 0, squares = 0;
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)i - (N - 1) / 2.0;
        near[i] = (int64_t)i;
        far[i] = (int64_t)(i < N / 2 ? i : i + 100000);
        mean += residuals[i] / N;
        moment += x[i] * residuals[i];
        squares += x[i] * x[i];
    }
    for (size_t i = 0; i < N; i++) {
        residuals[i] -= mean + moment / squares * x[i];
    }
    struct newey_west together, apart;
    assert_int_equal(newey_west_estimate(x, residuals, near, N, 0, &together, NULL), STATUS_OK);
    assert_int_equal(newey_west_estimate(x, residuals, far, N, 0, &apart, NULL), STATUS_OK);
    assert_true(fabs(together.slope / apart.slope - 1) > 1e-3);
    /* How far the gap is does not matter once it is far. */
    for (size_t i = N / 2; i < N; i++) {
        far[i] += 1000000;
    }
    struct newey_west farther;
    assert_int_equal(newey_west_estimate(x, residuals, far, N, 0, &farther, NULL), STATUS_OK);
    assert_close(farther.slope, apart.slope, 1e-12 * apart.slope);
}

static void lag_rule(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        double overlap;
        size_t lag;
    } cases[] = {{5, 0, 1},    {10, 0, 2},    {30, 0, 6},    {100, 0, 13},
                 {400, 0, 26}, {30, 0.75, 6}, {10, 0.75, 6}, {5, 0.75, 4}};
    double time[400], value[400];
    struct noise noise;
    noise_start(&noise, 0, 0, 7);
    noise_fill(&noise, value, 400);
    for (size_t i = 0; i < 400; i++) {
        time[i] = (double)i;
    }
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct regression r;
        regression_fit(time, value, cases[k].count, 1, cases[k].overlap, NULL, &r, NULL);
        assert_int_equal(r.hac.lag, cases[k].lag);
        assert_true(r.hac.degrees_of_freedom >= 1 &&
                    r.hac.degrees_of_freedom < (double)cases[k].count);
    }
}

/* In white noise the standard error is that of textbooks, on average. */
static void white_noise_variance(void **state)
{
    (void)state;
    enum { COUNT = 50, SERIES = 3000 };
    double time[COUNT], value[COUNT], sum = 0, square = 0;
    struct noise noise;
    noise_start(&noise, 0, 0, 8);
    for (size_t i = 0; i < COUNT; i++) {
        time[i] = (double)i;
        square += (time[i] - (COUNT - 1) / 2.0) * (time[i] - (COUNT - 1) / 2.0);
    }
    for (size_t k = 0; k < SERIES; k++) {
        noise_fill(&noise, value, COUNT);
        sum += fit(time, value, COUNT).hac.slope;
    }
    assert_close(sum / SERIES * square, 1, 0.12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_line),
        cmocka_unit_test(known_coefficients),
        cmocka_unit_test(constant_values),
        cmocka_unit_test(invariance),
        cmocka_unit_test(time_unit),
        cmocka_unit_test(intervals),
        cmocka_unit_test(normalised_agrees),
        cmocka_unit_test(positions_on_the_grid),
        cmocka_unit_test(apply_is_the_matrix),
        cmocka_unit_test(overlap_of_epochs),
        cmocka_unit_test(match_is_unbiased),
        cmocka_unit_test(gaps_separate),
        cmocka_unit_test(lag_rule),
        cmocka_unit_test(white_noise_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
