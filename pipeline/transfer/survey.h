/* A first pass over a recording: what range its samples have, and whether they are whole numbers
 * times a step, so that a format of whole numbers can hold them exactly. */
#ifndef SOLEUS_PIPELINE_SURVEY_H
#define SOLEUS_PIPELINE_SURVEY_H

#include "pipeline/transfer/outline.h"

#define SURVEY_GRIDS 10

struct survey_channel {
    double minimum, maximum; /* NaN when there are no samples */
    size_t grid_count;
    struct {
        double step, offset;
        bool alive; /* every sample so far is on it */
    } grids[SURVEY_GRIDS];
};

struct survey {
    size_t count;
    struct survey_channel *channels; /* owned; by the outline's channel */
};

/* Prepares for the outline's channels: their own grid and, where their limits do not tell that it
 * is one, decimal (and, in audio files, binary) fractions of it. */
enum status survey_create(const struct outline *outline, struct survey *survey,
                          struct error *error);
void survey_clear(struct survey *survey);

/* An outline_take; context is the survey. */
enum status survey_take(void *context, const struct block *block, struct error *error);

/* Sets the ranges of the outline's channels, and whether they are on_grid (with gain and offset of
 * the grid), for a format of `bits` bits: declared limits stay where the samples are on their grid
 * and the format can count it; else the limits become those of the samples. With range (NULL:
 * none), those are the limits and there is no grid. */
void survey_apply(const struct survey *survey, int bits, const double range[2],
                  struct outline *outline);

#endif
