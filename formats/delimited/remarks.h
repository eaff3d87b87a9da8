/* What lines before a table say of it in words: rate, unit, labels. */
#ifndef SOLEUS_FORMATS_TEXT_REMARKS_H
#define SOLEUS_FORMATS_TEXT_REMARKS_H

#include "formats/delimited/preamble.h"

struct text_remarks {
    char mark;        /* the table's decimal mark */
    double rate;      /* Hz; NaN: none */
    size_t rate_line; /* from 1 */
    char unit[UNIT_SIZE];
    const char *labels, *labels_end; /* a list of them in the preamble; NULL: none */
};

/* Looks through the lines before line `end`: "# sampling rate: 1000 Hz", "fs=2000",
 * "Sample rate,1500", "% unit: mV", "# labels: a, b". The first of each kind counts. */
void text_remarks_find(const struct text_preamble *preamble, size_t end, char mark,
                       struct text_remarks *remarks);

/* Gives labels and units to signal columns when none of them has any, and the lists fit. */
void text_remarks_apply(const struct text_remarks *remarks, struct text_layout *layout);

#endif
