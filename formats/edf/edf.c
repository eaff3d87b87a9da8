/* Readers of EDF, EDF+C, EDF+D and BDF, BDF+C, BDF+D.
 *
 * Time zero is the first data record's onset. Gaps of discontinuous files are NaN samples. Each
 * channel is a stream of its own over the group of data records in memory; the next group is
 * loaded when every channel has passed the present one. */
#include "formats/checked.h"
#include "formats/edf/decode.h"
#include "formats/edf/records.h"
#include "formats/mend.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A first record later than this after the header's start is no offset, but damage. s. */
#define OFFSET_MAX (400.0 * 86400)

/* Rounding of products of times and rates, in samples. */
#define SLACK 0.01

/* Where a channel stands. */
struct cursor {
    size_t record;     /* in the group */
    size_t sample;     /* in the record */
    bool placed;       /* the gap before the record has been counted */
    uint64_t gap;      /* samples of it still to be delivered */
    uint64_t position; /* samples delivered, or passed over */
};

struct edf {
    struct source *source;
    struct recording_info *info;
    struct edf_header header;
    struct edf_records records;
    struct cursor *cursors; /* by channel */
    size_t *signals;        /* by channel: its signal */
    bool checked;           /* that no channel wanted is unreadable */
};

static bool looks_like_header(const unsigned char *head)
{
    int64_t number;
    const unsigned char *date = head + EDF_AT_DATE;
    bool dated = !isdigit(date[2]) && date[2] == date[5] && !isdigit(date[10]) &&
                 date[10] == date[13] && isdigit(date[1]) && isdigit(date[15]);
    return dated || text_integer((const char *)head + EDF_AT_SIGNAL_COUNT, 4, &number) ||
           (text_integer((const char *)head + EDF_AT_HEADER_BYTES, 8, &number) && number > 0 &&
            number % 256 == 0);
}

/* A text file may begin like EDF, so that EDF must look like a header further on; nothing else
 * begins like BDF. */
static struct probe probe(const unsigned char *head, size_t size, const char *magic, bool bdf)
{
    int confidence = bdf ? 98 : 90;
    struct probe answer = {PROBE_NOT_MINE, 0, ""};
    if (size < 8 || memcmp(head, magic, 8) != 0) {
        return answer;
    }
    if (size < EDF_FIXED_SIZE) {
        answer = (struct probe){PROBE_BROKEN, confidence, ""};
        snprintf(answer.reason, sizeof answer.reason,
                 "its header is cut short: %zu of at least 512 bytes; was the file copied whole?",
                 size);
    } else if (bdf || looks_like_header(head)) {
        answer = (struct probe){PROBE_MINE, confidence, ""};
    }
    return answer;
}

/* The version field is "0"; some devices pad it with NUL. */
static struct probe probe_edf(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe answer = probe(head, size, "0       ", false);
    return answer.verdict != PROBE_NOT_MINE ? answer : probe(head, size, "0\0\0\0\0\0\0", false);
}

static struct probe probe_bdf(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    return probe(head, size, "\377BIOSEMI", true);
}

/* The first record's onset is time zero. */
static enum status set_start(struct edf *edf, bool strict, struct error *error)
{
    struct start_time *start = &edf->info->start;
    double zero = edf->records.annotations.zero;
    if (fabs(zero) > OFFSET_MAX) {
        *start = (struct start_time){0};
        return mend(source_name(edf->source), strict, edf->info, error,
                    "the first data record claims to begin %.10g s after the start in the "
                    "header; the start is taken as unknown",
                    zero);
    }
    if (start->known) {
        double whole = floor(zero);
        start->seconds += (int64_t)whole;
        start->fraction = zero - whole;
    }
    return STATUS_OK;
}

/* Known beforehand only where the number of records can be relied on. */
static double planned_duration(const struct edf *edf)
{
    const struct edf_header *header = &edf->header;
    uint64_t count = header->record_count;
    double tail = 0;
    if (header->discontinuous || (!source_is_file(edf->source) && count == UINT64_MAX)) {
        return NAN;
    }
    if (source_is_file(edf->source)) {
        uint64_t size = source_size(edf->source);
        uint64_t bytes = size > header->data_start ? size - header->data_start : 0;
        uint64_t whole = bytes / header->record_bytes;
        size_t rest = whole < count ? (size_t)(bytes % header->record_bytes) : 0;
        count = whole < count ? whole : count;
        for (size_t s = 0; s < header->signal_count; s++) {
            const struct edf_signal *signal = &header->signals[s];
            if (!signal->annotations) {
                tail = fmax(tail, (double)edf_records_held(header, s, rest) /
                                      edf->info->channels[signal->channel].rate);
            }
        }
    }
    return (double)count * header->duration + tail;
}

/* Loads the first records, which tell when the recording begins. */
static enum status begin(struct edf *edf, const struct reader_options *options, struct error *error)
{
    bool any = false;
    enum status status =
        edf_records_begin(&edf->records, edf->source, options, edf->info, &edf->header, error);
    if (status == STATUS_OK) {
        status = edf_records_next(&edf->records, error);
    }
    for (size_t c = 0; c < edf->info->channel_count && edf->records.count > 0; c++) {
        any = any || edf->records.count > 1 || edf->records.spans[c].last > 0;
    }
    if (status == STATUS_OK && !any) {
        status = error_set(error, STATUS_FAILED,
                           "%s: holds a header, but no samples; was the recording stopped before "
                           "it began, or the file cut short?",
                           source_name(edf->source));
    }
    if (status == STATUS_OK) {
        status = set_start(edf, options->strict, error);
        edf->info->duration = planned_duration(edf);
    }
    return status;
}

static void close_edf(void *state)
{
    struct edf *edf = state;
    if (edf) {
        edf_records_clear(&edf->records);
        edf_header_clear(&edf->header);
        free(edf->cursors);
        free(edf->signals);
        free(edf);
    }
}

static enum status open_format(struct source *source, const struct reader_options *options,
                               bool bdf, struct recording_info *info, void **state,
                               struct error *error)
{
    enum status status;
    struct edf *edf = calloc(1, sizeof *edf);
    *state = NULL;
    if (!edf) {
        return error_memory(error, "opening an EDF file");
    }
    edf->source = source;
    edf->info = info;
    status = edf_header_read(source, options, bdf, info, &edf->header, error);
    if (status != STATUS_OK) {
        goto out;
    }
    edf->cursors = checked_calloc(info->channel_count, sizeof *edf->cursors);
    edf->signals = checked_calloc(info->channel_count, sizeof *edf->signals);
    for (size_t s = 0; edf->signals && s < edf->header.signal_count; s++) {
        if (!edf->header.signals[s].annotations) {
            edf->signals[edf->header.signals[s].channel] = s;
        }
    }
    status = edf->cursors && edf->signals ? begin(edf, options, error)
                                          : error_memory(error, "opening an EDF file");
    if (status == STATUS_OK) {
        *state = edf;
        edf = NULL;
    }
out:
    close_edf(edf);
    return status;
}

static enum status open_edf(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    return open_format(source, options, false, info, state, error);
}

static enum status open_bdf(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    return open_format(source, options, true, info, state, error);
}

/* A channel without a calibration costs nothing until someone wants it. */
static enum status refuse_unreadable(struct edf *edf, const struct block *block,
                                     struct error *error)
{
    const struct edf_header *header = &edf->header;
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (signal->problem && block->samples[signal->channel]) {
            return error_set(error, STATUS_FAILED,
                             "%s: channel '%s' cannot be read: %s; leave it out with --channels, "
                             "or mend the header",
                             source_name(edf->source), edf->info->channels[signal->channel].label,
                             signal->problem);
        }
    }
    edf->checked = true;
    return STATUS_OK;
}

/* Delivers what is left of the gap before the cursor's record. */
static size_t fill_gap(struct cursor *cursor, float *to, size_t room)
{
    size_t count = cursor->gap < room ? (size_t)cursor->gap : room;
    for (size_t i = 0; to && i < count; i++) {
        to[i] = NAN;
    }
    cursor->gap -= count;
    return count;
}

/* Makes gaps of samples that only fill a record up; `to` has those from `position` on. */
static void mark_missing(const struct edf *edf, size_t signal, float *to, uint64_t position,
                         size_t count)
{
    const struct edf_annotations *annotations = &edf->records.annotations;
    double rate = (double)edf->header.signals[signal].samples / edf->header.duration;
    /* None is longer than a record. */
    double earliest = (double)position / rate - edf->header.duration - SLACK / rate;
    double latest = ((double)position + (double)count) / rate;
    size_t low = 0, high = annotations->missing_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (annotations->missing[middle].onset < earliest) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = low; i < annotations->missing_count; i++) {
        const struct edf_missing *missing = &annotations->missing[i];
        if (missing->onset > latest) {
            break;
        }
        if (missing->signal != signal && missing->signal != SIZE_MAX) {
            continue;
        }
        double first = ceil(missing->onset * rate - SLACK) - (double)position;
        double last = ceil(missing->end * rate - SLACK) - (double)position;
        for (double k = fmax(first, 0); k < last && k < (double)count; k++) {
            to[(size_t)k] = NAN;
        }
    }
}

/* Delivers samples of the cursor's record, or of several whole ones of a continuous file. */
static size_t take_samples(const struct edf *edf, size_t c, float *to, size_t room)
{
    const struct edf_records *records = &edf->records;
    const struct edf_span *span = &records->spans[c];
    const struct channel *channel = &edf->info->channels[c];
    struct cursor *cursor = &edf->cursors[c];
    size_t width = edf->header.sample_bytes, runs = 1;
    size_t here = cursor->record + 1 == records->count ? span->last : span->samples;
    size_t count = here - cursor->sample < room ? here - cursor->sample : room;
    if (!records->places && cursor->sample == 0 && count > 0 && count == span->samples) {
        size_t left = records->count - cursor->record - (span->last < span->samples);
        runs = room / count < left ? room / count : left;
    }
    if (to && count > 0) {
        edf_decode(to, span->first + cursor->record * records->stride + cursor->sample * width,
                   runs, records->stride, count, width, channel->gain, channel->offset);
        if (records->annotations.missing_count > 0) {
            mark_missing(edf, edf->signals[c], to, cursor->position, runs * count);
        }
    }
    cursor->sample += count;
    if (cursor->sample == here) {
        cursor->record += runs;
        cursor->sample = 0;
        cursor->placed = false;
    }
    return runs * count;
}

/* Fills a channel's plane as far as room and group go; false when the group is not yet passed. */
static bool advance(struct edf *edf, size_t c, struct block *block)
{
    struct cursor *cursor = &edf->cursors[c];
    const struct edf_records *records = &edf->records;
    while (cursor->record < records->count && block->frames[c] < block->capacity[c]) {
        float *to = block->samples[c] ? block->samples[c] + block->frames[c] : NULL;
        size_t room = block->capacity[c] - block->frames[c];
        if (!cursor->placed) {
            cursor->gap = edf_records_gap(records, cursor->record, edf->info->channels[c].rate,
                                          cursor->position);
            cursor->placed = true;
        }
        size_t count =
            cursor->gap > 0 ? fill_gap(cursor, to, room) : take_samples(edf, c, to, room);
        cursor->position += count;
        block->frames[c] += count;
    }
    return cursor->record == records->count;
}

static enum status read_edf(void *state, struct block *block, struct error *error)
{
    struct edf *edf = state;
    enum status status = edf->checked ? STATUS_OK : refuse_unreadable(edf, block, error);
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    while (status == STATUS_OK) {
        bool passed = true;
        for (size_t c = 0; c < block->channel_count; c++) {
            passed = advance(edf, c, block) && passed;
        }
        if (!passed) {
            break;
        }
        status = edf_records_next(&edf->records, error);
        if (status != STATUS_OK || edf->records.count == 0) {
            break;
        }
        for (size_t c = 0; c < block->channel_count; c++) {
            edf->cursors[c].record = 0;
        }
    }
    return status;
}

const struct reader reader_edf = {
    .id = "edf",
    .description = "European Data Format (EDF, EDF+C, EDF+D)",
    .extensions = "edf rec",
    .streams = true,
    .rate_at_open = true,
    .probe = probe_edf,
    .open = open_edf,
    .read = read_edf,
    .close = close_edf,
};

const struct reader reader_bdf = {
    .id = "bdf",
    .description = "BioSemi Data Format, 24 bits (BDF, BDF+C, BDF+D)",
    .extensions = "bdf",
    .streams = true,
    .rate_at_open = true,
    .probe = probe_bdf,
    .open = open_bdf,
    .read = read_edf,
    .close = close_edf,
};
