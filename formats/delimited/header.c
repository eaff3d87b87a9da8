/* Labels, units and names of times in the header of a text table. */
#include "formats/delimited/layout.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Units, other than voltages, that stand in parentheses behind labels. */
static const char units[] = "a.u. au % g mg m/s2 m/s^2 m/s\xc2\xb2 deg \xc2\xb0 rad deg/s "
                            "\xc2\xb0/s rad/s dps N Nm N.m N*m "
                            "N\xc2\xb7m kg lb Pa kPa mm cm m m/s mm/s mT uT \xc2\xb5T \xce\xbcT G "
                            "gauss degC \xc2\xb0\x43 Hz "
                            "bpm ohm kohm W counts adu LSB raw";

/* Seconds in one of a unit of time; 0 for other units. */
static double seconds_in(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } table[] = {{"s", 1},
                 {"sec", 1},
                 {"secs", 1},
                 {"second", 1},
                 {"seconds", 1},
                 {"ms", 1e-3},
                 {"msec", 1e-3},
                 {"millis", 1e-3},
                 {"millisecond", 1e-3},
                 {"milliseconds", 1e-3},
                 {"us", 1e-6},
                 {"usec", 1e-6},
                 {"\xc2\xb5s", 1e-6},
                 {"\xce\xbcs", 1e-6},
                 {"micros", 1e-6},
                 {"microsecond", 1e-6},
                 {"microseconds", 1e-6},
                 {"ns", 1e-9},
                 {"nanoseconds", 1e-9},
                 {"min", 60},
                 {"minutes", 60}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcasecmp(unit, table[i].name) == 0) {
            return table[i].seconds;
        }
    }
    return 0;
}

static bool is_unit(const char *text)
{
    size_t length = strlen(text);
    for (const char *p = units; *p && length > 0;) {
        size_t step = strcspn(p, " ");
        if (step == length && memcmp(p, text, length) == 0) {
            return true;
        }
        p += step + strspn(p + step, " ");
    }
    return text_microvolts_per(text) > 0 || seconds_in(text) > 0;
}

/* Copies a cell: quotes undoubled, UTF-8, trimmed. */
static void copy_cell(const struct text_cell *cell, char *to, size_t size)
{
    char plain[4 * LABEL_SIZE];
    size_t length = 0;
    for (const char *p = cell->start; p < cell->end && length < sizeof plain; p++) {
        plain[length++] = *p;
        p += cell->quoted && *p == '"'; /* the other one of a pair */
    }
    text_from_field(to, size, plain, length);
}

/* Cuts a unit in brackets off the end of label. What stands in round ones may be anything
 * ("Biceps (left)"), so that it has to be a known unit. */
static void cut_unit(char *label, char unit[UNIT_SIZE])
{
    size_t length = strlen(label);
    char close = length > 0 ? label[length - 1] : '\0';
    char *open = close == ')' ? strrchr(label, '(') : close == ']' ? strrchr(label, '[') : NULL;
    char inside[LABEL_SIZE];
    unit[0] = '\0';
    if (!open) {
        return;
    }
    text_from_field(inside, sizeof inside, open + 1, (size_t)(label + length - 1 - (open + 1)));
    if (strlen(inside) >= UNIT_SIZE || (close == ')' && !is_unit(inside))) {
        return;
    }
    text_from_field(unit, UNIT_SIZE, inside, strlen(inside));
    while (open > label && isspace((unsigned char)open[-1])) {
        open--;
    }
    *open = '\0';
}

/* "time", "t", "timestamp", ..., also with a unit: "time_ms", "seconds"; the unit's length in
 * seconds goes to *unit when the name says it. */
static bool is_time_name(const char *label, double *unit)
{
    static const char *const names[] = {
        "time",         "t",          "times", "timestamp", "timestamps", "time stamp",
        "elapsed time", "time_stamp", "unix",  "unix time", "unixtime",   "unix_time",
        "epoch",        "epoch time", NULL};
    char stem[LABEL_SIZE];
    *unit = seconds_in(label);
    if (*unit > 0 && strlen(label) > 1) {
        return true;
    }
    text_from_field(stem, sizeof stem, label, strlen(label));
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; names[i]; i++) {
            if (strcasecmp(stem, names[i]) == 0) {
                return true;
            }
        }
        char *last = strrchr(stem, '_');
        last = last ? last : strrchr(stem, ' ');
        *unit = last ? seconds_in(last + 1) : 0;
        if (!(*unit > 0)) {
            break;
        }
        *last = '\0';
    }
    return false;
}

/* Says whether the column is one of times, from its label and unit. */
static void find_time(struct text_column *column)
{
    double named, unit = seconds_in(column->unit);
    bool is_time = is_time_name(column->label, &named);
    /* "X [s]", as some exports call it. */
    is_time = is_time || (unit > 0 && strcasecmp(column->label, "x") == 0);
    /* A voltage or a force is no time, whatever its name. */
    column->named_time = is_time && (unit > 0 || !column->unit[0]);
    column->time_unit = unit > 0 ? unit : !column->named_time ? 0 : named > 0 ? named : NAN;
}

void text_header_parse(const struct text_cell *cell, struct text_column *column)
{
    char label[LABEL_SIZE + UNIT_SIZE];
    copy_cell(cell, label, sizeof label);
    cut_unit(label, column->unit);
    text_from_field(column->label, sizeof column->label, label, strlen(label));
    find_time(column);
    if (strcmp(column->unit, "a.u.") == 0) {
        column->unit[0] = '\0'; /* the name for having no unit */
    }
}

bool text_header_is_unit(const struct text_cell *cell)
{
    char text[LABEL_SIZE], inside[LABEL_SIZE];
    copy_cell(cell, text, sizeof text);
    size_t length = strlen(text);
    if (length > 2 && (text[0] == '(' || text[0] == '[')) {
        text_from_field(inside, sizeof inside, text + 1, length - 2);
        return is_unit(inside);
    }
    return is_unit(text);
}

void text_header_set_unit(const struct text_cell *cell, struct text_column *column)
{
    char text[LABEL_SIZE];
    copy_cell(cell, text, sizeof text);
    size_t length = strlen(text);
    bool brackets = length > 2 && (text[0] == '(' || text[0] == '[');
    text_from_field(column->unit, sizeof column->unit, text + brackets, length - 2 * brackets);
    find_time(column);
    if (strcmp(column->unit, "a.u.") == 0 || strcmp(column->unit, "n/a") == 0) {
        column->unit[0] = '\0';
    }
}
