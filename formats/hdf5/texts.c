/* Datasets of texts, of fixed or variable length. */
#include "formats/checked.h"
#include "formats/hdf5/numbers.h"
#include "formats/utf8.h"

#include <string.h>

/* Texts read at a time: entries of a hostile file may all be the same large one. */
#define BATCH 16

struct text_reading {
    hid_t dataset, type, space, here;
    bool scalar, variable;
    size_t width; /* of a text of fixed length */
    bool padded;  /* with blanks */
};

static char *copy_text(const struct text_reading *reading, const char *text, size_t length)
{
    length = strnlen(text, length < HDF5_TEXT_MAX ? length : HDF5_TEXT_MAX);
    while (reading->padded && length > 0 && text[length - 1] == ' ') {
        length--;
    }
    return utf8_duplicate(text, length);
}

/* Reads `count` texts from `first` on into to; false when one cannot be read. */
static bool read_batch(const struct text_reading *reading, hsize_t first, hsize_t count, char **to)
{
    if ((!reading->scalar &&
         H5Sselect_hyperslab(reading->space, H5S_SELECT_SET, &first, NULL, &count, NULL) < 0) ||
        H5Sset_extent_simple(reading->here, 1, &count, NULL) < 0) {
        return false;
    }
    bool good = true;
    if (reading->variable) {
        char *texts[BATCH] = {NULL};
        good = H5Dread(reading->dataset, reading->type, reading->here, reading->space, H5P_DEFAULT,
                       texts) >= 0;
        for (size_t i = 0; good && i < count; i++) {
            to[i] = texts[i] ? copy_text(reading, texts[i], SIZE_MAX) : utf8_duplicate("", 0);
            good = to[i] != NULL;
        }
        H5Dvlen_reclaim(reading->type, reading->here, H5P_DEFAULT, texts);
        return good;
    }
    char *texts = checked_calloc(BATCH, reading->width);
    good = texts && H5Dread(reading->dataset, reading->type, reading->here, reading->space,
                            H5P_DEFAULT, texts) >= 0;
    for (size_t i = 0; good && i < count; i++) {
        to[i] = copy_text(reading, texts + i * reading->width, reading->width);
        good = to[i] != NULL;
    }
    free(texts);
    return good;
}

/* How the texts are stored; false when they are none. */
static bool look_at_type(struct text_reading *reading)
{
    hid_t type = H5Dget_type(reading->dataset);
    if (H5Tget_class(type) != H5T_STRING) {
        hdf5_close(type);
        return false;
    }
    reading->variable = H5Tis_variable_str(type) > 0;
    reading->padded = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    reading->width = H5Tget_size(type);
    reading->type = type;
    if (reading->variable) {
        H5T_cset_t set = H5Tget_cset(type);
        hdf5_close(type);
        reading->type = hdf5_text_type();
        return reading->type >= 0 && H5Tset_cset(reading->type, set) >= 0;
    }
    return reading->width > 0 && reading->width <= (1 << 20);
}

char **hdf5_texts(struct hdf5_input *input, hid_t from, const char *path, size_t most,
                  size_t *count)
{
    struct text_reading reading = {.dataset = hdf5_open_path(input, from, path),
                                   .type = H5I_INVALID_HID,
                                   .space = H5I_INVALID_HID,
                                   .here = H5I_INVALID_HID};
    struct error ignored;
    char **texts = NULL;
    hsize_t rows = 1;
    *count = 0;
    if (reading.dataset < 0 || H5Iget_type(reading.dataset) != H5I_DATASET ||
        hdf5_check_storage(input, reading.dataset, path, &ignored) != STATUS_OK ||
        !look_at_type(&reading)) {
        goto out;
    }
    reading.space = H5Dget_space(reading.dataset);
    reading.here = H5Screate(H5S_SIMPLE);
    int rank = H5Sget_simple_extent_ndims(reading.space);
    reading.scalar = rank == 0 && H5Sget_simple_extent_type(reading.space) == H5S_SCALAR;
    if ((rank != 1 && !reading.scalar) || reading.here < 0 ||
        (rank == 1 && H5Sget_simple_extent_dims(reading.space, &rows, NULL) < 0) || rows > most) {
        goto out;
    }
    texts = checked_calloc((size_t)rows + 1, sizeof *texts);
    for (hsize_t first = 0; texts && first < rows; first += BATCH) {
        hsize_t batch = rows - first < BATCH ? rows - first : BATCH;
        if (!read_batch(&reading, first, batch, texts + first)) {
            hdf5_free_names(texts, (size_t)rows);
            texts = NULL;
        }
    }
    *count = texts ? (size_t)rows : 0;
out:
    hdf5_close(reading.here);
    hdf5_close(reading.space);
    hdf5_close(reading.type);
    hdf5_close(reading.dataset);
    H5Eclear2(H5E_DEFAULT);
    return texts;
}
