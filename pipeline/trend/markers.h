/* Trends of a marker table, as `soleus markers` prints it. */
#ifndef SOLEUS_PIPELINE_TREND_MARKERS_H
#define SOLEUS_PIPELINE_TREND_MARKERS_H

#include "pipeline/trend/collect.h"

struct trend_request {
    const char *markers;   /* "mdf,rms"; NULL: all */
    const char *channels;  /* labels or numbers, as for recordings; NULL: all */
    const char *logarithm; /* markers fitted to their logarithm; NULL: those of the marker table */
    bool all_epochs;       /* also those at rest */
    double epoch, hop;     /* s; 0: from the table (below) */
    struct trend_options trend;
    double minimum_length;        /* s, of episodes */
    const struct table *episodes; /* BIDS events: trends over the tonic ones, clonic ones left out;
                                   * NULL: none */
    const char *episodes_name;    /* for messages */
    const struct table *events;   /* BIDS events that `during` names intervals of; NULL: none */
    const char *events_name;
    const char *during;
};

/* Makes the trend table of a marker table with the columns `epoch` (centre, s) and, where there are
 * several, `channel`; numeric columns are markers; `status` (bit mask) tells which epochs are at
 * rest. Columns that are no markers of Soleus are taken as well, without a unit.
 *
 * The hop is the smallest distance between epochs of a channel. The length of an epoch is twice the
 * first centre, since recordings begin at 0, where that is 1 to 4 hops, and otherwise a hop.
 *
 * name is for messages. Fails on tables that are no marker tables, epochs out of order, and names
 * that are not there. */
enum status trend_from_markers(const struct table *markers, const char *name,
                               const struct trend_request *request, struct table **trends,
                               struct error *error);

#endif
