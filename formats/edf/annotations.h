/* Annotations of EDF+ and BDF+: time-stamped annotation lists (TALs) in signals of text.
 *
 * A TAL is "onset [0x15 duration] 0x14 text 0x14 [text 0x14 ...] 0x00", onset being a sign and a
 * number of seconds since the start that the header gives. The first TAL of a data record's first
 * annotation signal has an empty text and tells when that record begins.
 *
 * The EDF+ standard text "Recording ends" inside the last data record says that the samples after
 * it only fill the record up; it is held back here until the reader knows. */
#ifndef SOLEUS_FORMATS_EDF_ANNOTATIONS_H
#define SOLEUS_FORMATS_EDF_ANNOTATIONS_H

#include "formats/edf/header.h"

#define EDF_RECORDING_ENDS "Recording ends"

/* In files of this project: what a data record lacks, of all channels or ("No data: LABEL") of one;
 * the samples there are filling. Onset and duration lie within the record. */
#define EDF_NO_DATA "No data"

/* When a data record begins, by its time-keeping TAL. */
struct edf_onset {
    bool known;
    double seconds; /* since the header's start */
    int decimals;   /* digits after the decimal mark, as written */
};

/* Samples that only fill a record up, from onset to end (s since zero). */
struct edf_missing {
    size_t signal; /* SIZE_MAX: all */
    double onset, end;
};

struct edf_annotations {
    struct recording_info *info;     /* where annotations go */
    const struct edf_header *header; /* whose `own` tells that EDF_NO_DATA means missing samples */
    /* Of the records loaded and, where another program has moved annotations, of later ones; by
     * onset. Those of records that have passed already are annotations like any other. */
    size_t missing_count, missing_room;
    struct edf_missing *missing; /* owned by edf_records */
    double passed;               /* s since zero: the records loaded begin no earlier */
    double zero;                 /* s since the header's start: the first record's onset */
    bool end_known;              /* a "Recording ends" is held back */
    double end;                  /* its onset, s since zero */
    double end_duration;
    size_t malformed; /* TALs passed over */
};

/* The time-keeping TAL at the start of an annotation signal's `size` bytes in one record. */
struct edf_onset edf_annotations_onset(const unsigned char *bytes, size_t size);

/* Adds the texts of all TALs in an annotation signal's bytes of one record. */
enum status edf_annotations_collect(struct edf_annotations *annotations, const unsigned char *bytes,
                                    size_t size, struct error *error);

/* Forgets what is missing before `passed`; then, when new records are loaded, puts what was found
 * in order of onset. */
void edf_annotations_pass(struct edf_annotations *annotations, double passed);
void edf_annotations_sort(struct edf_annotations *annotations);

/* Turns a held-back "Recording ends" into an annotation like any other. */
enum status edf_annotations_release_end(struct edf_annotations *annotations, struct error *error);

#endif
