#include "formats/edf/records.h"

#include "formats/checked.h"
#include "formats/mend.h"

#include <string.h>

#define GROUP_BYTES       ((size_t)1 << 20)
#define GROUP_RECORDS_MAX 65536

/* Damage at the end of the file: `whole` records and `rest` bytes of another are there. */
static enum status report_short(struct edf_records *records, uint64_t whole, size_t rest,
                                struct error *error)
{
    const struct edf_header *header = records->header;
    const char *kept = header->discontinuous && rest > 0
                           ? "that record is dropped, since its time is unknown"
                           : "whole samples up to there are kept";
    if (header->record_count == UINT64_MAX && rest == 0) {
        return STATUS_OK;
    }
    if (rest > 0 && (header->record_count == UINT64_MAX || whole + 1 == header->record_count)) {
        return mend(source_name(records->source), records->strict, records->info, error,
                    "the file ends in data record %llu, after %zu of its %zu bytes; %s",
                    (unsigned long long)whole + 1, rest, header->record_bytes, kept);
    }
    return mend(source_name(records->source), records->strict, records->info, error,
                "the header claims %llu data records (byte %d), but the file ends after %llu "
                "and %zu bytes of the next; %s",
                (unsigned long long)header->record_count, EDF_AT_RECORD_COUNT,
                (unsigned long long)whole, rest, kept);
}

/* Bytes that follow the last record. */
static enum status report_excess(struct edf_records *records, uint64_t excess, struct error *error)
{
    const struct edf_header *header = records->header;
    uint64_t more = excess / header->record_bytes;
    if (more > 0) {
        return mend(source_name(records->source), records->strict, records->info, error,
                    "the file holds %llu data records more than its header claims (byte %d); "
                    "they are not read (a count of -1 in the header would include them)",
                    (unsigned long long)more, EDF_AT_RECORD_COUNT);
    }
    return mend(source_name(records->source), records->strict, records->info, error,
                "%llu bytes follow the last data record; they are not read",
                (unsigned long long)excess);
}

/* What a regular file's size says against its header. */
static enum status check_size(struct edf_records *records, struct error *error)
{
    const struct edf_header *header = records->header;
    uint64_t size = source_size(records->source);
    uint64_t bytes = size > header->data_start ? size - header->data_start : 0;
    uint64_t whole = bytes / header->record_bytes;
    if (whole < header->record_count) {
        return report_short(records, whole, (size_t)(bytes % header->record_bytes), error);
    }
    uint64_t excess = bytes - header->record_count * header->record_bytes;
    return excess ? report_excess(records, excess, error) : STATUS_OK;
}

static enum status allocate(struct edf_records *records, struct error *error)
{
    const struct edf_header *header = records->header;
    size_t channels = records->info->channel_count;
    bool slices = source_is_file(records->source) && header->record_bytes > EDF_RECORD_LARGE;
    size_t capacity = GROUP_BYTES / header->record_bytes;
    capacity = capacity < 1 ? 1 : capacity > GROUP_RECORDS_MAX ? GROUP_RECORDS_MAX : capacity;
    if (header->record_count < capacity) {
        capacity = (size_t)header->record_count;
    }
    records->capacity = capacity;
    records->bytes_size = capacity * header->record_bytes;
    if (slices) {
        records->slice_count = header->record_bytes / GROUP_BYTES + 1;
        records->slice = records->slice_count;
        records->bytes_size = 0;
        for (size_t s = 0; s < header->signal_count; s++) {
            records->bytes_size +=
                (header->signals[s].samples / records->slice_count + 1) * header->sample_bytes;
        }
    }
    records->bytes = malloc(records->bytes_size);
    records->spans = checked_calloc(channels, sizeof *records->spans);
    records->planned = checked_calloc(channels, sizeof *records->planned);
    records->held = checked_calloc(header->signal_count, sizeof *records->held);
    records->places =
        header->discontinuous ? checked_calloc(capacity, sizeof *records->places) : NULL;
    if (!records->bytes || !records->spans || !records->planned || !records->held ||
        (header->discontinuous && !records->places)) {
        return error_memory(error, "reading EDF data records");
    }
    return STATUS_OK;
}

enum status edf_records_begin(struct edf_records *records, struct source *source,
                              const struct reader_options *options, struct recording_info *info,
                              const struct edf_header *header, struct error *error)
{
    *records = (struct edf_records){
        .source = source,
        .info = info,
        .header = header,
        .annotations = {.info = info, .header = header},
        .strict = options->strict,
        .check_times = !(options->rate > 0),
        .stride = header->record_bytes,
        .decimals = header->duration_decimals > 1 ? header->duration_decimals : 1,
    };
    enum status status = allocate(records, error);
    if (status == STATUS_OK && source_is_file(source)) {
        status = check_size(records, error);
    }
    return status;
}

size_t edf_records_held(const struct edf_header *header, size_t signal, size_t bytes)
{
    const struct edf_signal *about = &header->signals[signal];
    size_t count = bytes > about->offset ? (bytes - about->offset) / header->sample_bytes : 0;
    return count < about->samples ? count : about->samples;
}

/* Collects the text of a record of which `held` bytes are there, and places it in time. */
static enum status note_record(struct edf_records *records, size_t slot, size_t held,
                               struct error *error)
{
    const struct edf_header *header = records->header;
    const unsigned char *record = records->bytes + slot * records->stride;
    struct edf_onset onset = {0};
    enum status status = STATUS_OK;
    bool first = true;
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (!signal->annotations) {
            continue;
        }
        size_t size = signal->samples * header->sample_bytes;
        if (edf_records_held(header, s, held) == signal->samples) {
            status = edf_records_text(records, records->next + slot, first, record + signal->offset,
                                      size, &onset, error);
        }
        first = false;
    }
    if (status == STATUS_OK) {
        status = edf_records_place(records, records->next + slot, slot, onset, error);
    }
    return status;
}

/* Points the spans into the group, whose last record holds `held` bytes. */
static void set_spans(struct edf_records *records, size_t held)
{
    const struct edf_header *header = records->header;
    bool trim = records->ended && held == header->record_bytes && records->count > 0 &&
                edf_records_ends_within(records);
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (signal->annotations) {
            continue;
        }
        struct edf_span *span = &records->spans[signal->channel];
        span->first = records->bytes + signal->offset;
        span->samples = signal->samples;
        span->last = trim ? edf_records_trimmed(records, signal->channel, signal->samples)
                          : edf_records_held(header, s, held);
    }
    if (trim) {
        records->annotations.end_known = false;
    }
}

/* Whether the source ends here; only a look ahead can tell when the header does not. */
static enum status check_end(struct edf_records *records, size_t whole, size_t rest, bool complete,
                             struct error *error)
{
    uint64_t total = records->next + whole;
    if (!complete) {
        records->ended = true;
        return report_short(records, total, rest, error);
    }
    bool counted = records->header->record_count != UINT64_MAX, more = false;
    if (source_is_file(records->source)) {
        more = source_position(records->source) < source_size(records->source);
    } else if (!counted || total == records->header->record_count) {
        const unsigned char *ahead;
        size_t size;
        enum status status = source_peek(records->source, 1, &ahead, &size, error);
        if (status != STATUS_OK) {
            return status;
        }
        more = size > 0;
    }
    records->ended = counted ? total == records->header->record_count : !more;
    if (counted && records->ended && more && !source_is_file(records->source)) {
        return mend(source_name(records->source), records->strict, records->info, error,
                    "bytes follow the last data record; they are not read");
    }
    return STATUS_OK;
}

void edf_records_pass(struct edf_records *records)
{
    const struct edf_header *header = records->header;
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (!signal->annotations) {
            double records_passed =
                (double)records->planned[signal->channel] / (double)signal->samples;
            edf_annotations_pass(&records->annotations, records_passed * header->duration);
            return;
        }
    }
}

static enum status load_group(struct edf_records *records, struct error *error)
{
    const struct edf_header *header = records->header;
    uint64_t left = header->record_count - records->next;
    size_t wanted = left < records->capacity ? (size_t)left : records->capacity;
    size_t got;
    enum status status =
        source_read(records->source, records->bytes, wanted * header->record_bytes, &got, error);
    if (status != STATUS_OK) {
        return status;
    }
    size_t whole = got / header->record_bytes, rest = got % header->record_bytes;
    status = check_end(records, whole, rest, whole == wanted, error);
    /* A cut record's time stamp, if it has one, usually stands at its lost end. */
    bool keep_rest = rest > 0 && !header->discontinuous;
    size_t count = whole + keep_rest;
    for (size_t slot = 0; slot < count && status == STATUS_OK; slot++) {
        status = note_record(records, slot, slot < whole ? header->record_bytes : rest, error);
    }
    edf_annotations_sort(&records->annotations);
    records->count = count;
    set_spans(records, keep_rest ? rest : header->record_bytes);
    records->next += count;
    return status;
}

enum status edf_records_next(struct edf_records *records, struct error *error)
{
    enum status status = STATUS_OK;
    if (records->slice_count > 0) {
        return edf_records_slice(records, error);
    }
    records->count = 0;
    edf_records_pass(records);
    if (!records->ended) {
        status = load_group(records, error);
    }
    if (status == STATUS_OK && records->ended) {
        status = edf_annotations_release_end(&records->annotations, error);
    }
    return status;
}

void edf_records_clear(struct edf_records *records)
{
    free(records->bytes);
    free(records->spans);
    free(records->planned);
    free(records->held);
    free(records->places);
    free(records->annotations.missing);
    *records = (struct edf_records){0};
}
