#include "formats/delimited/clock.h"

#include "formats/checked.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The longest run of lost samples that is believed: a day. */
#define LOST_SECONDS_MAX 86400.0

/* Share of a deviation by which the expected time follows the times, so that a rate that is off in
 * its last digits never adds up to a jump. */
#define FOLLOW (1.0 / 64)

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The decimal with the fewest digits between low and high, 0 < low ≤ middle ≤ high. */
static double simplest(double low, double middle, double high)
{
    char text[40];
    for (int digits = 0; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits, middle);
        double value = strtod(text, NULL);
        if (value >= low && value <= high) {
            return value;
        }
    }
    return middle;
}

/* Median of the steps over `lag` times, by step; NaN when there are none. */
static double median_step(const double *times, size_t count, size_t lag, double *scratch)
{
    size_t steps = 0;
    for (size_t i = 0; i + lag < count; i++) {
        scratch[steps++] = (times[i + lag] - times[i]) / (double)lag;
    }
    if (steps == 0) {
        return NAN;
    }
    qsort(scratch, steps, sizeof *scratch, ascending);
    return scratch[steps / 2];
}

/* Deviation of the steps from `step` that all but 5 % (and all but two) stay below. */
static double usual_jitter(const double *times, size_t count, double step, double *scratch)
{
    size_t steps = count - 1;
    for (size_t i = 0; i < steps; i++) {
        scratch[i] = fabs(times[i + 1] - times[i] - step);
    }
    qsort(scratch, steps, sizeof *scratch, ascending);
    size_t at = (size_t)(0.95 * (double)(steps - 1));
    size_t most = steps > 2 ? steps - 3 : 0;
    return scratch[at < most ? at : most];
}

/* Sums the time between the first and the last sample of each stretch without a jump. */
static double measure(const struct text_clock *clock, const double *times, size_t count,
                      double step, size_t *steps, size_t *stretches)
{
    double sum = 0, expected = times[0];
    size_t start = 0;
    *steps = 0;
    *stretches = 0;
    for (size_t i = 1; i <= count; i++) {
        expected += step;
        double late = i < count ? times[i] - expected : INFINITY;
        if (late > clock->tolerance || late < -clock->tolerance) {
            if (i - 1 > start) {
                sum += times[i - 1] - times[start];
                *steps += i - 1 - start;
                ++*stretches;
            }
            start = i;
            expected = i < count ? times[i] : 0;
        } else {
            expected += late * FOLLOW;
        }
    }
    return sum;
}

static bool estimate(struct text_clock *clock, const double *times, size_t count, double *scratch)
{
    size_t lag = count / 4 < 1 ? 1 : count / 4 > 64 ? 64 : count / 4;
    size_t steps, stretches;
    double step = median_step(times, count, lag, scratch);
    if (!(step > 0) || !isfinite(step)) {
        return false;
    }
    double jitter = usual_jitter(times, count, step, scratch);
    clock->tolerance = 0.5 * step + 1.5 * jitter;
    double span = measure(clock, times, count, step, &steps, &stretches);
    if (steps == 0 || !(span > 0)) {
        return false;
    }
    double slack = (double)stretches * fmax(clock->resolution, jitter);
    clock->rate = (double)steps / span;
    if (slack < span / 4) {
        clock->rate =
            simplest((double)steps / (span + slack), clock->rate, (double)steps / (span - slack));
    }
    return isfinite(clock->rate);
}

bool text_clock_estimate(struct text_clock *clock, const double *times, size_t count,
                         double resolution)
{
    *clock = (struct text_clock){.resolution = resolution};
    double *known = checked_calloc(count, sizeof *known);
    double *scratch = checked_calloc(count, sizeof *scratch);
    size_t used = 0;
    for (size_t i = 0; known && i < count; i++) {
        if (isfinite(times[i])) {
            known[used++] = times[i];
        }
    }
    bool good = scratch && used >= 2 && estimate(clock, known, used, scratch);
    free(known);
    free(scratch);
    return good;
}

bool text_clock_is_even(const double *times, size_t count, double resolution)
{
    if (count < 3 || resolution >= 1) {
        return false;
    }
    double step = (times[count - 1] - times[0]) / (double)(count - 1);
    for (size_t i = 0; i < count; i++) {
        /* Written to never hold for NaN. */
        if (!(fabs(times[i] - times[0] - (double)i * step) <= 1.01 * resolution)) {
            return false;
        }
    }
    /* Coarse times look like a slow drift: that takes more of them. */
    return step > 2 * resolution || (count >= 50 && step > resolution / 4);
}

enum text_tick text_clock_tick(struct text_clock *clock, double time, uint64_t *lost)
{
    double step = 1 / clock->rate;
    *lost = 0;
    if (!clock->started) {
        clock->started = isfinite(time);
        clock->first = clock->previous = clock->expected = time;
        return TICK_REGULAR;
    }
    clock->expected += step;
    clock->index++;
    if (!isfinite(time)) {
        return TICK_REGULAR;
    }
    if (time < clock->previous) {
        return TICK_BACKWARDS;
    }
    clock->previous = time;
    clock->known = clock->index;
    double late = time - clock->expected;
    if (late > clock->tolerance + clock->relative * fabs(time)) {
        if (late > LOST_SECONDS_MAX) {
            return TICK_TOO_FAR;
        }
        *lost = (uint64_t)llround(late / step);
        clock->index += *lost;
        clock->known = clock->index;
        clock->expected += (double)*lost * step;
        late = time - clock->expected;
    } else {
        clock->worst = fmax(clock->worst, fabs(late));
    }
    clock->expected += late * FOLLOW;
    return TICK_REGULAR;
}

double text_clock_drift(const struct text_clock *clock)
{
    return clock->started ? clock->previous - clock->first - (double)clock->known / clock->rate : 0;
}
