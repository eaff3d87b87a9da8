/* What the parts of the WFDB reader share: parsed headers, signal files, segments, annotations.
 *
 * A record is a header (NAME.hea) and the signal files that it names; or, of several segments, a
 * header that names the headers of the segments. Samples come in frames: per_frame samples of each
 * signal, at the record's rate of frames. */
#ifndef SOLEUS_FORMATS_WFDB_WFDB_H
#define SOLEUS_FORMATS_WFDB_WFDB_H

#include "formats/reader.h"

struct wfdb_signal {
    const char *file; /* "~": none, the signal is absent; in the header's text */
    int format;
    size_t per_frame;
    uint64_t skew; /* frames that precede the record's first */
    uint64_t byte_offset;
    double gain; /* digital units per physical unit; 0: uncalibrated */
    double baseline;
    char unit[UNIT_SIZE];
    int resolution; /* bits of the converter; 0: unknown */
    int64_t zero;   /* middle of its range */
    int64_t initial;
    int checksum; /* 16 bits; 0: none */
    char label[LABEL_SIZE];
};

struct wfdb_part {
    const char *name; /* of the segment's record; "~": nothing was recorded */
    uint64_t length;  /* frames */
};

struct wfdb_header {
    char *text;      /* owned; the file, cut into words */
    bool multiple;   /* of segments, not of signals */
    double rate;     /* frames per second; 0: not given */
    uint64_t length; /* frames; 0: not given */
    struct start_time start;
    size_t signal_count;
    struct wfdb_signal *signals; /* owned; NULL when multiple */
    size_t part_count;
    struct wfdb_part *parts; /* owned; NULL unless multiple */
    char remark[LABEL_SIZE]; /* the comment that speaks of electrodes or sensors */
};

/* What is common to a record while it is read. */
struct wfdb_record {
    struct source *source; /* of the top header */
    struct recording_info *info;
    const struct reader_options *options; /* valid while opening */
    bool strict;
};

/* Reads the rest of source as a header. On failure the header is empty. */
enum status wfdb_header_read(const struct wfdb_record *record, struct source *source,
                             struct wfdb_header *header, struct error *error);
void wfdb_header_clear(struct wfdb_header *header);

/* 0–100: how surely these first bytes are a header. */
int wfdb_header_likely(const unsigned char *head, size_t size);

/* Words of a line: each is cut off with a NUL, and *line moves past it; NULL at the end. */
char *wfdb_word(char **line);
/* One line of signals; false with a reason. */
bool wfdb_signal_parse(char *line, struct wfdb_signal *signal, const char **reason);
bool wfdb_format_known(int64_t format);
/* A whole number from 0, and the character after it; false when there is none. */
bool wfdb_number(const char *text, const char **end, uint64_t *value);

/* Consecutive signals in one file. */
struct wfdb_group {
    struct source *source; /* owned */
    int format;
    size_t first, count; /* signals */
    size_t per_frame;    /* samples, of all of them */
    uint64_t available;  /* whole frames in the file */
    int32_t *last;       /* owned; by signal, for formats of differences */
    int32_t *values;     /* frames × per_frame; within the segment's allocation */
};

/* Opens a group's file, of which `signals` are the lines from its first one on. */
enum status wfdb_group_open(const struct wfdb_record *record, const struct source *header,
                            const struct wfdb_signal *signals, struct wfdb_group *group,
                            uint64_t length, struct error *error);
/* Decodes whole frames into group->values. `bytes` is room for them, see wfdb_group_bytes. */
enum status wfdb_group_load(struct wfdb_group *group, const struct wfdb_signal *signals,
                            size_t frames, unsigned char *bytes, struct error *error);
size_t wfdb_group_bytes(int format, size_t samples);
void wfdb_group_clear(struct wfdb_group *group);
/* The digital value that stands for a missing sample; format 8 has none, and cannot come near. */
int32_t wfdb_missing(int format);
/* Smallest and largest digital value of a format. */
void wfdb_limits(int format, double *minimum, double *maximum);

/* One segment while it is read; a record without segments is one. */
struct wfdb_segment {
    struct wfdb_header header;
    struct source *source; /* of its own header; owned; NULL when it is the record's */
    size_t group_count;
    struct wfdb_group *groups; /* owned */
    uint64_t frames;           /* to be loaded from the files */
    uint64_t next;             /* frame */
    uint64_t length;           /* frames to be delivered */
    uint64_t summed;           /* frames that the checksums cover; 0: not to be checked */
    size_t loaded;             /* frames in the batch */
    size_t batch;              /* frames that fit */
    int32_t *values;           /* owned */
    unsigned char *bytes;      /* owned */
    uint32_t *sums;            /* owned; by signal */
};

/* Opens the files of a segment whose header is there already (the segment owns it from then on,
 * also on failure). length 0: as much as there is. */
enum status wfdb_segment_open(const struct wfdb_record *record, struct wfdb_segment *segment,
                              uint64_t length, struct error *error);
/* Loads the next batch; loaded is 0 at the end. */
enum status wfdb_segment_load(const struct wfdb_record *record, struct wfdb_segment *segment,
                              struct error *error);
void wfdb_segment_clear(struct wfdb_segment *segment);
/* The group that holds a signal, and the signal's place in a frame of it. */
const struct wfdb_group *wfdb_segment_place(const struct wfdb_segment *segment, size_t signal,
                                            size_t *place);

/* Reads the annotation files beside the header. rate: frames per second. */
enum status wfdb_annotations_read(const struct wfdb_record *record, double rate,
                                  struct error *error);

/* A warning, or, when strict, a refusal. */
enum status wfdb_mend(const struct wfdb_record *record, struct error *error, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

#endif
