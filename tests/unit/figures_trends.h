/* Trend tables with made-up rows, for tests of the figures. */
#ifndef SOLEUS_TESTS_FIGURES_TRENDS_H
#define SOLEUS_TESTS_FIGURES_TRENDS_H

#include "formats/table.h"

struct table *figures_trend_table(struct error *error);
/* Adds the row of the active epochs of a marker. */
enum status figures_trend_add(struct table *table, const char *channel, const char *marker,
                              const char *unit, const double *time, const double *value,
                              size_t count, struct error *error);

#endif
