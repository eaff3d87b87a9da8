#include "formats/xdf/timing.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

/* Load_xdf's parameters. */
#define HUBER                1e-4 /* s: larger deviations count as outliers */
#define RESET_STDS           5.0
#define RESET_SECONDS        5.0
#define RESET_OFFSET_STDS    10.0
#define RESET_OFFSET_SECONDS 1.0

#define ITERATIONS 100

enum status xdf_clock_add(struct xdf_clock *clock, double time, double offset, struct error *error)
{
    if (!isfinite(time) || !isfinite(offset)) {
        return STATUS_OK;
    }
    double *times = checked_grow(clock->times, clock->count, sizeof *times);
    clock->times = times ? times : clock->times;
    double *offsets = checked_grow(clock->offsets, clock->count, sizeof *offsets);
    clock->offsets = offsets ? offsets : clock->offsets;
    if (!times || !offsets) {
        return error_memory(error, "reading clock offsets");
    }
    clock->times[clock->count] = time;
    clock->offsets[clock->count++] = offset;
    return STATUS_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

/* Median, and median absolute deviation (never 0), of the steps of `from`. */
static void spread(const double *from, size_t count, bool absolute, double *room, double *middle,
                   double *width)
{
    for (size_t i = 0; i < count; i++) {
        double step = from[i + 1] - from[i];
        room[i] = absolute ? fabs(step) : step;
    }
    *middle = median(room, count);
    for (size_t i = 0; i < count; i++) {
        double step = from[i + 1] - from[i];
        room[i] = fabs((absolute ? fabs(step) : step) - *middle);
    }
    *width = median(room, count) + 2.220446049250313e-16;
}

/* A line by Huber's loss, by weights that are set anew until they stay. */
static void fit(const double *x, const double *y, size_t count, struct xdf_correction *to)
{
    double constant = 0, slope = 0, mean = 0;
    for (size_t i = 0; i < count; i++) {
        mean += (x[i] - x[0]) / (double)count;
    }
    mean += x[0];
    for (int turn = 0; turn < ITERATIONS; turn++) {
        double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
        for (size_t i = 0; i < count; i++) {
            double left = fabs(y[i] - constant - slope * (x[i] - mean));
            double weight = turn == 0 || left <= HUBER ? 1 : HUBER / left;
            w += weight;
            wx += weight * (x[i] - mean);
            wy += weight * (y[i] - y[0]);
        }
        double middle = wx / w, height = wy / w;
        for (size_t i = 0; i < count; i++) {
            double left = fabs(y[i] - constant - slope * (x[i] - mean));
            double weight = turn == 0 || left <= HUBER ? 1 : HUBER / left;
            double dx = x[i] - mean - middle;
            wxx += weight * dx * dx;
            wxy += weight * dx * (y[i] - y[0] - height);
        }
        double next = wxx > 0 ? wxy / wxx : 0;
        double level = y[0] + height - next * middle;
        bool stays = fabs(next - slope) * (fabs(x[count - 1] - x[0]) + 1) < 1e-12 &&
                     fabs(level - constant) < 1e-12;
        slope = next;
        constant = level;
        if (stays) {
            break;
        }
    }
    to->slope = isfinite(slope) ? slope : 0;
    to->constant = isfinite(constant) ? constant - to->slope * mean : y[0];
}

enum status xdf_clock_fit(struct xdf_clock *clock, struct error *error)
{
    size_t count = clock->count, steps = count > 0 ? count - 1 : 0;
    if (count == 0) {
        return STATUS_OK;
    }
    double *room = checked_calloc(steps, sizeof *room);
    clock->lines = checked_calloc(count, sizeof *clock->lines);
    if (!room || !clock->lines) {
        free(room);
        return error_memory(error, "reading clock offsets");
    }
    clock->line_count = 1;
    if (steps > 0) {
        double time, time_width, value, value_width;
        spread(clock->times, steps, false, room, &time, &time_width);
        spread(clock->offsets, steps, true, room, &value, &value_width);
        for (size_t i = 0; i < steps; i++) {
            double late = clock->times[i + 1] - clock->times[i];
            double jump = fabs(clock->offsets[i + 1] - clock->offsets[i]) - value;
            bool pause = late < 0 ||
                         ((late - time) / time_width > RESET_STDS && late - time > RESET_SECONDS);
            if (pause && jump / value_width > RESET_OFFSET_STDS && jump > RESET_OFFSET_SECONDS) {
                clock->lines[clock->line_count++].first = i + 1;
            }
        }
    }
    free(room);
    for (size_t k = 0; k < clock->line_count; k++) {
        size_t first = clock->lines[k].first;
        size_t end = k + 1 < clock->line_count ? clock->lines[k + 1].first : count;
        fit(clock->times + first, clock->offsets + first, end - first, &clock->lines[k]);
    }
    return STATUS_OK;
}

struct xdf_correction xdf_clock_correction(const struct xdf_clock *clock, size_t seen)
{
    /* The lines are sorted; a damaged file may have many, and ask for each mark and stretch. */
    size_t low = 0, high = clock->line_count;
    if (high == 0) {
        return (struct xdf_correction){0};
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (clock->lines[middle].first < seen) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return clock->lines[low];
}

void xdf_clock_clear(struct xdf_clock *clock)
{
    free(clock->times);
    free(clock->offsets);
    free(clock->lines);
    *clock = (struct xdf_clock){0};
}
