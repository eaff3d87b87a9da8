/* The header (.vhdr) and markers (.vmrk) of BrainVision recordings, versions 1.0 and 2.0. */
#ifndef SOLEUS_FORMATS_BRAINVISION_HEADER_H
#define SOLEUS_FORMATS_BRAINVISION_HEADER_H

#include "formats/brainvision/entries.h"
#include "formats/reader.h"

enum brainvision_sample {
    BRAINVISION_INT_16,
    BRAINVISION_UINT_16,
    BRAINVISION_INT_32,
    BRAINVISION_FLOAT_32
};

struct brainvision_header {
    char data_file[512], marker_file[512]; /* "" when the header names none */
    bool ascii, vectorized, big_endian, averaged, segmented;
    enum brainvision_sample sample;
    size_t width; /* bytes a sample */
    size_t channels;
    uint64_t points; /* frames claimed; 0: unknown */
    uint64_t offset; /* bytes before the samples */
    uint64_t trailer;
    uint64_t segment_points;
    uint64_t skip_lines, skip_columns; /* of text */
    char mark;                         /* decimal mark of text */
    double rate;
};

/* A place where recording was interrupted. */
struct brainvision_break {
    uint64_t frame; /* the first after it */
    uint64_t gap;   /* frames missing; 0: none, or nobody knows how many */
    uint64_t sum;   /* of the gaps up to this one */
    bool dated;
    int64_t seconds; /* civil, since 1970 */
    int64_t microseconds;
};

struct brainvision_breaks {
    size_t count;
    struct brainvision_break *at; /* owned; sorted by frame */
};

/* Reads the header; allocates and fills info's channels. */
enum status brainvision_header_read(struct source *source, const struct reader_options *options,
                                    struct recording_info *info, struct brainvision_header *header,
                                    struct error *error);

/* Reads the marker file that the header names: annotations, start, interruptions. `frames`: of the
 * data, UINT64_MAX when unknown. */
enum status brainvision_markers_read(struct source *source, const struct reader_options *options,
                                     const struct brainvision_header *header, uint64_t frames,
                                     struct recording_info *info, struct brainvision_breaks *breaks,
                                     struct error *error);

/* "$b" in a name stands for the header's own name without its extension. False: too long. */
bool brainvision_file_name(const struct source *source, const char *name, char *to, size_t size);

#endif
