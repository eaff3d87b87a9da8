/* The maximum voluntary contraction that amplitudes are a percentage of. */
#ifndef SOLEUS_PIPELINE_MVC_H
#define SOLEUS_PIPELINE_MVC_H

#include "formats/recording.h"
#include "pipeline/signal/power_steps.h"
#include "pipeline/signal/spans.h"

/* What is wrong with the value of --mvc ("250", or "LABEL=UV,..."): NULL, or a sentence. */
const char *mvc_fault(const char *list);

/* The value for a channel, in its unit, from a list without fault: the number, or that of its label
 * (case aside). NaN when the list does not name it. */
double mvc_value(const char *list, const char *label);

/* The n-th label of a list; false past the last, and for a number alone. */
bool mvc_label(const char *list, size_t n, char label[LABEL_SIZE]);

/* The largest RMS over `window` (s) in any of the maximal contractions; NaN without one. */
double mvc_measure(const struct power_steps *steps, const struct spans *contractions,
                   double window);

#endif
