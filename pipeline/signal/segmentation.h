/* Active or silent, bin by bin: the most likely sequence of two states, decoded as a stream.
 *
 * Every bin brings the log-likelihood ratio of activity over silence; each change of state costs
 * `change` nats. The sequence that maximises the sum is found by the algorithm of Viterbi (1967,
 * IEEE Trans Inf Theory 13:260): bins are given out as soon as both survivors agree on them, and at
 * the latest after `longest` bins. */
#ifndef SOLEUS_SIGNAL_SEGMENTATION_H
#define SOLEUS_SIGNAL_SEGMENTATION_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct segmentation {
    double change;          /* nats */
    size_t longest;         /* bins held back at most */
    unsigned char *from;    /* ring of `longest`: bit s is the state before that leads to s */
    uint64_t count, given;  /* bins pushed, and given out */
    double advantage;       /* of the active survivor over the silent one, nats */
    uint64_t settled;       /* bins below are decided … */
    unsigned char *decided; /* … and stand here; ring */
};

enum status segmentation_create(double change, size_t longest, struct segmentation *segmentation,
                                struct error *error);
void segmentation_clear(struct segmentation *segmentation);

/* The next bin's log-likelihood ratio, nats; NaN: a gap, silent, whatever is around it. */
void segmentation_push(struct segmentation *segmentation, double ratio);

/* Decides all bins that there are. */
void segmentation_end(struct segmentation *segmentation);

/* The next decided bin: false when there is none. Take all there are after every push. */
bool segmentation_take(struct segmentation *segmentation, uint64_t *bin, bool *active);

#endif
