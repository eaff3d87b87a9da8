/* Counting and listing the pairs of a sequence that are out of order, by merging sorted halves
 * (Knight 1966, J Am Stat Assoc 61:436): O(n log n) where comparing all pairs is O(n²). */
#ifndef SOLEUS_SIGNAL_INVERSIONS_H
#define SOLEUS_SIGNAL_INVERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sorts values in ascending order and returns how many pairs i < j had values[i] > values[j].
 * scratch: count values. */
uint64_t inversions_count(double *values, size_t count, double *scratch);

/* Pairs of equal values in an ascending sequence. */
uint64_t inversions_ties(const double *sorted, size_t count);

/* A value with the index of what it stands for. */
struct inversion_item {
    double value;
    uint32_t index;
};

/* Called for each pair i < j with items[i].value > items[j].value; false ends the listing. */
typedef bool inversions_visit(uint32_t index_i, uint32_t index_j, void *context);

/* Sorts items by value, stably, and visits all inversions; the order of the visits depends on the
 * sequence alone. False when a visit said so (items are then in no particular order). */
bool inversions_list(struct inversion_item *items, size_t count, struct inversion_item *scratch,
                     inversions_visit *visit, void *context);

#endif
