/* The tables of an analysis: bursts, episodes (BIDS events), quality. */
#ifndef SOLEUS_PIPELINE_ANALYSIS_TABLES_H
#define SOLEUS_PIPELINE_ANALYSIS_TABLES_H

#include "pipeline/analysis/analysis.h"

/* Bits of the episodes' `flags`. */
enum episode_flag {
    EPISODE_PROLONGED = 1,
    EPISODE_LONG = 2,
    EPISODE_NOCTURNAL = 4,
    EPISODE_RECURRENT = 8,
    EPISODE_TOUCHES_START = 16,
    EPISODE_TOUCHES_END = 32,
    EPISODE_CUT = 64,
    EPISODE_NOT_RECOVERED = 128
};

/* The columns, for the manual and for sidecars; each ends with a row whose name is NULL. */
extern const struct column_definition burst_columns[];
extern const struct column_definition episode_columns[];
extern const struct column_definition quality_columns[];

/* What the words in a column of text mean; ends with a row whose column is NULL. */
struct column_level {
    const char *column, *level, *description;
};
extern const struct column_level episode_levels[];

/* Make analysis->bursts, ->episodes and ->quality from the finished channel paths. */
enum status analysis_make_bursts(struct analysis *analysis, struct error *error);
enum status analysis_make_episodes(struct analysis *analysis, struct error *error);
/* Make analysis->episodes (anew) from these members, which it sorts and numbers; their numbers
 * among channel_episodes are not looked at. */
struct event_member;
enum status analysis_tabulate(struct analysis *analysis, struct event_member *members, size_t count,
                              struct error *error);
/* Quality of analysed channel i, judged. */
struct quality analysis_judge(const struct analysis *analysis, size_t i);
enum status analysis_make_quality(struct analysis *analysis, struct error *error);

/* Names of the bits that are set, separated by commas: names[i] is that of bit i; NULL ends them.
 */
void names_of_bits(unsigned bits, const char *const *names, char *to, size_t size);

/* A time as tables give it: to the microsecond, so that it prints in few digits. */
double analysis_time(double seconds);

/* How many columns a definition list has. */
size_t columns_count(const struct column_definition *columns);

#endif
