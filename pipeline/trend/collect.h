/* Gathers the marker values of active epochs while they come, and makes the trend table when the
 * episodes are known. Memory grows with the number of epochs pushed, and with nothing else. */
#ifndef SOLEUS_PIPELINE_TREND_COLLECT_H
#define SOLEUS_PIPELINE_TREND_COLLECT_H

#include "pipeline/trend/trend.h"

#define TREND_ALL_CHANNELS SIZE_MAX

/* A recording that is one contraction from end to end has no rest to tell it from. Where nothing is
 * found to be active, trends are made over all epochs, up to so many, and their scope is called so;
 * longer recordings of rest have none. */
#define TREND_ALL_MOST  7200
#define TREND_SCOPE_ALL "all"

struct trend_marker {
    const char *name;
    const char *unit; /* NULL: not known */
    bool logarithm;   /* fit ln(value) */
};

struct trend_channel {
    const char *label;
    const char *const
        *units; /* by marker, where this channel's differ; NULL: those of the markers */
};

/* A stretch of time that has, or must not have, a trend. */
struct trend_interval {
    double onset, duration; /* s */
    size_t channel;         /* index, or TREND_ALL_CHANNELS */
    int64_t number;         /* of the episode, or among the intervals of the label; from 1 */
    const char *label;      /* of the user's intervals; otherwise not looked at */
};

struct trend_intervals {
    size_t count;
    const struct trend_interval *items;
};

struct trend_collect_options {
    struct trend_options trend;
    double epoch, hop;     /* s */
    double minimum_length; /* s; shorter episodes have no trend; 10 */
};

struct trend_collector;

/* Copies everything. Fails only for want of memory. */
enum status trend_collector_create(const struct trend_channel *channels, size_t channel_count,
                                   const struct trend_marker *markers, size_t marker_count,
                                   const struct trend_collect_options *options,
                                   struct trend_collector **collector, struct error *error);
void trend_collector_destroy(struct trend_collector *collector);

/* An epoch of one channel with its values, one a marker, NaN where there is none. Only epochs that
 * are to count are pushed: active ones, unless the user wants all. time: centre, s, ascending
 * within a channel. */
enum status trend_collector_push(struct trend_collector *collector, double time, size_t channel,
                                 const double *values, struct error *error);

/* What trends are made over; any of the lists may be empty. */
struct trend_scopes {
    const char *whole;               /* name of the scope of all epochs pushed; NULL: "active" */
    struct trend_intervals episodes; /* tonic episodes and contractions */
    struct trend_intervals named;    /* what the user names */
    struct trend_intervals
        excluded; /* clonic phases: no line is fitted across bursts and silence */
};

/* Makes the table, a row for every channel and marker in the scopes
 *   whole:     all epochs pushed that touch no excluded interval;
 *   "episode": epochs that lie wholly inside an episode of at least minimum_length;
 *   a label:   epochs that lie wholly inside one of the user's intervals and touch no excluded one;
 * in this order, and fills its jasa column. */
enum status trend_collector_finish(struct trend_collector *collector,
                                   const struct trend_scopes *scopes, struct table **table,
                                   struct error *error);

#endif
