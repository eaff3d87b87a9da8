/* Annotation files in MIT's format, beside the header.
 *
 * Words of 16 bits, little endian: a code in the upper six, a time step in the lower ten; codes
 * from 59 on are no events: a long step (SKIP), fields of the event before (NUM, SUB, CHN, AUX). */
#include "formats/companion.h"
#include "formats/wfdb/wfdb.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_NOTE = 22, CODE_SKIP = 59, CODE_NUM, CODE_SUB, CODE_CHN, CODE_AUX };

#define CODES 50 /* of events */

static const char *const mnemonics[CODES] = {
    NULL, "N",  "L", "R",  "a", "V", "F", "J", "A",  "S", "E", "j", "/", "Q",
    "~",  NULL, "|", NULL, "s", "T", "*", "D", "\"", "=", "p", "B", "^", "t",
    "+",  "u",  "?", "!",  "[", "]", "e", "n", "@",  "x", "f", "(", ")", "r"};

/* The annotators that are looked for, the reference first. */
static const char *const annotators[] = {"atr", "ann", "man", "ari",  "qrs",
                                         "ecg", "apn", "st",  "event"};

/* An event whose fields are still to come. */
struct event {
    bool open;
    unsigned code;
    int64_t time;
    char *text; /* owned; AUX */
};

struct parser {
    const struct wfdb_record *record;
    struct source *source;
    double rate;         /* of the time steps, Hz */
    bool defining;       /* between "## annotation type definitions" and their end */
    char own[CODES][16]; /* mnemonics that the file defines */
    struct event event;
    struct error *error;
};

/* "23 K knock": a code, its mnemonic, a description. */
static void define(struct parser *parser, const char *text)
{
    unsigned code;
    char mnemonic[16];
    if (sscanf(text, "%2u %15s", &code, mnemonic) == 2 && code < CODES) {
        memcpy(parser->own[code], mnemonic, sizeof mnemonic);
    }
}

/* Notes at time 0 that are meant for programs; true when it is one. */
static bool is_directive(struct parser *parser, const char *text)
{
    static const char resolution[] = "## time resolution:";
    if (strncmp(text, resolution, sizeof resolution - 1) == 0) {
        double rate = strtod(text + sizeof resolution - 1, NULL);
        parser->rate = rate > 0 && isfinite(rate) ? rate : parser->rate;
        return true;
    }
    if (strncmp(text, "## annotation type definitions", 30) == 0) {
        parser->defining = true;
        return true;
    }
    if (strncmp(text, "## end of definitions", 21) == 0) {
        parser->defining = false;
        return true;
    }
    if (parser->defining) {
        define(parser, text);
    }
    return parser->defining;
}

/* The event before, whose fields have all come. */
static enum status finish_event(struct parser *parser)
{
    struct event *event = &parser->event;
    char text[1100], number[16];
    enum status status = STATUS_OK;
    const char *mnemonic = event->code < CODES ? mnemonics[event->code] : NULL;
    if (event->code < CODES && parser->own[event->code][0]) {
        mnemonic = parser->own[event->code];
    }
    if (!mnemonic) {
        snprintf(number, sizeof number, "[%u]", event->code);
        mnemonic = number;
    }
    bool note = event->code == CODE_NOTE;
    const char *words = event->text ? event->text : "";
    if (event->open && event->code != 0 &&
        !(note && event->time == 0 && event->text && is_directive(parser, words))) {
        snprintf(text, sizeof text, "%s%s%s", note && *words ? "" : mnemonic,
                 !note && *words ? " " : "", words);
        status = recording_info_annotate(parser->record->info, (double)event->time / parser->rate,
                                         NAN, text, strlen(text), parser->error);
    }
    free(event->text);
    *event = (struct event){0};
    return status;
}

static enum status read_bytes(struct parser *parser, void *to, size_t size, bool *whole)
{
    size_t got = 0;
    enum status status = source_read(parser->source, to, size, &got, parser->error);
    *whole = got == size;
    return status;
}

/* Text of the event before; a NUL pads it to a whole number of words. */
static enum status read_text(struct parser *parser, size_t length, bool *whole)
{
    struct event *event = &parser->event;
    free(event->text);
    event->text = calloc(length + 2, 1);
    return event->text ? read_bytes(parser, event->text, length + length % 2, whole)
                       : error_memory(parser->error, "reading annotations");
}

/* Events up to the mark at the end; *whole is false when the file ends before it. */
static enum status read_events(struct parser *parser, bool *whole)
{
    enum status status = STATUS_OK;
    int64_t time = 0;
    for (*whole = true; status == STATUS_OK && *whole;) {
        unsigned char word[2], step[4];
        status = read_bytes(parser, word, 2, whole);
        if (status != STATUS_OK || !*whole) {
            break;
        }
        unsigned code = word[1] >> 2, low = word[0] | (unsigned)(word[1] & 3) << 8;
        if (code == 0 && low == 0) {
            break;
        }
        if (code == CODE_AUX) {
            status = read_text(parser, low, whole);
        } else if (code == CODE_SKIP) {
            status = read_bytes(parser, step, 4, whole);
            /* The upper half comes first, as on a PDP-11. */
            uint32_t bits = (uint32_t)step[2] | (uint32_t)step[3] << 8 | (uint32_t)step[0] << 16 |
                            (uint32_t)step[1] << 24;
            time += *whole ? (int32_t)bits : 0;
        } else if (code < CODE_SKIP) {
            status = finish_event(parser);
            time += low;
            parser->event = (struct event){.open = true, .code = code, .time = time};
        }
    }
    return status;
}

/* Whether the file ends with an end mark; of other annotators than the reference, files that do
 * not are taken for something else. */
static bool is_complete(struct source *source)
{
    uint64_t size = source_is_file(source) ? source_size(source) : 0;
    unsigned char last[2] = {1, 1};
    size_t got;
    bool read = size >= 2 && size % 2 == 0 && source_seek(source, size - 2, NULL) == STATUS_OK &&
                source_read(source, last, 2, &got, NULL) == STATUS_OK;
    return source_is_file(source) && source_seek(source, 0, NULL) == STATUS_OK && read &&
           last[0] == 0 && last[1] == 0;
}

static enum status read_file(const struct wfdb_record *record, const char *name, bool reference,
                             double rate, struct error *error)
{
    struct parser parser = {.record = record, .rate = rate, .error = error};
    enum status status = companion_open(record->source, record->info, name, &parser.source, error);
    if (status == STATUS_OK) {
        bool whole = is_complete(parser.source);
        if (whole || reference) {
            status = read_events(&parser, &whole);
        }
        if (status == STATUS_OK && whole) {
            status = finish_event(&parser);
        } else if (status == STATUS_OK) {
            /* The last event may lack a part of its text. */
            status =
                wfdb_mend(record, error, "%s: %s", source_name(parser.source),
                          reference ? "ends without an end mark; what stands before is read"
                                    : "is no annotation file of MIT's format, or cut short; it is "
                                      "not read");
        }
    }
    free(parser.event.text);
    source_close(parser.source);
    return status;
}

enum status wfdb_annotations_read(const struct wfdb_record *record, double rate,
                                  struct error *error)
{
    char name[4096];
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof annotators / sizeof *annotators && status == STATUS_OK; i++) {
        if (companion_name(record->source, annotators[i], name, sizeof name) &&
            companion_exists(record->source, name)) {
            status = read_file(record, name, i == 0, rate, error);
        }
    }
    return status;
}
