/* Channels that are columns of datasets: what the readers of HDF5 recordings share once they have
 * found them. A timeline says which rows of a dataset lie where in time; what lies between them is
 * missing. */
#ifndef SOLEUS_FORMATS_HDF5_SIGNALS_H
#define SOLEUS_FORMATS_HDF5_SIGNALS_H

#include "formats/hdf5/numbers.h"
#include "formats/recording.h"

struct hdf5_run {
    uint64_t frame, row, count; /* rows [row, row + count) are frames [frame, frame + count) */
};

struct hdf5_timeline {
    uint64_t frames; /* with what is missing */
    uint64_t rows;
    size_t run_count;
    struct hdf5_run *runs; /* in order */
};

struct hdf5_stream {
    size_t numbers, column, timeline;
    bool coded;     /* `missing` is the number that stands for no sample */
    double missing; /* in the dataset */
    uint64_t frame; /* next */
    size_t run;     /* the one that `frame` is in or before */
};

/* A reader's state. */
struct hdf5_signals {
    struct hdf5_input input;
    struct recording_info *info;
    size_t numbers_count, timeline_count, stream_count;
    struct hdf5_numbers *numbers;
    struct hdf5_timeline *timelines;
    struct hdf5_stream *streams; /* by channel */
};

enum status hdf5_signals_create(struct source *source, struct recording_info *info,
                                struct hdf5_signals **signals, struct error *error);
/* A reader's close; accepts NULL. */
void hdf5_signals_close(void *signals);
/* A reader's read. */
enum status hdf5_signals_read(void *signals, struct block *block, struct error *error);

/* Opens a dataset as numbers of the signals and puts its index into *index. */
enum status hdf5_signals_numbers(struct hdf5_signals *signals, hid_t from, const char *path,
                                 size_t *index, struct error *error);
/* A new, empty timeline. */
enum status hdf5_signals_timeline(struct hdf5_signals *signals, size_t *index, struct error *error);
/* A stream for one more channel. */
enum status hdf5_signals_stream(struct hdf5_signals *signals, struct hdf5_stream stream,
                                struct error *error);

/* Rows that follow, and frames that are missing after them. */
enum status hdf5_timeline_rows(struct hdf5_timeline *timeline, uint64_t count, struct error *error);
void hdf5_timeline_gap(struct hdf5_timeline *timeline, uint64_t frames);

/* The longest channel, s. The rates must be known. */
double hdf5_signals_duration(const struct hdf5_signals *signals);

#endif
