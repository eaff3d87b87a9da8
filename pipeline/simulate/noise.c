#include "pipeline/simulate/noise.h"

#include "pipeline/simulate/drive.h"

#include <math.h>

/* Poles lie a factor 9 apart, each zero 3 above its pole: power falls by 9 for 9 in frequency. */
#define FIRST_POLE 0.5 /* Hz */
#define RATIO      3.0

#define MEASURED 60.0 /* s of recorded rest */
/* s of its segments: long, so that heartbeats in it keep their rhythm. */
#define SHORTEST 2.0
#define LONGEST  8.0

/* The RMS of a splice in the measuring band, over its first MEASURED seconds; the copy that is run
 * for it is thrown away. */
static double measure_splice(struct splice splice, double rate)
{
    double sum = 0;
    struct filter filter = splice_measure(rate);
    size_t count = (size_t)(MEASURED * rate);
    for (size_t i = 0; i < count; i++) {
        double x = filter_step(&filter, splice_next(&splice));
        sum += x * x;
    }
    return sqrt(sum / (double)count);
}

void noise_start(struct noise *noise, const struct plan *plan, const struct splice_source *rest,
                 size_t channel)
{
    double low, high;
    double flicker = plan->specification->recording.flicker;
    *noise = (struct noise){.recorded = rest->count > 0};
    if (noise->recorded) {
        struct random random;
        random_seed(&random, plan->seed, RANDOM_REST, 0, channel);
        splice_start(&noise->splice, rest, SHORTEST, LONGEST, random);
        double rms = measure_splice(noise->splice, plan->rate);
        noise->scale = rms > 0 ? plan->noise[channel] / rms : 0;
        return;
    }
    random_seed(&noise->random, plan->seed, RANDOM_NOISE, 0, channel);
    for (double pole = FIRST_POLE;
         pole < flicker && pole * RATIO < plan->rate / 2 && noise->filter.count < FILTER_SECTIONS;
         pole *= RATIO * RATIO) {
        filter_add_shelf(&noise->filter, pole, pole * RATIO, plan->rate);
    }
    filter_band(plan->rate, &low, &high);
    noise->scale = plan->noise[channel] / filter_noise_gain(&noise->filter, low, high, plan->rate);
}

/* The factor of one "floor" at a frame: rises and falls over its transition. */
static double factor_at(const struct disturbance *d, double rate, int64_t frame)
{
    double since = (double)(frame - d->first) / rate, left = (double)(d->end - frame) / rate;
    double nearest = since < left ? since : left;
    double part = d->transition > 0 ? drive_smooth(nearest / d->transition) : 1;
    return 1 + (d->factor - 1) * part;
}

/* The floors that reach into these frames. */
static size_t find_floors(const struct plan *plan, size_t channel, int64_t first, size_t count,
                          const struct disturbance **floors, size_t room)
{
    size_t found = 0;
    for (size_t i = 0; i < plan->disturbance_count && found < room; i++) {
        const struct disturbance *d = &plan->disturbances[i];
        if (d->kind != SECTION_FLOOR || d->end <= first || d->first >= first + (int64_t)count) {
            continue;
        }
        for (size_t k = 0; k < d->channel_count; k++) {
            if (d->channels[k] == channel) {
                floors[found++] = d;
                break;
            }
        }
    }
    return found;
}

void noise_add(struct noise *noise, const struct plan *plan, size_t channel,
               const struct ziggurat *ziggurat, int64_t first, size_t count, float *samples)
{
    const struct disturbance *floors[16];
    size_t found = find_floors(plan, channel, first, count, floors, sizeof floors / sizeof *floors);
    /* On the stack, so that the compiler may keep the filter's state in registers. */
    struct filter filter = noise->filter;
    struct random random = noise->random;
    for (size_t i = 0; i < count; i++) {
        double x = noise->scale * (noise->recorded
                                       ? splice_next(&noise->splice)
                                       : filter_step(&filter, random_gaussian(&random, ziggurat)));
        for (size_t k = 0; k < found; k++) {
            int64_t frame = first + (int64_t)i;
            if (frame >= floors[k]->first && frame < floors[k]->end) {
                x *= factor_at(floors[k], plan->rate, frame);
            }
        }
        samples[i] += (float)x;
    }
    noise->filter = filter;
    noise->random = random;
}
