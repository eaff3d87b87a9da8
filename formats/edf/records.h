/* Data records of EDF and BDF: loaded in groups, placed in time, their annotations collected.
 *
 * Records are read in groups of about a mebibyte, front to back, so that a pipe will do. Records
 * beyond EDF_RECORD_LARGE of a regular file are loaded in slices instead (some samples of every
 * signal at a time), so that memory stays bounded when a whole night is one record.
 *
 * What is honest about damage: a file that ends within a record keeps the whole samples of every
 * signal up to there, so that channels may end at different times, and none is filled up; what
 * stands after the last record that the header counts is not read. Both are warnings, or errors
 * when strict. In a discontinuous file a record that ends before its own time stamp is dropped. */
#ifndef SOLEUS_FORMATS_EDF_RECORDS_H
#define SOLEUS_FORMATS_EDF_RECORDS_H

#include "formats/edf/annotations.h"
#include "formats/edf/header.h"

#define EDF_RECORD_LARGE ((size_t)4 << 20)

/* One channel's samples in the present group. */
struct edf_span {
    const unsigned char *first; /* in the group's first record; others follow by `stride` bytes */
    size_t samples;             /* in each record of the group but the last */
    size_t last;                /* in the last */
};

/* Where a record of a discontinuous file lies; tolerance is what rounding explains. */
struct edf_place {
    double onset; /* s from the recording's start; NaN: it follows the record before */
    double tolerance;
};

struct edf_records {
    struct source *source;
    struct recording_info *info;
    const struct edf_header *header;
    struct edf_annotations annotations;
    bool strict;
    bool check_times;                  /* the header's duration of a record is believed */
    bool ended;                        /* the present group is the last */
    bool malformed_told, untimed_told; /* warnings given once */

    /* The present group. */
    size_t count; /* records; 0: the end, or not begun */
    size_t stride;
    struct edf_span *spans;   /* by channel */
    struct edf_place *places; /* by record; NULL in a continuous file */

    uint64_t next;     /* number, from 0, of the first record not yet loaded */
    uint64_t *planned; /* by channel: samples up to the group's end, gaps included */
    int decimals;      /* the most seen in an onset */
    size_t capacity;   /* records a group */
    size_t bytes_size;
    unsigned char *bytes;

    /* Slices of a large record. */
    size_t slice, slice_count; /* the next one, and how many make the record */
    size_t record_held;        /* bytes of the present record that the file holds */
    size_t *held;              /* by signal: samples of it in the present record */
};

/* The header has been read and the source stands at the first record. For a regular file what its
 * size says against the header is reported at once. Call edf_records_clear also after a failure. */
enum status edf_records_begin(struct edf_records *records, struct source *source,
                              const struct reader_options *options, struct recording_info *info,
                              const struct edf_header *header, struct error *error);

/* Loads the next group; count is 0 at the end, again and again. */
enum status edf_records_next(struct edf_records *records, struct error *error);

void edf_records_clear(struct edf_records *records);

/* Samples missing before record `slot` of the group, for a channel that has had `position`. */
uint64_t edf_records_gap(const struct edf_records *records, size_t slot, double rate,
                         uint64_t position);

/* Whole samples of a signal among a record's first `bytes` bytes. */
size_t edf_records_held(const struct edf_header *header, size_t signal, size_t bytes);

/* For edf_records.c and edf_slices.c alone. */

/* Collects one annotation signal's bytes of record `number`; the first one gives its onset. */
enum status edf_records_text(struct edf_records *records, uint64_t number, bool first,
                             const unsigned char *bytes, size_t size, struct edf_onset *onset,
                             struct error *error);
/* Finds record `number`'s place in time, and counts its samples into `planned`. */
enum status edf_records_place(struct edf_records *records, uint64_t number, size_t slot,
                              struct edf_onset onset, struct error *error);
/* Samples of a channel in the last record, when "Recording ends" in it cuts its filling off. */
size_t edf_records_trimmed(const struct edf_records *records, size_t channel, size_t samples);
/* Whether such an annotation lies in the record placed last, the file's last. */
bool edf_records_ends_within(const struct edf_records *records);
/* What is loaded next begins where what was loaded ends. */
void edf_records_pass(struct edf_records *records);
/* Loads the next slice of a large record. */
enum status edf_records_slice(struct edf_records *records, struct error *error);

#endif
