#include "unit/test.h"

#include "formats/delimited/clock.h"

#include <stdbool.h>

#define COUNT 3000

static double times[COUNT];

static double uniform(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) * 0x1p-53;
}

/* Times of a regular clock, written with so many decimals. */
static void fill(double rate, double start, int decimals)
{
    double place = pow(10, decimals);
    for (size_t i = 0; i < COUNT; i++) {
        times[i] = rint((start + (double)i / rate) * place) / place;
    }
}

static void rounded_times_give_the_rate(void **state)
{
    (void)state;
    static const double rates[] = {1000, 2000, 2048,  200,   250,  500,
                                   1024, 4000, 10240, 44100, 100.5};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        for (int decimals = 3; decimals <= 9; decimals++) {
            struct text_clock clock;
            if (pow(10, decimals) < rates[r]) {
                continue; /* several samples a tick: next test */
            }
            fill(rates[r], r * 100.0, decimals);
            assert_true(text_clock_estimate(&clock, times, COUNT, pow(10, -decimals)));
            assert_close(clock.rate, rates[r], rates[r] * pow(10, -decimals));
        }
    }
    struct text_clock clock;
    fill(1259.259, 0, 9);
    assert_true(text_clock_estimate(&clock, times, COUNT, 1e-9));
    assert_true(clock.rate == 1259.259);
    fill(1000, 1669108500, 3); /* seconds since 1970 */
    assert_true(text_clock_estimate(&clock, times, COUNT, 1e-3));
    assert_true(clock.rate == 1000);
    fill(2000, 0, 3);
    assert_true(text_clock_estimate(&clock, times, COUNT, 1e-3));
    assert_true(clock.rate == 2000);
}

/* Runs the clock over the times; returns how many samples it misses. */
static uint64_t run(struct text_clock *clock, size_t count)
{
    uint64_t sum = 0, lost;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(text_clock_tick(clock, times[i], &lost), TICK_REGULAR);
        sum += lost;
    }
    return sum;
}

static void jumps_do_not_bend_the_rate(void **state)
{
    (void)state;
    struct text_clock clock;
    fill(1000, 0, 4);
    for (size_t i = 700; i < COUNT; i++) {
        times[i] += 12.3456;
    }
    for (size_t i = 2000; i < COUNT; i++) {
        times[i] += 0.001; /* one sample */
    }
    assert_true(text_clock_estimate(&clock, times, COUNT, 1e-4));
    assert_true(clock.rate == 1000);
    assert_int_equal(run(&clock, COUNT), 12346 + 1);
    assert_true(fabs(text_clock_drift(&clock)) < 1e-3);
}

static void jitter_is_no_gap(void **state)
{
    (void)state;
    struct text_clock clock;
    uint64_t seed = 99;
    fill(1000, 0, 9);
    for (size_t i = 0; i < COUNT; i++) {
        times[i] += 0.0004 * uniform(&seed);
    }
    assert_true(text_clock_estimate(&clock, times, COUNT, 1e-9));
    assert_close(clock.rate, 1000, 0.5);
    assert_int_equal(run(&clock, COUNT), 0);
    /* Times that come in packets: ten samples have the time of the last. */
    fill(200, 0, 9);
    for (size_t i = 0; i < COUNT; i++) {
        times[i] = rint(1e3 * (double)(i / 10 * 10 + 9) / 200) / 1e3;
    }
    assert_true(text_clock_estimate(&clock, times, COUNT, 1e-3));
    assert_close(clock.rate, 200, 0.2);
    assert_int_equal(run(&clock, COUNT), 0);
    assert_true(clock.worst > 0.5 / 200);
    assert_true(fabs(text_clock_drift(&clock)) <= clock.tolerance);
}

static void faults(void **state)
{
    (void)state;
    struct text_clock clock = {.rate = 100, .tolerance = 0.005};
    uint64_t lost;
    assert_int_equal(text_clock_tick(&clock, NAN, &lost), TICK_REGULAR);
    assert_int_equal(text_clock_tick(&clock, 5, &lost), TICK_REGULAR);
    assert_int_equal(text_clock_tick(&clock, NAN, &lost), TICK_REGULAR);
    assert_int_equal(text_clock_tick(&clock, 5.02, &lost), TICK_REGULAR);
    assert_int_equal(lost, 0);
    assert_int_equal(text_clock_tick(&clock, 5.05, &lost), TICK_REGULAR);
    assert_int_equal(lost, 2);
    assert_int_equal(text_clock_tick(&clock, 5.04, &lost), TICK_BACKWARDS);
    assert_int_equal(text_clock_tick(&clock, 90000, &lost), TICK_TOO_FAR);
    const double still[] = {1, 1, 1, 1}, back[] = {3, 2, 1}, one[] = {1, NAN, NAN},
                 huge[] = {-1e308, 1e308, INFINITY};
    assert_false(text_clock_estimate(&clock, still, 4, 0.1));
    assert_false(text_clock_estimate(&clock, back, 3, 0.1));
    assert_false(text_clock_estimate(&clock, one, 3, 0.1));
    assert_false(text_clock_estimate(&clock, one, 0, 0.1));
    assert_false(text_clock_estimate(&clock, huge, 3, 0.1));
}

/* Only times go in equal steps. */
static void evenness(void **state)
{
    (void)state;
    fill(1000, 0, 3);
    assert_true(text_clock_is_even(times, COUNT, 1e-3));
    fill(1259.259, 7, 6);
    assert_true(text_clock_is_even(times, COUNT, 1e-6));
    times[COUNT / 2] += 1e-5;
    assert_false(text_clock_is_even(times, COUNT, 1e-6));
    for (size_t i = 0; i < COUNT; i++) {
        times[i] = (double)i;
    }
    assert_false(text_clock_is_even(times, COUNT, 1)); /* an index */
    uint64_t seed = 3;
    bool even = false;
    for (size_t i = 0; i < COUNT; i++) {
        times[i] = i > 0 ? times[i - 1] + rint(10 * uniform(&seed)) / 1000 : 0;
    }
    for (size_t i = 0; i + 20 < COUNT; i++) {
        even = even || text_clock_is_even(times + i, 20, 1e-3);
    }
    assert_false(even);
    assert_false(text_clock_is_even(times, 2, 1e-3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounded_times_give_the_rate),
        cmocka_unit_test(jumps_do_not_bend_the_rate),
        cmocka_unit_test(jitter_is_no_gap),
        cmocka_unit_test(faults),
        cmocka_unit_test(evenness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
