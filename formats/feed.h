/* Channels that a file stores together, delivered each at its own pace.
 *
 * A feed holds a group of frames of some neighbouring channels, already in delivered units. Each
 * channel is a stream of its own over the group; the next group is loaded when all have passed the
 * present one. */
#ifndef SOLEUS_FORMATS_FEED_H
#define SOLEUS_FORMATS_FEED_H

#include "formats/recording.h"

struct feed {
    size_t first, count; /* the recording's channels first … first + count − 1 */
    size_t capacity;     /* frames that a group can hold */
    size_t frames;       /* in the present group */
    bool ended;
    float *samples; /* owned; of the feed's channel k from samples + k × capacity */
    size_t *passed; /* owned; by channel: frames of the group delivered */
};

/* Fills feed->samples and sets feed->frames (0: the end). */
typedef enum status feed_load(void *context, struct feed *feed, struct error *error);

enum status feed_begin(struct feed *feed, size_t first, size_t count, size_t capacity,
                       struct error *error);

/* Frames a group for `channels` channels, so that memory stays near a mebibyte. */
size_t feed_capacity(size_t channels);

/* Fills the planes of the feed's channels as far as capacity and recording go. The caller has
 * zeroed block->frames. */
enum status feed_fill(struct feed *feed, struct block *block, feed_load *load, void *context,
                      struct error *error);

/* Puts missing samples into the group: `count` of every channel from frame `at`. */
void feed_gap(struct feed *feed, size_t at, size_t count);

void feed_end(struct feed *feed);

#endif
