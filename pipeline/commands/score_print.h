/* What `soleus score` prints. */
#ifndef SOLEUS_COMMANDS_SCORE_PRINT_H
#define SOLEUS_COMMANDS_SCORE_PRINT_H

#include "pipeline/commands/settings.h"
#include "pipeline/score/report.h"

/* The rules in one line on standard error, unless quiet. */
void score_tell_rules(const struct settings *settings, const struct score_rules *rules);

/* What the user should know of the recorded time that was used, unless quiet. */
void score_tell_findings(const struct settings *settings, const struct score_report *report);

/* Writes the table that the settings ask for, or all of them as JSON with the rules. */
enum status score_write(const struct settings *settings, const struct score_report *report,
                        struct error *error);

/* Writes the names, units and meanings of the measures, TSV. */
enum status score_list_measures(const struct settings *settings, struct error *error);

#endif
