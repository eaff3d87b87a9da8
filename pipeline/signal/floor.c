#include "pipeline/signal/floor.h"

#include "formats/checked.h"

#include <math.h>

/* Levels from 1e-30 to 1e16 in steps of 0.1 dB. */
#define DECIBEL_LOW  -300.0
#define CELLS        4600
#define CELL_DECIBEL 0.1

struct floor_tracker {
    uint64_t horizon;
    double quantile;
    int width;               /* cells */
    uint64_t pushed;         /* seconds given so far */
    uint64_t added, removed; /* seconds [removed, added) are in the histogram */
    size_t ring_size;
    int16_t *cells; /* cell by second, −1: not valid; a ring */
    uint32_t counts[CELLS];
    uint32_t total;
};

enum status floor_create(size_t horizon, double quantile, double width,
                         struct floor_tracker **result, struct error *error)
{
    struct floor_tracker *tracker = calloc(1, sizeof *tracker);
    *result = tracker;
    if (tracker) {
        tracker->horizon = horizon;
        tracker->quantile = quantile;
        tracker->width = (int)lround(width / CELL_DECIBEL);
        tracker->ring_size = 2 * horizon + 16;
        tracker->cells = checked_calloc(tracker->ring_size, sizeof *tracker->cells);
    }
    if (!tracker || !tracker->cells) {
        floor_destroy(tracker);
        *result = NULL;
        return error_memory(error, "tracking the noise floor");
    }
    return STATUS_OK;
}

void floor_destroy(struct floor_tracker *tracker)
{
    if (tracker) {
        free(tracker->cells);
        free(tracker);
    }
}

void floor_push(struct floor_tracker *tracker, double level)
{
    int cell = -1;
    if (level > 0 && isfinite(level)) {
        double place = floor((10 * log10(level) - DECIBEL_LOW) * 10);
        cell = place < 0 ? 0 : place >= CELLS ? CELLS - 1 : (int)place;
    }
    tracker->cells[tracker->pushed % tracker->ring_size] = (int16_t)cell;
    tracker->pushed++;
}

static void count(struct floor_tracker *tracker, uint64_t second, int change)
{
    int cell = tracker->cells[second % tracker->ring_size];
    if (cell >= 0) {
        tracker->counts[cell] += (uint32_t)change;
        tracker->total += (uint32_t)change;
    }
}

static double energy_of(int cell)
{
    return pow(10, (DECIBEL_LOW + (cell + 0.5) * CELL_DECIBEL) / 10);
}

/* Mean energy of the seconds in cells up to `last`. */
static double mean_up_to(const struct floor_tracker *tracker, int last)
{
    double sum = 0, weight = 0, lowest = energy_of(0);
    for (int cell = last; cell >= 0; cell--) {
        if (tracker->counts[cell]) {
            sum += tracker->counts[cell] * energy_of(cell);
            weight += tracker->counts[cell];
        }
    }
    return weight > 0 ? sum / weight : lowest;
}

double floor_at(struct floor_tracker *tracker, uint64_t second)
{
    uint64_t last = second + tracker->horizon + 1;
    uint64_t first = second > tracker->horizon ? second - tracker->horizon : 0;
    while (tracker->added < last && tracker->added < tracker->pushed) {
        count(tracker, tracker->added++, 1);
    }
    while (tracker->removed < first && tracker->removed < tracker->added) {
        count(tracker, tracker->removed++, -1);
    }
    if (tracker->total == 0) {
        return NAN;
    }
    uint32_t wanted = (uint32_t)(tracker->quantile * (double)(tracker->total - 1)), seen = 0;
    int cell = 0;
    while (cell + 1 < CELLS && (seen += tracker->counts[cell]) <= wanted) {
        cell++;
    }
    int top = cell + tracker->width < CELLS ? cell + tracker->width : CELLS - 1;
    return mean_up_to(tracker, top);
}
