#include "pipeline/signal/baseline.h"

#include "formats/checked.h"
#include "pipeline/signal/floor.h"
#include "pipeline/signal/growth.h"
#include "pipeline/signal/statistics.h"

#include <math.h>

#define PARTS         5  /* of a second */
#define TONE_BLOCKS   75 /* of 40 ms, in three seconds */
#define TONE_QUANTILE 0.6
#define LEAST_RATIO   0.35 /* of the floor's high energy, over that of noise: else it is no noise */
#define MOST_RATIO    0.6  /* of muscle, over noise: else the rate is too low to tell them apart */
#define ROUGH_PARTS   25   /* of a second */
#define ROUGH_WIDTH   6.0  /* dB, from the low quantile of noise's roughness to its largest */
#define GROWTH_KEEP   (2 * (GROWTH_BRIDGE + GROWTH_SECONDS) + 64)

struct baseline {
    struct baseline_design design;
    struct floor_tracker *floors, *extremes, *highs, *squares, *roughs;
    struct growth *growth;
    uint64_t pushed; /* seconds */
    size_t ring_size;
    float *loudest; /* largest 200 ms mean by second; a ring */
};

/* What one second is like. */
struct second {
    double level, extreme, loudest, high, square, roughness; /* NaN: not valid */
};

/* How far the levels of noise alone reach above their low quantile, in dB. */
static double spread_of_noise(double freedom)
{
    double deviation = 1.25 * sqrt(2 / freedom) + 0.03;
    return 10 * log10((1 + 2 * deviation) / fmax(1 - 1.9 * deviation, 0.1));
}

enum status baseline_create(const struct baseline_design *design, struct baseline **result,
                            struct error *error)
{
    struct baseline *baseline = calloc(1, sizeof *baseline);
    enum status status = STATUS_OK;
    *result = baseline;
    if (!baseline) {
        return error_memory(error, "tracking the baseline");
    }
    baseline->design = *design;
    size_t horizon = (size_t)ceil(fmax(design->horizon, PROMINENCE_REACH));
    double width = spread_of_noise(design->freedom);
    baseline->ring_size = horizon + 2 * PROMINENCE_REACH + 64;
    baseline->loudest = checked_calloc(baseline->ring_size, sizeof *baseline->loudest);
    status = baseline->loudest
                 ? floor_create(horizon, FLOOR_QUANTILE, width, &baseline->floors, error)
                 : error_memory(error, "tracking the baseline");
    if (status == STATUS_OK) {
        status = floor_create(horizon, EXTREME_QUANTILE, 0, &baseline->extremes, error);
    }
    if (status == STATUS_OK) {
        status = floor_create(horizon, FLOOR_QUANTILE, width, &baseline->highs, error);
    }
    if (status == STATUS_OK) {
        status = floor_create(horizon, FLOOR_QUANTILE, width, &baseline->squares, error);
    }
    if (status == STATUS_OK) {
        status = floor_create(horizon, FLOOR_QUANTILE, ROUGH_WIDTH, &baseline->roughs, error);
    }
    if (status == STATUS_OK) {
        status = growth_create(horizon + GROWTH_KEEP, &baseline->growth, error);
    }
    if (status != STATUS_OK) {
        baseline_destroy(baseline);
        *result = NULL;
    }
    return status;
}

void baseline_destroy(struct baseline *baseline)
{
    if (baseline) {
        floor_destroy(baseline->floors);
        floor_destroy(baseline->extremes);
        floor_destroy(baseline->highs);
        floor_destroy(baseline->squares);
        floor_destroy(baseline->roughs);
        growth_destroy(baseline->growth);
        free(baseline->loudest);
        free(baseline);
    }
}

uint64_t baseline_second(const struct baseline *baseline, uint64_t second)
{
    return (uint64_t)llround((double)second * baseline->design.bin_rate);
}

/* Whether the recorded signal holds one value throughout; missing bins do not count. */
static bool is_flat(const struct bins *bins, uint64_t first, uint64_t last)
{
    float value = NAN;
    for (uint64_t i = first; i < last; i++) {
        float low = bins_minimum(bins, i), high = bins_maximum(bins, i);
        value = isnan(value) ? low : value;
        if (isfinite(low) && (low != high || low != value)) {
            return false;
        }
    }
    return true;
}

/* Mean of the bins [first, last) that are there; NaN when fewer than half are. */
static double mean_of(const struct bins *bins, float (*value)(const struct bins *, uint64_t),
                      uint64_t first, uint64_t last)
{
    double sum = 0, count = 0;
    for (uint64_t i = first; i < last; i++) {
        float energy = value(bins, i);
        if (isfinite(energy)) {
            sum += energy;
            count++;
        }
    }
    return 2 * count > (double)(last - first) ? sum / count : NAN;
}

/* Largest mean over the short window that lies inside the second. */
static double largest_short(const struct baseline *baseline, const struct bins *bins,
                            uint64_t first, uint64_t last)
{
    double wanted = round(baseline->design.short_window * baseline->design.bin_rate);
    uint64_t window = wanted < 1 ? 1 : (uint64_t)wanted;
    double largest = NAN;
    for (uint64_t i = first; i + window <= last; i++) {
        largest = fmax(largest, mean_of(bins, bins_energy, i, i + window));
    }
    return largest;
}

/* Squared coefficient of variation of the second's short means. */
static double roughness(const struct bins *bins, uint64_t first, uint64_t last)
{
    double sum = 0, squares = 0, count = 0;
    for (uint64_t part = 0; part < ROUGH_PARTS; part++) {
        double mean = mean_of(bins, bins_energy, first + (last - first) * part / ROUGH_PARTS,
                              first + (last - first) * (part + 1) / ROUGH_PARTS);
        if (isfinite(mean)) {
            sum += mean;
            squares += mean * mean;
            count++;
        }
    }
    return sum > 0 ? fmax(squares * count / (sum * sum) - 1, 0) : NAN;
}

/* A second counts when at least three of its five parts are there. */
static struct second measure(const struct baseline *baseline, const struct bins *bins,
                             uint64_t first, uint64_t last)
{
    struct second second = {NAN, NAN, NAN, NAN, NAN, NAN};
    double means[PARTS], highs[PARTS], squares[PARTS];
    size_t count = 0;
    for (uint64_t part = 0; part < PARTS; part++) {
        uint64_t from = first + (last - first) * part / PARTS;
        uint64_t to = first + (last - first) * (part + 1) / PARTS;
        double mean = mean_of(bins, bins_energy, from, to);
        if (isfinite(mean)) {
            highs[count] = mean_of(bins, bins_high, from, to);
            squares[count] = mean_of(bins, bins_square, from, to);
            means[count++] = mean;
            second.loudest = fmax(second.loudest, mean);
        }
    }
    if (count < 3 || is_flat(bins, first, last)) {
        return (struct second){NAN, NAN, NAN, NAN, NAN, NAN};
    }
    second.high = statistics_median(highs, count);
    second.square = statistics_median(squares, count);
    second.roughness = roughness(bins, first, last);
    second.level = fmax(statistics_median(means, count), baseline->design.minimum_energy);
    second.extreme =
        fmax(largest_short(baseline, bins, first, last), baseline->design.minimum_energy);
    return second;
}

static void push_second(struct baseline *baseline, const struct bins *bins, uint64_t last)
{
    struct second second =
        measure(baseline, bins, baseline_second(baseline, baseline->pushed), last);
    floor_push(baseline->floors, second.level);
    floor_push(baseline->extremes, second.extreme);
    floor_push(baseline->highs, second.high);
    baseline->loudest[baseline->pushed % baseline->ring_size] = (float)second.loudest;
    floor_push(baseline->squares, second.square);
    floor_push(baseline->roughs, second.roughness);
    growth_push(baseline->growth, &(struct growth_second){(float)second.level, (float)second.high,
                                                          (float)second.roughness});
    baseline->pushed++;
}

void baseline_push(struct baseline *baseline, const struct bins *bins, bool ended)
{
    uint64_t have =
        bins->energy_count < bins->extreme_count ? bins->energy_count : bins->extreme_count;
    while (baseline_second(baseline, baseline->pushed + 1) <= have) {
        push_second(baseline, bins, baseline_second(baseline, baseline->pushed + 1));
    }
    uint64_t start = baseline_second(baseline, baseline->pushed);
    if (ended && have > start && 2.0 * (double)(have - start) >= baseline->design.bin_rate) {
        push_second(baseline, bins, have);
    }
}

bool baseline_settled(const struct baseline *baseline, uint64_t second)
{
    return second + (uint64_t)ceil(fmax(baseline->design.horizon, PROMINENCE_REACH)) <
           baseline->pushed;
}

/* Largest 200 ms mean of the seconds within PROMINENCE_REACH; NaN when none is valid. */
static double loudest_around(const struct baseline *baseline, uint64_t second)
{
    double found = NAN;
    for (uint64_t s = second > PROMINENCE_REACH ? second - PROMINENCE_REACH : 0;
         s <= second + PROMINENCE_REACH && s < baseline->pushed; s++) {
        found = fmax(found, baseline->loudest[s % baseline->ring_size]);
    }
    return found;
}

/* TONE_QUANTILE of the means over 40 ms from a second before to a second after. */
static double tone_around(const struct baseline *baseline, const struct bins *bins, uint64_t second)
{
    double means[TONE_BLOCKS];
    double first = (double)baseline_second(baseline, second > 0 ? second - 1 : 0);
    double last = fmin((double)baseline_second(baseline, second + 2), (double)bins->energy_count);
    double size = fmax(1, (last - first) / TONE_BLOCKS);
    size_t count = 0;
    for (size_t block = 0; block < TONE_BLOCKS; block++) {
        double sum = 0, n = 0;
        for (double i = floor(first + (double)block * size);
             i < floor(first + (double)(block + 1) * size) && i < last; i++) {
            sum += bins_energy(bins, (uint64_t)i);
            n++;
        }
        if (n > 0 && isfinite(sum)) {
            means[count++] = sum / n;
        }
    }
    return statistics_quantile(means, count, TONE_QUANTILE);
}

/* How many times the noise at a second is its floor. */
static double growth_of(const struct baseline *baseline, uint64_t second, double floor, double high,
                        double rough)
{
    const struct baseline_design *design = &baseline->design;
    const struct growth_second rest = {(float)floor, (float)high, (float)rough};
    if (!(high / floor >= LEAST_RATIO * design->noise_ratio) ||
        design->muscle_ratio > MOST_RATIO * design->noise_ratio) {
        return 1;
    }
    return fmax(growth_at(baseline->growth, second, &rest) / floor, 1);
}

struct baseline_level baseline_at(struct baseline *baseline, const struct bins *bins,
                                  uint64_t second)
{
    double floor = floor_at(baseline->floors, second), high = floor_at(baseline->highs, second);
    double rough = floor_at(baseline->roughs, second);
    double growth = growth_of(baseline, second, floor, high, rough);
    struct baseline_level level = {.noise = growth * floor,
                                   .extreme = growth * floor_at(baseline->extremes, second),
                                   .high = growth * high,
                                   .square = growth * floor_at(baseline->squares, second),
                                   .roughness = rough};
    double tone = fmin(tone_around(baseline, bins, second),
                       baseline->design.prominence * loudest_around(baseline, second));
    level.floor = isnan(level.noise) || !(tone > level.noise) ? level.noise : tone;
    return level;
}
