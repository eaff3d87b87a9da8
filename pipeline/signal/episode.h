/* Episodes of one channel: bursts that belong together, and their class.
 *
 * Joining. A burst joins the bursts before it when the gap is shorter than join_gap, or shorter
 * than join_intervals times the median interval (onset to onset) of the rhythm before it, where
 * that is a rhythm of clonic rate. Thomas 2014 (J Electromyogr Kinesiol 24:1) found that raters
 * disagree on joining more than on anything else; both are options.
 *
 * Classes. A rhythm is three or more bursts of like duration whose intervals lie in the rate band
 * and vary by at most `regularity` (1.48 × median |difference of successive intervals| / (√2 ×
 * median): a steady slowing does not count as variation; an interval that is a small multiple of
 * the median is a missed beat). Bursts that outlast 2.5 times the median burst, and the tonic
 * minimum, are tonic phases.
 *   clonic: a rhythm; tonic: tonic phases; tonic-clonic: both, without rest between; myoclonic:
 *   single bursts up to myoclonic_maximum. Short bursts without a rhythm are single jerks.
 *   Single potentials count as bursts of a rhythm (five or more); alone they are no episodes. */
#ifndef SOLEUS_SIGNAL_EPISODE_H
#define SOLEUS_SIGNAL_EPISODE_H

#include "formats/error.h"
#include "pipeline/signal/burst.h"

#include <stddef.h>

enum episode_class { EPISODE_TONIC = 0, EPISODE_CLONIC, EPISODE_TONIC_CLONIC, EPISODE_MYOCLONIC };

/* "tonic", "clonic", "tonic-clonic", "myoclonic". */
extern const char *const episode_class_names[];

struct episode {
    double onset, offset; /* s */
    enum episode_class class;
    double confidence; /* 0–1, in the class */
    size_t burst_count;
    double burst_rate; /* Hz, of the clonic phase: 1 / median interval; NaN without one */
    double rate_slope; /* Hz/s over the clonic phase; NaN with fewer than 5 bursts */
    double regularity; /* variation of its intervals, as above; NaN without a rhythm */
    double duty_cycle; /* fraction of the episode that bursts fill */
    double peak, mean; /* µV: largest burst peak; RMS over the bursts */
    double floor;      /* µV: mean noise floor */
    double boundary;   /* s: where the phase changes (tonic-clonic); NaN else */
    unsigned flags;    /* BURST_START, BURST_END of its ends */
};

struct episode_design {
    double join_gap; /* s */
    double join_intervals;
    double tonic_minimum;     /* s */
    double myoclonic_maximum; /* s */
    double rate_band[2];      /* Hz */
    double regularity;
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

/* What class a cluster of bursts is. Writes 0 … count episodes (room for count), ascending, and
 * returns how many: bursts without a rhythm come apart into single jerks. Single potentials that
 * are part of no episode are added to *potentials. */
size_t episode_classify(const struct episode_design *design, const struct burst *bursts,
                        size_t count, struct episode *episodes, size_t *potentials);

/* What is measured of an interval [onset, offset] (s) that somebody else calls an episode of
 * `class`, from the `count` bursts in it, ascending; they are cut to it. Without bursts all
 * measurements are NaN. The confidence is NaN: the class is not of this classifier. */
struct episode episode_measure(const struct episode_design *design, struct burst *bursts,
                               size_t count, enum episode_class class, double onset, double offset);

#endif
