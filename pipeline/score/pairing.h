/* Which episodes of two raters are the same. */
#ifndef SOLEUS_PIPELINE_SCORE_PAIRING_H
#define SOLEUS_PIPELINE_SCORE_PAIRING_H

#include "pipeline/score/rater.h"

#define SCORE_UNMATCHED SIZE_MAX

/* What is found of one rater's episodes; lists of one entry an episode. */
struct score_side {
    size_t *match;     /* the other rater's episode that it matches; SCORE_UNMATCHED */
    size_t *touching;  /* how many of the other rater's episodes it overlaps */
    double *best_iou;  /* the largest with any of the other's episodes; 0: overlaps none */
    size_t *best;      /* with which; SCORE_UNMATCHED */
    bool *unjudgeable; /* lies for more than half in intervals that are not judged */
};

struct score_pairing {
    struct score_side sides[2];
};

/* Intersection over union of two intervals, in seconds over seconds; of two instants 1 where they
 * are the same. Zero when they do not overlap. */
double score_iou(const struct score_episode *a, const struct score_episode *b);

/* Whether two episodes overlap: they have time in common, more than an end; an episode of no
 * duration overlaps those that hold its instant. */
bool score_overlap(const struct score_episode *a, const struct score_episode *b);

/* Compares the prepared episodes of two raters. Episodes agree when they are of one channel,
 * overlap, and have onsets no further apart than the rules' tolerance. `touching` counts those (any
 * overlap). A match wants an intersection over union of the rules' iou too, up to 1e-9: each
 * episode matches one other at most, and of all ways to match, the one with the most matches is
 * taken, among those the one with the greatest sum of IoU (to 1e-9 an episode), and among those
 * the one that prefers what comes earlier in both tables: a maximum-weight assignment of maximum
 * cardinality, by successive augmenting paths of greatest gain (Ford & Fulkerson 1962; Edmonds &
 * Karp 1972, J ACM 19:248). Where no episodes of a table overlap each other, no two can have an IoU
 * above 0.5 with the same one, and the matches are plain. Exchanging the raters exchanges the
 * sides and changes nothing else.
 *
 * An episode is unjudgeable when intervals of the rater 0 that are not judged (of both raters, when
 * the rules have no reference) cover more than half of it.
 *
 * Call score_pairing_clear also after a failure. Fails when memory runs out, and for tables of more
 * than ten million overlaps. */
enum status score_pair(const struct score_rules *rules, const struct score_rater raters[2],
                       struct score_pairing *pairing, struct error *error);
void score_pairing_clear(struct score_pairing *pairing);

#endif
