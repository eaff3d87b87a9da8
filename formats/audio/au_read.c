/* AU files and streams: those that Soleus writes (see au.h) and plain ones of whole numbers and
 * floats. The companded encodings are left to libsndfile. */
#include "formats/audio/au.h"
#include "formats/audio/interleave.h"
#include "formats/checked.h"
#include "formats/reader.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct header {
    uint32_t offset, size, encoding, rate, channels;
};

struct au {
    struct source *source;
    struct recording_info *info;
    bool strict;
    enum au_encoding encoding;
    size_t frame_size; /* bytes */
    size_t limit;      /* frames that fit raw and frames */
    uint64_t left;     /* bytes of samples still to come; UINT64_MAX: until the end */
    uint64_t done;     /* frames read */
    unsigned char *raw;
    float *frames;
};

static uint32_t word(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static size_t sample_size(uint32_t encoding)
{
    switch (encoding) {
    case AU_INTEGER_8:
        return 1;
    case AU_INTEGER_16:
        return 2;
    case AU_INTEGER_24:
        return 3;
    case AU_INTEGER_32:
    case AU_FLOAT:
        return 4;
    case AU_DOUBLE:
        return 8;
    default:
        return 0;
    }
}

/* What is wrong with a header that begins as AU; NULL when nothing is. */
static const char *parse_header(const unsigned char *head, size_t size, struct header *header)
{
    if (size < AU_HEADER_SIZE) {
        return "its header is cut short";
    }
    *header = (struct header){word(head + 4), word(head + 8), word(head + 12), word(head + 16),
                              word(head + 20)};
    if (header->offset < AU_HEADER_SIZE) {
        return "its samples are said to begin inside the header";
    }
    if (header->channels == 0) {
        return "its header says 0 channels";
    }
    return NULL;
}

static struct probe au_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    struct header header;
    (void)path;
    if (size < 4 || memcmp(head, ".snd", 4) != 0) {
        return probe;
    }
    const char *problem = parse_header(head, size, &header);
    if (problem) {
        probe.verdict = PROBE_BROKEN;
        probe.confidence = 90;
        snprintf(probe.reason, sizeof probe.reason, "%s; was it written to the end?", problem);
    } else if (sample_size(header.encoding) > 0) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 90;
    }
    return probe;
}

/* Reads what lies between the header and the samples; *text is to be freed. */
static enum status read_annotation(struct source *source, uint32_t offset, char **text,
                                   size_t *length, struct error *error)
{
    uint64_t wanted = offset - AU_HEADER_SIZE, skipped = 0;
    size_t size = wanted < AU_ANNOTATION_MAX ? (size_t)wanted : 0, room = 4096, got = 0;
    enum status status = STATUS_OK;
    *length = 0;
    *text = NULL;
    /* Grows with what is there, not with what the header claims. */
    for (; status == STATUS_OK && *length < size && got == 0; room *= 2) {
        room = room < size ? room : size;
        char *grown = checked_realloc(*text, room, 1);
        if (!grown) {
            return error_memory(error, "reading a header");
        }
        *text = grown;
        status = source_read(source, *text + *length, room - *length, &got, error);
        *length += got;
        got = *length < room; /* the stream has ended */
    }
    if (status == STATUS_OK) {
        status = source_skip(source, wanted - *length, &skipped, error);
    }
    if (status == STATUS_OK && *length + skipped < wanted) {
        status = error_set(error, STATUS_FAILED,
                           "%s: the AU header puts the samples at byte %" PRIu32
                           ", but the file ends at byte %" PRIu64 "; it was cut short",
                           source_name(source), offset, source_position(source));
    }
    return status;
}

/* The channels of a file without an annotation, or what the annotation leaves open. */
static void set_channels(struct recording_info *info, const struct header *header, double rate,
                         bool described)
{
    size_t bits = sample_size(header->encoding) * 8;
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        channel->rate = rate;
        if (!described && header->encoding < AU_FLOAT) {
            channel->minimum = -1;
            channel->maximum = 1 - ldexp(1, 1 - (int)bits);
        }
    }
}

/* The rate: the caller's, the annotation's, or the header's. */
static enum status choose_rate(const char *name, const struct header *header, double annotated,
                               double given, double *rate, struct error *error)
{
    *rate = given > 0 ? given : annotated > 0 ? annotated : header->rate;
    if (given > 0) {
        return STATUS_OK;
    }
    if (annotated > 0 && fabs(annotated - header->rate) > 1 && annotated < UINT32_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: the AU header says %" PRIu32 " Hz, its annotation %g Hz: another "
                         "program has changed one of them; give the rate with --rate",
                         name, header->rate, annotated);
    }
    if (*rate == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: the AU header says 0 Hz; give the rate with --rate", name);
    }
    return STATUS_OK;
}

/* How many bytes of samples there will be, as far as that can be known. */
static enum status expect_size(struct au *au, const struct header *header, struct error *error)
{
    /* A program that was stopped before it could fill the size in leaves 0 there. */
    bool known = header->size != AU_SIZE_UNKNOWN && header->size != 0;
    au->left = known ? header->size : UINT64_MAX;
    if (!source_is_file(au->source)) {
        return STATUS_OK;
    }
    uint64_t there =
        source_size(au->source) > header->offset ? source_size(au->source) - header->offset : 0;
    if (au->strict && known && there < header->size) {
        return error_set(error, STATUS_FAILED,
                         "%s: cut short: the AU header claims %" PRIu32
                         " bytes of samples, there are %" PRIu64,
                         source_name(au->source), header->size, there);
    }
    there = there < au->left ? there : au->left;
    au->info->duration = (double)(there / au->frame_size) / au->info->channels[0].rate;
    return STATUS_OK;
}

static void au_close(void *state)
{
    struct au *au = state;
    if (au) {
        free(au->raw);
        free(au->frames);
        free(au);
    }
}

static enum status open_described(struct au *au, const struct header *header, double given,
                                  struct error *error)
{
    const char *name = source_name(au->source);
    char *text = NULL;
    size_t length = 0;
    double annotated = 0, rate = 0;
    bool found = false;
    enum status status = recording_info_allocate(au->info, header->channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, name);
        return status;
    }
    status = read_annotation(au->source, header->offset, &text, &length, error);
    if (status == STATUS_OK && length > 0) {
        status = au_annotation_decode(text, length, name, au->info, &annotated, &found, error);
    }
    if (status == STATUS_OK && found && header->encoding < AU_FLOAT) {
        status = error_set(error, STATUS_FAILED,
                           "%s: the annotation speaks of physical units, but the samples are whole "
                           "numbers: another program has converted them; let it write floats",
                           name);
    }
    if (status == STATUS_OK) {
        status = choose_rate(name, header, found ? annotated : 0, given, &rate, error);
    }
    if (status == STATUS_OK) {
        set_channels(au->info, header, rate, found);
    }
    free(text);
    return status;
}

static enum status au_open(struct source *source, const struct reader_options *options,
                           struct recording_info *info, void **state, struct error *error)
{
    unsigned char head[AU_HEADER_SIZE];
    size_t got;
    struct header header;
    *state = NULL;
    enum status status = source_read(source, head, sizeof head, &got, error);
    if (status != STATUS_OK) {
        return status;
    }
    bool snd = got >= 4 && memcmp(head, ".snd", 4) == 0;
    const char *problem = snd ? parse_header(head, got, &header) : "it does not begin with '.snd'";
    if (!problem && sample_size(header.encoding) == 0) {
        problem = "its samples are neither whole numbers nor floats";
    }
    if (problem) {
        return error_set(error, STATUS_FAILED, "%s: cannot be read as AU: %s", source_name(source),
                         problem);
    }
    struct au *au = calloc(1, sizeof *au);
    if (!au) {
        return error_memory(error, "opening a recording");
    }
    *au = (struct au){.source = source, .info = info, .strict = options->strict};
    au->encoding = (enum au_encoding)header.encoding;
    status = open_described(au, &header, options->rate, error);
    if (status != STATUS_OK) {
        goto out;
    }
    au->frame_size = sample_size(header.encoding) * info->channel_count;
    au->limit = GATHER_VALUES / info->channel_count;
    au->limit = au->limit > 0 ? au->limit : 1;
    status = expect_size(au, &header, error);
    au->raw = checked_calloc(au->limit, au->frame_size);
    au->frames = checked_calloc(au->limit * info->channel_count, sizeof *au->frames);
    if (status == STATUS_OK && (!au->raw || !au->frames)) {
        status = error_memory(error, "opening a recording");
    }
    if (status == STATUS_OK) {
        *state = au;
        au = NULL;
    }
out:
    au_close(au);
    return status;
}

/* Big-endian samples to floats; whole numbers to ±1. */
static void decode(enum au_encoding encoding, const unsigned char *raw, size_t count, float *to)
{
    switch (encoding) {
    case AU_INTEGER_8:
        for (size_t i = 0; i < count; i++) {
            to[i] = (float)(int8_t)raw[i] / 0x80;
        }
        break;
    case AU_INTEGER_16:
        for (size_t i = 0; i < count; i++) {
            to[i] = (float)(int16_t)(raw[2 * i] << 8 | raw[2 * i + 1]) / 0x8000;
        }
        break;
    case AU_INTEGER_24:
        for (size_t i = 0; i < count; i++) {
            const unsigned char *p = raw + 3 * i;
            uint32_t bits = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8;
            to[i] = (float)(int32_t)bits / 0x80000000u;
        }
        break;
    case AU_INTEGER_32:
        for (size_t i = 0; i < count; i++) {
            to[i] = (float)(int32_t)word(raw + 4 * i) / 0x80000000u;
        }
        break;
    case AU_FLOAT:
        for (size_t i = 0; i < count; i++) {
            uint32_t bits = word(raw + 4 * i);
            memcpy(&to[i], &bits, sizeof bits);
        }
        break;
    case AU_DOUBLE:
        for (size_t i = 0; i < count; i++) {
            uint64_t bits = (uint64_t)word(raw + 8 * i) << 32 | word(raw + 8 * i + 4);
            double value;
            memcpy(&value, &bits, sizeof bits);
            to[i] = (float)value;
        }
        break;
    }
}

/* The samples have ended: before the header said so, or `partial` bytes into a frame? */
static enum status note_truncation(struct au *au, size_t partial, struct error *error)
{
    bool short_of = au->left != UINT64_MAX && au->left > 0;
    const char *name = source_name(au->source);
    if (!short_of && partial == 0) {
        return STATUS_OK;
    }
    if (au->strict) {
        return error_set(error, STATUS_FAILED, "%s: cut short after %" PRIu64 " frames%s", name,
                         au->done, partial ? ", inside a frame" : "");
    }
    warnings_add(&au->info->warnings, "%s: cut short after %" PRIu64 " frames%s", name, au->done,
                 partial ? ", inside a frame, which is left out" : "");
    au->left = 0;
    return STATUS_OK;
}

static enum status au_read(void *state, struct block *block, struct error *error)
{
    struct au *au = state;
    size_t room = interleave_room(block, SIZE_MAX), done = 0;
    enum status status = STATUS_OK;
    bool ended = false;
    interleave_set_frames(block, 0);
    while (done < room && !ended && status == STATUS_OK) {
        size_t step = room - done < au->limit ? room - done : au->limit, got = 0;
        size_t bytes = step * au->frame_size;
        size_t wanted = au->left < bytes ? (size_t)au->left : bytes;
        status = source_read(au->source, au->raw, wanted, &got, error);
        if (status != STATUS_OK) {
            break;
        }
        size_t frames = got / au->frame_size;
        decode(au->encoding, au->raw, frames * au->info->channel_count, au->frames);
        if (interleave_spread(au->frames, frames, au->info, block, done)) {
            warnings_add(&au->info->warnings, "%s: infinite samples are taken for gaps",
                         source_name(au->source));
        }
        done += frames;
        au->done += frames;
        au->left -= au->left == UINT64_MAX ? 0 : got;
        ended = got < bytes;
        if (ended) {
            status = note_truncation(au, got % au->frame_size, error);
        }
    }
    interleave_set_frames(block, done);
    return status;
}

const struct reader reader_au = {
    .id = "au",
    .description = "Sun AU (also what Soleus sends through pipes)",
    .extensions = "au snd",
    .streams = true,
    .probe = au_probe,
    .open = au_open,
    .read = au_read,
    .close = au_close,
};
