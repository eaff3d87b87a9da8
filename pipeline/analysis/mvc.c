#include "pipeline/analysis/mvc.h"

#include "formats/table.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define ITEM_SIZE (LABEL_SIZE + 64)

/* Takes "LABEL=UV" apart, or "UV", whose label is "". False when it is neither. */
static bool parse_item(const char *item, size_t length, char label[LABEL_SIZE], double *value)
{
    char text[ITEM_SIZE], number[ITEM_SIZE];
    if (length >= sizeof text) {
        return false;
    }
    memcpy(text, item, length);
    text[length] = '\0';
    char *equals = strrchr(text, '=');
    const char *rest = equals ? equals + 1 : text;
    text_from_field(label, LABEL_SIZE, text, equals ? (size_t)(equals - text) : 0);
    text_from_field(number, sizeof number, rest, strlen(rest));
    return (!equals || label[0]) && table_parse_real(number, value) && isfinite(*value) &&
           *value > 0;
}

/* The n-th item of the list; false past the last, or when it is faulty. */
static bool item_of(const char *list, size_t n, char label[LABEL_SIZE], double *value)
{
    for (; n > 0 && list; n--) {
        list = strchr(list, ',');
        list += list ? 1 : 0;
    }
    return list && parse_item(list, strcspn(list, ","), label, value);
}

const char *mvc_fault(const char *list)
{
    char label[LABEL_SIZE];
    double value;
    size_t count = 1;
    for (const char *p = list; *p; p++) {
        count += *p == ',';
    }
    for (size_t i = 0; i < count; i++) {
        if (!item_of(list, i, label, &value) || (count > 1 && label[0] == '\0')) {
            return "--mvc wants a number above 0, or LABEL=UV of several channels, separated by "
                   "commas";
        }
    }
    return NULL;
}

double mvc_value(const char *list, const char *label)
{
    char own[LABEL_SIZE];
    double value;
    for (size_t i = 0; item_of(list, i, own, &value); i++) {
        if (own[0] == '\0' || strcasecmp(own, label) == 0) {
            return value;
        }
    }
    return NAN;
}

bool mvc_label(const char *list, size_t n, char label[LABEL_SIZE])
{
    double value;
    return item_of(list, n, label, &value) && label[0];
}

double mvc_measure(const struct power_steps *steps, const struct spans *contractions, double window)
{
    double largest = NAN;
    for (size_t i = 0; i < contractions->count; i++) {
        const struct span *span = &contractions->list[i];
        largest = fmax(largest, power_steps_peak(steps, span->from, span->to, window));
    }
    return largest;
}
