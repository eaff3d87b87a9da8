#include "pipeline/signal/episode.h"
#include "pipeline/signal/rhythm.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <stdbool.h>

#define DURATIONS_MAX     512
#define JERK_LONGEST      0.8 /* s; longer bursts are contractions, not jerks */
#define MOST_DUTY         0.75
#define MOST_VARIED       0.5  /* of burst durations */
#define LEAST_DEPTH       0.07 /* energy between bursts over that within: silences are deeper */
#define SERIES_VARIED     2.0  /* × regularity, for a row of jerks that is no clear rhythm */
#define SERIES_CONFIDENCE 0.4
#define WEAK_ENERGY       10.0 /* × the floor */
#define WEAK_LONGEST      0.06 /* s */
#define MIXED_VARIED      0.7  /* × regularity, for a clonic phase next to a tonic one */
#define LONG_RATIO        2.5  /* a burst this many times longer than the median is a tonic phase */

const char *const episode_class_names[] = {"tonic", "clonic", "tonic-clonic", "myoclonic", NULL};

static double duration(const struct burst *burst)
{
    return burst->offset - burst->onset;
}

static double median_duration(const struct burst *bursts, size_t count)
{
    double durations[DURATIONS_MAX];
    size_t n = count < DURATIONS_MAX ? count : DURATIONS_MAX;
    for (size_t i = 0; i < n; i++) {
        durations[i] = duration(&bursts[i]);
    }
    return statistics_median(durations, n);
}

static double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
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
                              .boundary = NAN};
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

/* A clonic rhythm: in the rate band, regular, of short bursts alike, with silences between. Dips in
 * the interference pattern of a sustained contraction are none of these. */
static bool is_rhythm(const struct episode_design *design, const struct rhythm *rhythm,
                      const struct burst *bursts, size_t beats)
{
    bool fast = rhythm->interval < 0.25;
    size_t potentials = 0;
    for (size_t i = 0; i < beats; i++) {
        potentials += (bursts[i].flags & BURST_POTENTIAL) != 0;
    }
    return rhythm->interval >= 1 / design->rate_band[1] &&
           rhythm->interval <= 1 / design->rate_band[0] &&
           rhythm->variation <= design->regularity && rhythm->durations <= MOST_VARIED &&
           rhythm->duration <= JERK_LONGEST && rhythm->duration <= MOST_DUTY * rhythm->interval &&
           beats >= (2 * potentials > beats ? 5
                     : fast                 ? 4
                                            : 3) &&
           !(relaxation(bursts, beats) > LEAST_DEPTH);
}

/* The longest run of bursts with a rhythm of clonic rate: [*first, *first + return value). */
static size_t find_rhythm(const struct episode_design *design, const struct burst *bursts,
                          size_t count, double typical, size_t *first, struct rhythm *rhythm)
{
    size_t best = 0;
    for (size_t i = 0; i + 2 < count;) {
        size_t end = i;
        while (end < count && duration(&bursts[end]) <= fmax(LONG_RATIO * typical, 0.05)) {
            end++;
        }
        if (end - i >= 3 && end - i > best) {
            struct rhythm found = rhythm_measure(bursts + i, end - i);
            if (is_rhythm(design, &found, bursts + i, end - i)) {
                best = end - i;
                *first = i;
                *rhythm = found;
            }
        }
        i = end + 1;
    }
    return best;
}

/* Sure of a rhythm the more beats it has, the steadier they are, the clearer the silences. */
static double rhythm_confidence(const struct episode_design *design, const struct rhythm *rhythm,
                                size_t beats, double duty)
{
    double count_part = 1 - 0.5 * exp(-((double)beats - 2) / 2);
    double steady_part = 1 - 0.5 * rhythm->variation / design->regularity;
    double duty_part = duty > 0.75 ? 0.7 : 1;
    return clamp(count_part * steady_part * duty_part, 0.05, 0.99);
}

static void set_rhythm(struct episode *episode, const struct rhythm *rhythm)
{
    episode->burst_rate = 1 / rhythm->interval;
    episode->rate_slope = rhythm->rate_slope;
    episode->regularity = rhythm->variation;
}

/* One burst by its duration alone. */
static struct episode single(const struct episode_design *design, const struct burst *burst)
{
    double length = duration(burst);
    double divide = sqrt(design->myoclonic_maximum * design->tonic_minimum);
    struct episode episode =
        describe(burst, 1, length < divide ? EPISODE_MYOCLONIC : EPISODE_TONIC);
    /* Between the two limits the class is a guess. */
    double octaves = fabs(log2(length / divide));
    episode.confidence = clamp(0.5 + 0.45 * octaves, 0.5, 0.98);
    return episode;
}

/* Alone, a short and weak burst is more likely one large potential than a jerk of the muscle. */
static bool is_potential(const struct burst *burst)
{
    bool weak = burst->mean * burst->mean < WEAK_ENERGY * burst->floor * burst->floor;
    return burst->flags & BURST_POTENTIAL || (duration(burst) < WEAK_LONGEST && weak);
}

static size_t singles(const struct episode_design *design, const struct burst *bursts, size_t count,
                      struct episode *episodes, size_t *potentials)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_potential(&bursts[i])) {
            ++*potentials;
        } else {
            episodes[n++] = single(design, &bursts[i]);
        }
    }
    return n;
}

static bool any_long(const struct episode_design *design, const struct burst *bursts, size_t count,
                     double typical)
{
    for (size_t i = 0; i < count; i++) {
        double length = duration(&bursts[i]);
        if (length >= design->tonic_minimum && length > LONG_RATIO * typical) {
            return true;
        }
    }
    return false;
}

/* Four or more jerks that follow each other at clonic rate, though unevenly: clonic rather than a
 * row of single jerks, with little confidence. */
static bool is_series(const struct episode_design *design, const struct burst *bursts, size_t count,
                      struct rhythm *rhythm)
{
    size_t potentials = 0;
    for (size_t i = 0; i < count; i++) {
        potentials += (bursts[i].flags & BURST_POTENTIAL) != 0;
    }
    if (count < 4 || 2 * potentials > count) {
        return false;
    }
    *rhythm = rhythm_measure(bursts, count);
    return rhythm->interval >= 1 / design->rate_band[1] &&
           rhythm->interval <= 1 / design->rate_band[0] &&
           rhythm->variation <= SERIES_VARIED * design->regularity &&
           rhythm->duration <= MOST_DUTY * rhythm->interval;
}

size_t episode_classify(const struct episode_design *design, const struct burst *bursts,
                        size_t count, struct episode *episodes, size_t *potentials)
{
    struct rhythm rhythm = {NAN, NAN, NAN, 0, NAN, NAN};
    size_t first = 0;
    double typical = median_duration(bursts, count);
    size_t beats = count >= 3 ? find_rhythm(design, bursts, count, typical, &first, &rhythm) : 0;
    bool before = beats > 0 && any_long(design, bursts, first, typical);
    bool after =
        beats > 0 && any_long(design, bursts + first + beats, count - first - beats, typical);
    bool mixed = before || after;
    /* Next to a contraction its own unevenness looks like a rhythm now and then. */
    beats = mixed && rhythm.variation > MIXED_VARIED * design->regularity ? 0 : beats;
    if (beats > 0 && mixed) {
        episodes[0] = describe(bursts, count, EPISODE_TONIC_CLONIC);
        set_rhythm(&episodes[0], &rhythm);
        episodes[0].boundary = before ? bursts[first].onset : bursts[first + beats].onset;
        episodes[0].confidence =
            rhythm_confidence(design, &rhythm, beats, episodes[0].duty_cycle * 0.75);
        return 1;
    }
    if (beats > 0) {
        episodes[0] = describe(bursts, count, EPISODE_CLONIC);
        set_rhythm(&episodes[0], &rhythm);
        episodes[0].confidence = rhythm_confidence(design, &rhythm, beats, episodes[0].duty_cycle);
        return 1;
    }
    double filled = 0, longest = 0;
    for (size_t i = 0; i < count; i++) {
        filled += duration(&bursts[i]);
        longest = fmax(longest, duration(&bursts[i]));
    }
    if (longest >= design->tonic_minimum) {
        episodes[0] = describe(bursts, count, EPISODE_TONIC);
        episodes[0].confidence =
            clamp(0.5 + 0.5 * filled / (episodes[0].offset - episodes[0].onset), 0.5, 0.98);
        return 1;
    }
    if (is_series(design, bursts, count, &rhythm)) {
        episodes[0] = describe(bursts, count, EPISODE_CLONIC);
        set_rhythm(&episodes[0], &rhythm);
        episodes[0].confidence = SERIES_CONFIDENCE;
        return 1;
    }
    return singles(design, bursts, count, episodes, potentials);
}

/* The rhythm of a clonic phase, and where a tonic one meets it. */
static void measure_rhythm(const struct episode_design *design, const struct burst *bursts,
                           size_t count, struct episode *episode)
{
    struct rhythm rhythm;
    size_t first = 0;
    double typical = median_duration(bursts, count);
    size_t beats = find_rhythm(design, bursts, count, typical, &first, &rhythm);
    bool before = beats > 0 && any_long(design, bursts, first, typical);
    if (beats == 0) {
        rhythm = rhythm_measure(bursts, count);
    }
    set_rhythm(episode, &rhythm);
    if (episode->class == EPISODE_TONIC_CLONIC && beats > 0) {
        size_t change = before ? first : first + beats;
        episode->boundary = change < count ? bursts[change].onset : NAN;
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
                              .boundary = NAN};
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
    if (count >= 3 && (class == EPISODE_CLONIC || class == EPISODE_TONIC_CLONIC)) {
        measure_rhythm(design, bursts, count, &episode);
    }
    return episode;
}
