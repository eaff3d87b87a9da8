/* What the measures of a decision contribute to it, against textbook cases. */
#include "pipeline/analysis/explanation.h"
#include "pipeline/signal/episode_weights.h"

#include <math.h>

#define TEXTBOOK 9   /* bursts */
#define CHAIN    2.6 /* s, across which the textbook's neighbours count; no gap there is longer */

static struct burst make(double onset, double duration, double mean, double relaxation)
{
    return (struct burst){.onset = onset,
                          .offset = onset + duration,
                          .peak = 1.3 * mean,
                          .peak_time = onset + duration / 2,
                          .mean = mean,
                          .floor = 5,
                          .relaxation = relaxation};
}

/* Jerks of 0.1 s four times a second, give or take 5 %, that relax to the noise. */
static void textbook_rhythm(struct burst bursts[TEXTBOOK])
{
    for (size_t i = 0; i < TEXTBOOK; i++) {
        double jitter = i % 3 == 0 ? -0.0125 : i % 3 == 1 ? 0.0125 : 0;
        bursts[i] = make(0.25 * (double)i + jitter, 0.1, 50, 5);
    }
}

/* Sustained activity in pieces of 0.6 to 1.8 s that dip to half its amplitude for 60 ms. */
static void textbook_sustained(struct burst bursts[TEXTBOOK])
{
    static const double lengths[] = {0.6, 1.8, 0.9, 1.2};
    double onset = 0;
    for (size_t i = 0; i < TEXTBOOK; i++) {
        bursts[i] = make(onset, lengths[i % 4], 50, 25);
        onset += lengths[i % 4] + 0.06;
    }
}

static double odds_of(const double *weights, const double *measures, size_t count)
{
    double odds = weights[count];
    for (size_t k = 0; k < count; k++) {
        odds += weights[k] * measures[k];
    }
    return odds;
}

static void share_out(const double *weights, const double *middle,
                      struct explanation_shares *shares)
{
    for (size_t k = 0; k < shares->count; k++) {
        shares->shares[k] = weights[k] * (shares->values[k] - middle[k]);
    }
    shares->middle = odds_of(weights, middle, shares->count);
}

struct explanation_shares explanation_cadence_shares(const struct burst *bursts,
                                                     const struct cadence *cadences, size_t count)
{
    struct explanation_shares shares = {.count = CADENCE_MEASURES};
    struct burst textbook[TEXTBOOK];
    struct cadence rhythm, sustained;
    double middle[CADENCE_MEASURES], all = 0;
    textbook_rhythm(textbook);
    cadence_measure(textbook, TEXTBOOK, TEXTBOOK / 2, CHAIN, &rhythm);
    textbook_sustained(textbook);
    cadence_measure(textbook, TEXTBOOK, TEXTBOOK / 2, CHAIN, &sustained);
    for (size_t i = 0; i < count; i++) {
        double duration = bursts[i].offset - bursts[i].onset, weight = 1 + duration / PHASES_WEIGHT;
        all += weight;
        shares.long_bursts -= weight * CADENCE_LONG_COST * fmax(0, duration - CADENCE_LONGEST_JERK);
        for (size_t k = 0; k < CADENCE_MEASURES; k++) {
            shares.values[k] += weight * cadences[i].measures[k];
        }
    }
    shares.long_bursts /= all;
    for (size_t k = 0; k < CADENCE_MEASURES; k++) {
        shares.values[k] /= all;
        middle[k] = (rhythm.measures[k] + sustained.measures[k]) / 2;
    }
    share_out(episode_weights_cadence, middle, &shares);
    return shares;
}

/* A textbook group of a kind: of muscle 20 dB above the noise, or of what noise leaves. Returns how
 * many bursts. */
static size_t textbook_group(enum plausibility_kind kind, bool muscle,
                             struct burst bursts[TEXTBOOK])
{
    /* Excursions of noise keep no interval, and are as they come. */
    static const double onsets[] = {0, 0.2, 0.75, 0.95, 1.5},
                        lengths[] = {0.04, 0.1, 0.05, 0.08, 0.04};
    size_t count = 1;
    if (kind == PLAUSIBLE_CLONIC && muscle) {
        textbook_rhythm(bursts);
        count = TEXTBOOK;
    } else if (kind == PLAUSIBLE_CLONIC) {
        count = sizeof onsets / sizeof *onsets;
        for (size_t i = 0; i < count; i++) {
            bursts[i] = make(onsets[i], lengths[i], 7 + (double)(i % 2), 5);
        }
    } else if (kind == PLAUSIBLE_TONIC) {
        bursts[0] = make(0, muscle ? 5 : 0.6, muscle ? 50 : 7, 5);
    } else {
        bursts[0] = make(0, muscle ? 0.12 : 0.04, muscle ? 50 : 8, 5);
    }
    for (size_t i = 0; i < count; i++) {
        /* Evidence grows with the energy and the duration; 500 nats a second are those of muscle at
         * 20 dB in this band, a burst of noise barely exceeds the least evidence of bursts. */
        bursts[i].evidence = muscle ? 500 * (bursts[i].offset - bursts[i].onset) : 8;
        bursts[i].noise_likeness = muscle ? 0.3 : 1;
    }
    return count;
}

struct explanation_shares explanation_plausibility_shares(enum plausibility_kind kind,
                                                          const double *measures)
{
    struct explanation_shares shares = {.count = PLAUSIBILITY_MEASURES};
    double muscle[PLAUSIBILITY_MEASURES], noise[PLAUSIBILITY_MEASURES];
    struct burst textbook[TEXTBOOK];
    plausibility_measure(textbook, textbook_group(kind, true, textbook), muscle);
    plausibility_measure(textbook, textbook_group(kind, false, textbook), noise);
    for (size_t k = 0; k < PLAUSIBILITY_MEASURES; k++) {
        shares.values[k] = measures[k];
        muscle[k] = (muscle[k] + noise[k]) / 2;
    }
    share_out(episode_weights_plausibility[kind], muscle, &shares);
    return shares;
}
