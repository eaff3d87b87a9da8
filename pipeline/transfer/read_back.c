#include "pipeline/transfer/read_back.h"

#include "formats/checked.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>

/* Samples of the output that wait for those of the original. */
struct queue {
    float *samples; /* owned */
    size_t count, room;
};

struct comparison {
    struct read_back *result;
    struct recording *copy;
    struct block block;   /* of the copy */
    struct queue *queues; /* owned; by channel */
    double *factors;      /* owned; by channel: unit of the outline per unit of the copy */
    const double *rates;
    uint64_t *positions; /* owned */
    bool ended;
    struct digest *digests; /* owned */
};

void digest_add(struct digest *digest, const float *samples, size_t count)
{
    for (size_t i = 0; i < count; i++, digest->position++) {
        uint32_t bits;
        memcpy(&bits, &samples[i], sizeof bits);
        bits = bits == 0x80000000u ? 0 : bits; /* whole numbers have no negative zero */
        if (!isnan(samples[i])) {
            uint64_t mixed = (digest->value ^ bits ^ digest->position << 32) * 0x9e3779b97f4a7c15u;
            digest->value = mixed ^ mixed >> 29;
        }
    }
}

void read_back_clear(struct read_back *read_back)
{
    free(read_back->channels);
    *read_back = (struct read_back){0};
}

static enum status append(struct queue *queue, const float *samples, size_t count,
                          struct error *error)
{
    if (queue->count + count > queue->room) {
        size_t room = 2 * (queue->count + count);
        float *grown = checked_realloc(queue->samples, room, sizeof *grown);
        if (!grown) {
            return error_memory(error, "reading back");
        }
        queue->samples = grown;
        queue->room = room;
    }
    if (count > 0) {
        memcpy(queue->samples + queue->count, samples, count * sizeof *samples);
    }
    queue->count += count;
    return STATUS_OK;
}

static enum status read_on(struct comparison *comparison, struct error *error)
{
    enum status status = recording_read(comparison->copy, &comparison->block, error);
    comparison->ended = true;
    for (size_t i = 0; i < comparison->result->count && status == STATUS_OK; i++) {
        const float *samples = comparison->block.samples[i];
        size_t frames = comparison->block.frames[i];
        comparison->ended = comparison->ended && frames == 0;
        digest_add(&comparison->digests[i], samples, frames);
        status = append(&comparison->queues[i], samples, frames, error);
    }
    return status;
}

/* Reads on until every channel has as many samples as the original's block. */
static enum status fetch(struct comparison *comparison, const size_t *wanted, struct error *error)
{
    enum status status = STATUS_OK;
    for (bool enough = false; !enough && !comparison->ended && status == STATUS_OK;) {
        enough = true;
        for (size_t i = 0; i < comparison->result->count; i++) {
            enough = enough && comparison->queues[i].count >= wanted[i];
        }
        status = enough ? STATUS_OK : read_on(comparison, error);
    }
    return status;
}

static void compare(struct comparison *comparison, size_t i, const float *samples, size_t count)
{
    struct read_back_channel *result = &comparison->result->channels[i];
    struct queue *queue = &comparison->queues[i];
    for (size_t k = 0; k < count; k++) {
        double now = k < queue->count ? queue->samples[k] * comparison->factors[i] : NAN;
        double error = fabs(now - samples[k]);
        result->lost += isnan(now) && !isnan(samples[k]);
        result->made += !isnan(now) && isnan(samples[k]);
        if (error > result->error) {
            result->error = error;
            result->time = (double)(comparison->positions[i] + k) / comparison->rates[i];
        }
    }
    comparison->positions[i] += count;
    size_t done = count < queue->count ? count : queue->count;
    queue->count -= done;
    memmove(queue->samples, queue->samples + done, queue->count * sizeof *queue->samples);
}

static enum status take(void *context, const struct block *block, struct error *error)
{
    struct comparison *comparison = context;
    enum status status = fetch(comparison, block->frames, error);
    for (size_t i = 0; i < block->channel_count && status == STATUS_OK; i++) {
        if (block->frames[i] > 0) {
            compare(comparison, i, block->samples[i], block->frames[i]);
        }
    }
    return status;
}

/* What the copy has behind the original's end, where nothing but filling of gaps may be. */
static enum status finish(struct comparison *comparison, struct error *error)
{
    enum status status = STATUS_OK;
    bool any = true;
    while (any && status == STATUS_OK) {
        any = false;
        for (size_t i = 0; i < comparison->result->count; i++) {
            struct queue *queue = &comparison->queues[i];
            for (size_t k = 0; k < queue->count; k++) {
                comparison->result->channels[i].made += !isnan(queue->samples[k]);
            }
            queue->count = 0;
        }
        status = comparison->ended ? STATUS_OK : read_on(comparison, error);
        any = !comparison->ended;
    }
    return status;
}

static enum status prepare(struct comparison *comparison, const char *path,
                           const struct outline *outline, double seconds, struct error *error)
{
    struct read_back *result = comparison->result;
    struct recording_options options = {.all_channels = true};
    size_t n = outline->count;
    enum status status = recording_open(path, &options, &comparison->copy, error);
    if (status != STATUS_OK) {
        return status;
    }
    const struct recording_info *info = recording_info(comparison->copy);
    if (info->channel_count != n) {
        return error_set(error, STATUS_FAILED, "has %zu channels instead of %zu",
                         info->channel_count, n);
    }
    result->channels = checked_calloc(n, sizeof *result->channels);
    comparison->queues = checked_calloc(n, sizeof *comparison->queues);
    comparison->factors = checked_calloc(n, sizeof *comparison->factors);
    comparison->positions = checked_calloc(n, sizeof *comparison->positions);
    comparison->digests = checked_calloc(n, sizeof *comparison->digests);
    double *rates = checked_calloc(n, sizeof *rates);
    comparison->rates = rates;
    if (!result->channels || !comparison->queues || !comparison->factors ||
        !comparison->positions || !comparison->digests || !rates) {
        return error_memory(error, "reading back");
    }
    result->count = n;
    for (size_t i = 0; i < n; i++) {
        double from = text_microvolts_per(info->channels[i].unit);
        double to = text_microvolts_per(outline->info.channels[i].unit);
        comparison->factors[i] = from > 0 && to > 0 ? from / to : 1;
        result->channels[i].same_unit = comparison->factors[i] == 1;
        result->channels[i].rate = info->channels[i].rate;
        rates[i] = outline->info.channels[i].rate;
    }
    return block_allocate(&comparison->block, info, seconds, error);
}

static void clear(struct comparison *comparison)
{
    for (size_t i = 0; comparison->queues && i < comparison->result->count; i++) {
        free(comparison->queues[i].samples);
    }
    free(comparison->queues);
    free(comparison->factors);
    free(comparison->positions);
    free(comparison->digests);
    free((void *)comparison->rates);
    block_clear(&comparison->block);
    recording_close(comparison->copy);
}

enum status read_back_compare(const char *path, const struct outline *outline,
                              struct recording *original, double seconds,
                              struct read_back *read_back, struct error *error)
{
    struct comparison comparison = {.result = read_back};
    *read_back = (struct read_back){0};
    enum status status = prepare(&comparison, path, outline, seconds, error);
    if (status == STATUS_OK && original) {
        status = outline_run(outline, original, seconds, take, &comparison, error);
    }
    if (status == STATUS_OK) {
        status = finish(&comparison, error);
    }
    for (size_t i = 0; i < read_back->count && status == STATUS_OK; i++) {
        read_back->channels[i].digest = comparison.digests[i].value;
    }
    clear(&comparison);
    return status;
}
