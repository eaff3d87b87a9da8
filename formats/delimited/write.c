/* Text tables: "time,label (unit),..." and a row a sample. A sample is the shortest decimal that
 * reads back to the same float, a gap is NaN, times are seconds to the nanosecond. */
#include "formats/audio/interleave.h"
#include "formats/number.h"
#include "formats/writer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536

struct text_writer {
    struct output *output;
    struct gather gather;
    char delimiter;
    double rate;
    uint64_t done; /* rows */
    size_t used;
    char buffer[BUFFER_SIZE];
};

static enum status flush(struct text_writer *writer, struct error *error)
{
    size_t size = writer->used;
    writer->used = 0;
    errno = 0;
    if (fwrite(writer->buffer, 1, size, output_stream(writer->output)) != size) {
        return error_set(error, STATUS_FAILED, "%s: cannot be written: %s; is the disk full?",
                         output_name(writer->output), strerror(errno ? errno : EIO));
    }
    return STATUS_OK;
}

/* Makes room for some bytes more. */
static enum status reserve(struct text_writer *writer, size_t size, struct error *error)
{
    return BUFFER_SIZE - writer->used < size ? flush(writer, error) : STATUS_OK;
}

static void put_char(struct text_writer *writer, char c)
{
    writer->buffer[writer->used++] = c;
}

/* Writes a cell of the header, in quotes where it needs them. */
static void put_label(struct text_writer *writer, const struct channel *channel)
{
    char text[LABEL_SIZE + UNIT_SIZE + 8];
    snprintf(text, sizeof text, channel->unit[0] ? "%s (%s)" : "%s", channel->label, channel->unit);
    bool quote = text[strcspn(text, ",;\t\"\n\r")] != '\0' || text[0] == ' ' || text[0] == '\0';
    if (quote) {
        put_char(writer, '"');
    }
    for (const char *p = text; *p; p++) {
        if (*p == '"') {
            put_char(writer, '"');
        }
        put_char(writer, *p);
    }
    if (quote) {
        put_char(writer, '"');
    }
}

/* Writes i / rate in seconds, rounded to the nanosecond, without zeros at the end. */
static void put_time(struct text_writer *writer, uint64_t i)
{
    double time = (double)i / writer->rate;
    double whole = floor(time);
    uint64_t seconds = (uint64_t)whole, nanoseconds = (uint64_t)llround((time - whole) * 1e9);
    char digits[24];
    if (nanoseconds == 1000000000) {
        seconds++;
        nanoseconds = 0;
    }
    int count = 0;
    do {
        digits[count++] = (char)('0' + seconds % 10);
        seconds /= 10;
    } while (seconds > 0);
    while (count > 0) {
        put_char(writer, digits[--count]);
    }
    if (nanoseconds > 0) {
        put_char(writer, '.');
        for (uint64_t place = 100000000; nanoseconds > 0; place /= 10) {
            put_char(writer, (char)('0' + nanoseconds / place));
            nanoseconds %= place;
        }
    }
}

static enum status put_header(struct text_writer *writer, const struct recording_info *info,
                              struct error *error)
{
    enum status status = STATUS_OK;
    memcpy(writer->buffer, "time", 4);
    writer->used = 4;
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        status = reserve(writer, 2 * (LABEL_SIZE + UNIT_SIZE) + 64, error);
        put_char(writer, writer->delimiter);
        put_label(writer, &info->channels[c]);
    }
    put_char(writer, '\n');
    return status;
}

static void text_abort(void *state)
{
    struct text_writer *writer = state;
    if (writer) {
        gather_clear(&writer->gather);
        free(writer);
    }
}

static enum status open_with(char delimiter, struct output *output,
                             const struct recording_info *info, void **state, struct error *error)
{
    *state = NULL;
    double rate = interleave_rate(info, output_name(output), "a table", error);
    if (rate == 0) {
        return STATUS_FAILED;
    }
    struct text_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return error_memory(error, "writing a recording");
    }
    writer->output = output;
    writer->delimiter = delimiter;
    writer->rate = rate;
    enum status status = gather_create(&writer->gather, info->channel_count, error);
    if (status == STATUS_OK) {
        status = put_header(writer, info, error);
    }
    if (status == STATUS_OK) {
        *state = writer;
    } else {
        text_abort(writer);
    }
    return status;
}

static enum status csv_open(struct output *output, const struct recording_info *info, void **state,
                            struct error *error)
{
    return open_with(',', output, info, state, error);
}

static enum status tsv_open(struct output *output, const struct recording_info *info, void **state,
                            struct error *error)
{
    return open_with('\t', output, info, state, error);
}

/* Writes the frames that are complete. */
static enum status drain(struct text_writer *writer, struct error *error)
{
    enum status status = STATUS_OK;
    size_t channels = writer->gather.channels;
    for (size_t frames; status == STATUS_OK && (frames = gather_take(&writer->gather)) > 0;) {
        for (size_t i = 0; i < frames && status == STATUS_OK; i++) {
            status = reserve(writer, NUMBER_SIZE, error);
            put_time(writer, writer->done++);
            for (size_t c = 0; c < channels && status == STATUS_OK; c++) {
                status = reserve(writer, NUMBER_SIZE + 2, error);
                put_char(writer, writer->delimiter);
                writer->used += number_format_float(writer->gather.frames[i * channels + c],
                                                    writer->buffer + writer->used);
            }
            put_char(writer, '\n');
        }
    }
    return status;
}

static enum status text_write(void *state, const struct block *block, struct error *error)
{
    struct text_writer *writer = state;
    enum status status = gather_push(&writer->gather, block, error);
    return status == STATUS_OK ? drain(writer, error) : status;
}

static enum status text_finish(void *state, struct error *error)
{
    struct text_writer *writer = state;
    enum status status = gather_level(&writer->gather, error);
    if (status == STATUS_OK) {
        status = drain(writer, error);
    }
    if (status == STATUS_OK) {
        status = flush(writer, error);
    }
    text_abort(writer);
    return status;
}

const struct writer writer_csv = {
    .id = "csv",
    .description = "text table, comma separated, with times",
    .extensions = "csv",
    .streams = true,
    .mixed_rates = false,
    .open = csv_open,
    .write = text_write,
    .close = text_finish,
    .abort = text_abort,
};

const struct writer writer_tsv = {
    .id = "tsv",
    .description = "text table, tab separated, with times",
    .extensions = "tsv",
    .streams = true,
    .mixed_rates = false,
    .open = tsv_open,
    .write = text_write,
    .close = text_finish,
    .abort = text_abort,
};
