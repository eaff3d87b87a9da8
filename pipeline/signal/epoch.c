#include "pipeline/signal/epoch.h"

#include "formats/checked.h"
#include "pipeline/signal/fft.h"

#include <math.h>
#include <string.h>

struct epocher {
    size_t size;
    double step;   /* samples from epoch to epoch, not always whole */
    float *buffer; /* samples [start, start + filled) of the stream */
    size_t filled;
    uint64_t number; /* of the epoch that starts at `start` */
    uint64_t start;
    uint64_t position; /* of the next sample that comes */
};

enum status epocher_create(size_t size, double hop, double rate, struct epocher **result,
                           struct error *error)
{
    struct epocher *epocher = calloc(1, sizeof *epocher);
    *result = epocher;
    if (epocher) {
        epocher->size = size;
        epocher->step = hop * rate;
        epocher->buffer = fft_allocate(size);
    }
    if (!epocher || !epocher->buffer) {
        epocher_destroy(epocher);
        *result = NULL;
        return error_memory(error, "making room for epochs");
    }
    return STATUS_OK;
}

void epocher_destroy(struct epocher *epocher)
{
    if (epocher) {
        fft_free(epocher->buffer);
        free(epocher);
    }
}

/* Moves on to the next epoch, keeping what overlaps. */
static void advance(struct epocher *epocher)
{
    epocher->number++;
    uint64_t next = (uint64_t)llround((double)epocher->number * epocher->step);
    uint64_t drop = next > epocher->start ? next - epocher->start : 1;
    if (drop < epocher->filled) {
        epocher->filled -= (size_t)drop;
        memmove(epocher->buffer, epocher->buffer + drop, epocher->filled * sizeof(float));
    } else {
        epocher->filled = 0;
    }
    epocher->start += drop;
}

void epocher_push(struct epocher *epocher, const float *samples, size_t count,
                  epoch_function *function, void *context)
{
    while (count > 0) {
        if (epocher->position < epocher->start) { /* between epochs, when hop > epoch */
            uint64_t skip = epocher->start - epocher->position;
            size_t step = skip < count ? (size_t)skip : count;
            samples += step;
            count -= step;
            epocher->position += step;
            continue;
        }
        size_t room = epocher->size - epocher->filled;
        size_t step = room < count ? room : count;
        memcpy(epocher->buffer + epocher->filled, samples, step * sizeof(float));
        epocher->filled += step;
        epocher->position += step;
        samples += step;
        count -= step;
        if (epocher->filled == epocher->size) {
            function(context, epocher->number, epocher->buffer, epocher->size);
            advance(epocher);
        }
    }
}

void epocher_finish(struct epocher *epocher, epoch_function *function, void *context)
{
    while (epocher->filled > 0 && 2 * epocher->filled >= epocher->size) {
        function(context, epocher->number, epocher->buffer, epocher->filled);
        advance(epocher);
    }
}
