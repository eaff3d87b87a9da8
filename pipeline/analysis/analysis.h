/* The analysis of one recording: reads it once, block by block, in bounded memory; marker rows go
 * to a sink as they become final, all else is in the tables afterwards. */
#ifndef SOLEUS_PIPELINE_ANALYSIS_H
#define SOLEUS_PIPELINE_ANALYSIS_H

#include "formats/recording.h"
#include "formats/table.h"
#include "pipeline/analysis/channel.h"
#include "pipeline/parameters.h"

/* One epoch of all analysed channels. */
struct analysis_row {
    uint64_t number; /* from 0 */
    double time;     /* s, the epoch's centre */
    size_t channel_count;
    const struct channel_row *const *channels; /* by analysed channel */
};

struct analysis_sink {
    void *context;
    /* Called for each epoch in order, from the thread that called analysis_run. May be NULL. */
    enum status (*row)(void *context, const struct analysis_row *row, struct error *error);
    /* Called now and then with the seconds of recording read so far. May be NULL; another status
     * than STATUS_OK ends the analysis. */
    enum status (*progress)(void *context, double seconds, struct error *error);
    bool flat;   /* take recordings whose channels never change, to judge their quality */
    bool tables; /* fill the tables; without, only rows are made */
    const double *watch; /* s: every channel keeps what is told of that time; NULL: none does */
};

/* What a row of the episodes table tells of. */
struct episode_place {
    size_t channel; /* analysed channel */
    size_t number;  /* among its channel_episodes, from 0 */
};

struct analysis {
    const struct recording_info *info; /* the recording's; valid while it is open */
    struct parameters parameters;
    size_t channel_count;            /* analysed channels */
    size_t *indexes;                 /* of them in info->channels */
    struct channel_path **paths;     /* by analysed channel, for pictures */
    double mains;                    /* Hz, what --mains auto decided; 0: none */
    unsigned long long *mains_masks; /* by analysed channel */
    double seconds;                  /* the recording's duration */
    uint64_t epoch_count;
    struct table *bursts, *episodes, *trends, *quality;
    struct episode_place *episode_places; /* by row of episodes */
    struct surroundings *surroundings;    /* what the events say; NULL without tables */
};

/* Runs over the whole recording. On failure *analysis is NULL. */
enum status analysis_run(struct recording *recording, const struct parameters *parameters,
                         const struct analysis_sink *sink, struct analysis **analysis,
                         struct error *error);
void analysis_destroy(struct analysis *analysis);

/* Label of analysed channel i. */
const char *analysis_label(const struct analysis *analysis, size_t i);

/* The unit of amplitudes of the selected channels; a.u. where they are not all of one. */
const char *analysis_unit(const struct recording_info *info);

/* A unit that is written with uV, for channels of another unit: uV becomes that. */
void analysis_convert_unit(const char *unit, const char *channel_unit, char *to, size_t size);

/* The same for a marker. */
void analysis_marker_unit(const struct marker *marker, const char *channel_unit, char *unit,
                          size_t size);

/* The same for the columns of a table. */
enum status analysis_table_units(const struct recording_info *info, struct table *table,
                                 struct error *error);

#endif
