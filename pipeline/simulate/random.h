/* Random numbers that are the same on every machine.
 *
 * Every purpose, section and channel of a simulation draws from a stream of its own, seeded from
 * (seed, purpose, index, channel): to add an artefact changes nothing else in a recording, and
 * the samples do not depend on the size of the blocks they are read by. */
#ifndef SOLEUS_PIPELINE_SIMULATE_RANDOM_H
#define SOLEUS_PIPELINE_SIMULATE_RANDOM_H

#include <stdint.h>

/* xoshiro256++ 1.0 (Blackman & Vigna 2021, ACM Trans Math Softw 47:36), seeded by splitmix64. */
struct random {
    uint64_t state[4];
};

/* What a stream is for; values are part of what a seed means, so they keep their numbers. */
enum random_purpose {
    RANDOM_NOISE = 1,
    RANDOM_POOL = 2,
    RANDOM_SHAPE = 3,
    RANDOM_EPISODE = 4,
    RANDOM_BURSTS = 5,
    RANDOM_DRIVE = 6,
    RANDOM_DISCHARGE = 7,
    RANDOM_CONTAMINANT = 8,
    RANDOM_WAVEFORM = 9,
    RANDOM_FASCICULATION = 10,
    RANDOM_RECORDING = 11,
    RANDOM_SPLICE = 12,
    RANDOM_REST = 13
};

void random_seed(struct random *random, uint64_t seed, enum random_purpose purpose, uint64_t index,
                 uint64_t channel);

static inline uint64_t random_rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* 64 random bits. */
static inline uint64_t random_bits(struct random *random)
{
    uint64_t *s = random->state;
    uint64_t result = random_rotate(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_rotate(s[3], 45);
    return result;
}

/* Uniform, 0 ≤ u < 1, in steps of 2⁻⁵³. */
static inline double random_uniform(struct random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

/* Uniform between two values. */
double random_between(struct random *random, double low, double high);

/* Uniform whole number, 0 ≤ n < count; count > 0. */
uint64_t random_below(struct random *random, uint64_t count);

/* Exponentially distributed with mean 1. */
double random_exponential(struct random *random);

/* The ziggurat of the normal distribution (Marsaglia & Tsang 2000, J Stat Softw 5:8): 256 strips
 * of equal area; x[i] is the right edge of strip i, y[i] the density there. */
struct ziggurat {
    double x[257], y[257];
};

void ziggurat_build(struct ziggurat *ziggurat);

double random_gaussian_slow(struct random *random, const struct ziggurat *ziggurat, uint64_t bits);

/* Normal with mean 0 and standard deviation 1. */
static inline double random_gaussian(struct random *random, const struct ziggurat *ziggurat)
{
    uint64_t bits = random_bits(random);
    unsigned strip = bits & 255;
    /* The 55 upper bits, signed: −1 ≤ u < 1, independent of those that chose the strip. */
    double u = (double)((int64_t)bits >> 9) * 0x1p-54;
    double value = u * ziggurat->x[strip];
    if (__builtin_expect((value < 0 ? -value : value) < ziggurat->x[strip + 1], 1)) {
        return value;
    }
    return random_gaussian_slow(random, ziggurat, bits);
}

#endif
