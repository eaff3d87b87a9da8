#include "pipeline/signal/condition.h"

#include "formats/checked.h"
#include "pipeline/signal/fft.h"
#include "pipeline/signal/hum.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct condition_plan {
    size_t half; /* of the kernel */
    size_t size; /* of the transform */
    size_t step; /* new samples a transform: size − 2·half */
    size_t notch_count;
    double notches[NOTCHES_MAX]; /* cycles a sample */
    struct fft *fft;
    float *response; /* the kernel's transform over size */
};

struct condition {
    const struct condition_plan *plan;
    float *input; /* the transform's window; [0, filled) is set */
    float *work;  /* spectrum, then output */
    float *output;
    float *head;         /* the first half + 1 samples, until the mirrored start can be built */
    unsigned char *gaps; /* input sample was NaN; same places as input */
    size_t filled;
    size_t head_count;
    bool started;
    float reference; /* taken off every sample: the offset the signal had when last continued */
    float held;      /* last value put in */
    bool in_gap, any;
    uint64_t given, taken; /* output and input samples so far */
};

static void plan_response(struct condition_plan *plan, const struct kernel *kernel)
{
    float *taps = fft_allocate(plan->size);
    if (!taps) {
        fft_free(plan->response);
        plan->response = NULL;
        return;
    }
    memset(taps, 0, plan->size * sizeof *taps);
    for (size_t i = 0; i <= 2 * kernel->half; i++) {
        taps[i] = kernel->taps[i] / (float)plan->size;
    }
    fft_forward(plan->fft, taps, plan->response);
    fft_free(taps);
}

enum status condition_plan_create(const struct kernel *kernel, struct condition_plan **result,
                                  struct error *error)
{
    struct condition_plan *plan = calloc(1, sizeof *plan);
    *result = NULL;
    if (plan) {
        size_t size = 1024;
        /* About six kernel lengths keep the overlap's cost near its least. */
        while (size < 6 * (2 * kernel->half + 1)) {
            size *= 2;
        }
        plan->half = kernel->half;
        plan->notch_count = kernel->notch_count;
        memcpy(plan->notches, kernel->notches, sizeof plan->notches);
        plan->size = size;
        plan->step = size - 2 * kernel->half;
        plan->fft = fft_create(size);
        plan->response = fft_allocate(2 * (size / 2 + 1));
        if (plan->fft && plan->response) {
            plan_response(plan, kernel);
        }
    }
    if (!plan || !plan->fft || !plan->response) {
        condition_plan_destroy(plan);
        return error_memory(error, "planning the conditioning filter");
    }
    *result = plan;
    return STATUS_OK;
}

void condition_plan_destroy(struct condition_plan *plan)
{
    if (plan) {
        fft_destroy(plan->fft);
        fft_free(plan->response);
        free(plan);
    }
}

enum status condition_create(const struct condition_plan *plan, struct condition **result,
                             struct error *error)
{
    struct condition *condition = calloc(1, sizeof *condition);
    *result = condition;
    if (condition) {
        condition->plan = plan;
        condition->input = fft_allocate(plan->size);
        condition->work = fft_allocate(2 * (plan->size / 2 + 1));
        condition->output = fft_allocate(plan->size);
        condition->head = checked_calloc(plan->half + 1, sizeof *condition->head);
        condition->gaps = checked_calloc(plan->size, 1);
    }
    if (!condition || !condition->input || !condition->work || !condition->output ||
        !condition->head || !condition->gaps) {
        condition_destroy(condition);
        *result = NULL;
        return error_memory(error, "making room for the conditioning filter");
    }
    return STATUS_OK;
}

void condition_destroy(struct condition *condition)
{
    if (condition) {
        fft_free(condition->input);
        fft_free(condition->work);
        fft_free(condition->output);
        free(condition->head);
        free(condition->gaps);
        free(condition);
    }
}

size_t condition_room(const struct condition_plan *plan, size_t count)
{
    return count + plan->size + plan->half + 1;
}

/* Filters the full window; copies the next `want` outputs and moves the overlap to the front. */
static size_t transform(struct condition *condition, size_t want, float *out)
{
    const struct condition_plan *plan = condition->plan;
    float *spectrum = condition->work;
    const float *response = plan->response;
    fft_forward(plan->fft, condition->input, spectrum);
    for (size_t k = 0; k <= plan->size / 2; k++) {
        float real = spectrum[2 * k], imaginary = spectrum[2 * k + 1];
        spectrum[2 * k] = real * response[2 * k] - imaginary * response[2 * k + 1];
        spectrum[2 * k + 1] = real * response[2 * k + 1] + imaginary * response[2 * k];
    }
    fft_inverse(plan->fft, spectrum, condition->output);
    /* Valid outputs start at 2·half and belong to the inputs `half` before them. */
    for (size_t i = 0; i < want; i++) {
        out[i] = condition->gaps[plan->half + i] ? NAN : condition->output[2 * plan->half + i];
    }
    memmove(condition->input, condition->input + plan->step, 2 * plan->half * sizeof(float));
    memmove(condition->gaps, condition->gaps + plan->step, 2 * plan->half);
    condition->filled = 2 * plan->half;
    condition->given += want;
    return want;
}

static size_t put(struct condition *condition, float value, bool gap, float *out)
{
    condition->input[condition->filled] = value;
    condition->gaps[condition->filled] = gap;
    condition->filled++;
    return condition->filled == condition->plan->size
               ? transform(condition, condition->plan->step, out)
               : 0;
}

/* Takes NaN and offset out of one sample. */
static float clean(struct condition *condition, float x, bool *gap)
{
    *gap = !isfinite(x);
    if (*gap) {
        condition->in_gap = true;
    } else {
        if (!condition->any || condition->in_gap) {
            condition->reference = x - condition->held;
            condition->any = true;
            condition->in_gap = false;
        }
        condition->held = x - condition->reference;
    }
    return condition->held;
}

/* Puts the mirror image of the first samples, then the samples themselves. Mains lines go on with
 * their phase instead. */
static size_t start(struct condition *condition, float *out)
{
    const struct condition_plan *plan = condition->plan;
    size_t produced = 0, last = condition->head_count - 1;
    struct hum hum =
        hum_fit(condition->head, condition->head_count, plan->notches, plan->notch_count);
    condition->started = true;
    for (size_t i = plan->half; i > 0; i--) {
        size_t mirror = i < last ? i : last;
        double lines = hum_at(&hum, -(double)i) - hum_at(&hum, (double)mirror);
        produced += put(condition, condition->head[mirror] + (float)lines, false, out + produced);
    }
    for (size_t i = 0; i <= last; i++) {
        bool gap = condition->gaps[plan->size - 1 - i];
        produced += put(condition, condition->head[i], gap, out + produced);
    }
    return produced;
}

/* The mirror image of the last samples, as far as a filter's half reaches; see start. */
static void continue_end(struct condition *condition, float *mirror)
{
    const struct condition_plan *plan = condition->plan;
    size_t count = condition->filled < plan->half + 2 ? condition->filled : plan->half + 2;
    const float *x = condition->input + condition->filled - count;
    struct hum hum = hum_fit(x, count, plan->notches, plan->notch_count);
    for (size_t i = 0; i < plan->half; i++) {
        size_t from = count >= i + 2 ? count - 2 - i : 0;
        double lines = hum_at(&hum, (double)(count + i)) - hum_at(&hum, (double)from);
        mirror[i] = x[from] + (float)lines;
    }
}

size_t condition_push(struct condition *condition, const float *in, size_t count, float *out)
{
    size_t produced = 0;
    const struct condition_plan *plan = condition->plan;
    for (size_t i = 0; i < count; i++) {
        bool gap;
        float x = clean(condition, in[i], &gap);
        if (condition->started) {
            produced += put(condition, x, gap, out + produced);
            continue;
        }
        /* Until the start, the gaps of the head are kept at the window's far end. */
        condition->gaps[plan->size - 1 - condition->head_count] = gap;
        condition->head[condition->head_count++] = x;
        if (condition->head_count == plan->half + 1) {
            produced += start(condition, out + produced);
        }
    }
    condition->taken += count;
    return produced;
}

size_t condition_finish(struct condition *condition, float *out)
{
    const struct condition_plan *plan = condition->plan;
    size_t produced = 0;
    if (condition->taken == 0) {
        return 0;
    }
    if (!condition->started) {
        produced += start(condition, out);
    }
    /* The window holds at least the last 2·half inputs; the head's room is free by now. */
    float *mirror = condition->head;
    continue_end(condition, mirror);
    for (size_t i = 0; i < plan->half; i++) {
        produced += put(condition, mirror[i], false, out + produced);
    }
    size_t left = (size_t)(condition->taken - condition->given);
    if (left > 0) {
        memset(condition->input + condition->filled, 0,
               (plan->size - condition->filled) * sizeof(float));
        produced += transform(condition, left, out + produced);
    }
    return produced;
}
