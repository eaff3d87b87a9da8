#include "pipeline/simulate/motor_pool.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"
#include "pipeline/simulate/random.h"

#include <math.h>

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

enum status motor_pool_create(const struct pool_section *section, uint64_t seed, uint64_t muscle,
                              struct motor_pool **pool, struct error *error)
{
    struct random random;
    struct ziggurat ziggurat;
    size_t count = (size_t)section->units;
    *pool = NULL;
    struct motor_pool *p = checked_calloc(1, sizeof *p);
    struct unit *units = checked_calloc(count, sizeof *units);
    if (!p || !units) {
        free(p);
        free(units);
        return error_memory(error, "making a motor-unit pool");
    }
    random_seed(&random, seed, RANDOM_POOL, muscle, 0);
    ziggurat_build(&ziggurat);
    double last = section->peak_rate - section->rate_range;
    *p = (struct motor_pool){.count = count,
                             .units = units,
                             .gain = section->gain,
                             .minimum_rate = section->minimum_rate,
                             .variability = section->variability,
                             .maximum = section->recruitment_range +
                                        (last - section->minimum_rate) / section->gain};
    double log_threshold = elementary_log(section->recruitment_range);
    double log_amplitude = elementary_log(section->amplitude_range);
    for (size_t i = 0; i < count; i++) {
        struct unit *unit = &units[i];
        double share = (double)(i + 1) / (double)count;
        unit->threshold = elementary_exp(log_threshold * share);
        unit->amplitude = elementary_exp(log_amplitude * share);
        unit->peak_rate =
            section->peak_rate - section->rate_range * unit->threshold / section->recruitment_range;
        double spread = 1 + 0.2 * (share - 0.5) +
                        section->velocity_spread * random_gaussian(&random, &ziggurat);
        unit->velocity = section->velocity * clamp(spread, 0.6, 1.5);
        /* Uniform over the disc. */
        double radius = POOL_RADIUS * sqrt(random_uniform(&random));
        double turns = random_uniform(&random);
        unit->x = radius * elementary_cosine(turns);
        unit->y = radius * elementary_sine(turns);
        unit->innervation = random_between(&random, -20, 20);
    }
    *pool = p;
    return STATUS_OK;
}

void motor_pool_destroy(struct motor_pool *pool)
{
    if (pool) {
        free(pool->units);
        free(pool);
    }
}
