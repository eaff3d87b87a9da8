/* What the files that write EDF+ and BDF+ share. Internal to write.c and its neighbours.
 *
 * Written by hand, since EDFlib 1.23 truncates numbers in the header (3276.7 becomes 3276.699),
 * cuts annotations at 40 bytes, drops those beyond one a record, and reports success on a full
 * disk. It reads back what is written here (tests).
 *
 * Record duration: the smallest whole number of seconds, up to 60, in which every channel has a
 * whole number of samples, or in which they come nearest to it, to 2e-6 of the rate at worst
 * (1259.259 Hz: 27 s hold 34000 samples). For other rates, up to 9 s with six decimals.
 * Record n begins at n durations, so that sample times never shift.
 *
 * Range: a channel's minimum and maximum become the physical limits. Of a channel that is on_grid
 * the raw whole numbers are stored; where the limits cannot be told exactly in the 8 characters of
 * a header field, or not in the channel's unit, wider ones that can, or another unit of voltage,
 * are looked for. Where declared limits stand on the grid of the gain (counts of a converter) and
 * the samples were not filtered, the digital step is that grid's or a whole fraction of it;
 * elsewhere the limits span all digital values. Samples beyond are clamped, and so stand at the
 * limits, where clipping is looked for. Channels of voltage without limits get a default (µV:
 * ±3276.8 in steps of 0.1, BDF ±262143 in steps of 1/32), beyond which samples are refused.
 *
 * Missing samples (NaN): a record that has none but those is left out, and the file is EDF+D. In
 * the other records they are filled with physical zero, and an annotation in that record tells
 * since when and how long: "No data" where all channels lack them alike, else "No data: LABEL".
 * The reader makes gaps of those again.
 *
 * The last record is filled up with physical zero; the standard annotation "Recording ends" then
 * tells where the samples end, and the reader cuts the filling off again. */
#ifndef SOLEUS_FORMATS_EDF_WRITER_H
#define SOLEUS_FORMATS_EDF_WRITER_H

#include "formats/edf/header.h"
#include "formats/writer.h"

#define EDF_FIELD_SIZE 8 /* of a number in the header */

struct edf_out_channel {
    char label[EDF_LABEL_SIZE + 1]; /* as in the header */
    size_t samples;                 /* in a record */
    double step, offset;            /* of the channel's unit: value = step × digital + offset */
    double lowest, highest;         /* digital */
    char unit[UNIT_SIZE];           /* of the limits in the header */
    char physical_minimum[EDF_FIELD_SIZE + 1], physical_maximum[EDF_FIELD_SIZE + 1];
    bool default_range; /* chosen here, so that samples beyond it are refused */
    uint64_t count;     /* samples taken */
    float *waiting;     /* owned: samples not yet written */
    size_t used, room;  /* of waiting */
};

/* A record that has been written. */
struct edf_out_record {
    uint64_t place; /* it begins at place × duration */
    size_t used;    /* bytes of its annotation area */
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
    double duration;                  /* of a record, s, as in the header */
    double zero;                      /* s: onset of the first record, the start's fraction */
    uint64_t place;                   /* of the next record */
    uint64_t records;                 /* written */
    struct edf_out_record *list;      /* owned; by record written */
    size_t list_room;                 /* records */
    size_t data_bytes;                /* of a record, before its annotations */
    size_t text_bytes;                /* of its annotations; a multiple of 6 */
    struct edf_out_channel *channels; /* owned */
    unsigned char *data;              /* owned: data_bytes, of the record being written */
    char *area;                       /* owned: annotations of the record being written */
    size_t area_used, area_room;
    size_t tal_count;
    struct edf_tal *tals; /* owned */
};

/* Byte of the first data record. */
uint64_t edf_out_data_start(const struct edf_out *out);

/* Chooses record duration, ranges and digital limits. */
enum status edf_out_plan(struct edf_out *out, struct error *error);

/* Fills the channels' labels. */
void edf_out_labels(struct edf_out *out);

/* Writes the header at the file's start; the count of records is -1 as long as `final` is not. */
enum status edf_out_header(struct edf_out *out, bool final, struct error *error);

/* A failed write, told by errno. */
enum status edf_out_failure(const struct edf_out *out, struct error *error);

/* Chooses a channel's range; part of edf_out_plan. */
enum status edf_out_range(struct edf_out *out, size_t c, struct error *error);

/* Whether any record has been left out. */
bool edf_out_discontinuous(const struct edf_out *out);

/* Writes the records that every channel has whole; with `last` the last of them even if nothing is
 * in it, so that the file's end stays where it is. */
enum status edf_out_records(struct edf_out *out, bool last, struct error *error);

/* Begins the annotation area of a record with the TAL that tells its place. */
enum status edf_out_time(struct edf_out *out, uint64_t place, struct error *error);
/* Appends "No data" to it (label NULL: of all channels); onset in s from time zero. */
enum status edf_out_missing(struct edf_out *out, double onset, double duration, const char *label,
                            struct error *error);
/* Makes the annotation areas of the records written, and of those to come, wider. */
enum status edf_out_widen(struct edf_out *out, size_t text_bytes, struct error *error);

/* Adds an annotation to those that edf_out_annotations will write. */
enum status edf_out_annotate(struct edf_out *out, double onset, double duration, const char *text,
                             struct error *error);

/* Puts all annotations into the records' annotation areas, which are widened when they are too
 * small. Every record has been written. */
enum status edf_out_annotations(struct edf_out *out, struct error *error);

#endif
