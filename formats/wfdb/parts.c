/* The segments of a WFDB record, one after the other; a record without segments is one. */
#include "formats/companion.h"
#include "formats/wfdb/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Segments that claim more than this, s, are damage. */
#define DURATION_MAX (400.0 * 86400)

static bool is_null_part(const struct wfdb_part *part)
{
    return strcmp(part->name, "~") == 0;
}

/* Opens the header of a segment. */
static enum status open_part(struct wfdb *wfdb, const struct wfdb_part *part,
                             struct source **source, struct wfdb_header *header,
                             struct error *error)
{
    char name[4096];
    *source = NULL;
    snprintf(name, sizeof name, "%s.hea", part->name);
    enum status status =
        companion_open(wfdb->record.source, wfdb->record.info, name, source, error);
    if (status == STATUS_OK) {
        status = wfdb_header_read(&wfdb->record, *source, header, error);
    }
    if (status == STATUS_OK && header->multiple) {
        status = error_set(error, STATUS_UNSUPPORTED,
                           "%s: is a segment of segments, which WFDB does not allow",
                           source_name(*source));
        wfdb_header_clear(header);
    }
    if (status != STATUS_OK) {
        source_close(*source);
        *source = NULL;
    }
    return status;
}

/* The layout: segment 0 of length 0, or else the first segment that was recorded. */
enum status wfdb_parts_layout(struct wfdb *wfdb, struct error *error)
{
    const struct wfdb_header *header = &wfdb->header;
    size_t first = 0;
    while (first < header->part_count && is_null_part(&header->parts[first])) {
        first++;
    }
    if (first == header->part_count) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds no segment with signals; is the header whole?",
                         source_name(wfdb->record.source));
    }
    struct source *source;
    enum status status = open_part(wfdb, &header->parts[first], &source, &wfdb->layout, error);
    source_close(source);
    if (status == STATUS_OK && header->rate > 0 && wfdb->layout.rate > 0 &&
        header->rate != wfdb->layout.rate) {
        status = error_set(error, STATUS_FAILED,
                           "%s: has %g frames a second, but its segment '%s' %g; mend the headers",
                           source_name(wfdb->record.source), header->rate,
                           header->parts[first].name, wfdb->layout.rate);
    }
    return status;
}

/* Makes sure, before anything is delivered, that the segments can be read, and notes their files.
 * Those that are missing become gaps. */
static enum status check_parts(struct wfdb *wfdb, double rate, struct error *error)
{
    const struct wfdb_header *header = &wfdb->header;
    double seconds = 0;
    size_t sound = 0;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < header->part_count && status == STATUS_OK; i++) {
        const struct wfdb_part *part = &header->parts[i];
        struct wfdb_segment segment = {0};
        struct error why = {0};
        seconds += (double)part->length / rate;
        if (is_null_part(part) || part->length == 0) {
            continue;
        }
        status = open_part(wfdb, part, &segment.source, &segment.header, &why);
        if (status == STATUS_OK) {
            status = wfdb_segment_open(&wfdb->record, &segment, part->length, &why);
        }
        sound += status == STATUS_OK;
        if (status == STATUS_FAILED && !wfdb->record.strict) {
            status = wfdb_mend(&wfdb->record, error, "segment '%s' is given as missing: %s",
                               part->name, why.message);
        } else if (status != STATUS_OK) {
            error_set(error, status, "%s", why.message);
        }
        wfdb_segment_clear(&segment);
    }
    if (status == STATUS_OK && (sound == 0 || seconds > DURATION_MAX)) {
        status = error_set(error, STATUS_FAILED,
                           sound == 0 ? "%s: none of its segments can be read; were they left "
                                        "behind?"
                                      : "%s: its segments claim more than 400 days; the header is "
                                        "damaged",
                           source_name(wfdb->record.source));
    }
    return status;
}

/* Goes on to the next segment; *more is false when there is none. */
enum status wfdb_parts_next(struct wfdb *wfdb, bool *more, struct error *error)
{
    const struct wfdb_header *header = &wfdb->header;
    wfdb_segment_clear(&wfdb->segment);
    while (wfdb->part < header->part_count && header->parts[wfdb->part].length == 0) {
        wfdb->part++;
    }
    *more = header->multiple && wfdb->part < header->part_count;
    if (!*more) {
        return STATUS_OK;
    }
    const struct wfdb_part *part = &header->parts[wfdb->part++];
    struct wfdb_segment *segment = &wfdb->segment;
    enum status status = STATUS_OK;
    if (!is_null_part(part)) {
        struct error why;
        /* What cannot be opened is a gap; that has been said when the record was opened. */
        status = open_part(wfdb, part, &segment->source, &segment->header, &why);
        if (status == STATUS_OK) {
            status = wfdb_segment_open(&wfdb->record, segment, part->length, &why);
        }
        if (status != STATUS_OK && wfdb->record.strict) {
            return error_set(error, status, "%s", why.message);
        }
    }
    wfdb->exhausted = segment->group_count == 0;
    return wfdb_channels_connect(wfdb, part->length, error);
}

static enum status begin_parts(struct wfdb *wfdb, double rate, struct error *error)
{
    const struct wfdb_header *header = &wfdb->header;
    uint64_t frames = 0;
    bool more;
    enum status status = check_parts(wfdb, rate, error);
    for (size_t i = 0; i < header->part_count; i++) {
        frames += header->parts[i].length;
    }
    wfdb->record.info->duration = (double)frames / rate;
    if (status == STATUS_OK && header->length > 0 && header->length != frames) {
        status = wfdb_mend(&wfdb->record, error,
                           "the header claims %" PRIu64 " frames, its segments have %" PRIu64,
                           header->length, frames);
    }
    return status == STATUS_OK ? wfdb_parts_next(wfdb, &more, error) : status;
}

enum status wfdb_parts_begin(struct wfdb *wfdb, double rate, struct error *error)
{
    struct wfdb_segment *segment = &wfdb->segment;
    if (wfdb->header.multiple) {
        return begin_parts(wfdb, rate, error);
    }
    /* The segment owns a header of its own. */
    enum status status = source_seek(wfdb->record.source, 0, error);
    if (status == STATUS_OK) {
        status = wfdb_header_read(&wfdb->record, wfdb->record.source, &segment->header, error);
    }
    if (status == STATUS_OK) {
        status = wfdb_segment_open(&wfdb->record, segment, 0, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (segment->length == 0) {
        return error_set(error, STATUS_FAILED, "%s: names no file with samples",
                         source_name(wfdb->record.source));
    }
    wfdb->record.info->duration = (double)segment->length / rate;
    return wfdb_channels_connect(wfdb, segment->length, error);
}
