/* The episodes of one table, made ready to be compared with those of another. */
#ifndef SOLEUS_PIPELINE_SCORE_RATER_H
#define SOLEUS_PIPELINE_SCORE_RATER_H

#include "formats/table.h"
#include "pipeline/score/rules.h"

/* An interval that has no channel concerns all of them. */
#define SCORE_ALL_CHANNELS SIZE_MAX

struct score_episode {
    double onset, offset; /* s; offset ≥ onset */
    int class;            /* index among the classes of the rules */
    size_t channel;       /* of struct score_channels; by event: 0 */
    const char *label;    /* as the table has it, which it belongs to; NULL: none */
    /* What the table says of it, or of its longest part where several were merged; NaN: nothing. */
    double confidence, burst_rate, boundary;
};

struct score_rater {
    struct table *table; /* owned */
    size_t count;
    struct score_episode *episodes; /* owned */
    size_t unjudged_count;
    struct score_episode
        *unjudged;  /* owned; intervals, class SCORE_UNJUDGED; sorted once prepared */
    size_t other;   /* rows of trial_types that do not count */
    size_t undated; /* rows that would count, but for an onset or a duration */
    size_t brief;   /* episodes that were left out for their shortness */
    double end;     /* s; latest offset of all rows; 0 when there is none */
};

/* The channels of two tables, those that one of them does not name included. */
struct score_channels {
    size_t count;
    const char **labels; /* owned list of strings that belong to the tables; NULL: without a name */
};

/* Reads a table of BIDS events (TSV: onset, duration, trial_type; channel, confidence, burst_rate
 * and boundary where it has them; "-": standard input), or the annotations of any recording that
 * can be read ("tonic [Gastrocnemius L]"), its own without those of sidecars: a regular file is
 * taken for one when its name does not end in .tsv. Call score_rater_clear also after a failure. */
enum status score_rater_read(const char *path, const struct score_rules *rules,
                             struct score_rater *rater, struct error *error);
/* The same from a table, which becomes the rater's; name is for messages. */
enum status score_rater_take(struct table *table, const char *name, const struct score_rules *rules,
                             struct score_rater *rater, struct error *error);
void score_rater_clear(struct score_rater *rater);

/* Numbers the channels of two raters alike, by their labels in the order of their bytes. Labels
 * that differ as formats cut and spell them (16 characters, ASCII) are one. When one of them names
 * no channel, and the other one at most, that is the channel of both; when the other names several,
 * this fails, unless the rules merge the channels. names are those of the files. */
enum status score_channels_number(const struct score_rules *rules, struct score_rater raters[2],
                                  const char *const names[2], struct score_channels *channels,
                                  struct error *error);
void score_channels_clear(struct score_channels *channels);

/* Then: merges the episodes of a channel and class that are closer than merge_gap, which keep the
 * measurements of the longest; by event, makes one of those that overlap over the channels, of the
 * class that lasts longest among them (the first of the rules' when several do) with the
 * measurements of its longest; leaves out what is shorter than minimum_duration. The episodes are
 * then in order of channel, onset, offset, class and measurements, whatever the table's order. */
void score_rater_prepare(const struct score_rules *rules, struct score_rater *rater);

#endif
