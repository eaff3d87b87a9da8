/* Readers of MATLAB files, and of EEGLAB data sets, which are MATLAB files of one layout. */
#include "formats/mat/facts.h"
#include "formats/mat/find.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct mat {
    struct mat_file file;
    struct mat_plan plan;
    struct source *companion; /* owned; NULL when the samples are in the file */
};

static bool has_extension(const char *path, const char *extension)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot + 1, extension) == 0;
}

static struct probe mat_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    enum mat_level level = mat_level_of(head, size);
    (void)path;
    if (level != MAT_LEVEL_NONE) {
        probe.verdict = PROBE_MINE;
        /* Version 4 has no magic, but a header of five small numbers and a name. */
        probe.confidence = level == MAT_LEVEL_4 ? 60 : 92;
    } else if (size > 14 && size < 128 && memcmp(head, "MATLAB 5.0 MAT", 14) == 0) {
        probe.verdict = PROBE_BROKEN;
        probe.confidence = 90;
        strcpy(probe.reason, "it ends within its header; was it copied to the end?");
    }
    return probe;
}

/* By the name: which variables a file has is not seen from its first bytes when it is compressed.
 * A data set with another name is read by the reader of MATLAB files, which knows the layout. */
static struct probe eeglab_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = mat_probe(head, size, path);
    if (probe.verdict == PROBE_MINE && has_extension(path, "set")) {
        probe.confidence += 5;
    } else {
        probe = (struct probe){.verdict = PROBE_NOT_MINE};
    }
    return probe;
}

static enum status no_layout(const struct mat_file *file, struct error *error)
{
    return error_set(error, STATUS_FAILED,
                     "%s: is no EEGLAB data set: it has no struct EEG with data, nbchan and srate; "
                     "read it with --format mat",
                     file->name);
}

static enum status find_layout(struct mat *mat, bool eeglab, char why[200], struct error *error)
{
    bool matched = false;
    enum status status =
        mat_layout_eeglab(&mat->file, &mat->plan, &matched, &mat->companion, error);
    if (!matched && eeglab) {
        return no_layout(&mat->file, error);
    }
    if (!matched) {
        status = mat_layout_labchart(&mat->file, &mat->plan, &matched, error);
    }
    if (!matched) {
        status = mat_layout_acqknowledge(&mat->file, &mat->plan, &matched, error);
    }
    if (!matched) {
        status = mat_layout_spike2(&mat->file, &mat->plan, &matched, error);
    }
    if (!matched) {
        status = mat_find_signals(&mat->file, NULL, &mat->plan, why, error);
    }
    return status;
}

/* The option's rate, or the file's; and the duration that follows. */
static enum status finish(struct mat *mat, double rate, const char *why, struct error *error)
{
    struct recording_info *info = mat->file.info;
    uint64_t samples = 0;
    info->duration = 0;
    for (size_t t = 0, c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        const struct mat_track *track = &mat->plan.tracks[t];
        channel->rate = rate > 0 ? rate : channel->rate;
        if (!(channel->rate > 0) || !isfinite(channel->rate)) {
            return error_set(error, STATUS_NO_RATE,
                             "%s: does not tell its sampling rate%s%s; give it with --rate",
                             mat->file.name, why[0] ? ": " : "", why);
        }
        uint64_t frames = mat_plan_frames(track);
        t += c + 1 == track->channel + track->width;
        info->duration = fmax(info->duration, (double)frames / channel->rate);
        samples += frames;
    }
    return samples > 0 ? STATUS_OK
                       : error_set(error, STATUS_FAILED, "%s: holds no samples", mat->file.name);
}

static void mat_close(void *state)
{
    struct mat *mat = state;
    if (mat) {
        mat_plan_clear(&mat->plan);
        mat_file_close(&mat->file);
        source_close(mat->companion);
        free(mat);
    }
}

static enum status open_as(bool eeglab, struct source *source, const struct reader_options *options,
                           struct recording_info *info, void **state, struct error *error)
{
    char why[200] = "";
    *state = NULL;
    struct mat *mat = calloc(1, sizeof *mat);
    if (!mat) {
        return error_memory(error, "opening a recording");
    }
    enum status status = mat_file_open(&mat->file, source, info, options->strict, error);
    if (status == STATUS_OK && options->variable) {
        status = mat_find_signals(&mat->file, options->variable, &mat->plan, why, error);
    } else if (status == STATUS_OK) {
        status = find_layout(mat, eeglab, why, error);
    }
    if (status == STATUS_OK) {
        status = finish(mat, options->rate, why, error);
    }
    if (status == STATUS_OK) {
        *state = mat;
    } else {
        mat_close(mat);
    }
    return status;
}

static enum status mat_open(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    return open_as(false, source, options, info, state, error);
}

static enum status eeglab_open(struct source *source, const struct reader_options *options,
                               struct recording_info *info, void **state, struct error *error)
{
    return open_as(true, source, options, info, state, error);
}

static enum status mat_read(void *state, struct block *block, struct error *error)
{
    struct mat *mat = state;
    return mat_plan_read(&mat->plan, &mat->file, block, error);
}

const struct reader reader_mat = {
    .id = "mat",
    .description = "MATLAB v4, v5, v7, v7.3 (also of LabChart, AcqKnowledge, Spike2)",
    .extensions = "mat",
    .isolated = true,
    .probe = mat_probe,
    .open = mat_open,
    .read = mat_read,
    .close = mat_close,
};

const struct reader reader_eeglab = {
    .id = "eeglab",
    .description = "EEGLAB data set (.set with its samples, or with .fdt beside it)",
    .extensions = "set",
    .isolated = true,
    .parts = "fdt",
    .probe = eeglab_probe,
    .open = eeglab_open,
    .read = mat_read,
    .close = mat_close,
};
