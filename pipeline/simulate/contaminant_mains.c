/* Hum of the power line: a fundamental and harmonics, in phase on all channels, whose frequency
 * and amplitude wander slowly. */
#include "pipeline/simulate/contaminant.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"

#include <math.h>

#define SINES     1024 /* points of a turn; linear between them errs by 5e-6 */
#define HARMONICS 20
#define EVERY     64   /* frames between changes of frequency and amplitude */
#define CHANGE    20.0 /* s, time constant of the wander */
#define RAMP      0.02 /* s */

struct mains {
    const struct plan *plan;
    const struct disturbance *disturbance;
    const struct ziggurat *ziggurat;
    struct random random;
    float sines[SINES + 1];
    uint64_t phase, increment;       /* of the fundamental, in 2⁻⁶⁴ turns */
    uint64_t offsets[HARMONICS + 1]; /* phases of the harmonics */
    double weights[HARMONICS + 1];   /* relative to the fundamental's RMS */
    int components;
    double frequency, loudness; /* deviations, unit variance */
    double height;
};

static void change(struct mains *mains)
{
    const struct disturbance *d = mains->disturbance;
    double pole = elementary_exp(-EVERY / (CHANGE * mains->plan->rate));
    double step = sqrt(1 - pole * pole);
    mains->frequency =
        pole * mains->frequency + step * random_gaussian(&mains->random, mains->ziggurat);
    mains->loudness =
        pole * mains->loudness + step * random_gaussian(&mains->random, mains->ziggurat);
    double turns = (d->frequency + d->wander * mains->frequency) / mains->plan->rate;
    mains->increment = (uint64_t)(turns * 0x1p64);
    double factor = 1 + d->variability * mains->loudness;
    mains->height = factor > 0 ? factor : 0;
}

static enum status create(const struct plan *plan, const struct disturbance *d,
                          const struct ziggurat *ziggurat, void **state, struct error *error)
{
    struct mains *mains = checked_calloc(1, sizeof *mains);
    if (!mains) {
        return error_memory(error, "simulating mains");
    }
    mains->plan = plan;
    mains->disturbance = d;
    mains->ziggurat = ziggurat;
    random_seed(&mains->random, plan->seed, RANDOM_WAVEFORM, d->stream, 0);
    for (int i = 0; i <= SINES; i++) {
        mains->sines[i] = (float)elementary_sine((double)i / SINES);
    }
    for (int n = 1; n <= d->harmonics + 1 && n <= HARMONICS; n++) {
        if (n * (d->frequency + 1) >= plan->rate / 2) {
            break;
        }
        mains->components = n;
        mains->offsets[n] = random_bits(&mains->random);
        mains->weights[n] = sqrt(2.0) * (n == 1 ? 1 : d->harmonic / (n - 1) / (n % 2 ? 1 : 3));
    }
    mains->frequency = random_gaussian(&mains->random, ziggurat);
    mains->loudness = random_gaussian(&mains->random, ziggurat);
    *state = mains;
    return STATUS_OK;
}

static float sine(const struct mains *mains, uint64_t phase)
{
    size_t index = phase >> 54; /* the 10 upper bits */
    float part = (float)(phase >> 30 & 0xffffff) * 0x1p-24f;
    return mains->sines[index] + part * (mains->sines[index + 1] - mains->sines[index]);
}

static enum status add(void *state, const struct frames *frames, struct truth *truth,
                       struct error *error)
{
    struct mains *mains = state;
    const struct disturbance *d = mains->disturbance;
    size_t begin, end;
    (void)truth, (void)error;
    if (!contaminant_overlap(d, frames, &begin, &end)) {
        return STATUS_OK;
    }
    for (size_t i = begin; i < end; i++) {
        int64_t frame = frames->first + (int64_t)i;
        if ((frame - d->first) % EVERY == 0) {
            change(mains);
        }
        double value = 0;
        for (int n = 1; n <= mains->components; n++) {
            uint64_t phase = mains->phase * (uint64_t)n + mains->offsets[n];
            value += mains->weights[n] * (double)sine(mains, phase);
        }
        value *= mains->height * contaminant_fade(mains->plan, d, RAMP, frame);
        for (size_t k = 0; k < d->channel_count; k++) {
            frames->samples[d->channels[k]][i] += (float)(d->amplitude[k].low * value);
        }
        mains->phase += mains->increment;
    }
    return STATUS_OK;
}

const struct contaminant contaminant_mains = {
    .kinds = SECTION_MAINS, .create = create, .add = add, .destroy = free};
