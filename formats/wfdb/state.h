/* The state of the WFDB reader. */
#ifndef SOLEUS_FORMATS_WFDB_STATE_H
#define SOLEUS_FORMATS_WFDB_STATE_H

#include "formats/wfdb/wfdb.h"

/* A channel in the present segment. */
struct stream {
    const int32_t *first; /* sample of the batch; NULL: the channel is absent */
    size_t per_frame, stride;
    int32_t missing;
    double own, baseline; /* file's unit of the layout = own × (digital − baseline) */
    double gain, offset;  /* delivered = gain × digital + offset; set at every read */
    size_t cursor, total; /* samples of the batch */
    uint64_t skip;        /* samples before the record's first */
    uint64_t left;        /* samples of the segment to be delivered */
};

struct wfdb {
    struct wfdb_record record;
    struct wfdb_header header; /* of the record; of segments: their list */
    struct wfdb_header layout; /* of segments: what the channels are */
    size_t part;               /* the next one */
    struct wfdb_segment segment;
    bool exhausted;         /* the segment's files are read */
    struct stream *streams; /* owned; by channel */
    double *gains;          /* owned; by channel: of the layout, from digital to file's unit */
};

/* The channels' header: that of the record, of the layout segment, or of the first one recorded. */
static inline const struct wfdb_header *wfdb_layout(const struct wfdb *wfdb)
{
    return wfdb->header.multiple ? &wfdb->layout : &wfdb->header;
}

/* Reads the header of the layout of a record of several segments. */
enum status wfdb_parts_layout(struct wfdb *wfdb, struct error *error);
/* Opens the first segment, or the record itself; fills info->duration. rate: frames per second. */
enum status wfdb_parts_begin(struct wfdb *wfdb, double rate, struct error *error);
/* Goes on to the next segment; *more is false when there is none. */
enum status wfdb_parts_next(struct wfdb *wfdb, bool *more, struct error *error);

/* Fills info's channels from the layout, and gains. */
enum status wfdb_channels_describe(struct wfdb *wfdb, double rate, struct error *error);
/* Connects the channels to the signals of a segment of `length` frames. */
enum status wfdb_channels_connect(struct wfdb *wfdb, uint64_t length, struct error *error);

#endif
