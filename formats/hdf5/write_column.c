/* A channel's variable: how its samples are coded, its attributes, and chunks of it. */
#include "formats/checked.h"
#include "formats/hdf5/writer.h"

#include <math.h>
#include <string.h>

#define DEFLATE_LEVEL 4

static int64_t lowest_of(enum hdf5_coding coding)
{
    return coding == CODING_16 ? INT16_MIN : INT32_MIN;
}

static int64_t highest_of(enum hdf5_coding coding)
{
    return coding == CODING_16 ? INT16_MAX : INT32_MAX;
}

/* The code of a limit; NaN when it is none. */
static double code_of_limit(const struct channel *channel, double limit)
{
    double code = (limit - channel->offset) / channel->gain;
    return fabs(code - rint(code)) < 1e-3 ? rint(code) : (double)NAN;
}

enum hdf5_coding hdf5_coding_of(const struct channel *channel)
{
    if (channel->gain == 0 || !isfinite(channel->gain) || !isfinite(channel->offset)) {
        return CODING_FLOAT;
    }
    double a = code_of_limit(channel, channel->minimum);
    double b = code_of_limit(channel, channel->maximum);
    double low = a < b ? a : b, high = a < b ? b : a;
    for (enum hdf5_coding coding = CODING_16; coding < CODING_FLOAT; coding++) {
        if (low >= (double)lowest_of(coding) && high <= (double)highest_of(coding)) {
            return coding;
        }
    }
    /* What was found to be whole numbers is, whatever its limits; a coding that is too narrow
     * widens. */
    return channel->on_grid ? CODING_16 : CODING_FLOAT;
}

/* Codes samples; false when one of them is not exactly what a code gives. */
static bool code(const struct channel *channel, enum hdf5_coding coding, const float *from,
                 size_t count, void *to)
{
    double gain = channel->gain, offset = channel->offset;
    int64_t lowest = lowest_of(coding), highest = highest_of(coding);
    if (coding == CODING_FLOAT) {
        for (size_t i = 0; i < count; i++) {
            ((float *)to)[i] = isnan(from[i]) ? NAN : from[i];
        }
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t number = lowest;
        if (!isnan(from[i])) {
            double nearest = rint((from[i] - offset) / gain);
            if (!(nearest > (double)lowest && nearest <= (double)highest)) {
                return false;
            }
            float back = (float)(gain * nearest + offset);
            if (memcmp(&back, &from[i], sizeof back) != 0) {
                return false;
            }
            number = (int64_t)nearest;
        }
        if (coding == CODING_16) {
            ((int16_t *)to)[i] = (int16_t)number;
        } else {
            ((int32_t *)to)[i] = (int32_t)number;
        }
    }
    return true;
}

/* The samples of codes. */
static void decode(const struct channel *channel, enum hdf5_coding coding, const void *from,
                   size_t count, float *to)
{
    int64_t missing = lowest_of(coding);
    for (size_t i = 0; i < count; i++) {
        int64_t number =
            coding == CODING_16 ? ((const int16_t *)from)[i] : ((const int32_t *)from)[i];
        to[i] = number == missing ? NAN : (float)(channel->gain * (double)number + channel->offset);
    }
}

static hid_t file_type(enum hdf5_coding coding)
{
    return coding == CODING_16   ? H5T_STD_I16LE
           : coding == CODING_32 ? H5T_STD_I32LE
                                 : H5T_IEEE_F32LE;
}

static hid_t memory_type(enum hdf5_coding coding)
{
    return coding == CODING_16   ? H5T_NATIVE_INT16
           : coding == CODING_32 ? H5T_NATIVE_INT32
                                 : H5T_NATIVE_FLOAT;
}

static herr_t put_real(hid_t object, const char *name, double value)
{
    return isnan(value) ? 0
                        : hdf5_put_scalar(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

static herr_t put_whole(hid_t object, const char *name, int value)
{
    return hdf5_put_scalar(object, name, H5T_STD_I32LE, H5T_NATIVE_INT, &value);
}

static herr_t put_known(hid_t object, const char *name, const char *text)
{
    return text[0] ? hdf5_put_text(object, name, text) : 0;
}

/* What stands for a missing sample, as a property of the variable and as its attribute. */
static herr_t put_fill(hid_t object, hid_t list, enum hdf5_coding coding)
{
    const int32_t whole = (int32_t)(coding == CODING_FLOAT ? 0 : lowest_of(coding));
    const float real = NAN;
    const void *value = coding == CODING_FLOAT ? (const void *)&real : &whole;
    hid_t type = coding == CODING_FLOAT ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT32;
    return object < 0 ? H5Pset_fill_value(list, type, value)
                      : hdf5_put_scalar(object, "_FillValue", file_type(coding), type, value);
}

static herr_t put_attributes(hid_t dataset, const struct hdf5_column *column,
                             enum hdf5_coding coding)
{
    const struct channel *channel = column->channel;
    const char *type = channel->type == CHANNEL_EMG     ? "EMG"
                       : channel->type == CHANNEL_OTHER ? "other"
                                                        : "";
    const char *bad = !channel->bad ? "" : channel->why_bad[0] ? channel->why_bad : "unknown";
    bool packed = coding != CODING_FLOAT;
    herr_t worst = 0;
    const herr_t results[] = {
        hdf5_put_text(dataset, "long_name", channel->label),
        hdf5_put_text(dataset, "units", channel->unit[0] ? channel->unit : "a.u."),
        put_fill(dataset, H5I_INVALID_HID, coding),
        packed ? put_real(dataset, "scale_factor", channel->gain) : 0,
        packed ? put_real(dataset, "add_offset", channel->offset) : 0,
        put_real(dataset, "sampling_rate", channel->rate),
        put_whole(dataset, "channel", (int)column->place + 1),
        put_known(dataset, "type", type),
        put_real(dataset, "minimum", channel->minimum),
        put_real(dataset, "maximum", channel->maximum),
        put_known(dataset, "file_units", channel->file_unit),
        put_known(dataset, "description", channel->description),
        put_known(dataset, "muscle", channel->muscle),
        put_known(dataset, "grid", channel->grid),
        channel->row > 0 ? put_whole(dataset, "row", channel->row) : 0,
        channel->column > 0 ? put_whole(dataset, "column", channel->column) : 0,
        channel->distance > 0 ? put_real(dataset, "distance", channel->distance) : 0,
        put_known(dataset, "bad", bad),
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        worst = results[i] < worst ? results[i] : worst;
    }
    return worst;
}

/* A variable without a name yet, of `size` samples. */
static hid_t create(struct hdf5_writer *writer, const struct hdf5_column *column,
                    enum hdf5_coding coding, hsize_t size)
{
    const hsize_t chunk = WRITER_CHUNK, limit = H5S_UNLIMITED;
    hid_t dataset = H5I_INVALID_HID;
    hid_t space = H5Screate_simple(1, &size, &limit);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    /* Without a chunk cache whole chunks go straight to the file. */
    if (space >= 0 && creation >= 0 && access >= 0 && H5Pset_obj_track_times(creation, 0) >= 0 &&
        put_fill(H5I_INVALID_HID, creation, coding) >= 0 &&
        H5Pset_chunk(creation, 1, &chunk) >= 0 && H5Pset_shuffle(creation) >= 0 &&
        H5Pset_deflate(creation, DEFLATE_LEVEL) >= 0 &&
        H5Pset_chunk_cache(access, 1, 0, H5D_CHUNK_CACHE_W0_DEFAULT) >= 0) {
        dataset = H5Dcreate_anon(writer->file, file_type(coding), space, creation, access);
    }
    hdf5_close(space);
    hdf5_close(creation);
    hdf5_close(access);
    if (dataset >= 0 && put_attributes(dataset, column, coding) < 0) {
        hdf5_close(dataset);
        return H5I_INVALID_HID;
    }
    return dataset;
}

/* Reads or writes samples [first, first + count) of a variable. */
static herr_t transfer(hid_t dataset, enum hdf5_coding coding, uint64_t first, size_t count,
                       void *values, bool write)
{
    hsize_t from = first, size = count;
    hid_t there = H5Dget_space(dataset), here = H5Screate_simple(1, &size, NULL);
    herr_t result = -1;
    if (there >= 0 && here >= 0 &&
        H5Sselect_hyperslab(there, H5S_SELECT_SET, &from, NULL, &size, NULL) >= 0) {
        hid_t type = memory_type(coding);
        result = write ? H5Dwrite(dataset, type, here, there, H5P_DEFAULT, values)
                       : H5Dread(dataset, type, here, there, H5P_DEFAULT, values);
    }
    hdf5_close(here);
    hdf5_close(there);
    return result;
}

/* Writes what a variable holds into another one with a wider coding. */
static herr_t copy_wider(struct hdf5_writer *writer, const struct hdf5_column *column, hid_t to,
                         enum hdf5_coding coding)
{
    float *samples = checked_calloc(WRITER_CHUNK, sizeof *samples);
    herr_t result = samples ? 0 : -1;
    for (uint64_t first = 0; first < column->written && result >= 0; first += WRITER_CHUNK) {
        uint64_t left = column->written - first;
        size_t count = left < WRITER_CHUNK ? (size_t)left : WRITER_CHUNK;
        result = transfer(column->dataset, column->coding, first, count, writer->staged, false);
        if (result >= 0) {
            decode(column->channel, column->coding, writer->staged, count, samples);
            code(column->channel, coding, samples, count, writer->staged);
            result = transfer(to, coding, first, count, writer->staged, true);
        }
    }
    free(samples);
    return result;
}

/* Makes the variable, or puts one of a wider coding in its place. */
static enum status replace(struct hdf5_writer *writer, struct hdf5_column *column,
                           enum hdf5_coding coding, struct error *error)
{
    hid_t made = create(writer, column, coding, column->written);
    herr_t result = made < 0 ? -1 : 0;
    if (column->dataset >= 0 && result >= 0) {
        result = copy_wider(writer, column, made, coding);
        if (result >= 0) {
            result = H5Ldelete(writer->signals, column->name, H5P_DEFAULT);
        }
        hdf5_close(column->dataset);
        column->dataset = H5I_INVALID_HID;
    }
    if (result >= 0) {
        hid_t list = H5Pcreate(H5P_LINK_CREATE);
        result = list < 0 || H5Pset_char_encoding(list, H5T_CSET_UTF8) < 0 ||
                         H5Olink(made, writer->signals, column->name, list, H5P_DEFAULT) < 0
                     ? -1
                     : 0;
        hdf5_close(list);
    }
    column->dataset = made;
    column->coding = coding;
    return result < 0 ? hdf5_writer_failed(writer, column->name, error) : STATUS_OK;
}

enum status hdf5_column_write(struct hdf5_writer *writer, struct hdf5_column *column,
                              const float *samples, size_t count, struct error *error)
{
    enum hdf5_coding coding = column->coding;
    while (!code(column->channel, coding, samples, count, writer->staged)) {
        coding++;
    }
    if (column->dataset < 0 || coding != column->coding) {
        enum status status = replace(writer, column, coding, error);
        if (status != STATUS_OK) {
            return status;
        }
        code(column->channel, coding, samples, count, writer->staged);
    }
    hsize_t size = column->written + count;
    if (H5Dset_extent(column->dataset, &size) < 0 ||
        (count > 0 &&
         transfer(column->dataset, coding, column->written, count, writer->staged, true) < 0)) {
        return hdf5_writer_failed(writer, column->name, error);
    }
    column->written = size;
    return STATUS_OK;
}
