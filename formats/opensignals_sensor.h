/* What the counts of OpenSignals devices mean, in files of HDF5 and of text. */
#ifndef SOLEUS_FORMATS_OPENSIGNALS_SENSOR_H
#define SOLEUS_FORMATS_OPENSIGNALS_SENSOR_H

#include "formats/recording.h"

/* Calibrates a channel of raw counts (0 to 2^bits − 1) by the transfer function that the maker
 * documents for the sensor on that device: type, gain, offset, limits and file_unit. Leaves counts,
 * with "" for their unit, where none is known. bits may be 0 (unknown). */
void opensignals_calibrate(struct channel *channel, const char *sensor, const char *model,
                           int bits);

#endif
