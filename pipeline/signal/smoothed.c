#include "pipeline/signal/smoothed.h"

#include "formats/checked.h"

#include <math.h>

#define BLOCK_SECONDS 0.1
#define REACH_BLOCKS  6
#define ENOUGH        0.6 /* of the window's bins, for Bonato's second threshold */
#define LEVEL_CELLS   800
#define LEVEL_STEP    0.5  /* dB */
#define LEVEL_TOP     1e16 /* energy of the last cell's end */

enum status smoothed_create(struct smoothed *smoothed, size_t capacity, struct error *error)
{
    *smoothed = (struct smoothed){.capacity = capacity};
    smoothed->brief = checked_calloc(capacity, sizeof(double));
    smoothed->level = checked_calloc(capacity, sizeof(double));
    smoothed->cells = checked_calloc(capacity, sizeof *smoothed->cells);
    smoothed->largest = checked_calloc(capacity, sizeof(double));
    smoothed->sums = checked_calloc(capacity + 1, sizeof(double));
    smoothed->blocks = checked_calloc(capacity + 1, sizeof(double));
    if (!smoothed->brief || !smoothed->level || !smoothed->cells || !smoothed->largest ||
        !smoothed->sums || !smoothed->blocks) {
        smoothed_clear(smoothed);
        return error_memory(error, "preparing the burst detector");
    }
    return STATUS_OK;
}

void smoothed_clear(struct smoothed *smoothed)
{
    free(smoothed->brief);
    free(smoothed->level);
    free(smoothed->cells);
    free(smoothed->largest);
    free(smoothed->sums);
    free(smoothed->blocks);
    *smoothed = (struct smoothed){0};
}

/* Centred means over `window` bins by running sums; what is left of the window at the ends. */
static void average(const double *sums, size_t count, size_t window, double *out)
{
    size_t before = window / 2, after = window - before;
    for (size_t i = 0; i < count; i++) {
        size_t from = i > before ? i - before : 0;
        size_t to = i + after < count ? i + after : count;
        out[i] = (sums[to] - sums[from]) / (double)(to - from);
    }
}

static size_t window_bins(double seconds, double rate)
{
    double bins = round(seconds * rate);
    return bins < 1 ? 1 : (size_t)bins;
}

/* Where fewer than ENOUGH of the window's bins pass the first threshold, holds `brief` under it. */
static void apply_double_threshold(struct smoothed *smoothed, const struct bins *bins,
                                   uint64_t first, size_t count, size_t window, double threshold)
{
    double *passed = smoothed->blocks;
    passed[0] = 0;
    for (size_t i = 0; i < count; i++) {
        passed[i + 1] = passed[i] + (bins_energy(bins, first + i) > threshold);
    }
    size_t before = window / 2, after = window - before;
    for (size_t i = 0; i < count; i++) {
        size_t from = i > before ? i - before : 0;
        size_t to = i + after < count ? i + after : count;
        if (passed[to] - passed[from] < ENOUGH * (double)(to - from)) {
            smoothed->brief[i] = fmin(smoothed->brief[i], threshold);
        }
    }
}

/* `largest` holds the means over LEVEL_WINDOW; replaces them by their maximum around. */
static void find_largest(struct smoothed *smoothed, size_t count, double rate)
{
    size_t block = window_bins(BLOCK_SECONDS, rate), blocks = (count + block - 1) / block;
    for (size_t b = 0; b < blocks; b++) {
        double largest = 0;
        for (size_t i = b * block; i < (b + 1) * block && i < count; i++) {
            largest = smoothed->largest[i] > largest ? smoothed->largest[i] : largest;
        }
        smoothed->blocks[b] = largest;
    }
    for (size_t b = 0; b < blocks; b++) {
        double largest = 0;
        size_t from = b > REACH_BLOCKS ? b - REACH_BLOCKS : 0;
        for (size_t j = from; j <= b + REACH_BLOCKS && j < blocks; j++) {
            largest = fmax(largest, smoothed->blocks[j]);
        }
        for (size_t i = b * block; i < (b + 1) * block && i < count; i++) {
            smoothed->largest[i] = largest;
        }
    }
}

/* A histogram of energies that slides along, in cells of LEVEL_STEP below LEVEL_TOP. */
struct histogram {
    unsigned counts[LEVEL_CELLS];
    unsigned total;
};

static void count_cell(struct histogram *histogram, short cell, int change)
{
    if (cell >= 0) {
        histogram->counts[cell] += (unsigned)change;
        histogram->total += (unsigned)change;
    }
}

static double level_of(const struct histogram *histogram, double top)
{
    double wanted = (1 - LEVEL_QUANTILE) * histogram->total, seen = 0;
    int cell = LEVEL_CELLS - 1;
    if (histogram->total == 0) {
        return 0;
    }
    while (cell > 0 && (seen += histogram->counts[cell]) < wanted) {
        cell--;
    }
    return top * pow(10, (cell + 0.5 - LEVEL_CELLS) * LEVEL_STEP / 10);
}

static void find_levels(struct smoothed *smoothed, size_t count, double rate)
{
    struct histogram histogram = {.total = 0};
    size_t reach = window_bins(LEVEL_REACH, rate);
    for (size_t i = 0; i < count; i++) {
        double x = smoothed->brief[i];
        double cell = x > 0 ? floor(LEVEL_CELLS + 10 * log10(x / LEVEL_TOP) / LEVEL_STEP) : 0;
        smoothed->cells[i] = isnan(x) ? -1 : (short)fmin(fmax(cell, 0), LEVEL_CELLS - 1);
    }
    for (size_t i = 0; i < reach && i < count; i++) {
        count_cell(&histogram, smoothed->cells[i], 1);
    }
    for (size_t i = 0; i < count; i++) {
        if (i + reach < count) {
            count_cell(&histogram, smoothed->cells[i + reach], 1);
        }
        if (i > reach) {
            count_cell(&histogram, smoothed->cells[i - reach - 1], -1);
        }
        smoothed->level[i] = level_of(&histogram, LEVEL_TOP);
    }
}

void smoothed_compute(struct smoothed *smoothed, const struct bins *bins, uint64_t first,
                      size_t count, const struct smoothing *smoothing)
{
    count = count < smoothed->capacity ? count : smoothed->capacity;
    smoothed->sums[0] = 0;
    for (size_t i = 0; i < count; i++) {
        double energy = bins_energy(bins, first + i);
        smoothed->sums[i + 1] = smoothed->sums[i] + (isfinite(energy) ? energy : 0);
    }
    size_t window = window_bins(smoothing->short_window, smoothing->bin_rate);
    average(smoothed->sums, count, window, smoothed->brief);
    average(smoothed->sums, count, window_bins(LEVEL_WINDOW, smoothing->bin_rate),
            smoothed->largest);
    if (smoothing->first_threshold > 0) {
        apply_double_threshold(smoothed, bins, first, count, window, smoothing->first_threshold);
    }
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(bins_energy(bins, first + i))) {
            smoothed->brief[i] = NAN;
        }
    }
    find_largest(smoothed, count, smoothing->bin_rate);
    find_levels(smoothed, count, smoothing->bin_rate);
}
