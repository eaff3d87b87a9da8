/* The scores of many pairs of tables, with their totals. */
#ifndef SOLEUS_PIPELINE_SCORE_REPORT_H
#define SOLEUS_PIPELINE_SCORE_REPORT_H

#include "pipeline/score/pairs.h"
#include "pipeline/score/tables.h"

#include "formats/recording.h"

struct score_group {
    char *name; /* owned */
    struct score_tally tally;
};

struct score_report {
    const struct score_rules *rules; /* the caller's; they outlive it */
    size_t bins;                     /* of the reliability table */
    struct table *scores;            /* owned, as all of these; see tables.h */
    struct table *confusion, *calibration, *errors;
    struct score_tally total;
    size_t group_count;
    struct score_group *groups; /* in order of appearance */
    size_t guessed;             /* pairs whose recorded time is taken from the tables' ends */
    size_t past;                /* pairs with rows that reach past the recorded time */
};

enum status score_report_create(const struct score_rules *rules, size_t bins,
                                struct score_report *report, struct error *error);
void score_report_clear(struct score_report *report);

/* How long a recording is, and how many channels of it are selected; reads to its end where the
 * header does not tell. */
enum status score_extent_read(const char *path, const struct recording_options *options,
                              struct score_extent *extent, struct error *error);

/* Compares a pair and adds its rows: to errors, and to scores unless totals_only is set. On failure
 * the report stands as it was, but for rows of errors. */
enum status score_report_add(struct score_report *report, const struct score_pair_item *pair,
                             bool totals_only, struct error *error);

/* Adds the rows of the groups' totals and of the total to scores, confusion and calibration. */
enum status score_report_finish(struct score_report *report, struct error *error);

#endif
