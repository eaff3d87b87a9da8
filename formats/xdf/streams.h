/* The streams of an XDF file: what their headers say, and what a first pass over the file finds. */
#ifndef SOLEUS_FORMATS_XDF_STREAMS_H
#define SOLEUS_FORMATS_XDF_STREAMS_H

#include "formats/reader.h"
#include "formats/xdf/chunks.h"
#include "formats/xdf/timing.h"

struct xdf_stream {
    uint32_t id;
    char name[LABEL_SIZE];
    char kind[LABEL_SIZE];   /* "EMG", "Markers" */
    char device[LABEL_SIZE]; /* maker and model; "" */
    enum xdf_type type;
    size_t channels;
    double nominal;              /* Hz; 0: irregular */
    uint64_t header, header_end; /* bytes of its XML */
    uint64_t count;              /* samples */
    uint64_t promised;           /* samples that its footer tells of; UINT64_MAX: no footer */
    double last;                 /* s: stamp of the last sample */
    struct xdf_stamps stamps;
    struct xdf_clock clock;
};

/* Where an annotation of the recording comes from; its onset is the stamp until all is read. */
struct xdf_mark {
    size_t stream;
    size_t clocks; /* clock offsets measured before it */
};

struct xdf_file {
    struct source *source;
    struct recording_info *info;
    bool strict;
    double rate; /* Hz: the user's, for irregular streams; 0 */
    size_t count;
    struct xdf_stream *streams; /* owned */
    size_t mark_count;
    struct xdf_mark *marks; /* owned; one an annotation */
};

/* Reads the whole file once: streams, stamps, clock offsets, annotations, start. */
enum status xdf_scan(struct xdf_file *file, struct error *error);
void xdf_file_clear(struct xdf_file *file);

/* Headers, for xdf_scan and for describing channels. */

/* Reads the stream's header at [header, header_end); *sound is false when it makes no sense. */
enum status xdf_header_read(const struct source *source, struct xdf_stream *stream, bool *sound,
                            struct error *error);
/* Label, unit, type and description of each of the stream's channels. */
enum status xdf_header_channels(const struct source *source, const struct xdf_stream *stream,
                                struct channel *channels, struct error *error);
/* The date of a file header's XML at [from, end). */
enum status xdf_header_start(const struct source *source, uint64_t from, uint64_t end,
                             struct start_time *start, struct error *error);
/* The count of samples in a footer's XML; UINT64_MAX when it has none. */
enum status xdf_footer_count(const struct source *source, uint64_t from, uint64_t end,
                             uint64_t *count, struct error *error);

#endif
