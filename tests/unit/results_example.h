/* Results files that tests read back: one with every kind of array, one of tables without rows. */
#ifndef SOLEUS_TESTS_UNIT_RESULTS_EXAMPLE_H
#define SOLEUS_TESTS_UNIT_RESULTS_EXAMPLE_H

#include "formats/results.h"

#define EXAMPLE_EPOCHS   2500 /* more than two chunks */
#define EXAMPLE_CHANNELS 3
#define EXAMPLE_BINS     5

/* Values of the example, for epoch e, channel c, bin k. */
double example_epoch(size_t e);
double example_mdf(size_t e, size_t c); /* NaN where (e + c) % 7 is 0 */
int64_t example_status(size_t e, size_t c);
double example_density(size_t e, size_t c, size_t k);
extern const char *const example_channels[EXAMPLE_CHANNELS];

/* Writes coordinates epoch (growing), channel, frequency; /markers/mdf and status over epoch and
 * channel; /spectrum/density (single) over all three, /spectrum/mean over channel and frequency,
 * /spectrum/note (text) over epoch; /quality over channel; /episodes, a table over episode. Epochs
 * are appended `step` at a time (the last call takes the rest); with uneven, the arrays do not
 * advance together. */
enum status example_write(const char *path, size_t step, bool uneven, struct error *error);

/* The same tables without rows, and a growing dimension to which nothing came. */
enum status example_write_empty(const char *path, struct error *error);

/* Rows of /episodes. */
struct table *example_episodes(size_t rows, struct error *error);

#endif
