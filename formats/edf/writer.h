/* What the files that write EDF+C and BDF+C share. Internal to edf_write.c and its neighbours.
 *
 * Written by hand, since EDFlib 1.23 truncates numbers in the header (3276.7 becomes 3276.699),
 * cuts annotations at 40 bytes, drops those beyond one a record, and reports success on a full
 * disk. It reads back what is written here (tests).
 *
 * Record duration: the smallest whole number of seconds, up to 60, in which every channel has a
 * whole number of samples, if need be to 2e-6 of the rate (1259.259 Hz: 27 s hold 34000 samples).
 *
 * Range: a channel's minimum and maximum become the physical limits. Where they stand on the grid
 * of its gain (raw counts of a converter) and the samples were not filtered, the digital step is
 * that grid's, or a whole fraction of it, so that what was read is written exactly (samples that
 * are on no grid, with a gain of 1, lose less than a bit by it); elsewhere the limits span all
 * digital values. Samples beyond are clamped, and so stand at the limits, where
 * clipping is looked for. Channels of voltage without limits get a default (µV: ±3276.8 in steps
 * of 0.1, BDF ±262143 in steps of 1/32), beyond which samples are refused.
 *
 * The last record is filled up with physical zero; the standard annotation "Recording ends" then
 * tells where the samples end, and the reader cuts the filling off again. */
#ifndef SOLEUS_FORMATS_EDF_WRITER_H
#define SOLEUS_FORMATS_EDF_WRITER_H

#include "formats/writer.h"

#define EDF_FIELD_SIZE 8 /* of a number in the header */

struct edf_out_channel {
    size_t samples;         /* in a record */
    double step, offset;    /* physical = step × digital + offset */
    double lowest, highest; /* digital */
    char physical_minimum[EDF_FIELD_SIZE + 1], physical_maximum[EDF_FIELD_SIZE + 1];
    bool default_range;   /* chosen here, so that samples beyond it are refused */
    uint64_t count;       /* samples taken */
    unsigned char *bytes; /* owned: samples not yet written, encoded */
    size_t used, room;    /* of bytes */
};

/* An annotation as it will be written. */
struct edf_tal {
    double onset; /* s from time zero, for order */
    size_t index; /* as given, where onsets are equal */
    char *bytes;  /* owned: a whole TAL, final 0x00 included */
    size_t size;
};

struct edf_out {
    struct output *output;
    FILE *stream; /* the output's */
    const struct recording_info *info;
    bool bdf;
    size_t width;                     /* bytes a sample */
    double duration;                  /* of a record, s; a whole number */
    double zero;                      /* s: onset of the first record, the start's fraction */
    uint64_t records;                 /* written */
    size_t data_bytes;                /* of a record, before its annotations */
    size_t text_bytes;                /* of its annotations; a multiple of 6 */
    struct edf_out_channel *channels; /* owned */
    char *area;                       /* owned: text_bytes, of the record being written */
    size_t tal_count;
    struct edf_tal *tals; /* owned */
};

/* Byte of the first data record. */
uint64_t edf_out_data_start(const struct edf_out *out);

/* Chooses record duration, ranges and digital limits. */
enum status edf_out_plan(struct edf_out *out, struct error *error);

/* Writes the header at the file's start; the count of records is -1 as long as `final` is not. */
enum status edf_out_header(struct edf_out *out, bool final, struct error *error);

/* A failed write, told by errno. */
enum status edf_out_failure(const struct edf_out *out, struct error *error);

/* Fills an annotation area with the time-keeping TAL of a record; returns that TAL's size, also
 * when area is NULL. */
size_t edf_out_time(const struct edf_out *out, uint64_t record, char *area);

/* Adds an annotation to those that edf_out_annotations will write. */
enum status edf_out_annotate(struct edf_out *out, double onset, double duration, const char *text,
                             struct error *error);

/* Puts all annotations into the records' annotation areas, which are widened when they are too
 * small. Every record has been written. */
enum status edf_out_annotations(struct edf_out *out, struct error *error);

#endif
