#include "formats/spike2/events.h"

#include "formats/checked.h"
#include "formats/little_endian.h"
#include "formats/read_at.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A channel of more events than this holds spikes; the rest is not listed. */
#define EVENTS_MAX 200000

struct events {
    const struct son_file *file;
    const struct son_channel *channel;
    struct recording_info *info;
    double zero; /* ticks */
    uint64_t count;
    bool high;     /* the level now */
    int64_t since; /* when it became so, ticks */
};

static enum status annotate(const struct events *events, int64_t tick, double duration,
                            const char *text, struct error *error)
{
    return recording_info_annotate(events->info, ((double)tick - events->zero) * events->file->tick,
                                   duration, text, strlen(text), error);
}

/* "TITLE: code", a letter where the first byte is one, as Spike2 shows it. */
static void show_code(const char *title, unsigned char code, char *to, size_t size)
{
    if (isgraph(code) && code < 0x7f) {
        snprintf(to, size, "%s: %c", title, code);
    } else {
        snprintf(to, size, "%s: %02X", title, code);
    }
}

static enum status take_item(struct events *events, const unsigned char *item, struct error *error)
{
    const struct son_channel *channel = events->channel;
    int64_t tick = (int32_t)little_32(item);
    char shown[400];
    snprintf(shown, sizeof shown, "%s", channel->title);
    switch (channel->kind) {
    case SON_EVENT_BOTH:
        events->high = !events->high;
        if (events->high) {
            events->since = tick;
            return STATUS_OK;
        }
        return annotate(events, events->since, (double)(tick - events->since) * events->file->tick,
                        shown, error);
    case SON_TEXT_MARK: {
        size_t length = strnlen((const char *)item + 8, channel->extra);
        if (length > 0) {
            return recording_info_annotate(events->info,
                                           ((double)tick - events->zero) * events->file->tick, NAN,
                                           (const char *)item + 8, length, error);
        }
        show_code(channel->title, item[4], shown, sizeof shown);
        break;
    }
    case SON_MARKER:
    case SON_ADC_MARK:
    case SON_REAL_MARK:
        show_code(channel->title, item[4], shown, sizeof shown);
        break;
    default:
        break;
    }
    return annotate(events, tick, NAN, shown, error);
}

static enum status take_block(struct events *events, const struct son_block *block,
                              unsigned char **bytes, size_t *room, struct error *error)
{
    size_t width = son_item_size(events->channel), size = block->items * width, got;
    if (size > *room) {
        unsigned char *grown = checked_realloc(*bytes, size, 1);
        if (!grown) {
            return error_memory(error, "reading events");
        }
        *bytes = grown;
        *room = size;
    }
    enum status status =
        read_at(events->file->source, block->position + SON_BLOCK_SIZE, *bytes, size, &got, error);
    for (size_t i = 0; i < got / width && status == STATUS_OK && events->count < EVENTS_MAX; i++) {
        status = take_item(events, *bytes + i * width, error);
        events->count++;
    }
    return status;
}

enum status spike2_events(struct son_file *file, const struct son_channel *channel, double zero,
                          struct recording_info *info, struct error *error)
{
    struct events events = {
        .file = file, .channel = channel, .info = info, .zero = zero, .since = (int64_t)zero};
    struct son_block block, before;
    unsigned char *bytes = NULL;
    size_t room = 0;
    enum status status = STATUS_OK;
    bool first = true;
    events.high = channel->kind == SON_EVENT_BOTH && !channel->initially_low;
    for (uint64_t at = channel->first; at > 0 && status == STATUS_OK; at = block.next) {
        status = son_block_read(file, channel, at, first ? NULL : &before, &block, error);
        if (status == STATUS_OK) {
            status = son_block_claim(file, channel, &block, error);
        }
        if (status == STATUS_OK) {
            status = take_block(&events, &block, &bytes, &room, error);
        }
        before = block;
        first = false;
        if (status != STATUS_OK || events.count >= EVENTS_MAX) {
            break;
        }
    }
    if (status == STATUS_OK && events.count >= EVENTS_MAX) {
        warnings_add(&info->warnings,
                     "channel %zu (%s) holds more than %d events; the later ones are not listed",
                     channel->number + 1, channel->title, EVENTS_MAX);
    } else if (status == STATUS_OK && events.high && events.count > 0) {
        status = annotate(&events, events.since, NAN, channel->title, error);
    }
    free(bytes);
    return status;
}
