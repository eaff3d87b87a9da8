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

/* Days since 1970 of the night that a moment belongs to: from noon to noon. */
static int64_t night_of(const struct start_time *start, double seconds)
{
    double moment = (double)start->seconds + start->fraction + seconds - 43200;
    return (int64_t)floor(moment / 86400);
}

/* Fills what the members [first, last) of one event share. */
static void describe(struct event_member *members, size_t first, size_t last, size_t event,
                     double previous_end)
{
    size_t spread = 0;
    for (size_t i = first; i < last; i++) {
        bool seen = false;
        for (size_t j = first; j < i; j++) {
            seen = seen || members[j].channel == members[i].channel;
        }
        spread += !seen;
    }
    double onset = members[first].episode->onset;
    for (size_t i = first; i < last; i++) {
        members[i].event = event;
        members[i].lead = members[first].channel;
        members[i].delay = members[i].episode->onset - onset;
        members[i].spread = spread;
        members[i].interval = onset - previous_end;
    }
}

static void mark_recurrent(struct event_member *members, size_t count,
                           const struct start_time *start)
{
    for (size_t i = 0; start->known && i < count; i++) {
        int64_t night = night_of(start, members[i].episode->onset);
        size_t j = i;
        while (j + 1 < count && night_of(start, members[j + 1].episode->onset) == night) {
            j++;
        }
        bool recurrent = members[j].event > members[i].event;
        for (; i < j; i++) {
            members[i].recurrent = recurrent;
        }
        members[j].recurrent = recurrent;
    }
}

void events_number(struct event_member *members, size_t count, double merge_gap,
                   const struct start_time *start)
{
    size_t event = 0, first = 0;
    double end = -INFINITY, previous_end = NAN;
    qsort(members, count, sizeof *members, by_onset);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && members[i].episode->onset > end + merge_gap) {
            describe(members, first, i, ++event, previous_end);
            previous_end = end;
            first = i;
            end = -INFINITY;
        }
        end = fmax(end, members[i].episode->offset);
    }
    if (count > 0) {
        describe(members, first, count, ++event, previous_end);
    }
    mark_recurrent(members, count, start);
}

double events_clock_hour(const struct start_time *start, double seconds)
{
    double day = fmod((double)(start->seconds % 86400) + start->fraction + seconds, 86400);
    return (day < 0 ? day + 86400 : day) / 3600;
}

void events_clock_text(const struct start_time *start, double seconds, char *to, size_t size)
{
    double moment = start->fraction + seconds;
    double whole = floor(moment);
    int milliseconds = (int)floor((moment - whole) * 1000);
    time_t when = (time_t)(start->seconds + (int64_t)whole);
    struct tm parts;
    char text[32];
    gmtime_r(&when, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(to, size, "%s.%03d", text, milliseconds);
}

bool events_in_night(double hour, const double night[2])
{
    return night[0] <= night[1] ? hour >= night[0] && hour < night[1]
                                : hour >= night[0] || hour < night[1];
}
