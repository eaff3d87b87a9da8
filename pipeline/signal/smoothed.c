#include "pipeline/signal/smoothed.h"

#include "formats/checked.h"

#include <math.h>

#define BLOCK_SECONDS 0.1
#define REACH_BLOCKS  6
#define ENOUGH        0.6 /* of the window's bins, for Bonato's second threshold */

enum status smoothed_create(struct smoothed *smoothed, size_t capacity, struct error *error)
{
    *smoothed = (struct smoothed){.capacity = capacity};
    smoothed->brief = checked_calloc(capacity, sizeof(double));
    smoothed->sustained = checked_calloc(capacity, sizeof(double));
    smoothed->silence = checked_calloc(capacity, sizeof(double));
    smoothed->largest = checked_calloc(capacity, sizeof(double));
    smoothed->sums = checked_calloc(capacity + 1, sizeof(double));
    smoothed->blocks = checked_calloc(capacity + 1, sizeof(double));
    if (!smoothed->brief || !smoothed->sustained || !smoothed->silence || !smoothed->largest ||
        !smoothed->sums || !smoothed->blocks) {
        smoothed_clear(smoothed);
        return error_memory(error, "preparing the burst detector");
    }
    return STATUS_OK;
}

void smoothed_clear(struct smoothed *smoothed)
{
    free(smoothed->brief);
    free(smoothed->sustained);
    free(smoothed->silence);
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
    average(smoothed->sums, count, window_bins(smoothing->long_window, smoothing->bin_rate),
            smoothed->sustained);
    average(smoothed->sums, count, window_bins(SILENCE_WINDOW, smoothing->bin_rate),
            smoothed->silence);
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
}
