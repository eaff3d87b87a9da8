/* One key of a specification: defaults, parsing, bounds, messages. */
#include "pipeline/simulate/specification_parser.h"

#include "formats/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void note(struct parser *parser, size_t line, const char *format, va_list arguments)
{
    char text[700], where[32] = "";
    vsnprintf(text, sizeof text, format, arguments);
    if (line) {
        snprintf(where, sizeof where, "line %zu: ", line);
    }
    if (parser->problems->count < SPECIFICATION_PROBLEMS) {
        warnings_add(parser->problems, "%s: %s%s", parser->specification->name, where, text);
    } else {
        parser->problems->omitted++;
    }
}

void parser_problem(struct parser *parser, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(parser, parser->line, format, arguments);
    va_end(arguments);
}

void parser_problem_at(struct parser *parser, size_t line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(parser, line, format, arguments);
    va_end(arguments);
}

static void set_default(const struct key_definition *key, void *value)
{
    switch (key->type) {
    case KEY_NUMBER:
    case KEY_WHOLE:
        *(double *)value = key->low;
        break;
    case KEY_RANGE:
    case KEY_COUNT:
        *(struct range *)value = (struct range){key->low, key->high};
        break;
    case KEY_CHOICE:
        *(int *)value = (int)key->low;
        break;
    case KEY_TEXT:
        snprintf(value, SPECIFICATION_TEXT, "%s", key->words);
        break;
    case KEY_TIME:
        *(struct start_time *)value = (struct start_time){0};
        break;
    }
}

/* All kinds of sections that are kept in the same struct. */
static unsigned family_of(enum section_kind kind)
{
    if (kind < SECTION_TONIC || kind >= SECTION_ANNOTATION) {
        return kind;
    }
    return kind < SECTION_MAINS ? SECTION_MAINS - SECTION_TONIC
                                : SECTION_ANNOTATION - SECTION_MAINS;
}

void parser_defaults_of(enum section_kind kind, void *values)
{
    unsigned family = family_of(kind);
    for (size_t k = 0; k < key_count; k++) {
        const struct key_definition *key = &key_definitions[k];
        if ((key->sections & family) && (key->type == KEY_RANGE || key->type == KEY_COUNT)) {
            *(struct range *)((char *)values + key->offset) = (struct range){NAN, NAN};
        }
    }
    for (size_t k = 0; k < key_count; k++) {
        const struct key_definition *key = &key_definitions[k];
        if (key->sections & kind) {
            set_default(key, (char *)values + key->offset);
        }
    }
}

/* A plain decimal number over the whole text (strtod alone would take "nan" and "0x1p3"). */
static bool parse_number(const char *text, size_t length, double *value)
{
    char copy[64], *end;
    if (length == 0 || length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (copy[strspn(copy, "0123456789+-.eE")]) {
        return false;
    }
    *value = strtod(copy, &end);
    return *end == '\0' && isfinite(*value);
}

/* "5" or "1..60", blanks allowed around the dots. */
static bool parse_range(const char *text, struct range *range)
{
    const char *dots = strstr(text, "..");
    if (!dots) {
        return parse_number(text, strlen(text), &range->low) &&
               parse_number(text, strlen(text), &range->high);
    }
    const char *high = dots + 2 + strspn(dots + 2, " \t");
    size_t length = (size_t)(dots - text);
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        length--;
    }
    return parse_number(text, length, &range->low) &&
           parse_number(high, strlen(high), &range->high) && range->low <= range->high;
}

/* "2024-01-31T22:30:00", blank for T, seconds may have a fraction or be left out. */
static bool parse_time(const char *text, struct start_time *start)
{
    int year, month, day, hour, minute, used = 0;
    char separator;
    double second = 0;
    if (sscanf(text, "%4d-%2d-%2d%c%2d:%2d%n", &year, &month, &day, &separator, &hour, &minute,
               &used) != 6 ||
        (separator != 'T' && separator != ' ')) {
        return false;
    }
    text += used;
    if (*text && (*text != ':' || !parse_number(text + 1, strlen(text + 1), &second))) {
        return false;
    }
    double whole = floor(second);
    *start = (struct start_time){.known = true, .fraction = second - whole};
    return second >= 0 && second < 60 &&
           text_civil_seconds(year, month, day, hour, minute, (int)whole, &start->seconds);
}

/* The index of text in a blank separated list; −1 when it is not there. */
static int find_word(const char *words, const char *text)
{
    size_t length = strlen(text);
    int index = 0;
    for (const char *p = words; *p; index++) {
        size_t step = strcspn(p, " ");
        if (step == length && strncasecmp(p, text, length) == 0) {
            return index;
        }
        p += step + strspn(p + step, " ");
    }
    return -1;
}

static bool set_number(struct parser *parser, const struct key_definition *key, const char *text,
                       void *value)
{
    bool whole = key->type == KEY_WHOLE || key->type == KEY_COUNT;
    bool single = key->type == KEY_NUMBER || key->type == KEY_WHOLE;
    struct range range;
    if (!parse_range(text, &range) || (single && range.low != range.high) ||
        range.low < key->minimum || range.high > key->maximum ||
        (whole && (range.low != rint(range.low) || range.high != rint(range.high)))) {
        parser_problem(parser, "[%s] %s = %s: give a %snumber%s from %.17g to %.17g%s%s%s",
                       parser->section->name, key->name, text, whole ? "whole " : "",
                       single ? "" : ", or a range LOW..HIGH,", key->minimum, key->maximum,
                       key->unit[0] ? " (" : "", key->unit, key->unit[0] ? ")" : "");
        return false;
    }
    if (single) {
        *(double *)value = range.low;
    } else {
        *(struct range *)value = range;
    }
    return true;
}

static void unknown_key(struct parser *parser, const char *name)
{
    char list[500] = "";
    size_t used = 0;
    for (size_t k = 0; k < key_count && used < sizeof list; k++) {
        if (key_definitions[k].sections & parser->section->kind) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                                     key_definitions[k].name);
        }
    }
    parser_problem(parser, "[%s] has no key '%s'; it has %s", parser->section->name, name, list);
}

static void set_value(struct parser *parser, const struct key_definition *key, const char *text)
{
    void *value = (char *)parser->values + key->offset;
    switch (key->type) {
    case KEY_NUMBER:
    case KEY_WHOLE:
    case KEY_RANGE:
    case KEY_COUNT:
        set_number(parser, key, text, value);
        break;
    case KEY_CHOICE:
        *(int *)value = find_word(key->words, text);
        if (*(int *)value < 0) {
            parser_problem(parser, "[%s] %s = %s: give one of: %s", parser->section->name,
                           key->name, text, key->words);
        }
        break;
    case KEY_TEXT:
        text_from_field(value, SPECIFICATION_TEXT, text, strlen(text));
        break;
    case KEY_TIME:
        if (!parse_time(text, value)) {
            parser_problem(parser, "[%s] %s = %s: give a date and time such as %s",
                           parser->section->name, key->name, text, "2024-01-31T22:30:00");
        }
        break;
    }
}

void parser_set_value(struct parser *parser, const char *name, const char *text)
{
    for (size_t k = 0; k < key_count; k++) {
        const struct key_definition *key = &key_definitions[k];
        if (!(key->sections & parser->section->kind) || strcasecmp(key->name, name) != 0) {
            continue;
        }
        if (parser->given[k]) {
            parser_problem(parser, "[%s] has a second %s", parser->section->name, key->name);
        }
        parser->given[k] = true;
        if (parser->section->kind == SECTION_RECORDING && strcmp(key->name, "channels") == 0) {
            parser->channels_given = true;
        }
        if (parser->section->kind == SECTION_RECORDING && strcmp(key->name, "rate") == 0) {
            parser->specification->rate_given = true;
        }
        set_value(parser, key, text);
        return;
    }
    unknown_key(parser, name);
}
