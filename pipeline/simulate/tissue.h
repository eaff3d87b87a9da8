/* Recorded tissue: contractions and rest of real recordings, of which activity and baseline are
 * spliced in place of the motor-unit pool and of noise. */
#ifndef SOLEUS_PIPELINE_SIMULATE_TISSUE_H
#define SOLEUS_PIPELINE_SIMULATE_TISSUE_H

#include "pipeline/simulate/specification.h"
#include "pipeline/simulate/splice.h"

struct tissue {
    double rate;                         /* Hz, of all files; NaN when there are none */
    struct splice_source activity, rest; /* count 0: not given */
};

/* Reads the intervals of all [tissue] and [rest] sections. Fails, with the file's name, when one
 * cannot be read, ends before its interval does, is too short, has gaps or no known rate, or has
 * another rate than the rest of them or than [recording] says. */
enum status tissue_read(const struct specification *specification, struct tissue *tissue,
                        struct error *error);
void tissue_clear(struct tissue *tissue);

#endif
