/* Data records too large to hold: a regular file's signals, some samples of each at a time. */
#include "formats/edf/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads exactly size bytes of the file at `position`. */
static enum status read_at(const struct edf_records *records, uint64_t position,
                           unsigned char *bytes, size_t size, struct error *error)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(source_descriptor(records->source), bytes + done, size - done,
                            (off_t)(position + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return error_set(error, STATUS_FAILED, "%s: cannot be read at byte %llu: %s",
                             source_name(records->source), (unsigned long long)(position + done),
                             got < 0 ? strerror(errno) : "it became shorter while it was read");
        }
        done += (size_t)got;
    }
    return STATUS_OK;
}

static uint64_t record_start(const struct edf_records *records, uint64_t number)
{
    return records->header->data_start + number * records->header->record_bytes;
}

/* Collects the annotations of record `next`. */
static enum status note_record(struct edf_records *records, size_t bytes_held, struct error *error)
{
    const struct edf_header *header = records->header;
    struct edf_onset onset = {0};
    enum status status = STATUS_OK;
    bool first = true;
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (!signal->annotations) {
            continue;
        }
        size_t size = signal->samples * header->sample_bytes;
        if (edf_records_held(header, s, bytes_held) == signal->samples) {
            unsigned char *text = malloc(size);
            status = text ? read_at(records, record_start(records, records->next) + signal->offset,
                                    text, size, error)
                          : error_memory(error, "reading annotations");
            if (status == STATUS_OK) {
                status = edf_records_text(records, records->next, first, text, size, &onset, error);
            }
            free(text);
        }
        first = false;
    }
    return status == STATUS_OK ? edf_records_place(records, records->next, 0, onset, error)
                               : status;
}

/* Moves to the next record; `ended` stands afterwards when there is none. */
static enum status begin_record(struct edf_records *records, struct error *error)
{
    const struct edf_header *header = records->header;
    uint64_t size = source_size(records->source), start = record_start(records, records->next);
    uint64_t bytes_left = records->next < header->record_count && size > start ? size - start : 0;
    bool whole = bytes_left >= header->record_bytes;
    if (bytes_left == 0 || (!whole && header->discontinuous)) {
        records->ended = true;
        return STATUS_OK;
    }
    size_t bytes_held = whole ? header->record_bytes : (size_t)bytes_left;
    bool last = bytes_left <= header->record_bytes || records->next + 1 == header->record_count;
    edf_records_pass(records);
    enum status status = note_record(records, bytes_held, error);
    edf_annotations_sort(&records->annotations);
    bool trim = last && whole && edf_records_ends_within(records);
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct edf_signal *signal = &header->signals[s];
        records->held[s] = trim && !signal->annotations
                               ? edf_records_trimmed(records, signal->channel, signal->samples)
                               : edf_records_held(header, s, bytes_held);
    }
    if (trim) {
        records->annotations.end_known = false;
    }
    records->next++;
    records->slice = 0;
    return status;
}

/* Loads what the present slice has of each signal; *any tells whether that is anything. */
static enum status load_slice(struct edf_records *records, bool *any, struct error *error)
{
    const struct edf_header *header = records->header;
    unsigned char *bytes = records->bytes;
    enum status status = STATUS_OK;
    *any = false;
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (signal->annotations) {
            continue;
        }
        size_t length = signal->samples / records->slice_count + 1;
        size_t begin = records->slice * length;
        size_t left = records->held[s] > begin ? records->held[s] - begin : 0;
        size_t count = left < length ? left : length;
        status = read_at(records,
                         record_start(records, records->next - 1) + signal->offset +
                             begin * header->sample_bytes,
                         bytes, count * header->sample_bytes, error);
        records->spans[signal->channel] = (struct edf_span){bytes, count, count};
        bytes += length * header->sample_bytes;
        *any = *any || count > 0;
    }
    records->slice++;
    return status;
}

enum status edf_records_slice(struct edf_records *records, struct error *error)
{
    enum status status = STATUS_OK;
    bool any = false;
    records->count = 0;
    while (!any && status == STATUS_OK) {
        if (records->slice == records->slice_count) {
            status = begin_record(records, error);
            if (status != STATUS_OK || records->ended) {
                break;
            }
        }
        status = load_slice(records, &any, error);
        if (!any) {
            records->slice = records->slice_count;
        }
    }
    records->count = any;
    if (status == STATUS_OK && records->ended) {
        status = edf_annotations_release_end(&records->annotations, error);
    }
    return status;
}
