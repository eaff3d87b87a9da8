/* Events that somebody has named: of a table (--events), or the recording's own annotations. */
#ifndef SOLEUS_PIPELINE_NAMED_EVENTS_H
#define SOLEUS_PIPELINE_NAMED_EVENTS_H

#include "formats/recording.h"
#include "formats/table.h"

#define NAMED_ALL_CHANNELS SIZE_MAX

struct named_event {
    double onset, duration; /* s; duration 0 when there is none */
    size_t channel;         /* analysed channel, or NAMED_ALL_CHANNELS */
};

struct named_events {
    struct named_event *list; /* owned; by onset */
    size_t count;
    size_t elsewhere; /* named, but of a channel that is not analysed */
};

/* Reads a table of BIDS events. Fails, with a message that says what --events wants, when it cannot
 * be opened or has no columns onset, duration and trial_type. */
enum status named_events_read(const char *path, struct table **table, struct error *error);

/* Whether a text fits one of the shell patterns, separated by commas, case aside ('walk*,stairs').
 */
bool named_events_fit(const char *patterns, const char *text);

/* The events whose trial_type fits the patterns, from a table (that of named_events_read), or where
 * it is NULL the annotations of `info`, whose texts may end in a channel: "massage [TA L]".
 * indexes: `count` analysed channels. An event of a channel has it in the table's column
 * channel; n/a means all. */
enum status named_events_find(const struct table *table, const struct recording_info *info,
                              const size_t *indexes, size_t count, const char *patterns,
                              struct named_events *events, struct error *error);
void named_events_clear(struct named_events *events);

#endif
