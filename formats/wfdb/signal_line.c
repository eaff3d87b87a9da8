/* A line of a WFDB header that describes a signal:
 *
 * FILE FORMAT[xN][:SKEW][+OFFSET] [GAIN[(BASELINE)][/UNIT] [BITS [ZERO [INITIAL [CHECKSUM [BLOCK
 * [DESCRIPTION]]]]]]] */
#include "formats/text.h"
#include "formats/wfdb/wfdb.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* A gain beyond these would overflow float when the unit is converted. */
#define GAIN_MIN 1e-20
#define GAIN_MAX 1e20

#define PER_FRAME_MAX (1u << 24)
#define SKEW_MAX      ((uint64_t)1 << 40)

char *wfdb_word(char **line)
{
    char *word = *line + strspn(*line, " \t");
    if (*word == '\0') {
        *line = word;
        return NULL;
    }
    char *end = word + strcspn(word, " \t");
    *line = end;
    if (*end != '\0') {
        *end = '\0';
        *line = end + 1;
    }
    return word;
}

bool wfdb_number(const char *text, const char **end, uint64_t *value)
{
    uint64_t number = 0;
    const char *p = text;
    for (; isdigit((unsigned char)*p); p++) {
        if (number > (uint64_t)INT64_MAX / 10 - 1) {
            return false;
        }
        number = number * 10 + (uint64_t)(*p - '0');
    }
    *value = number;
    *end = p;
    return p > text;
}

bool wfdb_format_known(int64_t format)
{
    static const int known[] = {0, 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, 508, 516, 524};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i] == format) {
            return true;
        }
    }
    return false;
}

static bool parse_format(const char *word, struct wfdb_signal *signal, const char **reason)
{
    uint64_t format, number;
    const char *p;
    signal->per_frame = 1;
    if (!wfdb_number(word, &p, &format) || !wfdb_format_known((int64_t)format)) {
        *reason = "the second word is no storage format that WFDB knows";
        return false;
    }
    signal->format = (int)format;
    if (*p == 'x') {
        if (!wfdb_number(p + 1, &p, &number) || number == 0 || number > PER_FRAME_MAX) {
            *reason = "the samples per frame, after 'x', are no sound number";
            return false;
        }
        signal->per_frame = (size_t)number;
    }
    if (*p == ':') {
        if (!wfdb_number(p + 1, &p, &signal->skew) || signal->skew > SKEW_MAX) {
            *reason = "the skew, after ':', is no sound number";
            return false;
        }
    }
    if (*p == '+' && !wfdb_number(p + 1, &p, &signal->byte_offset)) {
        *reason = "the offset in bytes, after '+', is no sound number";
        return false;
    }
    if (*p != '\0') {
        *reason = "something follows the storage format";
        return false;
    }
    return true;
}

/* Cuts the word at the first `mark`, and returns what follows it; NULL when there is none. */
static char *cut(char *word, char mark)
{
    char *at = strchr(word, mark);
    if (at) {
        *at++ = '\0';
    }
    return at;
}

static bool parse_gain(char *word, struct wfdb_signal *signal, bool *has_baseline,
                       const char **reason)
{
    char *unit = cut(word, '/'), *baseline = cut(word, '(');
    *has_baseline = false;
    if (baseline) {
        size_t length = strcspn(baseline, ")");
        if (!text_real(baseline, length, &signal->baseline)) {
            *reason = "the baseline, in parentheses, is no number";
            return false;
        }
        *has_baseline = true;
    }
    if (!text_real(word, strlen(word), &signal->gain)) {
        *reason = "the gain is no number";
        return false;
    }
    if (!(fabs(signal->gain) > GAIN_MIN && fabs(signal->gain) < GAIN_MAX) ||
        !(fabs(signal->baseline) < GAIN_MAX)) {
        signal->gain = 0;
    }
    if (signal->gain != 0) {
        /* The unit that the specification sets where none is written. */
        const char *text = unit && unit[0] ? unit : "mV";
        text_from_field(signal->unit, sizeof signal->unit, text, strlen(text));
    }
    return true;
}

/* The whole numbers after the gain; what is missing or no number ends them. */
static void parse_rest(char *line, struct wfdb_signal *signal)
{
    int64_t numbers[5] = {0};
    size_t count = 0;
    for (; count < 5; count++) {
        char *word = wfdb_word(&line);
        if (!word || !text_integer(word, strlen(word), &numbers[count])) {
            line = word ? word : line;
            break;
        }
        int64_t value = numbers[count];
        switch (count) {
        case 0:
            signal->resolution = value > 0 && value <= 32 ? (int)value : 0;
            break;
        case 1:
            signal->zero = signal->initial = value;
            break;
        case 2:
            signal->initial = value;
            break;
        case 3:
            signal->checksum = (int)((uint64_t)value & 0xffff);
            break;
        default:
            break;
        }
    }
    /* A description where a number should be: some write it without the block size. */
    if (count == 5 || (count > 0 && *line)) {
        text_from_field(signal->label, sizeof signal->label, line, strlen(line));
    }
}

bool wfdb_signal_parse(char *line, struct wfdb_signal *signal, const char **reason)
{
    bool has_baseline = false;
    *signal = (struct wfdb_signal){0};
    char *file = wfdb_word(&line), *format = wfdb_word(&line);
    if (!file || !format) {
        *reason = "a file and a storage format are expected";
        return false;
    }
    signal->file = file;
    if (!parse_format(format, signal, reason)) {
        return false;
    }
    char *gain = wfdb_word(&line);
    if (gain && !parse_gain(gain, signal, &has_baseline, reason)) {
        return false;
    }
    if (gain) {
        parse_rest(line, signal);
    }
    if (!has_baseline) {
        signal->baseline = (double)signal->zero;
    }
    return true;
}
