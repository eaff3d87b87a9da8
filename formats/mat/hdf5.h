/* Datasets of a v7.3 MAT-file as rows of numbers. */
#ifndef SOLEUS_FORMATS_MAT_HDF5_H
#define SOLEUS_FORMATS_MAT_HDF5_H

#include "formats/mat/file.h"

/* Opens an array's dataset, with room for its chunks; negative when that fails. */
hid_t mat_hdf5_open(const struct mat_file *file, const struct mat_array *array);

/* Reads count numbers from number `first` on, in the order in which they lie. Returns count, or
 * fewer when the library could not read them. */
size_t mat_hdf5_numbers(hid_t dataset, uint64_t first, size_t count, double *to);

/* Sets class, shape and place of a dataset of numbers or characters, MAT_OTHER for what is not
 * read: links to other files, claims that the stored bytes cannot hold. */
void mat_hdf5_describe(hid_t dataset, const char *class_name, struct mat_array *array);

/* The attribute MATLAB_class; "" when there is none. */
void mat_hdf5_class(hid_t object, char to[64]);

#endif
