/* Surface potentials of motor units, as one channel's pair of electrodes sees them.
 *
 * A fibre's transmembrane current is a tripole that leaves the innervation zone in both
 * directions and vanishes at the tendons. Its poles are the three phases of the second derivative
 * of Rosenfalck's action potential V(z) ∝ z³ e^(−z), z in mm (Rosenfalck 1969, Acta Physiol Scand
 * Suppl 321), each gathered in its centre of mass: strengths 0.7837, −1.1253, 0.3416, the second
 * and third 2.103 and 6.928 mm behind the first. The potential of a pole at axial distance z and
 * depth d is 1 / sqrt(z² + K d²), with K = 5 for the anisotropy of muscle (Andreassen & Rosenfalck
 * 1980, IEEE Trans Biomed Eng 27:45); a channel is the difference between two points. Poles stop
 * where their fibre ends, so that generation and extinction, with their low and high
 * frequencies, come of themselves (Merletti et al. 1999, IEEE Trans Biomed Eng 46:810, give the
 * tripole model). A unit is the mean over some fibres with scattered zones and tendons.
 *
 * Shapes are functions of the distance travelled, s = v t: a lower velocity v stretches them in
 * time, and every frequency scales with v. */
#ifndef SOLEUS_PIPELINE_SIMULATE_POTENTIAL_H
#define SOLEUS_PIPELINE_SIMULATE_POTENTIAL_H

#include "pipeline/simulate/motor_pool.h"

/* Sub-sample positions at which potentials are kept. */
#define POTENTIAL_PHASES 8
/* Samples by which a potential, smoothed for its sampling, begins before its discharge. */
#define POTENTIAL_LEAD 8
/* Velocity never falls below this share of the fresh one. */
#define POTENTIAL_SLOWEST 0.5
#define POTENTIAL_FASTEST 1.5

/* Samples of one potential at one velocity: samples[phase × length + i] is the value at i −
 * POTENTIAL_LEAD − phase / POTENTIAL_PHASES samples after the discharge. */
struct potential {
    const float *samples;
    size_t length;
};

struct electrode;

/* For channel `channel` over the pool of a muscle. ∫ potential² dt of a fresh unit i is gain_i² (in
 * s), where gain_i = A_i × 10 mm / depth_i × a scatter of 20 %. */
enum status electrode_create(const struct channel_section *section, const struct motor_pool *pool,
                             double rate, uint64_t seed, uint64_t channel,
                             struct electrode **electrode, struct error *error);
void electrode_destroy(struct electrode *electrode);

/* gain_i, see above. */
double electrode_gain(const struct electrode *electrode, size_t unit);

/* Unit's potential, of unit energy when fresh (times electrode_gain to be added to a signal), at
 * `freshness` × its fresh velocity (POTENTIAL_SLOWEST … POTENTIAL_FASTEST), in steps of 1 %. Valid
 * until the next call for that unit. */
struct potential electrode_potential(struct electrode *electrode, size_t unit, double freshness);

/* Longest potential, samples. */
size_t electrode_longest(const struct electrode *electrode);

/* Largest absolute value of the unit's fresh potential (of unit energy). */
double electrode_peak(struct electrode *electrode, size_t unit);

#endif
