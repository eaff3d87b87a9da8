/* Which tables are compared with which. */
#ifndef SOLEUS_PIPELINE_SCORE_PAIRS_H
#define SOLEUS_PIPELINE_SCORE_PAIRS_H

#include "pipeline/score/tally.h"

struct score_pair_item {
    char *reference, *estimate; /* paths; owned, as the next three */
    char *name;
    char *group;                /* NULL: none */
    char *recording;            /* that tells how long was recorded; NULL: none */
    struct score_extent extent; /* what is known of it */
};

struct score_pairs {
    size_t count;
    struct score_pair_item *items; /* owned */
    size_t unpaired_count;
    char **unpaired; /* owned; paths of tables in folders that have no partner */
};

/* The name that two tables of one recording have in common: the file name without its extension,
 * and without what tables are called by: _events, _episodes, _truth, _annotations, _desc-episodes,
 * _emg. At least one character stays. */
void score_stem(const char *path, char *to, size_t size);

/* Adds one pair, called by the stem of its reference. recording may be NULL. */
enum status score_pairs_add(struct score_pairs *pairs, const char *reference, const char *estimate,
                            const char *recording, struct error *error);

/* Adds the rows of a table (TSV; "-": standard input) with the columns reference and estimate:
 * paths as from where the program runs; where it has them: duration (s), channels (count),
 * recording (a path). group_by names a column whose values group the pairs (NULL: none). */
enum status score_pairs_read(struct score_pairs *pairs, const char *path, const char *group_by,
                             struct error *error);

/* Pairs the tables of two folders (and those below) by their stems; where a stem is there twice in
 * one of them, by the folders in front as well. Tables are the files called *_events.tsv,
 * *_episodes.tsv or *_truth.tsv, in a folder without any *.tsv. Hidden ones are passed over. */
enum status score_pairs_match(struct score_pairs *pairs, const char *references,
                              const char *estimates, struct error *error);

/* Pairs that have one name are called by the path of their reference instead; where a reference is
 * there twice among them, by that of their estimate. */
enum status score_pairs_name(struct score_pairs *pairs, struct error *error);

void score_pairs_clear(struct score_pairs *pairs);

#endif
