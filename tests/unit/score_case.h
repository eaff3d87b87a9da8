/* Two tables of episodes, compared. */
#ifndef SOLEUS_TESTS_UNIT_SCORE_CASE_H
#define SOLEUS_TESTS_UNIT_SCORE_CASE_H

#include "unit/parse_table.h"

#include "pipeline/score/measures.h"

struct score_case {
    struct score_rules rules;
    struct score_extent extent;
    struct score_rater raters[2];
    struct score_channels channels;
    struct score_pairing pairing;
    struct score_tally tally;
    struct error error;
};

static inline struct score_case score_case(void)
{
    struct score_case score = {.rules = score_rules_defaults()};
    assert_int_equal(
        score_rules_set_classes(&score.rules, "tonic,clonic,tonic-clonic,myoclonic", NULL),
        STATUS_OK);
    return score;
}

/* Rows without the header: onset, duration, trial_type, channel, confidence, burst_rate, boundary.
 */
static inline struct table *score_rows(const char *rows)
{
    char text[20000];
    assert_true(strlen(rows) < sizeof text - 100);
    snprintf(text, sizeof text,
             "onset\tduration\ttrial_type\tchannel\tconfidence\tburst_rate\tboundary\n%s", rows);
    return parsed(text);
}

static inline enum status score_compare(struct score_case *score, struct table *reference,
                                        struct table *estimate)
{
    const char *const names[] = {"ref.tsv", "est.tsv"};
    struct table *const tables[] = {reference, estimate};
    for (size_t r = 0; r < 2; r++) {
        assert_int_equal(
            score_rater_take(tables[r], names[r], &score->rules, &score->raters[r], &score->error),
            STATUS_OK);
    }
    enum status status =
        score_channels_number(&score->rules, score->raters, names, &score->channels, &score->error);
    if (status != STATUS_OK) {
        return status;
    }
    score_rater_prepare(&score->rules, &score->raters[0]);
    score_rater_prepare(&score->rules, &score->raters[1]);
    status = score_pair(&score->rules, score->raters, &score->pairing, &score->error);
    return status == STATUS_OK
               ? score_tally_count(&score->rules, score->raters, &score->pairing, &score->channels,
                                   &score->extent, &score->tally, &score->error)
               : status;
}

/* The same of rows. */
static inline void score_run(struct score_case *score, const char *reference, const char *estimate)
{
    assert_int_equal(score_compare(score, score_rows(reference), score_rows(estimate)), STATUS_OK);
}

static inline double score_measure(const struct score_rules *rules, const struct score_tally *tally,
                                   const char *name)
{
    for (const struct score_measure *m = score_measures; m->column.name; m++) {
        if (strcmp(m->column.name, name) == 0) {
            struct error error = {.status = STATUS_OK};
            double value = m->compute(rules, tally, &error);
            assert_int_equal(error.status, STATUS_OK);
            return value;
        }
    }
    print_error("no measure '%s'\n", name);
    fail();
    return NAN;
}

static inline double score_of(const struct score_case *score, const char *name)
{
    return score_measure(&score->rules, &score->tally, name);
}

static inline void score_clear(struct score_case *score)
{
    score_tally_clear(&score->tally);
    score_pairing_clear(&score->pairing);
    score_channels_clear(&score->channels);
    score_rater_clear(&score->raters[0]);
    score_rater_clear(&score->raters[1]);
}

#endif
