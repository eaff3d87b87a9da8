#include "pipeline/analysis/filter.h"

#include "formats/checked.h"
#include "pipeline/analysis/conditioning.h"
#include "pipeline/analysis/opening.h"
#include "pipeline/signal/fft.h"

#include <math.h>

#define PIECE 16384 /* samples filtered at a time */

struct filtering {
    struct recording *recording;
    const struct parameters *parameters;
    size_t count; /* selected channels */
    size_t *indexes;
    struct conditioning *conditioning; /* by selected channel */
    struct opening *opening;
    struct block in, out;        /* out: the selected channels alone */
    struct recording_info about; /* of what is written */
    const struct writer *writer;
    void *state;
};

static enum status prepare(struct filtering *filtering, struct error *error)
{
    const struct recording_info *info = recording_info(filtering->recording);
    filtering->indexes = checked_calloc(info->channel_count, sizeof *filtering->indexes);
    if (!filtering->indexes) {
        return error_memory(error, "preparing the filter");
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected) {
            filtering->indexes[filtering->count++] = c;
        }
    }
    enum status status = recording_info_allocate(&filtering->about, filtering->count, error);
    if (status != STATUS_OK) {
        return status;
    }
    filtering->about.start = info->start;
    filtering->about.conditioned = true;
    for (size_t i = 0; i < filtering->count; i++) {
        struct channel *channel = &filtering->about.channels[i];
        *channel = info->channels[filtering->indexes[i]];
        /* The offset is filtered out: the range lies about zero. */
        double half = (channel->maximum - channel->minimum) / 2;
        channel->minimum = -half;
        channel->maximum = half;
    }
    status = opening_create(info, filtering->indexes, filtering->count, &filtering->opening, error);
    if (status == STATUS_OK) {
        status = block_allocate(&filtering->in, info, filtering->parameters->block, error);
    }
    filtering->conditioning = checked_calloc(filtering->count, sizeof *filtering->conditioning);
    filtering->out.channel_count = filtering->count;
    filtering->out.samples = checked_calloc(filtering->count, sizeof *filtering->out.samples);
    filtering->out.frames = checked_calloc(filtering->count, sizeof *filtering->out.frames);
    if (status == STATUS_OK &&
        (!filtering->conditioning || !filtering->out.samples || !filtering->out.frames)) {
        status = error_memory(error, "preparing the filter");
    }
    return status;
}

static void clear(struct filtering *filtering)
{
    for (size_t i = 0; filtering->conditioning && i < filtering->count; i++) {
        conditioning_clear(&filtering->conditioning[i]);
    }
    for (size_t i = 0; filtering->out.samples && i < filtering->count; i++) {
        fft_free(filtering->out.samples[i]);
    }
    free(filtering->out.samples);
    free(filtering->out.frames);
    free(filtering->conditioning);
    free(filtering->indexes);
    opening_destroy(filtering->opening);
    block_clear(&filtering->in);
    recording_info_clear(&filtering->about);
}

/* Makes the filters once the recording's start has been seen. */
static enum status lay(struct filtering *filtering, struct error *error)
{
    double mains;
    unsigned long long *masks = checked_calloc(filtering->count, sizeof *masks);
    if (!masks) {
        return error_memory(error, "preparing the filter");
    }
    enum status status =
        opening_decide_mains(filtering->opening, filtering->parameters, &mains, masks, error);
    for (size_t i = 0; i < filtering->count && status == STATUS_OK; i++) {
        const struct channel *channel = &filtering->about.channels[i];
        bool done = recording_info(filtering->recording)->conditioned;
        status = conditioning_create(&filtering->conditioning[i], channel->rate,
                                     filtering->parameters->band, masks[i] ? mains : 0, masks[i],
                                     done, error);
        if (status == STATUS_OK && filtering->conditioning[i].empty) {
            status = error_set(error, STATUS_FAILED,
                               "channel '%s' has %g samples/s, too few for the band from %g Hz",
                               channel->label, channel->rate, filtering->parameters->band[0]);
        }
        if (status == STATUS_OK) {
            size_t room = conditioning_room(&filtering->conditioning[i], PIECE);
            filtering->out.samples[i] = fft_allocate(room);
            status =
                filtering->out.samples[i] ? STATUS_OK : error_memory(error, "preparing the filter");
        }
    }
    free(masks);
    return status;
}

/* Filters count[i] samples of every channel, a piece of each at a time, so that channels advance
 * together and the writer holds little back. */
static enum status push(struct filtering *filtering, const float *const *samples,
                        const size_t *counts, struct error *error)
{
    enum status status = STATUS_OK;
    bool more = true;
    for (size_t from = 0; more && status == STATUS_OK; from += PIECE) {
        more = false;
        for (size_t i = 0; i < filtering->count; i++) {
            size_t left = counts[i] > from ? counts[i] - from : 0;
            size_t piece = left < PIECE ? left : PIECE;
            more = more || left > PIECE;
            filtering->out.frames[i] =
                piece ? conditioning_push(&filtering->conditioning[i], samples[i] + from, piece,
                                          filtering->out.samples[i])
                      : 0;
        }
        status = filtering->writer->write(filtering->state, &filtering->out, error);
    }
    return status;
}

static enum status push_opening(struct filtering *filtering, struct error *error)
{
    const float **samples = checked_calloc(filtering->count, sizeof *samples);
    size_t *counts = checked_calloc(filtering->count, sizeof *counts);
    enum status status = STATUS_OK;
    if (samples && counts) {
        for (size_t i = 0; i < filtering->count; i++) {
            samples[i] = opening_samples(filtering->opening, i, &counts[i]);
        }
        status = push(filtering, samples, counts, error);
        for (size_t i = 0; i < filtering->count; i++) {
            opening_release(filtering->opening, i);
        }
    } else {
        status = error_memory(error, "filtering");
    }
    free((void *)samples);
    free(counts);
    return status;
}

static enum status push_block(struct filtering *filtering, struct error *error)
{
    const float **samples = checked_calloc(filtering->count, sizeof *samples);
    size_t *counts = checked_calloc(filtering->count, sizeof *counts);
    enum status status = STATUS_OK;
    if (samples && counts) {
        for (size_t i = 0; i < filtering->count; i++) {
            samples[i] = filtering->in.samples[filtering->indexes[i]];
            counts[i] = filtering->in.frames[filtering->indexes[i]];
        }
        status = push(filtering, samples, counts, error);
    } else {
        status = error_memory(error, "filtering");
    }
    free((void *)samples);
    free(counts);
    return status;
}

static enum status finish(struct filtering *filtering, struct error *error)
{
    for (size_t i = 0; i < filtering->count; i++) {
        filtering->out.frames[i] =
            conditioning_finish(&filtering->conditioning[i], filtering->out.samples[i]);
    }
    return filtering->writer->write(filtering->state, &filtering->out, error);
}

static enum status run(struct filtering *filtering, struct error *error)
{
    enum status status = STATUS_OK;
    double seconds = 0;
    bool laid = false, any = true;
    while (any && status == STATUS_OK) {
        status = recording_read(filtering->recording, &filtering->in, error);
        any = false;
        for (size_t i = 0; i < filtering->count; i++) {
            any = any || filtering->in.frames[filtering->indexes[i]] > 0;
        }
        seconds += filtering->parameters->block;
        if (status != STATUS_OK) {
            break;
        }
        if (laid) {
            status = push_block(filtering, error);
            continue;
        }
        status = opening_keep(filtering->opening, &filtering->in, error);
        if (status == STATUS_OK && (!any || seconds >= OPENING_SECONDS)) {
            laid = true;
            status = lay(filtering, error);
            if (status == STATUS_OK) {
                status = push_opening(filtering, error);
            }
        }
    }
    return status == STATUS_OK ? finish(filtering, error) : status;
}

enum status filter_recording(struct recording *recording, const struct parameters *parameters,
                             const struct writer *writer, struct output *output,
                             struct error *error)
{
    struct filtering filtering = {
        .recording = recording, .parameters = parameters, .writer = writer};
    enum status status = prepare(&filtering, error);
    if (status == STATUS_OK) {
        status = writer->open(output, &filtering.about, &filtering.state, error);
    }
    if (status == STATUS_OK) {
        status = run(&filtering, error);
        if (status == STATUS_OK) {
            status = writer->close(filtering.state, error);
        } else {
            writer->abort(filtering.state);
        }
    }
    clear(&filtering);
    return status;
}
