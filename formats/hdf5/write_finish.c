/* What a recording's file gets at its end: dimensions, annotations, attributes of the root. */
#include "formats/checked.h"
#include "formats/hdf5/writer.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* What netCDF calls a dimension that has no coordinate variable; its size follows. */
#define NO_VARIABLE "This is a netCDF dimension but not a netCDF variable.%10llu"

static hid_t create_dataset(struct hdf5_writer *writer, const char *path, hid_t type, hsize_t size,
                            bool grows)
{
    const hsize_t chunk = 1024, limit = grows ? H5S_UNLIMITED : size;
    hid_t dataset = H5I_INVALID_HID;
    hid_t space = H5Screate_simple(1, &size, &limit), creation = H5Pcreate(H5P_DATASET_CREATE);
    if (space >= 0 && creation >= 0 && H5Pset_obj_track_times(creation, 0) >= 0 &&
        (!grows || H5Pset_chunk(creation, 1, &chunk) >= 0)) {
        dataset = H5Dcreate2(writer->file, path, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    }
    hdf5_close(space);
    hdf5_close(creation);
    return dataset;
}

/* A dimension without a coordinate variable; nothing is stored of it but its size. */
static hid_t create_dimension(struct hdf5_writer *writer, const char *name, hsize_t size,
                              bool grows)
{
    char text[96];
    hid_t dimension = create_dataset(writer, name, H5T_IEEE_F32BE, size, grows);
    snprintf(text, sizeof text, NO_VARIABLE, (unsigned long long)size);
    if (dimension >= 0 && H5DSset_scale(dimension, text) < 0) {
        hdf5_close(dimension);
        dimension = H5I_INVALID_HID;
    }
    return dimension;
}

static bool alike(const struct hdf5_column *a, const struct hdf5_column *b)
{
    return a->written == b->written && a->channel->rate == b->channel->rate;
}

/* A dimension for all channels of one rate and length. */
static enum status name_samples(struct hdf5_writer *writer, struct error *error)
{
    size_t dimensions = 0;
    for (size_t i = 0; i < writer->column_count; i++) {
        const struct hdf5_column *first = &writer->columns[i];
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++) {
            seen = alike(&writer->columns[k], first);
        }
        if (seen) {
            continue;
        }
        char name[32] = "sample";
        if (dimensions++ > 0) {
            snprintf(name, sizeof name, "sample_%zu", dimensions);
        }
        hid_t dimension = create_dimension(writer, name, first->written, true);
        herr_t result = dimension < 0 ? -1 : 0;
        for (size_t k = i; k < writer->column_count && result >= 0; k++) {
            if (alike(&writer->columns[k], first)) {
                result = H5DSattach_scale(writer->columns[k].dataset, dimension, 0);
            }
        }
        if (result >= 0 && hdf5_close(dimension) >= 0) {
            continue;
        }
        return hdf5_writer_failed(writer, name, error);
    }
    return STATUS_OK;
}

/* One column of the annotations. */
static herr_t write_list(struct hdf5_writer *writer, hid_t dimension, const char *path,
                         hid_t file_type, hid_t memory_type, const char *unit,
                         const char *long_name, const void *values, size_t count)
{
    hid_t dataset = create_dataset(writer, path, file_type, count, false);
    if (dataset < 0) {
        return -1;
    }
    herr_t result = H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (result >= 0) {
        result = hdf5_put_text(dataset, "long_name", long_name);
    }
    if (result >= 0 && unit) {
        result = hdf5_put_text(dataset, "units", unit);
    }
    if (result >= 0) {
        result = H5DSattach_scale(dataset, dimension, 0);
    }
    return hdf5_close(dataset) < 0 ? -1 : result;
}

static enum status write_annotations(struct hdf5_writer *writer, struct error *error)
{
    const struct recording_info *info = writer->info;
    size_t count = info->annotation_count;
    if (count == 0) {
        return STATUS_OK;
    }
    double *onsets = checked_calloc(count, sizeof *onsets);
    double *durations = checked_calloc(count, sizeof *durations);
    const char **texts = checked_calloc(count, sizeof *texts);
    hid_t list = H5Pcreate(H5P_GROUP_CREATE), group = H5I_INVALID_HID;
    hid_t dimension = H5I_INVALID_HID;
    herr_t result = -1;
    if (onsets && durations && texts && list >= 0 && H5Pset_obj_track_times(list, 0) >= 0) {
        for (size_t i = 0; i < count; i++) {
            onsets[i] = info->annotations[i].onset;
            durations[i] =
                isnan(info->annotations[i].duration) ? (double)NAN : info->annotations[i].duration;
            texts[i] = info->annotations[i].text;
        }
        group = H5Gcreate2(writer->file, LAYOUT_ANNOTATIONS, H5P_DEFAULT, list, H5P_DEFAULT);
        dimension = create_dimension(writer, "annotation", count, false);
    }
    if (group >= 0 && dimension >= 0 &&
        write_list(writer, dimension, LAYOUT_ANNOTATIONS "/onset", H5T_IEEE_F64LE,
                   H5T_NATIVE_DOUBLE, "s", "time from the recording's start", onsets, count) >= 0 &&
        write_list(writer, dimension, LAYOUT_ANNOTATIONS "/duration", H5T_IEEE_F64LE,
                   H5T_NATIVE_DOUBLE, "s", "duration, NaN when there is none", durations,
                   count) >= 0) {
        result = write_list(writer, dimension, LAYOUT_ANNOTATIONS "/text", writer->text_type,
                            writer->text_type, NULL, "text", texts, count);
    }
    hdf5_close(list);
    hdf5_close(group);
    hdf5_close(dimension);
    free(onsets);
    free(durations);
    free(texts);
    return result < 0 ? hdf5_writer_failed(writer, "the annotations", error) : STATUS_OK;
}

static herr_t put_start(hid_t file, const struct start_time *start)
{
    char text[64];
    struct tm parts;
    time_t seconds = (time_t)start->seconds;
    if (!start->known || !gmtime_r(&seconds, &parts)) {
        return 0;
    }
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (start->fraction > 0) {
        char fraction[24];
        snprintf(fraction, sizeof fraction, "%.6f", fmin(start->fraction, 0.999999));
        snprintf(text + length, sizeof text - length, "%s", fraction + 1);
    }
    return hdf5_put_text(file, "start_time", text) < 0 ||
                   hdf5_put_scalar(file, "start_seconds", H5T_STD_I64LE, H5T_NATIVE_INT64,
                                   &start->seconds) < 0 ||
                   hdf5_put_scalar(file, "start_fraction", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                   &start->fraction) < 0
               ? -1
               : 0;
}

static herr_t put_root(struct hdf5_writer *writer)
{
    const struct recording_info *info = writer->info;
    const int yes = 1;
    hid_t file = writer->file;
    if (hdf5_put_text(file, "Conventions", "CF-1.8") < 0 ||
        hdf5_put_text(file, "title", "Electromyographic recording") < 0 ||
        put_start(file, &info->start) < 0) {
        return -1;
    }
    if (info->mains > 0 &&
        hdf5_put_scalar(file, "mains", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &info->mains) < 0) {
        return -1;
    }
    return info->conditioned
               ? hdf5_put_scalar(file, "conditioned", H5T_STD_I32LE, H5T_NATIVE_INT, &yes)
               : 0;
}

enum status hdf5_writer_finish(struct hdf5_writer *writer, struct error *error)
{
    enum status status = name_samples(writer, error);
    if (status == STATUS_OK) {
        status = write_annotations(writer, error);
    }
    if (status == STATUS_OK && put_root(writer) < 0) {
        status = hdf5_writer_failed(writer, "attributes", error);
    }
    return status;
}
