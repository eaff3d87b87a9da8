/* What the parts of the GDF reader share: the parsed header, the data types, the event table.
 *
 * General Data Format for biosignals 1.x and 2.x (Schlögl 2006, arXiv:cs/0608052): a fixed header
 * of 256 bytes, 256 bytes a signal, from 2.1 on tagged fields, data records, a table of events.
 * Every number is little endian. */
#ifndef SOLEUS_FORMATS_GDF_GDF_H
#define SOLEUS_FORMATS_GDF_GDF_H

#include "formats/reader.h"

#define GDF_BLOCK 256 /* bytes of the fixed header, and of the header of a signal */

enum gdf_type {
    GDF_INT8 = 1,
    GDF_UINT8 = 2,
    GDF_INT16 = 3,
    GDF_UINT16 = 4,
    GDF_INT32 = 5,
    GDF_UINT32 = 6,
    GDF_INT64 = 7,
    GDF_UINT64 = 8,
    GDF_FLOAT32 = 16,
    GDF_FLOAT64 = 17,
    GDF_INT24 = 255 + 24,
    GDF_UINT24 = 511 + 24
};

struct gdf_signal {
    char label[LABEL_SIZE];
    char unit[UNIT_SIZE];
    uint32_t type;       /* enum gdf_type once the header has been accepted */
    size_t width;        /* bytes a sample */
    size_t samples;      /* in a data record; 0: its values stand in the event table (sparse) */
    size_t place;        /* bytes from the record's begin to its first sample */
    size_t channel;      /* in info->channels; SIZE_MAX for a sparse signal */
    bool scaled;         /* else digital counts, without a unit */
    double gain, offset; /* file's unit = gain × digital + offset */
    double minimum, maximum;
};

struct gdf_header {
    double version;        /* 1.25, 2.51 */
    uint64_t data_start;   /* bytes from the file's begin to the first data record */
    uint64_t record_count; /* UINT64_MAX: unknown */
    double duration;       /* of a data record, s */
    size_t record_bytes;
    size_t signal_count;
    struct gdf_signal *signals; /* owned */
    unsigned char *tagged;      /* owned; header 3, NULL when there is none */
    size_t tagged_size;
};

/* Reads the header, up to the first data record, and fills info. On failure the header is empty. */
enum status gdf_header_read(struct source *source, const struct reader_options *options,
                            struct recording_info *info, struct gdf_header *header,
                            struct error *error);
void gdf_header_clear(struct gdf_header *header);

/* One signal's header out of the table of all; the table has 256 × signal_count bytes. */
enum status gdf_signal_parse(const unsigned char *table, const struct gdf_header *header,
                             size_t signal, const char *name, struct gdf_signal *to,
                             struct error *error);
/* Label, unit, description and calibration of a signal into its channel. */
enum status gdf_signal_describe(const unsigned char *table, const struct gdf_header *header,
                                size_t signal, const char *name, bool strict,
                                struct recording_info *info, struct error *error);

/* The unit of a code of physical dimensions (ISO 11073-10101), "" when it is not known. */
void gdf_unit(unsigned code, char to[UNIT_SIZE]);

/* The event table of an event type, or NULL. */
const char *gdf_event_text(unsigned type);

/* Reads the table of events, which begins at the source's position, into annotations. A source
 * that ends there has none. */
enum status gdf_events_read(struct source *source, const struct gdf_header *header, bool strict,
                            struct recording_info *info, struct error *error);

/* The first `count` samples that lie `step` bytes apart, as gain × digital + offset. Missing
 * values (NaN) stay so; infinite ones become NaN, and true is returned. */
bool gdf_decode(float *to, const unsigned char *from, size_t step, size_t count, uint32_t type,
                double gain, double offset);
/* Bytes of a sample; 0 for a type that is not read. */
size_t gdf_width(uint32_t type);

static inline uint64_t gdf_bits(const unsigned char *from, size_t bytes)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < bytes; i++) {
        bits |= (uint64_t)from[i] << (8 * i);
    }
    return bits;
}

#endif
