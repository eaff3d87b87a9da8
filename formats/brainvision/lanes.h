/* The samples of a BrainVision recording: one lane for all channels of a multiplexed file, one a
 * channel of a vectorised one; binary or text, with the interruptions in their places. */
#ifndef SOLEUS_FORMATS_BRAINVISION_LANES_H
#define SOLEUS_FORMATS_BRAINVISION_LANES_H

#include "formats/brainvision/cells.h"
#include "formats/feed.h"

struct brainvision_lane {
    struct feed feed;
    struct brainvision_lanes *lanes;
    uint64_t start;  /* binary: byte of the first frame */
    uint64_t frame;  /* of the file, the next to be read */
    uint64_t frames; /* that the file holds; UINT64_MAX: text, nobody has counted */
    size_t breaks;   /* interruptions passed */
    uint64_t gap;    /* missing frames still to be delivered */
    bool begun;      /* text: the columns before the first sample are passed */
    struct cells cells;
};

struct brainvision_lanes {
    struct source *data; /* owned */
    struct recording_info *info;
    const struct brainvision_header *header;
    const struct brainvision_breaks *breaks;
    bool strict;
    size_t count;
    struct brainvision_lane *at; /* owned */
    unsigned char *bytes;        /* owned; a group's bytes */
};

/* Frames that the open data file holds of every channel, or UINT64_MAX for text; checks its size
 * against the header. */
enum status brainvision_count(struct source *data, const struct reader_options *options,
                              const struct brainvision_header *header, struct recording_info *info,
                              uint64_t *frames, struct error *error);

/* Takes the data file over. header, info and breaks outlive the lanes. */
enum status brainvision_lanes_begin(struct brainvision_lanes *lanes, uint64_t frames,
                                    struct error *error);

enum status brainvision_lanes_fill(struct brainvision_lanes *lanes, struct block *block,
                                   struct error *error);

void brainvision_lanes_end(struct brainvision_lanes *lanes);

#endif
