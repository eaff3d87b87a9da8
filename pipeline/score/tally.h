/* What is counted of pairs of tables: plain counts and lists of differences, so that the totals of
 * many pairs are those of all their episodes, and no means of ratios. */
#ifndef SOLEUS_PIPELINE_SCORE_TALLY_H
#define SOLEUS_PIPELINE_SCORE_TALLY_H

#include "pipeline/score/pairing.h"

/* Rows and columns of a confusion matrix: the classes, and behind the last of them none. */
#define SCORE_CELLS (SCORE_CLASSES_MAX + 1)

struct score_values {
    size_t count;
    double *list; /* owned */
};

/* A match whose second episode says how sure it is. */
struct score_judgement {
    double confidence; /* 0 to 1 */
    bool right;        /* both have one class */
};

/* Of one of both raters. Episodes that are unjudgeable and not matched (or touched) are spared:
 * neither right nor wrong. */
struct score_tally_side {
    size_t episodes, other, undated, brief; /* as in struct score_rater */
    size_t touched;                         /* that overlap an episode of the other rater */
    size_t spared_touching;                 /* that overlap none and are spared */
    size_t spared;                          /* that are not matched and are spared */
    size_t several;                         /* that overlap two or more of the other rater's */
};

struct score_tally {
    size_t class_count;
    struct score_tally_side sides[2];
    size_t pairs;           /* of tables */
    double seconds;         /* recorded */
    double channel_seconds; /* the same times the channels */
    size_t channels;        /* summed over the pairs of tables */
    size_t matched;
    /* Matched episodes by class; the last row: the second rater's that are not matched, the last
     * column: the first rater's; those that are spared are in neither. */
    size_t confusion[SCORE_CELLS][SCORE_CELLS];
    /* Samples by class; last: rest. Those that are not judged are in none. */
    uint64_t samples[SCORE_CELLS][SCORE_CELLS];
    /* Of matches, second minus first rater. */
    struct score_values onset, offset, iou; /* s, s, 1 */
    struct score_values rate;     /* of burst rates, where both are clonic or tonic-clonic and have
                                     one: relative to the first's (to the mean of both, when there
                                     is no reference) */
    struct score_values boundary; /* s; where both are tonic-clonic and have one */
    size_t judgement_count;
    struct score_judgement *judgements; /* owned */
};

/* How long and over how many channels was recorded. */
struct score_extent {
    double seconds;  /* > 0, or 0: as long as the tables reach */
    size_t channels; /* 0: as many as the tables name, at least one */
};

/* Counts one pair of prepared raters into a tally that is zeroed. Sample k of a channel, at
 * (k + 1/2) step, has the class of the episode that holds it (onset ≤ t < offset); of several that
 * of the one that began last. There are as many as fit into the recorded time; of channels that
 * no table names, all are rest. Call score_tally_clear also after a failure. */
enum status score_tally_count(const struct score_rules *rules, const struct score_rater raters[2],
                              const struct score_pairing *pairing,
                              const struct score_channels *channels,
                              const struct score_extent *extent, struct score_tally *tally,
                              struct error *error);

/* Adds a tally to a total, which may be zeroed. */
enum status score_tally_add(struct score_tally *total, const struct score_tally *tally,
                            struct error *error);
void score_tally_clear(struct score_tally *tally);

/* timeline.c: fills tally->samples of the channels that the tables name, over [0, count) samples.
 */
enum status score_timeline(const struct score_rules *rules, const struct score_rater raters[2],
                           size_t channels, int64_t count, struct score_tally *tally,
                           struct error *error);

/* Seconds from a difference, without the digits that are only rounding: to the nanosecond. */
double score_seconds(double seconds);

/* Relative difference of burst rates, signed; NaN where it does not count (see `rate`). */
double score_rate_difference(const struct score_rules *rules, const struct score_episode *a,
                             const struct score_episode *b);
/* Difference of boundaries, s, signed; NaN where it does not count. */
double score_boundary_difference(const struct score_rules *rules, const struct score_episode *a,
                                 const struct score_episode *b);

#endif
