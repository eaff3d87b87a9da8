#include "formats/hdf5/numbers.h"

#include "formats/checked.h"
#include "formats/utf8.h"

#include <math.h>
#include <string.h>

/* A window holds whole chunks, so that each is unpacked once, as long as they fit in the first of
 * these; small ones are gathered up to the second. */
#define WINDOW_MAX  ((size_t)64 << 20)
#define WINDOW_GOOD ((size_t)512 << 10)

/* What deflate can make of a byte at best, and room for datasets that are nearly empty. */
#define PACKING_MAX 1032
#define BYTES_FREE  ((uint64_t)1 << 20)

/* Finding a chunk takes HDF5 a walk over all of them. */
#define CHUNKS_COUNTED 4096

static bool known_filter(H5Z_filter_t filter)
{
    return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE ||
           filter == H5Z_FILTER_FLETCHER32 || filter == H5Z_FILTER_SZIP ||
           filter == H5Z_FILTER_NBIT || filter == H5Z_FILTER_SCALEOFFSET;
}

static enum status check_filters(const struct hdf5_input *input, hid_t list, const char *what,
                                 struct error *error)
{
    int count = H5Pget_nfilters(list);
    for (int i = 0; i < count; i++) {
        unsigned flags, configuration;
        size_t values = 0;
        char name[64] = "";
        H5Z_filter_t filter = H5Pget_filter2(list, (unsigned)i, &flags, &values, NULL, sizeof name,
                                             name, &configuration);
        if (filter < 0 || !known_filter(filter) || H5Zfilter_avail(filter) <= 0) {
            name[sizeof name - 1] = '\0';
            return error_set(error, STATUS_UNSUPPORTED,
                             "%s: %s is packed with a filter that is not read (%d%s%s); repack the "
                             "file with 'h5repack -f GZIP=4'",
                             input->name, what, (int)filter, name[0] ? ", " : "", name);
        }
    }
    return STATUS_OK;
}

/* Bytes of the data, from its shape; false when they are more than the file can hold. */
static bool plausible_size(const struct hdf5_input *input, hid_t dataset, H5D_layout_t layout)
{
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    hssize_t points = H5Sget_simple_extent_npoints(space);
    size_t width = H5Tget_size(type), bytes = 0;
    bool good = points >= 0 && checked_multiply((size_t)points, width, &bytes);
    hdf5_close(space);
    hdf5_close(type);
    if (!good || width == 0) {
        return false;
    }
    if (layout == H5D_CHUNKED) {
        return bytes / PACKING_MAX <= input->size + BYTES_FREE;
    }
    return bytes <= input->size;
}

enum status hdf5_check_storage(const struct hdf5_input *input, hid_t dataset, const char *what,
                               struct error *error)
{
    hid_t list = H5Dget_create_plist(dataset);
    enum status status = STATUS_OK;
    H5D_layout_t layout = list < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(list);
    if (layout == H5D_VIRTUAL || (layout == H5D_CONTIGUOUS && H5Pget_external_count(list) != 0)) {
        status = error_set(error, STATUS_UNSUPPORTED,
                           "%s: %s lies in another file; gather the data in one ('h5repack' does)",
                           input->name, what);
    } else if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT && layout != H5D_CHUNKED) {
        status = hdf5_error(error, input->name, "%s cannot be read", what);
    } else {
        status = check_filters(input, list, what, error);
    }
    hdf5_close(list);
    if (status == STATUS_OK && !plausible_size(input, dataset, layout)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: %s claims more values than a file of this size can hold; is it "
                           "damaged, or cut short?",
                           input->name, what);
    }
    return status;
}

static enum status check_type(struct hdf5_numbers *numbers, struct error *error)
{
    hid_t type = H5Dget_type(numbers->dataset);
    H5T_class_t kind = H5Tget_class(type);
    size_t width = H5Tget_size(type);
    bool good = (kind == H5T_INTEGER || kind == H5T_FLOAT) && width <= 8;
    if (good && kind == H5T_INTEGER && width <= 4) {
        bool negative = H5Tget_sign(type) == H5T_SGN_2;
        size_t bits = H5Tget_precision(type);
        numbers->whole = bits > 0 && bits <= 32;
        numbers->lowest = negative ? -ldexp(1, (int)bits - 1) : 0;
        numbers->highest = ldexp(1, (int)bits - negative) - 1;
    }
    hdf5_close(type);
    return good ? STATUS_OK
                : error_set(error, STATUS_UNSUPPORTED,
                            "%s: %s holds no plain numbers; export the signals as integers or "
                            "floats",
                            numbers->input->name, numbers->name);
}

static enum status read_shape(struct hdf5_numbers *numbers, struct error *error)
{
    hsize_t sizes[2] = {1, 1};
    hid_t space = H5Dget_space(numbers->dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    bool good = rank >= 0 && rank <= 2 && H5Sget_simple_extent_type(space) != H5S_NULL &&
                H5Sget_simple_extent_dims(space, sizes, NULL) >= 0;
    hdf5_close(space);
    if (!good || sizes[1] == 0 || sizes[1] > HDF5_COLUMNS_MAX) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: %s is no list or matrix (rows in time) of 1 to %d columns",
                         numbers->input->name, numbers->name, HDF5_COLUMNS_MAX);
    }
    numbers->rank = (unsigned)rank;
    numbers->rows = sizes[0];
    numbers->columns = (size_t)sizes[1];
    return STATUS_OK;
}

/* Chunks that the shape needs and the file lacks: at the end, rows are cut; elsewhere, refused,
 * since HDF5 would hand out zeros for them. */
static enum status check_chunks(struct hdf5_numbers *numbers, const hsize_t chunk[2],
                                struct error *error)
{
    hsize_t across = (numbers->columns + chunk[1] - 1) / chunk[1], there = 0;
    hid_t space = H5Dget_space(numbers->dataset);
    herr_t counted = H5Dget_num_chunks(numbers->dataset, space, &there);
    hdf5_close(space);
    if (counted < 0) {
        return hdf5_error(error, numbers->input->name, "%s cannot be read; is it damaged?",
                          numbers->name);
    }
    uint64_t bands = (numbers->rows + chunk[0] - 1) / chunk[0], whole = there / across;
    if (bands <= whole) {
        return STATUS_OK;
    }
    numbers->cut = true;
    numbers->rows = whole * chunk[0];
    bool good = whole > 0 && there % across == 0 && there <= CHUNKS_COUNTED;
    for (hsize_t i = 0; good && i < there; i++) {
        hsize_t place[2] = {i / across * chunk[0], i % across * chunk[1]}, size = 0;
        haddr_t address = HADDR_UNDEF;
        unsigned mask;
        good = H5Dget_chunk_info_by_coord(numbers->dataset, place, &mask, &address, &size) >= 0 &&
               address != HADDR_UNDEF;
    }
    if (!good) {
        return error_set(error, STATUS_FAILED,
                         "%s: parts of %s were never written; was the recording broken off?",
                         numbers->input->name, numbers->name);
    }
    return STATUS_OK;
}

static enum status plan_window(struct hdf5_numbers *numbers, struct error *error)
{
    hid_t list = H5Dget_create_plist(numbers->dataset);
    hid_t type = H5Dget_type(numbers->dataset);
    hsize_t chunk[2] = {1, 1};
    size_t width = H5Tget_size(type), row = numbers->columns * sizeof(double), bytes;
    bool chunked = H5Pget_layout(list) == H5D_CHUNKED;
    int rank = chunked ? H5Pget_chunk(list, 2, chunk) : 0;
    enum status status = STATUS_OK;
    hdf5_close(type);
    hdf5_close(list);
    chunk[1] = rank == 2 ? chunk[1] : 1;
    /* HDF5 unpacks a chunk in memory, as large as it claims to be. */
    if (chunked && (rank < 1 || chunk[0] == 0 || chunk[1] == 0 ||
                    !checked_multiply((size_t)chunk[0], (size_t)chunk[1], &bytes) ||
                    !checked_multiply(bytes, width, &bytes) ||
                    bytes / 64 > numbers->input->size + BYTES_FREE)) {
        return error_set(error, STATUS_FAILED,
                         "%s: the chunks of %s are larger than a file of this size can have",
                         numbers->input->name, numbers->name);
    }
    if (chunked) {
        status = check_chunks(numbers, chunk, error);
    } else if (numbers->rows > 0 && H5Dget_storage_size(numbers->dataset) == 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: %s was never written; was the recording broken off?",
                           numbers->input->name, numbers->name);
    }
    uint64_t rows = chunk[0] < numbers->rows ? chunk[0] : numbers->rows;
    if (rows * row < WINDOW_GOOD) {
        rows = rows ? rows * ((WINDOW_GOOD + rows * row - 1) / (rows * row)) : 1;
    } else if (rows > WINDOW_MAX / row) {
        rows = WINDOW_MAX / row ? WINDOW_MAX / row : 1;
    }
    if (rows > numbers->rows) {
        rows = numbers->rows ? numbers->rows : 1;
    }
    numbers->capacity = (size_t)rows;
    return status;
}

enum status hdf5_numbers_open(struct hdf5_input *input, hid_t from, const char *path,
                              struct hdf5_numbers *numbers, struct error *error)
{
    *numbers = (struct hdf5_numbers){.input = input, .dataset = H5I_INVALID_HID};
    snprintf(numbers->name, sizeof numbers->name, "%s", path);
    input->led_out = false;
    hid_t object = hdf5_open_path(input, from, path);
    if (object < 0 || H5Iget_type(object) != H5I_DATASET) {
        hdf5_close(object);
        return input->led_out
                   ? error_set(error, STATUS_UNSUPPORTED,
                               "%s: %s is a link to another file; gather the data in one",
                               input->name, path)
                   : error_set(error, STATUS_FAILED, "%s: has no dataset %s", input->name, path);
    }
    numbers->dataset = object;
    enum status status = hdf5_check_storage(input, object, numbers->name, error);
    if (status == STATUS_OK) {
        status = check_type(numbers, error);
    }
    if (status == STATUS_OK) {
        status = read_shape(numbers, error);
    }
    if (status == STATUS_OK) {
        status = plan_window(numbers, error);
    }
    if (status != STATUS_OK) {
        hdf5_numbers_close(numbers);
    }
    return status;
}

void hdf5_numbers_close(struct hdf5_numbers *numbers)
{
    hdf5_close(numbers->dataset);
    free(numbers->window);
    *numbers = (struct hdf5_numbers){.dataset = H5I_INVALID_HID};
}

/* Fills the window with the rows about `row`. */
static enum status fill_window(struct hdf5_numbers *numbers, uint64_t row, struct error *error)
{
    uint64_t first = row - row % numbers->capacity;
    uint64_t left = numbers->rows - first;
    size_t count = left < numbers->capacity ? (size_t)left : numbers->capacity, values;
    if (!numbers->window) {
        if (!checked_multiply(numbers->capacity, numbers->columns, &values) ||
            !(numbers->window = checked_calloc(values, sizeof *numbers->window))) {
            return error_memory(error, "reading HDF5");
        }
    }
    hdf5_quiet();
    numbers->held = 0;
    hsize_t from[2] = {first, 0}, sizes[2] = {count, numbers->columns};
    hid_t there = H5Dget_space(numbers->dataset);
    /* Of the same rank as there: otherwise HDF5 goes from element to element. */
    hid_t here = H5Screate_simple(numbers->rank == 2 ? 2 : 1, sizes, NULL);
    herr_t result = -1;
    if (there >= 0 && here >= 0 &&
        (numbers->rank == 0 ||
         H5Sselect_hyperslab(there, H5S_SELECT_SET, from, NULL, sizes, NULL) >= 0)) {
        result =
            H5Dread(numbers->dataset, H5T_NATIVE_DOUBLE, here, there, H5P_DEFAULT, numbers->window);
    }
    hdf5_close(here);
    hdf5_close(there);
    if (result < 0) {
        return hdf5_error(error, numbers->input->name,
                          "%s cannot be read from row %llu on; is the file damaged?", numbers->name,
                          (unsigned long long)first);
    }
    numbers->first = first;
    numbers->held = count;
    return STATUS_OK;
}

const double *hdf5_numbers_rows(struct hdf5_numbers *numbers, uint64_t row, size_t *available,
                                struct error *error)
{
    if (row < numbers->first || row - numbers->first >= numbers->held) {
        if (fill_window(numbers, row, error) != STATUS_OK) {
            return NULL;
        }
    }
    size_t at = (size_t)(row - numbers->first);
    *available = numbers->held - at;
    return numbers->window + at * numbers->columns;
}

double *hdf5_reals(struct hdf5_input *input, hid_t from, const char *path, size_t most,
                   size_t *count)
{
    struct hdf5_numbers numbers;
    struct error ignored;
    double *values = NULL;
    *count = 0;
    if (hdf5_numbers_open(input, from, path, &numbers, &ignored) != STATUS_OK) {
        return NULL;
    }
    if (numbers.columns == 1 && numbers.rows <= most) {
        values = checked_calloc((size_t)numbers.rows, sizeof *values);
    }
    while (values && *count < numbers.rows) {
        size_t available;
        const double *rows = hdf5_numbers_rows(&numbers, *count, &available, &ignored);
        if (!rows) {
            free(values);
            values = NULL;
            *count = 0;
            break;
        }
        memcpy(values + *count, rows, available * sizeof *values);
        *count += available;
    }
    hdf5_numbers_close(&numbers);
    return values;
}
