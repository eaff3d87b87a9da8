/* Stretches of time: which parts of a recording are taken up, and what is left of a window.
 *
 * A list is filled with spans_add and put in order by spans_merge; the other functions want a list
 * that is in order. */
#ifndef SOLEUS_SIGNAL_SPANS_H
#define SOLEUS_SIGNAL_SPANS_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>

struct span {
    double from, to; /* s; to may be INFINITY */
};

/* Zero it, then add; owned. After spans_merge: ascending, apart from each other. */
struct spans {
    struct span *list;
    size_t count, capacity;
};

/* Adds [from, to]; one that is empty, or NaN, is passed over. */
enum status spans_add(struct spans *spans, double from, double to, struct error *error);
/* Adds all of another list. */
enum status spans_add_all(struct spans *spans, const struct spans *others, struct error *error);
void spans_clear(struct spans *spans);

/* Sorts, and joins what overlaps or touches. */
void spans_merge(struct spans *spans);

/* Seconds of [from, to] that the spans take up; 0 when to ≤ from. */
double spans_covered(const struct spans *spans, double from, double to);
/* Whether one of them holds a moment: from ≤ time < to. */
bool spans_hold(const struct spans *spans, double time);
/* The span that holds `time` or comes next after it; NULL when there is none. */
const struct span *spans_next(const struct spans *spans, double time);

#endif
