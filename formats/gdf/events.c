/* The table of events at the end of a GDF file.
 *
 * Eight bytes: a mode (bit 1: durations and channels; bit 2: time stamps), the number of events and
 * the rate that their positions count; then the columns: positions from 1, types, and by mode
 * channels, durations, time stamps. */
#include "formats/checked.h"
#include "formats/gdf/gdf.h"
#include "formats/little_endian.h"
#include "formats/mend.h"
#include "formats/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEAD_SIZE     8
#define TYPE_END      0x8000 /* added to a type: the end of such an event */
#define TYPE_SEGMENT  0x7ffe
#define TYPE_SAMPLE   0x7fff /* a sample of a sparse signal; its value stands for the duration */
#define TAG_TEXTS     1      /* of header 3: texts of the types 0, 1, 2, ... */
#define TEXT_MAX      800    /* bytes of one that are shown */
#define PIECE         65536
#define VERSION_COUNT 1.94 /* from here on 24 bits of count and a float of rate */

struct table {
    const struct gdf_header *header;
    struct recording_info *info;
    const unsigned char *positions, *types, *channels, *durations; /* the last two may be NULL */
    size_t count;
    double rate;
    size_t sparse;      /* sparse samples that could not be read */
    const char **texts; /* owned; the file's own, by type: in header 3, ended by NUL or its end */
    size_t text_count;
    const char *texts_end;
};

/* Up to size bytes; memory grows with what comes, not with what is claimed. */
static enum status read_grown(struct source *source, uint64_t size, unsigned char **to, size_t *got,
                              struct error *error)
{
    size_t capacity = 0, more = 1;
    enum status status = STATUS_OK;
    *to = NULL;
    *got = 0;
    while (status == STATUS_OK && *got < size && more > 0) {
        uint64_t left = size - *got;
        size_t wanted = left < PIECE ? (size_t)left : PIECE;
        if (*got + wanted > capacity) {
            capacity = 2 * capacity + wanted;
            unsigned char *grown = checked_realloc(*to, capacity, 1);
            if (!grown) {
                return error_memory(error, "reading a table of events");
            }
            *to = grown;
        }
        status = source_read(source, *to + *got, wanted, &more, error);
        *got += more;
    }
    return status;
}

/* The field of header 3 that has the texts of types; false when there is none. */
static bool find_texts(const struct gdf_header *header, const char **begin, const char **end)
{
    const unsigned char *at = header->tagged;
    size_t left = header->tagged_size;
    while (left >= 4 && at[0] != 0) {
        size_t size = (size_t)gdf_bits(at + 1, 3);
        if (size > left - 4) {
            return false;
        }
        if (at[0] == TAG_TEXTS) {
            *begin = (const char *)at + 4;
            *end = *begin + size;
            return true;
        }
        at += 4 + size;
        left -= 4 + size;
    }
    return false;
}

/* Lists the file's own texts once, so that a table of many events does not search for each. */
static enum status list_texts(struct table *table, struct error *error)
{
    const char *text, *end;
    if (!find_texts(table->header, &text, &end) || text == end) {
        return STATUS_OK;
    }
    size_t room = (size_t)(end - text) < TYPE_END ? (size_t)(end - text) : TYPE_END;
    table->texts = checked_calloc(room, sizeof *table->texts);
    if (!table->texts) {
        return error_memory(error, "reading a table of events");
    }
    table->texts_end = end;
    while (text < end && table->text_count < room) {
        table->texts[table->text_count++] = text;
        text += strnlen(text, (size_t)(end - text)) + 1;
    }
    return STATUS_OK;
}

/* The file's own text of a type. */
static const char *own_text(const struct table *table, unsigned type, size_t *length)
{
    if (type >= table->text_count) {
        return NULL;
    }
    const char *text = table->texts[type];
    size_t left = (size_t)(table->texts_end - text);
    *length = strnlen(text, left < TEXT_MAX ? left : TEXT_MAX);
    return *length > 0 ? text : NULL;
}

static unsigned type_of(const struct table *table, size_t i)
{
    return (unsigned)gdf_bits(table->types + 2 * i, 2);
}

/* s; positions count from 1. */
static double onset_of(const struct table *table, size_t i)
{
    double position = (double)gdf_bits(table->positions + 4 * i, 4);
    return (position > 0 ? position - 1 : 0) / table->rate;
}

static size_t channel_of(const struct table *table, size_t i)
{
    return table->channels ? (size_t)gdf_bits(table->channels + 2 * i, 2) : 0;
}

/* Duration: its column, or the end of the event of the same type and channel, where one follows. */
static double duration_of(const struct table *table, size_t i)
{
    unsigned type = type_of(table, i);
    if (table->durations) {
        double duration = (double)gdf_bits(table->durations + 4 * i, 4);
        return duration > 0 ? duration / table->rate : NAN;
    }
    /* An end is near, or there is none: a table of a million events is not searched for each. */
    for (size_t k = i + 1; k < table->count && k < i + 1000; k++) {
        if (type_of(table, k) == (type | TYPE_END)) {
            double duration = onset_of(table, k) - onset_of(table, i);
            return duration >= 0 ? duration : NAN;
        }
        if (type_of(table, k) == type) {
            break;
        }
    }
    return NAN;
}

static enum status add_sparse(struct table *table, size_t i, struct error *error)
{
    size_t number = channel_of(table, i);
    const struct gdf_signal *signal = number > 0 && number <= table->header->signal_count
                                          ? &table->header->signals[number - 1]
                                          : NULL;
    float value = NAN;
    char text[LABEL_SIZE + UNIT_SIZE + 40];
    if (!signal || !table->durations || signal->width > 4) {
        table->sparse++;
        return STATUS_OK;
    }
    gdf_decode(&value, table->durations + 4 * i, 4, 1, signal->type, signal->gain, signal->offset);
    snprintf(text, sizeof text, "%s = %.7g %s", signal->label, (double)value, signal->unit);
    return recording_info_annotate(table->info, onset_of(table, i), NAN, text, strlen(text), error);
}

static enum status add_event(struct table *table, size_t i, struct error *error)
{
    unsigned type = type_of(table, i);
    size_t length = 0, number = channel_of(table, i);
    char text[24], joined[1024];
    if (type == TYPE_SAMPLE) {
        return add_sparse(table, i, error);
    }
    const char *name = own_text(table, type, &length);
    if (!name) {
        name = gdf_event_text(type);
        length = name ? strlen(name) : 0;
    }
    if (!name) {
        snprintf(text, sizeof text, type < 0x100 ? "condition %u" : "0x%04x", type);
        name = text;
        length = strlen(text);
    }
    if (number > 0 && number <= table->header->signal_count) {
        snprintf(joined, sizeof joined, "%.*s (%s)", (int)length, name,
                 table->header->signals[number - 1].label);
        name = joined;
        length = strlen(joined);
    }
    return recording_info_annotate(table->info, onset_of(table, i), duration_of(table, i), name,
                                   length, error);
}

static enum status add_all(struct table *table, const char *name, bool strict, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < table->count && status == STATUS_OK; i++) {
        unsigned type = type_of(table, i);
        /* Ends of events are told as durations; 0 is an empty row. */
        if (type != 0 && !(type & TYPE_END)) {
            status = add_event(table, i, error);
        }
        if (status == STATUS_OK && type == TYPE_SEGMENT && onset_of(table, i) > 0) {
            status = mend(name, strict, table->info, error,
                          "the recording was interrupted at %.10g s for a time that the file "
                          "does not tell; times after it leave the break out",
                          onset_of(table, i));
        }
    }
    if (status == STATUS_OK && table->sparse > 0) {
        status = mend(name, strict, table->info, error,
                      "%zu values of unevenly sampled signals cannot be read", table->sparse);
    }
    return status;
}

static enum status parse_head(const unsigned char *head, const char *name, bool strict,
                              struct table *table, uint64_t *claimed, struct error *error)
{
    const struct gdf_header *header = table->header;
    if (header->version > VERSION_COUNT - 0.001) {
        *claimed = gdf_bits(head + 1, 3);
        table->rate = (double)little_float(head + 4);
    } else {
        *claimed = gdf_bits(head + 4, 4);
        table->rate = (double)gdf_bits(head + 1, 3);
    }
    if (*claimed > 0 && (!(table->rate > 0) || !isfinite(table->rate))) {
        double highest = 0;
        for (size_t c = 0; c < table->info->channel_count; c++) {
            highest = fmax(highest, table->info->channels[c].rate);
        }
        table->rate = highest;
        return mend(name, strict, table->info, error,
                    "the table of events has no rate of its own; its positions are taken for "
                    "samples at %g Hz",
                    highest);
    }
    return STATUS_OK;
}

enum status gdf_events_read(struct source *source, const struct gdf_header *header, bool strict,
                            struct recording_info *info, struct error *error)
{
    const char *name = source_name(source);
    unsigned char head[HEAD_SIZE], *rows = NULL;
    struct table table = {.header = header, .info = info};
    uint64_t claimed = 0;
    size_t got = 0;
    enum status status = source_read(source, head, sizeof head, &got, error);
    if (status != STATUS_OK || got < sizeof head) {
        return status;
    }
    status = parse_head(head, name, strict, &table, &claimed, error);
    size_t width = (head[0] & 2 ? 12 : 6) + (head[0] & 4 ? 8 : 0);
    if (status == STATUS_OK) {
        status = read_grown(source, claimed * width, &rows, &got, error);
    }
    if (status == STATUS_OK && got < claimed * width) {
        /* By columns: where one ends too early, the next have moved. */
        status = mend(name, strict, info, error,
                      "the table of events claims %" PRIu64 " events (%" PRIu64
                      " bytes), but %zu bytes follow; events are left out",
                      claimed, claimed * width, got);
    } else if (status == STATUS_OK && claimed > 0) {
        table.count = (size_t)claimed;
        table.positions = rows;
        table.types = rows + 4 * table.count;
        if (head[0] & 2) {
            table.channels = rows + 6 * table.count;
            table.durations = rows + 8 * table.count;
        }
        status = list_texts(&table, error);
        status = status == STATUS_OK ? add_all(&table, name, strict, error) : status;
    }
    free(table.texts);
    free(rows);
    return status;
}
