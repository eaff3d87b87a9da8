#include "pipeline/analysis/events.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int by_onset(const void *a, const void *b)
{
    const struct event_member *x = a, *y = b;
    double p = x->episode->onset, q = y->episode->onset;
    if (p != q) {
        return p < q ? -1 : 1;
    }
    return (x->channel > y->channel) - (x->channel < y->channel);
}

/* Number of the night that a moment lies in, by the day it began on; −1 when it lies in none. */
static int64_t night_of(const struct start_time *start, double seconds, const double night[2])
{
    if (!events_in_night(events_clock_hour(start, seconds), night)) {
        return -1;
    }
    double moment = (double)start->seconds + start->fraction + seconds - night[0] * 3600;
    return (int64_t)floor(moment / 86400);
}

/* Whether no member from `first` on is of member i's channel. */
static bool is_first_of_channel(const struct event_member *members, size_t first, size_t i)
{
    for (size_t j = first; j < i; j++) {
        if (members[j].channel == members[i].channel) {
            return false;
        }
    }
    return true;
}

/* When events ended: the last of any kind, and the last that was more than jerks. */
struct ends {
    double any, serious;
};

/* Fills what the members [first, last) of one event share; it ends at `end`. */
static void describe(struct event_member *members, size_t first, size_t last, size_t event,
                     double end, struct ends *ends)
{
    size_t spread = 0;
    bool jerks = true;
    for (size_t i = first; i < last; i++) {
        spread += is_first_of_channel(members, first, i);
        jerks = jerks && members[i].episode->class == EPISODE_MYOCLONIC && !members[i].type;
    }
    double onset = members[first].episode->onset;
    for (size_t i = first; i < last; i++) {
        members[i].event = event;
        members[i].lead = members[first].channel;
        members[i].delay = members[i].episode->onset - onset;
        members[i].spread = spread;
        members[i].interval = onset - (jerks ? ends->any : ends->serious);
        members[i].jerks = jerks;
        members[i].recurrent = false;
    }
    ends->any = end;
    ends->serious = jerks ? ends->serious : end;
}

/* Whether members [first, last) of a night are of two events that are more than jerks. */
static bool has_several(const struct event_member *members, size_t first, size_t last,
                        int64_t number, const struct start_time *start, const double night[2])
{
    size_t event = 0;
    for (size_t i = first; i < last; i++) {
        if (members[i].jerks || night_of(start, members[i].episode->onset, night) != number) {
            continue;
        }
        if (event && members[i].event != event) {
            return true;
        }
        event = members[i].event;
    }
    return false;
}

/* Members come in order, so those of one night follow each other, with some of the day between. */
static void mark_recurrent(struct event_member *members, size_t count,
                           const struct start_time *start, const double night[2])
{
    for (size_t i = 0, end; start->known && i < count; i = end) {
        int64_t here = night_of(start, members[i].episode->onset, night);
        for (end = i + 1; end < count; end++) {
            int64_t there = night_of(start, members[end].episode->onset, night);
            if (there >= 0 && there != here) {
                break;
            }
        }
        bool several = here >= 0 && has_several(members, i, end, here, start, night);
        for (size_t k = i; several && k < end; k++) {
            members[k].recurrent =
                !members[k].jerks && night_of(start, members[k].episode->onset, night) == here;
        }
    }
}

void events_number(struct event_member *members, size_t count, double merge_gap,
                   const struct start_time *start, const double night[2])
{
    size_t event = 0, first = 0;
    double end = -INFINITY;
    struct ends ends = {NAN, NAN};
    qsort(members, count, sizeof *members, by_onset);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && members[i].episode->onset > end + merge_gap) {
            describe(members, first, i, ++event, end, &ends);
            first = i;
            end = -INFINITY;
        }
        end = fmax(end, members[i].episode->offset);
    }
    if (count > 0) {
        describe(members, first, count, ++event, end, &ends);
    }
    mark_recurrent(members, count, start, night);
}

void events_count_usable(struct event_member *members, size_t count, const bool *usable)
{
    for (size_t first = 0, last; first < count; first = last) {
        size_t spread = 0;
        for (last = first; last < count && members[last].event == members[first].event; last++) {
            spread += usable[members[last].channel] && is_first_of_channel(members, first, last);
        }
        for (size_t i = first; i < last; i++) {
            members[i].usable_spread = spread;
        }
    }
}

double events_clock_hour(const struct start_time *start, double seconds)
{
    double day = fmod((double)(start->seconds % 86400) + start->fraction + seconds, 86400);
    return (day < 0 ? day + 86400 : day) / 3600;
}

void events_clock_text(const struct start_time *start, double seconds, char *to, size_t size)
{
    int64_t moment = llround((start->fraction + seconds) * 1000);
    int64_t whole = moment >= 0 ? moment / 1000 : (moment - 999) / 1000;
    int milliseconds = (int)(moment - whole * 1000);
    time_t when = (time_t)(start->seconds + whole);
    struct tm parts;
    char text[32];
    gmtime_r(&when, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(to, size, "%s.%03d", text, milliseconds);
}

void events_night_text(const struct start_time *start, double seconds, const double night[2],
                       char *to, size_t size)
{
    int64_t number = start->known ? night_of(start, seconds, night) : -1;
    struct tm parts;
    to[0] = '\0';
    if (number >= 0) {
        time_t when = (time_t)(number * 86400);
        gmtime_r(&when, &parts);
        strftime(to, size, "%Y-%m-%d", &parts);
    }
}

bool events_in_night(double hour, const double night[2])
{
    return night[0] <= night[1] ? hour >= night[0] && hour < night[1]
                                : hour >= night[0] || hour < night[1];
}
