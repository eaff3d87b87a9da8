/* A results file as figures see it: opened once for all figures of a recording. */
#ifndef SOLEUS_FIGURES_INPUT_H
#define SOLEUS_FIGURES_INPUT_H

#include "formats/error.h"
#include "formats/results.h"
#include "pipeline/figures/figures.h"
#include "pipeline/figures/script.h"

#include <stdbool.h>
#include <stddef.h>

/* What one figure shows beside what all show. */
struct figure_request {
    const char *marker; /* of figures per marker; NULL elsewhere */
    size_t episode;     /* of figures per episode: row from 1; 0: there are no episodes */
};

struct figure_input {
    struct results *results;
    size_t channel_count; /* in the file */
    char **labels;        /* of them, as in the file */
    size_t shown_count;   /* channels to be shown */
    size_t *shown;        /* their indexes, ascending */
    double duration;      /* s */
    double start;         /* civil seconds since 1970 of time zero; NaN when unknown */
    double confidence;    /* of the intervals of the trends */
    size_t epoch_count;
    double *epoch; /* s, centres */
    bool *active;  /* (epoch, channel): muscle activity, what markers are shown of */
    struct table *episodes, *bursts, *trends; /* without rows or columns where the file has none */
};

/* channels: as in struct figure_options. */
enum status figure_input_open(const char *path, const char *channels, struct figure_input *input,
                              struct error *error);
void figure_input_close(struct figure_input *input);

/* Index of the channel of that label, SIZE_MAX when there is none (or label is NULL). */
size_t figure_input_channel(const struct figure_input *input, const char *label);

/* A REAL array of the given rank whose last dimensions have these sizes (0: any); fails with a
 * message that names the array when it is another. Clear it with results_values_clear. */
enum status figure_input_array(const struct figure_input *input, const char *group,
                               const char *name, size_t rank, const size_t *sizes,
                               struct results_values *values, struct error *error);

/* source: name of the recording, for a title. */
enum status figure_input_source(const struct figure_input *input, struct figure_script *script,
                                struct error *error);

/* What figures over time get: source, start, time_from and time_to (0 and the duration), channels,
 * channel_label[]. Labels have at most `characters`. */
enum status figure_input_common(const struct figure_input *input, size_t characters,
                                struct figure_script *script, struct error *error);

/* Number of a class of episodes in the scripts: 1 tonic, 2 clonic, 3 tonic-clonic, 4 myoclonic; 0
 * for any other text. */
int figure_episode_class(const char *trial_type);

/* A cell by the name of its column; NaN or NULL where the table lacks it. */
double figure_cell(const struct table *table, size_t row, const char *column);
const char *figure_cell_text(const struct table *table, size_t row, const char *column);

#endif
