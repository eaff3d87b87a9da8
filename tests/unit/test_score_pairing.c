/* Matching of episodes: against all ways there are, and whatever order and side the tables have. */
#include "unit/score_case.h"

#include "pipeline/score/assignment.h"

/* Knuth's 64-bit generator: the same numbers everywhere. */
static unsigned draw(uint64_t *state, unsigned below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33) % below;
}

struct best {
    size_t count;
    double weight;
};

/* The best of all choices for the left vertices from `left` on. */
static struct best try_all(const struct score_edge *edges, size_t count, size_t left, size_t lefts,
                           unsigned taken)
{
    if (left == lefts) {
        return (struct best){0, 0};
    }
    struct best best = try_all(edges, count, left + 1, lefts, taken);
    for (size_t e = 0; e < count; e++) {
        if (edges[e].left != left || taken & 1u << edges[e].right) {
            continue;
        }
        struct best with = try_all(edges, count, left + 1, lefts, taken | 1u << edges[e].right);
        with.count++;
        with.weight += edges[e].weight;
        if (with.count > best.count ||
            (with.count == best.count && with.weight > best.weight + 1e-12)) {
            best = with;
        }
    }
    return best;
}

/* The same graph with its sides exchanged gets the same matches. */
static void exchanged_sides(const struct score_edge *edges, size_t count, size_t lefts,
                            size_t rights, const size_t *match_left)
{
    struct score_edge turned[36];
    size_t match_first[6], match_second[6], n = 0;
    for (size_t j = 0; j < rights; j++) {
        for (size_t e = 0; e < count; e++) {
            if (edges[e].right == j) {
                turned[n++] = (struct score_edge){j, edges[e].left, edges[e].weight};
            }
        }
    }
    assert_int_equal(score_assign(turned, count, rights, lefts, match_first, match_second, NULL),
                     STATUS_OK);
    assert_memory_equal(match_left, match_second, lefts * sizeof *match_left);
}

static void best_of_all_assignments(void **state)
{
    (void)state;
    uint64_t seed = 1;
    size_t chains = 0;
    for (size_t trial = 0; trial < 3000; trial++) {
        struct score_edge edges[36];
        size_t lefts = 1 + draw(&seed, 6), rights = 1 + draw(&seed, 6), count = 0;
        size_t match_left[6], match_right[6], matched = 0;
        unsigned density = 1 + draw(&seed, 10), levels = draw(&seed, 2) ? 4 : 1000;
        for (size_t i = 0; i < lefts; i++) {
            for (size_t j = 0; j < rights; j++) {
                if (draw(&seed, 10) < density) {
                    edges[count++] =
                        (struct score_edge){i, j, (1 + draw(&seed, levels)) / (double)levels};
                }
            }
        }
        assert_int_equal(score_assign(edges, count, lefts, rights, match_left, match_right, NULL),
                         STATUS_OK);
        double weight = 0;
        for (size_t i = 0; i < lefts; i++) {
            if (match_left[i] == SIZE_MAX) {
                continue;
            }
            assert_int_equal(match_right[match_left[i]], i);
            matched++;
            for (size_t e = 0; e < count; e++) {
                if (edges[e].left == i && edges[e].right == match_left[i]) {
                    weight += edges[e].weight;
                }
            }
        }
        struct best best = try_all(edges, count, 0, lefts, 0);
        assert_int_equal(matched, best.count);
        assert_close(weight, best.weight, 1e-7);
        chains += matched > 3;
        exchanged_sides(edges, count, lefts, rights, match_left);
    }
    assert_true(chains > 100);
}

static void known_pairs(void **state)
{
    (void)state;
    const struct score_episode a = {.onset = 0, .offset = 10}, b = {.onset = 5, .offset = 20};
    const struct score_episode after = {.onset = 10, .offset = 12},
                               point = {.onset = 5, .offset = 5};
    assert_close(score_iou(&a, &b), 0.25, 0);
    assert_close(score_iou(&b, &a), 0.25, 0);
    assert_close(score_iou(&a, &after), 0, 0);
    assert_false(score_overlap(&a, &after));
    assert_true(score_overlap(&a, &point));
    assert_close(score_iou(&a, &point), 0, 0);
    assert_close(score_iou(&point, &point), 1, 0);

    /* The middle one is nearer to the first reference, which would then leave the second alone. */
    struct score_case score = score_case();
    score.rules.iou = 0.2;
    score_run(&score, "0\t10\ttonic\tA\tn/a\tn/a\tn/a\n8\t10\ttonic\tA\tn/a\tn/a\tn/a\n",
              "2\t10\ttonic\tA\tn/a\tn/a\tn/a\n-6\t10\ttonic\tA\tn/a\tn/a\tn/a\n");
    assert_int_equal(score.tally.matched, 2);
    assert_int_equal(score.pairing.sides[0].match[0], 0);
    assert_int_equal(score.pairing.sides[0].match[1], 1);
    score_clear(&score);

    /* An IoU that is the threshold but for rounding matches; of two halves the earlier. */
    score = score_case();
    score_run(&score, "0.1\t0.6\ttonic\tA\tn/a\tn/a\tn/a\n",
              "0.4\t0.3\ttonic\tA\tn/a\tn/a\tn/a\n0.1\t0.3\ttonic\tA\tn/a\tn/a\tn/a\n");
    assert_int_equal(score.pairing.sides[0].match[0], 0);
    assert_int_equal(score.pairing.sides[1].match[1], SCORE_UNMATCHED);
    score_clear(&score);
    score = score_case();
    score_run(&score, "22.9\t2.8\ttonic\tA\tn/a\tn/a\tn/a\n",
              "22.9\t1.4\ttonic\tA\tn/a\tn/a\tn/a\n");
    assert_int_equal(score.tally.matched, 1);
    score_clear(&score);

    score = score_case();
    score.rules.onset_tolerance = 1;
    score_run(&score, "0\t10\ttonic\tA\tn/a\tn/a\tn/a\n20\t10\ttonic\tA\tn/a\tn/a\tn/a\n",
              "1\t9\ttonic\tA\tn/a\tn/a\tn/a\n21.5\t8\ttonic\tA\tn/a\tn/a\tn/a\n");
    assert_int_equal(score.tally.matched, 1);
    assert_int_equal(score.tally.sides[0].touched, 1);
    score_clear(&score);
}

#define ROWS 40

/* Rows of random episodes, which overlap at times, over three channels; some have measurements. */
static void make_rows(uint64_t *seed, char rows[ROWS][80], size_t *count)
{
    static const char *const classes[] = {"tonic", "clonic", "tonic-clonic", "myoclonic", "gait"};
    *count = draw(seed, ROWS + 1);
    for (size_t i = 0; i < *count; i++) {
        unsigned onset = draw(seed, 400);
        snprintf(rows[i], 80, "%u.%u\t%u.5\t%s\t%c\t0.%u\t%u\t%u.25\n", onset, draw(seed, 10),
                 draw(seed, 30), classes[draw(seed, 5)], 'A' + (int)draw(seed, 3), draw(seed, 10),
                 2 + draw(seed, 5), onset + draw(seed, 5));
    }
}

static struct table *table_of(char rows[ROWS][80], size_t count, bool reversed)
{
    char text[ROWS * 80] = "";
    for (size_t i = 0; i < count; i++) {
        strcat(text, rows[reversed ? count - 1 - i : i]);
    }
    return score_rows(text);
}

static void same_scores(const struct score_case *a, const struct score_case *b, bool exchanged)
{
    static const char *const pairs[][2] = {
        {"sensitivity", "precision"},
        {"sensitivity_low", "precision_low"},
        {"sensitivity_high", "precision_high"},
        {"sensitivity_any", "precision_any"},
        {"sensitivity_any_low", "precision_any_low"},
        {"sensitivity_any_high", "precision_any_high"},
        {"reference", "estimate"},
        {"found_any", "right_any"},
        {"split", "merging"},
        {"other_reference", "other_estimate"},
        {"brief_reference", "brief_estimate"},
        {"missed", "false"},
    };
    /* What is said of the second rater alone. */
    static const char *const second[] = {"false_per_hour",    "false_per_channel_hour",
                                         "false_any",         "false_any_per_hour",
                                         "calibration_error", "unjudged"};
    for (const struct score_measure *m = score_measures; m->column.name; m++) {
        const char *name = m->column.name, *other = name;
        bool skipped = false, bias = strstr(name, "_bias") != NULL;
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs && exchanged; i++) {
            for (size_t k = 0; k < 2; k++) {
                other = strcmp(pairs[i][k], name) == 0 ? pairs[i][1 - k] : other;
            }
        }
        for (size_t i = 0; i < sizeof second / sizeof *second && exchanged; i++) {
            skipped = skipped || strcmp(name, second[i]) == 0;
        }
        double x = score_of(a, name), y = score_of(b, other) * (bias && exchanged ? -1 : 1);
        if (!skipped && !(isnan(x) && isnan(y)) && !(fabs(x - y) <= 1e-12)) {
            print_error("%s is %.17g, and %s %.17g\n", name, x, other, y);
            fail();
        }
    }
}

static void order_and_exchange(void **state)
{
    (void)state;
    uint64_t seed = 7;
    size_t matched = 0, several = 0;
    for (size_t trial = 0; trial < 400; trial++) {
        char rows[2][ROWS][80];
        size_t counts[2];
        struct score_case cases[3] = {score_case(), score_case(), score_case()};
        struct score_rules rules = cases[0].rules;
        assert_int_equal(score_rules_add_unjudged(&rules, "gait", NULL), STATUS_OK);
        rules.iou = draw(&seed, 3) ? 0.5 : 0.1;
        rules.merge_gap = draw(&seed, 2) ? 2 : 0;
        rules.minimum_duration = draw(&seed, 2) ? 3 : 0;
        rules.by_event = draw(&seed, 3) == 0;
        rules.onset_tolerance = draw(&seed, 4) ? INFINITY : 10;
        rules.raters = true;
        for (size_t r = 0; r < 2; r++) {
            make_rows(&seed, rows[r], &counts[r]);
        }
        for (size_t k = 0; k < 3; k++) {
            cases[k].rules = rules;
            cases[k].extent = (struct score_extent){450, 3};
            size_t first = k == 1;
            enum status status =
                score_compare(&cases[k], table_of(rows[first], counts[first], k == 2),
                              table_of(rows[1 - first], counts[1 - first], k == 2));
            assert_int_equal(status, STATUS_OK);
        }
        same_scores(&cases[0], &cases[1], true);
        same_scores(&cases[0], &cases[2], false);
        matched += cases[0].tally.matched;
        several += cases[0].tally.sides[0].several;
        for (size_t k = 0; k < 3; k++) {
            score_clear(&cases[k]);
        }
    }
    assert_true(matched > 300 && several > 300);
}

/* A table agrees with itself in everything, unless its episodes overlap each other. */
static void perfect_agreement(void **state)
{
    (void)state;
    uint64_t seed = 3;
    static const char *const ones[] = {"sensitivity",  "precision",       "f1",
                                       "iou_median",   "sensitivity_any", "class_accuracy",
                                       "sample_kappa", "activity_kappa",  "class_kappa"};
    static const char *const zeros[] = {
        "missed",         "false",           "split",         "merging",
        "onset_error_95", "offset_error_95", "rate_error_95", "boundary_error_95"};
    for (size_t trial = 0; trial < 50; trial++) {
        char text[4000] = "";
        static const char *const classes[] = {"tonic", "clonic", "tonic-clonic", "myoclonic"};
        for (size_t i = 0; i < 20; i++) {
            snprintf(text + strlen(text), 80, "%zu.%u\t%u.5\t%s\t%c\t1\t5\t%zu\n", 10 * i,
                     draw(&seed, 10), 1 + draw(&seed, 7), classes[i % 4], 'A' + (int)draw(&seed, 2),
                     10 * i + 2);
        }
        struct score_case score = score_case();
        score_run(&score, text, text);
        for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) {
            assert_close(score_of(&score, ones[i]), 1, 0);
        }
        for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++) {
            assert_close(score_of(&score, zeros[i]), 0, 0);
        }
        assert_int_equal(score.tally.matched, 20);
        score_clear(&score);
    }
}

static void channels_without_names(void **state)
{
    (void)state;
    struct score_case score = score_case();
    assert_int_equal(score_compare(&score, parsed("onset\tduration\ttrial_type\n1\t5\ttonic\n"),
                                   score_rows("1\t5\ttonic\t7\tn/a\tn/a\tn/a\n")),
                     STATUS_OK);
    assert_int_equal(score.tally.matched, 1);
    assert_int_equal(score.channels.count, 1);
    assert_string_equal(score.channels.labels[0], "7");
    score_clear(&score);
    /* Labels as a header of EDF cuts them. */
    score = score_case();
    score_run(&score, "1\t5\ttonic\tGastrocnemius L lateral\tn/a\tn/a\tn/a\n",
              "1\t5\ttonic\tGastrocnemius L \tn/a\tn/a\tn/a\n");
    assert_int_equal(score.tally.matched, 0);
    score_clear(&score);
    score = score_case();
    score_run(&score, "1\t5\ttonic\tTibialis anterior R\tn/a\tn/a\tn/a\n",
              "1\t5\ttonic\tTibialis anterio\tn/a\tn/a\tn/a\n");
    assert_int_equal(score.tally.matched, 1);
    score_clear(&score);
    score = score_case();
    assert_int_equal(
        score_compare(&score, parsed("onset\tduration\ttrial_type\n1\t5\ttonic\n"),
                      score_rows("1\t5\ttonic\tA\tn/a\tn/a\tn/a\n1\t5\ttonic\tB\tn/a\tn/a\tn/a\n")),
        STATUS_FAILED);
    assert_non_null(strstr(score.error.message, "--by-event"));
    score_clear(&score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_of_all_assignments), cmocka_unit_test(known_pairs),
        cmocka_unit_test(order_and_exchange),      cmocka_unit_test(perfect_agreement),
        cmocka_unit_test(channels_without_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
