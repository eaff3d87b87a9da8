/* AU of 32-bit floats with the description that au.h defines: the format of Soleus's pipes. */
#include "formats/audio/au.h"
#include "formats/audio/interleave.h"
#include "formats/checked.h"
#include "formats/writer.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

struct au_writer {
    struct output *output;
    struct gather gather;
    unsigned char *bytes; /* room for gather.frames as big-endian floats */
    uint64_t size;        /* bytes of samples written */
};

static void put_word(unsigned char *to, uint32_t value)
{
    to[0] = (unsigned char)(value >> 24);
    to[1] = (unsigned char)(value >> 16);
    to[2] = (unsigned char)(value >> 8);
    to[3] = (unsigned char)value;
}

static enum status put(struct au_writer *writer, const void *data, size_t size, struct error *error)
{
    errno = 0;
    if (fwrite(data, 1, size, output_stream(writer->output)) != size) {
        return error_set(error, STATUS_FAILED, "%s: cannot be written: %s; is the disk full?",
                         output_name(writer->output), strerror(errno ? errno : EIO));
    }
    return STATUS_OK;
}

static enum status put_header(struct au_writer *writer, const struct recording_info *info,
                              double rate, struct error *error)
{
    char *text = au_annotation_encode(info, output_name(writer->output), error);
    unsigned char head[AU_HEADER_SIZE] = ".snd";
    static const char zeros[8] = {0};
    if (!text) {
        return STATUS_FAILED;
    }
    size_t length = strlen(text);
    size_t padding = 8 - length % 8; /* at least one NUL ends the text */
    double rounded = fmin(fmax(rint(rate), 1), UINT32_MAX);
    put_word(head + 4, (uint32_t)(AU_HEADER_SIZE + length + padding));
    put_word(head + 8, AU_SIZE_UNKNOWN);
    put_word(head + 12, AU_FLOAT);
    put_word(head + 16, (uint32_t)rounded);
    put_word(head + 20, (uint32_t)info->channel_count);
    enum status status = put(writer, head, sizeof head, error);
    if (status == STATUS_OK) {
        status = put(writer, text, length, error);
    }
    if (status == STATUS_OK) {
        status = put(writer, zeros, padding, error);
    }
    free(text);
    return status;
}

static void au_abort(void *state)
{
    struct au_writer *writer = state;
    if (writer) {
        gather_clear(&writer->gather);
        free(writer->bytes);
        free(writer);
    }
}

static enum status au_open(struct output *output, const struct recording_info *info, void **state,
                           struct error *error)
{
    *state = NULL;
    double rate = interleave_rate(info, output_name(output), "AU", error);
    if (rate == 0) {
        return STATUS_FAILED;
    }
    struct au_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return error_memory(error, "writing a recording");
    }
    writer->output = output;
    enum status status = gather_create(&writer->gather, info->channel_count, error);
    if (status == STATUS_OK) {
        writer->bytes = checked_calloc(writer->gather.limit * info->channel_count, 4);
        status = writer->bytes ? put_header(writer, info, rate, error)
                               : error_memory(error, "writing a recording");
    }
    if (status == STATUS_OK) {
        *state = writer;
    } else {
        au_abort(writer);
    }
    return status;
}

/* Writes the frames that are complete. */
static enum status drain(struct au_writer *writer, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t frames; status == STATUS_OK && (frames = gather_take(&writer->gather)) > 0;) {
        size_t count = frames * writer->gather.channels;
        for (size_t i = 0; i < count; i++) {
            uint32_t bits = 0x7fc00000; /* one NaN for all, so that equal data are equal bytes */
            if (!isnan(writer->gather.frames[i])) {
                memcpy(&bits, &writer->gather.frames[i], sizeof bits);
            }
            put_word(writer->bytes + 4 * i, bits);
        }
        status = put(writer, writer->bytes, 4 * count, error);
        writer->size += 4 * count;
    }
    return status;
}

static enum status au_write(void *state, const struct block *block, struct error *error)
{
    struct au_writer *writer = state;
    enum status status = gather_push(&writer->gather, block, error);
    return status == STATUS_OK ? drain(writer, error) : status;
}

/* A file, unlike a pipe, can be told its size at the end. */
static enum status put_size(struct au_writer *writer, struct error *error)
{
    FILE *stream = output_stream(writer->output);
    struct stat about;
    unsigned char size[4];
    if (!output_path(writer->output) || writer->size >= AU_SIZE_UNKNOWN ||
        fstat(fileno(stream), &about) != 0 || !S_ISREG(about.st_mode)) {
        return STATUS_OK;
    }
    put_word(size, (uint32_t)writer->size);
    if (fseeko(stream, 8, SEEK_SET) != 0) {
        return error_set(error, STATUS_FAILED, "%s: cannot be written: %s; is the disk full?",
                         output_name(writer->output), strerror(errno));
    }
    return put(writer, size, sizeof size, error);
}

static enum status au_finish(void *state, struct error *error)
{
    struct au_writer *writer = state;
    enum status status = gather_level(&writer->gather, error);
    if (status == STATUS_OK) {
        status = drain(writer, error);
    }
    if (status == STATUS_OK) {
        status = put_size(writer, error);
    }
    au_abort(writer);
    return status;
}

const struct writer writer_au = {
    .id = "au",
    .description = "Sun AU, 32-bit float, with labels and units (the format of pipes)",
    .extensions = "au snd",
    .streams = true,
    .mixed_rates = false,
    .annotations = true,
    .open = au_open,
    .write = au_write,
    .close = au_finish,
    .abort = au_abort,
};
