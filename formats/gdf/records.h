/* The data records of a GDF file, loaded in groups: several records at once, or, of records too
 * large for that, a slice of every signal at a time. */
#ifndef SOLEUS_FORMATS_GDF_RECORDS_H
#define SOLEUS_FORMATS_GDF_RECORDS_H

#include "formats/gdf/gdf.h"

/* A signal's samples in the group: runs of `run` samples, `stride` bytes from run to run. */
struct gdf_span {
    const unsigned char *first;
    size_t run;
    size_t total;
};

struct gdf_records {
    struct source *source;
    struct recording_info *info;
    const struct gdf_header *header;
    bool strict;
    bool ended;
    unsigned char *bytes; /* owned */
    size_t capacity;      /* records, of a group; 0: slices */
    size_t stride;
    struct gdf_span *spans; /* owned; by signal */
    uint64_t next;          /* record */
    size_t slice, slices;   /* of record `next` */
};

/* Makes room; the source stands at the first record. */
enum status gdf_records_begin(struct gdf_records *records, struct source *source,
                              const struct gdf_header *header, bool strict,
                              struct recording_info *info, struct error *error);
/* Loads the next group; every span's total is 0 at the end. */
enum status gdf_records_next(struct gdf_records *records, struct error *error);
void gdf_records_clear(struct gdf_records *records);

/* Samples of a signal among the first `bytes` of a record. */
size_t gdf_records_held(const struct gdf_signal *signal, uint64_t bytes);

#endif
