/* One segment of a record while it is read: its signal files, loaded batch by batch. */
#include "formats/checked.h"
#include "formats/wfdb/wfdb.h"

#include <inttypes.h>
#include <string.h>

#define BATCH_VALUES 49152
#define FILES_MAX    256               /* open at once */
#define FRAME_MAX    ((size_t)1 << 22) /* samples of all signals */
#define PACK_FRAMES  6                 /* every format's packs end where so many frames do */

static bool is_absent(const struct wfdb_signal *signal)
{
    return signal->format == 0 || strcmp(signal->file, "~") == 0;
}

/* Signals of one file stand together. */
static bool continues(const struct wfdb_group *group, const struct wfdb_signal *signals, size_t s)
{
    return group->first + group->count == s &&
           strcmp(signals[group->first].file, signals[s].file) == 0;
}

/* Whether an earlier group, which signals of other files have ended, is of the same file. */
static bool is_split(const struct wfdb_segment *segment, const char *file)
{
    for (size_t g = 0; g < segment->group_count; g++) {
        if (strcmp(segment->header.signals[segment->groups[g].first].file, file) == 0) {
            return true;
        }
    }
    return false;
}

static enum status find_groups(const char *name, struct wfdb_segment *segment, struct error *error)
{
    const struct wfdb_header *header = &segment->header;
    const struct wfdb_signal *signals = header->signals;
    segment->groups = checked_calloc(header->signal_count, sizeof *segment->groups);
    if (!segment->groups) {
        return error_memory(error, "reading signals");
    }
    for (size_t s = 0; s < header->signal_count; s++) {
        struct wfdb_group *group = segment->groups + segment->group_count - 1;
        if (is_absent(&signals[s])) {
            continue;
        }
        if (segment->group_count == 0 || !continues(group, signals, s)) {
            if (is_split(segment, signals[s].file)) {
                return error_set(error, STATUS_FAILED,
                                 "%s: signal %zu is in the file '%s' as others are, but not named "
                                 "next to them; put the lines of a file's signals together",
                                 name, s + 1, signals[s].file);
            }
            if (segment->group_count == FILES_MAX) {
                return error_set(error, STATUS_FAILED, "%s: names more than %d signal files", name,
                                 FILES_MAX);
            }
            group = &segment->groups[segment->group_count++];
            *group = (struct wfdb_group){.format = signals[s].format, .first = s};
        }
        if (group->format != signals[s].format ||
            signals[group->first].byte_offset != signals[s].byte_offset) {
            return error_set(error, STATUS_FAILED,
                             "%s: signals %zu and %zu share the file '%s', but not its storage "
                             "format or offset; mend the header",
                             name, group->first + 1, s + 1, signals[s].file);
        }
        group->count++;
        group->per_frame += signals[s].per_frame;
    }
    return STATUS_OK;
}

/* Whether some file holds more frames, beyond what fills its last pack of samples. */
static bool has_surplus(const struct wfdb_segment *segment, uint64_t frames)
{
    for (size_t g = 0; g < segment->group_count; g++) {
        const struct wfdb_group *group = &segment->groups[g];
        size_t filling = group->format == 212 ? 1 : group->format / 10 == 31 ? 2 : 0;
        if (group->available > frames && group->available - frames > filling / group->per_frame) {
            return true;
        }
    }
    return false;
}

/* How many frames are loaded and delivered, from the header's claim and what the files hold. */
static enum status set_length(const struct wfdb_record *record, const char *name,
                              struct wfdb_segment *segment, uint64_t length, struct error *error)
{
    uint64_t most = 0, least = UINT64_MAX, skew = 0;
    enum status status = STATUS_OK;
    for (size_t g = 0; g < segment->group_count; g++) {
        uint64_t available = segment->groups[g].available;
        most = available > most ? available : most;
        least = available < least ? available : least;
    }
    for (size_t s = 0; s < segment->header.signal_count; s++) {
        uint64_t own = segment->header.signals[s].skew;
        skew = own > skew ? own : skew;
    }
    uint64_t claimed = segment->header.length;
    segment->length = length > 0 ? length : claimed > 0 && claimed < most ? claimed : most;
    segment->frames = segment->length + skew < most ? segment->length + skew : most;
    segment->summed = claimed > 0 && claimed <= least && claimed <= segment->frames ? claimed : 0;
    uint64_t wanted = claimed > 0 ? claimed : segment->length;
    if (segment->group_count > 0 && least < wanted) {
        status = wfdb_mend(record, error,
                           "%s: cut short: its signal files hold %" PRIu64 " of %" PRIu64 " frames",
                           name, least, wanted);
    }
    if (status == STATUS_OK && length > 0 && claimed > 0 && length != claimed) {
        status = wfdb_mend(record, error,
                           "%s: claims %" PRIu64 " frames, the record that it belongs to %" PRIu64
                           "; the latter holds",
                           name, claimed, length);
    }
    if (status == STATUS_OK && claimed > 0 && has_surplus(segment, claimed + skew)) {
        status = wfdb_mend(record, error,
                           "%s: its signal files hold %" PRIu64 " frames, %" PRIu64
                           " more than the header tells; they are not read",
                           name, most, most - claimed);
    }
    return status;
}

static enum status make_room(const char *name, struct wfdb_segment *segment, struct error *error)
{
    size_t per_frame = 0, most = 0;
    bool sound = true;
    for (size_t g = 0; g < segment->group_count; g++) {
        sound = sound && checked_add(per_frame, segment->groups[g].per_frame, &per_frame);
    }
    if (!sound || per_frame > FRAME_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: claims more than %zu samples a frame; the header is damaged", name,
                         FRAME_MAX);
    }
    segment->batch = per_frame < BATCH_VALUES / PACK_FRAMES
                         ? BATCH_VALUES / (per_frame ? per_frame : 1) / PACK_FRAMES * PACK_FRAMES
                         : PACK_FRAMES;
    if (segment->batch > segment->frames) {
        segment->batch = (size_t)segment->frames;
    }
    size_t values;
    sound = sound && checked_multiply(segment->batch, per_frame, &values);
    segment->values = sound ? checked_calloc(values, sizeof *segment->values) : NULL;
    for (size_t g = 0; g < segment->group_count && segment->values; g++) {
        struct wfdb_group *group = &segment->groups[g];
        const struct wfdb_group *before = g > 0 ? group - 1 : NULL;
        group->values =
            before ? before->values + segment->batch * before->per_frame : segment->values;
        size_t bytes = wfdb_group_bytes(group->format, segment->batch * group->per_frame);
        most = bytes > most ? bytes : most;
    }
    segment->bytes = checked_calloc(most, 1);
    segment->sums = checked_calloc(segment->header.signal_count, sizeof *segment->sums);
    return segment->values && segment->bytes && segment->sums
               ? STATUS_OK
               : error_memory(error, "reading signals");
}

enum status wfdb_segment_open(const struct wfdb_record *record, struct wfdb_segment *segment,
                              uint64_t length, struct error *error)
{
    const struct source *own = segment->source ? segment->source : record->source;
    const char *name = source_name(own);
    enum status status = find_groups(name, segment, error);
    for (size_t g = 0; g < segment->group_count && status == STATUS_OK; g++) {
        struct wfdb_group *group = &segment->groups[g];
        status = wfdb_group_open(record, own, segment->header.signals + group->first, group,
                                 segment->header.length, error);
    }
    if (status == STATUS_OK) {
        status = set_length(record, name, segment, length, error);
    }
    if (status == STATUS_OK) {
        status = make_room(name, segment, error);
    }
    if (status != STATUS_OK) {
        wfdb_segment_clear(segment);
    }
    return status;
}

const struct wfdb_group *wfdb_segment_place(const struct wfdb_segment *segment, size_t signal,
                                            size_t *place)
{
    for (size_t g = 0; g < segment->group_count; g++) {
        const struct wfdb_group *group = &segment->groups[g];
        if (signal >= group->first && signal < group->first + group->count) {
            *place = 0;
            for (size_t s = group->first; s < signal; s++) {
                *place += segment->header.signals[s].per_frame;
            }
            return group;
        }
    }
    return NULL;
}

/* Adds a batch of a group to its signals' checksums. */
static void add_sums(struct wfdb_segment *segment, const struct wfdb_group *group)
{
    uint64_t left = segment->summed > segment->next ? segment->summed - segment->next : 0;
    size_t frames = left < segment->loaded ? (size_t)left : segment->loaded, place = 0;
    for (size_t s = 0; s < group->count; s++) {
        size_t per_frame = segment->header.signals[group->first + s].per_frame;
        uint32_t sum = 0;
        for (size_t f = 0; f < frames; f++) {
            const int32_t *frame = group->values + f * group->per_frame + place;
            for (size_t k = 0; k < per_frame; k++) {
                sum += (uint32_t)frame[k];
            }
        }
        segment->sums[group->first + s] += sum;
        place += per_frame;
    }
}

static enum status check_sums(const struct wfdb_record *record, struct wfdb_segment *segment,
                              struct error *error)
{
    const struct source *own = segment->source ? segment->source : record->source;
    const struct wfdb_header *header = &segment->header;
    for (size_t s = 0; s < header->signal_count && segment->summed > 0; s++) {
        const struct wfdb_signal *signal = &header->signals[s];
        uint32_t expected = (uint32_t)signal->checksum, sum = segment->sums[s] & 0xffff;
        if (!is_absent(signal) && expected != 0 && sum != expected) {
            segment->summed = 0;
            return wfdb_mend(record, error,
                             "%s: the checksum of signal %zu (%s) is %d, the header says %d; the "
                             "samples in '%s' have been altered or damaged",
                             source_name(own), s + 1, signal->label, (int)(int16_t)sum,
                             (int)(int16_t)expected, signal->file);
        }
    }
    segment->summed = 0;
    return STATUS_OK;
}

enum status wfdb_segment_load(const struct wfdb_record *record, struct wfdb_segment *segment,
                              struct error *error)
{
    uint64_t left = segment->frames - segment->next;
    enum status status = STATUS_OK;
    segment->loaded = left < segment->batch ? (size_t)left : segment->batch;
    for (size_t g = 0; g < segment->group_count && status == STATUS_OK; g++) {
        struct wfdb_group *group = &segment->groups[g];
        uint64_t there = group->available > segment->next ? group->available - segment->next : 0;
        size_t frames = there < segment->loaded ? (size_t)there : segment->loaded;
        status = wfdb_group_load(group, segment->header.signals + group->first, frames,
                                 segment->bytes, error);
        for (size_t i = frames * group->per_frame; i < segment->loaded * group->per_frame; i++) {
            group->values[i] = wfdb_missing(group->format);
        }
        if (status == STATUS_OK && segment->summed > 0) {
            add_sums(segment, group);
        }
    }
    segment->next += segment->loaded;
    if (status == STATUS_OK && segment->summed > 0 && segment->next >= segment->summed) {
        status = check_sums(record, segment, error);
    }
    return status;
}

void wfdb_segment_clear(struct wfdb_segment *segment)
{
    for (size_t g = 0; g < segment->group_count; g++) {
        wfdb_group_clear(&segment->groups[g]);
    }
    free(segment->groups);
    free(segment->values);
    free(segment->bytes);
    free(segment->sums);
    source_close(segment->source);
    wfdb_header_clear(&segment->header);
    *segment = (struct wfdb_segment){0};
}
