#include "pipeline/simulate/drive.h"

#include "pipeline/simulate/elementary.h"

#include <math.h>

/* Slow changes of a held contraction are below about 1 Hz (common drive: De Luca & Erim 1994,
 * Trends Neurosci 17:299). */
#define WANDER_FREQUENCY 0.7  /* Hz */
#define WOBBLE_SHARE     0.04 /* of the tremor's rate */
#define SHARE_OF_PERIOD  0.25 /* the longest ramp between a tonic and a clonic phase */

static double wander_pole(void)
{
    return elementary_exp(-2 * ELEMENTARY_PI * WANDER_FREQUENCY * DRIVE_STEP);
}

void drive_start(struct drive *drive, const struct simulated_episode *episode, uint64_t seed,
                 const struct ziggurat *ziggurat)
{
    *drive = (struct drive){.episode = episode, .ziggurat = ziggurat};
    random_seed(&drive->random, seed, RANDOM_DRIVE, episode->stream, 0);
    drive->tremor = random_uniform(&drive->random);
}

size_t drive_steps(const struct simulated_episode *episode)
{
    return (size_t)ceil(episode->duration / DRIVE_STEP);
}

double drive_shape(enum burst_shape shape, double u)
{
    if (u <= 0 || u >= 1) {
        return 0;
    }
    switch (shape) {
    case BURST_SHARP:
        return drive_smooth(u / 0.15) * (u < 0.15 ? 1 : (1 - u) / 0.85);
    case BURST_SQUARE:
        return drive_smooth(u / 0.1) * drive_smooth((1 - u) / 0.1);
    case BURST_ROUND:
    case BURST_ANY:
        break;
    }
    return 4 * u * (1 - u);
}

double drive_active(const struct simulated_episode *episode)
{
    double sum = episode->tonic_end - episode->tonic_start;
    for (size_t i = 0; i < episode->burst_count; i++) {
        sum += episode->bursts[i].duration;
    }
    return sum;
}

/* Slow random courses go on whether they are used or not, so that a change of one parameter does
 * not change the draws of another. */
static void advance_courses(struct drive *drive)
{
    double pole = wander_pole(), rest = 1 - pole;
    /* Variance of white noise through both poles. */
    double gain =
        rest * rest *
        sqrt((1 + pole * pole) / ((1 - pole * pole) * (1 - pole * pole) * (1 - pole * pole)));
    drive->wander[0] =
        pole * drive->wander[0] + rest * random_gaussian(&drive->random, drive->ziggurat) / gain;
    drive->wander[1] = pole * drive->wander[1] + rest * drive->wander[0];
    drive->wobble = pole * drive->wobble +
                    sqrt(1 - pole * pole) * random_gaussian(&drive->random, drive->ziggurat);
    double rate = drive->episode->tremor_rate;
    if (rate > 0) {
        drive->tremor += rate * (1 + WOBBLE_SHARE * drive->wobble) * DRIVE_STEP;
        drive->tremor -= floor(drive->tremor);
    }
}

static double tonic(const struct drive *drive, double t)
{
    const struct simulated_episode *e = drive->episode;
    if (t < e->tonic_start || t >= e->tonic_end) {
        return 0;
    }
    double rise = e->rise, fall = e->fall;
    if (e->class == SIMULATED_TONIC_CLONIC) {
        /* Where the phases meet, the muscle does not linger. */
        double quick = SHARE_OF_PERIOD / e->rate;
        rise = e->clonic_first && rise > quick ? quick : rise;
        fall = !e->clonic_first && fall > quick ? quick : fall;
    }
    double height = 1;
    if (rise > 0) {
        height *= drive_smooth((t - e->tonic_start) / rise);
    }
    if (fall > 0) {
        height *= drive_smooth((e->tonic_end - t) / fall);
    }
    if (e->tremor_depth > 0) {
        height *= (1 + e->tremor_depth * elementary_sine(drive->tremor)) / (1 + e->tremor_depth);
    }
    double slow = 1 + e->variation * drive->wander[1];
    return height * (slow < 0.2 ? 0.2 : slow);
}

static double clonic(struct drive *drive, double t, size_t *burst)
{
    const struct simulated_episode *e = drive->episode;
    while (drive->burst < e->burst_count &&
           t >= e->bursts[drive->burst].onset + e->bursts[drive->burst].duration) {
        drive->burst++;
    }
    double level = e->floor > 0 && t >= e->clonic_start && t < e->clonic_end ? e->floor : 0;
    if (drive->burst < e->burst_count && t >= e->bursts[drive->burst].onset) {
        const struct simulated_burst *b = &e->bursts[drive->burst];
        double shape = drive_shape(e->shape, (t - b->onset) / b->duration);
        *burst = drive->burst;
        level += (b->height > level ? b->height - level : 0) * shape;
    }
    return level;
}

double drive_next(struct drive *drive, size_t *burst)
{
    double t = (double)drive->step++ * DRIVE_STEP;
    *burst = DRIVE_NO_BURST;
    advance_courses(drive);
    double held = tonic(drive, t), beating = clonic(drive, t, burst);
    double level = held > beating ? held : beating;
    return level < DRIVE_LARGEST ? level : DRIVE_LARGEST;
}
