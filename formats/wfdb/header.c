#include "formats/checked.h"
#include "formats/mend.h"
#include "formats/text.h"
#include "formats/wfdb/wfdb.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX    (64u << 20)
#define SIGNALS_MAX 4096

enum status wfdb_mend(const struct wfdb_record *record, struct error *error, const char *format,
                      ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum status status = mend_arguments(source_name(record->source), record->strict, record->info,
                                        error, format, arguments);
    va_end(arguments);
    return status;
}

/* Where the parser stands. */
struct parser {
    const struct wfdb_record *record;
    const char *name;
    struct wfdb_header *header;
    char *next;    /* line */
    size_t number; /* of the line that was last returned, from 1 */
    struct error *error;
};

/* "13:5:0.5" and "25/4/1989" */
static void parse_start(const char *time, const char *date, struct start_time *start)
{
    unsigned hour, minute, day, month, year;
    double second;
    char rest;
    time += *time == '[';
    if (!date || sscanf(time, "%2u:%2u:%10lf%c", &hour, &minute, &second, &rest) != 3 ||
        sscanf(date, "%2u/%2u/%4u", &day, &month, &year) != 3 || !(second >= 0 && second < 61)) {
        return;
    }
    double whole = floor(second);
    start->known = text_civil_seconds((int)year, (int)month, (int)day, (int)hour, (int)minute,
                                      (int)whole, &start->seconds);
    start->fraction = second - whole;
}

/* NAME[/SEGMENTS] SIGNALS [RATE[/COUNTER[(BASE)]] [LENGTH [TIME [DATE]]]] */
static bool parse_record_line(char *line, struct wfdb_header *header, const char **reason)
{
    const char *end;
    uint64_t number;
    char *name = wfdb_word(&line), *signals = wfdb_word(&line), *rate = wfdb_word(&line);
    char *length = wfdb_word(&line), *time = wfdb_word(&line), *date = wfdb_word(&line);
    char *segments = name ? strchr(name, '/') : NULL;
    /* Some records are named with the folder they were written to. */
    if (segments && wfdb_number(segments + 1, &end, &number) && *end == '\0') {
        if (number == 0) {
            *reason = "the number of segments, after '/', is no number above 0";
            return false;
        }
        header->multiple = true;
        header->part_count = (size_t)number;
    }
    if (!signals || !wfdb_number(signals, &end, &number) || *end) {
        *reason = "the number of signals is missing";
        return false;
    }
    header->signal_count = (size_t)number;
    if (rate && (!text_real(rate, strcspn(rate, "/"), &header->rate) || header->rate < 0)) {
        *reason = "the sampling frequency is no number above 0";
        return false;
    }
    if (length && (!wfdb_number(length, &end, &header->length) || *end)) {
        *reason = "the number of samples is no whole number";
        return false;
    }
    if (time) {
        parse_start(time, date, &header->start);
    }
    return true;
}

/* The comment that tells of the electrodes, not those that tell of the person. */
static void note_comment(struct wfdb_header *header, const char *comment)
{
    static const char *const words[] = {"electrode", "sensor", "transducer", "EMG"};
    for (size_t i = 0; i < sizeof words / sizeof *words && !header->remark[0]; i++) {
        if (strcasestr(comment, words[i]) && !strchr(comment, '<')) {
            text_from_field(header->remark, sizeof header->remark, comment, strlen(comment));
        }
    }
}

/* The next line that is neither empty nor a comment; NULL at the end. */
static char *next_line(struct parser *parser)
{
    while (*parser->next) {
        char *line = parser->next, *end = line + strcspn(line, "\n");
        parser->next = *end ? end + 1 : end;
        *end = '\0';
        line[strcspn(line, "\r")] = '\0';
        line += strspn(line, " \t");
        parser->number++;
        if (*line == '#') {
            note_comment(parser->header, line + 1);
        } else if (*line) {
            return line;
        }
    }
    return NULL;
}

static enum status refuse(const struct parser *parser, const char *reason)
{
    return error_set(parser->error, STATUS_FAILED,
                     "%s: line %zu: %s; is it a WFDB header, and whole?", parser->name,
                     parser->number, reason);
}

/* Lines that are left, at most: a header cannot describe more than that. */
static size_t lines_left(const struct parser *parser)
{
    size_t count = 1;
    for (const char *p = parser->next; *p; p++) {
        count += *p == '\n';
    }
    return count;
}

static enum status refuse_count(const struct parser *parser, const char *what, size_t claimed)
{
    return error_set(parser->error, STATUS_FAILED,
                     "%s: the record line claims %zu %s, but there are fewer lines; was the "
                     "header cut short?",
                     parser->name, claimed, what);
}

static enum status parse_signals(struct parser *parser)
{
    struct wfdb_header *header = parser->header;
    const char *reason;
    if (header->signal_count > lines_left(parser) || header->signal_count > SIGNALS_MAX) {
        return refuse_count(parser, "signals", header->signal_count);
    }
    header->signals = checked_calloc(header->signal_count, sizeof *header->signals);
    if (!header->signals) {
        return error_memory(parser->error, "reading a WFDB header");
    }
    for (size_t s = 0; s < header->signal_count; s++) {
        char *line = next_line(parser);
        if (!line) {
            return refuse_count(parser, "signals", header->signal_count);
        }
        if (!wfdb_signal_parse(line, &header->signals[s], &reason)) {
            return refuse(parser, reason);
        }
    }
    return STATUS_OK;
}

static enum status parse_parts(struct parser *parser)
{
    struct wfdb_header *header = parser->header;
    if (header->part_count > lines_left(parser)) {
        return refuse_count(parser, "segments", header->part_count);
    }
    header->parts = checked_calloc(header->part_count, sizeof *header->parts);
    if (!header->parts) {
        return error_memory(parser->error, "reading a WFDB header");
    }
    for (size_t i = 0; i < header->part_count; i++) {
        const char *end;
        char *line = next_line(parser);
        if (!line) {
            return refuse_count(parser, "segments", header->part_count);
        }
        char *name = wfdb_word(&line), *length = wfdb_word(&line);
        header->parts[i].name = name;
        if (!length || !wfdb_number(length, &end, &header->parts[i].length) || *end) {
            return refuse(parser, "a segment's name and number of samples are expected");
        }
    }
    return STATUS_OK;
}

/* The whole file, with a final NUL; a NUL inside ends it. */
static enum status read_text(struct source *source, char **text, struct error *error)
{
    uint64_t size = source_size(source);
    size_t got = 0;
    if (!source_is_file(source) || size > TEXT_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: a WFDB header is a small text file beside its signals; name it",
                         source_name(source));
    }
    *text = checked_calloc((size_t)size + 1, 1);
    return *text ? source_read(source, *text, (size_t)size, &got, error)
                 : error_memory(error, "reading a WFDB header");
}

enum status wfdb_header_read(const struct wfdb_record *record, struct source *source,
                             struct wfdb_header *header, struct error *error)
{
    struct parser parser = {
        .record = record, .name = source_name(source), .header = header, .error = error};
    const char *reason;
    *header = (struct wfdb_header){0};
    enum status status = read_text(source, &header->text, error);
    if (status == STATUS_OK) {
        parser.next = header->text;
        char *line = next_line(&parser);
        if (!line) {
            status = refuse(&parser, "there is no record line");
        } else if (!parse_record_line(line, header, &reason)) {
            status = refuse(&parser, reason);
        }
    }
    if (status == STATUS_OK) {
        status = header->multiple ? parse_parts(&parser) : parse_signals(&parser);
    }
    /* Comments after the last line. */
    while (status == STATUS_OK && next_line(&parser)) {
    }
    if (status != STATUS_OK) {
        wfdb_header_clear(header);
    }
    return status;
}

void wfdb_header_clear(struct wfdb_header *header)
{
    free(header->text);
    free(header->signals);
    free(header->parts);
    *header = (struct wfdb_header){0};
}

static bool has_letter(const char *text)
{
    for (; *text; text++) {
        if (isalpha((unsigned char)*text)) {
            return true;
        }
    }
    return false;
}

/* Copies the next line that counts out of the bytes; false when there is no whole one. */
static bool copy_line(const unsigned char **at, const unsigned char *end, bool whole, char to[512])
{
    while (*at < end) {
        const unsigned char *stop = memchr(*at, '\n', (size_t)(end - *at));
        if (!stop && !whole) {
            return false;
        }
        stop = stop ? stop : end;
        size_t length = (size_t)(stop - *at);
        snprintf(to, 512, "%.*s", (int)(length < 511 ? length : 511), (const char *)*at);
        *at = stop < end ? stop + 1 : end;
        size_t used = strlen(to);
        if (used < length && used < 511) {
            return false; /* a NUL: no text */
        }
        to[strcspn(to, "\r")] = '\0';
        char *first = to + strspn(to, " \t");
        if (*first && *first != '#') {
            memmove(to, first, strlen(first) + 1);
            return true;
        }
    }
    return false;
}

int wfdb_header_likely(const unsigned char *head, size_t size)
{
    const unsigned char *at = head, *end = head + size;
    char line[512];
    const char *reason, *stop;
    struct wfdb_header header = {0};
    struct wfdb_signal signal;
    uint64_t length;
    bool whole = size < SOURCE_PEEK_MAX;
    if (!copy_line(&at, end, whole, line) || strpbrk(line, ",;\"{<=") ||
        !parse_record_line(line, &header, &reason)) {
        return 0;
    }
    if (!copy_line(&at, end, whole, line)) {
        /* A record of annotations alone. */
        return header.signal_count == 0 && header.rate > 0 && has_letter(line) ? 20 : 0;
    }
    if (header.multiple) {
        char *rest = line, *name = wfdb_word(&rest), *number = wfdb_word(&rest);
        bool sound = name && number && wfdb_number(number, &stop, &length) && *stop == '\0';
        return sound && !wfdb_word(&rest) ? 80 : 0;
    }
    /* A table of numbers has no letter where the file's name stands. */
    char *name = line;
    if (header.signal_count == 0 || !wfdb_signal_parse(name, &signal, &reason) ||
        !(has_letter(signal.file) || strcmp(signal.file, "~") == 0 ||
          strcmp(signal.file, "-") == 0)) {
        return 0;
    }
    return 85;
}
