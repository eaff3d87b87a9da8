#include "pipeline/signal/episode.h"

#include "formats/checked.h"
#include "pipeline/signal/episode_weights.h"
#include "pipeline/signal/rhythm.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <stdbool.h>

#define DURATIONS_MAX 512
#define FEW           3   /* bursts; fewer are no rhythm and no phases */
#define BRIEF         0.3 /* s; nor are those that are over within this */
#define SPARSE        0.5 /* two bursts that fill less of their time are jerks */
#define SCATTERED     0.3 /* so are more bursts without a rhythm */

const char *const episode_class_names[] = {"tonic", "clonic", "tonic-clonic", "myoclonic", NULL};

static double duration(const struct burst *burst)
{
    return burst->offset - burst->onset;
}

static double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* How far the muscle relaxes between bursts: the median over the gaps of the least energy there
 * over the mean energy of the burst after it, noise taken off both. */
static double relaxation(const struct burst *bursts, size_t count)
{
    double parts[DURATIONS_MAX];
    size_t n = 0;
    for (size_t i = 1; i < count && n < DURATIONS_MAX; i++) {
        double noise = bursts[i].floor * bursts[i].floor;
        double low = bursts[i].relaxation * bursts[i].relaxation - noise;
        double high = bursts[i].mean * bursts[i].mean - noise;
        if (isfinite(low) && high > 0) {
            parts[n++] = fmax(low, 0) / high;
        }
    }
    return statistics_median(parts, n);
}

/* µV/s from the noise floor to the first burst's peak; a burst that was there before is not seen to
 * rise. */
static double onset_slope(const struct burst *burst)
{
    double rise = burst->peak_time - burst->onset;
    return burst->flags & BURST_START || !(rise > 0) ? NAN : (burst->peak - burst->floor) / rise;
}

/* What every class shares: ends, amplitudes, duty cycle. */
static struct episode describe(const struct burst *bursts, size_t count, enum episode_class class)
{
    struct episode episode = {.onset = bursts[0].onset,
                              .offset = bursts[count - 1].offset,
                              .class = class,
                              .burst_count = count,
                              .burst_rate = NAN,
                              .rate_slope = NAN,
                              .regularity = NAN,
                              .boundary = NAN,
                              .depth = relaxation(bursts, count),
                              .onset_slope = onset_slope(&bursts[0])};
    double filled = 0, energy = 0, floor = 0;
    for (size_t i = 0; i < count; i++) {
        double length = duration(&bursts[i]);
        filled += length;
        energy += length * bursts[i].mean * bursts[i].mean;
        floor += length * bursts[i].floor;
        episode.peak = fmax(episode.peak, bursts[i].peak);
    }
    episode.duty_cycle = clamp(filled / (episode.offset - episode.onset), 0, 1);
    episode.mean = sqrt(energy / filled);
    episode.floor = floor / filled;
    episode.flags = (bursts[0].flags & BURST_START) | (bursts[count - 1].flags & BURST_END);
    return episode;
}

/* Beats of the clonic phase: bursts [*first, + return value). */
static size_t clonic_part(const struct phases *phases, size_t count, size_t *first)
{
    *first = phases->tonic && !phases->clonic_first ? phases->change : 0;
    size_t end = phases->tonic && phases->clonic_first ? phases->change : count;
    return phases->clonic ? end - *first : 0;
}

static void set_rhythm(struct episode *episode, const struct rhythm *rhythm)
{
    episode->burst_rate = 1 / rhythm->interval;
    episode->rate_slope = rhythm->rate_slope;
    episode->regularity = rhythm->variation;
}

/* Whether a clonic phase keeps what the user allows. */
static bool is_allowed(const struct episode_design *design, const struct rhythm *rhythm)
{
    return rhythm->interval >= 1 / design->rate_band[1] &&
           rhythm->interval <= 1 / design->rate_band[0] &&
           !(rhythm->variation > design->regularity);
}

static double confidence_of(enum episode_class class, double support)
{
    const double *weights = episode_weights_confidence[class];
    return 1 / (1 + exp(-(weights[0] + weights[1] * log(1 + support))));
}

/* One or two bursts, or so brief a group, by duration alone. */
static void judge_few(const struct episode_design *design, const struct burst *bursts, size_t count,
                      struct episode_verdict *verdict)
{
    double length = bursts[count - 1].offset - bursts[0].onset, filled = 0;
    double divide = sqrt(design->myoclonic_maximum * design->tonic_minimum);
    for (size_t i = 0; i < count; i++) {
        filled += duration(&bursts[i]);
    }
    bool jerks = length < divide || (count > 1 && filled < SPARSE * length);
    verdict->kind = jerks ? PLAUSIBLE_JERK : PLAUSIBLE_TONIC;
    verdict->phases = (struct phases){.tonic = !jerks};
    verdict->episode = describe(bursts, count, jerks ? EPISODE_MYOCLONIC : EPISODE_TONIC);
    /* Between the two limits the class is a guess. */
    double octaves = fabs(log2((jerks ? filled / (double)count : length) / divide));
    verdict->episode.confidence = clamp(0.5 + 0.45 * octaves, 0.5, 0.98);
}

/* The change of phase: where the tonic phase ends, or begins. */
static double boundary_of(const struct burst *bursts, const struct phases *phases)
{
    return phases->clonic_first ? bursts[phases->change].onset : bursts[phases->change - 1].offset;
}

static enum status judge_many(const struct episode_design *design, const struct burst *bursts,
                              const struct cadence *cadences, size_t count,
                              struct episode_verdict *verdict, struct error *error)
{
    struct phases *phases = &verdict->phases;
    struct rhythm rhythm = {NAN, NAN, NAN, 0, NAN, NAN};
    enum status status =
        phases_decode(bursts, cadences, count, design->tonic_minimum, phases, error);
    if (status != STATUS_OK) {
        return status;
    }
    size_t first, beats = clonic_part(phases, count, &first);
    if (beats >= FEW) {
        rhythm = rhythm_measure(bursts + first, beats);
    }
    if (phases->clonic && !(beats >= FEW && is_allowed(design, &rhythm))) {
        phases->clonic = false;
        phases->tonic = true;
    }
    enum episode_class class = !phases->clonic ? EPISODE_TONIC
                               : phases->tonic ? EPISODE_TONIC_CLONIC
                                               : EPISODE_CLONIC;
    verdict->kind = phases->clonic ? PLAUSIBLE_CLONIC : PLAUSIBLE_TONIC;
    verdict->episode = describe(bursts, count, class);
    verdict->scattered = !phases->clonic && verdict->episode.duty_cycle < SCATTERED;
    verdict->episode.support = phases->support;
    verdict->episode.confidence = confidence_of(class, phases->support);
    if (phases->clonic) {
        set_rhythm(&verdict->episode, &rhythm);
    }
    if (class == EPISODE_TONIC_CLONIC) {
        verdict->episode.boundary = boundary_of(bursts, phases);
    }
    return STATUS_OK;
}

enum status episode_judge(const struct episode_design *design, const struct burst *bursts,
                          const struct cadence *cadences, size_t count,
                          struct episode_verdict *verdict, struct error *error)
{
    enum status status = STATUS_OK;
    verdict->scattered = false;
    if (count < FEW || bursts[count - 1].offset - bursts[0].onset < BRIEF) {
        judge_few(design, bursts, count, verdict);
    } else {
        status = judge_many(design, bursts, cadences, count, verdict, error);
    }
    if (status == STATUS_OK) {
        plausibility_measure(bursts, count, verdict->measures);
        verdict->episode.plausibility = plausibility_of(verdict->kind, verdict->measures);
        verdict->episode.confidence *= verdict->episode.plausibility;
        verdict->accepted =
            !verdict->scattered && verdict->episode.plausibility >= design->plausibility;
    }
    return status;
}

/* The rhythm of a clonic phase, and where a tonic one meets it, as far as memory allows. */
static void measure_rhythm(const struct episode_design *design, const struct burst *bursts,
                           size_t count, struct episode *episode)
{
    struct cadence *cadences = checked_calloc(count, sizeof *cadences);
    struct phases phases = {.clonic = true};
    size_t first = 0, beats = count;
    if (cadences && episode->class == EPISODE_TONIC_CLONIC) {
        episode_cadences(design, bursts, count, cadences);
        if (phases_decode(bursts, cadences, count, design->tonic_minimum, &phases, NULL) ==
                STATUS_OK &&
            phases.tonic && phases.clonic) {
            episode->boundary = boundary_of(bursts, &phases);
            beats = clonic_part(&phases, count, &first);
        }
    }
    free(cadences);
    if (beats >= FEW) {
        struct rhythm rhythm = rhythm_measure(bursts + first, beats);
        set_rhythm(episode, &rhythm);
    }
}

struct episode episode_measure(const struct episode_design *design, struct burst *bursts,
                               size_t count, enum episode_class class, double onset, double offset)
{
    struct episode episode = {.burst_rate = NAN,
                              .rate_slope = NAN,
                              .regularity = NAN,
                              .duty_cycle = NAN,
                              .peak = NAN,
                              .mean = NAN,
                              .floor = NAN,
                              .boundary = NAN,
                              .depth = NAN,
                              .onset_slope = NAN,
                              .plausibility = NAN,
                              .support = NAN};
    for (size_t i = 0; i < count; i++) {
        bursts[i].onset = fmax(bursts[i].onset, onset);
        bursts[i].offset = fmin(bursts[i].offset, offset);
    }
    if (count > 0) {
        episode = describe(bursts, count, class);
        episode.duty_cycle =
            clamp(episode.duty_cycle * (episode.offset - episode.onset) / (offset - onset), 0, 1);
    }
    episode.class = class;
    episode.onset = onset;
    episode.offset = offset;
    episode.confidence = NAN;
    if (count >= FEW && (class == EPISODE_CLONIC || class == EPISODE_TONIC_CLONIC)) {
        measure_rhythm(design, bursts, count, &episode);
    }
    return episode;
}
