/* Tables that a score prints. Each is made by the caller's columns of names and what is here. */
#ifndef SOLEUS_PIPELINE_SCORE_TABLES_H
#define SOLEUS_PIPELINE_SCORE_TABLES_H

#include "pipeline/score/measures.h"

/* What a row is of. */
struct score_row {
    const char *pair;  /* name of the pair of tables; "total" */
    const char *group; /* value of the column that groups pairs; NULL: none */
};

/* Every table starts with the columns pair and group. Tables are the caller's; NULL, and a filled
 * error, when memory runs out. */

/* A row a tally: columns as score_measures has them. */
struct table *score_table_create(struct error *error);
enum status score_table_add(struct table *table, const struct score_row *row,
                            const struct score_rules *rules, const struct score_tally *tally,
                            struct error *error);

/* The confusion matrix: a row a class of the reference (column `reference`) and one "false"; a
 * column a class of the estimate and one "missed". */
struct table *score_confusion_create(const struct score_rules *rules, struct error *error);
enum status score_confusion_add(struct table *table, const struct score_row *row,
                                const struct score_rules *rules, const struct score_tally *tally,
                                struct error *error);

/* Reliability: a row a bin of confidence: from, to, count, confidence (mean), right (fraction, with
 * its Wilson interval), gap (confidence minus right); and one over all bins, whose gap is the
 * expected calibration error. Bins without a match have missing values. */
struct table *score_calibration_create(struct error *error);
enum status score_calibration_add(struct table *table, const struct score_row *row,
                                  const struct score_tally *tally, size_t bins,
                                  struct error *error);

/* A row a match (outcome match), a missed, a false and an unjudged episode, in order of channel and
 * time: for what is not matched, the one of the other table that it overlaps most, if any, is
 * named too. */
struct table *score_errors_create(struct error *error);
enum status score_errors_add(struct table *table, const struct score_row *row,
                             const struct score_rules *rules, const struct score_rater raters[2],
                             const struct score_pairing *pairing,
                             const struct score_channels *channels, struct error *error);

#endif
