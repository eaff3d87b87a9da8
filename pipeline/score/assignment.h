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
 * be, of the greatest total weight; of several such choices the one of the greatest sum over the
 * chosen edges of (L - i)(R - j), with i and j the ranks of their vertices among the L and R of
 * their connected part of the graph, and of the greatest sum of a number that {i, j} are scattered
 * to: exchanging the sides of a graph exchanges those of the choice, unless the graph itself is the
 * same then.
 *
 * edges are in order of left, then right, each once. match_left and match_right are filled with the
 * partner, or SIZE_MAX. Weights are whole numbers inside, so that the choice is exact. */
enum status score_assign(const struct score_edge *edges, size_t count, size_t left_count,
                         size_t right_count, size_t *match_left, size_t *match_right,
                         struct error *error);

#endif
