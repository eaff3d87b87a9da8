/* What a format file exports: one const struct reader. Everything else in the file is static.
 *
 * Adding a format touches the new file, the table in registry.c, formats/CMakeLists.txt, and the
 * format's samples and tests. */
#ifndef SOLEUS_FORMATS_READER_H
#define SOLEUS_FORMATS_READER_H

#include "formats/recording.h"
#include "formats/source.h"

enum probe_verdict {
    PROBE_NOT_MINE = 0,
    PROBE_MINE,
    PROBE_BROKEN,     /* this format's, but damaged beyond reading */
    PROBE_UNSUPPORTED /* this format's, but of a kind that is not read */
};

struct probe {
    enum probe_verdict verdict;
    int confidence;   /* 0–100, larger is surer; the largest of all readers wins */
    char reason[200]; /* for BROKEN and UNSUPPORTED: what is wrong, and what to try */
};

/* What the opener passes on. rate and scale are 0 when not given. */
struct reader_options {
    double rate;
    double scale;
    const char *variable; /* the array that holds the signals; NULL: by its name and shape */
    bool strict;
};

struct reader {
    const char *id;          /* short, lower case: "edf" */
    const char *description; /* "European Data Format (EDF, EDF+C, EDF+D)" */
    const char *extensions;  /* lower case, blank separated: "edf rec" */
    bool streams;            /* can read standard input */
    bool isolated;           /* rests on a library that may crash or hang on hostile bytes: the
                                opener runs it in a process of its own (isolated.h) */
    bool rate_at_open;       /* the rate decides where samples lie (by times in the file): one that
                                is more exact than the file's must be given to open; that of other
                                readers may be set in info afterwards */
    const char *parts;       /* for formats of several files: extensions, blank separated, of those
                                that hold no header ("dat"); when one of them is named, the header
                                of the same stem is opened instead. NULL: none */

    /* Looks at the first bytes (up to SOURCE_PEEK_MAX; size < SOURCE_PEEK_MAX means the whole
     * stream) and at the path (never NULL; only a hint). */
    struct probe (*probe)(const unsigned char *head, size_t size, const char *path);

    /* Reads the header; fills info (format is already set): channels with label, file_unit, type
     * where known, rate, gain and offset from raw to file_unit, minimum and maximum in file_unit.
     * The opener then folds the factor from file_unit to the delivered unit into gain, offset,
     * minimum and maximum, makes labels unique, types the channels that are CHANNEL_UNKNOWN, and
     * marks the selected ones; read must therefore use info's gain and offset. source and info
     * outlive the state. On failure nothing is left allocated in *state. */
    enum status (*open)(struct source *source, const struct reader_options *options,
                        struct recording_info *info, void **state, struct error *error);

    /* Fills the block; see struct block. All frames 0: the end. May add annotations, gaps and
     * warnings to info. A NULL plane is a channel to pass over; its frames are counted up to
     * capacity all the same. */
    enum status (*read)(void *state, struct block *block, struct error *error);

    void (*close)(void *state); /* accepts NULL */
};

#endif
