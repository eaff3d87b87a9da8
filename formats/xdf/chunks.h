/* The chunks of an XDF file (version 1.0), and the samples inside them. All numbers are
 * little-endian. A chunk that makes no sense is passed over up to the next boundary chunk, which
 * recorders write for that purpose. */
#ifndef SOLEUS_FORMATS_XDF_CHUNKS_H
#define SOLEUS_FORMATS_XDF_CHUNKS_H

#include "formats/read_at.h"

enum xdf_tag {
    XDF_FILE_HEADER = 1,
    XDF_STREAM_HEADER = 2,
    XDF_SAMPLES = 3,
    XDF_CLOCK_OFFSET = 4,
    XDF_BOUNDARY = 5,
    XDF_STREAM_FOOTER = 6
};

enum xdf_type { XDF_INT8, XDF_INT16, XDF_INT32, XDF_INT64, XDF_FLOAT32, XDF_DOUBLE64, XDF_STRING };

struct xdf_walk {
    struct read_window window;
    uint64_t position; /* of the next chunk */
    uint64_t size;     /* of the file */
};

struct xdf_chunk {
    enum xdf_tag tag;
    uint32_t stream;       /* of the chunks that belong to one */
    uint64_t start;        /* byte where its length stands */
    uint64_t content, end; /* after tag and stream; never past the file's end */
    bool cut;              /* the file ends inside it */
    bool damaged;          /* bytes before it were passed over */
};

/* window: the largest piece that will be asked for. */
enum status xdf_walk_begin(struct xdf_walk *walk, const struct source *source, size_t window,
                           struct error *error);
void xdf_walk_end(struct xdf_walk *walk);

/* The next chunk; *any is false at the end (where chunk->damaged tells of bytes passed over). */
enum status xdf_walk_next(struct xdf_walk *walk, struct xdf_chunk *chunk, bool *any,
                          struct error *error);

/* The samples of a chunk. */
struct xdf_samples {
    enum xdf_type type;
    size_t channels;
    uint64_t position, end; /* bytes */
    uint64_t left;          /* samples that the chunk still claims */
};

struct xdf_sample {
    bool stamped;    /* or its time follows from that of the sample before it */
    double stamp;    /* s */
    uint64_t values; /* byte of the first channel's value */
};

/* Bytes of a number; 0 for text. */
size_t xdf_width(enum xdf_type type);

enum status xdf_samples_begin(struct xdf_walk *walk, const struct xdf_chunk *chunk,
                              enum xdf_type type, size_t channels, struct xdf_samples *samples,
                              struct error *error);

/* The next sample; *any is false at the end, before which samples->left > 0 tells of damage. */
enum status xdf_samples_next(struct xdf_walk *walk, struct xdf_samples *samples,
                             struct xdf_sample *sample, bool *any, struct error *error);

/* The length of the text at `position`, which is moved to its first byte; *any is false when there
 * is no whole text before `end`. */
enum status xdf_text(struct xdf_walk *walk, uint64_t *position, uint64_t end, uint64_t *length,
                     bool *any, struct error *error);

/* A channel's value; NaN where it is infinite. Not for text. */
double xdf_number(enum xdf_type type, const unsigned char *from);

#endif
