#include "pipeline/analysis/opening.h"

#include "formats/checked.h"
#include "pipeline/signal/mains.h"

#include <math.h>
#include <string.h>

struct held {
    float *samples;
    size_t count, capacity;
};

struct opening {
    const struct recording_info *info;
    const size_t *indexes;
    size_t count;
    struct held *held;
};

enum status opening_create(const struct recording_info *info, const size_t *indexes, size_t count,
                           struct opening **result, struct error *error)
{
    struct opening *opening = calloc(1, sizeof *opening);
    *result = NULL;
    if (opening) {
        *opening = (struct opening){.info = info, .indexes = indexes, .count = count};
        opening->held = checked_calloc(count, sizeof *opening->held);
    }
    if (!opening || !opening->held) {
        free(opening);
        return error_memory(error, "keeping the recording's start");
    }
    *result = opening;
    return STATUS_OK;
}

void opening_destroy(struct opening *opening)
{
    if (opening) {
        for (size_t i = 0; i < opening->count; i++) {
            free(opening->held[i].samples);
        }
        free(opening->held);
        free(opening);
    }
}

enum status opening_keep(struct opening *opening, const struct block *block, struct error *error)
{
    for (size_t i = 0; i < opening->count; i++) {
        struct held *held = &opening->held[i];
        size_t frames = block->frames[opening->indexes[i]];
        if (held->count + frames > held->capacity) {
            size_t capacity = 2 * held->capacity + frames;
            float *grown = checked_realloc(held->samples, capacity, sizeof *grown);
            if (!grown) {
                return error_memory(error, "keeping the recording's start");
            }
            held->samples = grown;
            held->capacity = capacity;
        }
        if (frames > 0) {
            memcpy(held->samples + held->count, block->samples[opening->indexes[i]],
                   frames * sizeof(float));
        }
        held->count += frames;
    }
    return STATUS_OK;
}

const float *opening_samples(const struct opening *opening, size_t i, size_t *count)
{
    *count = opening->held[i].count;
    return opening->held[i].samples;
}

void opening_release(struct opening *opening, size_t i)
{
    free(opening->held[i].samples);
    opening->held[i] = (struct held){0};
}

/* How many samples of channel i decisions look at. */
static size_t looked_at(const struct opening *opening, size_t i)
{
    double most = floor(OPENING_SECONDS * opening->info->channels[opening->indexes[i]].rate);
    size_t held = opening->held[i].count;
    return (double)held > most ? (size_t)most : held;
}

enum status opening_decide_mains(const struct opening *opening, const struct parameters *parameters,
                                 double *mains, unsigned long long *masks, struct error *error)
{
    enum status status = STATUS_OK;
    bool given = parameters->mains == MAINS_50 || parameters->mains == MAINS_60;
    *mains = parameters->mains == MAINS_50 ? 50 : parameters->mains == MAINS_60 ? 60 : 0;
    memset(masks, given ? 0xff : 0, opening->count * sizeof *masks);
    if (parameters->mains != MAINS_AUTO || opening->info->conditioned) {
        return STATUS_OK;
    }
    struct mains_lines *lines = checked_calloc(opening->count, sizeof *lines);
    if (!lines) {
        return error_memory(error, "looking for mains");
    }
    for (size_t i = 0; i < opening->count && status == STATUS_OK; i++) {
        status = mains_detect(opening->held[i].samples, looked_at(opening, i),
                              opening->info->channels[opening->indexes[i]].rate,
                              parameters->band[1], &lines[i], error);
    }
    if (status == STATUS_OK) {
        *mains = mains_decide(lines, opening->count, opening->info->mains);
    }
    for (size_t i = 0; i<opening->count && * mains> 0; i++) {
        masks[i] = lines[i].mask[*mains == 50 ? 0 : 1];
    }
    free(lines);
    return status;
}

double opening_quantum(const struct opening *opening, size_t i)
{
    const struct held *held = &opening->held[i];
    float least = INFINITY;
    for (size_t k = 1; k < looked_at(opening, i); k++) {
        float step = fabsf(held->samples[k] - held->samples[k - 1]);
        least = step > 0 && step < least ? step : least;
    }
    return isfinite(least) ? (double)least : 0;
}
