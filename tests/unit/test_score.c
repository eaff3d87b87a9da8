/* Scores of tables of episodes, against numbers worked out by hand. */
#include "unit/score_case.h"

#include "pipeline/score/agreement.h"
#include "pipeline/score/tables.h"

#define N(row) row "\tn/a\tn/a\tn/a\n"

static const char *const reference =
    N("10\t10\ttonic\tTA") "30\t10\tclonic\tTA\tn/a\t5\tn/a\n"
                           "50\t20\ttonic-clonic\tTA\tn/a\t4\t60\n" N("80\t0.2\tmyoclonic\tTA")
                               N("90\t10\ttonic\tTA");
static const char *const estimate =
    "10.1\t9.7\ttonic\tTA\t0.95\tn/a\tn/a\n"
    "30.2\t10.2\ttonic\tTA\t0.65\t7\tn/a\n"
    "49.5\t21\ttonic-clonic\tTA\t0.85\t4.1\t60.4\n" N("90\t4\ttonic\tTA") N("95\t5\ttonic\tTA")
        N("110\t2\tclonic\tTA");

static void check(const struct score_case *score, const char *name, double value)
{
    double found = score_of(score, name);
    if (!(fabs(found - value) <= 1e-9) && !(isnan(found) && isnan(value))) {
        print_error("%s is %.17g, not %.17g\n", name, found, value);
        fail();
    }
}

static void events_by_hand(void **state)
{
    (void)state;
    struct score_case score = score_case();
    score.extent = (struct score_extent){3600, 2};
    score_run(&score, reference, estimate);
    check(&score, "hours", 1);
    check(&score, "channels", 2);
    check(&score, "reference", 5);
    check(&score, "estimate", 6);
    check(&score, "matched", 4);
    check(&score, "missed", 1);
    check(&score, "false", 2);
    check(&score, "sensitivity", 0.8);
    check(&score, "precision", 4 / 6.0);
    check(&score, "f1", 8 / 11.0);
    check(&score, "false_per_hour", 2);
    check(&score, "false_per_channel_hour", 1);
    check(&score, "found_any", 4);
    check(&score, "right_any", 5);
    check(&score, "false_any", 1);
    check(&score, "false_any_per_hour", 1);
    check(&score, "sensitivity_any", 0.8);
    check(&score, "precision_any", 5 / 6.0);
    check(&score, "f1_any", 2 * 0.8 * (5 / 6.0) / (0.8 + 5 / 6.0));
    check(&score, "split", 1);
    check(&score, "merging", 0);
    /* Onsets differ by 0.1, 0.2, -0.5 and 5 s, offsets by -0.2, 0.4, 0.5 and 0 s. */
    check(&score, "onset_error_median", 0.35);
    check(&score, "onset_error_95", 0.5 + 0.85 * 4.5);
    check(&score, "onset_bias", 0.15);
    check(&score, "offset_error_median", 0.3);
    check(&score, "offset_error_95", 0.4 + 0.85 * 0.1);
    check(&score, "offset_bias", 0.2);
    check(&score, "iou_median", (9.8 / 10.4 + 20 / 21.0) / 2);
    check(&score, "rate_pairs", 1);
    check(&score, "rate_error_median", 0.025);
    check(&score, "rate_error_95", 0.025);
    check(&score, "boundary_pairs", 1);
    check(&score, "boundary_error_median", 0.4);
    check(&score, "boundary_error_95", 0.4);
    score_clear(&score);
}

static void classes_by_hand(void **state)
{
    (void)state;
    static const size_t wanted[5][5] = {
        {2, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 0, 1}, {1, 1, 0, 0, 0}};
    struct score_case score = score_case();
    struct error error;
    score_run(&score, reference, estimate);
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            assert_int_equal(score.tally.confusion[i][j], wanted[i][j]);
        }
    }
    check(&score, "class_right", 3);
    check(&score, "class_accuracy", 0.75);
    /* p_o = 3/4; p_e = (2 · 3 + 1 · 0 + 1 · 1) / 16. */
    check(&score, "class_kappa", (0.75 - 7 / 16.0) / (1 - 7 / 16.0));
    check(&score, "confidences", 3);
    check(&score, "calibration_error", (0.05 + 0.65 + 0.15) / 3);
    struct table *table = score_calibration_create(&error);
    const struct score_row row = {"total", NULL};
    assert_int_equal(score_calibration_add(table, &row, &score.tally, 2, &error), STATUS_OK);
    assert_int_equal(table->row_count, 3);
    assert_close(table_real(table, 0, table_find(table, "count")), 0, 0);
    assert_true(isnan(table_real(table, 0, table_find(table, "right"))));
    assert_close(table_real(table, 1, table_find(table, "count")), 3, 0);
    assert_close(table_real(table, 1, table_find(table, "confidence")), 2.45 / 3, 1e-12);
    assert_close(table_real(table, 1, table_find(table, "right")), 2 / 3.0, 1e-12);
    assert_close(table_real(table, 2, table_find(table, "gap")), 0.45 / 3, 1e-12);
    table_destroy(table);
    score_clear(&score);
}

static void samples_by_hand(void **state)
{
    (void)state;
    struct score_case score = score_case();
    score.extent.seconds = 3600;
    score_run(&score, reference, estimate);
    const struct {
        size_t row, column;
        unsigned samples;
    } wanted[] = {{0, 0, 1870}, {0, 4, 130}, {1, 0, 980}, {1, 4, 20},  {4, 0, 40},
                  {2, 2, 2000}, {4, 2, 100}, {3, 4, 20},  {4, 1, 200}, {4, 4, 354640}};
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_int_equal(score.tally.samples[wanted[i].row][wanted[i].column], wanted[i].samples);
        sum += wanted[i].samples;
    }
    assert_int_equal(sum, 360000);
    double po = (1870 + 2000 + 354640) / 360000.0;
    /* Margins: tonic 2000 and 2890, clonic 1000 and 200, tonic-clonic 2000 and 2100, myoclonic 20
     * and 0, rest 354980 and 354810. */
    double pe =
        (2000.0 * 2890 + 1000.0 * 200 + 2000.0 * 2100 + 354980.0 * 354810) / 360000 / 360000;
    check(&score, "sample_agreement", po);
    check(&score, "sample_kappa", (po - pe) / (1 - pe));
    check(&score, "activity_agreement", 2 * 4850 / (2 * 4850 + 170 + 340.0));
    po = (4850 + 354640) / 360000.0;
    pe = (5020.0 * 5190 + 354980.0 * 354810) / 360000 / 360000;
    check(&score, "activity_kappa", (po - pe) / (1 - pe));
    score_clear(&score);
    /* A channel that neither table names is at rest in both. */
    score = score_case();
    score.extent = (struct score_extent){3600, 3};
    score_run(&score, reference, estimate);
    assert_int_equal(score.tally.samples[4][4], 354640 + 2 * 360000);
    score_clear(&score);
}

/* Samples lie in the middle of their steps. */
static void middle_of_a_step(void **state)
{
    (void)state;
    struct score_case score = score_case();
    score.extent.seconds = 1;
    score_run(&score, N("0.004\t0.012\ttonic\tTA"), N("0.006\t0.008\ttonic\tTA"));
    assert_int_equal(score.tally.samples[0][4], 2);
    assert_int_equal(score.tally.samples[0][0], 0);
    assert_int_equal(score.tally.samples[4][4], 98);
    score_clear(&score);
}

/* Of nothing, nothing is wrong; and no number is NaN that exists. */
static void empty_tables(void **state)
{
    (void)state;
    static const char *const shares[] = {"sensitivity",      "precision",     "f1",
                                         "sensitivity_any",  "precision_any", "f1_any",
                                         "sample_agreement", "sample_kappa",  "activity_agreement",
                                         "activity_kappa",   "class_kappa",   "class_accuracy"};
    struct score_case score = score_case();
    score.extent.seconds = 60;
    score_run(&score, "", "");
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        check(&score, shares[i], 1);
    }
    check(&score, "sensitivity_low", 0);
    check(&score, "sensitivity_high", 1);
    check(&score, "false_per_hour", 0);
    check(&score, "onset_error_median", NAN);
    score_clear(&score);

    score = score_case();
    score.extent.seconds = 60;
    score_run(&score, N("10\t5\ttonic\tTA"), "");
    check(&score, "sensitivity", 0);
    check(&score, "precision", 1);
    check(&score, "f1", 0);
    check(&score, "f1_any", 0);
    check(&score, "activity_kappa", 0);
    check(&score, "class_accuracy", NAN);
    score_clear(&score);

    score = score_case();
    score.extent.seconds = 60;
    score_run(&score, "", N("10\t5\ttonic\tTA"));
    check(&score, "sensitivity", 1);
    check(&score, "precision", 0);
    check(&score, "f1", 0);
    check(&score, "false_per_hour", 60);
    score_clear(&score);

    /* Without any time there are no rates, and no seconds to disagree on. */
    score = score_case();
    score_run(&score, "", "");
    check(&score, "false_per_hour", NAN);
    check(&score, "sample_kappa", 1);
    score_clear(&score);
}

static void wilson_and_kappa(void **state)
{
    (void)state;
    double interval[2];
    /* Newcombe 1998 (Stat Med 17:857), table I, method 3: 81/263, 15/148, 0/20, 1/29. */
    agreement_wilson(81, 263, interval);
    assert_close(interval[0], 0.2553, 5e-5);
    assert_close(interval[1], 0.3662, 5e-5);
    agreement_wilson(15, 148, interval);
    assert_close(interval[0], 0.0624, 5e-5);
    assert_close(interval[1], 0.1605, 5e-5);
    agreement_wilson(0, 20, interval);
    assert_close(interval[0], 0, 0);
    assert_close(interval[1], 0.1611, 5e-5);
    agreement_wilson(1, 29, interval);
    assert_close(interval[0], 0.0061, 5e-5);
    assert_close(interval[1], 0.1718, 5e-5);
    agreement_wilson(20, 20, interval);
    assert_close(interval[0], 1 - 0.1611, 5e-5);
    assert_close(interval[1], 1, 0);
    /* 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: p_o = 0.7, p_e = 0.5. */
    const double counts[] = {20, 5, 10, 15};
    assert_close(agreement_kappa(counts, 2, 2), 0.4, 1e-12);
    const double never[] = {0, 5, 5, 0};
    assert_close(agreement_kappa(never, 2, 2), -1, 1e-12);
    const double chance[] = {0, 5, 0, 5};
    assert_close(agreement_kappa(chance, 2, 2), 0, 1e-12);
    const double one[] = {7, 0, 0, 0};
    assert_close(agreement_kappa(one, 2, 2), 1, 0);
    const double none[] = {0, 0, 0, 0};
    assert_close(agreement_kappa(none, 2, 2), 1, 0);
    /* One sample in 10¹⁵ apart: p_e is 1 but for rounding. */
    const double rare[] = {1e15, 1, 0, 0};
    assert_close(agreement_kappa(rare, 2, 2), 0, 1e-12);
}

static void merging_and_leaving_out(void **state)
{
    (void)state;
    struct score_case score = score_case();
    const char *parts =
        "10\t4\tclonic\tTA\tn/a\t4\tn/a\n15\t5\tclonic\tTA\tn/a\t6\tn/a\n" N("21\t1\ttonic\tTA")
            N("20.5\t0.3\tclonic\tSol") N("40\t0.2\tmyoclonic\tTA");
    score.rules.merge_gap = 1.5;
    score.rules.minimum_duration = 0.25;
    score_run(&score, "10\t10\tclonic\tTA\tn/a\t6\tn/a\n", parts);
    check(&score, "estimate", 3);
    check(&score, "brief_estimate", 1);
    check(&score, "matched", 1);
    check(&score, "onset_error_95", 0);
    check(&score, "offset_error_95", 0);
    /* The longer part's rate. */
    check(&score, "rate_error_median", 0);
    check(&score, "split", 0);
    score_clear(&score);
    /* A gap as long as --merge-gap stays. */
    score = score_case();
    score.rules.merge_gap = 1;
    score_run(&score, "10\t10\tclonic\tTA\tn/a\t6\tn/a\n", parts);
    check(&score, "estimate", 5);
    check(&score, "split", 1);
    score_clear(&score);
}

static void events_over_channels(void **state)
{
    (void)state;
    const char *ref = N("10\t4\ttonic\tA") N("13\t7\tclonic\tB") N("19.5\t2\ttonic\tC")
        N("30\t1\ttonic\tA") N("31\t1\ttonic\tB");
    struct score_case score = score_case();
    score.rules.by_event = true;
    score.extent = (struct score_extent){3600, 8};
    score_run(&score, ref, N("10\t11.5\tclonic\tother") N("30\t1\ttonic\tother"));
    /* 10-21.5 is one, clonic for 7 s of 13; 30-31 and 31-32 only touch. */
    check(&score, "reference", 3);
    check(&score, "matched", 2);
    check(&score, "class_right", 2);
    check(&score, "onset_error_95", 0);
    check(&score, "offset_error_95", 0);
    check(&score, "channels", 1);
    score_clear(&score);
    score = score_case();
    score_run(&score, ref, N("10\t11.5\tclonic\tother"));
    check(&score, "reference", 5);
    check(&score, "matched", 0);
    check(&score, "channels", 4);
    score_clear(&score);
}

static void not_judged(void **state)
{
    (void)state;
    const char *ref = N("10\t10\tvoluntary\tA") N("30\t10\tvoluntary\tn/a") N("50\t10\ttonic\tA")
        N("70\t0\tvoluntary\tB") N("80\tn/a\ttonic\tA") N("1\t1\tstart\tn/a");
    const char *est = N("12\t5\ttonic\tA") N("10\t5\ttonic\tB") N("36\t9\ttonic\tB")
        N("31\t3\ttonic\tB") N("50\t10\ttonic\tA");
    struct score_case score = score_case();
    assert_int_equal(score_rules_add_unjudged(&score.rules, "voluntary", NULL), STATUS_OK);
    score.extent.seconds = 100;
    score_run(&score, ref, est);
    /* In A at 12 and in B at 31 (an interval of all channels); 4 of 9 s at 36 are too few. */
    check(&score, "unjudged", 2);
    check(&score, "estimate", 5);
    check(&score, "false", 2);
    check(&score, "precision", 1 / 3.0);
    check(&score, "precision_any", 1 / 3.0);
    check(&score, "other_reference", 1);
    check(&score, "undated_reference", 1);
    check(&score, "reference", 1);
    /* 20 s of A and 10 s of B are in no sample. */
    uint64_t sum = 0;
    for (size_t i = 0; i < SCORE_CELLS * SCORE_CELLS; i++) {
        sum += score.tally.samples[i / SCORE_CELLS][i % SCORE_CELLS];
    }
    assert_int_equal(sum, 20000 - 3000);
    score_clear(&score);
    score = score_case();
    score_run(&score, ref, est);
    check(&score, "false", 4);
    check(&score, "other_reference", 4);
    score_clear(&score);
}

static void totals_are_pooled(void **state)
{
    (void)state;
    struct score_case a = score_case(), b = score_case();
    struct score_tally total = {0};
    struct error error;
    a.extent.seconds = 3600;
    b.extent.seconds = 1800;
    score_run(&a, reference, estimate);
    score_run(&b, N("10\t10\ttonic\tTA"), N("10\t10\ttonic\tTA"));
    assert_int_equal(score_tally_add(&total, &a.tally, &error), STATUS_OK);
    assert_int_equal(score_tally_add(&total, &b.tally, &error), STATUS_OK);
    assert_close(score_measure(&a.rules, &total, "sensitivity"), 5 / 6.0, 1e-12);
    assert_close(score_measure(&a.rules, &total, "precision"), 5 / 7.0, 1e-12);
    assert_close(score_measure(&a.rules, &total, "false_per_hour"), 2 / 1.5, 1e-12);
    assert_close(score_measure(&a.rules, &total, "onset_error_median"), 0.2, 1e-9);
    assert_close(score_measure(&a.rules, &total, "channels"), 2, 0);
    score_tally_clear(&total);
    score_clear(&a);
    score_clear(&b);
}

static void rules_that_fail(void **state)
{
    (void)state;
    struct score_case score = score_case();
    struct error error;
    static const char *const classes[] = {"", "tonic,", "tonic,,clonic", "tonic,Tonic"};
    static const char *const aliases[] = {"voluntary", "voluntary=",   "=tonic",
                                          "a=gait",    "clonic=tonic", "a=tonic,A=clonic"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct score_rules rules = score_rules_defaults();
        assert_int_equal(score_rules_set_classes(&rules, classes[i], &error), STATUS_USAGE);
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        struct score_rules rules = score.rules;
        assert_int_equal(score_rules_add_aliases(&rules, aliases[i], &error), STATUS_USAGE);
    }
    assert_int_equal(score_rules_add_unjudged(&score.rules, "clonic", &error), STATUS_USAGE);
    assert_int_equal(
        score_rules_add_aliases(&score.rules, " hold = tonic , jerk=myoclonic", &error), STATUS_OK);
    assert_int_equal(score_rules_class(&score.rules, "Hold"), 0);
    assert_int_equal(score_rules_class(&score.rules, "jerk"), 3);
    assert_int_equal(score_rules_class(&score.rules, "hol"), SCORE_OTHER);
    assert_int_equal(score_rules_class(&score.rules, NULL), SCORE_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_by_hand),
        cmocka_unit_test(classes_by_hand),
        cmocka_unit_test(samples_by_hand),
        cmocka_unit_test(middle_of_a_step),
        cmocka_unit_test(empty_tables),
        cmocka_unit_test(wilson_and_kappa),
        cmocka_unit_test(merging_and_leaving_out),
        cmocka_unit_test(events_over_channels),
        cmocka_unit_test(not_judged),
        cmocka_unit_test(totals_are_pooled),
        cmocka_unit_test(rules_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
