/* The header of EDF, EDF+C, EDF+D files and of their 24-bit sisters BDF, BDF+C, BDF+D.
 *
 * Layout: 256 bytes for the file, 256 bytes a signal (field by field, not signal by signal), then
 * data records of equal size. In a record the samples of each signal stand together, signal after
 * signal, as little-endian whole numbers of two's complement, 2 bytes (EDF) or 3 bytes (BDF) wide.
 *
 * Sources: Kemp et al., Electroenceph. clin. Neurophysiol. 82 (1992) 391-393 (EDF); Kemp & Olivan,
 * Clin. Neurophysiol. 114 (2003) 1755-1761 (EDF+); BioSemi's BDF description. */
#ifndef SOLEUS_FORMATS_EDF_HEADER_H
#define SOLEUS_FORMATS_EDF_HEADER_H

#include "formats/reader.h"

#define EDF_FIXED_SIZE  256
#define EDF_SIGNAL_SIZE 256
#define EDF_LABEL_SIZE  16

/* How the recording field of files written by this project ends: the equipment, and a remark when
 * the samples are conditioned already. */
#define EDF_EQUIPMENT   "Soleus"
#define EDF_CONDITIONED " conditioned"

/* Where the fields of the fixed part begin. */
enum {
    EDF_AT_RECORDING = 88,
    EDF_AT_DATE = 168,
    EDF_AT_TIME = 176,
    EDF_AT_HEADER_BYTES = 184,
    EDF_AT_RESERVED = 192,
    EDF_AT_RECORD_COUNT = 236,
    EDF_AT_DURATION = 244,
    EDF_AT_SIGNAL_COUNT = 252
};

struct edf_signal {
    size_t samples;                 /* in one data record; > 0 */
    size_t offset;                  /* of its first byte in a data record */
    bool annotations;               /* holds text, not samples */
    size_t channel;                 /* index in recording_info; SIZE_MAX for annotations */
    char label[EDF_LABEL_SIZE + 1]; /* of a signal of samples, as the header has it */
    char *problem;                  /* owned; why its samples mean nothing (NULL: they are sound) */
};

struct edf_header {
    bool bdf;
    bool own;            /* written by this project */
    bool discontinuous;  /* +D: each record carries its own time */
    size_t sample_bytes; /* 2 or 3 */
    size_t signal_count;
    struct edf_signal *signals; /* owned */
    size_t record_bytes;
    uint64_t record_count; /* UINT64_MAX when the header does not say */
    double duration;       /* of a record, s; > 0 */
    int duration_decimals; /* of that number as written, for rounding of onsets */
    uint64_t data_start;   /* byte where the first record begins */
};

/* Reads the header from the source's start and leaves the source at the first data record. Fills
 * info's channels (with their rates, options->rate included) and its start, and adds warnings to
 * it; what is only mendable is refused when options->strict. A channel whose calibration is
 * unusable gets a `problem`, and costs the file only when it is read. Call edf_header_clear also
 * after a failure. */
enum status edf_header_read(struct source *source, const struct reader_options *options, bool bdf,
                            struct recording_info *info, struct edf_header *header,
                            struct error *error);
void edf_header_clear(struct edf_header *header);

/* Fills info->start from the fixed part's date, time and recording fields; used by
 * edf_header_read. Two-digit years pivot at 1985; an EDF+ "Startdate dd-MMM-yyyy" wins. The
 * conventional anonymous start, 1985-01-01 00:00:00, is unknown. False, with start unknown, when
 * the fields hold no date. */
bool edf_header_start(const unsigned char *fixed, struct start_time *start);

#endif
