/* WAV and W64 of 32-bit floats through libsndfile. The samples are written in the channels' units,
 * but neither container has a place for units and labels that other programs would keep: read such
 * a file back with --scale 1. */
#include "formats/audio/interleave.h"
#include "formats/writer.h"

#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* WAV counts bytes in 32 bits; what goes beyond is lost without a word. Some room is left for the
 * header. */
#define WAV_SIZE_MAX (UINT32_MAX - 4096.0)

struct audio_writer {
    struct output *output;
    SNDFILE *file;
    struct gather gather;
    bool limited; /* to WAV_SIZE_MAX */
    double size;  /* bytes of samples written */
};

/* libsndfile writes through the output's stream, so that output_commit sees every failure. */
static sf_count_t stream_length(void *user)
{
    struct stat about;
    FILE *stream = user;
    return fflush(stream) == 0 && fstat(fileno(stream), &about) == 0 ? about.st_size : -1;
}

static sf_count_t stream_seek(sf_count_t offset, int whence, void *user)
{
    return fseeko(user, offset, whence) == 0 ? ftello(user) : -1;
}

static sf_count_t stream_read(void *to, sf_count_t count, void *user)
{
    (void)to;
    (void)count;
    (void)user;
    return 0;
}

static sf_count_t stream_write(const void *from, sf_count_t count, void *user)
{
    return count > 0 ? (sf_count_t)fwrite(from, 1, (size_t)count, user) : 0;
}

static sf_count_t stream_tell(void *user)
{
    return ftello(user);
}

static void audio_abort(void *state)
{
    struct audio_writer *writer = state;
    if (writer) {
        if (writer->file) {
            sf_close(writer->file);
        }
        gather_clear(&writer->gather);
        free(writer);
    }
}

static enum status too_large(const struct audio_writer *writer, struct error *error)
{
    return error_set(error, STATUS_FAILED,
                     "%s: a WAV file cannot grow past 4 GiB; write it as .w64 instead",
                     output_name(writer->output));
}

/* Refuses what the container cannot hold. */
static enum status check(struct audio_writer *writer, const struct recording_info *info,
                         const char *what, struct error *error)
{
    const char *name = output_name(writer->output);
    struct stat about;
    double rate = interleave_rate(info, name, what, error);
    if (rate == 0) {
        return STATUS_FAILED;
    }
    if (rate != rint(rate) || rate > INT32_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s holds whole sampling rates only, not %.17g Hz; write .au or .csv "
                         "instead",
                         name, what, rate);
    }
    if (info->channel_count > 1024) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s holds at most 1024 channels, not %zu; choose some with "
                         "--channels",
                         name, what, info->channel_count);
    }
    if (!output_path(writer->output) || fstat(fileno(output_stream(writer->output)), &about) != 0 ||
        !S_ISREG(about.st_mode)) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s needs a regular file; pipes take AU ('-o -')", name, what);
    }
    if (writer->limited && info->duration * rate * (double)info->channel_count * 4 > WAV_SIZE_MAX) {
        return too_large(writer, error);
    }
    return STATUS_OK;
}

static enum status open_file(struct audio_writer *writer, const struct recording_info *info,
                             int container, struct error *error)
{
    SF_VIRTUAL_IO stream = {stream_length, stream_seek, stream_read, stream_write, stream_tell};
    SF_INFO about = {.samplerate = (int)info->channels[0].rate,
                     .channels = (int)info->channel_count,
                     .format = container | SF_FORMAT_FLOAT};
    writer->file = sf_open_virtual(&stream, SFM_WRITE, &about, output_stream(writer->output));
    if (!writer->file) {
        return error_set(error, STATUS_FAILED, "%s: cannot be written as audio: %s",
                         output_name(writer->output), sf_strerror(NULL));
    }
    /* The PEAK chunk carries the time of day: equal data would not be equal bytes. */
    sf_command(writer->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    return STATUS_OK;
}

static enum status open_as(int container, struct output *output, const struct recording_info *info,
                           void **state, struct error *error)
{
    *state = NULL;
    struct audio_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return error_memory(error, "writing a recording");
    }
    writer->output = output;
    writer->limited = container == SF_FORMAT_WAV;
    enum status status = check(writer, info, writer->limited ? "WAV" : "W64", error);
    if (status == STATUS_OK) {
        status = gather_create(&writer->gather, info->channel_count, error);
    }
    if (status == STATUS_OK) {
        status = open_file(writer, info, container, error);
    }
    if (status == STATUS_OK) {
        *state = writer;
    } else {
        audio_abort(writer);
    }
    return status;
}

static enum status wav_open(struct output *output, const struct recording_info *info, void **state,
                            struct error *error)
{
    return open_as(SF_FORMAT_WAV, output, info, state, error);
}

static enum status w64_open(struct output *output, const struct recording_info *info, void **state,
                            struct error *error)
{
    return open_as(SF_FORMAT_W64, output, info, state, error);
}

/* Writes the frames that are complete. */
static enum status drain(struct audio_writer *writer, struct error *error)
{
    size_t frames;
    while ((frames = gather_take(&writer->gather)) > 0) {
        writer->size += (double)(frames * writer->gather.channels * 4);
        if (writer->limited && writer->size > WAV_SIZE_MAX) {
            return too_large(writer, error);
        }
        errno = 0;
        sf_count_t done = sf_writef_float(writer->file, writer->gather.frames, (sf_count_t)frames);
        if (done != (sf_count_t)frames) {
            return error_set(error, STATUS_FAILED, "%s: cannot be written: %s; is the disk full?",
                             output_name(writer->output), strerror(errno ? errno : EIO));
        }
    }
    return STATUS_OK;
}

static enum status audio_write(void *state, const struct block *block, struct error *error)
{
    struct audio_writer *writer = state;
    enum status status = gather_push(&writer->gather, block, error);
    return status == STATUS_OK ? drain(writer, error) : status;
}

static enum status audio_finish(void *state, struct error *error)
{
    struct audio_writer *writer = state;
    enum status status = gather_level(&writer->gather, error);
    if (status == STATUS_OK) {
        status = drain(writer, error);
    }
    SNDFILE *file = writer->file;
    writer->file = NULL;
    if (sf_close(file) != 0 && status == STATUS_OK) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be finished; is the disk full?",
                           output_name(writer->output));
    }
    audio_abort(writer);
    return status;
}

const struct writer writer_wav = {
    .id = "wav",
    .description = "WAV, 32-bit float; no labels, no units, up to 4 GiB",
    .extensions = "wav",
    .streams = false,
    .mixed_rates = false,
    .open = wav_open,
    .write = audio_write,
    .close = audio_finish,
    .abort = audio_abort,
};

const struct writer writer_w64 = {
    .id = "w64",
    .description = "Sony Wave64, 32-bit float; no labels, no units, of any size",
    .extensions = "w64",
    .streams = false,
    .mixed_rates = false,
    .open = w64_open,
    .write = audio_write,
    .close = audio_finish,
    .abort = audio_abort,
};
