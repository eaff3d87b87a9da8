/* The simple text format of BioSPPy: comments with a key, ":=" and a value (sampling rate,
 * resolution in bits, labels), then rows of numbers, blanks between. */
#include "formats/delimited/preamble.h"
#include "formats/delimited/remarks.h"
#include "formats/delimited/stream.h"

#include <math.h>

static struct probe biosppy_probe(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    if (text_head_starts(head, size, "# Simple Text Format") &&
        text_head_has(head, size, 4096, ":=")) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 85;
    }
    return probe;
}

static enum status fill(struct text_stream *stream, const struct text_preamble *preamble,
                        double given, struct error *error)
{
    struct text_layout *layout = &stream->layout;
    struct text_remarks remarks;
    enum status status =
        text_preamble_table(preamble, 1, source_name(stream->source), layout, error);
    if (status != STATUS_OK) {
        return status;
    }
    text_remarks_find(preamble, layout->lines, layout->dialect.mark, &remarks);
    text_remarks_apply(&remarks, layout);
    double rate = given > 0 ? given : remarks.rate;
    if (!(rate > 0)) {
        return error_set(error, STATUS_NO_RATE,
                         "%s: its header tells no sampling rate; give it with --rate",
                         source_name(stream->source));
    }
    for (size_t c = 0; c < layout->column_count; c++) {
        layout->columns[c].role = TEXT_ROLE_SIGNAL;
    }
    layout->time = layout->moment = SIZE_MAX;
    status = text_stream_channels(stream, rate, error);
    double bits = text_preamble_number(preamble, layout->lines, '\0', "Resolution:=");
    for (size_t c = 0; status == STATUS_OK && c < stream->info->channel_count; c++) {
        if (bits >= 1 && bits <= 32 && bits == rint(bits)) {
            stream->info->channels[c].minimum = 0;
            stream->info->channels[c].maximum = ldexp(1, (int)bits) - 1;
        }
    }
    return status == STATUS_OK ? text_stream_begin(stream, error) : status;
}

static enum status biosppy_open(struct source *source, const struct reader_options *options,
                                struct recording_info *info, void **state, struct error *error)
{
    return text_stream_open(source, options, info, fill, state, error);
}

const struct reader reader_biosppy = {
    .id = "biosppy",
    .description = "BioSPPy simple text",
    .extensions = "txt",
    .streams = true,
    .probe = biosppy_probe,
    .open = biosppy_open,
    .read = text_stream_read,
    .close = text_stream_close,
};
