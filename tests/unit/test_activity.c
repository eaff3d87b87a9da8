/* The burst detector and what it stands on: envelope, floor, baseline, change points, artefacts. */
#include "unit/signals.h"
#include "unit/test.h"

#include "pipeline/analysis/channel.h"
#include "pipeline/signal/change_point.h"
#include "pipeline/signal/envelope.h"
#include "pipeline/signal/floor.h"
#include "pipeline/signal/thresholds.h"

#include <stdio.h>
#include <string.h>

#define RATE 1000.0

static float *baseline(double seconds, double rms, unsigned *seed)
{
    size_t count = (size_t)(seconds * RATE);
    float *x = malloc(count * sizeof *x);
    for (size_t i = 0; i < count; i++) {
        x[i] = (float)(rms * signal_noise(seed));
    }
    return x;
}

/* Runs a channel path over x in pieces. */
static struct channel_path *analyse(const float *x, double seconds, size_t piece)
{
    struct channel about = {
        .label = "test", .unit = "uV", .rate = RATE, .gain = 1, .minimum = NAN, .maximum = NAN};
    struct channel_start start = {0};
    struct parameters parameters = parameters_defaults();
    struct channel_path *path;
    size_t count = (size_t)(seconds * RATE);
    parameters.mains = MAINS_OFF;
    assert_int_equal(channel_create(&about, &start, &parameters, &path, NULL), STATUS_OK);
    for (size_t i = 0; i < count; i += piece) {
        size_t step = piece < count - i ? piece : count - i;
        assert_int_equal(channel_push(path, x + i, step, NULL), STATUS_OK);
    }
    assert_int_equal(channel_finish(path, NULL), STATUS_OK);
    return path;
}

static size_t muscle_bursts(const struct channel_path *path, struct burst *found, size_t room)
{
    const struct burst *bursts;
    size_t count = channel_bursts(path, &bursts), n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(bursts[i].flags & (BURST_ARTEFACT | BURST_POTENTIAL)) && n < room) {
            found[n++] = bursts[i];
        }
    }
    return n;
}

static void noise_alone_has_no_burst(void **state)
{
    (void)state;
    unsigned seed = 11;
    float *x = baseline(600, 5, &seed);
    struct channel_path *path = analyse(x, 600, 4000);
    struct burst found[8];
    assert_int_equal(muscle_bursts(path, found, 8), 0);
    channel_destroy(path);
    free(x);
}

static void bursts_are_found_where_they_are(void **state)
{
    (void)state;
    unsigned seed = 3;
    float *x = baseline(60, 4, &seed);
    static const double at[][2] = {{5, 5.12}, {12, 15.5}, {30, 30.2}, {45, 52}};
    for (size_t i = 0; i < 4; i++) {
        signal_add_activity(x, RATE, at[i][0], at[i][1], 40, &seed);
    }
    struct channel_path *path = analyse(x, 60, 1 << 20);
    struct burst found[8];
    assert_int_equal(muscle_bursts(path, found, 8), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_close(found[i].onset, at[i][0], 0.03);
        assert_close(found[i].offset, at[i][1], 0.04);
        assert_close(found[i].floor, 4, 1);
    }
    channel_destroy(path);
    free(x);
}

static void both_ends_may_be_active(void **state)
{
    (void)state;
    unsigned seed = 8;
    float *x = baseline(90, 4, &seed);
    signal_add_activity(x, RATE, 0, 20, 40, &seed);
    signal_add_activity(x, RATE, 75, 90, 40, &seed);
    struct channel_path *path = analyse(x, 90, 777);
    const struct episode *episodes;
    assert_int_equal(channel_episodes(path, &episodes), 2);
    assert_close(episodes[0].onset, 0, 0.02);
    assert_close(episodes[0].offset, 20, 0.1);
    assert_close(episodes[1].onset, 75, 0.05);
    assert_close(episodes[1].offset, 90, 0.02);
    assert_true(episodes[0].flags & BURST_START);
    assert_true(episodes[1].flags & BURST_END);
    channel_destroy(path);
    free(x);
}

static void half_an_hour_of_cramp_survives(void **state)
{
    (void)state;
    unsigned seed = 5;
    float *x = baseline(2400, 4, &seed);
    signal_add_activity(x, RATE, 0, 1800, 30, &seed);
    struct channel_path *path = analyse(x, 2400, 4000);
    const struct episode *episodes;
    assert_int_equal(channel_episodes(path, &episodes), 1);
    assert_int_equal(episodes[0].class, EPISODE_TONIC);
    assert_close(episodes[0].offset - episodes[0].onset, 1800, 1);
    channel_destroy(path);
    free(x);
}

static void gaps_are_neither_bridged_nor_active(void **state)
{
    (void)state;
    unsigned seed = 5;
    float *x = baseline(60, 4, &seed);
    signal_add_activity(x, RATE, 20, 40, 40, &seed);
    for (size_t i = 28000; i < 33000; i++) {
        x[i] = NAN;
    }
    struct channel_path *path = analyse(x, 60, 4000);
    struct burst found[16];
    size_t count = muscle_bursts(path, found, 16);
    assert_true(count >= 2);
    for (size_t i = 0; i < count; i++) {
        assert_true(found[i].offset < 28.02 || found[i].onset > 32.98);
    }
    channel_destroy(path);
    free(x);
}

static void heartbeats_are_rejected(void **state)
{
    (void)state;
    unsigned seed = 5;
    float *x = baseline(60, 4, &seed);
    for (double beat = 0.7; beat < 59; beat += 0.83) {
        for (int i = -60; i < 60; i++) { /* a QRS complex: a biphasic wave of 60 ms */
            double t = i / 15.0;
            x[(size_t)(beat * RATE) + (size_t)(i + 60)] += (float)(200 * t * exp(-t * t));
        }
    }
    struct channel_path *path = analyse(x, 60, 4000);
    const struct episode *episodes;
    assert_int_equal(channel_episodes(path, &episodes), 0);
    assert_true(channel_quality(path, 60).heartbeats > 50);
    channel_destroy(path);
    free(x);
}

/* A ballistic contraction moves the electrodes: the signal stands elsewhere after it. */
static void a_shift_is_no_reason_to_drop_a_long_burst(void **state)
{
    (void)state;
    unsigned seed = 17;
    float *x = baseline(60, 4, &seed);
    for (double at = 6; at < 56; at += 10) {
        signal_add_activity(x, RATE, at, at + 0.6, 60, &seed);
        for (size_t i = (size_t)(at * RATE); i < 60 * RATE; i++) {
            double part = fmin(((double)i - at * RATE) / (0.6 * RATE), 1);
            x[i] += (float)(90 * part); /* over the burst's 0.6 s: nothing above 20 Hz */
        }
    }
    struct channel_path *path = analyse(x, 60, 3000);
    struct burst found[8];
    assert_int_equal(muscle_bursts(path, found, 8), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_close(found[i].onset, 6 + 10 * (double)i, 0.03);
    }
    channel_destroy(path);
    free(x);
}

/* Two beats, alone between contractions that hide the others, and one cut by the end. */
static void a_lonely_heartbeat_is_known_by_those_before(void **state)
{
    (void)state;
    unsigned seed = 23;
    float *x = baseline(60, 3, &seed);
    for (double at = 0.5; at < 60; at += 0.8) {
        if (at > 30 && at < 45 && !(at > 37 && at < 38)) {
            continue;
        }
        for (size_t i = (size_t)(at * RATE); i < (size_t)(at * RATE + 100) && i < 60 * RATE; i++) {
            double t = ((double)i - at * RATE - 40) / RATE;
            x[i] += (float)(120 * exp(-t * t / 1.8e-4) * cos(2 * M_PI * 18 * t));
        }
    }
    struct channel_path *path = analyse(x, 60, 7000);
    struct burst found[8];
    assert_int_equal(muscle_bursts(path, found, 8), 0);
    channel_destroy(path);
    free(x);
}

static void pops_and_motion_are_rejected(void **state)
{
    (void)state;
    unsigned seed = 5;
    float *x = baseline(120, 4, &seed);
    for (double at = 7; at < 115; at += 17) {
        for (size_t i = 0; i < 1500; i++) { /* a step that decays in 0.1 s */
            x[(size_t)(at * RATE) + i] += (float)(2000 * exp(-(double)i / 100));
        }
    }
    for (size_t i = 60000; i < 63000; i++) { /* 4 Hz sway */
        x[i] += (float)(1500 * sin(2 * M_PI * 4 * (double)(i - 60000) / RATE));
    }
    struct channel_path *path = analyse(x, 120, 4000);
    const struct episode *episodes;
    assert_int_equal(channel_episodes(path, &episodes), 0);
    channel_destroy(path);
    free(x);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    unsigned seed = 21;
    float *x = baseline(100, 4, &seed);
    signal_add_activity(x, RATE, 20, 31, 40, &seed);
    signal_add_activity(x, RATE, 50, 50.1, 40, &seed);
    struct channel_path *whole = analyse(x, 100, 1 << 20), *cut = analyse(x, 100, 333);
    const struct burst *a, *b;
    size_t count = channel_bursts(whole, &a);
    assert_int_equal(channel_bursts(cut, &b), count);
    for (size_t i = 0; i < count; i++) {
        assert_true(a[i].onset == b[i].onset && a[i].offset == b[i].offset);
        assert_true(a[i].peak == b[i].peak && a[i].mean == b[i].mean && a[i].floor == b[i].floor);
        assert_int_equal(a[i].flags, b[i].flags);
    }
    assert_int_equal(channel_rows(whole), channel_rows(cut));
    for (size_t i = 0; i < channel_rows(whole); i++) {
        assert_memory_equal(channel_row(whole, i)->values, channel_row(cut, i)->values,
                            markers_count * sizeof(double));
        assert_int_equal(channel_row(whole, i)->status, channel_row(cut, i)->status);
    }
    channel_destroy(whole);
    channel_destroy(cut);
    free(x);
}

static void change_point_finds_a_step(void **state)
{
    (void)state;
    float x[40];
    for (size_t i = 0; i < 40; i++) {
        x[i] = i < 23 ? 1.0f : 9.0f;
    }
    assert_int_equal(change_point(x, 40, 1e-9, 1, 5), 23);
    assert_int_equal(change_point(x, 40, 1e-9, 0, 5), 5);
}

static void floor_is_a_local_low_quantile(void **state)
{
    (void)state;
    struct floor_tracker *tracker;
    assert_int_equal(floor_create(100, 0.03, 0, &tracker, NULL), STATUS_OK);
    for (int i = 0; i < 1000; i++) {
        floor_push(tracker, i < 500 ? (i % 10 == 0 ? 4.0 : 400.0) : i == 700 ? NAN : 16.0);
        if (i >= 100) {
            double floor = floor_at(tracker, (uint64_t)(i - 100));
            /* Until 3 % of what is within reach are the first part's quiet seconds. */
            if (i < 600) {
                assert_close(floor, 4, 0.1);
            } else if (i > 750) {
                assert_close(floor, 16, 0.4);
            }
        }
    }
    floor_destroy(tracker);
}

static void thresholds_follow_the_chi_square_law(void **state)
{
    (void)state;
    /* 99.9 % quantiles of χ²/ν (tables): ν = 4: 4.617, 10: 2.959, 30: 1.990. */
    assert_close(threshold_ratio(4, 3.0902), 18.467 / 4, 0.1);
    assert_close(threshold_ratio(10, 3.0902), 29.588 / 10, 0.02);
    assert_close(threshold_ratio(30, 3.0902), 59.703 / 30, 0.01);
}

static void teager_energy_of_a_sine(void **state)
{
    (void)state;
    struct envelope envelope = {.operator_ = ENVELOPE_TEAGER,
                                .bin_size = 4,
                                .lag = envelope_lag(RATE),
                                .high_lag = envelope_high_lag(RATE)};
    float y[4000], energy[1024], square[1024], high[1024];
    for (size_t i = 0; i < 4000; i++) {
        y[i] = (float)(10 * sin(2 * M_PI * 83 * (double)i / RATE));
    }
    size_t bins = envelope_push(&envelope, y, 4000, energy, square, high);
    bins += envelope_finish(&envelope, energy + bins, square + bins, high + bins);
    assert_int_equal(bins, 1000);
    double expected = 100 * pow(sin(2 * M_PI * 83 / RATE * (double)envelope.lag), 2);
    for (size_t i = 10; i < 990; i++) {
        assert_close(energy[i], expected, 1e-3 * expected);
        assert_close(energy[i], 50 * envelope_gain(&envelope, RATE, 83), 1e-3 * expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_alone_has_no_burst),
        cmocka_unit_test(bursts_are_found_where_they_are),
        cmocka_unit_test(both_ends_may_be_active),
        cmocka_unit_test(half_an_hour_of_cramp_survives),
        cmocka_unit_test(gaps_are_neither_bridged_nor_active),
        cmocka_unit_test(heartbeats_are_rejected),
        cmocka_unit_test(a_shift_is_no_reason_to_drop_a_long_burst),
        cmocka_unit_test(a_lonely_heartbeat_is_known_by_those_before),
        cmocka_unit_test(pops_and_motion_are_rejected),
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(change_point_finds_a_step),
        cmocka_unit_test(floor_is_a_local_low_quantile),
        cmocka_unit_test(thresholds_follow_the_chi_square_law),
        cmocka_unit_test(teager_energy_of_a_sine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
