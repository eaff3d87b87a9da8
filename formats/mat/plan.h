/* Where a recording's channels lie in the arrays of a file, and reading them from there. */
#ifndef SOLEUS_FORMATS_MAT_PLAN_H
#define SOLEUS_FORMATS_MAT_PLAN_H

#include "formats/mat/cursor.h"

/* A run of consecutive frames in an array, after `lead` frames of which there are no samples. */
struct mat_segment {
    uint64_t first; /* number, counted from 0 */
    uint64_t frames, lead;
};

/* Channels that lie in one array: one by itself, or several a frame after a frame. */
struct mat_track {
    const struct mat_array *array;
    size_t channel, width; /* the first channel, and how many are interleaved */
    size_t segment_count;
    struct mat_segment *segments; /* owned */
    /* While it is read: */
    struct mat_cursor *cursor;
    size_t segment;
    uint64_t frame; /* within the segment, its lead included */
    bool placed;    /* the cursor stands at that frame */
    bool ended;
};

struct mat_plan {
    size_t track_count;
    struct mat_track *tracks; /* owned; in the order of their channels, each of which is in one */
    double *values;           /* owned; room for a step of frames */
    uint64_t delivered;       /* samples of all channels, missing ones not counted */
};

/* Adds a track without segments. */
enum status mat_plan_track(struct mat_plan *plan, const struct mat_array *array, size_t channel,
                           size_t width, struct error *error);
/* Adds a run to the last track. Values outside of the array are refused by name. */
enum status mat_plan_segment(struct mat_plan *plan, const struct mat_file *file, uint64_t first,
                             uint64_t frames, uint64_t lead, struct error *error);
/* A whole array: its rows are the channels, or its columns. */
enum status mat_plan_matrix(struct mat_plan *plan, const struct mat_file *file,
                            const struct mat_array *array, bool channels_are_rows,
                            struct error *error);

/* Frames of a track, missing ones included. */
uint64_t mat_plan_frames(const struct mat_track *track);

/* Fills a block as reader.h says. */
enum status mat_plan_read(struct mat_plan *plan, struct mat_file *file, struct block *block,
                          struct error *error);
void mat_plan_clear(struct mat_plan *plan);

#endif
