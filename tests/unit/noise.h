/* Coloured noise for tests of trends, the same on every machine. */
#ifndef SOLEUS_TESTS_UNIT_NOISE_H
#define SOLEUS_TESTS_UNIT_NOISE_H

#include "pipeline/simulate/random.h"

#include <stdint.h>
#include <stdlib.h>

#define NOISE_ORDER_MAX 3
#define NOISE_LEAD      200 /* values that are thrown away, so that the series is stationary */

/* y_k = Σ_j a_j z_{k−j}, j < shared + 1, z_k = Σ_i phi_i z_{k−i} + e_k, e normal: what epochs that
 * overlap by shared / (shared + 1) show of an autoregressive process. */
struct noise {
    double phi[NOISE_ORDER_MAX];
    size_t shared;
    struct random random;
    struct ziggurat ziggurat;
};

static inline void noise_start(struct noise *noise, double phi, size_t shared, uint64_t seed)
{
    *noise = (struct noise){.phi = {phi}, .shared = shared};
    random_seed(&noise->random, seed, RANDOM_NOISE, 0, 0);
    ziggurat_build(&noise->ziggurat);
}

static inline double noise_normal(struct noise *noise)
{
    return random_gaussian(&noise->random, &noise->ziggurat);
}

static inline void noise_fill(struct noise *noise, double *to, size_t count)
{
    size_t all = NOISE_LEAD + noise->shared + count;
    double *z = malloc(all * sizeof *z);
    if (!z) {
        abort();
    }
    for (size_t k = 0; k < all; k++) {
        z[k] = noise_normal(noise);
        for (size_t i = 1; i <= NOISE_ORDER_MAX && i <= k; i++) {
            z[k] += noise->phi[i - 1] * z[k - i];
        }
    }
    for (size_t k = 0; k < count; k++) {
        to[k] = 0;
        for (size_t j = 0; j <= noise->shared; j++) {
            to[k] += z[NOISE_LEAD + k + j];
        }
    }
    free(z);
}

#endif
