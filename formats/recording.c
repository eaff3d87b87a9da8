#include "formats/recording.h"

#include "formats/checked.h"
#include "formats/isolated.h"
#include "formats/registry.h"
#include "formats/selection.h"
#include "formats/text.h"

#include <limits.h>
#include <math.h>
#include <string.h>

struct recording {
    struct source *source;
    const struct reader *reader;
    void *state;
    struct recording_info info;
    uint64_t *position;  /* samples delivered, by channel */
    uint64_t *gap_start; /* first sample of the open run of NaN, UINT64_MAX: none */
    bool ended;
    bool isolated; /* the reader runs in a process of its own */
};

/* Folds the factor from the file's unit to the delivered unit into the calibration. */
static void set_unit(struct channel *channel, double scale)
{
    double factor = 1;
    if (channel->type == CHANNEL_EMG) {
        double known = text_microvolts_per(channel->file_unit);
        factor = scale > 0 ? scale : known > 0 ? known : 1;
        strcpy(channel->unit, scale > 0 || known > 0 ? "uV" : "a.u.");
    } else {
        memcpy(channel->unit, channel->file_unit, sizeof channel->unit);
        if (channel->unit[0] == '\0') {
            strcpy(channel->unit, "a.u.");
        }
    }
    channel->gain *= factor;
    channel->offset *= factor;
    channel->minimum *= factor;
    channel->maximum *= factor;
}

/* Channels that nothing types: EMG when no channel of the file is said to be EMG. */
static void set_types(struct recording_info *info)
{
    bool any = false;
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        if (channel->type == CHANNEL_UNKNOWN) {
            channel->type =
                text_channel_type(channel->label, channel->description, channel->file_unit);
        }
        any = any || channel->type == CHANNEL_EMG;
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].type == CHANNEL_UNKNOWN) {
            info->channels[c].type = any ? CHANNEL_OTHER : CHANNEL_EMG;
        }
    }
}

static enum status prepare_channels(struct recording *recording,
                                    const struct recording_options *options, struct error *error)
{
    struct recording_info *info = &recording->info;
    const char *name = source_name(recording->source);
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        if (!(channel->rate > 0) || !isfinite(channel->rate)) {
            return error_set(error, STATUS_NO_RATE,
                             "%s: channel %zu (%s) has no sampling rate; give it with --rate", name,
                             c + 1, channel->label);
        }
    }
    set_types(info);
    enum status status = selection_make_labels_unique(info, error);
    if (status == STATUS_OK) {
        status = selection_apply(info, name, options->channels, options->all_channels, error);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        /* A channel that the user names is taken for EMG, whatever its label. */
        if (options->channels && info->channels[c].selected) {
            info->channels[c].type = CHANNEL_EMG;
        }
        set_unit(&info->channels[c], options->scale);
    }
    recording->position = checked_calloc(info->channel_count, sizeof *recording->position);
    recording->gap_start = checked_calloc(info->channel_count, sizeof *recording->gap_start);
    if (!recording->position || !recording->gap_start) {
        return error_memory(error, "opening a recording");
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        recording->gap_start[c] = UINT64_MAX;
    }
    return status;
}

/* A part of a recording that holds no header, named in its place. */
static enum status detect(struct recording *recording, const char *path, struct error *error)
{
    char header[PATH_MAX];
    if (strcmp(path, "-") != 0 && registry_header_of(path, header, sizeof header)) {
        struct source *source;
        enum status status = source_open(header, &source, error);
        if (status != STATUS_OK) {
            return status;
        }
        source_close(recording->source);
        recording->source = source;
    }
    return registry_detect(recording->source, &recording->reader, error);
}

static enum status open_with(const char *path, const struct recording_options *options,
                             struct recording **result, struct error *error)
{
    enum status status = STATUS_OK;
    *result = NULL;
    struct recording *recording = calloc(1, sizeof *recording);
    if (!recording) {
        return error_memory(error, "opening a recording");
    }
    recording->info.duration = NAN;
    status = source_open(path, &recording->source, error);
    if (status != STATUS_OK) {
        goto out;
    }
    if (options->format) {
        recording->reader = registry_reader(options->format);
        if (!recording->reader) {
            status = error_set(error, STATUS_USAGE,
                               "there is no format '%s'; 'soleus formats' "
                               "lists them",
                               options->format);
        }
    } else {
        status = detect(recording, path, error);
    }
    if (status != STATUS_OK) {
        goto out;
    }
    struct reader_options reader_options = {options->rate, options->scale, options->variable,
                                            options->strict};
    snprintf(recording->info.format, sizeof recording->info.format, "%s", recording->reader->id);
    recording->isolated = recording->reader->isolated && !options->in_process;
    status = recording->isolated
                 ? isolated_open(recording->reader, recording->source, &reader_options,
                                 &recording->info, &recording->state, error)
                 : recording->reader->open(recording->source, &reader_options, &recording->info,
                                           &recording->state, error);
    if (status == STATUS_OK) {
        status = prepare_channels(recording, options, error);
    }
    if (status == STATUS_OK) {
        *result = recording;
        recording = NULL;
    }
out:
    recording_close(recording);
    return status;
}

/* Whether a rate is that of every channel, said more exactly than the file can. */
static bool refines_rates(const struct recording_info *info, double rate)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected && fabs(rate / info->channels[c].rate - 1) > 0.01) {
            return false;
        }
    }
    return true;
}

enum status recording_open(const char *path, const struct recording_options *options,
                           struct recording **result, struct error *error)
{
    /* Standard input cannot be tried twice. */
    if (options->rate_fallback && options->rate > 0 && strcmp(path, "-") != 0) {
        struct recording_options own = *options;
        own.rate = 0;
        enum status status = open_with(path, &own, result, error);
        /* Some tables are read with a rate alone: those with several columns of times. */
        if (status != STATUS_OK && status != STATUS_NO_RATE && status != STATUS_UNSUPPORTED) {
            return status;
        }
        if (status == STATUS_OK) {
            if (!refines_rates(&(*result)->info, options->rate)) {
                return STATUS_OK;
            }
            recording_close(*result);
        }
    }
    return open_with(path, options, result, error);
}

struct recording_info *recording_info(struct recording *recording)
{
    return &recording->info;
}

const char *recording_name(const struct recording *recording)
{
    return source_name(recording->source);
}

/* Closes the open run of NaN of a channel at sample `end`. */
static enum status close_gap(struct recording *recording, size_t c, uint64_t end,
                             struct error *error)
{
    uint64_t start = recording->gap_start[c];
    double rate = recording->info.channels[c].rate;
    recording->gap_start[c] = UINT64_MAX;
    return recording_info_gap(&recording->info, (double)start / rate, (double)(end - start) / rate,
                              c, error);
}

/* Lists the runs of NaN in what was just read. */
static enum status note_gaps(struct recording *recording, const struct block *block, size_t c,
                             struct error *error)
{
    const float *samples = block->samples[c];
    enum status status = STATUS_OK;
    for (size_t i = 0; samples && i < block->frames[c] && status == STATUS_OK; i++) {
        bool open = recording->gap_start[c] != UINT64_MAX;
        if (isnan(samples[i]) && !open) {
            recording->gap_start[c] = recording->position[c] + i;
        } else if (open && !isnan(samples[i])) {
            status = close_gap(recording, c, recording->position[c] + i, error);
        }
    }
    recording->position[c] += block->frames[c];
    return status;
}

static int by_onset(const void *a, const void *b)
{
    double x = ((const struct annotation *)a)->onset, y = ((const struct annotation *)b)->onset;
    return (x > y) - (x < y);
}

/* At the end of the recording: what only the end can tell. */
static enum status note_end(struct recording *recording, struct error *error)
{
    struct recording_info *info = &recording->info;
    enum status status = STATUS_OK;
    double duration = 0;
    if (recording->ended) {
        return STATUS_OK;
    }
    recording->ended = true;
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        duration = fmax(duration, (double)recording->position[c] / info->channels[c].rate);
        if (recording->gap_start[c] != UINT64_MAX) {
            status = close_gap(recording, c, recording->position[c], error);
        }
    }
    info->duration = duration;
    if (info->annotation_count > 1) {
        qsort(info->annotations, info->annotation_count, sizeof *info->annotations, by_onset);
    }
    return status;
}

enum status recording_read(struct recording *recording, struct block *block, struct error *error)
{
    enum status status = recording->isolated
                             ? isolated_read(recording->state, block, error)
                             : recording->reader->read(recording->state, block, error);
    bool any = false;
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        any = any || block->frames[c] > 0;
        status = note_gaps(recording, block, c, error);
    }
    if (status == STATUS_OK && !any) {
        status = note_end(recording, error);
    }
    return status;
}

void recording_close(struct recording *recording)
{
    if (!recording) {
        return;
    }
    if (recording->isolated) {
        isolated_close(recording->state);
    } else if (recording->reader && recording->state) {
        recording->reader->close(recording->state);
    }
    recording_info_clear(&recording->info);
    source_close(recording->source);
    free(recording->position);
    free(recording->gap_start);
    free(recording);
}
