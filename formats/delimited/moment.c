#include "formats/delimited/moment.h"

#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Reads 1 to `most` digits; returns how many. */
static int read_digits(const char **p, int most, int *value)
{
    int count = 0;
    *value = 0;
    while (count < most && isdigit((unsigned char)**p)) {
        *value = *value * 10 + (*(*p)++ - '0');
        count++;
    }
    return count;
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ') {
        p++;
    }
    return p;
}

/* A fraction of a second behind its mark; NULL when no digit follows. */
static const char *read_fraction(const char *p, struct text_moment *moment)
{
    double scale = 1;
    if (!isdigit((unsigned char)p[1])) {
        return p;
    }
    for (p++; isdigit((unsigned char)*p); p++) {
        if (moment->decimals < 9) {
            scale /= 10;
            moment->fraction += scale * (*p - '0');
            moment->decimals++;
        }
    }
    moment->fraction = fmin(moment->fraction, 1 - 1e-9);
    return p;
}

/* "AM" and "PM" behind a time of twelve hours. */
static const char *read_half(const char *p, int *hour)
{
    const char *at = skip_blanks(p);
    bool afternoon = (*at | 0x20) == 'p';
    if ((!afternoon && (*at | 0x20) != 'a') || (at[1] | 0x20) != 'm' || *hour < 1 || *hour > 12) {
        return p;
    }
    *hour = *hour % 12 + (afternoon ? 12 : 0);
    return at + 2;
}

/* h:mm:ss with what may follow; NULL when it is none. */
static const char *read_clock(const char *p, bool blanks, struct text_moment *moment)
{
    int hour, minute, second;
    if (!read_digits(&p, 2, &hour) || *p++ != ':' || read_digits(&p, 2, &minute) != 2 ||
        *p++ != ':' || read_digits(&p, 2, &second) != 2 || minute > 59 || second > 60) {
        return NULL;
    }
    moment->fraction = 0;
    moment->decimals = 0;
    if (*p == '.' || *p == ',' || *p == ':') {
        p = read_fraction(p, moment);
    }
    p = blanks ? read_half(p, &hour) : p;
    if (hour > 23) {
        return NULL;
    }
    moment->seconds = hour * 3600 + minute * 60 + second;
    return p;
}

static const char *skip_zone(const char *p)
{
    if (*p == 'Z') {
        return p + 1;
    }
    if ((*p == '+' || *p == '-') && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2])) {
        p += 3;
        p += *p == ':';
        for (int i = 0; i < 2 && isdigit((unsigned char)*p); i++) {
            p++;
        }
    }
    return p;
}

/* The day at p: with the year first, or with points and the day first. */
static const char *read_day(const char *p, int64_t *seconds)
{
    int parts[3], digits[3];
    digits[0] = read_digits(&p, 4, &parts[0]);
    char mark = *p;
    if (digits[0] == 0 || (mark != '-' && mark != '/' && mark != '.')) {
        return NULL;
    }
    p++;
    digits[1] = read_digits(&p, 2, &parts[1]);
    if (digits[1] == 0 || *p++ != mark) {
        return NULL;
    }
    digits[2] = read_digits(&p, 4, &parts[2]);
    bool year_first = digits[0] == 4 && digits[2] > 0 && digits[2] <= 2;
    bool day_first = mark == '.' && digits[0] <= 2 && digits[2] == 4;
    if (!year_first && !day_first) {
        return NULL;
    }
    int year = parts[year_first ? 0 : 2], day = parts[year_first ? 2 : 0];
    return text_civil_seconds(year, parts[1], day, 0, 0, 0, seconds) ? p : NULL;
}

const char *text_moment_parse(const char *p, bool blanks, struct text_moment *moment)
{
    int64_t day;
    *moment = (struct text_moment){0};
    const char *after = read_clock(p, blanks, moment);
    if (after) {
        moment->kind = TEXT_MOMENT_CLOCK;
        return skip_zone(after);
    }
    after = read_day(p, &day);
    if (!after) {
        return NULL;
    }
    const char *clock = *after == 'T'             ? after + 1
                        : blanks && *after == ' ' ? skip_blanks(after)
                                                  : NULL;
    const char *end = clock ? read_clock(clock, blanks, moment) : NULL;
    moment->kind = end ? TEXT_MOMENT_FULL : TEXT_MOMENT_DATE;
    moment->seconds = day + (end ? moment->seconds : 0);
    return end ? skip_zone(end) : after;
}

/* month/day/year, or day/month/year where the day is past 12. */
static const char *read_slashed_day(const char *p, bool month_first, int64_t *seconds)
{
    int parts[3];
    if (!read_digits(&p, 2, &parts[0]) || (*p != '/' && *p != '-')) {
        return NULL;
    }
    char mark = *p++;
    if (!read_digits(&p, 2, &parts[1]) || *p++ != mark || read_digits(&p, 4, &parts[2]) != 4) {
        return NULL;
    }
    if (!month_first && parts[0] <= 12 && parts[1] <= 12 && parts[0] != parts[1]) {
        return NULL;
    }
    bool swapped = parts[0] > 12;
    return text_civil_seconds(parts[2], parts[swapped], parts[!swapped], 0, 0, 0, seconds) ? p
                                                                                           : NULL;
}

bool text_moment_from(const char *text, struct text_moment *moment)
{
    char copy[80];
    text_from_field(copy, sizeof copy - 1, text, strlen(text));
    strcat(copy, "\n");
    const char *after = text_moment_parse(copy, true, moment);
    if (after && *skip_blanks(after) == '\n') {
        return true;
    }
    int64_t day;
    bool halves =
        strstr(copy, "AM") || strstr(copy, "PM") || strstr(copy, "am") || strstr(copy, "pm");
    *moment = (struct text_moment){0};
    after = read_slashed_day(copy, halves, &day);
    if (!after) {
        return false;
    }
    const char *end = read_clock(skip_blanks(after), true, moment);
    moment->kind = end ? TEXT_MOMENT_FULL : TEXT_MOMENT_DATE;
    moment->seconds = day + (end ? moment->seconds : 0);
    return *skip_blanks(end ? end : after) == '\n';
}

void text_moment_set_start(struct start_time *start, const struct text_moment *day,
                           const struct text_moment *clock)
{
    if (day->kind == TEXT_MOMENT_FULL) {
        *start = (struct start_time){true, day->seconds, day->fraction};
    } else if (day->kind == TEXT_MOMENT_DATE && clock && clock->kind == TEXT_MOMENT_CLOCK) {
        *start = (struct start_time){true, day->seconds + clock->seconds, clock->fraction};
    }
}
