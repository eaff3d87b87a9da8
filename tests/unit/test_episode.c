/* Classes and joining, from lists of bursts. */
#include "unit/test.h"

#include "pipeline/analysis/events.h"
#include "pipeline/signal/episode.h"
#include "pipeline/signal/rhythm.h"

#include <math.h>
#include <string.h>

static const struct episode_design design = {.join_gap = 1,
                                             .join_intervals = 2.5,
                                             .tonic_minimum = 0.5,
                                             .myoclonic_maximum = 0.25,
                                             .rate_band = {0.5, 12},
                                             .regularity = 0.5,
                                             .plausibility = 0.5};

/* With the evidence that the detector would give it: 0.7 a bin of 4 ms. */
static struct burst with_level(double onset, double duration, double mean)
{
    double ratio = mean * mean / 25;
    return (struct burst){.onset = onset,
                          .offset = onset + duration,
                          .peak = 1.2 * mean,
                          .peak_time = onset + duration / 2,
                          .mean = mean,
                          .floor = 5,
                          .relaxation = 5,
                          .evidence = 175 * duration * (ratio - 1 - log(ratio)),
                          .noise_likeness = 0.1,
                          .slowness = 0.8,
                          .roughness = duration < BURST_ROUGH_LEAST ? NAN : 4};
}

static struct burst burst(double onset, double duration)
{
    return with_level(onset, duration, 50);
}

struct found {
    struct episode episodes[64];
    size_t count, potentials;
};

static struct found build(const struct burst *bursts, size_t count)
{
    struct found found = {.count = 0};
    struct episode_builder *builder;
    const struct episode *episodes;
    assert_int_equal(episode_builder_create(&design, &builder, NULL), STATUS_OK);
    for (size_t i = 0; i <= count; i++) {
        if (i < count) {
            assert_int_equal(episode_builder_push(builder, &bursts[i], NULL), STATUS_OK);
        } else {
            assert_int_equal(episode_builder_advance(builder, INFINITY, NULL), STATUS_OK);
        }
        size_t closed = episode_builder_take(builder, &episodes);
        for (size_t k = 0; k < closed; k++) {
            found.episodes[found.count++] = episodes[k];
        }
    }
    found.potentials = episode_builder_potentials(builder);
    episode_builder_destroy(builder);
    return found;
}

static void one_long_burst_is_tonic(void **state)
{
    (void)state;
    struct burst bursts[] = {burst(10, 12), burst(30, 9)};
    struct found found = build(bursts, 2);
    assert_int_equal(found.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(found.episodes[i].class, EPISODE_TONIC);
        assert_true(isnan(found.episodes[i].burst_rate));
        assert_close(found.episodes[i].onset, bursts[i].onset, 0);
        assert_close(found.episodes[i].offset, bursts[i].offset, 0);
    }
}

static void regular_short_bursts_are_clonic(void **state)
{
    (void)state;
    const double rates[] = {0.6, 1, 3, 5, 8, 11};
    for (size_t r = 0; r < 6; r++) {
        struct burst bursts[20];
        for (size_t i = 0; i < 20; i++) {
            bursts[i] = burst(5 + (double)i / rates[r], 0.35 / rates[r]);
        }
        struct found found = build(bursts, 20);
        assert_int_equal(found.count, 1);
        assert_int_equal(found.episodes[0].class, EPISODE_CLONIC);
        assert_close(found.episodes[0].burst_rate, rates[r], 1e-6 * rates[r]);
        assert_int_equal(found.episodes[0].burst_count, 20);
        assert_close(found.episodes[0].duty_cycle, 0.35, 0.02);
        assert_true(found.episodes[0].confidence > 0.9);
    }
}

static void a_missed_beat_and_slowing_stay_clonic(void **state)
{
    (void)state;
    struct burst bursts[24];
    double time = 2;
    size_t n = 0;
    for (size_t i = 0; i < 24; i++) {
        if (i != 9) {
            bursts[n++] = burst(time, 0.06);
        }
        time += 0.18 * (1 + 0.02 * (double)i); /* from 5.6 to 3.8 Hz */
    }
    struct found found = build(bursts, n);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.episodes[0].class, EPISODE_CLONIC);
    assert_true(found.episodes[0].rate_slope < -0.2);
}

static void a_tonic_phase_that_turns_clonic_is_one_episode(void **state)
{
    (void)state;
    struct burst bursts[16] = {burst(20, 6)};
    for (size_t i = 1; i < 16; i++) {
        bursts[i] = burst(26 + 0.25 * (double)i, 0.1);
    }
    struct found found = build(bursts, 16);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.episodes[0].class, EPISODE_TONIC_CLONIC);
    assert_close(found.episodes[0].boundary, 26, 1e-9); /* where the tonic phase ends */
    assert_close(found.episodes[0].burst_rate, 4, 1e-6);
}

static void single_jerks_are_myoclonic_and_potentials_are_counted(void **state)
{
    (void)state;
    struct burst bursts[] = {burst(1, 0.12), burst(5, 0.2), with_level(9, 0.02, 30),
                             with_level(14, 0.02, 10)};
    bursts[2].flags = bursts[3].flags = BURST_POTENTIAL;
    struct found found = build(bursts, 4);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.episodes[0].class, EPISODE_MYOCLONIC);
    assert_int_equal(found.episodes[1].class, EPISODE_MYOCLONIC);
    assert_int_equal(found.potentials, 2);
}

static void dips_of_a_contraction_are_no_rhythm(void **state)
{
    (void)state;
    /* Regular bursts, but the muscle does not relax between them. */
    struct burst bursts[20];
    for (size_t i = 0; i < 20; i++) {
        bursts[i] = burst(3 + 0.2 * (double)i, i % 5 == 2 ? 0.19 : 0.14);
        bursts[i].relaxation = 25;
    }
    bursts[7] = burst(4.4, 0.6);
    for (size_t i = 8; i < 20; i++) {
        bursts[i].onset += 0.6;
        bursts[i].offset += 0.6;
    }
    struct found found = build(bursts, 20);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.episodes[0].class, EPISODE_TONIC);
}

static void gaps_join_or_split(void **state)
{
    (void)state;
    struct burst near[] = {burst(1, 3), burst(4.9, 3)};
    struct burst apart[] = {burst(1, 3), burst(5.1, 3)};
    assert_int_equal(build(near, 2).count, 1);
    assert_int_equal(build(apart, 2).count, 2);
    /* A rhythm of 1 Hz bridges 2.5 of its intervals; what comes later is another episode. */
    struct burst rhythm[12];
    for (size_t i = 0; i < 12; i++) {
        rhythm[i] = burst((double)i + (i >= 6 ? 1.2 : 0), 0.2);
    }
    assert_int_equal(build(rhythm, 12).count, 1);
    for (size_t i = 6; i < 12; i++) {
        rhythm[i].onset += 2;
        rhythm[i].offset += 2;
    }
    assert_int_equal(build(rhythm, 12).count, 2);
}

static void events_gather_channels(void **state)
{
    (void)state;
    struct episode episodes[] = {{.onset = 100, .offset = 130},
                                 {.onset = 101.5, .offset = 125},
                                 {.onset = 200, .offset = 210}};
    struct event_member members[] = {{.episode = &episodes[2], .channel = 1},
                                     {.episode = &episodes[1], .channel = 0},
                                     {.episode = &episodes[0], .channel = 1}};
    /* 2024-01-31 23:59:00: the night of the 31st. */
    struct start_time start = {.known = true, .seconds = 1706745540};
    const double night[2] = {22, 6};
    events_number(members, 3, 1, &start, night);
    assert_ptr_equal(members[0].episode, &episodes[0]);
    assert_int_equal(members[1].event, 1);
    assert_int_equal(members[1].lead, 1);
    assert_close(members[1].delay, 1.5, 1e-12);
    assert_int_equal(members[1].spread, 2);
    assert_int_equal(members[2].event, 2);
    assert_close(members[2].interval, 70, 1e-12);
    assert_true(members[0].recurrent && members[2].recurrent);
    char clock[40];
    events_clock_text(&start, 61.25, clock, sizeof clock);
    assert_string_equal(clock, "2024-02-01T00:00:01.250");
    assert_true(events_in_night(events_clock_hour(&start, 0), night));
    assert_false(events_in_night(12, night));
    assert_false(events_in_night(6, night));
    /* One event by day, one by night: nothing recurs. */
    start.seconds = 1706702400; /* 2024-01-31 12:00 */
    episodes[2].onset = 11 * 3600;
    events_number(members, 3, 1, &start, night);
    assert_false(members[0].recurrent || members[1].recurrent || members[2].recurrent);
    assert_true(events_in_night(22, night));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_long_burst_is_tonic),
        cmocka_unit_test(regular_short_bursts_are_clonic),
        cmocka_unit_test(a_missed_beat_and_slowing_stay_clonic),
        cmocka_unit_test(a_tonic_phase_that_turns_clonic_is_one_episode),
        cmocka_unit_test(single_jerks_are_myoclonic_and_potentials_are_counted),
        cmocka_unit_test(dips_of_a_contraction_are_no_rhythm),
        cmocka_unit_test(gaps_join_or_split),
        cmocka_unit_test(events_gather_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
