#include "pipeline/score/measures.h"

#include "formats/checked.h"
#include "pipeline/score/agreement.h"
#include "pipeline/signal/statistics.h"

#define ARGUMENTS                                                                                  \
    const struct score_rules *rules, const struct score_tally *tally, struct error *error
#define UNUSED ((void)rules, (void)error)

/* A measure that is an expression of the tally alone. */
#define MEASURE(name, expression)                                                                  \
    static double name(ARGUMENTS)                                                                  \
    {                                                                                              \
        UNUSED;                                                                                    \
        return (expression);                                                                       \
    }

enum { REFERENCE, ESTIMATE };

/* Episodes of a side that are judged: by any overlap, and by IoU. */
static double judged_touching(const struct score_tally *tally, int side)
{
    return (double)(tally->sides[side].episodes - tally->sides[side].spared_touching);
}

static double judged(const struct score_tally *tally, int side)
{
    return (double)(tally->sides[side].episodes - tally->sides[side].spared);
}

static double touched_share(const struct score_tally *tally, int side)
{
    return agreement_proportion((double)tally->sides[side].touched, judged_touching(tally, side));
}

static double matched_share(const struct score_tally *tally, int side)
{
    return agreement_proportion((double)tally->matched, judged(tally, side));
}

static double wilson(double part, double whole, int end)
{
    double interval[2];
    agreement_wilson(part, whole, interval);
    return interval[end];
}

static double touched_wilson(const struct score_tally *tally, int side, int end)
{
    return wilson((double)tally->sides[side].touched, judged_touching(tally, side), end);
}

static double matched_wilson(const struct score_tally *tally, int side, int end)
{
    return wilson((double)tally->matched, judged(tally, side), end);
}

static double an_hour(double count, double seconds)
{
    return seconds > 0 ? count * 3600 / seconds : NAN;
}

static double false_any(const struct score_tally *tally)
{
    return judged_touching(tally, ESTIMATE) - (double)tally->sides[ESTIMATE].touched;
}

static double false_iou(const struct score_tally *tally)
{
    return judged(tally, ESTIMATE) - (double)tally->matched;
}

static double class_right(const struct score_tally *tally)
{
    double sum = 0;
    for (size_t i = 0; i < tally->class_count; i++) {
        sum += (double)tally->confusion[i][i];
    }
    return sum;
}

/* What a measure of the matches' classes is when there are no matches. */
static double without_matches(const struct score_tally *tally)
{
    return tally->sides[0].episodes + tally->sides[1].episodes == 0 ? 1 : NAN;
}

static double class_kappa(ARGUMENTS)
{
    UNUSED;
    double counts[SCORE_CELLS * SCORE_CELLS];
    for (size_t i = 0; i < tally->class_count; i++) {
        for (size_t j = 0; j < tally->class_count; j++) {
            counts[i * SCORE_CELLS + j] = (double)tally->confusion[i][j];
        }
    }
    return tally->matched ? agreement_kappa(counts, tally->class_count, SCORE_CELLS)
                          : without_matches(tally);
}

static double sample_kappa(ARGUMENTS)
{
    UNUSED;
    double counts[SCORE_CELLS * SCORE_CELLS];
    for (size_t i = 0; i <= tally->class_count; i++) {
        for (size_t j = 0; j <= tally->class_count; j++) {
            counts[i * SCORE_CELLS + j] = (double)tally->samples[i][j];
        }
    }
    return agreement_kappa(counts, tally->class_count + 1, SCORE_CELLS);
}

/* Samples by activity: [first active][second active]. */
static void count_activity(const struct score_tally *tally, double counts[4])
{
    size_t none = tally->class_count;
    counts[0] = counts[1] = counts[2] = counts[3] = 0;
    for (size_t i = 0; i <= none; i++) {
        for (size_t j = 0; j <= none; j++) {
            counts[(i < none ? 2 : 0) + (j < none ? 1 : 0)] += (double)tally->samples[i][j];
        }
    }
}

static double activity_kappa(ARGUMENTS)
{
    UNUSED;
    double counts[4];
    count_activity(tally, counts);
    return agreement_kappa(counts, 2, 2);
}

static double activity_agreement(ARGUMENTS)
{
    UNUSED;
    double counts[4];
    count_activity(tally, counts);
    return agreement_proportion(2 * counts[3], 2 * counts[3] + counts[1] + counts[2]);
}

static double sample_agreement(ARGUMENTS)
{
    UNUSED;
    double same = 0, all = 0;
    for (size_t i = 0; i <= tally->class_count; i++) {
        for (size_t j = 0; j <= tally->class_count; j++) {
            all += (double)tally->samples[i][j];
        }
        same += (double)tally->samples[i][i];
    }
    return agreement_proportion(same, all);
}

/* A quantile of the values, or of how large they are. */
static double quantile_of(const struct score_values *values, double q, bool absolute,
                          struct error *error)
{
    double *copy = checked_calloc(values->count, sizeof *copy);
    if (!copy) {
        error_memory(error, "ordering differences");
        return NAN;
    }
    for (size_t i = 0; i < values->count; i++) {
        copy[i] = absolute ? fabs(values->list[i]) : values->list[i];
    }
    double quantile = statistics_quantile(copy, values->count, q);
    free(copy);
    return quantile;
}

size_t score_calibration_bin(double confidence, size_t bins)
{
    size_t bin = (size_t)(confidence * (double)bins + 1e-9);
    return bin < bins ? bin : bins - 1;
}

double score_calibration_error(const struct score_tally *tally, size_t bins)
{
    double sum = 0;
    for (size_t k = 0; k < bins; k++) {
        double surplus = 0;
        for (size_t i = 0; i < tally->judgement_count; i++) {
            const struct score_judgement *judgement = &tally->judgements[i];
            if (score_calibration_bin(judgement->confidence, bins) == k) {
                surplus += judgement->confidence - (judgement->right ? 1 : 0);
            }
        }
        sum += fabs(surplus);
    }
    return tally->judgement_count ? sum / (double)tally->judgement_count : NAN;
}

static double f1_any(ARGUMENTS)
{
    UNUSED;
    return agreement_f1(touched_share(tally, REFERENCE), touched_share(tally, ESTIMATE));
}

static double f1(ARGUMENTS)
{
    UNUSED;
    return agreement_f1(matched_share(tally, REFERENCE), matched_share(tally, ESTIMATE));
}

static double class_accuracy(ARGUMENTS)
{
    UNUSED;
    return tally->matched ? class_right(tally) / (double)tally->matched : without_matches(tally);
}

#define QUANTILE(name, values, q, absolute)                                                        \
    static double name(ARGUMENTS)                                                                  \
    {                                                                                              \
        (void)rules;                                                                               \
        return quantile_of(&tally->values, q, absolute, error);                                    \
    }

MEASURE(hours, tally->seconds / 3600)
MEASURE(channels, (double)tally->channels)
MEASURE(reference, (double)tally->sides[REFERENCE].episodes)
MEASURE(estimate, (double)tally->sides[ESTIMATE].episodes)
MEASURE(found_any, (double)tally->sides[REFERENCE].touched)
MEASURE(right_any, (double)tally->sides[ESTIMATE].touched)
MEASURE(false_any_count, false_any(tally))
MEASURE(false_any_hour, an_hour(false_any(tally), tally->seconds))
MEASURE(sensitivity_any, touched_share(tally, REFERENCE))
MEASURE(sensitivity_any_low, touched_wilson(tally, REFERENCE, 0))
MEASURE(sensitivity_any_high, touched_wilson(tally, REFERENCE, 1))
MEASURE(precision_any, touched_share(tally, ESTIMATE))
MEASURE(precision_any_low, touched_wilson(tally, ESTIMATE, 0))
MEASURE(precision_any_high, touched_wilson(tally, ESTIMATE, 1))
MEASURE(matched, (double)tally->matched)
MEASURE(missed, judged(tally, REFERENCE) - (double)tally->matched)
MEASURE(false_count, false_iou(tally))
MEASURE(false_hour, an_hour(false_iou(tally), tally->seconds))
MEASURE(false_channel_hour, an_hour(false_iou(tally), tally->channel_seconds))
MEASURE(sensitivity, matched_share(tally, REFERENCE))
MEASURE(sensitivity_low, matched_wilson(tally, REFERENCE, 0))
MEASURE(sensitivity_high, matched_wilson(tally, REFERENCE, 1))
MEASURE(precision, matched_share(tally, ESTIMATE))
MEASURE(precision_low, matched_wilson(tally, ESTIMATE, 0))
MEASURE(precision_high, matched_wilson(tally, ESTIMATE, 1))
MEASURE(split, (double)tally->sides[REFERENCE].several)
MEASURE(merging, (double)tally->sides[ESTIMATE].several)
MEASURE(class_right_count, class_right(tally))
MEASURE(class_accuracy_low, wilson(class_right(tally), (double)tally->matched, 0))
MEASURE(class_accuracy_high, wilson(class_right(tally), (double)tally->matched, 1))
MEASURE(rate_pairs, (double)tally->rate.count)
MEASURE(boundary_pairs, (double)tally->boundary.count)
MEASURE(confidences, (double)tally->judgement_count)
MEASURE(calibration_error, score_calibration_error(tally, SCORE_BINS))
MEASURE(unjudged, (double)tally->sides[ESTIMATE].spared)
MEASURE(other_reference, (double)tally->sides[REFERENCE].other)
MEASURE(other_estimate, (double)tally->sides[ESTIMATE].other)
MEASURE(brief_reference, (double)tally->sides[REFERENCE].brief)
MEASURE(brief_estimate, (double)tally->sides[ESTIMATE].brief)
MEASURE(undated_reference, (double)tally->sides[REFERENCE].undated)
MEASURE(undated_estimate, (double)tally->sides[ESTIMATE].undated)
QUANTILE(iou_median, iou, 0.5, false)
QUANTILE(onset_error, onset, 0.5, true)
QUANTILE(onset_error_95, onset, 0.95, true)
QUANTILE(onset_bias, onset, 0.5, false)
QUANTILE(offset_error, offset, 0.5, true)
QUANTILE(offset_error_95, offset, 0.95, true)
QUANTILE(offset_bias, offset, 0.5, false)
QUANTILE(rate_error, rate, 0.5, true)
QUANTILE(rate_error_95, rate, 0.95, true)
QUANTILE(boundary_error, boundary, 0.5, true)
QUANTILE(boundary_error_95, boundary, 0.95, true)

#define COUNT(name, function, text)                                                                \
    {                                                                                              \
        {name, COLUMN_INTEGER, "1", text, NULL}, function                                          \
    }
#define REAL(name, unit, function, text)                                                           \
    {                                                                                              \
        {name, COLUMN_REAL, unit, text, NULL}, function                                            \
    }

/* clang-format off */
const struct score_measure score_measures[] = {
    REAL("hours", "h", hours, "recorded time"),
    COUNT("channels", channels, "channels, summed over the pairs of tables"),
    COUNT("reference", reference, "episodes of the reference"),
    COUNT("estimate", estimate, "episodes of the estimate"),
    COUNT("matched", matched, "pairs of episodes that match by intersection over union, one to one"),
    COUNT("missed", missed, "episodes of the reference that are not matched"),
    COUNT("false", false_count, "episodes of the estimate that are not matched"),
    REAL("sensitivity", "1", sensitivity, "matched over reference"),
    REAL("sensitivity_low", "1", sensitivity_low, "lower end of its 95 % interval (Wilson 1927)"),
    REAL("sensitivity_high", "1", sensitivity_high, "upper end"),
    REAL("precision", "1", precision, "matched over estimate"),
    REAL("precision_low", "1", precision_low, "lower end of its 95 % interval (Wilson 1927)"),
    REAL("precision_high", "1", precision_high, "upper end"),
    REAL("f1", "1", f1, "harmonic mean of sensitivity and precision; of two raters, their positive agreement"),
    REAL("false_per_hour", "1/h", false_hour, "false over the recorded time"),
    REAL("false_per_channel_hour", "1/h", false_channel_hour, "false over the recorded time of all channels"),
    COUNT("found_any", found_any, "episodes of the reference that any of the estimate overlaps"),
    COUNT("right_any", right_any, "episodes of the estimate that overlap any of the reference"),
    COUNT("false_any", false_any_count, "episodes of the estimate that overlap none"),
    REAL("sensitivity_any", "1", sensitivity_any, "found_any over reference"),
    REAL("sensitivity_any_low", "1", sensitivity_any_low, "lower end of its 95 % interval"),
    REAL("sensitivity_any_high", "1", sensitivity_any_high, "upper end"),
    REAL("precision_any", "1", precision_any, "right_any over estimate"),
    REAL("precision_any_low", "1", precision_any_low, "lower end of its 95 % interval"),
    REAL("precision_any_high", "1", precision_any_high, "upper end"),
    REAL("f1_any", "1", f1_any, "harmonic mean of sensitivity_any and precision_any"),
    REAL("false_any_per_hour", "1/h", false_any_hour, "false_any over the recorded time"),
    COUNT("split", split, "episodes of the reference that two or more of the estimate overlap"),
    COUNT("merging", merging, "episodes of the estimate that overlap two or more of the reference"),
    REAL("iou_median", "1", iou_median, "median intersection over union of matches"),
    REAL("onset_error_median", "s", onset_error, "median distance of onsets of matches"),
    REAL("onset_error_95", "s", onset_error_95, "its 95th percentile"),
    REAL("onset_bias", "s", onset_bias, "median of estimate minus reference"),
    REAL("offset_error_median", "s", offset_error, "median distance of offsets of matches"),
    REAL("offset_error_95", "s", offset_error_95, "its 95th percentile"),
    REAL("offset_bias", "s", offset_bias, "median of estimate minus reference"),
    COUNT("class_right", class_right_count, "matches of one class"),
    REAL("class_accuracy", "1", class_accuracy, "class_right over matched"),
    REAL("class_accuracy_low", "1", class_accuracy_low, "lower end of its 95 % interval"),
    REAL("class_accuracy_high", "1", class_accuracy_high, "upper end"),
    REAL("class_kappa", "1", class_kappa, "Cohen's kappa of the classes of matches (Cohen 1960)"),
    REAL("sample_agreement", "1", sample_agreement, "samples of one class, or both at rest, over all"),
    REAL("sample_kappa", "1", sample_kappa, "Cohen's kappa of samples, classes and rest"),
    REAL("activity_agreement", "1", activity_agreement, "positive agreement of samples: 2 both active / (active of one + of the other)"),
    REAL("activity_kappa", "1", activity_kappa, "Cohen's kappa of samples, active or at rest"),
    COUNT("rate_pairs", rate_pairs, "matches with burst rates, both clonic or tonic-clonic"),
    REAL("rate_error_median", "1", rate_error, "median distance of their burst rates, relative to the reference's"),
    REAL("rate_error_95", "1", rate_error_95, "its 95th percentile"),
    COUNT("boundary_pairs", boundary_pairs, "matches with phase boundaries, both tonic-clonic"),
    REAL("boundary_error_median", "s", boundary_error, "median distance of their boundaries"),
    REAL("boundary_error_95", "s", boundary_error_95, "its 95th percentile"),
    COUNT("confidences", confidences, "matches with a confidence"),
    REAL("calibration_error", "1", calibration_error, "expected calibration error of their classes, ten bins (Guo 2017)"),
    COUNT("unjudged", unjudged, "episodes of the estimate in intervals that are not judged"),
    COUNT("other_reference", other_reference, "rows of the reference of trial_types that do not count"),
    COUNT("other_estimate", other_estimate, "the same of the estimate"),
    COUNT("brief_reference", brief_reference, "episodes of the reference that were left out as too short"),
    COUNT("brief_estimate", brief_estimate, "the same of the estimate"),
    COUNT("undated_reference", undated_reference, "rows of the reference left out for want of an onset or a duration"),
    COUNT("undated_estimate", undated_estimate, "the same of the estimate"),
    {{NULL, COLUMN_REAL, NULL, NULL, NULL}, NULL},
};
/* clang-format on */
