/* Heartbeats: a PQRST complex made of Gaussian waves (after McSharry et al. 2003, IEEE Trans
 * Biomed Eng 50:289), at intervals that vary with respiration and at random. */
#include "pipeline/simulate/contaminant.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"

#include <math.h>

#define BEFORE  0.3    /* s of a complex before its R wave */
#define AFTER   0.5    /* s after it */
#define FINE    4000.0 /* points of the complex a second */
#define POINTS  3202
#define BEATS   16
#define BREATHS 0.25 /* Hz */
#define STRETCH 0.25 /* s that are made at a time: BEATS beats cannot be exceeded in it */

struct wave {
    double time, height, width; /* s from the R wave; of it; s */
};

/* P, Q, R, S, T. */
static const struct wave waves[] = {{-0.17, 0.12, 0.022},
                                    {-0.03, -0.12, 0.009},
                                    {0, 1, 0.011},
                                    {0.03, -0.25, 0.010},
                                    {0.27, 0.25, 0.05}};

struct ecg {
    const struct plan *plan;
    const struct disturbance *disturbance;
    const struct ziggurat *ziggurat;
    struct random random;
    double breath; /* turns at time 0 */
    double next;   /* s, R wave that is not yet among the beats */
    size_t count;
    double beats[BEATS]; /* s, R waves whose complex may be seen */
    float shape[POINTS];
};

static enum status create(const struct plan *plan, const struct disturbance *d,
                          const struct ziggurat *ziggurat, void **state, struct error *error)
{
    struct ecg *ecg = checked_calloc(1, sizeof *ecg);
    if (!ecg) {
        return error_memory(error, "simulating heartbeats");
    }
    ecg->plan = plan;
    ecg->disturbance = d;
    ecg->ziggurat = ziggurat;
    random_seed(&ecg->random, plan->seed, RANDOM_WAVEFORM, d->stream, 0);
    for (size_t i = 0; i < POINTS; i++) {
        double t = (double)i / FINE - BEFORE, sum = 0;
        for (size_t w = 0; w < sizeof waves / sizeof *waves; w++) {
            double z = (t - waves[w].time) / waves[w].width;
            sum += waves[w].height * elementary_exp(-0.5 * z * z);
        }
        ecg->shape[i] = (float)sum;
    }
    ecg->breath = random_uniform(&ecg->random);
    ecg->next = (double)d->first / plan->rate + random_uniform(&ecg->random) / d->rate;
    *state = ecg;
    return STATUS_OK;
}

/* Half of the intervals' variance follows respiration, half is random. */
static double interval(struct ecg *ecg)
{
    const struct disturbance *d = ecg->disturbance;
    double breath = elementary_sine(ecg->breath + BREATHS * ecg->next);
    double chance = random_gaussian(&ecg->random, ecg->ziggurat) / sqrt(2.0);
    double seconds = (1 + d->variability * (breath + chance)) / d->rate;
    return seconds > 0.24 ? seconds : 0.24;
}

/* Keeps the beats whose complex reaches into [from, until). */
static void find_beats(struct ecg *ecg, double from, double until)
{
    size_t kept = 0;
    for (size_t i = 0; i < ecg->count; i++) {
        if (ecg->beats[i] + AFTER > from) {
            ecg->beats[kept++] = ecg->beats[i];
        }
    }
    ecg->count = kept;
    while (ecg->next - BEFORE < until && ecg->count < BEATS) {
        ecg->beats[ecg->count++] = ecg->next;
        ecg->next += interval(ecg);
    }
}

static double value_at(const struct ecg *ecg, double time)
{
    double sum = 0;
    for (size_t b = 0; b < ecg->count; b++) {
        double place = (time - ecg->beats[b] + BEFORE) * FINE;
        if (place >= 0 && place < (BEFORE + AFTER) * FINE) {
            size_t below = (size_t)place;
            double part = place - (double)below;
            sum += (double)ecg->shape[below] +
                   part * (double)(ecg->shape[below + 1] - ecg->shape[below]);
        }
    }
    return sum;
}

static enum status add(void *state, const struct frames *frames, struct truth *truth,
                       struct error *error)
{
    struct ecg *ecg = state;
    const struct disturbance *d = ecg->disturbance;
    double rate = ecg->plan->rate;
    size_t begin, end;
    (void)truth, (void)error;
    if (!contaminant_overlap(d, frames, &begin, &end)) {
        return STATUS_OK;
    }
    size_t stretch = (size_t)(STRETCH * rate) + 1;
    for (size_t from = begin; from < end; from += stretch) {
        size_t until = from + stretch < end ? from + stretch : end;
        find_beats(ecg, (double)(frames->first + (int64_t)from) / rate,
                   (double)(frames->first + (int64_t)until) / rate);
        for (size_t i = from; i < until; i++) {
            double value = value_at(ecg, (double)(frames->first + (int64_t)i) / rate);
            for (size_t k = 0; k < d->channel_count; k++) {
                frames->samples[d->channels[k]][i] += (float)(d->amplitude[k].low * value);
            }
        }
    }
    return STATUS_OK;
}

const struct contaminant contaminant_ecg = {
    .kinds = SECTION_ECG, .create = create, .add = add, .destroy = free};
