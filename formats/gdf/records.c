#include "formats/gdf/records.h"

#include "formats/checked.h"
#include "formats/mend.h"

#include <inttypes.h>

#define GROUP_BYTES  (256u << 10)
#define RECORD_BYTES (4u << 20) /* larger records are read in slices */

size_t gdf_records_held(const struct gdf_signal *signal, uint64_t bytes)
{
    if (bytes <= signal->place) {
        return 0;
    }
    uint64_t held = (bytes - signal->place) / signal->width;
    return held < signal->samples ? (size_t)held : signal->samples;
}

/* Bytes of the file from the first record on; UINT64_MAX for a pipe. */
static uint64_t bytes_there(const struct gdf_records *records)
{
    uint64_t size = source_size(records->source);
    if (!source_is_file(records->source)) {
        return UINT64_MAX;
    }
    return size > records->header->data_start ? size - records->header->data_start : 0;
}

/* Room for a slice of every signal. What the file holds of a record is cut into slices, so that
 * neither memory nor turns grow with what the header claims. */
static bool slice_room(struct gdf_records *records, size_t *room)
{
    const struct gdf_header *header = records->header;
    uint64_t there = bytes_there(records);
    size_t most = there < header->record_bytes ? (size_t)there : header->record_bytes;
    records->slices = most / GROUP_BYTES + 1;
    *room = 0;
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct gdf_signal *signal = &header->signals[s];
        size_t bytes, samples = gdf_records_held(signal, most);
        if (!checked_multiply(samples / records->slices + 1, signal->width, &bytes) ||
            !checked_add(*room, bytes, room)) {
            return false;
        }
    }
    return true;
}

enum status gdf_records_begin(struct gdf_records *records, struct source *source,
                              const struct gdf_header *header, bool strict,
                              struct recording_info *info, struct error *error)
{
    *records = (struct gdf_records){
        .source = source, .info = info, .header = header, .strict = strict, .slices = 1};
    size_t room;
    if (header->record_bytes <= RECORD_BYTES) {
        uint64_t there = bytes_there(records) / header->record_bytes + 1;
        records->capacity = GROUP_BYTES / header->record_bytes + 1;
        records->capacity = records->capacity < there ? records->capacity : (size_t)there;
        room = records->capacity * header->record_bytes;
    } else if (!source_is_file(source)) {
        return error_set(error, STATUS_FAILED,
                         "%s: its data records of %zu bytes are too large for a pipe; save it to a "
                         "file first",
                         source_name(source), header->record_bytes);
    } else if (!slice_room(records, &room)) {
        return error_memory(error, "reading GDF data records");
    }
    records->stride = header->record_bytes;
    records->bytes = checked_calloc(room, 1);
    records->spans = checked_calloc(header->signal_count, sizeof *records->spans);
    if (!records->bytes || !records->spans) {
        gdf_records_clear(records);
        return error_memory(error, "reading GDF data records");
    }
    return STATUS_OK;
}

/* What the end of the data means: nothing, or a file that was cut short. */
static enum status check_cut(struct gdf_records *records, uint64_t whole, uint64_t rest,
                             struct error *error)
{
    uint64_t claimed = records->header->record_count;
    records->ended = true;
    if (claimed == UINT64_MAX && rest == 0) {
        return STATUS_OK;
    }
    if (claimed == UINT64_MAX) {
        return mend(source_name(records->source), records->strict, records->info, error,
                    "the last data record is cut short: %" PRIu64 " of %zu bytes", rest,
                    records->header->record_bytes);
    }
    return mend(source_name(records->source), records->strict, records->info, error,
                "cut short: ends after %" PRIu64 " of %" PRIu64 " data records", whole, claimed);
}

static enum status load_group(struct gdf_records *records, struct error *error)
{
    const struct gdf_header *header = records->header;
    uint64_t left = header->record_count - records->next;
    size_t wanted = left < records->capacity ? (size_t)left : records->capacity, got;
    enum status status =
        source_read(records->source, records->bytes, wanted * header->record_bytes, &got, error);
    if (status != STATUS_OK) {
        return status;
    }
    size_t whole = got / header->record_bytes, rest = got % header->record_bytes;
    records->next += whole;
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct gdf_signal *signal = &header->signals[s];
        records->spans[s] =
            (struct gdf_span){records->bytes + signal->place, signal->samples,
                              whole * signal->samples + gdf_records_held(signal, rest)};
    }
    if (whole < wanted) {
        return check_cut(records, records->next, rest, error);
    }
    records->ended = records->next == header->record_count;
    return STATUS_OK;
}

/* The slice's part of every signal, each from its own place in the record. */
static enum status load_slice(struct gdf_records *records, struct error *error)
{
    const struct gdf_header *header = records->header;
    uint64_t there = bytes_there(records);
    uint64_t begin = records->next * header->record_bytes;
    uint64_t held = there > begin ? there - begin : 0;
    unsigned char *to = records->bytes;
    enum status status = STATUS_OK;
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        const struct gdf_signal *signal = &header->signals[s];
        uint64_t samples = gdf_records_held(signal, held);
        uint64_t from = samples * records->slice / records->slices;
        uint64_t end = samples * (records->slice + 1) / records->slices;
        size_t count = (size_t)(end - from), got;
        records->spans[s] = (struct gdf_span){to, count, count};
        if (count == 0) {
            continue;
        }
        status =
            source_seek(records->source,
                        header->data_start + begin + signal->place + from * signal->width, error);
        if (status == STATUS_OK) {
            status = source_read(records->source, to, count * signal->width, &got, error);
        }
        if (status == STATUS_OK && got < count * signal->width) {
            status = error_set(error, STATUS_FAILED, "%s: became shorter while it was read",
                               source_name(records->source));
        }
        to += count * signal->width;
    }
    return status;
}

static enum status next_slice(struct gdf_records *records, struct error *error)
{
    const struct gdf_header *header = records->header;
    if (records->slice == 0) {
        uint64_t there = bytes_there(records);
        uint64_t left = there - records->next * header->record_bytes;
        if (left < header->record_bytes) {
            enum status status = check_cut(records, records->next, left, error);
            if (status != STATUS_OK || left == 0) {
                return status;
            }
        }
    }
    enum status status = load_slice(records, error);
    if (++records->slice == records->slices) {
        records->slice = 0;
        records->next++;
        records->ended = records->ended || records->next == header->record_count;
    }
    return status;
}

enum status gdf_records_next(struct gdf_records *records, struct error *error)
{
    enum status status = STATUS_OK;
    for (bool any = false; status == STATUS_OK && !any;) {
        for (size_t s = 0; s < records->header->signal_count; s++) {
            records->spans[s] = (struct gdf_span){0};
        }
        if (records->ended && records->slice == 0) {
            break;
        }
        status = records->capacity > 0 ? load_group(records, error) : next_slice(records, error);
        for (size_t s = 0; s < records->header->signal_count; s++) {
            any = any || records->spans[s].total > 0;
        }
    }
    return status;
}

void gdf_records_clear(struct gdf_records *records)
{
    free(records->bytes);
    free(records->spans);
    records->bytes = NULL;
    records->spans = NULL;
}
