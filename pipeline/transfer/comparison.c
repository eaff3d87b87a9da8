#include "pipeline/transfer/comparison.h"

#include "formats/checked.h"
#include "formats/text.h"

#include <math.h>
#include <string.h>

/* Samples of the output that wait for those of the original. */
struct queue {
    float *samples; /* owned */
    size_t count, room;
};

struct walk {
    struct comparison *result;
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

void comparison_clear(struct comparison *comparison)
{
    free(comparison->channels);
    *comparison = (struct comparison){0};
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

static enum status read_on(struct walk *walk, struct error *error)
{
    enum status status = recording_read(walk->copy, &walk->block, error);
    walk->ended = true;
    for (size_t i = 0; i < walk->result->count && status == STATUS_OK; i++) {
        const float *samples = walk->block.samples[i];
        size_t frames = walk->block.frames[i];
        walk->ended = walk->ended && frames == 0;
        digest_add(&walk->digests[i], samples, frames);
        status = append(&walk->queues[i], samples, frames, error);
    }
    return status;
}

/* Reads on until every channel has as many samples as the original's block. */
static enum status fetch(struct walk *walk, const size_t *wanted, struct error *error)
{
    enum status status = STATUS_OK;
    for (bool enough = false; !enough && !walk->ended && status == STATUS_OK;) {
        enough = true;
        for (size_t i = 0; i < walk->result->count; i++) {
            enough = enough && walk->queues[i].count >= wanted[i];
        }
        status = enough ? STATUS_OK : read_on(walk, error);
    }
    return status;
}

static void compare(struct walk *walk, size_t i, const float *samples, size_t count)
{
    struct comparison_channel *result = &walk->result->channels[i];
    struct queue *queue = &walk->queues[i];
    for (size_t k = 0; k < count; k++) {
        double now = k < queue->count ? queue->samples[k] * walk->factors[i] : NAN;
        double error = fabs(now - samples[k]);
        result->lost += isnan(now) && !isnan(samples[k]);
        result->made += !isnan(now) && isnan(samples[k]);
        if (error > result->error) {
            result->error = error;
            result->time = (double)(walk->positions[i] + k) / walk->rates[i];
        }
    }
    walk->positions[i] += count;
    size_t done = count < queue->count ? count : queue->count;
    queue->count -= done;
    memmove(queue->samples, queue->samples + done, queue->count * sizeof *queue->samples);
}

static enum status take(void *context, const struct block *block, struct error *error)
{
    struct walk *walk = context;
    enum status status = fetch(walk, block->frames, error);
    for (size_t i = 0; i < block->channel_count && status == STATUS_OK; i++) {
        if (block->frames[i] > 0) {
            compare(walk, i, block->samples[i], block->frames[i]);
        }
    }
    return status;
}

/* What the copy has behind the original's end, where nothing but filling of gaps may be. */
static enum status finish(struct walk *walk, struct error *error)
{
    enum status status = STATUS_OK;
    bool any = true;
    while (any && status == STATUS_OK) {
        any = false;
        for (size_t i = 0; i < walk->result->count; i++) {
            struct queue *queue = &walk->queues[i];
            for (size_t k = 0; k < queue->count; k++) {
                walk->result->channels[i].made += !isnan(queue->samples[k]);
            }
            queue->count = 0;
        }
        status = walk->ended ? STATUS_OK : read_on(walk, error);
        any = !walk->ended;
    }
    return status;
}

static enum status prepare(struct walk *walk, const char *path, const struct outline *outline,
                           double seconds, struct error *error)
{
    struct comparison *result = walk->result;
    struct recording_options options = {.all_channels = true};
    size_t n = outline->count;
    enum status status = recording_open(path, &options, &walk->copy, error);
    if (status != STATUS_OK) {
        return status;
    }
    const struct recording_info *info = recording_info(walk->copy);
    if (info->channel_count != n) {
        return error_set(error, STATUS_FAILED, "has %zu channels instead of %zu",
                         info->channel_count, n);
    }
    result->channels = checked_calloc(n, sizeof *result->channels);
    walk->queues = checked_calloc(n, sizeof *walk->queues);
    walk->factors = checked_calloc(n, sizeof *walk->factors);
    walk->positions = checked_calloc(n, sizeof *walk->positions);
    walk->digests = checked_calloc(n, sizeof *walk->digests);
    double *rates = checked_calloc(n, sizeof *rates);
    walk->rates = rates;
    if (!result->channels || !walk->queues || !walk->factors || !walk->positions ||
        !walk->digests || !rates) {
        return error_memory(error, "reading back");
    }
    result->count = n;
    for (size_t i = 0; i < n; i++) {
        double from = text_microvolts_per(info->channels[i].unit);
        double to = text_microvolts_per(outline->info.channels[i].unit);
        walk->factors[i] = from > 0 && to > 0 ? from / to : 1;
        result->channels[i].same_unit = walk->factors[i] == 1;
        result->channels[i].rate = info->channels[i].rate;
        rates[i] = outline->info.channels[i].rate;
    }
    return block_allocate(&walk->block, info, seconds, error);
}

static void clear(struct walk *walk)
{
    for (size_t i = 0; walk->queues && i < walk->result->count; i++) {
        free(walk->queues[i].samples);
    }
    free(walk->queues);
    free(walk->factors);
    free(walk->positions);
    free(walk->digests);
    free((void *)walk->rates);
    block_clear(&walk->block);
    recording_close(walk->copy);
}

enum status comparison_make(const char *path, const struct outline *outline,
                            struct recording *original, double seconds,
                            struct comparison *comparison, struct error *error)
{
    struct walk walk = {.result = comparison};
    *comparison = (struct comparison){0};
    enum status status = prepare(&walk, path, outline, seconds, error);
    if (status == STATUS_OK && original) {
        status = outline_run(outline, original, seconds, take, &walk, error);
    }
    if (status == STATUS_OK) {
        status = finish(&walk, error);
    }
    for (size_t i = 0; i < comparison->count && status == STATUS_OK; i++) {
        comparison->channels[i].digest = walk.digests[i].value;
    }
    clear(&walk);
    return status;
}
