#include "pipeline/signal/bins.h"

#include "formats/checked.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define FIRST_CAPACITY 4096

void bins_create(size_t limit, struct bins *bins)
{
    *bins = (struct bins){.limit = limit};
}

void bins_clear(struct bins *bins)
{
    free(bins->energy);
    free(bins->high);
    free(bins->square);
    free(bins->minimum);
    free(bins->maximum);
    *bins = (struct bins){0};
}

/* Moves a ring's last `old` bins before `end` to a ring of twice the room. */
static float *regrown(const float *ring, size_t old, size_t capacity, uint64_t end)
{
    float *grown = checked_calloc(capacity, sizeof *grown);
    if (grown && ring) {
        uint64_t first = end > old ? end - old : 0;
        for (uint64_t i = first; i < end; i++) {
            grown[i & (capacity - 1)] = ring[i & (old - 1)];
        }
    }
    return grown;
}

/* Makes room for bins up to `end` as far as the limit allows. */
static enum status reserve(struct bins *bins, uint64_t end, struct error *error)
{
    while (bins->capacity < end && bins->capacity < bins->limit) {
        size_t capacity = bins->capacity ? 2 * bins->capacity : FIRST_CAPACITY;
        float *energy = regrown(bins->energy, bins->capacity, capacity, bins->energy_count);
        float *high = regrown(bins->high, bins->capacity, capacity, bins->energy_count);
        float *square = regrown(bins->square, bins->capacity, capacity, bins->energy_count);
        float *minimum = regrown(bins->minimum, bins->capacity, capacity, bins->extreme_count);
        float *maximum = regrown(bins->maximum, bins->capacity, capacity, bins->extreme_count);
        if (!energy || !high || !square || !minimum || !maximum) {
            free(energy);
            free(high);
            free(square);
            free(minimum);
            free(maximum);
            return error_memory(error, "keeping the envelope");
        }
        free(bins->energy);
        free(bins->high);
        free(bins->square);
        free(bins->minimum);
        free(bins->maximum);
        bins->energy = energy;
        bins->high = high;
        bins->square = square;
        bins->minimum = minimum;
        bins->maximum = maximum;
        bins->capacity = capacity;
    }
    return STATUS_OK;
}

enum status bins_push_energy(struct bins *bins, const float *energy, const float *high,
                             const float *square, size_t count, struct error *error)
{
    enum status status = reserve(bins, bins->energy_count + count, error);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        size_t at = (size_t)(bins->energy_count++ & (bins->capacity - 1));
        bins->energy[at] = energy[i];
        bins->high[at] = high ? high[i] : NAN;
        bins->square[at] = square ? square[i] : NAN;
    }
    return status;
}

enum status bins_push_extremes(struct bins *bins, const float *minimum, const float *maximum,
                               size_t count, struct error *error)
{
    enum status status = reserve(bins, bins->extreme_count + count, error);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        size_t at = (size_t)(bins->extreme_count++ & (bins->capacity - 1));
        bins->minimum[at] = minimum[i];
        bins->maximum[at] = maximum[i];
    }
    return status;
}

static bool there(const struct bins *bins, uint64_t bin, uint64_t count)
{
    return bin < count && count - bin <= bins->capacity;
}

float bins_energy(const struct bins *bins, uint64_t bin)
{
    return there(bins, bin, bins->energy_count) ? bins->energy[bin & (bins->capacity - 1)] : NAN;
}

float bins_high(const struct bins *bins, uint64_t bin)
{
    return there(bins, bin, bins->energy_count) ? bins->high[bin & (bins->capacity - 1)] : NAN;
}

float bins_square(const struct bins *bins, uint64_t bin)
{
    return there(bins, bin, bins->energy_count) ? bins->square[bin & (bins->capacity - 1)] : NAN;
}

float bins_minimum(const struct bins *bins, uint64_t bin)
{
    return there(bins, bin, bins->extreme_count) ? bins->minimum[bin & (bins->capacity - 1)] : NAN;
}

float bins_maximum(const struct bins *bins, uint64_t bin)
{
    return there(bins, bin, bins->extreme_count) ? bins->maximum[bin & (bins->capacity - 1)] : NAN;
}

float bins_middle(const struct bins *bins, uint64_t bin)
{
    return 0.5f * (bins_minimum(bins, bin) + bins_maximum(bins, bin));
}
