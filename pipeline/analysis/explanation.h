/* Why there is an episode at a time of a channel, or why there is none: values, no words.
 *
 * The bursts of a finished channel are joined and judged once more, as signal/episode.h does it,
 * whatever their plausibility. What stands at the time is the group whose onset is nearest to it
 * (see channel_distance), an episode before one that is not plausible enough; else bursts that were
 * rejected as artefact; else rest.
 *
 * What a measure contributes to a logistic regression is told against a middle that gives neither:
 * weight × (measure − middle), where the middle lies half-way between two textbook cases, which
 * explanation_shares.c constructs. The middle's own log odds are told too, so that all of them
 * add up to the odds. */
#ifndef SOLEUS_PIPELINE_EXPLANATION_H
#define SOLEUS_PIPELINE_EXPLANATION_H

#include "formats/error.h"
#include "pipeline/analysis/channel.h"
#include "pipeline/signal/cadence.h"
#include "pipeline/signal/episode.h"

#include <stdbool.h>
#include <stddef.h>

#define EXPLANATION_CHANGES 12
#define EXPLANATION_AROUND  10.0 /* s either way, where rejected bursts are told */

enum explanation_kind {
    EXPLAINED_EPISODE = 0,
    EXPLAINED_GROUP,    /* bursts that are no episode: not plausible enough */
    EXPLAINED_ARTEFACT, /* bursts that were rejected one by one */
    EXPLAINED_REST,
    EXPLAINED_GAP /* no samples */
};

/* "episode", "implausible", "artefact", "rest", "gap". */
extern const char *const explanation_kind_names[];

/* What speaks for and against, measure by measure: log odds. */
struct explanation_shares {
    size_t count;
    double values[CADENCE_MEASURES]; /* measures; means over the bursts of a phase */
    double shares[CADENCE_MEASURES]; /* weight × (value − middle) */
    double middle;                   /* log odds of the middle */
    double long_bursts; /* what bursts that outlast CADENCE_LONGEST_JERK take from clonic; ≤ 0.
                           middle + long_bursts + Σ shares are the log odds */
};

/* A phase: what its bursts say for clonic. */
struct explanation_phase {
    bool clonic;
    size_t first, count;              /* bursts */
    double onset, offset;             /* s */
    size_t long_bursts;               /* that outlast CADENCE_LONGEST_JERK */
    struct explanation_shares shares; /* each burst weighs 1 + duration / PHASES_WEIGHT */
};

/* What another value of an option, or two, makes of it. */
struct explanation_change {
    char option[80]; /* "--join-gap 2.31" */
    bool there;      /* an episode at the time */
    enum episode_class class;
    double onset, offset; /* s */
};

struct explanation {
    enum explanation_kind kind;
    double time;          /* s, that was asked for */
    double onset, offset; /* s, of what is told: the group, the rejected bursts, or half a second
                             either way */

    /* The group; count 0 where there is none. */
    struct burst *bursts;
    struct cadence *cadences;
    size_t count;
    struct episode_verdict verdict;
    bool by_duration; /* too few bursts, or too brief: judged by duration alone */
    size_t jerks;     /* of scattered bursts, of which this is one; 0: it is none of such */
    double jerks_span, jerks_filled;                         /* s, of all of them */
    double evidence;                                         /* nats, of all bursts */
    double median_duration, median_interval, median_silence; /* s; NaN: none */
    struct explanation_phase phases[2];
    size_t phase_count;
    struct explanation_shares plausible;
    double before,
        after; /* s, to the end of the group before, and the onset of the one after; NaN */

    /* Rejected bursts that end or begin within EXPLANATION_AROUND of it. */
    struct burst *rejected;
    size_t rejected_count;

    struct explanation_change changes[EXPLANATION_CHANGES];
    size_t change_count;

    /* Of the channel's floor, µV; NaN without samples. Filled by explanation_make alone. */
    double noise;        /* median over the interval */
    double noise_lowest; /* within the horizon */
    double tone;         /* largest background tone over the interval; NaN: not above the noise */
    double level;        /* µV, RMS of the close-up's envelope over the interval */
};

/* From the bursts of a channel, ascending, rejected ones (flags) among them; never GAP. The result
 * is to be cleared, whatever the status. */
enum status explanation_judge(const struct episode_design *design, const struct burst *bursts,
                              size_t count, double time, struct explanation *explanation,
                              struct error *error);

/* Of a finished channel that watched `time`. horizon in s. */
enum status explanation_make(const struct channel_path *path, double horizon, double time,
                             struct explanation *explanation, struct error *error);

void explanation_clear(struct explanation *explanation);

/* ---- parts, in explanation_shares.c and explanation_changes.c */

struct explanation_shares explanation_cadence_shares(const struct burst *bursts,
                                                     const struct cadence *cadences, size_t count);
struct explanation_shares explanation_plausibility_shares(enum plausibility_kind kind,
                                                          const double *measures);

/* Groups of bursts that are no artefacts (or of all, with keep_artefacts), as episodes, whatever
 * their plausibility. *groups is owned by the caller. */
enum status explanation_groups(const struct episode_design *design, const struct burst *bursts,
                               size_t count, bool keep_artefacts, struct episode **groups,
                               size_t *group_count, struct error *error);

/* The group at a time, an episode before one that is none; SIZE_MAX: there is none. */
size_t explanation_find(const struct episode_design *design, const struct episode *groups,
                        size_t count, double time);

/* Tries other options. */
enum status explanation_try(const struct episode_design *design, const struct burst *bursts,
                            size_t count, struct explanation *explanation, struct error *error);

#endif
