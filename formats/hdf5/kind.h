/* What an HDF5 file holds, from its first bytes (for probes, which must not run HDF5 on files that
 * nobody has vetted) and from its contents (for readers, which do that in a process of their own).
 */
#ifndef SOLEUS_FORMATS_HDF5_KIND_H
#define SOLEUS_FORMATS_HDF5_KIND_H

#include "formats/hdf5/access.h"
#include "formats/reader.h"

enum hdf5_kind {
    HDF5_NONE = 0,  /* not HDF5, or MATLAB's of a reader of its own */
    HDF5_OTHER,     /* HDF5 of none of the kinds below, or one that the first bytes do not tell */
    HDF5_RECORDING, /* written by Soleus */
    HDF5_RESULTS,   /* of Soleus */
    HDF5_OPENSIGNALS,
    HDF5_NWB
};

/* The root attribute of Soleus's recordings: the version of their layout, a number. */
#define HDF5_RECORDING_ATTRIBUTE "soleus_recording"

enum hdf5_kind hdf5_kind_of_bytes(const unsigned char *head, size_t size);
enum hdf5_kind hdf5_kind_of_file(struct hdf5_input *input);

/* A reader's probe. */
struct probe hdf5_probe(enum hdf5_kind mine, const unsigned char *head, size_t size);

/* STATUS_OK when the file is of the kind; else refuses it, and says what it is. */
enum status hdf5_expect(struct hdf5_input *input, enum hdf5_kind mine, struct error *error);

/* A device's group in a file of OpenSignals. */
bool hdf5_is_opensignals_device(struct hdf5_input *input, hid_t group);

#endif
