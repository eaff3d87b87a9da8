/* Explanations agree with what is decided. */
#include "unit/signals.h"
#include "unit/test.h"

#include "pipeline/analysis/channel.h"
#include "pipeline/analysis/explanation.h"

#include <stdio.h>

#define RATE    1000
#define SECONDS 60

static struct episode_design make_design(void)
{
    const struct parameters parameters = parameters_defaults();
    return (struct episode_design){.join_gap = parameters.join_gap,
                                   .join_intervals = parameters.join_intervals,
                                   .tonic_minimum = parameters.tonic_minimum,
                                   .myoclonic_maximum = parameters.myoclonic_maximum,
                                   .rate_band = {parameters.rate_band[0], parameters.rate_band[1]},
                                   .regularity = parameters.regularity,
                                   .plausibility = parameters.plausibility};
}

/* Of muscle, 20 dB over the noise; or, `weak`, of what noise leaves. */
static struct burst burst(double onset, double duration, bool weak)
{
    return (struct burst){.onset = onset,
                          .offset = onset + duration,
                          .peak = weak ? 8 : 70,
                          .peak_time = onset + duration / 2,
                          .mean = weak ? 6.5 : 50,
                          .floor = 5,
                          .relaxation = 5,
                          .evidence = weak ? 6.5 : 500 * duration,
                          .noise_likeness = weak ? 1 : 0.3};
}

/* Tonic 10–18; clonic 30–35 at 4 Hz; tonic-clonic 50–61; weak at 80; a rhythm from 90 to 95,
 * rejected. */
static size_t make_bursts(struct burst bursts[128])
{
    size_t n = 0;
    bursts[n++] = burst(10, 8, false);
    for (size_t i = 0; i < 20; i++) {
        bursts[n++] = burst(30 + 0.25 * (double)i + (i % 2 ? 0.008 : 0), 0.09, false);
    }
    bursts[n++] = burst(50, 6, false);
    for (size_t i = 0; i < 20; i++) {
        bursts[n++] = burst(56.16 + 0.25 * (double)i + (i % 2 ? 0.008 : 0), 0.09, false);
    }
    bursts[n++] = burst(80, 0.035, true);
    for (size_t i = 0; i < 20; i++) {
        bursts[n] = burst(90 + 0.25 * (double)i + (i % 2 ? 0.008 : 0), 0.09, false);
        bursts[n++].flags = i == 0 ? BURST_MOTION : BURST_ECG;
    }
    return n;
}

static struct explanation explain(double time)
{
    struct burst bursts[128];
    size_t count = make_bursts(bursts);
    struct episode_design design = make_design();
    struct explanation explanation;
    assert_int_equal(explanation_judge(&design, bursts, count, time, &explanation, NULL),
                     STATUS_OK);
    return explanation;
}

static double total(const struct explanation_shares *shares)
{
    double sum = shares->middle + shares->long_bursts;
    for (size_t k = 0; k < shares->count; k++) {
        sum += shares->shares[k];
    }
    return sum;
}

/* The builder's episode that begins at a time. */
static struct episode built(double time)
{
    struct burst bursts[128];
    size_t count = make_bursts(bursts);
    struct episode_design design = make_design();
    struct episode_builder *builder;
    const struct episode *episodes;
    struct episode found = {.onset = -1};
    assert_int_equal(episode_builder_create(&design, &builder, NULL), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        if (!(bursts[i].flags & BURST_ARTEFACT)) {
            assert_int_equal(episode_builder_push(builder, &bursts[i], NULL), STATUS_OK);
        }
    }
    assert_int_equal(episode_builder_advance(builder, INFINITY, NULL), STATUS_OK);
    size_t closed = episode_builder_take(builder, &episodes);
    for (size_t i = 0; i < closed; i++) {
        found = episodes[i].onset == time ? episodes[i] : found;
    }
    episode_builder_destroy(builder);
    return found;
}

static void says_what_the_episode_is(void **state)
{
    (void)state;
    static const struct {
        double asked, onset;
        enum episode_class class;
        size_t phases;
    } cases[] = {{10.9, 10, EPISODE_TONIC, 0},
                 {9.1, 10, EPISODE_TONIC, 0},
                 {17, 10, EPISODE_TONIC, 0},
                 {30, 30, EPISODE_CLONIC, 1},
                 {50, 50, EPISODE_TONIC_CLONIC, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct explanation explanation = explain(cases[i].asked);
        struct episode expected = built(cases[i].onset);
        const struct episode *episode = &explanation.verdict.episode;
        assert_int_equal(explanation.kind, EXPLAINED_EPISODE);
        assert_int_equal(episode->class, cases[i].class);
        assert_int_equal(expected.class, cases[i].class);
        assert_close(explanation.onset, cases[i].onset, 0);
        assert_close(explanation.offset, expected.offset, 0);
        assert_close(episode->plausibility, expected.plausibility, 0);
        assert_close(episode->confidence, expected.confidence, 0);
        assert_int_equal(explanation.count, expected.burst_count);
        assert_int_equal(explanation.phase_count, cases[i].phases);
        assert_int_equal(explanation.by_duration, cases[i].phases == 0);
        explanation_clear(&explanation);
    }
}

static void shares_add_up_to_the_odds(void **state)
{
    (void)state;
    struct explanation explanation = explain(50);
    double odds = log(explanation.verdict.episode.plausibility) -
                  log1p(-explanation.verdict.episode.plausibility);
    /* Of a probability near 1 the odds are known to few digits. */
    assert_close(total(&explanation.plausible), odds, 1e-3 * fabs(odds) + 1e-3);
    for (size_t i = 0; i < 2; i++) {
        const struct explanation_phase *phase = &explanation.phases[i];
        double sum = 0, weights = 0;
        for (size_t k = phase->first; k < phase->first + phase->count; k++) {
            double weight =
                1 + (explanation.bursts[k].offset - explanation.bursts[k].onset) / PHASES_WEIGHT;
            sum += weight * explanation.cadences[k].odds;
            weights += weight;
        }
        assert_close(total(&phase->shares), sum / weights, 1e-9);
        assert_int_equal(phase->clonic, i == 1);
    }
    assert_int_equal(explanation.phases[0].long_bursts, 1);
    assert_int_equal(explanation.phases[1].first, explanation.verdict.phases.change);
    assert_true(total(&explanation.phases[1].shares) > 0);
    explanation_clear(&explanation);
}

static void a_group_that_is_not_plausible_is_told(void **state)
{
    (void)state;
    struct explanation explanation = explain(80.3);
    assert_int_equal(explanation.kind, EXPLAINED_GROUP);
    assert_true(explanation.verdict.episode.plausibility < 0.5);
    assert_true(total(&explanation.plausible) < 0);
    assert_int_equal(explanation.count, 1);
    explanation_clear(&explanation);
}

static void rejected_bursts_are_told(void **state)
{
    (void)state;
    struct explanation explanation = explain(89.5);
    assert_int_equal(explanation.kind, EXPLAINED_ARTEFACT);
    assert_int_equal(explanation.count, 0);
    assert_close(explanation.onset, 90, 0);
    assert_int_equal(explanation.rejected_count, 20);
    assert_int_equal(explanation.rejected[0].flags, BURST_MOTION);
    assert_int_equal(explanation.change_count, 1);
    assert_string_equal(explanation.changes[0].option, "--keep-artefacts");
    assert_true(explanation.changes[0].there);
    assert_int_equal(explanation.changes[0].class, EPISODE_CLONIC);
    explanation_clear(&explanation);

    explanation = explain(110);
    assert_int_equal(explanation.kind, EXPLAINED_REST);
    assert_int_equal(explanation.rejected_count, 0);
    assert_int_equal(explanation.change_count, 0);
    explanation_clear(&explanation);
}

/* Each option that is said to change the decision does so in the builder. */
static void changes_hold(void **state)
{
    (void)state;
    struct burst bursts[] = {burst(10, 8, false), burst(19.3, 7, false), burst(40, 0.035, true)};
    struct episode_design design = make_design();
    struct explanation explanation;
    assert_int_equal(explanation_judge(&design, bursts, 3, 10, &explanation, NULL), STATUS_OK);
    assert_int_equal(explanation.kind, EXPLAINED_EPISODE);
    bool joins = false;
    for (size_t i = 0; i < explanation.change_count; i++) {
        const struct explanation_change *change = &explanation.changes[i];
        double gap;
        if (sscanf(change->option, "--join-gap %lf", &gap) == 1 && gap > 1) {
            struct episode *groups;
            size_t count;
            struct episode_design other = design;
            other.join_gap = gap;
            joins = true;
            assert_true(gap >= 1.3 && gap < 1.32);
            assert_close(change->offset, 26.3, 1e-9);
            assert_int_equal(explanation_groups(&other, bursts, 3, false, &groups, &count, NULL),
                             STATUS_OK);
            assert_int_equal(count, 2);
            assert_close(groups[0].offset, 26.3, 1e-9);
            free(groups);
        }
    }
    assert_true(joins);
    explanation_clear(&explanation);

    assert_int_equal(explanation_judge(&design, bursts, 3, 40, &explanation, NULL), STATUS_OK);
    assert_int_equal(explanation.kind, EXPLAINED_GROUP);
    assert_true(explanation.change_count >= 1);
    assert_int_equal(
        sscanf(explanation.changes[0].option, "--plausibility %lf", &design.plausibility), 1);
    explanation_clear(&explanation);
    assert_int_equal(explanation_judge(&design, bursts, 3, 40, &explanation, NULL), STATUS_OK);
    assert_int_equal(explanation.kind, EXPLAINED_EPISODE);
    explanation_clear(&explanation);
}

static void scattered_bursts_are_told_as_such(void **state)
{
    (void)state;
    static const double onsets[] = {20, 20.3, 21.2, 21.4, 22.3, 23.2, 23.5, 24.4};
    static const double lengths[] = {0.05, 0.2, 0.06, 0.12, 0.05, 0.24, 0.06, 0.1};
    struct burst bursts[8];
    struct episode_design design = make_design();
    struct explanation explanation;
    for (size_t i = 0; i < 8; i++) {
        bursts[i] = burst(onsets[i], lengths[i], false);
    }
    /* No interval is regular enough. */
    design.regularity = 0.01;
    assert_int_equal(explanation_judge(&design, bursts, 8, 20, &explanation, NULL), STATUS_OK);
    assert_int_equal(explanation.count, 1);
    assert_int_equal(explanation.jerks, 8);
    assert_close(explanation.jerks_filled, 0.88, 1e-9);
    assert_close(explanation.jerks_span, 4.5, 1e-9);
    explanation_clear(&explanation);
}

/* A whole channel: what is told of the floor is what the detector has. */
static void the_floor_is_the_detectors(void **state)
{
    (void)state;
    static float x[SECONDS * RATE];
    static const enum detector_choice detectors[] = {DETECTOR_TEAGER, DETECTOR_HODGES};
    unsigned seed = 3;
    for (size_t i = 0; i < SECONDS * RATE; i++) {
        x[i] = (float)(5 * signal_noise(&seed));
    }
    signal_add_activity(x, RATE, 20, 26, 60, &seed);
    signal_add_activity(x, RATE, 40, 44, 60, &seed);
    for (size_t d = 0; d < 2; d++) {
        struct parameters parameters = parameters_defaults();
        const struct channel about = {.label = "A", .unit = "uV", .rate = RATE};
        const struct channel_start start = {0};
        struct channel_path *path;
        struct explanation explanation;
        const struct burst *bursts;
        parameters.detector = (int)detectors[d];
        assert_int_equal(channel_create(&about, &start, &parameters, &path, NULL), STATUS_OK);
        assert_int_equal(channel_watch(path, 41, NULL), STATUS_OK);
        assert_int_equal(channel_push(path, x, SECONDS * RATE, NULL), STATUS_OK);
        assert_int_equal(channel_finish(path, NULL), STATUS_OK);
        struct watched watched = channel_watched(path);
        size_t count = channel_bursts(path, &bursts);
        assert_int_equal(watched.seconds, SECONDS);
        assert_true(count >= 2);
        for (size_t i = 0; i < count; i++) {
            double floor = watched.noise[(size_t)(bursts[i].onset + 0.2)];
            assert_close(floor, bursts[i].floor, 1e-5 * floor);
        }
        assert_int_equal(explanation_make(path, parameters.horizon, 41, &explanation, NULL),
                         STATUS_OK);
        assert_int_equal(explanation.kind, EXPLAINED_EPISODE);
        assert_close(explanation.onset, 40, 0.1);
        assert_close(explanation.noise, watched.noise[41], 1e-9);
        /* The close-up is that of this episode: a fifth of its length either way. */
        assert_close(watched.closeup->first, 39.2, 0.15);
        assert_true(explanation.level > 5 * explanation.noise);
        explanation_clear(&explanation);
        channel_destroy(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_episode_is),
        cmocka_unit_test(shares_add_up_to_the_odds),
        cmocka_unit_test(a_group_that_is_not_plausible_is_told),
        cmocka_unit_test(rejected_bursts_are_told),
        cmocka_unit_test(changes_hold),
        cmocka_unit_test(scattered_bursts_are_told_as_such),
        cmocka_unit_test(the_floor_is_the_detectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
