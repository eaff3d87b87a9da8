/* A plan: a specification with every parameter drawn. What remains random are the waveforms
 * themselves, each from a stream of its own. */
#ifndef SOLEUS_PIPELINE_SIMULATE_PLAN_H
#define SOLEUS_PIPELINE_SIMULATE_PLAN_H

#include "pipeline/simulate/random.h"
#include "pipeline/simulate/specification.h"

enum simulated_class {
    SIMULATED_TONIC = 0,
    SIMULATED_CLONIC,
    SIMULATED_TONIC_CLONIC,
    SIMULATED_MYOCLONIC,
    SIMULATED_VOLUNTARY,
    SIMULATED_CLASSES
};

/* "tonic", "clonic", "tonic-clonic", "myoclonic", "voluntary". */
extern const char *const simulated_class_names[SIMULATED_CLASSES];

struct simulated_burst {
    double onset, duration; /* s; onset from the episode's */
    double height;          /* of its envelope, about 1 */
    size_t beat;            /* its place in the rhythm; missed beats count */
};

struct episode_channel {
    size_t channel;
    double delay;  /* s behind the leading channel */
    double target; /* µV RMS of the activity, measuring band, silences left out */
};

/* Times other than onset count from the onset, in the leading channel. */
struct simulated_episode {
    enum simulated_class class;
    uint64_t stream; /* of its random numbers */
    const struct event_section *section;
    double onset, duration;
    double spread;   /* s, the longest delay of a channel */
    double shortest; /* s, down to which duration may be cut to make room */
    double boundary; /* share of a tonic-clonic episode that is tonic */
    bool clonic_first;
    double tonic_start, tonic_end;   /* equal when there is no tonic phase */
    double clonic_start, clonic_end; /* the same for the clonic one */
    double rise, fall;               /* of the tonic phase, s */
    double level, variation;
    double tremor_rate, tremor_depth;
    double rate, slope, jitter, duty, floor, missed; /* of the clonic phase */
    double fatigue, growth;                          /* %/s */
    double elapsed; /* s of the same row of contractions that went before: fatigue goes on */
    enum burst_shape shape;
    size_t burst_count;
    struct simulated_burst *bursts; /* of a row of contractions, these until it is split */
    size_t channel_count;
    struct episode_channel *channels; /* the leading one first */
};

/* Fasciculations, over an interval. */
struct twitching {
    uint64_t stream;
    double onset, end;      /* s */
    double rate;            /* Hz, in each channel */
    struct range amplitude; /* µV, or multiples of the channel's noise */
    bool relative;
    size_t channel_count;
    size_t channels[SPECIFICATION_CHANNELS];
};

/* A contamination, over an interval. */
struct disturbance {
    enum section_kind kind;
    uint64_t stream;
    int64_t first, end; /* frames */
    size_t channel_count;
    size_t channels[SPECIFICATION_CHANNELS];
    struct range amplitude[SPECIFICATION_CHANNELS]; /* µV; drawn, but for pops and spikes */
    struct range width;
    double frequency, rate, decay, factor, transition, low, high;
    double harmonic, wander, variability;
    int harmonics, mode, where;
};

struct plan {
    const struct specification *specification;
    uint64_t seed;
    double rate; /* Hz */
    int64_t frames;
    double duration; /* s, frames / rate */
    size_t channel_count;
    double noise[SPECIFICATION_CHANNELS];  /* µV RMS, measuring band */
    size_t muscle[SPECIFICATION_CHANNELS]; /* number of the channel's muscle */
    size_t muscle_count;
    size_t episode_count;
    struct simulated_episode *episodes; /* sorted by onset */

    size_t twitching_count;
    struct twitching *twitchings;
    size_t disturbance_count;
    struct disturbance *disturbances;
};

/* Draws a plan. specification outlives it. rate (Hz) is that of recorded tissue; NaN: as the
 * specification says. Fails when the random episodes do not fit, or when a
 * clonic phase is too short for three bursts. */
enum status plan_create(const struct specification *specification, double rate, uint64_t seed,
                        struct plan **plan, struct error *error);
void plan_destroy(struct plan *plan);

/* Parts of plan_create. */
enum status plan_episodes(struct plan *plan, struct error *error);
/* Phases and bursts of an episode whose duration is settled. */
enum status plan_phases(struct plan *plan, struct simulated_episode *episode, struct error *error);
enum status plan_place(struct plan *plan, struct error *error);
enum status plan_disturbances(struct plan *plan, struct error *error);

/* A value within the range, uniform, or uniform in its logarithm (of positive bounds). NaN stays.
 */
double plan_draw(struct random *random, struct range range);
double plan_draw_logarithmic(struct random *random, struct range range);
/* A whole number within the range. */
size_t plan_draw_count(struct random *random, struct range range);
/* The channels of a list, drawn where it says "one" or "some". */
void plan_draw_channels(const struct plan *plan, struct random *random, const char *list,
                        size_t *channels, size_t *count);

#endif
