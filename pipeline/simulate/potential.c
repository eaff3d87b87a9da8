#include "pipeline/simulate/potential.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"
#include "pipeline/simulate/random.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define STEP        0.25 /* mm between points of a shape */
#define FIBRES      6
#define ANISOTROPY  5.0
#define HALF_LENGTH 50.0 /* mm from the middle of the innervation zone to a tendon */
#define ZONE_WIDTH  5.0  /* mm, of one unit's end plates */
#define TENDON      20.0 /* mm over which fibres of a unit end */
#define POINTS_MAX  512
#define LEVEL       1.01 /* ratio between neighbouring velocities */

static const double pole_strength[3] = {0.7837, -1.1253, 0.3416};
static const double pole_lag[3] = {0, 2.103, 6.928};

struct seen_unit {
    float *shape; /* `points` values; all NULL until first used */
    double gain;
    double velocity; /* fresh, m/s */
    double depth;    /* mm */
    int level;       /* velocity LEVEL^level of what `samples` holds; valid if length > 0 */
    size_t length;
    float *samples; /* room for POTENTIAL_PHASES × longest */
};

struct electrode {
    double rate, position, distance;
    uint64_t seed, channel;
    const struct motor_pool *pool;
    size_t points, longest;
    float *shapes, *samples; /* all units' */
    float *fine, *smooth;    /* scratch: one potential, POTENTIAL_PHASES values a sample */
    struct seen_unit *units;
    double kernel[2 * POTENTIAL_LEAD * POTENTIAL_PHASES + 1];
};

/* The anti-alias filter of a recorder: a low-pass at 0.42 × rate, a sinc under a Hann window. */
static void build_kernel(struct electrode *electrode)
{
    const int half = POTENTIAL_LEAD * POTENTIAL_PHASES;
    double sum = 0;
    for (int k = -half; k <= half; k++) {
        double t = (double)k / POTENTIAL_PHASES; /* samples */
        double sinc = k ? elementary_sine(0.42 * t) / (ELEMENTARY_PI * t) : 0.84;
        double window = 0.5 + 0.5 * elementary_cosine(0.5 * t / POTENTIAL_LEAD);
        electrode->kernel[k + half] = sinc * window;
        sum += sinc * window;
    }
    for (int k = 0; k <= 2 * half; k++) {
        electrode->kernel[k] /= sum;
    }
}

/* Where each unit is, seen from this channel. */
static void place_units(struct electrode *electrode, double skin)
{
    struct random random;
    struct ziggurat ziggurat;
    ziggurat_build(&ziggurat);
    random_seed(&random, electrode->seed, RANDOM_SHAPE, electrode->channel, 0);
    double aside = 3 * random_gaussian(&random, &ziggurat);
    for (size_t i = 0; i < electrode->pool->count; i++) {
        const struct unit *unit = &electrode->pool->units[i];
        struct seen_unit *seen = &electrode->units[i];
        double x = unit->x - aside, y = unit->y + POOL_RADIUS + skin;
        seen->depth = sqrt(x * x + y * y);
        seen->velocity = unit->velocity;
        seen->gain = unit->amplitude * 10 / seen->depth *
                     elementary_exp(0.2 * random_gaussian(&random, &ziggurat));
    }
}

enum status electrode_create(const struct channel_section *section, const struct motor_pool *pool,
                             double rate, uint64_t seed, uint64_t channel,
                             struct electrode **electrode, struct error *error)
{
    *electrode = NULL;
    struct electrode *e = checked_calloc(1, sizeof *e);
    if (!e) {
        return error_memory(error, "making electrodes");
    }
    *e = (struct electrode){.rate = rate,
                            .position = section->position,
                            .distance = section->distance,
                            .seed = seed,
                            .channel = channel,
                            .pool = pool};
    /* Beyond the longest fibre and its last pole the potential is 0. */
    double reach = HALF_LENGTH + TENDON / 2 + 20 + ZONE_WIDTH / 2 + pole_lag[2] + 1;
    double slowest = pool->units[0].velocity;
    for (size_t i = 1; i < pool->count; i++) {
        slowest = pool->units[i].velocity < slowest ? pool->units[i].velocity : slowest;
    }
    slowest *= POTENTIAL_SLOWEST / LEVEL;
    e->points = (size_t)(reach / STEP) + 2;
    assert(e->points <= POINTS_MAX);
    e->longest = (size_t)ceil(reach / 1000 / slowest * rate) + 2 * POTENTIAL_LEAD + 2;
    size_t samples = 0, fine = e->longest * POTENTIAL_PHASES;
    e->units = checked_calloc(pool->count, sizeof *e->units);
    e->shapes = checked_calloc(pool->count * e->points, sizeof *e->shapes);
    e->fine = checked_calloc(fine, sizeof *e->fine);
    e->smooth = checked_calloc(fine, sizeof *e->smooth);
    if (checked_multiply(pool->count, fine, &samples)) {
        e->samples = checked_calloc(samples, sizeof *e->samples);
    }
    if (!e->units || !e->shapes || !e->fine || !e->smooth || !e->samples) {
        electrode_destroy(e);
        return error_memory(error, "making electrodes");
    }
    for (size_t i = 0; i < pool->count; i++) {
        e->units[i].samples = e->samples + i * fine;
    }
    build_kernel(e);
    place_units(e, section->depth);
    *electrode = e;
    return STATUS_OK;
}

void electrode_destroy(struct electrode *electrode)
{
    if (electrode) {
        free(electrode->units);
        free(electrode->shapes);
        free(electrode->samples);
        free(electrode->fine);
        free(electrode->smooth);
        free(electrode);
    }
}

/* Adds one fibre: end plate at `zone`, tendons at `right` and −`left` (mm from the middle). */
static void add_fibre(const struct electrode *e, double depth, double zone, double right,
                      double left, double *shape)
{
    double square = ANISOTROPY * depth * depth;
    double near = e->position - e->distance / 2, far = e->position + e->distance / 2;
    for (size_t j = 0; j < e->points; j++) {
        double s = (double)j * STEP, sum = 0;
        for (int k = 0; k < 3; k++) {
            double travelled = s > pole_lag[k] ? s - pole_lag[k] : 0;
            double forth = zone + travelled < right ? zone + travelled : right;
            double back = zone - travelled > -left ? zone - travelled : -left;
            sum += pole_strength[k] * (1 / sqrt((forth - near) * (forth - near) + square) -
                                       1 / sqrt((forth - far) * (forth - far) + square) +
                                       1 / sqrt((back - near) * (back - near) + square) -
                                       1 / sqrt((back - far) * (back - far) + square));
        }
        shape[j] += sum;
    }
}

/* The unit's shape over the distance travelled, of unit energy at its fresh velocity. */
static void build_shape(struct electrode *e, size_t i)
{
    double shape[POINTS_MAX] = {0};
    struct random random;
    struct seen_unit *unit = &e->units[i];
    /* Not of the channel: channels of one muscle see the same fibres. */
    random_seed(&random, e->seed, RANDOM_SHAPE, UINT64_MAX, i);
    for (int fibre = 0; fibre < FIBRES; fibre++) {
        double zone = e->pool->units[i].innervation + ZONE_WIDTH * (random_uniform(&random) - 0.5);
        double right = HALF_LENGTH + TENDON * (random_uniform(&random) - 0.5);
        double left = HALF_LENGTH + TENDON * (random_uniform(&random) - 0.5);
        add_fibre(e, unit->depth, zone, right, left, shape);
    }
    double energy = 0;
    for (size_t j = 0; j < e->points; j++) {
        energy += shape[j] * shape[j];
    }
    energy *= STEP / 1000 / unit->velocity; /* s */
    double scale = energy > 0 ? 1 / sqrt(energy) : 0;
    unit->shape = e->shapes + i * e->points;
    for (size_t j = 0; j < e->points; j++) {
        unit->shape[j] = (float)(shape[j] * scale);
    }
}

/* Samples the shape at a velocity: finely, smoothed, and sorted by phase. */
static void build_samples(struct electrode *e, struct seen_unit *unit, int level)
{
    const long half = POTENTIAL_LEAD * POTENTIAL_PHASES;
    double velocity = elementary_power(LEVEL, level);
    double step = 1000 * velocity / (e->rate * POTENTIAL_PHASES) / STEP; /* points a fine sample */
    long count = (long)((double)(e->points - 1) / step);
    unit->length = (size_t)(count / POTENTIAL_PHASES) + 2 * POTENTIAL_LEAD + 2;
    if (unit->length > e->longest) {
        unit->length = e->longest;
    }
    long fine = (long)unit->length * POTENTIAL_PHASES;
    memset(e->fine, 0, (size_t)fine * sizeof *e->fine);
    memset(e->smooth, 0, (size_t)fine * sizeof *e->smooth);
    for (long j = 0; j < count && j < fine; j++) {
        double place = (double)j * step;
        size_t below = (size_t)place;
        float part = (float)(place - (double)below);
        e->fine[j] = unit->shape[below] + part * (unit->shape[below + 1] - unit->shape[below]);
    }
    /* smooth[m] is the value at m − half fine samples after the discharge. */
    for (long k = -half; k <= half; k++) {
        float weight = (float)e->kernel[k + half];
        long shift = k + half, room = fine - shift < count ? fine - shift : count;
        for (long j = 0; j < room; j++) {
            e->smooth[j + shift] += weight * e->fine[j];
        }
    }
    for (size_t phase = 0; phase < POTENTIAL_PHASES; phase++) {
        float *to = unit->samples + phase * unit->length;
        for (size_t n = 0; n < unit->length; n++) {
            to[n] = n * POTENTIAL_PHASES >= phase ? e->smooth[n * POTENTIAL_PHASES - phase] : 0;
        }
    }
    unit->level = level;
}

double electrode_gain(const struct electrode *electrode, size_t unit)
{
    return electrode->units[unit].gain;
}

struct potential electrode_potential(struct electrode *electrode, size_t unit, double freshness)
{
    struct seen_unit *seen = &electrode->units[unit];
    double velocity = seen->velocity * freshness;
    int level = (int)rint(elementary_log(velocity) / 0.00995033085316808285);
    if (!seen->shape) {
        build_shape(electrode, unit);
    }
    if (seen->length == 0 || seen->level != level) {
        build_samples(electrode, seen, level);
    }
    return (struct potential){.samples = seen->samples, .length = seen->length};
}

size_t electrode_longest(const struct electrode *electrode)
{
    return electrode->longest;
}

double electrode_peak(struct electrode *electrode, size_t unit)
{
    struct potential potential = electrode_potential(electrode, unit, 1);
    double peak = 0;
    for (size_t i = 0; i < potential.length; i++) {
        double value = fabs((double)potential.samples[i]);
        peak = value > peak ? value : peak;
    }
    return peak;
}
