#include "formats/brainvision/header.h"
#include "formats/checked.h"
#include "formats/companion.h"
#include "formats/mend.h"
#include "formats/text.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* An interruption longer than this, or backwards, is a wrong clock. s. */
#define GAP_MAX (400.0 * 86400)

/* Clocks of computer and amplifier part by as much in one second. */
#define CLOCK_DRIFT 1e-4

#define FRAMES_MAX 1e15

struct marker {
    char type[64], text[1024];
    uint64_t frame; /* from 0 */
    uint64_t size;  /* frames */
    size_t channel; /* from 1; 0: all */
    struct brainvision_break at;
};

/* Reads a field's digits [from, from + count). */
static int64_t digits(const char *text, size_t from, size_t count)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = 10 * value + (text[from + i] - '0');
    }
    return value;
}

/* YYYYMMDDhhmmss and, mostly, six digits of microseconds; all zeros when nobody knows. */
static void take_date(const char *field, size_t length, struct brainvision_break *at)
{
    for (size_t i = 0; i < length; i++) {
        if (field[i] < '0' || field[i] > '9') {
            return;
        }
    }
    if (length < 14 || length > 20 ||
        !text_civil_seconds((int)digits(field, 0, 4), (int)digits(field, 4, 2),
                            (int)digits(field, 6, 2), (int)digits(field, 8, 2),
                            (int)digits(field, 10, 2), (int)digits(field, 12, 2), &at->seconds)) {
        return;
    }
    at->dated = true;
    at->microseconds = digits(field, 14, length - 14);
    for (size_t i = length - 14; i < 6; i++) {
        at->microseconds *= 10;
    }
}

static bool number_field(const struct brainvision_entry *entry, size_t index, int64_t *value)
{
    const char *field;
    size_t length;
    brainvision_field(entry, index, &field, &length);
    return text_integer(field, length, value);
}

/* False when the line is no marker. */
static bool take_marker(const struct brainvision_entry *entry, struct marker *marker)
{
    const char *field;
    size_t length;
    int64_t position, size, channel;
    *marker = (struct marker){0};
    if (brainvision_number(entry, "marker infos", "Mk") == 0 ||
        !number_field(entry, 2, &position)) {
        return false;
    }
    brainvision_field(entry, 0, &field, &length);
    brainvision_copy(marker->type, sizeof marker->type, field, length);
    brainvision_field(entry, 1, &field, &length);
    brainvision_copy(marker->text, sizeof marker->text, field, length);
    marker->frame = position > 1 ? (uint64_t)position - 1 : 0;
    marker->size = number_field(entry, 3, &size) && size > 0 ? (uint64_t)size : 0;
    marker->channel = number_field(entry, 4, &channel) && channel > 0 ? (size_t)channel : 0;
    marker->at.frame = marker->frame;
    brainvision_field(entry, 5, &field, &length);
    take_date(field, length, &marker->at);
    return true;
}

static bool is_segment(const struct marker *marker)
{
    return strcasecmp(marker->type, "New Segment") == 0;
}

static int by_frame(const void *a, const void *b)
{
    uint64_t x = ((const struct brainvision_break *)a)->frame;
    uint64_t y = ((const struct brainvision_break *)b)->frame;
    return (x > y) - (x < y);
}

static enum status take_breaks(const struct brainvision_text *text,
                               struct brainvision_breaks *breaks, struct error *error)
{
    struct brainvision_entry entry = {0};
    struct marker marker;
    while (brainvision_next(text, &entry)) {
        if (!take_marker(&entry, &marker) || !is_segment(&marker)) {
            continue;
        }
        struct brainvision_break *grown =
            checked_grow(breaks->at, breaks->count, sizeof *breaks->at);
        if (!grown) {
            return error_memory(error, "reading markers");
        }
        breaks->at = grown;
        breaks->at[breaks->count++] = marker.at;
    }
    if (breaks->count > 1) {
        qsort(breaks->at, breaks->count, sizeof *breaks->at, by_frame);
    }
    return STATUS_OK;
}

/* The first segment's date, less what lies before it. */
static void set_start(const struct brainvision_break *first, double rate,
                      struct recording_info *info)
{
    double before = (double)first->frame / rate;
    if (first->dated && before < GAP_MAX) {
        double micro = (double)first->microseconds / 1e6 - before;
        double whole = floor(micro);
        info->start = (struct start_time){true, first->seconds + (int64_t)whole, micro - whole};
    }
}

/* How long recording stood still before each segment but the first, from the dates. */
static enum status measure_gaps(const char *name, const struct reader_options *options, double rate,
                                struct brainvision_breaks *breaks, struct recording_info *info,
                                struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 1; i < breaks->count && status == STATUS_OK; i++) {
        struct brainvision_break *before = &breaks->at[i - 1], *here = &breaks->at[i];
        double recorded = (double)(here->frame - before->frame) / rate;
        double where = (double)here->frame / rate;
        if (!before->dated || !here->dated) {
            status = mend(name, options->strict, info, error,
                          "recording was interrupted at %.6g s (New Segment), for how long is not "
                          "said; times after it are too early",
                          where);
            continue;
        }
        double passed = (double)(here->seconds - before->seconds) +
                        (double)(here->microseconds - before->microseconds) / 1e6;
        double gap = passed - recorded, slack = CLOCK_DRIFT * recorded + 0.5 / rate;
        if (gap > GAP_MAX || gap < -slack || gap * rate > FRAMES_MAX) {
            status = mend(name, options->strict, info, error,
                          "the New Segment at %.6g s is dated %.6g s %s than its place allows; the "
                          "interruption before it is taken as unknown",
                          where, fabs(gap), gap < 0 ? "earlier" : "later");
        } else if (gap > slack) {
            here->gap = (uint64_t)llround(gap * rate);
        }
    }
    return status;
}

static void sum_gaps(struct brainvision_breaks *breaks)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < breaks->count; i++) {
        breaks->at[i].sum = sum += breaks->at[i].gap;
    }
}

/* Missing frames before a frame of the file. Found by halving: markers need not be sorted. */
static uint64_t missing_before(const struct brainvision_breaks *breaks, uint64_t frame)
{
    size_t low = 0, high = breaks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (breaks->at[middle].frame <= frame) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? breaks->at[low - 1].sum : 0;
}

/* What a reader of annotations should see; "@@LABEL" ties one to a channel, as EDF+ has it. */
static void compose(const struct marker *marker, const struct recording_info *info, char *to,
                    size_t size)
{
    bool comment = strcasecmp(marker->type, "Comment") == 0 && marker->text[0];
    bool both = !comment && marker->type[0] && marker->text[0];
    bool channel = marker->channel > 0 && marker->channel <= info->channel_count;
    snprintf(to, size, "%s%s%s%s%s", comment ? "" : marker->type, both ? "/" : "", marker->text,
             channel ? "@@" : "", channel ? info->channels[marker->channel - 1].label : "");
}

static enum status annotate(const char *name, const struct reader_options *options,
                            const struct brainvision_text *text,
                            const struct brainvision_header *header, uint64_t frames,
                            const struct brainvision_breaks *breaks, struct recording_info *info,
                            struct error *error)
{
    struct brainvision_entry entry = {0};
    struct marker marker;
    char shown[1300];
    size_t beyond = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && brainvision_next(text, &entry)) {
        if (!take_marker(&entry, &marker) || (is_segment(&marker) && marker.frame == 0)) {
            continue;
        }
        uint64_t missing = missing_before(breaks, marker.frame);
        double onset = ((double)marker.frame + (double)missing) / header->rate;
        beyond += marker.frame > frames;
        compose(&marker, info, shown, sizeof shown);
        status = recording_info_annotate(info, onset,
                                         marker.size > 1 ? (double)marker.size / header->rate : NAN,
                                         shown, strlen(shown), error);
    }
    if (status == STATUS_OK && beyond > 0) {
        status = mend(name, options->strict, info, error,
                      "%zu markers lie past the end of the samples; do the two belong together?",
                      beyond);
    }
    return status;
}

static enum status read_markers(struct source *source, const struct reader_options *options,
                                const struct brainvision_header *header, uint64_t frames,
                                struct recording_info *info, struct brainvision_breaks *breaks,
                                struct error *error)
{
    static const char magic[] = "Brain";
    struct brainvision_text text;
    const char *name = source_name(source);
    enum status status = brainvision_text_load(source, &text, error);
    if (status == STATUS_OK && !memmem(text.bytes, text.size < 64 ? text.size : 64, magic, 5)) {
        status = mend(name, options->strict, info, error,
                      "does not begin as a BrainVision marker file; its markers may be wrong");
    }
    if (status == STATUS_OK) {
        status = take_breaks(&text, breaks, error);
    }
    if (status == STATUS_OK && breaks->count > 0) {
        set_start(&breaks->at[0], header->rate, info);
        status = measure_gaps(name, options, header->rate, breaks, info, error);
        sum_gaps(breaks);
    }
    if (status == STATUS_OK) {
        status = annotate(name, options, &text, header, frames, breaks, info, error);
    }
    brainvision_text_clear(&text);
    return status;
}

enum status brainvision_markers_read(struct source *source, const struct reader_options *options,
                                     const struct brainvision_header *header, uint64_t frames,
                                     struct recording_info *info, struct brainvision_breaks *breaks,
                                     struct error *error)
{
    char name[PATH_MAX];
    struct source *markers = NULL;
    if (header->marker_file[0] == '\0') {
        return STATUS_OK;
    }
    if (!brainvision_file_name(source, header->marker_file, name, sizeof name) ||
        !companion_exists(source, name)) {
        return mend(source_name(source), options->strict, info, error,
                    "the marker file '%s' that it names is not beside it; the recording is read "
                    "without markers and start (correct the line MarkerFile= if it was renamed)",
                    header->marker_file);
    }
    enum status status = companion_open(source, info, name, &markers, error);
    if (status == STATUS_OK) {
        status = read_markers(markers, options, header, frames, info, breaks, error);
    }
    source_close(markers);
    return status;
}
