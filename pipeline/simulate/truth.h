/* What really is in a simulated recording, as tables. */
#ifndef SOLEUS_PIPELINE_SIMULATE_TRUTH_H
#define SOLEUS_PIPELINE_SIMULATE_TRUTH_H

#include "formats/table.h"
#include "pipeline/simulate/muscle_activity.h"

struct truth {
    struct table *events;    /* BIDS events: a row an episode and channel, and the remarks */
    struct table *bursts;    /* a row a burst and channel */
    struct table *artefacts; /* a row an interval (or pop, spike) of contamination and channel */
};

enum status truth_create(struct truth *truth, struct error *error);
void truth_clear(struct truth *truth);

/* Rows of an activity that is over (or cut off by the recording's end): none when no discharge
 * lies within the recording. number is the episode's, from 1. */
enum status truth_add_activity(struct truth *truth, const struct plan *plan,
                               const struct performed *performed, int64_t number,
                               struct error *error);

enum status truth_add_fasciculation(struct truth *truth, const struct plan *plan, size_t channel,
                                    double onset, double duration, double amplitude,
                                    struct error *error);

enum status truth_add_annotation(struct truth *truth, double onset, double duration,
                                 const char *text, struct error *error);

enum status truth_add_artefact(struct truth *truth, const struct plan *plan, const char *kind,
                               size_t channel, double onset, double duration, double amplitude,
                               struct error *error);

/* Sorts all tables by onset. */
enum status truth_sort(struct truth *truth, struct error *error);

/* The BIDS sidecar of the events: every column's meaning and unit, as JSON. */
enum status truth_write_sidecar(const struct table *events, FILE *stream, struct error *error);

#endif
