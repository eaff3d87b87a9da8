#include "formats/delimited/remarks.h"

#include "formats/number.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcasecmp(text, *words) == 0) {
            return true;
        }
    }
    return false;
}

/* Copies [start, end) without blanks, quotes and comment marks around it. */
static void copy_part(char *to, size_t size, const char *start, const char *end)
{
    while (start < end && strchr(" \t\"'#%/", *start)) {
        start++;
    }
    while (end > start && strchr(" \t\"'\r", end[-1])) {
        end--;
    }
    text_from_field(to, size, start, (size_t)(end - start));
}

/* Hz in a unit of rates; 0 for what is none. */
static double hertz_in(const char *unit)
{
    static const char *const plain[] = {"",    "hz",  "hertz", "samples/s",          "samples/sec",
                                        "sps", "S/s", "1/s",   "samples per second", NULL};
    return is_one_of(unit, plain) ? 1 : strcasecmp(unit, "khz") == 0 ? 1000 : 0;
}

/* Cuts "(Hz)" or "[Hz]" off a key; its factor, or 0 when what stands there is no unit of rates. */
static double cut_unit(char *key)
{
    size_t length = strlen(key);
    char *open = strrchr(key, key[length ? length - 1 : 0] == ']' ? '[' : '(');
    if (length == 0 || !strchr(")]", key[length - 1]) || !open) {
        return 1;
    }
    key[length - 1] = '\0';
    double factor = hertz_in(open + 1);
    while (open > key && open[-1] == ' ') {
        open--;
    }
    *open = '\0';
    return factor;
}

/* The rate that a key and its value say, with the table's decimal mark; NaN when they say none. */
static double rate_of(const char *key, const char *value, char mark)
{
    static const char *const names[] = {"sampling rate",
                                        "sample rate",
                                        "sampling frequency",
                                        "sample frequency",
                                        "samplingrate",
                                        "samplerate",
                                        "samplingfrequency",
                                        "samplefrequency",
                                        "sampling_rate",
                                        "sample_rate",
                                        "sampling_frequency",
                                        "sample_frequency",
                                        "sampling-rate",
                                        "sample-rate",
                                        "frequency",
                                        "freq",
                                        "fs",
                                        "sf",
                                        "sfreq",
                                        "srate",
                                        "sampling freq",
                                        "rate",
                                        "frequenz",
                                        "abtastrate",
                                        NULL};
    char name[LABEL_SIZE], number[LABEL_SIZE + 2];
    double rate;
    snprintf(name, sizeof name, "%s", key);
    double factor = cut_unit(name);
    if (!is_one_of(name, names)) {
        return NAN;
    }
    snprintf(number, sizeof number, "%.*s\n", LABEL_SIZE - 1, value);
    /* "1259,259" is no whole number; "1,000" may be 1 or 1000, and says nothing. */
    const char *comma = strchr(number, ',');
    bool decimal = comma && mark == ',' && !strchr(comma + 1, ',') &&
                   !(strspn(comma + 1, "0") == 3 && !isdigit((unsigned char)comma[4]));
    const char *after = number_parse(number, comma ? ',' : '.', &rate);
    if (!after || (comma && !decimal)) {
        return NAN;
    }
    char unit[LABEL_SIZE];
    text_from_field(unit, sizeof unit, after, strcspn(after, "\n"));
    rate *= factor * hertz_in(unit);
    return rate > 0 && isfinite(rate) ? rate : NAN;
}

static void take_pair(const char *key, const char *value, const char *rest, const char *end,
                      size_t line, struct text_remarks *remarks)
{
    static const char *const labels[] = {
        "labels",  "channel names", "channel labels", "channel_names",
        "columns", "channels",      "label",          NULL};
    static const char *const units[] = {"unit", "units", "measure unit", "unit of measure", NULL};
    double rate = isnan(remarks->rate) ? rate_of(key, value, remarks->mark) : NAN;
    if (rate > 0) {
        remarks->rate = rate;
        remarks->rate_line = line + 1;
    } else if (is_one_of(key, labels) && !remarks->labels) {
        remarks->labels = rest;
        remarks->labels_end = end;
    } else if (is_one_of(key, units) && !remarks->unit[0] && text_microvolts_per(value) > 0) {
        text_from_field(remarks->unit, sizeof remarks->unit, value, strlen(value));
    }
}

/* The first byte of [p, end) that is one of `set`; end when there is none. */
static const char *find_any(const char *p, const char *end, const char *set)
{
    while (p < end && (*p == '\0' || !strchr(set, *p))) {
        p++;
    }
    return p;
}

/* One line: pairs with ':', '=' or ":=" between, or two cells. */
static void look_at_line(const char *p, const char *end, size_t line, struct text_remarks *remarks)
{
    char key[LABEL_SIZE], value[LABEL_SIZE];
    while (p < end) {
        const char *stop = find_any(p, end, ",;\t\r\n");
        const char *sign = find_any(p, stop, ":=");
        const char *rest = NULL, *value_end = stop;
        if (sign < stop) {
            rest = sign + 1 + (sign[0] == ':' && sign + 1 < stop && sign[1] == '=');
            /* A comma between digits is a decimal one, or parts thousands: no end of the value. */
            while (value_end > rest && value_end + 1 < end && *value_end == ',' &&
                   isdigit((unsigned char)value_end[-1]) && isdigit((unsigned char)value_end[1])) {
                value_end = find_any(value_end + 1, end, ",;\t\r\n");
            }
            stop = value_end;
        } else if (stop < end) {
            sign = stop;
            rest = stop + 1;
            value_end = find_any(rest, end, ",;\t\r\n");
        }
        if (rest && rest <= value_end) {
            copy_part(key, sizeof key, p, sign);
            copy_part(value, sizeof value, rest, value_end);
            take_pair(key, value, rest, end, line, remarks);
        }
        p = stop + 1;
    }
}

void text_remarks_find(const struct text_preamble *preamble, size_t end, char mark,
                       struct text_remarks *remarks)
{
    *remarks = (struct text_remarks){.rate = NAN, .mark = mark};
    for (size_t i = 0; i < end && i < preamble->lines.count; i++) {
        look_at_line(preamble->lines.starts[i], preamble->lines.ends[i], i, remarks);
    }
}

/* The next name in a list of names; false at its end. */
static bool next_name(const char **p, const char *end, const char *delimiters, char *to,
                      size_t size)
{
    while (*p < end && (**p == ' ' || **p == '\t' || **p == '\r')) {
        ++*p;
    }
    if (*p >= end) {
        return false;
    }
    const char *stop = *p;
    while (stop < end && !strchr(delimiters, *stop)) {
        stop++;
    }
    copy_part(to, size, *p, stop);
    *p = stop < end ? stop + 1 : end;
    return true;
}

static size_t count_names(const struct text_remarks *remarks, const char *delimiters)
{
    const char *p = remarks->labels;
    char name[LABEL_SIZE];
    size_t count = 0;
    while (next_name(&p, remarks->labels_end, delimiters, name, sizeof name)) {
        count++;
    }
    return count;
}

void text_remarks_apply(const struct text_remarks *remarks, struct text_layout *layout)
{
    bool any_label = false, any_unit = false;
    size_t signals = 0;
    for (size_t c = 0; c < layout->column_count; c++) {
        any_label = any_label || layout->columns[c].label[0];
        any_unit = any_unit || layout->columns[c].unit[0];
        signals += layout->columns[c].role == TEXT_ROLE_SIGNAL;
    }
    for (size_t c = 0; c < layout->column_count && !any_unit && remarks->unit[0]; c++) {
        if (layout->columns[c].role == TEXT_ROLE_SIGNAL) {
            memcpy(layout->columns[c].unit, remarks->unit, sizeof remarks->unit);
        }
    }
    if (!remarks->labels || any_label) {
        return;
    }
    /* Blanks part names only where nothing else does. */
    size_t length = (size_t)(remarks->labels_end - remarks->labels);
    const char *delimiters = memchr(remarks->labels, ',', length)    ? ","
                             : memchr(remarks->labels, ';', length)  ? ";"
                             : memchr(remarks->labels, '\t', length) ? "\t"
                             : signals > 1                           ? " "
                                                                     : "\n";
    size_t names = count_names(remarks, delimiters);
    const char *p = remarks->labels;
    char name[LABEL_SIZE];
    double number;
    for (size_t c = 0; c < layout->column_count; c++) {
        bool signal = layout->columns[c].role == TEXT_ROLE_SIGNAL;
        if ((names == signals && !signal) || (names != signals && names != layout->column_count) ||
            !next_name(&p, remarks->labels_end, delimiters, name, sizeof name)) {
            continue;
        }
        /* "channels: 8" is a number of them. */
        if (signal && !text_real(name, strlen(name), &number)) {
            memcpy(layout->columns[c].label, name, sizeof name);
        }
    }
}
