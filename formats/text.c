#include "formats/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length of the valid UTF-8 sequence at p (1–4), or 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    size_t length = p[0] < 0x80                   ? 1
                    : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
                    : (p[0] & 0xf0) == 0xe0       ? 3
                    : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                                  : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)) {
        return 0;
    }
    return length;
}

void text_from_field(char *to, size_t to_size, const char *from, size_t size)
{
    const unsigned char *p = (const unsigned char *)from;
    size_t length = 0;
    size = strnlen(from, size);
    while (size > 0 && isspace(p[0])) {
        p++;
        size--;
    }
    while (size > 0 && isspace(p[size - 1])) {
        size--;
    }
    while (size > 0) {
        size_t step = utf8_length(p, size);
        size_t room = step ? step : 2; /* a Latin-1 letter becomes two bytes */
        if (length + room + 1 > to_size) {
            break;
        }
        if (step == 0) {
            to[length++] = (char)(0xc0 | (p[0] >> 6));
            to[length++] = (char)(0x80 | (p[0] & 0x3f));
            step = 1;
        } else if (p[0] < 0x20 || p[0] == 0x7f || (step == 2 && p[0] == 0xc2 && p[1] < 0xa0)) {
            to[length++] = ' ';
        } else {
            memcpy(to + length, p, step);
            length += step;
        }
        p += step;
        size -= step;
    }
    if (to_size > 0) {
        to[length] = '\0';
    }
}

double text_microvolts_per(const char *unit)
{
    static const struct {
        const char *name;
        double factor;
    } table[] = {
        {"uV", 1},          {"\xc2\xb5V", 1},    {"\xce\xbcV", 1},  {"\xb5V", 1},
        {"microV", 1},      {"microvolt", 1},    {"microvolts", 1}, {"UV", 1},
        {"uv", 1},          {"mV", 1e3},         {"mv", 1e3},       {"MV", 1e3},
        {"millivolt", 1e3}, {"millivolts", 1e3}, {"V", 1e6},        {"v", 1e6},
        {"volt", 1e6},      {"volts", 1e6},      {"Volts", 1e6},    {"Volt", 1e6},
        {"nV", 1e-3},       {"nanovolt", 1e-3},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(unit, table[i].name) == 0) {
            return table[i].factor;
        }
    }
    return 0;
}

/* True when word stands in text with no letter on either side, case ignored. */
static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = text; *p; p++) {
        if (strncasecmp(p, word, length) == 0 && (p == text || !isalpha((unsigned char)p[-1])) &&
            !isalpha((unsigned char)p[length])) {
            return true;
        }
    }
    return false;
}

static bool has_any(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (has_word(text, *words)) {
            return true;
        }
    }
    return false;
}

enum channel_type text_channel_type(const char *label, const char *description, const char *unit)
{
    static const char *const emg[] = {"EMG", "sEMG", "HDsEMG", "electromyogram", "electromyography",
                                      NULL};
    static const char *const other[] = {
        "ECG",       "EKG",     "EEG",          "EOG",           "ACC",          "ACCX",
        "ACCY",      "ACCZ",    "ACCEL",        "accelerometer", "acceleration", "GYRO",
        "gyroscope", "MAG",     "magnetometer", "IMU",           "TRIG",         "trigger",
        "status",    "marker",  "event",        "events",        "sync",         "force",
        "torque",    "angle",   "gonio",        "goniometer",    "temp",         "temperature",
        "SpO2",      "pulse",   "resp",         "respiration",   "EDA",          "GSR",
        "PPG",       "counter", "battery",      "position",      "velocity",     "time",
        "timestamp", "index",   "nSeq",         "digital",       "pressure",     "REF",
        NULL};
    if (has_any(label, emg)) {
        return CHANNEL_EMG;
    }
    if (has_any(label, other)) {
        return CHANNEL_OTHER;
    }
    if (has_any(description, emg)) {
        return CHANNEL_EMG;
    }
    if (has_any(description, other) || (unit[0] && text_microvolts_per(unit) == 0)) {
        return CHANNEL_OTHER;
    }
    return CHANNEL_UNKNOWN;
}

/* Copies a trimmed field into a C string; false when it is empty or too long. */
static bool field_string(const char *field, size_t size, char to[64])
{
    while (size > 0 && (field[0] == ' ' || field[0] == '\0')) {
        field++;
        size--;
    }
    while (size > 0 && (field[size - 1] == ' ' || field[size - 1] == '\0')) {
        size--;
    }
    if (size == 0 || size > 63) {
        return false;
    }
    memcpy(to, field, size);
    to[size] = '\0';
    return true;
}

bool text_integer(const char *field, size_t size, int64_t *value)
{
    char text[64];
    char *end;
    if (!field_string(field, size, text) || isspace((unsigned char)text[0])) {
        return false;
    }
    errno = 0;
    long long number = strtoll(text, &end, 10);
    *value = number;
    return errno == 0 && end != text && *end == '\0';
}

bool text_real(const char *field, size_t size, double *value)
{
    char text[64];
    char *end;
    if (!field_string(field, size, text) || isspace((unsigned char)text[0])) {
        return false;
    }
    char *comma = strchr(text, ',');
    if (comma && !strchr(text, '.')) {
        *comma = '.';
    }
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

bool text_civil_seconds(int year, int month, int day, int hour, int minute, int second,
                        int64_t *seconds)
{
    static const int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > days_in[month - 1] + (month == 2 && leap)) {
        return false;
    }
    /* Days since the epoch in a calendar whose year starts in March, so that the leap day is the
     * last of a year. */
    int64_t y = year - (month <= 2);
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *seconds = (era * 146097 + day_of_era - 719468) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

bool text_start_time(const char *text, struct start_time *start)
{
    int year, month, day, hour = 0, minute = 0, used = 0;
    double second;
    int64_t seconds;
    if (sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d:%n", &year, &month, &day, &hour, &minute, &used) !=
            5 ||
        used == 0) {
        return false;
    }
    size_t digits = strspn(text + used, "0123456789.");
    if (!text_real(text + used, digits, &second) || !(second >= 0 && second < 61) ||
        !text_civil_seconds(year, month, day, hour, minute, (int)second, &seconds)) {
        return false;
    }
    *start = (struct start_time){true, seconds, second - floor(second)};
    return true;
}

void text_to_ascii(char *to, size_t size, const char *from)
{
    /* U+00C0 to U+00FF */
    static const char letters[] =
        "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYPsaaaaaaaceeeeiiiidnooooo/ouuuuypy";
    size_t used = 0;
    for (const unsigned char *p = (const unsigned char *)from; *p && used + 1 < size; p++) {
        if (*p >= 0x20 && *p < 0x7f) {
            to[used++] = (char)*p;
        } else if ((*p == 0xc2 && p[1] == 0xb5) || (*p == 0xce && p[1] == 0xbc)) {
            to[used++] = 'u';
        } else if (*p == 0xc2 && p[1] == 0xb0 && used + 3 < size) {
            memcpy(to + used, "deg", 3);
            used += 3;
        } else if (*p == 0xc3 && p[1] >= 0x80 && p[1] < 0xc0) {
            to[used++] = letters[p[1] - 0x80];
        } else if (*p >= 0xc0) {
            to[used++] = '?';
        }
    }
    to[used] = '\0';
}
