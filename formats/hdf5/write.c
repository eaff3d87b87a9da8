/* Writes recordings as HDF5 (layout.h). Chunks go into the file in the order of their ends in time,
 * whatever blocks they came in, so that the same recording gives the same bytes. */
#include "formats/checked.h"
#include "formats/hdf5/writer.h"
#include "formats/writer.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Chunks of a channel that wait for a slower one before that is taken to have ended. */
#define WAITING_MAX 32

enum status hdf5_writer_failed(struct hdf5_writer *writer, const char *what, struct error *error)
{
    if (writer->state.error_number != 0) {
        H5Eclear2(H5E_DEFAULT);
        return error_set(error, STATUS_FAILED, "%s: cannot write: %s; is the disk full?",
                         writer->name, strerror(writer->state.error_number));
    }
    return hdf5_error(error, writer->name, "cannot write %s", what);
}

static void hdf5_abort(void *state)
{
    struct hdf5_writer *writer = state;
    if (!writer) {
        return;
    }
    hdf5_quiet();
    for (size_t i = 0; writer->columns && i < writer->column_count; i++) {
        hdf5_close(writer->columns[i].dataset);
        free(writer->columns[i].name);
        free(writer->columns[i].held);
    }
    hdf5_close(writer->signals);
    hdf5_close(writer->text_type);
    if (writer->file >= 0) {
        H5Fclose(writer->file);
    }
    hdf5_close(writer->state.driver);
    free(writer->columns);
    free(writer->staged);
    free(writer);
}

/* A variable's name: the label, without what no path may have, and unlike the others'. */
static char *name_column(const struct hdf5_writer *writer, size_t index)
{
    char stem[LABEL_SIZE], *name = NULL;
    const char *label = writer->info->channels[index].label;
    snprintf(stem, sizeof stem, "%s", label[0] ? label : "channel");
    for (char *p = stem; *p; p++) {
        *p = *p == '/' ? '_' : *p;
    }
    if (stem[0] == '.') {
        stem[0] = '_';
    }
    bool taken = true;
    for (size_t suffix = 1; taken; suffix++) {
        free(name);
        if ((suffix == 1 ? asprintf(&name, "%s", stem) : asprintf(&name, "%s_%zu", stem, suffix)) <
            0) {
            return NULL;
        }
        taken = false;
        for (size_t i = 0; i < index && !taken; i++) {
            taken = strcmp(writer->columns[i].name, name) == 0;
        }
    }
    return name;
}

static enum status create_columns(struct hdf5_writer *writer, struct error *error)
{
    size_t count = writer->info->channel_count;
    writer->columns = checked_calloc(count, sizeof *writer->columns);
    writer->staged = checked_calloc(WRITER_CHUNK, 4);
    if (!writer->columns || !writer->staged) {
        return error_memory(error, "writing HDF5");
    }
    for (size_t i = 0; i < count; i++) {
        struct hdf5_column *column = &writer->columns[i];
        *column = (struct hdf5_column){.channel = &writer->info->channels[i],
                                       .place = i,
                                       .coding = hdf5_coding_of(&writer->info->channels[i]),
                                       .dataset = H5I_INVALID_HID};
        column->name = name_column(writer, i);
        writer->column_count++;
        if (!column->name) {
            return error_memory(error, "writing HDF5");
        }
    }
    return STATUS_OK;
}

static enum status create_file(struct hdf5_writer *writer, struct error *error)
{
    hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t group = H5Pcreate(H5P_GROUP_CREATE);
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    const int version = LAYOUT_VERSION;
    writer->text_type = hdf5_text_type();
    if (creation >= 0 && access >= 0 && group >= 0 && writer->text_type >= 0 &&
        H5Pset_obj_track_times(creation, 0) >= 0 &&
        H5Pset_link_creation_order(creation, order) >= 0 &&
        results_file_set(access, &writer->state) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
        writer->file = H5Fcreate(writer->path, H5F_ACC_TRUNC, creation, access);
    }
    if (writer->file >= 0 &&
        hdf5_put_scalar(writer->file, HDF5_RECORDING_ATTRIBUTE, H5T_STD_I32LE, H5T_NATIVE_INT,
                        &version) >= 0 &&
        hdf5_put_text(writer->file, "soleus_version", SOLEUS_VERSION) >= 0 &&
        H5Pset_obj_track_times(group, 0) >= 0 && H5Pset_link_creation_order(group, order) >= 0) {
        writer->signals = H5Gcreate2(writer->file, LAYOUT_SIGNALS, H5P_DEFAULT, group, H5P_DEFAULT);
    }
    hdf5_close(creation);
    hdf5_close(access);
    hdf5_close(group);
    if (writer->file < 0 && writer->state.open_error) {
        return error_set(error, STATUS_FAILED, "%s: cannot create: %s", writer->name,
                         strerror(writer->state.open_error));
    }
    return writer->signals < 0 ? hdf5_writer_failed(writer, "the file", error) : STATUS_OK;
}

static enum status hdf5_open(struct output *output, const struct recording_info *info, void **state,
                             struct error *error)
{
    struct stat about;
    *state = NULL;
    if (!output_path(output) || stat(output_path(output), &about) != 0 || !S_ISREG(about.st_mode)) {
        return error_set(error, STATUS_FAILED,
                         "%s: HDF5 needs a regular file; pipes take AU ('-o -')",
                         output_name(output));
    }
    struct hdf5_writer *writer = checked_calloc(1, sizeof *writer);
    if (!writer) {
        return error_memory(error, "writing HDF5");
    }
    hdf5_quiet();
    writer->file = writer->signals = writer->text_type = writer->state.driver = H5I_INVALID_HID;
    writer->name = output_name(output);
    writer->path = output_path(output);
    writer->info = info;
    enum status status = create_columns(writer, error);
    if (status == STATUS_OK) {
        status = create_file(writer, error);
    }
    if (status == STATUS_OK) {
        *state = writer;
    } else {
        hdf5_abort(writer);
    }
    return status;
}

static enum status hold(struct hdf5_column *column, const float *samples, size_t count,
                        struct error *error)
{
    if (column->taken > 0 && column->taken >= column->count) {
        memmove(column->held, column->held + column->taken, column->count * sizeof(float));
        column->taken = 0;
    }
    size_t needed = column->taken + column->count + count;
    if (needed > column->room) {
        size_t room = needed + needed / 2;
        float *grown = checked_realloc(column->held, room, sizeof *grown);
        if (!grown) {
            return error_memory(error, "writing HDF5");
        }
        column->held = grown;
        column->room = room;
    }
    memcpy(column->held + column->taken + column->count, samples, count * sizeof *samples);
    column->count += count;
    column->stalled = column->stalled && column->count < WRITER_CHUNK;
    return STATUS_OK;
}

/* The channel whose next chunk ends first, of those that have not stalled; NULL: none. */
static struct hdf5_column *find_next(struct hdf5_writer *writer)
{
    struct hdf5_column *next = NULL;
    double first = INFINITY;
    for (size_t i = 0; i < writer->column_count; i++) {
        struct hdf5_column *column = &writer->columns[i];
        double end = (double)(column->written + WRITER_CHUNK) / column->channel->rate;
        if (!column->stalled && end < first) {
            first = end;
            next = column;
        }
    }
    return next;
}

/* True when some channel has so many chunks waiting that the one they wait for must have ended. */
static bool overflows(const struct hdf5_writer *writer)
{
    for (size_t i = 0; i < writer->column_count; i++) {
        if (writer->columns[i].count >= (size_t)WAITING_MAX * WRITER_CHUNK) {
            return true;
        }
    }
    return false;
}

static enum status write_next(struct hdf5_writer *writer, struct hdf5_column *column, size_t count,
                              struct error *error)
{
    enum status status =
        hdf5_column_write(writer, column, column->held + column->taken, count, error);
    column->taken += count;
    column->count -= count;
    return status;
}

static enum status hdf5_write(void *state, const struct block *block, struct error *error)
{
    struct hdf5_writer *writer = state;
    enum status status = STATUS_OK;
    hdf5_quiet();
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        if (block->frames[c] > 0) {
            status = hold(&writer->columns[c], block->samples[c], block->frames[c], error);
        }
    }
    struct hdf5_column *next;
    while (status == STATUS_OK && (next = find_next(writer))) {
        if (next->count >= WRITER_CHUNK) {
            status = write_next(writer, next, WRITER_CHUNK, error);
        } else if (overflows(writer)) {
            next->stalled = true;
        } else {
            break;
        }
    }
    if (status == STATUS_OK && writer->state.error_number != 0) {
        status = hdf5_writer_failed(writer, "samples", error);
    }
    return status;
}

/* What is left: whole chunks and the last ones, in the order of their ends. */
static enum status write_rest(struct hdf5_writer *writer, struct error *error)
{
    enum status status = STATUS_OK;
    struct hdf5_column *next;
    for (size_t i = 0; i < writer->column_count; i++) {
        writer->columns[i].stalled = false;
    }
    while (status == STATUS_OK && (next = find_next(writer))) {
        size_t count = next->count < WRITER_CHUNK ? next->count : WRITER_CHUNK;
        float none = 0;
        if (count > 0) {
            status = write_next(writer, next, count, error);
        } else if (next->dataset < 0) {
            status = hdf5_column_write(writer, next, &none, 0, error);
        }
        next->stalled = next->count == 0;
    }
    return status;
}

static enum status hdf5_finish(void *state, struct error *error)
{
    struct hdf5_writer *writer = state;
    hdf5_quiet();
    enum status status = write_rest(writer, error);
    if (status == STATUS_OK) {
        status = hdf5_writer_finish(writer, error);
    }
    for (size_t i = 0; i < writer->column_count && status == STATUS_OK; i++) {
        if (H5Dclose(writer->columns[i].dataset) < 0) {
            status = hdf5_writer_failed(writer, writer->columns[i].name, error);
        }
        writer->columns[i].dataset = H5I_INVALID_HID;
    }
    hdf5_close(writer->signals);
    writer->signals = H5I_INVALID_HID;
    if (status == STATUS_OK) {
        hid_t file = writer->file;
        writer->file = H5I_INVALID_HID;
        if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) {
            status = hdf5_writer_failed(writer, "the file", error);
        }
        if (H5Fclose(file) < 0 && status == STATUS_OK) {
            status = hdf5_writer_failed(writer, "the file", error);
        }
    }
    if (status == STATUS_OK && writer->state.error_number != 0) {
        status = hdf5_writer_failed(writer, "the file", error);
    }
    hdf5_abort(writer);
    return status;
}

const struct writer writer_hdf5 = {
    .id = "hdf5",
    .description = "HDF5 (netCDF-4): all rates, units, muscles, gaps, annotations; exact",
    .extensions = "h5 hdf5",
    .streams = false,
    .mixed_rates = true,
    .annotations = true,
    .open = hdf5_open,
    .write = hdf5_write,
    .close = hdf5_finish,
    .abort = hdf5_abort,
};
