/* Trends of an analysis: gathers the active epochs while they come, fits when episodes are known.
 */
#ifndef SOLEUS_PIPELINE_ANALYSIS_TRENDS_H
#define SOLEUS_PIPELINE_ANALYSIS_TRENDS_H

#include "pipeline/analysis/analysis.h"

struct trend_gatherer;

enum status trend_gatherer_create(const struct analysis *analysis, struct trend_gatherer **gatherer,
                                  struct error *error);
void trend_gatherer_destroy(struct trend_gatherer *gatherer);

enum status trend_gatherer_push(struct trend_gatherer *gatherer, const struct analysis_row *row,
                                struct error *error);

/* Makes analysis->trends; episodes must be there, and the recording's annotations complete: without
 * a table of events they name the intervals of `during`. Warns when none of them does. */
enum status trend_gatherer_finish(struct trend_gatherer *gatherer, struct analysis *analysis,
                                  struct warnings *warnings, struct error *error);

#endif
