#include "formats/feed.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

#define GROUP_SAMPLES 262144
#define GROUP_MIN     16
#define GROUP_MAX     8192

size_t feed_capacity(size_t channels)
{
    size_t frames = GROUP_SAMPLES / (channels ? channels : 1);
    return frames < GROUP_MIN ? GROUP_MIN : frames > GROUP_MAX ? GROUP_MAX : frames;
}

enum status feed_begin(struct feed *feed, size_t first, size_t count, size_t capacity,
                       struct error *error)
{
    size_t samples;
    *feed = (struct feed){.first = first, .count = count, .capacity = capacity};
    if (!checked_multiply(count, capacity, &samples)) {
        return error_memory(error, "reading a recording");
    }
    feed->samples = checked_calloc(samples, sizeof *feed->samples);
    feed->passed = checked_calloc(count, sizeof *feed->passed);
    return feed->samples && feed->passed ? STATUS_OK : error_memory(error, "reading a recording");
}

/* Delivers what the group still holds; false when some channel's room was too small. */
static bool deliver(struct feed *feed, struct block *block)
{
    bool passed = true;
    for (size_t k = 0; k < feed->count; k++) {
        size_t c = feed->first + k, room = block->capacity[c] - block->frames[c];
        size_t left = feed->frames - feed->passed[k], count = left < room ? left : room;
        if (block->samples[c] && count > 0) {
            memcpy(block->samples[c] + block->frames[c],
                   feed->samples + k * feed->capacity + feed->passed[k],
                   count * sizeof *feed->samples);
        }
        feed->passed[k] += count;
        block->frames[c] += count;
        passed = passed && count == left;
    }
    return passed;
}

enum status feed_fill(struct feed *feed, struct block *block, feed_load *load, void *context,
                      struct error *error)
{
    while (deliver(feed, block) && !feed->ended) {
        enum status status;
        memset(feed->passed, 0, feed->count * sizeof *feed->passed);
        feed->frames = 0;
        status = load(context, feed, error);
        if (status != STATUS_OK) {
            feed->frames = 0;
            return status;
        }
        feed->ended = feed->frames == 0;
    }
    return STATUS_OK;
}

void feed_gap(struct feed *feed, size_t at, size_t count)
{
    for (size_t k = 0; k < feed->count; k++) {
        float *to = feed->samples + k * feed->capacity + at;
        for (size_t i = 0; i < count; i++) {
            to[i] = NAN;
        }
    }
}

void feed_end(struct feed *feed)
{
    free(feed->samples);
    free(feed->passed);
    *feed = (struct feed){0};
}
