/* The opening halves of the readers of HDF5; their reading half is signals.h. Each fills info for
 * a file of its kind. */
#ifndef SOLEUS_FORMATS_HDF5_READERS_H
#define SOLEUS_FORMATS_HDF5_READERS_H

#include "formats/hdf5/kind.h"
#include "formats/hdf5/signals.h"

enum status opensignals_open(struct hdf5_signals *signals, const struct reader_options *options,
                             struct error *error);
enum status nwb_open(struct hdf5_signals *signals, const struct reader_options *options,
                     struct error *error);
enum status recording_file_open(struct hdf5_signals *signals, const struct reader_options *options,
                                struct error *error);

#endif
