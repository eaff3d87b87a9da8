/* The specification of a simulated recording: what a user writes, as an INI file.
 *
 * Sections and keys are defined once, in the table of specification_keys.c: names, units,
 * defaults, accepted ranges and meanings. Parsing, its messages and `soleus simulate --keys`
 * follow from that table. The sections:
 *
 *   [recording]       length, rate, channels, start, seed, unit, baseline noise
 *   [pool]            the motor-unit pool of every muscle
 *   [channel LABEL]   one a channel, in order; without any, [recording] channels = N makes them
 *   [tonic] [clonic] [tonic-clonic] [myoclonic] [voluntary]    episodes of muscle activity
 *   [random]          episodes of random classes, lengths and strengths
 *   [fasciculations]  single motor-unit potentials
 *   [mains] [ecg] [drift] [motion] [rub] [pops] [spikes] [common] [floor]   contamination
 *   [clipping] [dropout]    what devices do to a signal
 *   [annotation]      a remark at a time, such as "intervention"
 *
 * Sections may repeat. A value is a number, a word, or a range LOW..HIGH, from which one value is
 * drawn by the seed (each repetition of a section draws its own). Comments begin with ; or #. */
#ifndef SOLEUS_PIPELINE_SIMULATE_SPECIFICATION_H
#define SOLEUS_PIPELINE_SIMULATE_SPECIFICATION_H

#include "formats/error.h"
#include "formats/recording.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SPECIFICATION_TEXT     256
#define SPECIFICATION_CHANNELS 64
#define SPECIFICATION_PROBLEMS 20 /* more mistakes than these are counted, not listed */

/* A number (low == high), or bounds to draw from; low is NaN when the key was not given and has
 * no default. */
struct range {
    double low, high;
};

/* One bit a kind of section, so that a key can belong to several. */
enum section_kind {
    SECTION_RECORDING = 1u << 0,
    SECTION_POOL = 1u << 1,
    SECTION_CHANNEL = 1u << 2,
    SECTION_TONIC = 1u << 3,
    SECTION_CLONIC = 1u << 4,
    SECTION_TONIC_CLONIC = 1u << 5,
    SECTION_MYOCLONIC = 1u << 6,
    SECTION_VOLUNTARY = 1u << 7,
    SECTION_RANDOM = 1u << 8,
    SECTION_FASCICULATIONS = 1u << 9,
    SECTION_MAINS = 1u << 10,
    SECTION_ECG = 1u << 11,
    SECTION_DRIFT = 1u << 12,
    SECTION_MOTION = 1u << 13,
    SECTION_RUB = 1u << 14,
    SECTION_POPS = 1u << 15,
    SECTION_SPIKES = 1u << 16,
    SECTION_COMMON = 1u << 17,
    SECTION_FLOOR = 1u << 18,
    SECTION_CLIPPING = 1u << 19,
    SECTION_DROPOUT = 1u << 20,
    SECTION_ANNOTATION = 1u << 21,
    SECTION_TISSUE = 1u << 22,
    SECTION_REST = 1u << 23
};

struct recording_section {
    struct range duration, rate;
    double channels; /* count when there are no [channel] sections */
    double seed;     /* whole, 0 … 2⁵³ */
    struct start_time start;
    int unit;           /* index into specification_units */
    double limit;       /* µV; what the amplifier can hold, either sign */
    struct range noise; /* µV RMS in the measuring band */
    double flicker;     /* Hz, where 1/f noise equals white noise */
};

struct pool_section {
    double units;
    double recruitment_range, amplitude_range;
    double gain, minimum_rate, peak_rate, rate_range;
    double variability;
    double velocity, velocity_spread;
};

struct channel_section {
    char label[LABEL_SIZE];
    char muscle[SPECIFICATION_TEXT];
    struct range noise; /* NaN: as [recording] */
    double crosstalk, position, distance, depth;
};

/* Words of choices, in the order of the key table. */
enum burst_shape { BURST_ROUND = 0, BURST_SHARP, BURST_SQUARE, BURST_ANY };
enum phase_order { ORDER_TONIC_FIRST = 0, ORDER_CLONIC_FIRST, ORDER_EITHER };
enum dropout_mode { DROPOUT_ZERO = 0, DROPOUT_HOLD, DROPOUT_GAP };
enum event_place { PLACE_ONE = 0, PLACE_ALL }; /* each pop or spike: on one channel or on all */

/* Episodes, [random] and [fasciculations]. */
struct event_section {
    enum section_kind kind;
    size_t line;
    struct range onset; /* NaN: placed at random, clear of the others */
    struct range duration;
    struct range tonic_duration, clonic_duration, tonic_clonic_duration, myoclonic_duration;
    struct range count, cycles, pause;
    double gap, margin;
    struct range snr;       /* dB; used when amplitude and ratio are NaN */
    struct range amplitude; /* µV */
    struct range ratio;     /* fasciculations: peak to peak as a multiple of the noise */
    char channels[SPECIFICATION_TEXT];
    char classes[SPECIFICATION_TEXT];
    char delays[SPECIFICATION_TEXT], gains[SPECIFICATION_TEXT];
    struct range delay, gain;
    struct range level, rise, fall, variation, fatigue, growth;
    struct range tremor_rate, tremor_depth;
    struct range rate, slope, jitter, duty, floor, missed, boundary;
    int shape; /* enum burst_shape */
    int order; /* enum phase_order */
};

struct contaminant_section {
    enum section_kind kind;
    size_t line;
    struct range onset, duration, count;
    char channels[SPECIFICATION_TEXT];
    struct range amplitude; /* µV; its measure depends on the kind */
    struct range ratio;     /* amplitude as a multiple of the channel's noise; NaN: not given */
    struct range frequency, rate, width, decay, factor, transition, low, high;
    struct range harmonic, wander, spread, variability;
    double harmonics;
    int mode;  /* enum dropout_mode */
    int where; /* enum event_place */
};

struct annotation_section {
    struct range onset, duration;
    char text[SPECIFICATION_TEXT];
};

/* An interval of a recording. */
struct tissue_section {
    enum section_kind kind; /* SECTION_TISSUE or SECTION_REST */
    size_t line;            /* 0: an option */
    char file[SPECIFICATION_TEXT];
    struct range interval;            /* s */
    char channel[SPECIFICATION_TEXT]; /* label or number; "": the first EMG channel */
    double rate;                      /* Hz, where the file says none; NaN: not given */
};

struct specification {
    char *name; /* for messages; owned */
    struct recording_section recording;
    struct pool_section pool;
    size_t channel_count; /* [channel] sections, or as many as [recording] channels says */
    struct channel_section *channels;
    size_t event_count;
    struct event_section *events;
    size_t contaminant_count;
    struct contaminant_section *contaminants;
    bool rate_given; /* [recording] had the key rate */
    size_t tissue_count;
    struct tissue_section *tissues; /* of both kinds */
    size_t annotation_count;
    struct annotation_section *annotations;
};

/* Channels of a list: labels (case ignored), numbers from 1 and ranges of them (1-3), separated by
 * commas, in the order of the list; "all"; or "one" and "some", which return all of them and say
 * so in *draw. A label wins over a number or a word. Each channel may be named once.
 * indices has room for SPECIFICATION_CHANNELS; STATUS_USAGE names the item that fits no channel. */
enum channel_draw { DRAW_NONE = 0, DRAW_ONE, DRAW_SOME };
enum status specification_channels(const struct specification *specification, const char *list,
                                   size_t *indices, size_t *count, enum channel_draw *draw,
                                   struct error *error);

/* Numbers separated by commas or blanks, at most SPECIFICATION_CHANNELS, each within bounds. */
enum status specification_numbers(const char *list, double minimum, double maximum, double *values,
                                  size_t *count, struct error *error);

/* The classes of [random], blank or comma separated, as section kinds. */
enum status specification_classes(const char *list, enum section_kind *kinds, size_t room,
                                  size_t *count, struct error *error);

/* Reads a specification. Every mistake of the file (up to SPECIFICATION_PROBLEMS) is added to
 * problems, each with its line and what is accepted; error then has the first one and their
 * count. name is for messages. On failure *specification is NULL. */
enum status specification_read(FILE *stream, const char *name, struct specification **specification,
                               struct warnings *problems, struct error *error);

void specification_destroy(struct specification *specification);

/* Adds a [tissue] or [rest] section from an option's text, "FILE@FROM-TO" or
 * "FILE@FROM-TO@CHANNEL", several separated by commas (a name that holds a comma needs a section in
 * the file). rate (Hz) is for files that have none; 0: not given. */
enum status specification_add_tissue(struct specification *specification, enum section_kind kind,
                                     const char *text, double rate, struct error *error);

/* Indices into the words of a choice. */
extern const char *const specification_units[]; /* "uV", "mV", "V" */

/* Prints the sections and their keys, units, defaults, ranges and meanings. */
void specification_print_keys(FILE *stream);

/* A commented specification that shows every kind of section and works as it stands. */
extern const char *const specification_example;

#endif
