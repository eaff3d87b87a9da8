#include "pipeline/analysis/filter.h"

#include "formats/checked.h"
#include "pipeline/analysis/conditioning.h"
#include "pipeline/analysis/opening.h"
#include "pipeline/signal/fft.h"
#include "pipeline/transfer/outline.h"

#include <math.h>

#define PIECE 16384 /* samples filtered at a time */

struct filtering {
    struct recording *recording;
    const struct parameters *parameters;
    struct outline outline;            /* what is written */
    struct conditioning *conditioning; /* by selected channel */
    struct opening *opening;
    struct block in, out; /* out: the selected channels alone */
    const float **next;   /* by selected channel: what is filtered next */
    size_t *next_counts;
    const struct writer *writer;
    void *state;
};

/* The channels that are written, and their ranges. */
static enum status describe(struct filtering *filtering, struct error *error)
{
    struct outline *outline = &filtering->outline;
    enum status status = outline_create(filtering->recording, 0, 0, outline, error);
    for (size_t i = 0; i < outline->count && status == STATUS_OK; i++) {
        struct channel *channel = &outline->info.channels[i];
        status = conditioning_check(channel, filtering->parameters->band, error);
        if (status != STATUS_OK) {
            error_prefix(error, recording_name(filtering->recording));
            return status;
        }
        /* The offset is filtered out: the range lies about zero. */
        double half = (channel->maximum - channel->minimum) / 2;
        channel->minimum = -half;
        channel->maximum = half;
    }
    outline->info.conditioned = true;
    return status;
}

static enum status prepare(struct filtering *filtering, struct error *error)
{
    const struct recording_info *info = recording_info(filtering->recording);
    const struct outline *outline = &filtering->outline;
    enum status status = describe(filtering, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = opening_create(info, outline->indexes, outline->count, &filtering->opening, error);
    if (status == STATUS_OK) {
        status = block_allocate(&filtering->in, info, filtering->parameters->block, error);
    }
    filtering->conditioning = checked_calloc(outline->count, sizeof *filtering->conditioning);
    filtering->out.channel_count = outline->count;
    filtering->out.samples = checked_calloc(outline->count, sizeof *filtering->out.samples);
    filtering->out.frames = checked_calloc(outline->count, sizeof *filtering->out.frames);
    filtering->next = checked_calloc(outline->count, sizeof *filtering->next);
    filtering->next_counts = checked_calloc(outline->count, sizeof *filtering->next_counts);
    if (status == STATUS_OK &&
        (!filtering->next || !filtering->next_counts || !filtering->conditioning ||
         !filtering->out.samples || !filtering->out.frames)) {
        status = error_memory(error, "preparing the filter");
    }
    return status;
}

static void clear(struct filtering *filtering)
{
    for (size_t i = 0; filtering->conditioning && i < filtering->outline.count; i++) {
        conditioning_clear(&filtering->conditioning[i]);
    }
    for (size_t i = 0; filtering->out.samples && i < filtering->outline.count; i++) {
        fft_free(filtering->out.samples[i]);
    }
    free((void *)filtering->next);
    free(filtering->next_counts);
    free(filtering->out.samples);
    free(filtering->out.frames);
    free(filtering->conditioning);
    opening_destroy(filtering->opening);
    block_clear(&filtering->in);
    outline_clear(&filtering->outline);
}

/* Makes the filters once the recording's start has been seen. */
static enum status lay(struct filtering *filtering, struct error *error)
{
    double mains;
    unsigned long long *masks = checked_calloc(filtering->outline.count, sizeof *masks);
    if (!masks) {
        return error_memory(error, "preparing the filter");
    }
    enum status status =
        opening_decide_mains(filtering->opening, filtering->parameters, &mains, masks, error);
    for (size_t i = 0; i < filtering->outline.count && status == STATUS_OK; i++) {
        const struct channel *channel = &filtering->outline.info.channels[i];
        bool done = recording_info(filtering->recording)->conditioned;
        const struct mains_removal removal = {masks[i] ? mains : 0, masks[i]};
        status = conditioning_create(&filtering->conditioning[i], channel->rate,
                                     filtering->parameters->band, &removal, 1, done, error);
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
        for (size_t i = 0; i < filtering->outline.count; i++) {
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
    for (size_t i = 0; i < filtering->outline.count; i++) {
        size_t c = filtering->outline.indexes[i];
        filtering->next[i] = filtering->in.samples[c];
        filtering->next_counts[i] = filtering->in.frames[c];
        if (opening) {
            filtering->next[i] = opening_samples(filtering->opening, i, &filtering->next_counts[i]);
        }
    }
    enum status status = push(filtering, filtering->next, filtering->next_counts, error);
    for (size_t i = 0; opening && i < filtering->outline.count; i++) {
        opening_release(filtering->opening, i);
    }
    return status;
}

static enum status finish(struct filtering *filtering, struct error *error)
{
    for (size_t i = 0; i < filtering->outline.count; i++) {
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
        for (size_t i = 0; i < filtering->outline.count; i++) {
            any = any || filtering->in.frames[filtering->outline.indexes[i]] > 0;
        }
        size_t first = filtering->outline.indexes[0];
        seconds += (double)filtering->in.frames[first] / filtering->outline.info.channels[0].rate;
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
        status = writer->open(output, &filtering.outline.info, &filtering.state, error);
    }
    if (status == STATUS_OK) {
        status = run(&filtering, error);
        if (status == STATUS_OK) {
            status = outline_annotate(&filtering.outline, recording_info(recording), error);
        }
        if (status == STATUS_OK) {
            status = writer->close(filtering.state, error);
        } else {
            writer->abort(filtering.state);
        }
    }
    clear(&filtering);
    return status;
}
