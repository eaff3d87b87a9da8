/* Episodes of one channel: bursts that belong together, and their class.
 *
 * Joining. Bursts whose gaps are no longer than join_gap belong together; and so do two beats of a
 * clonic rhythm whose gap is shorter than join_intervals times its interval (1.4 times as much
 * where the rhythm is sure). Thomas 2014 (J Electromyogr Kinesiol 24:1) found that raters disagree
 * on joining more than on anything else; both are options.
 *
 * Classes. What a burst is among its neighbours (signal/cadence.h) speaks for a beat of a rhythm or
 * for a piece of sustained activity; decoded over time (signal/phases.h) this gives phases.
 *   clonic: a clonic phase alone, whose interval lies in the rate band and varies by at most
 *   `regularity` (1.48 × median |difference of successive intervals| / (√2 × median): a steady
 *   slowing does not count as variation); tonic: a tonic phase alone; tonic-clonic: both, without
 *   rest between; myoclonic: one or two bursts of up to myoclonic_maximum.
 *
 * What artefacts and noise leave is told from muscle by what bursts of one cause have in common
 * (signal/plausibility.h): groups less plausible than `plausibility` are no episodes. The
 * confidence is the probability that the class is right, by the support of its phases, times that
 * plausibility. */
#ifndef SOLEUS_SIGNAL_EPISODE_H
#define SOLEUS_SIGNAL_EPISODE_H

#include "formats/error.h"
#include "pipeline/signal/burst.h"
#include "pipeline/signal/cadence.h"
#include "pipeline/signal/phases.h"
#include "pipeline/signal/plausibility.h"

#include <stddef.h>

enum episode_class { EPISODE_TONIC = 0, EPISODE_CLONIC, EPISODE_TONIC_CLONIC, EPISODE_MYOCLONIC };

/* "tonic", "clonic", "tonic-clonic", "myoclonic". */
extern const char *const episode_class_names[];

struct episode {
    double onset, offset; /* s */
    enum episode_class class;
    double confidence; /* 0–1, in the class */
    size_t burst_count;
    double burst_rate;  /* Hz, of the clonic phase: 1 / median interval; NaN without one */
    double rate_slope;  /* Hz/s over the clonic phase; NaN with fewer than 5 bursts */
    double regularity;  /* variation of its intervals, as above; NaN without a rhythm */
    double duty_cycle;  /* fraction of the episode that bursts fill */
    double peak, mean;  /* µV: largest burst peak; RMS over the bursts */
    double floor;       /* µV: mean noise floor */
    double depth;       /* energy that is left between bursts over theirs; NaN for a single burst */
    double onset_slope; /* µV/s: of the amplitude, to the first burst's peak; NaN: not seen */
    double plausibility; /* 0–1, that it is muscle */
    double support;      /* of the phase with the least: sum of log odds */
    double boundary;     /* s: where the tonic phase ends, or begins (tonic-clonic); NaN else */
    unsigned flags;      /* BURST_START, BURST_END of its ends */
};

struct episode_design {
    double join_gap; /* s */
    double join_intervals;
    double tonic_minimum;     /* s */
    double myoclonic_maximum; /* s */
    double rate_band[2];      /* Hz */
    double regularity;
    double plausibility; /* 0–1; groups with less are no episodes */
};

struct episode_builder;

enum status episode_builder_create(const struct episode_design *design,
                                   struct episode_builder **builder, struct error *error);
void episode_builder_destroy(struct episode_builder *builder);

/* Takes the next burst (ascending; artefacts are the caller's to leave out). */
enum status episode_builder_push(struct episode_builder *builder, const struct burst *burst,
                                 struct error *error);

/* Closes what no burst with an onset from `now` on (s; INFINITY at the end) can join. */
enum status episode_builder_advance(struct episode_builder *builder, double now,
                                    struct error *error);

/* Episodes closed since the last call; valid until the next push or advance. */
size_t episode_builder_take(struct episode_builder *builder, const struct episode **episodes);

/* Single potentials so far that belong to no episode: fasciculations. */
size_t episode_builder_potentials(const struct episode_builder *builder);

/* What a group of bursts is, and why; what --explain tells. */
struct episode_verdict {
    struct phases phases;
    enum plausibility_kind kind;
    double measures[PLAUSIBILITY_MEASURES];
    struct episode episode;
    bool scattered; /* bursts without a rhythm that fill little of their time: jerks, each of its
                       own */
    bool accepted;  /* plausible enough, and not scattered */
};

/* Judges count ≥ 1 bursts, ascending, with their cadences. */
enum status episode_judge(const struct episode_design *design, const struct burst *bursts,
                          const struct cadence *cadences, size_t count,
                          struct episode_verdict *verdict, struct error *error);

/* Measures the cadences of count bursts, ascending. */
void episode_cadences(const struct episode_design *design, const struct burst *bursts, size_t count,
                      struct cadence *cadences);

/* How many of the bursts from the first on make one group. */
size_t episode_group(const struct episode_design *design, const struct burst *bursts,
                     const struct cadence *cadences, size_t count);

/* What is measured of an interval [onset, offset] (s) that somebody else calls an episode of
 * `class`, from the `count` bursts in it, ascending; they are cut to it. Without bursts all
 * measurements are NaN. The confidence is NaN: the class is not of this classifier. */
struct episode episode_measure(const struct episode_design *design, struct burst *bursts,
                               size_t count, enum episode_class class, double onset, double offset);

#endif
