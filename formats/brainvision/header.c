#include "formats/brainvision/header.h"

#include "formats/mend.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COMMON "common infos"
#define BINARY "binary infos"
#define ASCII  "ascii infos"

bool brainvision_file_name(const struct source *source, const char *name, char *to, size_t size)
{
    const char *path = source_name(source), *slash = strrchr(path, '/');
    const char *stem = slash ? slash + 1 : path, *dot = strrchr(stem, '.');
    size_t length = dot ? (size_t)(dot - stem) : strlen(stem), used = 0;
    while (*name && used + 1 < size) {
        if (name[0] == '$' && tolower((unsigned char)name[1]) == 'b') {
            if (length >= size - used) {
                return false;
            }
            memcpy(to + used, stem, length);
            used += length;
            name += 2;
        } else {
            to[used++] = *name++;
        }
    }
    to[used] = '\0';
    return *name == '\0';
}

static bool value_is(const struct brainvision_entry *entry, const char *value)
{
    return entry->value_length == strlen(value) &&
           strncasecmp(entry->value, value, entry->value_length) == 0;
}

static enum status refuse(const struct source *source, const struct brainvision_entry *entry,
                          enum status status, struct error *error, const char *remedy)
{
    int key = entry->key_length < 60 ? (int)entry->key_length : 60;
    int value = entry->value_length < 60 ? (int)entry->value_length : 60;
    return error_set(error, status, "%s: line %zu: %.*s=%.*s: %s", source_name(source), entry->line,
                     key, entry->key, value, entry->value, remedy);
}

/* A whole number that is not negative. */
static enum status take_count(const struct source *source, const struct brainvision_entry *entry,
                              uint64_t *to, struct error *error)
{
    int64_t number;
    if (!text_integer(entry->value, entry->value_length, &number) || number < 0) {
        return refuse(source, entry, STATUS_FAILED, error, "a whole number belongs there");
    }
    *to = (uint64_t)number;
    return STATUS_OK;
}

static enum status take_sample(const struct source *source, const struct brainvision_entry *entry,
                               struct brainvision_header *header, struct error *error)
{
    static const struct {
        const char *name;
        enum brainvision_sample sample;
        size_t width;
    } known[] = {{"INT_16", BRAINVISION_INT_16, 2},
                 {"UINT_16", BRAINVISION_UINT_16, 2},
                 {"INT_32", BRAINVISION_INT_32, 4},
                 {"IEEE_FLOAT_32", BRAINVISION_FLOAT_32, 4}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (value_is(entry, known[i].name)) {
            header->sample = known[i].sample;
            header->width = known[i].width;
            return STATUS_OK;
        }
    }
    return refuse(source, entry, STATUS_UNSUPPORTED, error,
                  "read are INT_16, UINT_16, INT_32 and IEEE_FLOAT_32; export to one of them");
}

static enum status take_choice(const struct source *source, const struct brainvision_entry *entry,
                               const char *no, const char *yes, bool *to, struct error *error)
{
    if (!value_is(entry, no) && !value_is(entry, yes)) {
        char remedy[80];
        snprintf(remedy, sizeof remedy, "read are %s and %s", no, yes);
        return refuse(source, entry, STATUS_UNSUPPORTED, error, remedy);
    }
    *to = value_is(entry, yes);
    return STATUS_OK;
}

static enum status take_interval(const struct source *source, const struct brainvision_entry *entry,
                                 struct brainvision_header *header, struct error *error)
{
    double interval;
    if (!text_real(entry->value, entry->value_length, &interval)) {
        return refuse(source, entry, STATUS_FAILED, error, "microseconds belong there");
    }
    header->rate = interval > 0 ? 1e6 / interval : 0;
    return STATUS_OK;
}

static enum status take_common(const struct source *source, const struct brainvision_entry *entry,
                               struct brainvision_header *header, struct error *error)
{
    uint64_t count = 0;
    enum status status = STATUS_OK;
    if (brainvision_key_is(entry, COMMON, "DataFile")) {
        brainvision_copy(header->data_file, sizeof header->data_file, entry->value,
                         entry->value_length);
    } else if (brainvision_key_is(entry, COMMON, "MarkerFile")) {
        brainvision_copy(header->marker_file, sizeof header->marker_file, entry->value,
                         entry->value_length);
    } else if (brainvision_key_is(entry, COMMON, "DataFormat")) {
        status = take_choice(source, entry, "BINARY", "ASCII", &header->ascii, error);
    } else if (brainvision_key_is(entry, COMMON, "DataOrientation")) {
        status =
            take_choice(source, entry, "MULTIPLEXED", "VECTORIZED", &header->vectorized, error);
    } else if (brainvision_key_is(entry, COMMON, "DataType") && !value_is(entry, "TIMEDOMAIN")) {
        status = refuse(source, entry, STATUS_UNSUPPORTED, error,
                        "only samples over time are read; export the data before their transform");
    } else if (brainvision_key_is(entry, COMMON, "NumberOfChannels")) {
        status = take_count(source, entry, &count, error);
        header->channels = (size_t)count;
    } else if (brainvision_key_is(entry, COMMON, "DataPoints")) {
        status = take_count(source, entry, &header->points, error);
    } else if (brainvision_key_is(entry, COMMON, "SamplingInterval")) {
        status = take_interval(source, entry, header, error);
    } else if (brainvision_key_is(entry, COMMON, "Averaged")) {
        header->averaged = value_is(entry, "YES");
    } else if (brainvision_key_is(entry, COMMON, "SegmentationType")) {
        header->segmented = !value_is(entry, "NOTSEGMENTED");
    } else if (brainvision_key_is(entry, COMMON, "SegmentDataPoints")) {
        status = take_count(source, entry, &header->segment_points, error);
    }
    return status;
}

static enum status take_layout(const struct source *source, const struct brainvision_entry *entry,
                               struct brainvision_header *header, struct error *error)
{
    uint64_t count = 0;
    if (brainvision_key_is(entry, BINARY, "BinaryFormat")) {
        return take_sample(source, entry, header, error);
    } else if (brainvision_key_is(entry, BINARY, "UseBigEndianOrder")) {
        return take_choice(source, entry, "NO", "YES", &header->big_endian, error);
    } else if (brainvision_key_is(entry, BINARY, "DataOffset")) {
        return take_count(source, entry, &header->offset, error);
    } else if (brainvision_key_is(entry, BINARY, "TrailerSize")) {
        return take_count(source, entry, &header->trailer, error);
    } else if (brainvision_key_is(entry, BINARY, "SegmentHeaderSize")) {
        enum status status = take_count(source, entry, &count, error);
        return status == STATUS_OK && count > 0
                   ? refuse(source, entry, STATUS_UNSUPPORTED, error,
                            "headers between segments are not read; export without them")
                   : status;
    } else if (brainvision_key_is(entry, ASCII, "SkipLines")) {
        return take_count(source, entry, &header->skip_lines, error);
    } else if (brainvision_key_is(entry, ASCII, "SkipColumns")) {
        return take_count(source, entry, &header->skip_columns, error);
    } else if (brainvision_key_is(entry, ASCII, "DecimalSymbol")) {
        header->mark = value_is(entry, ",") ? ',' : '.';
    }
    return STATUS_OK;
}

static enum status check(const struct source *source, const struct reader_options *options,
                         struct brainvision_header *header, struct error *error)
{
    if (header->channels == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: [Common Infos] has no NumberOfChannels; is the header complete?",
                         source_name(source));
    }
    if (header->data_file[0] == '\0') {
        return error_set(error, STATUS_FAILED,
                         "%s: [Common Infos] names no DataFile; add the line DataFile=NAME",
                         source_name(source));
    }
    if (options->rate > 0) {
        header->rate = options->rate;
    }
    if (!(header->rate > 0) || !isfinite(header->rate)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: [Common Infos] has no SamplingInterval; give the rate with --rate",
                         source_name(source));
    }
    return STATUS_OK;
}

static bool all_digits(const char *field, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)field[i])) {
            return false;
        }
    }
    return length > 0;
}

/* The resolution's field, where a decimal comma may have cut it in two; returns the number of the
 * unit's field. */
static size_t take_resolution(const struct brainvision_entry *entry, char to[64])
{
    const char *whole, *rest, *unit;
    size_t whole_length, rest_length, unit_length;
    brainvision_field(entry, 2, &whole, &whole_length);
    brainvision_field(entry, 3, &rest, &rest_length);
    brainvision_field(entry, 4, &unit, &unit_length);
    bool cut = all_digits(whole, whole_length) && all_digits(rest, rest_length) &&
               unit_length > 0 && whole_length + rest_length < 60;
    snprintf(to, 64, "%.*s%s%.*s", whole_length < 60 ? (int)whole_length : 60, whole,
             cut ? "." : "", cut ? (int)rest_length : 0, rest);
    return cut ? 4 : 3;
}

static void set_limits(const struct brainvision_header *header, struct channel *channel)
{
    static const double limits[][2] = {
        [BRAINVISION_INT_16] = {-32768, 32767},
        [BRAINVISION_UINT_16] = {0, 65535},
        [BRAINVISION_INT_32] = {-2147483648.0, 2147483647.0},
    };
    if (!header->ascii && header->sample != BRAINVISION_FLOAT_32) {
        double a = limits[header->sample][0] * channel->gain;
        double b = limits[header->sample][1] * channel->gain;
        channel->minimum = fmin(a, b);
        channel->maximum = fmax(a, b);
    }
}

/* The reference serves as the description, where its name ("REF") does not lead astray what the
 * channel is. */
static void set_reference(const char *reference, struct channel *channel)
{
    char composed[LABEL_SIZE + 16];
    int used = snprintf(composed, sizeof composed, "reference %s", reference);
    if (reference[0] &&
        (text_channel_type(channel->label, "", channel->file_unit) != CHANNEL_UNKNOWN ||
         text_channel_type("", composed, "") == CHANNEL_UNKNOWN)) {
        text_from_field(channel->description, sizeof channel->description, composed, (size_t)used);
    }
}

static enum status take_channel(const struct source *source, const struct reader_options *options,
                                const struct brainvision_entry *entry, struct channel *channel,
                                struct recording_info *info, struct error *error)
{
    char resolution[64], reference[LABEL_SIZE];
    const char *field;
    size_t length, unit = take_resolution(entry, resolution);
    brainvision_field(entry, 0, &field, &length);
    brainvision_copy(channel->label, sizeof channel->label, field, length);
    brainvision_field(entry, 1, &field, &length);
    brainvision_copy(reference, sizeof reference, field, length);
    brainvision_field(entry, unit, &field, &length);
    brainvision_copy(channel->file_unit, sizeof channel->file_unit, field, length);
    if (channel->file_unit[0] == '\0') {
        strcpy(channel->file_unit, "\xc2\xb5V"); /* the format's default */
    }
    set_reference(reference, channel);
    if (resolution[0] == '\0') {
        channel->gain = 1;
    } else if (!text_real(resolution, strlen(resolution), &channel->gain) || channel->gain == 0) {
        channel->gain = 1;
        channel->file_unit[0] = '\0';
        return mend(source_name(source), options->strict, info, error,
                    "line %zu: the resolution '%s' of channel '%s' is no number other than 0; its "
                    "samples are taken without a unit",
                    entry->line, resolution, channel->label);
    }
    return STATUS_OK;
}

static enum status take_channels(const struct source *source, const struct reader_options *options,
                                 const struct brainvision_text *text,
                                 const struct brainvision_header *header,
                                 struct recording_info *info, struct error *error)
{
    struct brainvision_entry entry = {0};
    enum status status = STATUS_OK;
    while (status == STATUS_OK && brainvision_next(text, &entry)) {
        size_t number = brainvision_number(&entry, "channel infos", "Ch");
        if (number > 0 && number <= header->channels) {
            status =
                take_channel(source, options, &entry, &info->channels[number - 1], info, error);
        }
    }
    for (size_t c = 0; c < header->channels && status == STATUS_OK; c++) {
        struct channel *channel = &info->channels[c];
        bool named = channel->label[0] != '\0';
        channel->rate = header->rate;
        set_limits(header, channel);
        if (!named) {
            snprintf(channel->label, sizeof channel->label, "Ch%zu", c + 1);
        }
        if (!named && channel->file_unit[0] == '\0') {
            status = mend(source_name(source), options->strict, info, error,
                          "[Channel Infos] has no line Ch%zu; the channel's samples are taken "
                          "without a unit",
                          c + 1);
        }
    }
    return status;
}

enum status brainvision_header_read(struct source *source, const struct reader_options *options,
                                    struct recording_info *info, struct brainvision_header *header,
                                    struct error *error)
{
    struct brainvision_text text;
    struct brainvision_entry entry = {0};
    *header = (struct brainvision_header){.mark = '.', .width = 2};
    enum status status = brainvision_text_load(source, &text, error);
    while (status == STATUS_OK && brainvision_next(&text, &entry)) {
        status = take_common(source, &entry, header, error);
        if (status == STATUS_OK) {
            status = take_layout(source, &entry, header, error);
        }
    }
    if (status == STATUS_OK) {
        status = check(source, options, header, error);
    }
    if (status == STATUS_OK && header->channels > text.size) {
        status = error_set(error, STATUS_FAILED,
                           "%s: NumberOfChannels=%zu is more than the header can describe",
                           source_name(source), header->channels);
    }
    if (status == STATUS_OK) {
        status = recording_info_allocate(info, header->channels, error);
    }
    if (status == STATUS_OK) {
        status = take_channels(source, options, &text, header, info, error);
    }
    brainvision_text_clear(&text);
    return status;
}
