#include "formats/checked.h"
#include "formats/text.h"
#include "formats/utf8.h"
#include "formats/xdf/streams.h"
#include "formats/xml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Larger headers are none. */
#define XML_MAX ((uint64_t)64 << 20)

/* Parses the XML at [from, end); *document is NULL when it is none, or defines entities. */
static enum status load_xml(const struct source *source, uint64_t from, uint64_t end,
                            xmlDocPtr *document, struct error *error)
{
    size_t got, size = end - from < XML_MAX ? (size_t)(end - from) : 0;
    char *bytes = checked_calloc(size, 1), *text = NULL;
    *document = NULL;
    if (!bytes) {
        return error_memory(error, "reading a header");
    }
    enum status status = read_at(source, from, bytes, size, &got, error);
    if (status == STATUS_OK) {
        text = utf8_duplicate(bytes, got);
        status = text ? STATUS_OK : error_memory(error, "reading a header");
    }
    free(bytes);
    if (status == STATUS_OK) {
        xml_parse(text, strlen(text), "UTF-8", source_name(source), "header", document, NULL);
    }
    free(text);
    return status;
}

static bool type_of(const char *name, enum xdf_type *type)
{
    static const char *const names[] = {"int8",    "int16",    "int32", "int64",
                                        "float32", "double64", "string"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *type = (enum xdf_type)i;
            return true;
        }
    }
    return false;
}

static void read_device(const xmlNode *info, struct xdf_stream *stream)
{
    char maker[40], model[40];
    const xmlNode *description = xml_child(info, "desc");
    const xmlNode *from = xml_child(description, "acquisition");
    from = from ? from : description;
    xml_text(from, "manufacturer", maker, sizeof maker);
    xml_text(from, "model", model, sizeof model);
    snprintf(stream->device, sizeof stream->device, "%s%s%s", maker,
             maker[0] && model[0] ? " " : "", model);
}

enum status xdf_header_read(const struct source *source, struct xdf_stream *stream, bool *sound,
                            struct error *error)
{
    xmlDocPtr document;
    char text[LABEL_SIZE];
    int64_t channels = 0;
    enum status status = load_xml(source, stream->header, stream->header_end, &document, error);
    const xmlNode *info = document ? xmlDocGetRootElement(document) : NULL;
    *sound = info != NULL;
    if (info) {
        xml_text(info, "name", stream->name, sizeof stream->name);
        xml_text(info, "type", stream->kind, sizeof stream->kind);
        xml_text(info, "channel_format", text, sizeof text);
        *sound = type_of(text, &stream->type);
        xml_text(info, "channel_count", text, sizeof text);
        *sound = *sound && text_integer(text, strlen(text), &channels) && channels > 0 &&
                 channels <= 65536;
        xml_text(info, "nominal_srate", text, sizeof text);
        bool rated = text_real(text, strlen(text), &stream->nominal);
        stream->nominal =
            rated && stream->nominal > 1e-6 && stream->nominal < 1e9 ? stream->nominal : 0;
        stream->channels = (size_t)channels;
        read_device(info, stream);
    }
    xmlFreeDoc(document);
    return status;
}

static enum channel_type channel_type(const struct xdf_stream *stream, const char *kind,
                                      const char *label)
{
    enum channel_type type = text_channel_type(kind, "", "");
    if (type == CHANNEL_UNKNOWN && strcasestr(stream->kind, "EMG")) {
        type = text_channel_type(label, "", "") == CHANNEL_OTHER ? CHANNEL_OTHER : CHANNEL_EMG;
    }
    return type;
}

static void set_limits(const struct xdf_stream *stream, struct channel *channel)
{
    static const double largest[] = {127, 32767, 2147483647.0, 9223372036854775807.0};
    if (stream->type <= XDF_INT64) {
        channel->minimum = -largest[stream->type] - 1;
        channel->maximum = largest[stream->type];
    }
}

enum status xdf_header_channels(const struct source *source, const struct xdf_stream *stream,
                                struct channel *channels, struct error *error)
{
    xmlDocPtr document;
    enum status status = load_xml(source, stream->header, stream->header_end, &document, error);
    const xmlNode *info = document ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *at = xml_child(xml_child(xml_child(info, "desc"), "channels"), "channel");
    for (size_t c = 0; c < stream->channels && status == STATUS_OK; c++) {
        struct channel *channel = &channels[c];
        char kind[LABEL_SIZE];
        xml_text(at, "label", channel->label, sizeof channel->label);
        xml_text(at, "unit", channel->file_unit, sizeof channel->file_unit);
        xml_text(at, "type", kind, sizeof kind);
        if (channel->label[0] == '\0') {
            char composed[LABEL_SIZE + 24];
            int length = snprintf(composed, sizeof composed, "%s %zu", stream->name, c + 1);
            text_from_field(channel->label, sizeof channel->label, composed, (size_t)length);
        }
        channel->type = channel_type(stream, kind, channel->label);
        set_limits(stream, channel);
        at = xml_next(at, "channel");
    }
    xmlFreeDoc(document);
    return status;
}

enum status xdf_header_start(const struct source *source, uint64_t from, uint64_t end,
                             struct start_time *start, struct error *error)
{
    xmlDocPtr document;
    char text[LABEL_SIZE];
    int year, month, day, hour, minute, second;
    enum status status = load_xml(source, from, end, &document, error);
    xml_text(document ? xmlDocGetRootElement(document) : NULL, "datetime", text, sizeof text);
    if (sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
               &second) == 6) {
        start->known = text_civil_seconds(year, month, day, hour, minute, second, &start->seconds);
    }
    xmlFreeDoc(document);
    return status;
}

enum status xdf_footer_count(const struct source *source, uint64_t from, uint64_t end,
                             uint64_t *count, struct error *error)
{
    xmlDocPtr document;
    char text[LABEL_SIZE];
    int64_t value;
    enum status status = load_xml(source, from, end, &document, error);
    xml_text(document ? xmlDocGetRootElement(document) : NULL, "sample_count", text, sizeof text);
    *count = text_integer(text, strlen(text), &value) && value >= 0 ? (uint64_t)value : UINT64_MAX;
    xmlFreeDoc(document);
    return status;
}
