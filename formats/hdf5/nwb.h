/* Neurodata Without Borders 2: what the parts of its reader share. */
#ifndef SOLEUS_FORMATS_HDF5_NWB_H
#define SOLEUS_FORMATS_HDF5_NWB_H

#include "formats/hdf5/readers.h"

#define NWB_PATH_SIZE 512

/* A group of a file that holds a signal. */
struct nwb_series {
    char path[NWB_PATH_SIZE]; /* "/acquisition/EMG" */
    const char *name;         /* its last part */
    bool electrical;          /* an ElectricalSeries; others are plain TimeSeries */
    bool emg;                 /* says so */
    bool wanted;
    double start, rate; /* s from the file's reference, and Hz, once it has been laid out */
    size_t numbers, timeline;
    bool timed; /* timestamps, no starting time */
};

struct nwb_file {
    struct hdf5_signals *signals;
    const struct reader_options *options;
    hid_t root;
    size_t series_count;
    struct nwb_series *series;
    size_t electrode_count; /* the table of electrodes, whose columns may be missing (NULL) */
    char **labels, **groups, **locations;
};

/* Lists the series of acquisition and processing. */
enum status nwb_find_series(struct nwb_file *file, struct error *error);
/* Marks the wanted ones: the one that options name; else those that say EMG; else the electrical
 * ones. */
enum status nwb_choose_series(struct nwb_file *file, struct error *error);

/* The rate and start of a series, from its starting time or its timestamps, and where its rows lie
 * in time (its timeline, without what comes before its first row). */
enum status nwb_lay_series(struct nwb_file *file, struct nwb_series *series, hid_t group,
                           struct error *error);

/* The table of electrodes. */
void nwb_read_electrodes(struct nwb_file *file);
void nwb_clear_electrodes(struct nwb_file *file);

/* Time intervals and annotation series, `zero` being the recording's start. */
enum status nwb_annotate(struct nwb_file *file, double zero, struct error *error);

#endif
