#include "pipeline/signal/power_steps.h"

#include "formats/checked.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static enum status finish_step(struct power_steps *steps, struct error *error)
{
    if (steps->count == steps->capacity) {
        size_t capacity = steps->capacity ? 2 * steps->capacity : 1024;
        float *grown = checked_realloc(steps->means, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "keeping amplitudes");
        }
        steps->means = grown;
        steps->capacity = capacity;
    }
    steps->means[steps->count++] =
        steps->in_step ? (float)(steps->sum / (double)steps->in_step) : NAN;
    steps->sum = 0;
    steps->in_step = 0;
    return STATUS_OK;
}

enum status power_steps_push(struct power_steps *steps, const float *x, size_t count,
                             struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        while ((double)steps->samples >=
               round((double)(steps->count + 1) * POWER_STEP * steps->rate)) {
            enum status status = finish_step(steps, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
        steps->sum += (double)x[i] * (double)x[i];
        steps->in_step++;
        steps->samples++;
    }
    return STATUS_OK;
}

void power_steps_clear(struct power_steps *steps)
{
    free(steps->means);
    *steps = (struct power_steps){0};
}

/* Mean square over [from, to]; NaN without a step of it, or, when `whole`, with one missing. */
static double mean_square(const struct power_steps *steps, double from, double to, bool whole)
{
    double sum = 0, weight = 0;
    size_t first = from > 0 ? (size_t)(from / POWER_STEP) : 0;
    for (size_t k = first; k < steps->count && (double)k * POWER_STEP < to; k++) {
        double start = (double)k * POWER_STEP;
        double share = fmin(start + POWER_STEP, to) - fmax(start, from);
        if (share <= 0) {
            continue;
        }
        if (isnan(steps->means[k])) {
            if (whole) {
                return NAN;
            }
            continue;
        }
        sum += share * (double)steps->means[k];
        weight += share;
    }
    return weight > 0 ? sum / weight : NAN;
}

double power_steps_rms(const struct power_steps *steps, double from, double to)
{
    return sqrt(mean_square(steps, from, to, false));
}

double power_steps_peak(const struct power_steps *steps, double from, double to, double window)
{
    double end = fmin(to, (double)steps->count * POWER_STEP), largest = NAN;
    from = fmax(from, 0);
    if (end - from <= window) {
        return power_steps_rms(steps, from, end);
    }
    double first = floor(from / POWER_STEP), start = from;
    for (double k = 1; start + window <= end; k++) {
        largest = fmax(largest, mean_square(steps, start, start + window, true));
        start = (first + k) * POWER_STEP;
    }
    return sqrt(largest);
}
