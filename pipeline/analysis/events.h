/* Events: episodes of several channels that happen together, and when they happened. */
#ifndef SOLEUS_PIPELINE_EVENTS_H
#define SOLEUS_PIPELINE_EVENTS_H

#include "formats/recording.h"
#include "pipeline/signal/episode.h"

/* An episode among those of all channels. */
struct event_member {
    const struct episode *episode;
    const char *type; /* trial_type, where it is not the name of the episode's class; else NULL */
    size_t channel;   /* analysed channel */
    size_t number;    /* within the channel, from 0 */
    size_t event;     /* number of the event, from 1 */
    size_t lead;      /* channel that began it */
    double delay;     /* s after the lead's onset */
    size_t spread;    /* channels involved */
    double interval;  /* s from the end of the previous event to this event's start; NaN */
    bool recurrent;   /* two or more events in this night */
};

/* Sorts members by onset (then channel) and numbers events: a member whose onset lies no more than
 * merge_gap (s) after the end of the running event belongs to it. */
void events_number(struct event_member *members, size_t count, double merge_gap,
                   const struct start_time *start, const double night[2]);

/* Clock hour, 0 ≤ hour < 24, at `seconds` into a recording. */
double events_clock_hour(const struct start_time *start, double seconds);

/* "2026-11-22T03:14:15.926" at `seconds` into a recording. */
void events_clock_text(const struct start_time *start, double seconds, char *to, size_t size);

/* Whether a clock hour lies in the night [from, to), which may span midnight. */
bool events_in_night(double hour, const double night[2]);

#endif
