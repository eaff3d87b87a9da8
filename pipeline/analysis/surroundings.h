/* What lies around an episode: what came before it (prodrome) and after it (recovery), what was
 * done against it (relief), which channels it took in which order, and its amplitude against the
 * maximum voluntary contraction. */
#ifndef SOLEUS_PIPELINE_SURROUNDINGS_H
#define SOLEUS_PIPELINE_SURROUNDINGS_H

#include "pipeline/analysis/analysis.h"
#include "pipeline/analysis/named_events.h"
#include "pipeline/signal/history.h"
#include "pipeline/signal/spans.h"

/* What the events that are named say of a recording, by analysed channel. */
struct surroundings {
    size_t channel_count;
    struct table *events;   /* of --events; NULL: the recording's annotations */
    struct spans *excluded; /* merged */
    struct spans *maximal;  /* maximal contractions, merged */
    struct named_events interventions;
    bool *usable; /* not said to be bad, nor found to be (quality) */
    size_t usable_count;
    double *mvc;            /* in the channel's unit; NaN: unknown */
    double *fasciculations; /* single potentials, 1/min at rest; NaN: unknown */
};

/* Reads --events, before the recording. On failure *surroundings is NULL. */
enum status surroundings_create(const struct analysis *analysis, struct surroundings **surroundings,
                                struct error *error);
void surroundings_destroy(struct surroundings *surroundings);

/* Finds what is named, once all has been read: annotations may stand at a recording's end. What is
 * asked for by name and not there is a warning. */
enum status surroundings_settle(struct analysis *analysis, struct warnings *warnings,
                                struct error *error);

/* Fills usable and usable_count. */
void surroundings_judge(struct analysis *analysis);

/* Of one episode. Single jerks (myoclonic) have neither prodrome nor recovery. */
struct episode_context {
    const char *order;         /* "TA L+0.000;Gastro L+0.420": channels and their delays in s */
    double prodrome_rate;      /* twitches a minute before the onset */
    double prodrome_ratio;     /* over the channel's background rate */
    double prodrome_mdf_slope; /* %/min */
    double prodrome_rms_slope; /* %/min */
    struct recovery recovery;
    double relief;             /* s from the first intervention in the episode to its end */
    double mean_mvc, peak_mvc; /* % */
};

struct event_member;

struct episode_contexts {
    struct episode_context *list; /* by member */
    char **orders;                /* owned, of which list->order are some */
    size_t order_count;
};

/* Describes numbered members (events_number), and the channels' fasciculations.
 *
 * Twitches are single potentials that belong to no episode, and single jerks. Their rate is over
 * what of the `prodrome` seconds before the onset is clear of other episodes, of gaps and of
 * intervals that are left out; n/a when that is less than half of it, or the recording begins
 * later. The background is the same over all of the recording that is no prodrome, when that is at
 * least as long as one. */
enum status surroundings_describe(struct analysis *analysis, const struct event_member *members,
                                  size_t count, struct episode_contexts *contexts,
                                  struct error *error);
void episode_contexts_clear(struct episode_contexts *contexts);

#endif
