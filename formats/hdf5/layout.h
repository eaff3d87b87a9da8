/* How Soleus lays out a recording in HDF5 (which is netCDF-4 too); reader and writer agree on it.
 *
 * Root attributes: soleus_recording (version of this layout), Conventions, title, soleus_version;
 * start_time (ISO 8601, civil) with start_seconds (since 1970-01-01, civil) and start_fraction;
 * mains (Hz); conditioned. /signals has one variable a channel, named by its label, over a
 * dimension of its rate and length (/sample, /sample_2, …), with units, long_name (the label as it
 * is), sampling_rate (Hz), channel (its place, from 1), type, and where they are known minimum,
 * maximum, description, muscle, file_units, grid, row, column, distance, bad. Samples that came
 * from integers are stored as such, in CF's packing: scale_factor, add_offset, _FillValue; others
 * are 32-bit floats. What is missing is _FillValue. /annotations has onset, duration (s) and text
 * over /annotation. */
#ifndef SOLEUS_FORMATS_HDF5_LAYOUT_H
#define SOLEUS_FORMATS_HDF5_LAYOUT_H

#include "formats/hdf5/kind.h"

#define LAYOUT_VERSION         1
#define LAYOUT_SIGNALS         "signals"
#define LAYOUT_ANNOTATIONS     "annotations"
#define LAYOUT_ANNOTATIONS_MAX 10000000

#endif
