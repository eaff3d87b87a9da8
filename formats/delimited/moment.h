/* Dates and times of day as they stand in cells and headers. */
#ifndef SOLEUS_FORMATS_TEXT_MOMENT_H
#define SOLEUS_FORMATS_TEXT_MOMENT_H

#include "formats/recording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_moment_kind {
    TEXT_MOMENT_NONE = 0,
    TEXT_MOMENT_CLOCK, /* hh:mm:ss and a fraction: seconds since midnight */
    TEXT_MOMENT_DATE,  /* a day alone */
    TEXT_MOMENT_FULL   /* a day and a time */
};

struct text_moment {
    enum text_moment_kind kind;
    int64_t seconds; /* since 1970-01-01, civil; since midnight for a clock */
    double fraction; /* 0 ≤ fraction < 1 */
    int decimals;    /* digits of the fraction */
};

/* Reads a moment at p and returns the first character behind it; NULL when there is none. Days are
 * 2024-02-29, 2024/2/29 or 29.2.2024; day and time are joined by 'T', or, with `blanks`, by blanks.
 * Times are h:mm:ss, with a fraction behind '.', ',' or ':', and AM or PM where `blanks` allows.
 * A zone behind it (Z, +01:00) is passed over: the time stays that of the clock on the wall. The
 * text must end in a character that no moment contains, a line feed, say. */
const char *text_moment_parse(const char *p, bool blanks, struct text_moment *moment);

/* Reads the whole of a string, as headers have it; also 2/29/2024 where only one order of day and
 * month makes sense, or AM and PM tell that the month comes first. False when it is none. */
bool text_moment_from(const char *text, struct text_moment *moment);

/* Sets a start from a day and a time, which may be one moment or two (`clock` may be NULL); leaves
 * it alone when they do not make up both. */
void text_moment_set_start(struct start_time *start, const struct text_moment *day,
                           const struct text_moment *clock);

#endif
