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
    struct block in, out; /* out: the selected channels alone */
    const float **next;   /* by selected channel: what is filtered next */
    size_t *next_counts;
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
            enum status possible =
                conditioning_check(&info->channels[c], filtering->parameters->band, error);
            if (possible != STATUS_OK) {
                error_prefix(error, recording_name(filtering->recording));
                return possible;
            }
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
    filtering->next = checked_calloc(filtering->count, sizeof *filtering->next);
    filtering->next_counts = checked_calloc(filtering->count, sizeof *filtering->next_counts);
    if (status == STATUS_OK &&
        (!filtering->next || !filtering->next_counts || !filtering->conditioning ||
         !filtering->out.samples || !filtering->out.frames)) {
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
    free((void *)filtering->next);
    free(filtering->next_counts);
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

/* Filters what the opening holds, or (when it has been released) what the block brought. */
static enum status push_next(struct filtering *filtering, bool opening, struct error *error)
{
    for (size_t i = 0; i < filtering->count; i++) {
        size_t c = filtering->indexes[i];
        filtering->next[i] = filtering->in.samples[c];
        filtering->next_counts[i] = filtering->in.frames[c];
        if (opening) {
            filtering->next[i] = opening_samples(filtering->opening, i, &filtering->next_counts[i]);
        }
    }
    enum status status = push(filtering, filtering->next, filtering->next_counts, error);
    for (size_t i = 0; opening && i < filtering->count; i++) {
        opening_release(filtering->opening, i);
    }
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
        size_t first = filtering->indexes[0];
        seconds += (double)filtering->in.frames[first] / filtering->about.channels[0].rate;
        if (status != STATUS_OK) {
            break;
        }
        if (laid) {
            status = push_next(filtering, false, error);
            continue;
        }
        status = opening_keep(filtering->opening, &filtering->in, error);
        if (status == STATUS_OK && (!any || seconds >= OPENING_SECONDS)) {
            laid = true;
            status = lay(filtering, error);
            if (status == STATUS_OK) {
                status = push_next(filtering, true, error);
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
