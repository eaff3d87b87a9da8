/* The writer of recordings as HDF5: what its parts share. */
#ifndef SOLEUS_FORMATS_HDF5_WRITER_H
#define SOLEUS_FORMATS_HDF5_WRITER_H

#include "formats/hdf5/layout.h"
#include "formats/recording.h"

/* Samples of a channel that are written together. */
#define WRITER_CHUNK 16384

enum hdf5_coding { CODING_16, CODING_32, CODING_FLOAT };

/* A channel on its way into the file. */
struct hdf5_column {
    const struct channel *channel;
    size_t place; /* in the recording, from 0 */
    char *name;   /* of its variable; owned */
    enum hdf5_coding coding;
    hid_t dataset;    /* negative until its first chunk is written */
    uint64_t written; /* samples in the file */
    bool stalled;     /* the others have gone far ahead of it */
    float *held;      /* owned: samples that wait, from held[taken] on */
    size_t taken, count, room;
};

struct hdf5_writer {
    const char *name, *path; /* for messages, and of the file */
    const struct recording_info *info;
    struct results_file state;
    hid_t file, signals, text_type;
    size_t column_count;
    struct hdf5_column *columns;
    void *staged; /* WRITER_CHUNK values of 4 bytes */
};

/* How a channel may be stored: as integers when its limits are those of an integer code. */
enum hdf5_coding hdf5_coding_of(const struct channel *channel);

/* Appends `count` samples (at most WRITER_CHUNK) to the channel's variable, which is made when it
 * is missing. Where they are none of its integers, what was written is written anew with a wider
 * coding. */
enum status hdf5_column_write(struct hdf5_writer *writer, struct hdf5_column *column,
                              const float *samples, size_t count, struct error *error);

/* Names the dimensions of all variables, and writes the annotations. */
enum status hdf5_writer_finish(struct hdf5_writer *writer, struct error *error);

/* hdf5_error with what the system said of a write that failed. */
enum status hdf5_writer_failed(struct hdf5_writer *writer, const char *what, struct error *error);

#endif
