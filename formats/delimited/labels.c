#include "formats/delimited/labels.h"

#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum status text_label_finish(struct text_label *label, double rate, struct recording_info *info,
                              struct error *error)
{
    char text[2 * LABEL_SIZE + 2];
    double value;
    if (!label->text[0]) {
        return STATUS_OK;
    }
    bool number = text_real(label->text, strlen(label->text), &value);
    snprintf(text, sizeof text, "%s%s%s", number ? label->prefix : "",
             number && label->prefix[0] ? " " : "", label->text);
    label->text[0] = '\0';
    if (info->annotation_count >= TEXT_ANNOTATIONS_MAX) {
        warnings_add(&info->warnings, "more than %d annotations: the rest is left out",
                     TEXT_ANNOTATIONS_MAX);
        return STATUS_OK;
    }
    double duration = label->length > 1 ? (double)label->length / rate : NAN;
    return recording_info_annotate(info, (double)label->onset / rate, duration, text, strlen(text),
                                   error);
}

/* A word for nothing: empty, a hyphen, NaN, and 0 where it is no state. */
static bool says_nothing(const struct text_label *label, const char *text)
{
    double value;
    return !text[0] || strcmp(text, "-") == 0 || strcasecmp(text, "nan") == 0 ||
           strcasecmp(text, "n/a") == 0 ||
           (label->kind == TEXT_LABEL_EVENT && text_real(text, strlen(text), &value) && value == 0);
}

enum status text_label_push(struct text_label *label, const struct text_cell *cell, uint64_t index,
                            double rate, struct recording_info *info, struct error *error)
{
    char text[LABEL_SIZE] = "";
    const char *start = cell->start, *end = cell->end;
    if (start && end - start >= 2 && *start == '"' && end[-1] == '"') {
        start++;
        end--;
    }
    if (start && start < end) {
        text_from_field(text, sizeof text, start, (size_t)(end - start));
    }
    if (says_nothing(label, text)) {
        text[0] = '\0';
    }
    if (strcmp(text, label->text) == 0) {
        /* Samples that were lost on the way count: time passed. */
        label->length = index - label->onset + 1;
        return STATUS_OK;
    }
    enum status status = text_label_finish(label, rate, info, error);
    memcpy(label->text, text, sizeof text);
    label->onset = index;
    label->length = 1;
    return status;
}
