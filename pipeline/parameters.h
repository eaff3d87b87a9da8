/* Everything the analysis can be told, with its defaults. Options set it; results record it. */
#ifndef SOLEUS_PIPELINE_PARAMETERS_H
#define SOLEUS_PIPELINE_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

enum mains_choice { MAINS_AUTO = 0, MAINS_OFF, MAINS_50, MAINS_60 };
enum detector_choice { DETECTOR_TEAGER = 0, DETECTOR_HODGES, DETECTOR_BONATO };

struct parameters {
    /* Signal path. */
    double band[2];      /* Hz; 20–450 */
    int mains;           /* enum mains_choice */
    double epoch, hop;   /* s; 1, 1 */
    double segment;      /* s; 0.5 (Welch) */
    double overlap;      /* fraction; 0.5 */
    double low_band[2];  /* Hz; lhr's numerator */
    double high_band[2]; /* Hz; lhr's denominator */
    double hysteresis;   /* fraction of the epoch's RMS, for zcr and ssc */

    /* Activity. */
    int detector;           /* enum detector_choice */
    double onset_ratio;     /* least level of activity over the noise floor, energy */
    double change_cost;     /* nats that a change between rest and activity costs */
    double burst_evidence;  /* nats; bursts with less are noise */
    double short_window;    /* s; smoothing of the envelope */
    double minimum_burst;   /* s; shorter ones are single potentials */
    double minimum_gap;     /* s; shorter silences do not split a burst */
    double horizon;         /* s; how far the noise floor looks, each way */
    double prominence;      /* energy relative to the loudest around that is background tone */
    bool keep_artefacts;    /* keep what is rejected as ECG, motion or a pop */

    /* Episodes. */
    double join_gap;          /* s; 1.0 */
    double join_intervals;    /* × the median interval; 2.5 */
    double tonic_minimum;     /* s; 0.5 */
    double myoclonic_maximum; /* s; 0.25 */
    double rate_band[2];      /* Hz; clonic burst rate 0.5–12 */
    double plausibility;      /* 0–1; groups of bursts that are less plausible are no episodes */
    double regularity;        /* largest coefficient of variation of clonic intervals */
    double prolonged;         /* s; 180 */
    double long_episode;      /* s; 600 */
    double night[2];          /* h; 22–6 */
    double merge_gap;         /* s; episodes of several channels within it are one event */

    /* Trends. */
    double confidence;          /* 0.95 */
    double contraction_minimum; /* s; 10 */
    const char *during;         /* label of the user's intervals, or NULL */
    const char *events;         /* file of the user's intervals, or NULL */

    /* Around an episode. Labels are shell patterns, case aside; lists are separated by commas. */
    const char *excluded;     /* labels of the intervals that are left out, or NULL */
    const char *intervention; /* label of what is done against an episode */
    double prodrome;          /* s before an episode; 60 */
    double baseline;          /* s of epochs that make a baseline; 60 */
    double recovery_rms;      /* dB above the baseline; 1.5 */
    double recovery_mdf;      /* % from the baseline; 10 */
    size_t recovery_epochs;   /* in a row; 3 */
    const char *mvc;          /* "UV" or "LABEL=UV,...": maximum voluntary contraction, or NULL */
    const char *mvc_event;    /* label of the maximal contraction, or NULL */
    double mvc_window;        /* s; 0.5 */

    bool all_epochs; /* trends over all sound epochs, active or not */

    /* How, not what: results do not depend on these. */
    double block;   /* s read at a time */
    size_t threads; /* 0: as many as processors, up to the channels */
};

struct parameters parameters_defaults(void);

/* What does not fit together (hop > epoch is fine; segment > epoch is not): NULL, or a sentence
 * that names both options and what to do. */
const char *parameters_conflict(const struct parameters *parameters);

#endif
