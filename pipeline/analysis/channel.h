/* One channel's whole path, from recorded samples to marker rows, bursts, episodes and pictures.
 *
 * A channel knows nothing of the others, so channels can run in threads of their own. Create them
 * before threads start (transforms are planned). Results do not depend on how samples are cut into
 * pushes. */
#ifndef SOLEUS_PIPELINE_CHANNEL_H
#define SOLEUS_PIPELINE_CHANNEL_H

#include "formats/recording.h"
#include "pipeline/parameters.h"
#include "pipeline/signal/burst.h"
#include "pipeline/signal/closeup.h"
#include "pipeline/signal/episode.h"
#include "pipeline/signal/history.h"
#include "pipeline/signal/markers.h"
#include "pipeline/signal/power_steps.h"
#include "pipeline/signal/quality.h"
#include "pipeline/signal/reduction.h"

struct channel_path;

/* What the first part of the recording has told before the path is laid. */
struct channel_start {
    double mains;                  /* Hz; 0: none */
    unsigned long long mains_mask; /* harmonics to remove: bit h − 1 */
    double quantum;                /* smallest step between samples, in `unit`; 0: unknown */
    bool conditioned;              /* samples went through the conditioning filter already */
};

enum status channel_create(const struct channel *about, const struct channel_start *start,
                           const struct parameters *parameters, struct channel_path **path,
                           struct error *error);
void channel_destroy(struct channel_path *path);

enum status channel_push(struct channel_path *path, const float *samples, size_t count,
                         struct error *error);
/* The end of the recording: everything becomes final. */
enum status channel_finish(struct channel_path *path, struct error *error);

/* An epoch of this channel. */
struct channel_row {
    double values[MARKERS_MAX]; /* by the marker table */
    unsigned status;            /* enum epoch_status */
    double active;              /* fraction of the epoch with muscle activity, 0–1 */
};

/* Rows that are final and not yet dropped; row 0 is the oldest of them. */
size_t channel_rows(const struct channel_path *path);
const struct channel_row *channel_row(const struct channel_path *path, size_t i);
void channel_drop_rows(struct channel_path *path, size_t count);

/* Lists that grow until the end; valid until the next push. */
size_t channel_bursts(const struct channel_path *path, const struct burst **bursts);
size_t channel_episodes(const struct channel_path *path, const struct episode **episodes);
/* What the bursts of the channel say of an interval (s) that somebody else calls an episode: the
 * sound ones, or, where there are none, those that were rejected. After channel_finish. */
enum status channel_measure(const struct channel_path *path, enum episode_class class, double onset,
                            double offset, struct episode *episode, struct error *error);
/* Close-ups of the first episodes (count may be less than that of episodes). */
size_t channel_closeups(const struct channel_path *path, const struct closeup **closeups);

/* Keeps what is told of a time (s): the noise floor, and a close-up of the episode whose onset is
 * nearest to it (see channel_distance), or else of WATCHED_AROUND s either way. Before the first
 * push. */
#define WATCHED_AROUND 8.0 /* s */
enum status channel_watch(struct channel_path *path, double time, struct error *error);

/* What is kept of the watched time. */
struct watched {
    const struct closeup *closeup;
    size_t seconds;             /* of the recording, whose second k is [k, k + 1) s */
    const float *noise, *tone; /* by second, µV: the noise floor; the same, raised to what is
                                   background tone beside strong activity. NaN: no samples */
};
struct watched channel_watched(const struct channel_path *path);

/* How far (s) an episode's onset lies from a time that is at most WATCHED_NEAR from it or within the
 * episode; INFINITY elsewhere. */
#define WATCHED_NEAR 1.0 /* s */
double channel_distance(const struct episode *episode, double time);

/* How the channel's bursts are joined and classified. */
struct episode_design channel_episode_design(const struct channel_path *path);

/* After channel_finish, without the rate of potentials. `seconds` is the recording's duration. */
struct quality channel_quality(const struct channel_path *path, double seconds);
/* *mdf: median of mdf over the active epochs with a centre in [from, to]; NaN when there are none.
 */
enum status channel_mdf_between(const struct channel_path *path, double from, double to,
                                double *mdf, struct error *error);

/* What is kept of all settled epochs. */
const struct history *channel_history(const struct channel_path *path);
/* Amplitudes of the conditioned signal; empty unless a maximum is given (--mvc, --mvc-event). */
const struct power_steps *channel_power_steps(const struct channel_path *path);

/* Hash of all samples: two channels with the same are copies. */
uint64_t channel_hash(const struct channel_path *path);

/* Pictures. Overview: width 3 (minimum and maximum recorded, mean square of the conditioned
 * signal), a vector every CHANNEL_OVERVIEW_STEP s. Spectrogram: density of the band's bins, a
 * vector an epoch. Active: the same of active epochs only. */
#define CHANNEL_OVERVIEW_STEP 0.02
const struct reduction *channel_overview(const struct channel_path *path);
const struct reduction *channel_spectrogram(const struct channel_path *path);
const struct reduction *channel_active_spectra(const struct channel_path *path);
/* First bin of the band, bins in it, and their width in Hz. */
void channel_bins_of_band(const struct channel_path *path, size_t *first, size_t *count,
                          double *width);

#endif
