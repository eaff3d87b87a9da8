/* The motor-unit pool of a muscle: recruitment and rate coding.
 *
 * Fuglevand, Winter & Patla 1993 (J Neurophysiol 70:2470). With n units, i = 1 … n:
 *   recruitment threshold   T_i = exp(i ln(R) / n), R the recruitment range
 *   amplitude of potential  A_i = exp(i ln(P) / n), P the amplitude range
 *   peak rate               F_i = F_1 − D T_i / T_n, D the rate range
 *   discharge rate          f_i(E) = min(F_i, g (E − T_i) + f_min) for E ≥ T_i, else 0
 *   largest excitation      E_max = T_n + (F_n − f_min) / g
 * Excitation is given as e = E / E_max, 0 ≤ e ≤ 1. */
#ifndef SOLEUS_PIPELINE_SIMULATE_MOTOR_POOL_H
#define SOLEUS_PIPELINE_SIMULATE_MOTOR_POOL_H

#include "pipeline/simulate/specification.h"

struct unit {
    double threshold;   /* T_i */
    double peak_rate;   /* F_i, Hz */
    double amplitude;   /* A_i */
    double velocity;    /* conduction velocity of fresh fibres, m/s */
    double x, y;        /* mm in the muscle's cross section; its middle is 0, 0 */
    double innervation; /* mm along the fibres from the middle of the innervation zone */
};

struct motor_pool {
    size_t count;
    struct unit *units;                 /* in order of recruitment */
    double gain, minimum_rate, maximum; /* g, f_min, E_max */
    double variability; /* coefficient of variation of the intervals between discharges */
};

/* Radius of the muscle's cross section that the electrodes see, mm. */
#define POOL_RADIUS 12.0

/* Places, velocities: from (seed, muscle). Larger units conduct faster (Andreassen & Arendt-Nielsen
 * 1987, J Physiol 391:561): the mean velocity rises by a fifth over the pool. */
enum status motor_pool_create(const struct pool_section *section, uint64_t seed, uint64_t muscle,
                              struct motor_pool **pool, struct error *error);
void motor_pool_destroy(struct motor_pool *pool);

/* Discharge rate of unit i (from 0) at excitation e, Hz; 0 when it is not recruited. */
static inline double motor_pool_rate(const struct motor_pool *pool, size_t i, double e)
{
    const struct unit *unit = &pool->units[i];
    double above = e * pool->maximum - unit->threshold;
    if (above < 0) {
        return 0;
    }
    double rate = pool->gain * above + pool->minimum_rate;
    return rate < unit->peak_rate ? rate : unit->peak_rate;
}

#endif
