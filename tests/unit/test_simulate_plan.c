/* Plans: what is drawn, where it is placed, and which bursts it has. */
#include "unit/simulated.h"

#include "pipeline/simulate/drive.h"
#include "pipeline/simulate/plan.h"

static struct plan *make_plan(const char *text, uint64_t seed, struct specification **specification)
{
    struct plan *plan;
    struct error error = {0};
    *specification = right_specification(text);
    if (plan_create(*specification, NAN, seed, &plan, &error)) {
        print_error("%s\n", error.message);
        fail();
    }
    return plan;
}

static void expect_failure(const char *text, const char *part)
{
    struct plan *plan;
    struct error error = {0};
    struct specification *specification = right_specification(text);
    assert_int_equal(plan_create(specification, NAN, 1, &plan, &error), STATUS_FAILED);
    assert_null(plan);
    assert_non_null(strstr(error.message, part));
    specification_destroy(specification);
}

static void random_episodes_keep_clear(void **state)
{
    (void)state;
    size_t classes[SIMULATED_CLASSES] = {0};
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct specification *s;
        struct plan *plan = make_plan("[recording]\nduration = 200\nchannels = 4\n"
                                      "[tonic]\nonset = 50\nduration = 20\n"
                                      "[random]\nepisodes = 5\ngap = 3\nmargin = 1\n"
                                      "channels = some\n",
                                      seed, &s);
        assert_int_equal(plan->episode_count, 6);
        double free_from = 1;
        for (size_t i = 0; i < plan->episode_count; i++) {
            const struct simulated_episode *e = &plan->episodes[i];
            assert_true(e->onset >= free_from - 1e-9);
            free_from = e->onset + e->duration + e->spread + 3;
            assert_in_range(e->channel_count, 1, 4);
            classes[e->class]++;
            if (e->class == SIMULATED_CLONIC || e->class == SIMULATED_TONIC_CLONIC) {
                assert_true(e->burst_count >= 3);
                assert_true(e->rate >= 0.8 && e->rate <= 10);
            }
            for (size_t a = 0; a < e->channel_count; a++) {
                for (size_t b = 0; b < a; b++) {
                    assert_true(e->channels[a].channel != e->channels[b].channel);
                }
                /* Between 6 and 24 dB over 5 µV; the fixed episode has 20. */
                assert_true(e->channels[a].target > 9.97 && e->channels[a].target < 79.3);
            }
        }
        assert_true(free_from - 3 <= 199 + 1e-9);
        plan_destroy(plan);
        specification_destroy(s);
    }
    /* 1000 draws from four classes: 250 ± 5 standard deviations (and 200 fixed ones). */
    classes[SIMULATED_TONIC] -= 200;
    for (int k = SIMULATED_TONIC; k <= SIMULATED_MYOCLONIC; k++) {
        assert_in_range(classes[k], 182, 318);
    }
    assert_int_equal(classes[SIMULATED_VOLUNTARY], 0);
}

static void adding_a_section_leaves_the_others(void **state)
{
    (void)state;
    struct specification *a, *b;
    struct plan *plain = make_plan("[recording]\nduration = 500\n[clonic]\nonset = 5\nrate = 1..9\n"
                                   "[mains]\namplitude = 1..9\n",
                                   3, &a);
    struct plan *more = make_plan("[recording]\nduration = 500\n[clonic]\nonset = 5\nrate = 1..9\n"
                                  "[mains]\namplitude = 1..9\n[tonic]\nonset = 90\n[ecg]\n",
                                  3, &b);
    assert_close(plain->episodes[0].rate, more->episodes[0].rate, 0);
    assert_int_equal(plain->episodes[0].burst_count, more->episodes[0].burst_count);
    assert_close(plain->disturbances[0].amplitude[0].low, more->disturbances[0].amplitude[0].low,
                 0);
    plan_destroy(plain);
    plan_destroy(more);
    specification_destroy(a);
    specification_destroy(b);
}

static void bursts_follow_their_rhythm(void **state)
{
    (void)state;
    struct specification *s;
    struct plan *plan = make_plan("[recording]\nduration = 500\n"
                                  "[clonic]\nonset = 0\nduration = 400\nrate = 5\njitter = 0.1\n"
                                  "duty = 0.3\nmissed = 0.2\n"
                                  "[clonic]\nonset = 410\nduration = 50\nrate = 4\nslope = -1\n"
                                  "jitter = 0\n",
                                  1, &s);
    const struct simulated_episode *e = &plan->episodes[0];
    const struct simulated_burst *last = &e->bursts[e->burst_count - 1];
    double beats = (double)last->beat, sum = 0, squares = 0;
    assert_close(beats / last->onset, 5, 0.05);
    /* 2000 beats, a fifth of them missed: 400 ± 18. */
    assert_close(beats + 1 - (double)e->burst_count, 400, 75);
    size_t intervals = 0;
    for (size_t i = 1; i < e->burst_count; i++) {
        assert_close(e->bursts[i].duration, 0.06, 1e-9);
        if (e->bursts[i].beat == e->bursts[i - 1].beat + 1) {
            double interval = e->bursts[i].onset - e->bursts[i - 1].onset;
            sum += interval;
            squares += interval * interval;
            intervals++;
        }
    }
    double mean = sum / (double)intervals;
    assert_close(mean, 0.2, 0.003);
    assert_close(sqrt(squares / (double)intervals - mean * mean) / mean, 0.1, 0.01);
    assert_close(drive_active(e), 0.06 * (double)e->burst_count, 1e-6);
    /* After 50 s at −1 %/s the rate is half of the first. */
    e = &plan->episodes[1];
    assert_close(1 / (e->bursts[1].onset - e->bursts[0].onset), 4, 1e-9);
    last = &e->bursts[e->burst_count - 1];
    assert_close(1 / (last->onset - (last - 1)->onset), 4 * (1 - (last - 1)->onset / 100), 1e-9);
    plan_destroy(plan);
    specification_destroy(s);
}

static void phases_meet_at_the_boundary(void **state)
{
    (void)state;
    struct specification *s;
    struct plan *plan = make_plan("[recording]\nduration = 100\n"
                                  "[tonic-clonic]\nonset = 10\nduration = 20\nboundary = 0.3\n"
                                  "[tonic-clonic]\nonset = 50\nduration = 20\nboundary = 0.3\n"
                                  "order = clonic-first\n",
                                  1, &s);
    const struct simulated_episode *a = &plan->episodes[0], *b = &plan->episodes[1];
    assert_close(a->tonic_end, 6, 1e-12);
    assert_close(a->clonic_start, 6, 1e-12);
    assert_true(a->bursts[0].onset > 6 && a->bursts[0].onset < 6.25);
    assert_close(b->tonic_start, 14, 1e-12);
    assert_close(b->tonic_end, 20, 1e-12);
    assert_close(b->bursts[0].onset, 0, 0);
    const struct simulated_burst *last = &b->bursts[b->burst_count - 1];
    assert_true(last->onset + last->duration <= 14 + 1e-9);
    plan_destroy(plan);
    specification_destroy(s);
}

static void rows_of_contractions(void **state)
{
    (void)state;
    struct specification *s;
    struct plan *plan = make_plan("[recording]\nduration = 100\n"
                                  "[voluntary]\nonset = 5\nduration = 2\npause = 3\ncycles = 4\n",
                                  1, &s);
    assert_int_equal(plan->episode_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_close(plan->episodes[i].onset, 5 + 5 * (double)i, 1e-12);
        assert_close(plan->episodes[i].duration, 2, 1e-12);
        assert_close(plan->episodes[i].elapsed, 5 * (double)i, 1e-12);
    }
    plan_destroy(plan);
    specification_destroy(s);
}

static void channels_delays_and_gains(void **state)
{
    (void)state;
    struct specification *s;
    struct plan *plan =
        make_plan("[channel A]\nnoise = 2\n[channel B]\nnoise = 4\n[channel C]\nnoise = 8\n"
                  "[tonic]\nonset = 1\nchannels = C, A, B\ndelay = 0.5\ngain = 0.5\nsnr = 20\n"
                  "[tonic]\nonset = 20\nchannels = 2,3\ndelays = 0.7\ngains = 2\namplitude = 30\n",
                  1, &s);
    const struct simulated_episode *e = &plan->episodes[0];
    assert_int_equal(e->channels[0].channel, 2);
    assert_close(e->channels[0].target, 80, 1e-9);
    assert_close(e->channels[1].target, 10, 1e-9);
    assert_close(e->channels[2].target, 20, 1e-9);
    assert_close(e->channels[1].delay, 0.5, 1e-12);
    assert_close(e->channels[2].delay, 1, 1e-12);
    e = &plan->episodes[1];
    assert_close(e->channels[0].target, 30, 1e-9);
    assert_close(e->channels[1].target, 60, 1e-9);
    assert_close(e->channels[1].delay, 0.7, 1e-12);
    plan_destroy(plan);
    specification_destroy(s);
}

static void what_does_not_fit_is_named(void **state)
{
    (void)state;
    expect_failure("[recording]\nduration = 20\n[tonic]\nduration = 15\ncount = 2\n",
                   "test.ini: line 3: no room for a tonic episode of 15 s");
    expect_failure("[clonic]\nonset = 1\nduration = 1\nrate = 2\n",
                   "line 1: fewer than three bursts fit into 1 s at 2 Hz");
    expect_failure("[recording]\nduration = 0.01\nrate = 10\n", "makes no sample");
    /* Random ones are cut to the lower end of their range first. */
    struct specification *s;
    struct plan *plan = make_plan("[recording]\nduration = 30\n[random]\nclasses = tonic\n"
                                  "tonic_duration = 2..100\nepisodes = 3\n",
                                  1, &s);
    assert_int_equal(plan->episode_count, 3);
    plan_destroy(plan);
    specification_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_episodes_keep_clear),
        cmocka_unit_test(adding_a_section_leaves_the_others),
        cmocka_unit_test(bursts_follow_their_rhythm),
        cmocka_unit_test(phases_meet_at_the_boundary),
        cmocka_unit_test(rows_of_contractions),
        cmocka_unit_test(channels_delays_and_gains),
        cmocka_unit_test(what_does_not_fit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
