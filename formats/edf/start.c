/* When an EDF recording began. */
#include "formats/edf/header.h"
#include "formats/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Two digits, the first of which may be a blank; -1 when it is something else. */
static int two_digits(const unsigned char *p)
{
    if (!isdigit(p[1]) || !(isdigit(p[0]) || p[0] == ' ')) {
        return -1;
    }
    return (p[0] == ' ' ? 0 : p[0] - '0') * 10 + p[1] - '0';
}

/* "dd.mm.yy" with any separator that is no digit. */
static bool parts(const unsigned char *p, int part[3])
{
    if (isdigit(p[2]) || isdigit(p[5])) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        part[i] = two_digits(p + 3 * i);
        if (part[i] < 0) {
            return false;
        }
    }
    return true;
}

/* The date of an EDF+ recording field, "Startdate 02-MAR-2002 ...". */
static bool plus_date(const unsigned char *field, int *day, int *month, int *year)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    static const char key[] = "Startdate ";
    const char *p = (const char *)field;
    if (strncasecmp(p, key, sizeof key - 1) != 0) {
        return false;
    }
    p += sizeof key - 1;
    *day = two_digits((const unsigned char *)p);
    if (*day < 0 || p[2] != '-' || p[6] != '-') {
        return false;
    }
    *month = 0;
    for (int m = 0; m < 12; m++) {
        if (strncasecmp(p + 3, months + (ptrdiff_t)3 * m, 3) == 0) {
            *month = m + 1;
        }
    }
    *year = 0;
    for (int i = 7; i < 11; i++) {
        if (!isdigit((unsigned char)p[i])) {
            return false;
        }
        *year = *year * 10 + p[i] - '0';
    }
    int64_t seconds;
    return text_civil_seconds(*year, *month, *day, 0, 0, 0, &seconds);
}

bool edf_header_start(const unsigned char *fixed, struct start_time *start)
{
    int date[3], clock[3], day, month, year;
    *start = (struct start_time){0};
    if (!parts(fixed + EDF_AT_TIME, clock)) {
        return false;
    }
    if (!plus_date(fixed + EDF_AT_RECORDING, &day, &month, &year)) {
        if (!parts(fixed + EDF_AT_DATE, date)) {
            return false;
        }
        day = date[0];
        month = date[1];
        year = date[2] + (date[2] < 85 ? 2000 : 1900);
    }
    if (!text_civil_seconds(year, month, day, clock[0], clock[1], clock[2], &start->seconds)) {
        return false;
    }
    start->known = !(year == 1985 && month == 1 && day == 1 && clock[0] + clock[1] + clock[2] == 0);
    return true;
}
