/* Annotations of EDF+ files. Those of the recording are known at its end, and go to where the
 * records' annotation areas have room; what a record lacks is told in its own. */
#include "formats/checked.h"
#include "formats/edf/annotations.h"
#include "formats/edf/header.h"
#include "formats/edf/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX    512 /* bytes; EDFlib reads no more */
#define NUMBER_SIZE 400 /* %f of any double */

/* Seconds with 0.1 µs, without trailing zeros; always signed when asked. */
static int format_seconds(char to[NUMBER_SIZE], double seconds, bool sign)
{
    int length = snprintf(to, NUMBER_SIZE, sign ? "%+.7f" : "%.7f", seconds);
    while (to[length - 1] == '0') {
        length--;
    }
    length -= to[length - 1] == '.';
    to[length] = '\0';
    return length;
}

/* Room for `more` bytes in the area of the record being written. */
static enum status reserve(struct edf_out *out, size_t more, struct error *error)
{
    if (out->area_used + more > out->area_room) {
        size_t room = 2 * (out->area_used + more);
        char *grown = realloc(out->area, room);
        if (!grown) {
            return error_memory(error, "writing annotations");
        }
        out->area = grown;
        out->area_room = room;
    }
    return STATUS_OK;
}

enum status edf_out_time(struct edf_out *out, uint64_t place, struct error *error)
{
    out->area_used = 0;
    enum status status = reserve(out, NUMBER_SIZE + 4, error);
    if (status == STATUS_OK) {
        size_t length =
            (size_t)format_seconds(out->area, out->zero + (double)place * out->duration, true);
        memcpy(out->area + length, "\x14\x14", 3);
        out->area_used = length + 3;
    }
    return status;
}

enum status edf_out_missing(struct edf_out *out, double onset, double duration, const char *label,
                            struct error *error)
{
    char onset_text[NUMBER_SIZE], duration_text[NUMBER_SIZE];
    size_t length = (size_t)format_seconds(onset_text, out->zero + onset, true) +
                    (size_t)format_seconds(duration_text, duration, false) + 3 +
                    strlen(EDF_NO_DATA) + (label ? 2 + strlen(label) : 0);
    enum status status = reserve(out, length + 1, error);
    if (status == STATUS_OK) {
        snprintf(out->area + out->area_used, length + 1, "%s\x15%s\x14" EDF_NO_DATA "%s%s\x14",
                 onset_text, duration_text, label ? ": " : "", label ? label : "");
        out->area_used += length + 1;
    }
    return status;
}

/* The text's length when it is cut at TEXT_MAX bytes, at the border of a character. */
static size_t cut_length(const char *text)
{
    size_t length = strnlen(text, TEXT_MAX + 1);
    if (length > TEXT_MAX) {
        length = TEXT_MAX;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    return length;
}

enum status edf_out_annotate(struct edf_out *out, double onset, double duration, const char *text,
                             struct error *error)
{
    char onset_text[NUMBER_SIZE], duration_text[NUMBER_SIZE + 1] = "";
    if (isfinite(duration) && duration >= 0) {
        duration_text[0] = '\x15';
        format_seconds(duration_text + 1, duration, false);
    }
    format_seconds(onset_text, out->zero + onset, true);
    struct edf_tal *tals = checked_realloc(out->tals, out->tal_count + 1, sizeof *tals);
    if (tals) {
        out->tals = tals;
        struct edf_tal *tal = &tals[out->tal_count];
        *tal = (struct edf_tal){.onset = onset, .index = out->tal_count};
        size_t head = strlen(onset_text) + strlen(duration_text) + 1, length = cut_length(text);
        tal->size = head + length + 2;
        tal->bytes = malloc(tal->size + 1);
        if (tal->bytes) {
            snprintf(tal->bytes, tal->size + 1, "%s%s\x14%.*s\x14", onset_text, duration_text,
                     (int)length, text);
            for (char *p = tal->bytes + head; p < tal->bytes + head + length; p++) {
                *p = (unsigned char)*p < 0x20 ? ' ' : *p;
            }
            out->tal_count++;
            return STATUS_OK;
        }
    }
    return error_memory(error, "writing annotations");
}

static int by_onset(const void *a, const void *b)
{
    const struct edf_tal *x = a, *y = b;
    int order = (x->onset > y->onset) - (x->onset < y->onset);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* The record that holds a time, by number: the last one that begins no later. */
static uint64_t record_at(const struct edf_out *out, double time)
{
    uint64_t low = 0, high = out->records;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if ((double)out->list[middle].place * out->duration <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The record that TAL `next` may go to at the earliest: its own, or any when they are packed. */
static uint64_t earliest(const struct edf_out *out, size_t next, bool packed)
{
    return packed ? 0 : record_at(out, out->tals[next].onset);
}

/* Where a walk over records and TALs stands: TALs first to next - 1 go to `record`. */
struct walk {
    uint64_t record;
    size_t first, next;
};

/* Moves to the next record that gets TALs; false at the end. */
static bool walk_on(const struct edf_out *out, bool packed, struct walk *walk)
{
    walk->first = walk->next;
    while (walk->next < out->tal_count) {
        uint64_t start = earliest(out, walk->next, packed);
        walk->record = start > walk->record ? start : walk->record;
        if (walk->record >= out->records) {
            return false;
        }
        size_t used = out->list[walk->record].used;
        while (walk->next < out->tal_count && earliest(out, walk->next, packed) <= walk->record &&
               used + out->tals[walk->next].size <= out->text_bytes) {
            used += out->tals[walk->next++].size;
        }
        if (walk->next > walk->first) {
            return true;
        }
        walk->record++;
    }
    return false;
}

static bool fits(const struct edf_out *out, bool packed)
{
    struct walk walk = {0, 0, 0};
    while (walk_on(out, packed, &walk)) {
        walk.record++;
    }
    return walk.next == out->tal_count;
}

/* Rewrites all records, from the last on. */
enum status edf_out_widen(struct edf_out *out, size_t text_bytes, struct error *error)
{
    enum status status = STATUS_OK;
    size_t old_size = out->data_bytes + out->text_bytes, size = out->data_bytes + text_bytes;
    off_t data_start = (off_t)edf_out_data_start(out);
    int descriptor = -1;
    char *record = calloc(1, size);
    errno = 0;
    if (!record || fflush(out->stream) != 0 ||
        (descriptor = open(output_path(out->output), O_RDWR | O_CLOEXEC)) < 0) {
        status = edf_out_failure(out, error);
        goto out;
    }
    for (uint64_t r = out->records; r-- > 0 && status == STATUS_OK;) {
        errno = 0;
        if (pread(descriptor, record, old_size, data_start + (off_t)(r * old_size)) !=
                (ssize_t)old_size ||
            pwrite(descriptor, record, size, data_start + (off_t)(r * size)) != (ssize_t)size) {
            status = edf_out_failure(out, error);
        }
    }
    out->text_bytes = text_bytes;
    if (status == STATUS_OK &&
        fseeko(out->stream, data_start + (off_t)(out->records * size), SEEK_SET) != 0) {
        status = edf_out_failure(out, error);
    }
out:
    free(record);
    if (descriptor >= 0 && close(descriptor) != 0 && status == STATUS_OK) {
        status = edf_out_failure(out, error);
    }
    return status;
}

/* An annotation area in which all TALs find a place when they are packed. */
static size_t sufficient(const struct edf_out *out)
{
    size_t total = 0, longest = 0, used = 0;
    for (size_t i = 0; i < out->tal_count; i++) {
        total += out->tals[i].size;
        longest = out->tals[i].size > longest ? out->tals[i].size : longest;
    }
    for (uint64_t r = 0; r < out->records; r++) {
        used = out->list[r].used > used ? out->list[r].used : used;
    }
    size_t needed = used + 1 + total / (size_t)out->records + longest;
    return (needed + 5) / 6 * 6;
}

enum status edf_out_annotations(struct edf_out *out, struct error *error)
{
    enum status status = STATUS_OK;
    struct walk walk = {0, 0, 0};
    bool packed = false;
    if (out->tal_count == 0) {
        return STATUS_OK;
    }
    errno = 0;
    if (fflush(out->stream) != 0) {
        return edf_out_failure(out, error);
    }
    qsort(out->tals, out->tal_count, sizeof *out->tals, by_onset);
    if (!fits(out, packed)) {
        packed = true;
        if (!fits(out, packed)) {
            status = edf_out_widen(out, sufficient(out), error);
            packed = !fits(out, false);
        }
    }
    while (status == STATUS_OK && walk_on(out, packed, &walk)) {
        const struct edf_out_record *record = &out->list[walk.record];
        uint64_t at = edf_out_data_start(out) + walk.record * (out->data_bytes + out->text_bytes) +
                      out->data_bytes + record->used;
        errno = 0;
        bool good = fseeko(out->stream, (off_t)at, SEEK_SET) == 0;
        for (size_t i = walk.first; i < walk.next && good; i++) {
            good = fwrite(out->tals[i].bytes, out->tals[i].size, 1, out->stream) == 1;
        }
        status = good ? STATUS_OK : edf_out_failure(out, error);
        walk.record++;
    }
    return status;
}
