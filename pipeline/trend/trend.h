/* Trends: how a marker changes over a set of epochs, with its uncertainty.
 *
 * One series is one row of the trend table; the statistics are in signal/regression.h,
 * signal/theil_sen.h and signal/mann_kendall.h. trend_collect.h gathers series from marker rows.
 *
 * A row answers in three ways. The least-squares line: f0, its value at the series' own first epoch
 * (not at the recording's start, which means nothing for an episode late in a night), slope, and
 * the normalised slope 100 · slope / f0, each with its interval; the verdict falls, rises or no
 * change says on which side of 0 the slope's interval lies. The Theil–Sen line and the test of Mann
 * and Kendall, which outliers and curvature do not mislead. And no model at all: the means of the
 * first and the last fifth of the epochs, and the change between them.
 *
 * Markers that are fitted to their logarithm (finsm5, which spans decades): slopes are of
 * ln(value), in 1/s, the normalised slope is 100 · slope, in %/s of the value at any time, and f0,
 * first and last are taken back to the marker's unit, so that first and last are geometric means.
 */
#ifndef SOLEUS_PIPELINE_TREND_H
#define SOLEUS_PIPELINE_TREND_H

#include "formats/table.h"

/* One series: a marker of one channel over one set of epochs. */
struct trend_series {
    const char *channel;
    const char *marker;
    const char *unit;  /* of the marker; NULL: not known */
    const char *scope; /* "active", "all", "episode", or the user's label */
    int64_t episode;   /* number of the episode, or of the interval among those of the user's
                        * label, from 1; TABLE_MISSING when scope is neither */
    size_t count;
    const double *time;  /* s, strictly ascending, centres of epochs */
    const double *value; /* finite */
    double hop;          /* s between neighbouring epochs (for HAC lags and gaps) */
    double overlap;      /* fraction of an epoch shared with the next, 0 ≤ overlap < 1 */
    bool logarithm;      /* fit ln(value): finsm5 */
};

struct trend_options {
    double confidence;    /* 0.95 */
    size_t minimum_count; /* fewer epochs give a row with n and missing values; 5, at least 4 */
};

/* Columns of a trend table, in order; the last definition's name is NULL. */
extern const struct column_definition trend_columns[];
extern const size_t trend_column_count;

/* Appends a row for the series to a table of trend_columns. Too few epochs, or values that are all
 * equal, give missing values and a `status` text that says why; never a failure. */
enum status trend_append(struct table *table, const struct trend_series *series,
                         const struct trend_options *options, struct error *error);

/* Fills the `jasa` column of rows that belong together (same channel, scope, episode) from the
 * trends of amplitude (rms, or arv without it) and of frequency (mdf, or mnf without it), by the
 * joint analysis of spectrum and amplitude (Luttmann, Jäger & Laurig 2000, Int J Ind Ergon 25:645):
 *
 *     amplitude rises, frequency rises   force up      amplitude falls, frequency rises   recovery
 *     amplitude rises, frequency falls   fatigue       amplitude falls, frequency falls   force
 * down
 *
 * Missing unless the intervals of both slopes leave out 0. */
enum status trend_fill_jasa(struct table *table, struct error *error);

#endif
