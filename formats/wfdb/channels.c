/* What the channels of a WFDB record are, and which signal of a segment is which. */
#include "formats/text.h"
#include "formats/wfdb/state.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void set_limits(const struct wfdb_signal *signal, struct channel *channel)
{
    double minimum, maximum;
    if (signal->resolution == 0) {
        return;
    }
    double half = ldexp(1, signal->resolution - 1);
    wfdb_limits(signal->format, &minimum, &maximum);
    minimum = fmax(minimum, (double)signal->zero - half);
    maximum = fmin(maximum, (double)signal->zero + half - 1);
    double low = channel->gain * minimum + channel->offset;
    double high = channel->gain * maximum + channel->offset;
    if (maximum > minimum) {
        channel->minimum = fmin(low, high);
        channel->maximum = fmax(low, high);
    }
}

/* The comment serves as the description, where it does not lead astray what the channel is. */
static void set_description(const char *remark, struct channel *channel)
{
    enum channel_type type = text_channel_type(channel->label, "", channel->file_unit);
    if (type != CHANNEL_UNKNOWN || text_channel_type("", remark, "") != CHANNEL_OTHER) {
        memcpy(channel->description, remark, sizeof channel->description);
        channel->type = type;
    }
}

enum status wfdb_channels_describe(struct wfdb *wfdb, double rate, struct error *error)
{
    struct recording_info *info = wfdb->record.info;
    const struct wfdb_header *layout = wfdb_layout(wfdb);
    size_t uncalibrated = 0, first = 0;
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct wfdb_signal *signal = &layout->signals[c];
        struct channel *channel = &info->channels[c];
        double gain = signal->gain != 0 ? signal->gain : 1;
        memcpy(channel->label, signal->label, sizeof channel->label);
        memcpy(channel->file_unit, signal->unit, sizeof channel->file_unit);
        channel->rate = rate * (double)signal->per_frame;
        channel->gain = wfdb->gains[c] = 1 / gain;
        channel->offset = -signal->baseline / gain;
        set_limits(signal, channel);
        set_description(layout->remark, channel);
        if (signal->gain == 0) {
            first = uncalibrated++ ? first : c;
        }
    }
    if (uncalibrated == 0) {
        return STATUS_OK;
    }
    return wfdb_mend(&wfdb->record, error,
                     "signal %zu (%s)%s: the header gives no gain, which makes it uncalibrated; "
                     "samples are given as digital counts, without a unit",
                     first + 1, info->channels[first].label, uncalibrated > 1 ? " and others" : "");
}

/* µ-factors included: what a unit of the segment is in the layout's; 0 when they do not compare. */
static double unit_ratio(const char *segment, const char *layout)
{
    double from = text_microvolts_per(segment), to = text_microvolts_per(layout);
    if (from > 0 && to > 0) {
        return from / to;
    }
    return strcmp(segment, layout) == 0 ? 1 : 0;
}

/* The segment's signal of a channel, by place, or in a variable layout by description. */
static size_t find_signal(const struct wfdb *wfdb, size_t c)
{
    const struct wfdb_header *header = &wfdb->segment.header;
    const char *label = wfdb_layout(wfdb)->signals[c].label;
    bool variable = wfdb->header.multiple && wfdb->header.parts[0].length == 0;
    for (size_t s = 0; s < header->signal_count; s++) {
        if (variable ? strcmp(header->signals[s].label, label) == 0 : s == c) {
            return s;
        }
    }
    return SIZE_MAX;
}

/* Connects a channel to its signal in the segment; without one it stays absent. */
static enum status connect(struct wfdb *wfdb, size_t c, struct error *error)
{
    const struct wfdb_segment *segment = &wfdb->segment;
    const struct wfdb_signal *layout = &wfdb_layout(wfdb)->signals[c];
    struct stream *stream = &wfdb->streams[c];
    size_t s = find_signal(wfdb, c), place;
    const struct wfdb_group *group = s != SIZE_MAX ? wfdb_segment_place(segment, s, &place) : NULL;
    if (!group) {
        return STATUS_OK;
    }
    const struct wfdb_signal *signal = &segment->header.signals[s];
    double ratio = unit_ratio(signal->unit, layout->unit);
    bool rated = segment->header.rate == 0 || wfdb_layout(wfdb)->rate == 0 ||
                 segment->header.rate == wfdb_layout(wfdb)->rate;
    if (ratio == 0 || !rated || signal->per_frame != layout->per_frame) {
        return wfdb_mend(&wfdb->record, error,
                         "%s: signal %zu (%s) has another unit or rate than in the layout; its "
                         "samples are given as missing",
                         source_name(segment->source ? segment->source : wfdb->record.source),
                         s + 1, signal->label);
    }
    stream->own = ratio / (signal->gain != 0 ? signal->gain : 1);
    stream->baseline = signal->baseline;
    stream->first = group->values + place;
    stream->per_frame = signal->per_frame;
    stream->stride = group->per_frame;
    stream->missing = wfdb_missing(signal->format);
    stream->skip = signal->skew * signal->per_frame;
    return STATUS_OK;
}

enum status wfdb_channels_connect(struct wfdb *wfdb, uint64_t length, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t c = 0; c < wfdb->record.info->channel_count && status == STATUS_OK; c++) {
        wfdb->streams[c] = (struct stream){.per_frame = wfdb_layout(wfdb)->signals[c].per_frame};
        if (__builtin_mul_overflow(length, (uint64_t)wfdb->streams[c].per_frame,
                                   &wfdb->streams[c].left)) {
            return error_set(error, STATUS_FAILED, "%s: a segment of %" PRIu64 " frames is damage",
                             source_name(wfdb->record.source), length);
        }
        status = connect(wfdb, c, error);
    }
    return status;
}
