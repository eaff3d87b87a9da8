/* A recording: channels × samples in physical units, read as a stream of blocks.
 *
 * Time zero is the recording's first sample. Sample i of a channel lies at i / rate seconds. Gaps
 * (a discontinuous file, dropped packets, missing values) are delivered as NaN samples, so that
 * the relation between index and time always holds; they are also listed in `gaps`. */
#ifndef SOLEUS_FORMATS_RECORDING_H
#define SOLEUS_FORMATS_RECORDING_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LABEL_SIZE 96
#define UNIT_SIZE  24

enum channel_type {
    CHANNEL_UNKNOWN = 0, /* a reader leaves it here when the file does not say */
    CHANNEL_EMG,
    CHANNEL_OTHER
};

/* Where a fact about a recording comes from; the later wins. */
enum origin {
    ORIGIN_NONE = 0, /* nobody knows */
    ORIGIN_FILE,     /* the recording's own header */
    ORIGIN_SIDECAR,  /* a file beside it */
    ORIGIN_OPTION    /* the user's option */
};

struct channel {
    char label[LABEL_SIZE]; /* UTF-8, trimmed, unique within the recording, no control characters */
    char unit[UNIT_SIZE];   /* as samples are delivered: "uV", "a.u.", or the file's own unit */
    char file_unit[UNIT_SIZE];    /* as the file has it; "" when the format has none */
    char description[LABEL_SIZE]; /* transducer, sensor or remark of the file; may be "" */
    char muscle[LABEL_SIZE];      /* "" when unknown */
    char grid[LABEL_SIZE];        /* the electrode array it belongs to; "" when none */
    int row, column;              /* its place in that array, from 1; 0 when unknown */
    double distance;              /* mm between neighbouring electrodes of it; NaN when unknown */
    char why_bad[LABEL_SIZE];     /* for bad: the reason where one is given */
    bool bad;                     /* said to be unusable; selected only when named or for all */
    bool unreadable;              /* its samples mean nothing: selected only when named, to fail */
    enum channel_type type;
    /* Of type, rate, unit (with its scale) and muscle; the opener sets them. */
    enum origin type_origin, rate_origin, unit_origin, muscle_origin;
    bool selected;           /* delivered by recording_read */
    double rate;             /* Hz, > 0, finite; not always a whole number */
    double gain, offset;     /* delivered = gain × raw + offset; a reader's read applies them */
    bool on_grid;            /* for writers: every sample was found to be gain × a whole number +
                                offset; readers leave it false */
    double minimum, maximum; /* limits of what the channel can hold, in `unit`; NaN if unknown */
};

struct annotation {
    double onset;    /* s from the recording's start */
    double duration; /* s; NaN when the file gives none */
    char *text;      /* UTF-8, owned */
};

struct gap {
    double onset;    /* s */
    double duration; /* s */
    size_t channel;  /* SIZE_MAX: all channels */
};

/* Civil (wall clock) time where the recording was made; formats carry no time zone. */
struct start_time {
    bool known;
    int64_t seconds; /* since 1970-01-01T00:00:00, civil */
    double fraction; /* 0 ≤ fraction < 1 */
};

/* What a reader fills on open, and adds to while reading (annotations, gaps, warnings). */
struct recording_info {
    char format[24]; /* the reader's id */
    struct start_time start;
    size_t channel_count;
    struct channel *channels; /* owned */
    double duration; /* s; NaN until the end has been seen if the header cannot be trusted */
    size_t annotation_count;
    struct annotation *annotations; /* owned; sorted by onset once the end has been read */
    size_t gap_count;
    struct gap *gaps; /* owned */
    double mains;     /* Hz of the power line where it was recorded; 0 when unknown */
    enum origin mains_origin, start_origin;
    size_t file_count;
    char **files; /* owned; what is read beside the recording's first file: its other parts, and
                     sidecars; paths as they can be opened */
    struct warnings warnings;
    bool conditioned; /* the samples already went through the conditioning filter */
};

/* Allocates info->channels, zeroed, gain 1, limits NaN. STATUS_FAILED for 0 or absurd counts. */
enum status recording_info_allocate(struct recording_info *info, size_t channel_count,
                                    struct error *error);
void recording_info_clear(struct recording_info *info);
/* Copies text (len bytes, up to a NUL), makes it valid UTF-8; "event" when it is empty. */
enum status recording_info_annotate(struct recording_info *info, double onset, double duration,
                                    const char *text, size_t length, struct error *error);
enum status recording_info_gap(struct recording_info *info, double onset, double duration,
                               size_t channel, struct error *error);
/* Notes a file that is read beside the first one (once, however often it is noted). */
enum status recording_info_file(struct recording_info *info, const char *path, struct error *error);

/* Copies a header field of `size` bytes (blank or NUL padded) into `to`: trims, takes bytes that
 * are no valid UTF-8 for Latin-1, replaces control characters. */
void text_from_field(char *to, size_t to_size, const char *from, size_t size);

/* Some frames of the channels, planar. For channel c: samples[c] is room for capacity[c] floats,
 * or NULL when the channel is not wanted; frames[c] is set by the reader. Channels may advance by
 * different numbers of frames in one call; each is a stream of its own. */
struct block {
    size_t channel_count;
    float **samples;
    size_t *capacity;
    size_t *frames;
};

/* One allocation for the selected channels; capacity[c] = ceil(seconds × rate), at least 1. */
enum status block_allocate(struct block *block, const struct recording_info *info, double seconds,
                           struct error *error);
void block_clear(struct block *block);

/* How a recording is to be opened; zero means "as the file says". */
struct recording_options {
    double rate;          /* Hz; overrides the file's */
    double scale;         /* µV per unit of the file; overrides the file's unit */
    const char *format;   /* a reader's id; NULL: by content */
    const char *channels; /* "1,3-5,Biceps L"; NULL: the EMG channels */
    const char *variable; /* for files of named arrays: the one that holds the signals */
    bool all_channels;    /* every channel, EMG or not (for info and filter --all) */
    bool in_process;      /* isolated readers run in this process too: for fuzzing alone */
    bool strict;          /* refuse what would be mended with a warning */
    bool rate_fallback;   /* rate is for files that have none: a file's own wins, unless it is
                             within 1 % of it (whole numbers stand for 1259.259 Hz) */
    bool no_sidecars;     /* what files beside the recording say is not asked (sidecar.h) */
};

struct recording;

/* Opens path ("-": standard input). On failure *recording is NULL. */
enum status recording_open(const char *path, const struct recording_options *options,
                           struct recording **recording, struct error *error);

/* All files that a recording consists of: the first one (that of the header, when path is another
 * part), its other parts, its sidecars; as they can be opened, in an order that depends on their
 * contents alone. The recording is opened only when its reader has parts; when that fails, its
 * parts are not told. *files (count strings) is freed by recording_files_free. */
enum status recording_files(const char *path, const struct recording_options *options,
                            char ***files, size_t *count, struct error *error);
void recording_files_free(char **files, size_t count);

/* The recording's description. Valid until close; grows while blocks are read. */
struct recording_info *recording_info(struct recording *recording);

/* Path as given ("-" is shown as "standard input"), for messages. */
const char *recording_name(const struct recording *recording);

/* Fills block. At the end of the recording every frames[c] is 0. */
enum status recording_read(struct recording *recording, struct block *block, struct error *error);

void recording_close(struct recording *recording);

#endif
