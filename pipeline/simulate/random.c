#include "pipeline/simulate/random.h"

#include "pipeline/simulate/elementary.h"

#include <math.h>

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

void random_seed(struct random *random, uint64_t seed, enum random_purpose purpose, uint64_t index,
                 uint64_t channel)
{
    /* Each word is mixed in before the next one, so that no two tuples share a state by chance
     * of addition. */
    uint64_t state = seed;
    state = split_mix(&state) ^ (uint64_t)purpose;
    state = split_mix(&state) ^ index;
    state = split_mix(&state) ^ channel;
    for (int i = 0; i < 4; i++) {
        random->state[i] = split_mix(&state);
    }
}

double random_between(struct random *random, double low, double high)
{
    return low + (high - low) * random_uniform(random);
}

uint64_t random_below(struct random *random, uint64_t count)
{
    /* Values past the last whole multiple of count would favour the small ones. */
    uint64_t limit = UINT64_MAX - UINT64_MAX % count;
    uint64_t bits;
    do {
        bits = random_bits(random);
    } while (bits >= limit);
    return bits % count;
}

double random_exponential(struct random *random)
{
    return -elementary_log(1 - random_uniform(random));
}

/* Right edge of the lowest strip, and the area of every strip, for 256 strips. */
#define ZIGGURAT_EDGE 3.6541528853610088
#define ZIGGURAT_AREA 0.00492867323399

static double density(double x)
{
    return elementary_exp(-0.5 * x * x);
}

void ziggurat_build(struct ziggurat *ziggurat)
{
    /* Strip 0 is the base: a rectangle of the same area as base and tail together. */
    ziggurat->x[0] = ZIGGURAT_AREA / density(ZIGGURAT_EDGE);
    ziggurat->x[1] = ZIGGURAT_EDGE;
    ziggurat->y[0] = 0;
    ziggurat->y[1] = density(ZIGGURAT_EDGE);
    for (int i = 2; i < 256; i++) {
        ziggurat->y[i] = ziggurat->y[i - 1] + ZIGGURAT_AREA / ziggurat->x[i - 1];
        ziggurat->x[i] = sqrt(-2 * elementary_log(ziggurat->y[i]));
    }
    ziggurat->x[256] = 0;
    ziggurat->y[256] = 1;
}

/* Past the edge (Marsaglia 1964): the tail beyond x = ZIGGURAT_EDGE. */
static double tail(struct random *random, double sign)
{
    double x, y;
    do {
        x = random_exponential(random) / ZIGGURAT_EDGE;
        y = random_exponential(random);
    } while (2 * y < x * x);
    return sign * (ZIGGURAT_EDGE + x);
}

double random_gaussian_slow(struct random *random, const struct ziggurat *ziggurat, uint64_t bits)
{
    for (;;) {
        unsigned strip = bits & 255;
        double u = (double)((int64_t)bits >> 9) * 0x1p-54;
        double value = u * ziggurat->x[strip];
        if (fabs(value) < ziggurat->x[strip + 1]) {
            return value;
        }
        if (strip == 0) {
            return tail(random, u < 0 ? -1 : 1);
        }
        double height = ziggurat->y[strip] +
                        random_uniform(random) * (ziggurat->y[strip + 1] - ziggurat->y[strip]);
        if (height < density(value)) {
            return value;
        }
        bits = random_bits(random);
    }
}
