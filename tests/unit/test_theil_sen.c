#include "unit/noise.h"
#include "unit/test.h"

#include "pipeline/signal/inversions.h"
#include "pipeline/signal/mann_kendall.h"
#include "pipeline/signal/theil_sen.h"

#include <string.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All slopes, ascending; to be freed. */
static double *all_slopes(const double *time, const double *value, size_t count)
{
    size_t pairs = count * (count - 1) / 2, k = 0;
    double *slopes = malloc(pairs * sizeof *slopes);
    assert_non_null(slopes);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            slopes[k++] = (value[j] - value[i]) / (time[j] - time[i]);
        }
    }
    qsort(slopes, pairs, sizeof *slopes, compare);
    return slopes;
}

enum kind { NORMAL, WHOLE, LINE, MOSTLY_ZERO, WILD, STEPS, KINDS };

static void make_series(enum kind kind, double *time, double *value, size_t count, uint64_t seed)
{
    struct noise noise;
    double now = kind == STEPS ? 50000 : 0;
    noise_start(&noise, 0, 0, seed);
    for (size_t i = 0; i < count; i++) {
        now +=
            1 + (random_uniform(&noise.random) < 0.1 ? floor(50 * noise_normal(&noise) + 200) : 0);
        double normal = noise_normal(&noise);
        time[i] = now + 0.5;
        switch (kind) {
        case NORMAL:
            value[i] = 80 + normal;
            break;
        case WHOLE:
            value[i] = floor(3 * normal);
            break;
        case LINE:
            value[i] = 80 - 0.1 * time[i];
            break;
        case MOSTLY_ZERO:
            value[i] = random_uniform(&noise.random) < 0.7 ? 0 : 1e-14 * normal;
            break;
        case WILD:
            value[i] = exp(5 * normal);
            break;
        default:
            value[i] = 100 - 0.01 * time[i] + 0.25 * floor(8 * normal);
            break;
        }
    }
}

/* Every order statistic asked for, from few epochs (all slopes listed) to many (searched for). */
static void every_pair(void **state)
{
    (void)state;
    static const size_t counts[] = {2, 3, 5, 20, 127, 129, 200, 450};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        size_t n = counts[c];
        double time[450], value[450];
        for (enum kind kind = NORMAL; kind < KINDS; kind++) {
            make_series(kind, time, value, n, 10 * c + kind);
            double *slopes = all_slopes(time, value, n), largest = 0;
            struct theil_sen *theil_sen;
            assert_int_equal(theil_sen_create(time, value, n, &theil_sen, NULL), STATUS_OK);
            size_t pairs = n * (n - 1) / 2;
            assert_int_equal(theil_sen_pairs(theil_sen), pairs);
            for (size_t i = 0; i < n; i++) {
                largest = fmax(largest, fabs(value[i]));
            }
            /* Equal but for the rounding of y − m t. */
            double tolerance = 1e-14 * largest;
            for (size_t q = 0; q <= 12; q++) {
                size_t k = (pairs - 1) * q / 12;
                assert_close(theil_sen_select(theil_sen, k), slopes[k], tolerance);
            }
            double median = 0.5 * (slopes[(pairs - 1) / 2] + slopes[pairs / 2]);
            assert_close(theil_sen_slope(theil_sen), median, tolerance);
            theil_sen_destroy(theil_sen);
            free(slopes);
        }
    }
}

static double slope_of(const double *time, const double *value, size_t count)
{
    struct theil_sen *theil_sen;
    assert_int_equal(theil_sen_create(time, value, count, &theil_sen, NULL), STATUS_OK);
    double slope = theil_sen_slope(theil_sen);
    theil_sen_destroy(theil_sen);
    return slope;
}

static void invariance(void **state)
{
    (void)state;
    enum { N = 300 };
    double time[N], value[N], other[N], later[N];
    make_series(NORMAL, time, value, N, 1);
    double slope = slope_of(time, value, N);
    for (size_t i = 0; i < N; i++) {
        other[i] = 2 * value[i] - 0.5 * time[i] + 7;
        later[i] = time[i] + 40000;
    }
    assert_close(slope_of(time, other, N), 2 * slope - 0.5, 1e-11);
    assert_close(slope_of(later, value, N), slope, 1e-11);
}

/* A quarter of the epochs thrown far out does not carry the slope away; least squares would go. */
static void resists_outliers(void **state)
{
    (void)state;
    enum { N = 400 };
    double time[N], value[N];
    make_series(NORMAL, time, value, N, 2);
    for (size_t i = 0; i < N; i++) {
        time[i] = (double)i;
        value[i] = 0.01 * value[i] - 0.2 * time[i] + (i % 4 == 3 && i > N / 2 ? 1e6 : 0);
    }
    assert_close(slope_of(time, value, N), -0.2, 0.02);
}

static void interval_encloses(void **state)
{
    (void)state;
    enum { N = 500 };
    double time[N], value[N], low, high, wide_low, wide_high;
    make_series(STEPS, time, value, N, 3);
    struct theil_sen *theil_sen;
    assert_int_equal(theil_sen_create(time, value, N, &theil_sen, NULL), STATUS_OK);
    double *slopes = all_slopes(time, value, N), pairs = N * (N - 1) / 2.0;
    double critical = 1.96 * sqrt(N * (N - 1.0) * (2 * N + 5) / 18);
    theil_sen_interval(theil_sen, critical, &low, &high);
    assert_close(low, slopes[(size_t)round((pairs - critical) / 2) - 1], 1e-12);
    assert_close(high, slopes[(size_t)round((pairs + critical) / 2)], 1e-12);
    double slope = theil_sen_slope(theil_sen);
    assert_true(low <= slope && slope <= high);
    theil_sen_interval(theil_sen, 2 * critical, &wide_low, &wide_high);
    assert_true(wide_low < low && wide_high > high);
    theil_sen_interval(theil_sen, 1e9, &low, &high);
    assert_true(low == slopes[0] && high == slopes[(size_t)pairs - 1]);
    theil_sen_destroy(theil_sen);
    free(slopes);
}

/* A day of epochs, and the same answer whatever was asked before. */
static void a_day(void **state)
{
    (void)state;
    enum { N = 86400 };
    double *time = malloc(N * sizeof *time), *value = malloc(N * sizeof *value), low, high;
    assert_true(time && value);
    struct noise noise;
    noise_start(&noise, 0.5, 0, 4);
    noise_fill(&noise, value, N);
    for (size_t i = 0; i < N; i++) {
        time[i] = (double)i + 0.5;
        value[i] += 80 - 1e-4 * time[i];
    }
    struct theil_sen *theil_sen;
    assert_int_equal(theil_sen_create(time, value, N, &theil_sen, NULL), STATUS_OK);
    theil_sen_interval(theil_sen, 3e7, &low, &high);
    double slope = theil_sen_slope(theil_sen);
    assert_true(low < slope && slope < high);
    theil_sen_destroy(theil_sen);
    assert_true(slope == slope_of(time, value, N));
    assert_close(slope, -1e-4, 2e-6);
    /* As many slopes above as below: one value moved across would tell. */
    double *rotated = malloc(N * sizeof *rotated), *scratch = malloc(N * sizeof *scratch);
    assert_true(rotated && scratch);
    for (size_t i = 0; i < N; i++) {
        rotated[i] = value[i] - slope * (time[i] - 43200);
    }
    double below = (double)inversions_count(rotated, N, scratch), pairs = N * (N - 1.0) / 2;
    assert_close(below, pairs / 2, 2);
    free(rotated);
    free(scratch);
    free(time);
    free(value);
}

static void count_by_hand(const double *value, size_t count, int64_t *s, uint64_t *ties)
{
    *s = 0;
    *ties = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            *s += (value[j] > value[i]) - (value[j] < value[i]);
            *ties += value[j] == value[i];
        }
    }
}

static void inversions(void **state)
{
    (void)state;
    for (size_t n = 1; n < 200; n += 7) {
        double time[200], value[200], sorted[200], scratch[200];
        make_series(WHOLE, time, value, n, n);
        int64_t s;
        uint64_t ties;
        count_by_hand(value, n, &s, &ties);
        memcpy(sorted, value, sizeof sorted);
        int64_t discordant = (int64_t)inversions_count(sorted, n, scratch);
        assert_int_equal(inversions_ties(sorted, n), ties);
        assert_int_equal((int64_t)(n * (n - 1) / 2 - ties) - 2 * discordant, s);
        for (size_t i = 1; i < n; i++) {
            assert_true(sorted[i - 1] <= sorted[i]);
        }
    }
}

static struct mann_kendall test_of(const double *time, const double *value, size_t count)
{
    struct mann_kendall result;
    double slope = slope_of(time, value, count);
    assert_int_equal(mann_kendall_test(time, value, count, 1, 0, slope, &result, NULL), STATUS_OK);
    return result;
}

static void mann_kendall_counts(void **state)
{
    (void)state;
    double time[200], value[200];
    for (size_t n = 4; n < 200; n += 9) {
        int64_t s;
        uint64_t ties;
        make_series(WHOLE, time, value, n, n);
        count_by_hand(value, n, &s, &ties);
        struct mann_kendall test = test_of(time, value, n);
        assert_int_equal(test.s, s);
        assert_true(test.p > 0 && test.p <= 1);
    }
    /* No ties: n (n − 1) (2n + 5) / 18. Two groups of 3: less 2 × 3 × 2 × 11 / 18. */
    double line[] = {1, 2, 3, 4, 5, 6}, tied[] = {1, 1, 1, 2, 2, 2};
    assert_close(test_of(line, line, 6).variance_free, 6 * 5 * 17 / 18.0, 1e-12);
    assert_close(test_of(line, tied, 6).variance_free, (6 * 5 * 17 - 2 * 3 * 2 * 11) / 18.0, 1e-12);
    assert_int_equal(test_of(line, line, 6).s, 15);
    assert_int_equal(test_of(line, tied, 6).s, 9);
    assert_close(test_of(line, tied, 6).tau, 1, 0);
}

/* Where a line meets all values nothing is known of autocorrelation: the plain normal test. */
static void mann_kendall_of_a_line(void **state)
{
    (void)state;
    double time[11], value[11];
    for (size_t i = 0; i < 11; i++) {
        time[i] = (double)i;
        value[i] = 0.1 * (double)i - 3;
    }
    struct mann_kendall test = test_of(time, value, 11);
    assert_close(test.inflation, 1, 0);
    double z = (55 - 1) / sqrt(11 * 10 * 27 / 18.0);
    assert_close(test.p, erfc(z / sqrt(2)), 1e-12);
    for (size_t i = 0; i < 11; i++) {
        value[i] = 5;
    }
    test = test_of(time, value, 11);
    assert_int_equal(test.s, 0);
    assert_true(test.p == 1);
}

/* The level at which p says so is the level that the critical S keeps. */
static void critical_agrees_with_p(void **state)
{
    (void)state;
    double time[64], value[64];
    size_t significant = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        size_t n = 6 + seed % 58;
        make_series(NORMAL, time, value, n, seed);
        for (size_t i = 0; i < n; i++) {
            value[i] -= 0.3 * sqrt((double)i);
        }
        struct mann_kendall test = test_of(time, value, n);
        bool rejected = test.p < 0.05;
        bool beyond = fabs((double)test.s) - 1 > mann_kendall_critical(&test, 0.95);
        assert_int_equal(rejected, beyond);
        significant += rejected;
    }
    assert_true(significant > 30 && significant < 270);
}

static void mann_kendall_symmetry(void **state)
{
    (void)state;
    enum { N = 90 };
    double time[N], value[N], other[N];
    make_series(NORMAL, time, value, N, 9);
    struct mann_kendall test = test_of(time, value, N);
    for (size_t i = 0; i < N; i++) {
        other[i] = -value[i];
    }
    struct mann_kendall mirrored = test_of(time, other, N);
    assert_int_equal(mirrored.s, -test.s);
    assert_close(mirrored.p, test.p, 1e-9);
    for (size_t i = 0; i < N; i++) {
        other[i] = value[i] + 1000 - 3e-9 * time[i];
    }
    assert_close(test_of(time, other, N).p, test.p, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair),
        cmocka_unit_test(invariance),
        cmocka_unit_test(resists_outliers),
        cmocka_unit_test(interval_encloses),
        cmocka_unit_test(a_day),
        cmocka_unit_test(inversions),
        cmocka_unit_test(mann_kendall_counts),
        cmocka_unit_test(mann_kendall_of_a_line),
        cmocka_unit_test(critical_agrees_with_p),
        cmocka_unit_test(mann_kendall_symmetry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
