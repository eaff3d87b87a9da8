/* Which stretches of time trends are made over, from a table of BIDS events: episodes that
 * `soleus episodes` found, or intervals that the user has marked. */
#ifndef SOLEUS_PIPELINE_TREND_EVENTS_H
#define SOLEUS_PIPELINE_TREND_EVENTS_H

#include "pipeline/trend/collect.h"

struct trend_events {
    struct trend_scopes scopes; /* the lists below; labels belong to the table */
    struct trend_interval *episodes, *named, *excluded; /* owned */
};

/* Looks through a table with the columns onset and duration (s), trial_type, and channel where
 * events concern one channel (n/a: all). Events of trial_type tonic are episodes, numbered by their
 * row from 1; clonic and tonic-clonic ones are excluded from the rest; those of trial_type `during`
 * (NULL: no) are named intervals, numbered in the order of the table. Events without a duration,
 * and those of channels that are not among the labels, are passed over. name is for messages. The
 * table must outlive the result. Fails on missing columns, and when no event bears the label. */
enum status trend_events_find(const struct table *table, const char *name, const char *during,
                              const char *const *labels, size_t label_count,
                              struct trend_events *events, struct error *error);

void trend_events_clear(struct trend_events *events);

#endif
