/* Spans, epochs kept, amplitudes in steps: values whose answers are known. */
#include "unit/signals.h"
#include "unit/test.h"

#include "pipeline/analysis/mvc.h"
#include "pipeline/signal/history.h"
#include "pipeline/signal/power_steps.h"

#include <string.h>

static void spans_of(struct spans *spans, const double (*pairs)[2], size_t count)
{
    *spans = (struct spans){0};
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(spans_add(spans, pairs[i][0], pairs[i][1], NULL), STATUS_OK);
    }
    spans_merge(spans);
}

static void spans_join_and_cover(void **state)
{
    (void)state;
    static const double pairs[][2] = {{20, 30}, {5, 6}, {6, 8},   {25, 40},
                                      {9, 9},   {9, 3}, {NAN, 4}, {50, INFINITY}};
    struct spans spans;
    spans_of(&spans, pairs, 8);
    assert_int_equal(spans.count, 3);
    assert_close(spans.list[0].from, 5, 0);
    assert_close(spans.list[0].to, 8, 0);
    assert_close(spans.list[1].to, 40, 0);
    assert_close(spans_covered(&spans, 0, 60), 3 + 20 + 10, 1e-12);
    assert_close(spans_covered(&spans, 7, 21), 1 + 1, 1e-12);
    assert_close(spans_covered(&spans, 7, 7), 0, 0);
    assert_close(spans_covered(&spans, 9, 2), 0, 0);
    assert_true(spans_hold(&spans, 5) && spans_hold(&spans, 39.9) && spans_hold(&spans, 1e9));
    assert_false(spans_hold(&spans, 8) || spans_hold(&spans, 4.9) || spans_hold(&spans, 40));
    assert_close(spans_next(&spans, 8)->from, 20, 0);
    spans_clear(&spans);
    assert_null(spans_next(&spans, 0));
}

static const struct spans nothing = {0};
static const struct recovery_design design = {60, 1.5, 10, 3};

/* `count` epochs of one state. */
static void add(struct history *history, size_t count, enum history_state state, double rms,
                double mdf)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(history_add(history, rms, mdf, state, NULL), STATUS_OK);
    }
}

static struct recovery recover(const struct history *history, double onset, double offset,
                               double until, const struct spans *taken)
{
    struct recovery recovery;
    assert_int_equal(
        history_recovery(history, onset, offset, until, taken, &design, &recovery, NULL),
        STATUS_OK);
    return recovery;
}

/* Rest of 4 µV, an episode over [20, 30], an afterglow over [30, 35], rest. */
static struct history afterglow(void)
{
    struct history history = {.hop = 1, .epoch = 1};
    add(&history, 20, HISTORY_REST, 4, 200);
    add(&history, 10, HISTORY_ACTIVE, 80, 90);
    add(&history, 5, HISTORY_PARTLY, 4.8, 150); /* 1.58 dB above */
    add(&history, 2, HISTORY_REST, 4.7, 200);   /* 1.40 dB above, two of three */
    add(&history, 1, HISTORY_PARTLY, 9, 200);
    add(&history, 20, HISTORY_REST, 4.7, 200);
    return history;
}

static void rms_recovers_after_three_epochs(void **state)
{
    (void)state;
    struct history history = afterglow();
    struct recovery recovery = recover(&history, 20, 30.25, 58, &nothing);
    assert_close(recovery.rms, 38 - 30.25, 1e-9);
    assert_int_equal(recovery.reasons, RECOVERY_NO_ACTIVITY_BEFORE);
    /* The three end at 41: not seen when the next episode begins before. */
    assert_close(recover(&history, 20, 30, 41, &nothing).rms, 8, 1e-9);
    recovery = recover(&history, 20, 30, 40.9, &nothing);
    assert_true(isnan(recovery.rms));
    assert_true(recovery.reasons & RECOVERY_RMS_CENSORED);
    history_clear(&history);
}

static void rms_wants_a_baseline(void **state)
{
    (void)state;
    struct history history = {.hop = 1, .epoch = 1};
    add(&history, 4, HISTORY_REST, 4, 200);
    add(&history, 3, HISTORY_PARTLY, 4, 200);
    add(&history, 10, HISTORY_ACTIVE, 80, 90);
    add(&history, 30, HISTORY_REST, 4, 200);
    struct recovery recovery = recover(&history, 7, 17, 47, &nothing);
    assert_true(isnan(recovery.rms));
    assert_true(recovery.reasons & RECOVERY_NO_REST_BEFORE);
    assert_false(recovery.reasons & RECOVERY_RMS_CENSORED);
    history_clear(&history);
}

static void gaps_artefacts_and_what_is_left_out_break_a_run(void **state)
{
    (void)state;
    struct history history = {.hop = 1, .epoch = 1};
    add(&history, 10, HISTORY_REST, 4, 200);
    add(&history, 5, HISTORY_ACTIVE, 80, 90);
    add(&history, 2, HISTORY_REST, 4, 200);
    add(&history, 1, HISTORY_REST, NAN, NAN); /* a gap */
    add(&history, 2, HISTORY_REST, 4, 200);
    add(&history, 1, HISTORY_ARTEFACT, 4, 200);
    add(&history, 9, HISTORY_REST, 4, 200);
    assert_int_equal(history.state[17], HISTORY_MISSING);
    assert_close(recover(&history, 10, 15, 30, &nothing).rms, 6, 1e-9);
    static const double pair[][2] = {{22.5, 23}};
    struct spans taken;
    spans_of(&taken, pair, 1);
    assert_close(recover(&history, 10, 15, 30, &taken).rms, 8, 1e-9);
    spans_clear(&taken);
    history_clear(&history);
}

/* A muscle of 100 Hz tires to 80 Hz in an episode, and is at 98 Hz again in the activity after
 * next; rest of another spectrum lies between. */
static void mdf_is_compared_between_activities(void **state)
{
    (void)state;
    struct history history = {.hop = 1, .epoch = 1};
    add(&history, 8, HISTORY_ACTIVE, 60, 100);
    add(&history, 10, HISTORY_REST, 4, 230);
    add(&history, 10, HISTORY_ACTIVE, 60, 80); /* [18, 28] */
    add(&history, 10, HISTORY_REST, 4, 230);
    add(&history, 5, HISTORY_ACTIVE, 60, 85); /* [38, 43] */
    add(&history, 10, HISTORY_REST, 4, 230);
    add(&history, 1, HISTORY_ACTIVE, 60, 130); /* one of three may be off */
    add(&history, 3, HISTORY_ACTIVE, 60, 98);
    struct recovery recovery = recover(&history, 18, 28, 38, &nothing);
    assert_close(recovery.rms, 0, 1e-9);
    /* 85, 130, 98: the median of the three is within 10 % of 100, the first of them at 42. */
    assert_close(recovery.mdf, 14, 1e-9);
    assert_int_equal(recovery.reasons, 0);
    static const double pair[][2] = {{50, 60}};
    struct spans taken;
    spans_of(&taken, pair, 1);
    recovery = recover(&history, 18, 28, 38, &taken);
    assert_true(isnan(recovery.mdf));
    assert_int_equal(recovery.reasons, RECOVERY_MDF_CENSORED);
    spans_clear(&taken);
    recovery = recover(&history, 53, 57, 57, &nothing);
    assert_true(recovery.reasons & RECOVERY_NO_ACTIVITY_AFTER);
    history_clear(&history);
}

static void the_baseline_is_the_last_epochs(void **state)
{
    (void)state;
    struct history history = {.hop = 1, .epoch = 1};
    add(&history, 100, HISTORY_REST, 2, 200);
    add(&history, 60, HISTORY_REST, 4, 200);
    add(&history, 5, HISTORY_ACTIVE, 80, 90);
    add(&history, 9, HISTORY_REST, 4, 200);
    assert_close(recover(&history, 160, 165, 174, &nothing).rms, 0, 1e-9);
    /* An epoch that the onset cuts is not before it. */
    history.rms[159] = 400;
    assert_close(recover(&history, 159.5, 165, 174, &nothing).rms, 0, 1e-9);
    history_clear(&history);
}

static void slopes_are_percent_a_minute(void **state)
{
    (void)state;
    struct history history = {.hop = 1, .epoch = 1};
    static const double pair[][2] = {{20, 25.5}};
    struct spans taken;
    double slope;
    for (int k = 0; k < 60; k++) {
        bool broken = k >= 20 && k < 26;
        add(&history, 1, k % 2 ? HISTORY_ACTIVE : HISTORY_REST, broken ? 1e3 : 10 + 0.05 * k,
            k % 2 ? 100 - 0.2 * k : 400);
    }
    spans_of(&taken, pair, 1);
    assert_int_equal(history_slope(&history, HISTORY_RMS, 0, 60, &taken, &slope, NULL), STATUS_OK);
    assert_close(slope, 6000 * 0.05 / 10, 1e-4);
    assert_int_equal(history_slope(&history, HISTORY_MDF, 0, 60, &taken, &slope, NULL), STATUS_OK);
    assert_close(slope, -6000 * 0.2 / 99.8, 1e-4);
    /* F0 is the value at the first epoch of the window, not of the recording. */
    assert_int_equal(history_slope(&history, HISTORY_RMS, 30, 60, &taken, &slope, NULL), STATUS_OK);
    assert_close(slope, 6000 * 0.05 / 11.5, 1e-4);
    assert_int_equal(history_slope(&history, HISTORY_MDF, 50, 59.9, &taken, &slope, NULL),
                     STATUS_OK);
    assert_true(isnan(slope)); /* four active epochs lie wholly in it */
    spans_clear(&taken);
    history_clear(&history);
}

/* A sine of amplitude 10 over [2, 4), of 20 over [4, 4.3), else of 1; a gap at 7. */
static void amplitudes_come_from_steps(void **state)
{
    (void)state;
    static float x[10100];
    const double rate = 1259.259;
    size_t count = (size_t)(8 * rate);
    for (size_t i = 0; i < count; i++) {
        double t = (double)i / rate;
        double amplitude = t >= 4 && t < 4.3 ? 20 : t >= 2 && t < 4 ? 10 : 1;
        x[i] = (float)(amplitude * sin(2 * M_PI * 100 * t));
    }
    x[(size_t)(7 * rate)] = NAN;
    struct power_steps whole = {.rate = rate}, pieces = {.rate = rate};
    assert_int_equal(power_steps_push(&whole, x, count, NULL), STATUS_OK);
    for (size_t i = 0, size = 1; i < count; i += size, size = size * 2 + 1) {
        size_t part = size < count - i ? size : count - i;
        assert_int_equal(power_steps_push(&pieces, x + i, part, NULL), STATUS_OK);
    }
    assert_int_equal(whole.count, 159); /* what is left is not a step */
    assert_int_equal(whole.count, pieces.count);
    assert_memory_equal(whole.means, pieces.means, whole.count * sizeof *whole.means);
    assert_close(power_steps_rms(&whole, 2.5, 3.5), 10 / sqrt(2), 0.01);
    assert_close(power_steps_rms(&whole, 6.5, 7.5), 1 / sqrt(2), 0.01); /* around the gap */
    assert_true(isnan(power_steps_rms(&whole, 20, 30)));
    /* 0.3 s of 20 and 0.2 s of 10 (steps at 0.05 s meet the edges) */
    double peak = sqrt((0.3 * 400 + 0.2 * 100) / 0.5 / 2);
    assert_close(power_steps_peak(&whole, 1, 6, 0.5), peak, 0.02 * peak);
    assert_close(power_steps_peak(&whole, 2.5, 3.5, 0.5), 10 / sqrt(2), 0.01);
    assert_close(power_steps_peak(&whole, 4.05, 4.25, 0.5), 20 / sqrt(2), 0.2); /* shorter */
    assert_close(power_steps_peak(&whole, 6.8, 7.4, 0.25), 1 / sqrt(2), 0.01);
    assert_true(isnan(power_steps_peak(&whole, 6.8, 7.4, 0.45)));
    static const double pairs[][2] = {{2.5, 3.5}, {4, 4.3}, {5, 6}};
    struct spans contractions;
    spans_of(&contractions, pairs, 3);
    assert_close(mvc_measure(&whole, &contractions, 0.25), 20 / sqrt(2), 0.2);
    spans_clear(&contractions);
    assert_true(isnan(mvc_measure(&whole, &nothing, 0.25)));
    power_steps_clear(&whole);
    power_steps_clear(&pieces);
}

static void maxima_are_parsed(void **state)
{
    (void)state;
    char label[LABEL_SIZE];
    static const char *const right[] = {"250", "TA L=310", " TA L = 310.5 ,a=b=2"};
    static const char *const wrong[] = {"",         "0",   "-3",    "high",   "TA L=",   "=4",
                                        "TA L=nan", "5,6", "TA=1,", "TA=1,7", "TA=0x10", "inf"};
    for (size_t i = 0; i < 3; i++) {
        assert_null(mvc_fault(right[i]));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (!mvc_fault(wrong[i])) {
            print_error("'%s' was taken\n", wrong[i]);
            fail();
        }
    }
    assert_close(mvc_value(right[0], "any"), 250, 0);
    assert_close(mvc_value(right[2], "ta l"), 310.5, 0);
    assert_close(mvc_value(right[2], "a=b"), 2, 0);
    assert_true(isnan(mvc_value(right[2], "TA")));
    assert_false(mvc_label(right[0], 0, label));
    assert_true(mvc_label(right[2], 1, label));
    assert_string_equal(label, "a=b");
    assert_false(mvc_label(right[2], 2, label));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_join_and_cover),
        cmocka_unit_test(rms_recovers_after_three_epochs),
        cmocka_unit_test(rms_wants_a_baseline),
        cmocka_unit_test(gaps_artefacts_and_what_is_left_out_break_a_run),
        cmocka_unit_test(mdf_is_compared_between_activities),
        cmocka_unit_test(the_baseline_is_the_last_epochs),
        cmocka_unit_test(slopes_are_percent_a_minute),
        cmocka_unit_test(amplitudes_come_from_steps),
        cmocka_unit_test(maxima_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
