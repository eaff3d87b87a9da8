/* Between blocks, which are planar, and files that hold a frame after a frame. */
#ifndef SOLEUS_FORMATS_INTERLEAVE_H
#define SOLEUS_FORMATS_INTERLEAVE_H

#include "formats/recording.h"

/* How many frames a reader may put into block when all channels advance together: the smallest
 * capacity, and at most `limit`. */
size_t interleave_room(const struct block *block, size_t limit);

/* Spreads `frames` interleaved frames of info's channels over the wanted planes, from frame
 * `done` of the block on, with gain and offset. What is not finite becomes NaN; returns true when
 * there was an infinite sample. */
bool interleave_spread(const float *interleaved, size_t frames, const struct recording_info *info,
                       struct block *block, size_t done);

/* Says that every channel advanced by `frames`. */
void interleave_set_frames(struct block *block, size_t frames);

/* Gathers frames for a writer from channels that may advance unevenly. */
struct gather {
    size_t channels;
    float **waiting;  /* by channel: samples that wait for the other channels */
    size_t *count;    /* by channel: samples in `waiting`, with those already taken */
    size_t *capacity; /* by channel */
    size_t start;     /* samples at the start of every `waiting` that were taken */
    float *frames;    /* interleaved, room for GATHER_VALUES or one frame */
    size_t limit;     /* frames that fit there, at least 1 */
};

#define GATHER_VALUES 65536

enum status gather_create(struct gather *gather, size_t channels, struct error *error);
void gather_clear(struct gather *gather);

/* Appends what the block brings. The block has gather->channels channels, none of them NULL. */
enum status gather_push(struct gather *gather, const struct block *block, struct error *error);

/* Moves up to `limit` complete frames into gather->frames and returns how many. */
size_t gather_take(struct gather *gather);

/* At the end: fills channels that are shorter than others with NaN, so that gather_take hands out
 * the rest. */
enum status gather_level(struct gather *gather, struct error *error);

/* The rate that all channels share; 0, with a message for a `what` file, when they differ. */
double interleave_rate(const struct recording_info *info, const char *name, const char *what,
                       struct error *error);

#endif
