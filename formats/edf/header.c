#include "formats/edf/header.h"

#include "formats/checked.h"
#include "formats/edf/parser.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Beyond this no recorder of muscles samples: the header lies. Hz. */
#define RATE_MAX 1e6

/* The largest data record taken from a pipe, where it must be held in memory; bytes. */
#define PIPE_RECORD_MAX ((size_t)256 << 20)

/* Reads exactly size bytes of the header. */
static enum status read_part(struct source *source, void *to, size_t size, size_t whole,
                             struct error *error)
{
    size_t got;
    enum status status = source_read(source, to, size, &got, error);
    if (status == STATUS_OK && got < size) {
        status = error_set(error, STATUS_FAILED,
                           "%s: the header is cut short: it ends at byte %llu of %zu; was the file "
                           "copied whole?",
                           source_name(source), (unsigned long long)source_position(source), whole);
    }
    return status;
}

/* Digits after the decimal mark of a number as written. */
static int decimals(const char *field, size_t size)
{
    size_t mark = 0;
    while (mark < size && field[mark] != '.' && field[mark] != ',') {
        mark++;
    }
    int count = 0;
    while (mark + 1 + (size_t)count < size && field[mark + 1 + (size_t)count] >= '0' &&
           field[mark + 1 + (size_t)count] <= '9') {
        count++;
    }
    return count;
}

static enum status parse_fixed(struct edf_parser *parser)
{
    struct edf_header *header = parser->header;
    const char *fixed = (const char *)parser->fixed;
    enum status status = STATUS_OK;
    int64_t number;
    if (!text_integer(fixed + EDF_AT_SIGNAL_COUNT, 4, &number) || number <= 0) {
        return edf_fixed_error(
            parser, "number of signals", EDF_AT_SIGNAL_COUNT, 4,
            "at least 1 is needed; the header is damaged, so ask for the original "
            "of the file");
    }
    header->signal_count = (size_t)number;
    /* BDF files are found that call themselves EDF+, so the first letter is not looked at. */
    header->discontinuous = memcmp(fixed + EDF_AT_RESERVED + 1, "DF+D", 4) == 0;
    header->record_count = UINT64_MAX;
    if (!text_integer(fixed + EDF_AT_RECORD_COUNT, 8, &number) || number <= 0) {
        char text[16];
        text_from_field(text, sizeof text, fixed + EDF_AT_RECORD_COUNT, 8);
        status =
            edf_parser_mend(parser,
                            "the header gives '%s' for the number of data records (byte %d), as if "
                            "the recorder had been stopped early; all records there are read",
                            text, EDF_AT_RECORD_COUNT);
    } else {
        header->record_count = (uint64_t)number;
    }
    if (!text_real(fixed + EDF_AT_DURATION, 8, &header->duration)) {
        header->duration = 0;
    }
    header->duration_decimals = decimals(fixed + EDF_AT_DURATION, 8);
    header->own = memmem(fixed + EDF_AT_RECORDING, 80, " " EDF_EQUIPMENT, sizeof EDF_EQUIPMENT);
    if (memmem(fixed + EDF_AT_RECORDING, 80, EDF_EQUIPMENT EDF_CONDITIONED,
               sizeof EDF_EQUIPMENT EDF_CONDITIONED - 1)) {
        parser->info->conditioned = true;
    }
    if (status == STATUS_OK && !edf_header_start(parser->fixed, &parser->info->start)) {
        char date[20], recording[96];
        text_from_field(date, sizeof date, fixed + EDF_AT_DATE, 16);
        text_from_field(recording, sizeof recording, fixed + EDF_AT_RECORDING, 40);
        status = edf_parser_mend(
            parser,
            "the start '%s' (byte %d, recording field '%s') is no date and time; the "
            "start is taken as unknown",
            date, EDF_AT_DATE, recording);
    }
    return status;
}

/* Finds where each signal lies in a record, and which signals are text. */
static enum status parse_layout(struct edf_parser *parser)
{
    struct edf_header *header = parser->header;
    size_t channels = 0;
    header->signals = checked_calloc(header->signal_count, sizeof *header->signals);
    if (!header->signals) {
        return error_memory(parser->error, "reading an EDF header");
    }
    for (size_t s = 0; s < header->signal_count; s++) {
        struct edf_signal *signal = &header->signals[s];
        char label[40];
        int64_t samples;
        size_t bytes;
        if (!text_integer(edf_field_at(parser, EDF_SAMPLES, s), 8, &samples) || samples <= 0) {
            return edf_signal_error(
                parser, EDF_SAMPLES, s,
                "a whole number above 0 is needed, or no sample can be found; the "
                "header is damaged, so ask for the original of the file");
        }
        signal->samples = (size_t)samples;
        signal->offset = header->record_bytes;
        if (!checked_multiply(signal->samples, header->sample_bytes, &bytes) ||
            !checked_add(header->record_bytes, bytes, &header->record_bytes)) {
            return edf_signal_error(parser, EDF_SAMPLES, s,
                                    "data records of that size cannot be held");
        }
        edf_field_text(parser, EDF_LABEL, s, label, sizeof label);
        signal->annotations =
            strcmp(label, "EDF Annotations") == 0 || strcmp(label, "BDF Annotations") == 0;
        signal->channel = signal->annotations ? SIZE_MAX : channels++;
        snprintf(signal->label, sizeof signal->label, "%.16s", label);
    }
    if (channels == 0) {
        return error_set(parser->error, STATUS_UNSUPPORTED,
                         "%s: holds annotations only, and no signal; give the recording that they "
                         "belong to",
                         parser->name);
    }
    enum status status = recording_info_allocate(parser->info, channels, parser->error);
    if (status != STATUS_OK) {
        error_prefix(parser->error, parser->name);
    }
    return status;
}

/* Sets the channels' rates; --rate holds for all of them alike, or not at all. */
static enum status set_rates(struct edf_parser *parser)
{
    struct edf_header *header = parser->header;
    size_t samples = 0, first = 0;
    double rate = parser->options->rate;
    bool alike = true;
    for (size_t s = 0; s < header->signal_count; s++) {
        if (!header->signals[s].annotations) {
            first = samples ? first : s;
            alike = alike && (samples == 0 || header->signals[s].samples == samples);
            samples = samples ? samples : header->signals[s].samples;
        }
    }
    if (rate > 0 && !alike) {
        return error_set(parser->error, STATUS_USAGE,
                         "%s: its signals differ in rate (signal %zu has %zu samples a data "
                         "record), so that --rate cannot hold for all; leave it out",
                         parser->name, first + 1, samples);
    }
    if (rate > 0 && header->discontinuous &&
        fabs(rate * header->duration - (double)samples) > 1e-6 * (double)samples) {
        return error_set(parser->error, STATUS_USAGE,
                         "%s: its data records carry their own times (EDF+D), which contradict "
                         "--rate %g; leave it out",
                         parser->name, rate);
    }
    if (rate > 0) {
        header->duration = (double)samples / rate;
    } else if (!(header->duration > 0)) {
        return edf_fixed_error(parser, "duration of a data record", EDF_AT_DURATION, 8,
                               "without it there is no sampling rate; give the rate with --rate");
    }
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct edf_signal *signal = &header->signals[s];
        double hertz = (double)signal->samples / header->duration;
        if (!signal->annotations && hertz > RATE_MAX) {
            return edf_signal_error(
                parser, EDF_SAMPLES, s,
                "that means more than a million samples a second; the header is "
                "damaged, or the rate must be given with --rate");
        }
        if (!signal->annotations) {
            parser->info->channels[signal->channel].rate = hertz;
        }
    }
    return STATUS_OK;
}

/* True when `count` records from byte `start` fill the file exactly. */
static bool fits(const struct source *source, const struct edf_header *header, uint64_t start)
{
    uint64_t size = source_size(source);
    return source_is_file(source) && header->record_count != UINT64_MAX && size >= start &&
           (size - start) % header->record_bytes == 0 &&
           (size - start) / header->record_bytes == header->record_count;
}

/* Where the data begin is said twice in the header. When the two disagree, the file's size must
 * decide: a guess would shift every sample. */
static enum status find_data(struct edf_parser *parser, struct source *source)
{
    struct edf_header *header = parser->header;
    uint64_t expected = EDF_FIXED_SIZE + EDF_SIGNAL_SIZE * (uint64_t)header->signal_count;
    int64_t claimed;
    bool readable = text_integer((const char *)parser->fixed + EDF_AT_HEADER_BYTES, 8, &claimed);
    header->data_start = expected;
    if (readable && claimed >= 0 && (uint64_t)claimed == expected) {
        return STATUS_OK;
    }
    if (!fits(source, header, expected)) {
        if (!readable || claimed < (int64_t)expected || !fits(source, header, (uint64_t)claimed)) {
            return edf_fixed_error(parser, "number of header bytes", EDF_AT_HEADER_BYTES, 8,
                                   "it must be 256 more than 256 times the number of signals (byte "
                                   "252); one of the two is damaged, and the file's size does not "
                                   "tell which");
        }
        header->data_start = (uint64_t)claimed;
    }
    uint64_t skipped;
    enum status status = edf_parser_mend(
        parser,
        "the header's size (byte %d) contradicts its %zu signals; by the file's size the "
        "data begin at byte %llu",
        EDF_AT_HEADER_BYTES, header->signal_count, (unsigned long long)header->data_start);
    if (status == STATUS_OK) {
        status = source_skip(source, header->data_start - expected, &skipped, parser->error);
    }
    return status;
}

static enum status refuse_if_none_is_sound(struct edf_parser *parser)
{
    const struct edf_header *header = parser->header;
    const char *problem = NULL;
    for (size_t s = 0; s < header->signal_count; s++) {
        const struct edf_signal *signal = &header->signals[s];
        if (!signal->annotations && !signal->problem) {
            return STATUS_OK;
        }
        problem = problem ? problem : signal->problem;
    }
    return error_set(parser->error, STATUS_FAILED,
                     "%s: %s, so that its samples have no scale; mend the header, or ask for the "
                     "original of the file",
                     parser->name, problem);
}

static enum status parse(struct edf_parser *parser, struct source *source)
{
    struct edf_header *header = parser->header;
    enum status status = parse_layout(parser);
    if (status == STATUS_OK && !source_is_file(source) && header->record_bytes > PIPE_RECORD_MAX) {
        status =
            error_set(parser->error, STATUS_FAILED,
                      "%s: claims data records of %zu bytes; from a pipe at most %zu are read, "
                      "so save it to a file first",
                      parser->name, header->record_bytes, PIPE_RECORD_MAX);
    }
    if (status == STATUS_OK) {
        status = set_rates(parser);
    }
    for (size_t s = 0; s < header->signal_count && status == STATUS_OK; s++) {
        if (!header->signals[s].annotations) {
            status = edf_channel_parse(parser, s);
        }
    }
    if (status == STATUS_OK) {
        status = edf_channel_report(parser);
    }
    if (status == STATUS_OK) {
        status = refuse_if_none_is_sound(parser);
    }
    if (status == STATUS_OK) {
        status = find_data(parser, source);
    }
    return status;
}

enum status edf_header_read(struct source *source, const struct reader_options *options, bool bdf,
                            struct recording_info *info, struct edf_header *header,
                            struct error *error)
{
    unsigned char fixed[EDF_FIXED_SIZE];
    unsigned char *table = NULL;
    struct edf_parser parser = {.name = source_name(source),
                                .options = options,
                                .info = info,
                                .header = header,
                                .error = error,
                                .fixed = fixed};
    *header = (struct edf_header){.bdf = bdf, .sample_bytes = bdf ? 3 : 2};
    enum status status = read_part(source, fixed, sizeof fixed, sizeof fixed, error);
    if (status == STATUS_OK) {
        status = parse_fixed(&parser);
    }
    if (status == STATUS_OK) {
        size_t size = EDF_SIGNAL_SIZE * header->signal_count;
        table = malloc(size);
        parser.table = table;
        status = table ? read_part(source, table, size, EDF_FIXED_SIZE + size, error)
                       : error_memory(error, "reading an EDF header");
    }
    if (status == STATUS_OK) {
        status = parse(&parser, source);
    }
    free(table);
    return status;
}

void edf_header_clear(struct edf_header *header)
{
    for (size_t s = 0; header->signals && s < header->signal_count; s++) {
        free(header->signals[s].problem);
    }
    free(header->signals);
    *header = (struct edf_header){0};
}
