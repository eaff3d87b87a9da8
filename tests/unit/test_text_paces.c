/* Counters of samples, and dates and clock times, as text tables have them. */
#include "unit/test.h"

#include "formats/delimited/counter.h"
#include "formats/delimited/moment.h"
#include "formats/delimited/preamble.h"

#include <string.h>

static const uint64_t moduli[] = {16, 256, 201, 101, 65536, 0};

/* Feeds counts; the sum of what is lost. */
static uint64_t feed(struct text_counter *counter, const double *counts, size_t count)
{
    uint64_t sum = 0, lost;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(text_counter_tick(counter, counts[i], &lost), COUNT_REGULAR);
        sum += lost;
    }
    return sum;
}

/* Every modulus and step is learnt, and whatever is left out is found missing. */
static void counters_tell_what_is_lost(void **state)
{
    (void)state;
    static const struct {
        uint64_t modulus, step;
        unsigned shared;
    } devices[] = {{16, 1, 1}, {256, 1, 1}, {256, 2, 1}, {201, 1, 1}, {101, 1, 2}, {65536, 1, 1}};
    enum { COUNT = 150000 };
    double *counts = malloc(COUNT * sizeof *counts);
    assert_non_null(counts);
    for (size_t d = 0; d < sizeof devices / sizeof *devices; d++) {
        size_t used = 0;
        uint64_t left_out = 0;
        for (size_t i = 0; i < COUNT; i++) {
            if (i % 991 >= 10 && i % 991 < 10 + i % 7) {
                left_out++;
                continue;
            }
            counts[used++] = (double)(i / devices[d].shared * devices[d].step % devices[d].modulus);
        }
        struct text_counter counter;
        text_counter_learn(&counter, counts, devices[d].modulus > 1000 ? 1000 : 2000, moduli);
        assert_int_equal(counter.modulus, devices[d].modulus > 1000 ? 0 : devices[d].modulus);
        assert_int_equal(counter.step, devices[d].step);
        assert_int_equal(counter.per_count, devices[d].shared);
        assert_int_equal(feed(&counter, counts, used), left_out);
    }
    free(counts);
}

/* Even where most packets are lost, the step is that of the device. */
static void losses_are_no_step(void **state)
{
    (void)state;
    double counts[300];
    for (size_t i = 0; i < 300; i++) {
        counts[i] = (double)((2 * i - i / 5) % 256);
    }
    struct text_counter counter;
    text_counter_learn(&counter, counts, 300, moduli);
    assert_int_equal(counter.step, 1);
    assert_int_equal(feed(&counter, counts, 10), 8);
}

static void restarts_are_no_loss(void **state)
{
    (void)state;
    static const double counts[] = {1000, 1001, 1002};
    struct text_counter counter;
    uint64_t lost;
    text_counter_learn(&counter, counts, 3, moduli);
    assert_int_equal(counter.modulus, 0);
    feed(&counter, counts, 3);
    assert_int_equal(text_counter_tick(&counter, 0, &lost), COUNT_RESTARTED);
    assert_int_equal(lost, 0);
    assert_int_equal(text_counter_tick(&counter, 0, &lost), COUNT_REPEATED);
    assert_int_equal(text_counter_tick(&counter, 1, &lost), COUNT_REGULAR);
    assert_int_equal(lost, 0);
    assert_int_equal(text_counter_tick(&counter, NAN, &lost), COUNT_REGULAR);
    assert_int_equal(text_counter_tick(&counter, 3, &lost), COUNT_REGULAR);
    assert_int_equal(lost, 0);
    assert_int_equal(text_counter_tick(&counter, -4, &lost), COUNT_REGULAR);
    assert_int_equal(lost, 0);
}

static void moments(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum text_moment_kind kind;
        int64_t seconds;
        double fraction;
    } cases[] = {
        {"2026-11-22T10:00:00.125Z", TEXT_MOMENT_FULL, 1795341600, 0.125},
        {"2026-11-22 10:00:00,5", TEXT_MOMENT_FULL, 1795341600, 0.5},
        {"2026/11/22 10:00:00", TEXT_MOMENT_FULL, 1795341600, 0},
        {"2025-08-26T17:29:12.325+07:00", TEXT_MOMENT_FULL, 1756229352, 0.325},
        {"22.11.2026 10:00:00", TEXT_MOMENT_FULL, 1795341600, 0},
        {"11/22/2026 10:00:00 AM", TEXT_MOMENT_FULL, 1795341600, 0},
        {"11/22/2026 12:00:01 PM", TEXT_MOMENT_FULL, 1795348801, 0},
        {"3/4/2012 1:02:03 PM", TEXT_MOMENT_FULL, 1330866123, 0},
        {"22/11/2026 10:00:00", TEXT_MOMENT_FULL, 1795341600, 0},
        {"2024-2-29", TEXT_MOMENT_DATE, 1709164800, 0},
        {"15:15:28.048", TEXT_MOMENT_CLOCK, 54928, 0.048},
        {"9:00:00", TEXT_MOMENT_CLOCK, 32400, 0},
        {"15:00:00.123456789012", TEXT_MOMENT_CLOCK, 54000, 0.123456789},
        {"3/4/2012 13:02:03", TEXT_MOMENT_NONE, 0, 0}, /* March or April? */
        {"2023-02-29", TEXT_MOMENT_NONE, 0, 0},
        {"24:00:00", TEXT_MOMENT_NONE, 0, 0},
        {"10:60:00", TEXT_MOMENT_NONE, 0, 0},
        {"10:00", TEXT_MOMENT_NONE, 0, 0},
        {"2026-11-22T10:00:00 x", TEXT_MOMENT_NONE, 0, 0},
        {"", TEXT_MOMENT_NONE, 0, 0},
        {"2026", TEXT_MOMENT_NONE, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_moment moment;
        bool found = text_moment_from(cases[i].text, &moment);
        if (found != (cases[i].kind != TEXT_MOMENT_NONE) ||
            (found && (moment.kind != cases[i].kind || moment.seconds != cases[i].seconds ||
                       fabs(moment.fraction - cases[i].fraction) > 1e-9))) {
            print_error("'%s': %d, kind %d, %lld s, %.9f\n", cases[i].text, found, (int)moment.kind,
                        (long long)moment.seconds, moment.fraction);
            fail();
        }
    }
}

static void numbers_behind_keys(void **state)
{
    (void)state;
    assert_close(text_number_after("%Sample Rate = 250.0 Hz", "sample rate"), 250, 0);
    assert_close(text_number_after("Sampling frequency: 1.259259e+003 Number", "frequency:"),
                 1259.259, 0);
    assert_close(text_number_after("frequency,1500Hz", "frequency"), 1500, 0);
    assert_close(text_number_after("Frequenz: 1925,926 Hz", "Frequenz"), 1925.926, 0);
    assert_true(isnan(text_number_after("Frequency: high", "frequency")));
    assert_true(isnan(text_number_after("Frequency", "frequency")));
    assert_true(isnan(text_number_after("nothing", "frequency")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_tell_what_is_lost), cmocka_unit_test(losses_are_no_step),
        cmocka_unit_test(restarts_are_no_loss),       cmocka_unit_test(moments),
        cmocka_unit_test(numbers_behind_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
