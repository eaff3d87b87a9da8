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
    size_t usable_spread; /* of them, those that are usable: events_count_usable */
    double interval;      /* s from the end of the previous event to this event's start; NaN */
    bool jerks;           /* the event is single jerks alone */
    bool recurrent;       /* one of two or more events in this night */
    bool cut;             /* ends where an interval begins that is left out (the caller's) */
};

/* Sorts members by onset (then channel) and numbers events: a member whose onset lies no more than
 * merge_gap (s) after the end of the running event belongs to it.
 *
 * Events of nothing but single jerks (myoclonic, where no type is given) stand aside: they are not
 * recurrent, make no other event so, and the interval of others is not counted from them. Their own
 * is, from the previous event of any kind. */
void events_number(struct event_member *members, size_t count, double merge_gap,
                   const struct start_time *start, const double night[2]);

/* Counts, for numbered members, the usable channels that each event involves. */
void events_count_usable(struct event_member *members, size_t count, const bool *usable);

/* Clock hour, 0 ≤ hour < 24, at `seconds` into a recording. */
double events_clock_hour(const struct start_time *start, double seconds);

/* "2026-11-22T03:14:15.926" at `seconds` into a recording. */
void events_clock_text(const struct start_time *start, double seconds, char *to, size_t size);

/* "2026-11-21": the day that the night began on in which a moment lies; "" when it lies in none. */
void events_night_text(const struct start_time *start, double seconds, const double night[2],
                       char *to, size_t size);

/* Whether a clock hour lies in the night [from, to), which may span midnight. */
bool events_in_night(double hour, const double night[2]);

#endif
