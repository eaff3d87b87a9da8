/* What the files of the channel path share; nobody else includes it. */
#ifndef SOLEUS_PIPELINE_CHANNEL_PARTS_H
#define SOLEUS_PIPELINE_CHANNEL_PARTS_H

#include "pipeline/analysis/channel.h"
#include "pipeline/analysis/conditioning.h"
#include "pipeline/signal/activity.h"
#include "pipeline/signal/artefact.h"
#include "pipeline/signal/envelope.h"
#include "pipeline/signal/epoch.h"
#include "pipeline/signal/spectrum.h"

/* Samples worked on at a time, so that scratch is small whatever the block. */
#define CHANNEL_PIECE 4096

/* An epoch on its way: the spectrum comes first, the conditioned signal later, its rest last. */
struct waiting_row {
    struct channel_row row;
    float *density; /* the band's bins, for the active spectra; NULL when there is no spectrum */
    bool spectral, temporal;
};

/* Epochs, in channel_epochs.c. */
struct channel_epochs {
    struct spectrum_plan spectrum;
    bool has_spectrum; /* false: the rate allows no bin of the band */
    struct epocher *recorded, *conditioned;
    float *scratch, *density;
    struct waiting_row *rows; /* epochs [first, first + count): a ring-free queue */
    uint64_t first;
    size_t count, capacity, start; /* rows[start … start + count) */
    size_t final;                  /* rows at the front that are final */
    double mains_sum;              /* of the line fractions, over mains_count epochs */
    uint64_t mains_count;
    float *lines; /* by epoch: power of the mains lines where they hold most of the band; else 0 */
    size_t lines_count, lines_capacity;
    double *active_time, *active_mdf;
    size_t active_count, active_capacity;
    struct history history;
    size_t scan; /* bursts before this one end before the first row */
    struct reduction spectrogram, active_spectra;
};

struct channel_path {
    struct channel about;
    struct channel_start start;
    struct parameters parameters;
    uint64_t samples; /* pushed */
    bool ended;
    enum status status; /* of the callbacks */
    struct error error;

    struct conditioning conditioning;
    struct conditioning sifting; /* the detector's: removes all lines of mains */
    float *filtered; /* scratch: what one piece can give */
    struct envelope envelope;
    struct extremes extremes;
    double bin_rate;
    float *bins_a, *bins_b, *bins_c; /* scratch */

    struct channel_epochs epochs;
    struct activity *activity;
    struct artefact *artefact;
    struct episode_builder *builder;
    struct bins coarse; /* ten bins in one, for close-ups of long episodes */
    float coarse_minimum, coarse_maximum;
    double coarse_sum;
    int coarse_extremes, coarse_energies;

    struct burst *bursts;
    size_t burst_count, burst_capacity;
    struct episode *episodes;
    size_t episode_count, episode_capacity;
    struct closeup *closeups;
    size_t closeup_count, closeup_capacity;
    size_t artefact_count, heartbeat_count;
    struct channel_watch *watch; /* NULL: nothing is watched */

    struct power_steps steps; /* filled only when a maximum is given */
    struct quality_meter meter;
    struct reduction overview;
    float overview_minimum, overview_maximum;
    double overview_squares;
    uint64_t overview_next; /* bin that starts the next overview vector */
    uint64_t overview_bin;
    size_t overview_filled;
    double noise_sum; /* mean squares of seconds at rest */
    uint64_t noise_count;
    double active_energy, active_seconds;
};

/* channel_epochs.c */
enum status channel_epochs_create(struct channel_path *path, struct error *error);
void channel_epochs_clear(struct channel_epochs *epochs);
void channel_epochs_recorded(struct channel_path *path, const float *x, size_t count);
void channel_epochs_conditioned(struct channel_path *path, const float *y, size_t count);
void channel_epochs_finish(struct channel_path *path);
/* Finishes rows whose epoch ends before `settled` (s): rest or active is known for them. */
enum status channel_epochs_settle(struct channel_path *path, double settled, struct error *error);

/* channel_bursts.c */
enum status channel_bursts_create(struct channel_path *path, struct error *error);
void channel_bursts_clear(struct channel_path *path);
/* Works off bursts and episodes; *settled (s): rows that end before it can be finished. */
enum status channel_bursts_process(struct channel_path *path, double *settled, struct error *error);
struct activity_design channel_activity_design(const struct channel_path *path);
/* The close-up of an episode, as long as its bins are there. */
enum status channel_cut(const struct channel_path *path, const struct episode *episode,
                        struct closeup *closeup, struct error *error);
/* Ten bins to one. */
enum status channel_coarse_energy(struct channel_path *path, const float *energy, size_t count,
                                  struct error *error);
enum status channel_coarse_extremes(struct channel_path *path, const float *minimum,
                                    const float *maximum, size_t count, struct error *error);

/* channel_watch.c; nothing happens in a channel that is not watched. */
void channel_watch_destroy(struct channel_watch *watch);
/* Follows the noise floor; before the detector works off its bins. */
enum status channel_watch_floors(struct channel_path *path, struct error *error);
/* Keeps the close-up of an episode at the watched time. */
enum status channel_watch_episode(struct channel_path *path, const struct episode *episode,
                                  struct error *error);
/* Keeps what lies around the watched time once no episode that begins there is to come. */
enum status channel_watch_around(struct channel_path *path, double settled, struct error *error);

#endif
