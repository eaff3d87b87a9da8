/* Values of a specification that are lists: channels, numbers, classes. */
#include "pipeline/simulate/specification.h"
#include "pipeline/simulate/specification_keys.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Copies the next item, trimmed, and moves *list past it; false at the end. Empty items are
 * passed over. */
static bool next_item(const char **list, const char *separators, char *item, size_t size)
{
    while (**list) {
        size_t length = strcspn(*list, separators);
        text_from_field(item, size, *list, length);
        *list += length + ((*list)[length] != '\0');
        if (item[0]) {
            return true;
        }
    }
    return false;
}

static enum status add_channel(size_t channel, const char *item, size_t *indices, size_t *count,
                               struct error *error)
{
    for (size_t i = 0; i < *count; i++) {
        if (indices[i] == channel) {
            return error_set(error, STATUS_USAGE, "'%s' names a channel twice", item);
        }
    }
    indices[(*count)++] = channel;
    return STATUS_OK;
}

/* "3" or "2-5", 1 ≤ first ≤ last ≤ count. */
static bool parse_numbers(const char *item, size_t count, size_t *first, size_t *last)
{
    char *end;
    if (!isdigit((unsigned char)item[0])) {
        return false;
    }
    *first = *last = strtoul(item, &end, 10);
    if (*end == '-' && isdigit((unsigned char)end[1])) {
        *last = strtoul(end + 1, &end, 10);
    }
    return *end == '\0' && *first >= 1 && *first <= *last && *last <= count;
}

static enum status add_item(const struct specification *specification, const char *item,
                            size_t *indices, size_t *count, enum channel_draw *draw,
                            struct error *error)
{
    size_t first = 0, last = 0;
    for (size_t c = 0; c < specification->channel_count; c++) {
        if (strcasecmp(specification->channels[c].label, item) == 0) {
            return add_channel(c, item, indices, count, error);
        }
    }
    if (strcasecmp(item, "one") == 0 || strcasecmp(item, "some") == 0) {
        *draw = strcasecmp(item, "one") == 0 ? DRAW_ONE : DRAW_SOME;
        first = 1;
        last = specification->channel_count;
    } else if (strcasecmp(item, "all") == 0) {
        first = 1;
        last = specification->channel_count;
    } else if (!parse_numbers(item, specification->channel_count, &first, &last)) {
        return error_set(error, STATUS_USAGE,
                         "no channel '%s'; name labels, numbers from 1 to %zu, all, one or some",
                         item, specification->channel_count);
    }
    for (size_t c = first; c <= last; c++) {
        enum status status = add_channel(c - 1, item, indices, count, error);
        if (status) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status specification_channels(const struct specification *specification, const char *list,
                                   size_t *indices, size_t *count, enum channel_draw *draw,
                                   struct error *error)
{
    char item[LABEL_SIZE];
    *count = 0;
    *draw = DRAW_NONE;
    while (next_item(&list, ",", item, sizeof item)) {
        enum status status = add_item(specification, item, indices, count, draw, error);
        if (status) {
            return status;
        }
    }
    if (*count == 0) {
        return error_set(error, STATUS_USAGE, "no channel is named");
    }
    return STATUS_OK;
}

enum status specification_numbers(const char *list, double minimum, double maximum, double *values,
                                  size_t *count, struct error *error)
{
    char item[64];
    *count = 0;
    while (next_item(&list, ", \t", item, sizeof item)) {
        char *end;
        double value = strtod(item, &end);
        if (*end || !isfinite(value) || value < minimum || value > maximum) {
            return error_set(error, STATUS_USAGE, "'%s' is no number from %g to %g", item, minimum,
                             maximum);
        }
        if (*count == SPECIFICATION_CHANNELS) {
            return error_set(error, STATUS_USAGE, "more than %d numbers", SPECIFICATION_CHANNELS);
        }
        values[(*count)++] = value;
    }
    return STATUS_OK;
}

enum status specification_classes(const char *list, enum section_kind *kinds, size_t room,
                                  size_t *count, struct error *error)
{
    const unsigned classes = SECTION_TONIC | SECTION_CLONIC | SECTION_TONIC_CLONIC |
                             SECTION_MYOCLONIC | SECTION_VOLUNTARY;
    char item[64];
    *count = 0;
    while (next_item(&list, ", \t", item, sizeof item)) {
        size_t s = 0;
        while (s < section_count && !((section_definitions[s].kind & classes) &&
                                      strcasecmp(section_definitions[s].name, item) == 0)) {
            s++;
        }
        if (s == section_count) {
            return error_set(error, STATUS_USAGE,
                             "no class '%s'; the classes are tonic, clonic, tonic-clonic, "
                             "myoclonic and voluntary",
                             item);
        }
        if (*count == room) {
            return error_set(error, STATUS_USAGE, "more than %zu classes", room);
        }
        kinds[(*count)++] = section_definitions[s].kind;
    }
    if (*count == 0) {
        return error_set(error, STATUS_USAGE, "no class is named");
    }
    return STATUS_OK;
}
