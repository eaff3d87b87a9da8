#include "formats/edf/annotations.h"

#include "formats/checked.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Rounding of times, s. */
#define SLACK 1e-6

#define AFTER_TEXT   0x14
#define BEFORE_TIME  0x15
#define SECONDS_SIZE 40 /* longer numbers are not sane */

/* An unsigned number of seconds. */
static bool parse_seconds(const unsigned char *p, size_t size, double *seconds, int *decimals)
{
    bool mark = false;
    *decimals = 0;
    if (size == 0 || size > SECONDS_SIZE) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (isdigit(p[i])) {
            *decimals += mark;
        } else if ((p[i] == '.' || p[i] == ',') && !mark) {
            mark = true;
        } else {
            return false;
        }
    }
    return text_real((const char *)p, size, seconds);
}

/* The head of a TAL of `size` bytes: onset and duration. *used counts its bytes, the first 0x14
 * included. */
static bool parse_head(const unsigned char *tal, size_t size, struct edf_onset *onset,
                       double *duration, size_t *used)
{
    const unsigned char *end = memchr(tal, AFTER_TEXT, size);
    int decimals;
    *duration = NAN;
    *onset = (struct edf_onset){0};
    if (!end || (tal[0] != '+' && tal[0] != '-')) {
        return false;
    }
    size_t length = (size_t)(end - tal);
    const unsigned char *mark = memchr(tal, BEFORE_TIME, length);
    size_t onset_length = mark ? (size_t)(mark - tal) : length;
    if (!parse_seconds(tal + 1, onset_length - 1, &onset->seconds, &onset->decimals)) {
        return false;
    }
    if (mark && length - onset_length > 1 &&
        !parse_seconds(mark + 1, length - onset_length - 1, duration, &decimals)) {
        return false;
    }
    onset->seconds = tal[0] == '-' ? -onset->seconds : onset->seconds;
    onset->known = true;
    *used = length + 1;
    return true;
}

struct edf_onset edf_annotations_onset(const unsigned char *bytes, size_t size)
{
    struct edf_onset onset;
    double duration;
    size_t used;
    size_t length = strnlen((const char *)bytes, size);
    /* An empty first text marks the TAL that keeps the time. */
    if (length == 0 || !parse_head(bytes, length, &onset, &duration, &used) || used >= length ||
        bytes[used] != AFTER_TEXT) {
        return (struct edf_onset){0};
    }
    return onset;
}

enum status edf_annotations_release_end(struct edf_annotations *annotations, struct error *error)
{
    if (!annotations->end_known) {
        return STATUS_OK;
    }
    annotations->end_known = false;
    return recording_info_annotate(annotations->info, annotations->end, annotations->end_duration,
                                   EDF_RECORDING_ENDS, strlen(EDF_RECORDING_ENDS), error);
}

void edf_annotations_pass(struct edf_annotations *annotations, double passed)
{
    size_t kept = 0;
    annotations->passed = passed;
    for (size_t i = 0; i < annotations->missing_count; i++) {
        if (annotations->missing[i].end > passed) {
            annotations->missing[kept++] = annotations->missing[i];
        }
    }
    annotations->missing_count = kept;
}

static int by_onset(const void *a, const void *b)
{
    double x = ((const struct edf_missing *)a)->onset, y = ((const struct edf_missing *)b)->onset;
    return (x > y) - (x < y);
}

void edf_annotations_sort(struct edf_annotations *annotations)
{
    if (annotations->missing_count > 1) {
        qsort(annotations->missing, annotations->missing_count, sizeof *annotations->missing,
              by_onset);
    }
}

/* Notes what a record lacks, by "No data" or "No data: LABEL"; *taken is false for other texts. */
static enum status take_missing(struct edf_annotations *annotations, double onset, double duration,
                                const char *text, size_t length, bool *taken, struct error *error)
{
    const struct edf_header *header = annotations->header;
    const char *label = text + strlen(EDF_NO_DATA) + 2;
    struct edf_missing missing = {SIZE_MAX, onset, onset + duration};
    *taken = length == strlen(EDF_NO_DATA);
    if (onset < annotations->passed - SLACK || duration > header->duration + SLACK) {
        *taken = false;
        return STATUS_OK;
    }
    for (size_t s = 0; s < header->signal_count && length > strlen(EDF_NO_DATA) + 2; s++) {
        size_t size = length - strlen(EDF_NO_DATA) - 2;
        const struct edf_signal *signal = &header->signals[s];
        if (!signal->annotations && strlen(signal->label) == size &&
            memcmp(signal->label, label, size) == 0) {
            missing.signal = s;
            *taken = true;
        }
    }
    if (*taken && annotations->missing_count == annotations->missing_room) {
        size_t room = annotations->missing_room ? 2 * annotations->missing_room : 16;
        struct edf_missing *grown = checked_realloc(annotations->missing, room, sizeof *grown);
        if (!grown) {
            return error_memory(error, "reading gaps");
        }
        annotations->missing = grown;
        annotations->missing_room = room;
    }
    if (*taken) {
        annotations->missing[annotations->missing_count++] = missing;
    }
    return STATUS_OK;
}

static enum status collect_text(struct edf_annotations *annotations, double onset, double duration,
                                const unsigned char *text, size_t length, struct error *error)
{
    if (length == strlen(EDF_RECORDING_ENDS) && memcmp(text, EDF_RECORDING_ENDS, length) == 0) {
        enum status status = edf_annotations_release_end(annotations, error);
        annotations->end_known = true;
        annotations->end = onset;
        annotations->end_duration = duration;
        return status;
    }
    if (annotations->header->own && duration > 0 && length >= strlen(EDF_NO_DATA) &&
        memcmp(text, EDF_NO_DATA, strlen(EDF_NO_DATA)) == 0) {
        bool taken;
        enum status status =
            take_missing(annotations, onset, duration, (const char *)text, length, &taken, error);
        if (taken || status != STATUS_OK) {
            return status;
        }
    }
    return recording_info_annotate(annotations->info, onset, duration, (const char *)text, length,
                                   error);
}

/* The texts of one TAL (its final 0x00 not included). */
static enum status collect_tal(struct edf_annotations *annotations, const unsigned char *tal,
                               size_t size, struct error *error)
{
    struct edf_onset onset;
    double duration;
    size_t at;
    enum status status = STATUS_OK;
    if (!parse_head(tal, size, &onset, &duration, &at)) {
        annotations->malformed++;
        return STATUS_OK;
    }
    while (at < size && status == STATUS_OK) {
        /* The last text's 0x14 is missing in some files. */
        const unsigned char *end = memchr(tal + at, AFTER_TEXT, size - at);
        size_t length = end ? (size_t)(end - tal) - at : size - at;
        if (length > 0) {
            status = collect_text(annotations, onset.seconds - annotations->zero, duration,
                                  tal + at, length, error);
        }
        at += length + 1;
    }
    return status;
}

enum status edf_annotations_collect(struct edf_annotations *annotations, const unsigned char *bytes,
                                    size_t size, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t at = 0; at < size && status == STATUS_OK; at++) {
        if (bytes[at] != 0) {
            size_t length = strnlen((const char *)bytes + at, size - at);
            status = collect_tal(annotations, bytes + at, length, error);
            at += length;
        }
    }
    return status;
}
