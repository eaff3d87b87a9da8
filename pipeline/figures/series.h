/* Series of numbers, reduced to what a picture can show. */
#ifndef SOLEUS_FIGURES_SERIES_H
#define SOLEUS_FIGURES_SERIES_H

#include "pipeline/figures/input.h"

/* A marker over the recording: values(epoch, channel) with the channels of the file. */
struct figure_marker {
    struct results_values values;
    char label[40]; /* for an axis: "MDF", "RMS" */
    char unit[64];  /* as shown: "Hz" */
    bool logarithm; /* its trends are fitted to its logarithm */
};

enum status figure_marker_read(const struct figure_input *input, const char *name,
                               struct figure_marker *marker, struct error *error);
void figure_marker_clear(struct figure_marker *marker);
/* The value at an epoch of a channel (index in the file); NaN at rest. */
double figure_marker_value(const struct figure_input *input, const struct figure_marker *marker,
                           size_t epoch, size_t channel);

/* Epochs that one point of a picture of at most `points` stands for, 1 or more. */
size_t figure_epochs_per_point(const struct figure_input *input, size_t points);

/* Median of the active values of epochs [first, first + count) of a channel; NaN without any. */
double figure_marker_median(const struct figure_input *input, const struct figure_marker *marker,
                            size_t first, size_t count, size_t channel);

/* Quantile (0–1) of the finite of `count` values; NaN without any. Allocates a copy: NaN also when
 * memory runs out. */
double figure_quantile(const double *values, size_t count, double quantile);

/* Smallest and largest finite value so far. */
struct figure_range {
    double low, high;
};
#define FIGURE_RANGE_EMPTY                                                                         \
    {                                                                                              \
        INFINITY, -INFINITY                                                                        \
    }
void figure_range_add(struct figure_range *range, double value);
/* Widens by a fraction of the span on both sides; a range of one value gets a tenth of it on
 * either side, an empty one becomes [low, high]. */
struct figure_range figure_range_padded(struct figure_range range, double fraction, double low,
                                        double high);

#endif
