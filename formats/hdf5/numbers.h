/* Datasets of numbers as rows × columns, read through a window; datasets of texts. */
#ifndef SOLEUS_FORMATS_HDF5_NUMBERS_H
#define SOLEUS_FORMATS_HDF5_NUMBERS_H

#include "formats/hdf5/access.h"

#define HDF5_COLUMNS_MAX 65536

struct hdf5_numbers {
    const struct hdf5_input *input;
    hid_t dataset;
    char name[96];
    uint64_t rows;
    size_t columns; /* 1 for a dataset of one dimension */
    bool whole;     /* integers, of at most 32 bits: from lowest to highest */
    double lowest, highest;
    bool cut; /* its last chunks were never written: rows is what there is */
    unsigned rank;
    double *window; /* rows [first, first + held) */
    uint64_t first;
    size_t held, capacity;
};

/* Opens a dataset of integers or floats with one or two dimensions (a scalar has one row and one
 * column). STATUS_UNSUPPORTED for what is sound and not read, STATUS_FAILED for what lies. */
enum status hdf5_numbers_open(struct hdf5_input *input, hid_t from, const char *path,
                              struct hdf5_numbers *numbers, struct error *error);
void hdf5_numbers_close(struct hdf5_numbers *numbers);

/* The rows from `row` on, each of `columns` values; *available (≥ 1) says how many there are in the
 * window. row < rows. NULL on failure. */
const double *hdf5_numbers_rows(struct hdf5_numbers *numbers, uint64_t row, size_t *available,
                                struct error *error);

/* All values of a dataset with one column and at most `most` rows, owned; NULL with *count 0 when
 * there is no such dataset or it is of another kind. */
double *hdf5_reals(struct hdf5_input *input, hid_t from, const char *path, size_t most,
                   size_t *count);

/* Texts of a dataset of one dimension (or a scalar), each cut to HDF5_TEXT_MAX bytes, owned (free
 * with hdf5_free_names); NULL with *count 0 as above. */
char **hdf5_texts(struct hdf5_input *input, hid_t from, const char *path, size_t most,
                  size_t *count);

#endif
