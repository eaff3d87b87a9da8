/* The measures of agreement, made from a tally: one table of them drives columns and manual. */
#ifndef SOLEUS_PIPELINE_SCORE_MEASURES_H
#define SOLEUS_PIPELINE_SCORE_MEASURES_H

#include "pipeline/score/tally.h"

struct score_measure {
    struct column_definition column; /* COLUMN_INTEGER for counts, else COLUMN_REAL */
    double (*compute)(const struct score_rules *rules, const struct score_tally *tally,
                      struct error *error); /* NaN: there is no such number */
};

/* Ends with a column whose name is NULL. Sensitivity is the first table's side (episodes of the
 * reference that are found), precision the second's (episodes of the estimate that are right):
 * exchanging the tables exchanges the two. Of nothing, nothing is wrong: 1. Medians and percentiles
 * (Hyndman & Fan 1996, type 7) of nothing do not exist, nor do rates an hour of no time. Class
 * measures are of matches; without any they do not exist, but are 1 where both tables are empty. */
extern const struct score_measure score_measures[];

/* Expected calibration error: the mean over judgements of the distance between the mean confidence
 * and the fraction right of their bin, of `bins` bins of equal width (Guo 2017, Proc Mach Learn Res
 * 70:1321); NaN without judgements. */
double score_calibration_error(const struct score_tally *tally, size_t bins);

/* Bin of a confidence, 0 ≤ confidence ≤ 1: [k / bins, (k + 1) / bins), the last one closed. */
size_t score_calibration_bin(double confidence, size_t bins);

#define SCORE_BINS 10 /* of the measure calibration_error */

#endif
