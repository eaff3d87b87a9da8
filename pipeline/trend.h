/* Trends: how a marker changes over a set of epochs, with its uncertainty.
 *
 * The chain's object that collects marker rows and computes the trend table; the statistics are
 * in signal/regression.h, signal/theil_sen.h and signal/mann_kendall.h. */
#ifndef SOLEUS_PIPELINE_TREND_H
#define SOLEUS_PIPELINE_TREND_H

#include "formats/table.h"

/* One series: a marker of one channel over one set of epochs. */
struct trend_series {
    const char *channel;
    const char *marker;
    const char *unit;  /* of the marker */
    const char *scope; /* "active", "episode", or the user's label */
    int64_t episode;   /* 1-based number of the episode; TABLE_MISSING when scope is not one */
    size_t count;
    const double *time;  /* s, ascending, centres of epochs */
    const double *value; /* finite */
    double hop;          /* s between neighbouring epochs (for HAC lags and gaps) */
    double overlap;      /* fraction of an epoch shared with the next, 0 ≤ overlap < 1 */
    bool logarithm;      /* fit ln(value): finsm5 */
};

struct trend_options {
    double confidence;    /* 0.95 */
    size_t minimum_count; /* fewer epochs give a row with n and missing values; 5 */
};

/* Columns of a trend table, in order; the last definition's name is NULL. */
extern const struct column_definition trend_columns[];
extern const size_t trend_column_count;

/* Appends a row for the series. Too few epochs, or values that are all equal, give missing values
 * and a `status` text that says why; never a failure. */
enum status trend_append(struct table *table, const struct trend_series *series,
                         const struct trend_options *options, struct error *error);

/* Fills the `jasa` column of rows that belong together (same channel, scope, episode): from the
 * signs of the rms and mdf trends (Luttmann et al. 2000): both need an interval that excludes 0. */
enum status trend_fill_jasa(struct table *table, struct error *error);

#endif
