/* Recorded tissue that is named by an option instead of a section. */
#include "pipeline/simulate/specification.h"

#include "formats/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "9.5-19.5" and nothing after it. */
static bool parse_interval(const char *text, struct range *interval)
{
    char *end;
    if (text[strspn(text, "0123456789.eE+-")]) {
        return false;
    }
    interval->low = strtod(text, &end);
    if (end == text || *end != '-') {
        return false;
    }
    text = end + 1;
    interval->high = strtod(text, &end);
    return end > text && *end == '\0' && isfinite(interval->high) && interval->low >= 0 &&
           interval->low < interval->high;
}

/* One FILE@FROM-TO or FILE@FROM-TO@CHANNEL; item is cut up. A file's name may hold an @. */
static bool parse_item(char *item, struct tissue_section *tissue)
{
    char *last = strrchr(item, '@');
    if (!last) {
        return false;
    }
    *last++ = '\0';
    if (!parse_interval(last, &tissue->interval)) {
        char *before = strrchr(item, '@');
        if (!before || !*last || strlen(last) >= sizeof tissue->channel) {
            return false;
        }
        *before++ = '\0';
        snprintf(tissue->channel, sizeof tissue->channel, "%s", last);
        if (!parse_interval(before, &tissue->interval)) {
            return false;
        }
    }
    snprintf(tissue->file, sizeof tissue->file, "%s", item);
    return item[0] && strlen(item) < sizeof tissue->file;
}

enum status specification_add_tissue(struct specification *specification, enum section_kind kind,
                                     const char *text, double rate, struct error *error)
{
    enum status status = STATUS_OK;
    char *copy = strdup(text), *rest = copy, *item;
    if (!copy) {
        return error_memory(error, "reading options");
    }
    while (status == STATUS_OK && (item = strsep(&rest, ","))) {
        struct tissue_section *grown =
            checked_realloc(specification->tissues, specification->tissue_count + 1, sizeof *grown);
        if (!grown) {
            status = error_memory(error, "reading options");
            break;
        }
        specification->tissues = grown;
        struct tissue_section *tissue = &grown[specification->tissue_count];
        *tissue = (struct tissue_section){.kind = kind, .rate = rate > 0 ? rate : NAN};
        if (parse_item(item, tissue)) {
            specification->tissue_count++;
        } else {
            status = error_set(error, STATUS_USAGE,
                               "--%s '%s': give FILE@FROM-TO in s, such as holds.csv@9.5-19.5, or "
                               "FILE@FROM-TO@CHANNEL",
                               kind == SECTION_REST ? "rest" : "tissue", text);
        }
    }
    free(copy);
    return status;
}
