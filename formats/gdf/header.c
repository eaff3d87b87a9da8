#include "formats/checked.h"
#include "formats/gdf/gdf.h"
#include "formats/little_endian.h"
#include "formats/mend.h"
#include "formats/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The fixed header's fields, in bytes. */
enum {
    AT_VERSION = 4, /* after "GDF " */
    AT_START = 168,
    AT_HEADER_SIZE = 184,
    AT_RECORD_COUNT = 236,
    AT_DURATION = 244,
    AT_SIGNAL_COUNT = 252
};

/* Tagged fields beyond this are not worth their memory. */
#define TAGGED_MAX (64u << 20)

/* From this version on a record's duration is a floating-point number. */
#define VERSION_REAL_DURATION 2.21
#define VERSION_TAGGED        2.1

/* 1.x: sixteen digits, YYYYMMDDhhmmsscc. */
static void start_of_digits(const unsigned char *at, struct start_time *start)
{
    int part[8];
    static const int sizes[8] = {4, 2, 2, 2, 2, 2, 2, 0};
    for (size_t i = 0; i < 7; i++) {
        int64_t number = 0;
        /* Hundredths are often left out. */
        if (!text_integer((const char *)at, (size_t)sizes[i], &number) && i < 6) {
            return;
        }
        part[i] = (int)number;
        at += sizes[i];
    }
    start->known =
        text_civil_seconds(part[0], part[1], part[2], part[3], part[4], part[5], &start->seconds);
    start->fraction = part[6] >= 0 && part[6] < 100 ? part[6] / 100.0 : 0;
}

/* 2.x: days since the year 0, 32 bits before and 32 after the point (steps of 20 µs). */
static void start_of_days(const unsigned char *at, struct start_time *start)
{
    const int64_t day_1970 = 719529, day_10000 = 3652425;
    uint64_t bits = gdf_bits(at, 8);
    int64_t days = (int64_t)(bits >> 32);
    if (days < 366 || days >= day_10000) {
        return;
    }
    double seconds = round(ldexp((double)(uint32_t)bits, -32) * 86400 * 1e4) / 1e4;
    double whole = floor(seconds);
    start->known = true;
    start->seconds = (days - day_1970) * 86400 + (int64_t)whole;
    start->fraction = seconds - whole;
}

static enum status parse_version(const unsigned char *fixed, const char *name,
                                 struct gdf_header *header, struct error *error)
{
    char text[8] = "";
    memcpy(text, fixed + AT_VERSION, 4);
    if (!text_real(text, 4, &header->version) || header->version < 1) {
        return error_set(error, STATUS_FAILED,
                         "%s: the version (byte %d) is '%s', which is none of GDF; is it a GDF "
                         "file?",
                         name, AT_VERSION, text);
    }
    if (header->version >= 4) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: GDF version %s is not known here; save the recording as GDF 2 or EDF",
                         name, text);
    }
    return STATUS_OK;
}

static enum status parse_fixed(const unsigned char *fixed, const char *name,
                               struct gdf_header *header, struct recording_info *info,
                               struct error *error)
{
    enum status status = parse_version(fixed, name, header, error);
    if (status != STATUS_OK) {
        return status;
    }
    bool second = header->version > 1.9;
    uint64_t records = gdf_bits(fixed + AT_RECORD_COUNT, 8);
    header->record_count = records > INT64_MAX ? UINT64_MAX : records;
    header->signal_count = (size_t)gdf_bits(fixed + AT_SIGNAL_COUNT, second ? 2 : 4);
    if (second) {
        header->data_start = gdf_bits(fixed + AT_HEADER_SIZE, 2) * GDF_BLOCK;
        start_of_days(fixed + AT_START, &info->start);
    } else {
        header->data_start = gdf_bits(fixed + AT_HEADER_SIZE, 8);
        start_of_digits(fixed + AT_START, &info->start);
    }
    if (header->version > VERSION_REAL_DURATION - 0.001) {
        header->duration = little_double(fixed + AT_DURATION);
    } else {
        header->duration =
            (double)gdf_bits(fixed + AT_DURATION, 4) / (double)gdf_bits(fixed + AT_DURATION + 4, 4);
    }
    if (header->signal_count == 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: holds no signals, only events; name the recording itself", name);
    }
    return STATUS_OK;
}

/* Reads exactly size bytes of the header, never more memory than the file may hold. */
static enum status read_part(struct source *source, uint64_t size, unsigned char **to,
                             struct error *error)
{
    size_t got = 0;
    uint64_t left = source_is_file(source) && source_size(source) >= source_position(source)
                        ? source_size(source) - source_position(source)
                        : UINT64_MAX;
    enum status status = STATUS_OK;
    *to = NULL;
    if (size <= left) {
        *to = checked_calloc((size_t)size, 1);
        status = *to ? source_read(source, *to, (size_t)size, &got, error)
                     : error_memory(error, "reading a GDF header");
    }
    if (status == STATUS_OK && got < size) {
        status = error_set(error, STATUS_FAILED,
                           "%s: ends within its header (byte %" PRIu64 " of at least %" PRIu64
                           "); was the file copied whole?",
                           source_name(source), size <= left ? source_position(source) : left,
                           source_position(source) - got + size);
    }
    if (status != STATUS_OK) {
        free(*to);
        *to = NULL;
    }
    return status;
}

/* Header 3, and whatever else stands before the data. */
static enum status read_tagged(struct source *source, bool strict, struct recording_info *info,
                               struct gdf_header *header, struct error *error)
{
    uint64_t here = source_position(source), skipped;
    if (header->data_start < here) {
        enum status status =
            mend(source_name(source), strict, info, error,
                 "the header claims to be %" PRIu64 " bytes long (byte %d), but its %zu "
                 "signals take %" PRIu64 "; the data are taken to begin there",
                 header->data_start, AT_HEADER_SIZE, header->signal_count, here);
        header->data_start = here;
        return status;
    }
    uint64_t rest = header->data_start - here;
    if (header->version > VERSION_TAGGED - 0.001 && rest >= 4 && rest <= TAGGED_MAX) {
        header->tagged_size = (size_t)rest;
        return read_part(source, rest, &header->tagged, error);
    }
    enum status status = source_skip(source, rest, &skipped, error);
    if (status == STATUS_OK && skipped < rest) {
        status = error_set(error, STATUS_FAILED,
                           "%s: ends within its header, which claims %" PRIu64
                           " bytes (byte %d); was the file copied whole?",
                           source_name(source), header->data_start, AT_HEADER_SIZE);
    }
    return status;
}

static enum status lay_out(const unsigned char *table, const char *name, struct gdf_header *header,
                           struct error *error)
{
    header->signals = checked_calloc(header->signal_count, sizeof *header->signals);
    if (!header->signals) {
        return error_memory(error, "reading a GDF header");
    }
    size_t channels = 0;
    for (size_t s = 0; s < header->signal_count; s++) {
        struct gdf_signal *signal = &header->signals[s];
        size_t bytes;
        enum status status = gdf_signal_parse(table, header, s, name, signal, error);
        if (status != STATUS_OK) {
            return status;
        }
        signal->place = header->record_bytes;
        signal->channel = signal->samples > 0 ? channels++ : SIZE_MAX;
        if (!checked_multiply(signal->samples, signal->width, &bytes) ||
            !checked_add(header->record_bytes, bytes, &header->record_bytes) ||
            header->record_bytes > INT64_MAX) {
            return error_set(error, STATUS_FAILED,
                             "%s: signal %zu (%s) claims %zu samples a data record; the header is "
                             "damaged",
                             name, s + 1, signal->label, signal->samples);
        }
    }
    if (channels == 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: none of its signals is sampled evenly (0 samples a data record); "
                         "resample them before",
                         name);
    }
    return STATUS_OK;
}

/* --rate holds for all signals alike, or not at all. */
static enum status set_rates(const struct reader_options *options, const char *name,
                             struct gdf_header *header, struct recording_info *info,
                             struct error *error)
{
    size_t samples = 0;
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct gdf_signal *signal = &header->signals[s];
        if (options->rate > 0 && samples > 0 && signal->samples > 0 && signal->samples != samples) {
            return error_set(error, STATUS_USAGE,
                             "%s: its signals differ in rate (signal %zu has %zu samples a data "
                             "record), so that --rate cannot hold for all; leave it out",
                             name, s + 1, signal->samples);
        }
        samples = signal->samples > 0 ? signal->samples : samples;
    }
    if (options->rate > 0) {
        header->duration = (double)samples / options->rate;
    }
    if (!(header->duration > 0) || !isfinite(header->duration)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: the duration of a data record (byte %d) is no time above 0, so that "
                         "there is no sampling rate; give it with --rate",
                         name, AT_DURATION);
    }
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct gdf_signal *signal = &header->signals[s];
        if (signal->samples > 0) {
            /* A duration of 0.001 s is no power of two: 1000 Hz, not 1000.0000000000001. */
            double rate = (double)signal->samples / header->duration;
            double near = round(rate);
            bool close = fabs(rate - near) <= 1e-12 * rate;
            info->channels[signal->channel].rate = close ? near : rate;
        }
    }
    return STATUS_OK;
}

static enum status describe_all(const unsigned char *table, const struct reader_options *options,
                                const char *name, struct gdf_header *header,
                                struct recording_info *info, struct error *error)
{
    size_t channels = 0;
    enum status status = lay_out(table, name, header, error);
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        channels += header->signals[s].samples > 0;
    }
    if (status == STATUS_OK) {
        status = recording_info_allocate(info, channels, error);
        if (status != STATUS_OK) {
            error_prefix(error, name);
        }
    }
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        status = gdf_signal_describe(table, header, s, name, options->strict, info, error);
    }
    return status == STATUS_OK ? set_rates(options, name, header, info, error) : status;
}

enum status gdf_header_read(struct source *source, const struct reader_options *options,
                            struct recording_info *info, struct gdf_header *header,
                            struct error *error)
{
    const char *name = source_name(source);
    unsigned char *fixed = NULL, *table = NULL;
    *header = (struct gdf_header){0};
    enum status status = read_part(source, GDF_BLOCK, &fixed, error);
    if (status == STATUS_OK) {
        status = parse_fixed(fixed, name, header, info, error);
    }
    if (status == STATUS_OK && header->signal_count > 65536) {
        status = error_set(error, STATUS_FAILED,
                           "%s: the header claims %zu signals (byte %d); it is damaged", name,
                           header->signal_count, AT_SIGNAL_COUNT);
    }
    if (status == STATUS_OK) {
        status = read_part(source, (uint64_t)header->signal_count * GDF_BLOCK, &table, error);
    }
    if (status == STATUS_OK) {
        status = read_tagged(source, options->strict, info, header, error);
    }
    if (status == STATUS_OK) {
        status = describe_all(table, options, name, header, info, error);
    }
    free(fixed);
    free(table);
    if (status != STATUS_OK) {
        gdf_header_clear(header);
    }
    return status;
}

void gdf_header_clear(struct gdf_header *header)
{
    free(header->signals);
    free(header->tagged);
    *header = (struct gdf_header){0};
}
