/* Files of OpenSignals: what the parts of their reader share. */
#ifndef SOLEUS_FORMATS_HDF5_OPENSIGNALS_H
#define SOLEUS_FORMATS_HDF5_OPENSIGNALS_H

#include "formats/hdf5/readers.h"
#include "formats/opensignals_sensor.h"

/* One device: a group at the root, named by its MAC address. */
struct opensignals_device {
    char name[64];
    char model[64]; /* "biosignalsplux" */
    double rate;    /* Hz; 0 when unknown */
    struct start_time start;
    size_t first, count; /* its channels in the recording */
    size_t timeline;
};

/* The device's timeline, of `rows` samples, from its counter of packets (raw/nSeq): where the
 * counter jumps, samples were lost. `lead` frames are missing before the first. */
enum status opensignals_timeline(struct hdf5_signals *signals, hid_t group,
                                 const struct opensignals_device *device, uint64_t lead,
                                 uint64_t rows, bool strict, struct error *error);

/* The device's digital events, as annotations; `lead` frames came before its first sample. */
enum status opensignals_events(struct hdf5_signals *signals, hid_t group,
                               const struct opensignals_device *device, uint64_t lead,
                               struct error *error);

#endif
