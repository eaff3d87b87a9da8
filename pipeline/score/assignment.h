/* Assignment: the most pairs, and among those the heaviest. */
#ifndef SOLEUS_PIPELINE_SCORE_ASSIGNMENT_H
#define SOLEUS_PIPELINE_SCORE_ASSIGNMENT_H

#include "formats/error.h"

#include <stddef.h>

struct score_edge {
    size_t left, right; /* vertices, numbered from 0 on each side */
    double weight;      /* 0 to 1, taken to 1e-9 */
};

/* Chooses among the edges of a bipartite graph, each vertex in one at most: as many as there can
 * be, of the greatest total weight; of several such choices the one of the greatest sum of
 * (L - i)(R - j) over the chosen edges, with i and j the ranks of their vertices among the L and R
 * of their part of the graph (parts that hold more than a hundred vertices a side go without).
 *
 * edges are in order of left, then right, each once. match_left and match_right are filled with the
 * partner, or SIZE_MAX. Weights are whole numbers inside, so that the choice is exact. */
enum status score_assign(const struct score_edge *edges, size_t count, size_t left_count,
                         size_t right_count, size_t *match_left, size_t *match_right,
                         struct error *error);

#endif
