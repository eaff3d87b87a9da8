#include "formats/isolated_info.h"

#include <stdlib.h>
#include <string.h>

static void put_count(struct packet *packet, size_t count)
{
    uint64_t value = count;
    packet_put(packet, &value, sizeof value);
}

void isolated_put_channels(struct packet *packet, const struct recording_info *info)
{
    put_count(packet, info->channel_count);
    packet_put(packet, info->channels, info->channel_count * sizeof *info->channels);
}

enum status isolated_take_channels(struct packet *packet, struct recording_info *info,
                                   struct error *error)
{
    size_t count = packet_take_count(packet, sizeof *info->channels);
    if (!info->channels) {
        enum status status = recording_info_allocate(info, count, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (count != info->channel_count) {
        return error_set(error, STATUS_FAILED, "a reader's process sent nonsense");
    }
    packet_take(packet, info->channels, count * sizeof *info->channels);
    return STATUS_OK;
}

void isolated_put_facts(struct packet *packet, const struct recording_info *info)
{
    packet_put(packet, info->format, sizeof info->format);
    packet_put(packet, &info->start, sizeof info->start);
    packet_put(packet, &info->start_origin, sizeof info->start_origin);
    packet_put(packet, &info->mains, sizeof info->mains);
    packet_put(packet, &info->mains_origin, sizeof info->mains_origin);
    packet_put(packet, &info->conditioned, sizeof info->conditioned);
}

void isolated_take_facts(struct packet *packet, struct recording_info *info)
{
    packet_take(packet, info->format, sizeof info->format);
    info->format[sizeof info->format - 1] = '\0';
    packet_take(packet, &info->start, sizeof info->start);
    packet_take(packet, &info->start_origin, sizeof info->start_origin);
    packet_take(packet, &info->mains, sizeof info->mains);
    packet_take(packet, &info->mains_origin, sizeof info->mains_origin);
    packet_take(packet, &info->conditioned, sizeof info->conditioned);
}

void isolated_put_rest(struct packet *packet, const struct recording_info *info,
                       struct isolated_sent *sent)
{
    bool renewed = memcmp(&sent->duration, &info->duration, sizeof sent->duration) != 0;
    sent->duration = info->duration;
    packet_put(packet, &renewed, sizeof renewed);
    packet_put(packet, &info->duration, sizeof info->duration);
    put_count(packet, info->annotation_count - sent->annotations);
    for (; sent->annotations < info->annotation_count; sent->annotations++) {
        const struct annotation *annotation = &info->annotations[sent->annotations];
        packet_put(packet, &annotation->onset, sizeof annotation->onset);
        packet_put(packet, &annotation->duration, sizeof annotation->duration);
        packet_put_text(packet, annotation->text);
    }
    put_count(packet, info->gap_count - sent->gaps);
    for (; sent->gaps < info->gap_count; sent->gaps++) {
        packet_put(packet, &info->gaps[sent->gaps], sizeof *info->gaps);
    }
    put_count(packet, info->warnings.count - sent->warnings);
    for (; sent->warnings < info->warnings.count; sent->warnings++) {
        packet_put_text(packet, info->warnings.texts[sent->warnings]);
    }
    put_count(packet, info->warnings.omitted - sent->omitted);
    sent->omitted = info->warnings.omitted;
    put_count(packet, info->file_count - sent->files);
    for (; sent->files < info->file_count; sent->files++) {
        packet_put_text(packet, info->files[sent->files]);
    }
}

static enum status take_annotation(struct packet *packet, struct recording_info *info,
                                   struct error *error)
{
    double onset, duration;
    packet_take(packet, &onset, sizeof onset);
    packet_take(packet, &duration, sizeof duration);
    char *text = packet_take_text(packet);
    enum status status =
        text ? recording_info_annotate(info, onset, duration, text, strlen(text), error)
             : error_memory(error, "reading annotations");
    free(text);
    return status;
}

static enum status take_texts(struct packet *packet, struct recording_info *info,
                              struct error *error)
{
    enum status status = STATUS_OK;
    size_t count = packet_take_count(packet, sizeof(uint64_t));
    uint64_t omitted;
    for (size_t i = 0; i < count; i++) {
        char *text = packet_take_text(packet);
        if (text) {
            warnings_add(&info->warnings, "%s", text);
        }
        free(text);
    }
    packet_take(packet, &omitted, sizeof omitted);
    info->warnings.omitted += omitted;
    count = packet_take_count(packet, sizeof(uint64_t));
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        char *text = packet_take_text(packet);
        status = text ? recording_info_file(info, text, error)
                      : error_memory(error, "listing a recording's files");
        free(text);
    }
    return status;
}

enum status isolated_take_rest(struct packet *packet, struct recording_info *info,
                               struct error *error)
{
    enum status status = STATUS_OK;
    bool renewed;
    double duration;
    packet_take(packet, &renewed, sizeof renewed);
    packet_take(packet, &duration, sizeof duration);
    info->duration = renewed ? duration : info->duration;
    size_t count = packet_take_count(packet, 2 * sizeof(double) + sizeof(uint64_t));
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = take_annotation(packet, info, error);
    }
    count = status == STATUS_OK ? packet_take_count(packet, sizeof(struct gap)) : 0;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct gap gap;
        packet_take(packet, &gap, sizeof gap);
        status = recording_info_gap(info, gap.onset, gap.duration, gap.channel, error);
    }
    if (status == STATUS_OK) {
        status = take_texts(packet, info, error);
    }
    if (status == STATUS_OK && packet->failed) {
        status = error_set(error, STATUS_FAILED, "a reader's process sent nonsense");
    }
    return status;
}
