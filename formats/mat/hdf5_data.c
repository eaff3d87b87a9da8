#include "formats/checked.h"
#include "formats/mat/hdf5.h"

#include <string.h>

/* Filters make their input about this many times as long at most (deflate). */
#define FILTER_FACTOR 1032
/* Chunks are unpacked whole. */
#define CHUNK_MAX ((size_t)1 << 30)

void mat_hdf5_class(hid_t object, char to[64])
{
    hdf5_text_attribute(object, "MATLAB_class", to, 64);
}

/* Bytes of a chunk; 0 when the dataset has none. */
static size_t chunk_bytes(hid_t list, size_t width)
{
    hsize_t chunk[H5S_MAX_RANK];
    size_t bytes = width;
    int rank = H5Pget_layout(list) == H5D_CHUNKED ? H5Pget_chunk(list, H5S_MAX_RANK, chunk) : 0;
    for (int i = 0; i < rank; i++) {
        if (!checked_multiply(bytes, (size_t)chunk[i], &bytes)) {
            return SIZE_MAX;
        }
    }
    return rank > 0 ? bytes : 0;
}

hid_t mat_hdf5_open(const struct mat_file *file, const struct mat_array *array)
{
    hid_t object = H5Oopen_by_addr(file->hdf5.file, (haddr_t)array->address);
    if (object < 0 || H5Iget_type(object) != H5I_DATASET) {
        if (object >= 0) {
            H5Oclose(object);
        }
        return -1;
    }
    return object;
}

/* A selection of at most `count` numbers from `first` on that is a rectangle; returns its size. */
static size_t select_numbers(hid_t space, uint64_t first, size_t count)
{
    hsize_t extent[2] = {1, 1}, start[2], size[2];
    int rank = H5Sget_simple_extent_ndims(space);
    if (rank == 0) {
        return first == 0 && count > 0 && H5Sselect_all(space) >= 0 ? 1 : 0;
    }
    if (rank < 0 || rank > 2 || H5Sget_simple_extent_dims(space, extent, NULL) < 0 ||
        extent[1] == 0) {
        return 0;
    }
    start[0] = first / extent[1];
    start[1] = first % extent[1];
    if (start[1] == 0 && count >= extent[1]) {
        size[0] = count / extent[1];
        size[1] = extent[1];
    } else {
        size[0] = 1;
        size[1] = count < extent[1] - start[1] ? count : extent[1] - start[1];
    }
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) < 0) {
        return 0;
    }
    return (size_t)(size[0] * size[1]);
}

/* Memory for what is selected; of the dataset's own rank, since HDF5 goes element by element
 * between ranks that differ. */
static hid_t memory_for(hid_t space, size_t count)
{
    hsize_t low[2], high[2], size[2] = {count, 1};
    int rank = H5Sget_simple_extent_ndims(space) == 2 ? 2 : 1;
    if (rank == 2) {
        if (H5Sget_select_bounds(space, low, high) < 0) {
            return H5I_INVALID_HID;
        }
        size[0] = high[0] - low[0] + 1;
        size[1] = high[1] - low[1] + 1;
    }
    return H5Screate_simple(rank, size, NULL);
}

size_t mat_hdf5_numbers(hid_t dataset, uint64_t first, size_t count, double *to)
{
    size_t done = 0;
    hid_t space = H5Dget_space(dataset);
    while (space >= 0 && done < count) {
        size_t step = select_numbers(space, first + done, count - done);
        hid_t memory = step > 0 ? memory_for(space, step) : -1;
        herr_t result =
            memory >= 0 ? H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, to + done)
                        : -1;
        if (memory >= 0) {
            H5Sclose(memory);
        }
        if (result < 0) {
            break;
        }
        done += step;
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    H5Eclear2(H5E_DEFAULT);
    return done;
}

static enum mat_class class_of_type(hid_t type)
{
    size_t size = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        return size == 4 ? MAT_SINGLE : size == 8 ? MAT_DOUBLE : MAT_OTHER;
    case H5T_INTEGER: {
        bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
        return size == 1   ? is_signed ? MAT_INT8 : MAT_UINT8
               : size == 2 ? is_signed ? MAT_INT16 : MAT_UINT16
               : size == 4 ? is_signed ? MAT_INT32 : MAT_UINT32
               : size == 8 ? is_signed ? MAT_INT64 : MAT_UINT64
                           : MAT_OTHER;
    }
    default:
        return MAT_OTHER;
    }
}

/* Shape from the extent, whose order is the reverse of MATLAB's. */
static bool set_shape(hid_t dataset, struct mat_array *array)
{
    hsize_t extent[H5S_MAX_RANK];
    uint64_t dimensions[H5S_MAX_RANK + 1];
    hid_t space = H5Dget_space(dataset);
    int rank = space >= 0 ? H5Sget_simple_extent_dims(space, extent, NULL) : -1;
    bool null = space >= 0 && H5Sget_simple_extent_type(space) == H5S_NULL;
    if (space >= 0) {
        H5Sclose(space);
    }
    if (rank < 0) {
        return false;
    }
    for (int i = 0; i < rank; i++) {
        dimensions[i] = extent[rank - 1 - i];
    }
    if (rank == 0) {
        dimensions[rank++] = null ? 0 : 1;
    }
    if (!mat_set_shape(array, dimensions, (size_t)rank)) {
        return false;
    }
    array->rank = rank > 2 ? (size_t)rank : 2; /* a rectangle of numbers needs two at most */
    return true;
}

static bool storage_is_sound(hid_t dataset, const struct mat_array *array)
{
    size_t width = mat_class_size(array->stored), bytes = 0;
    uint64_t stored = H5Dget_storage_size(dataset);
    hid_t list = H5Dget_create_plist(dataset);
    bool sound = list >= 0 && H5Pget_layout(list) != H5D_VIRTUAL &&
                 H5Pget_external_count(list) <= 0 &&
                 checked_multiply(array->count, width, &bytes) && stored > 0 &&
                 bytes / FILTER_FACTOR <= stored;
    size_t chunk = list >= 0 ? chunk_bytes(list, width) : 0;
    sound = sound && chunk <= CHUNK_MAX && chunk / FILTER_FACTOR <= stored;
    /* What is not filtered has all its bytes. */
    if (sound && H5Pget_nfilters(list) == 0 && chunk == 0) {
        sound = bytes <= stored;
    }
    if (list >= 0) {
        H5Pclose(list);
    }
    return sound;
}

void mat_hdf5_describe(hid_t dataset, const char *class_name, struct mat_array *array)
{
    H5O_info_t about;
    hid_t type = H5Dget_type(dataset);
    array->class = MAT_OTHER;
    if (type < 0 || !set_shape(dataset, array) ||
        H5Oget_info2(dataset, &about, H5O_INFO_BASIC) < 0) {
        goto out;
    }
    array->address = about.addr;
    array->complex = H5Tget_class(type) == H5T_COMPOUND;
    array->logical = strcmp(class_name, "logical") == 0;
    array->stored = class_of_type(type);
    if (H5Aexists(dataset, "MATLAB_empty") > 0) {
        array->rows = array->columns = array->count = 0; /* the numbers are its dimensions */
    }
    if (array->complex) {
        array->class = MAT_DOUBLE;
    } else if (array->stored != MAT_OTHER &&
               (array->count == 0 || storage_is_sound(dataset, array))) {
        array->class = strcmp(class_name, "char") == 0 ? MAT_CHAR : array->stored;
    }
out:
    if (type >= 0) {
        H5Tclose(type);
    }
}
