/* Where the level of a positive sequence changes. */
#ifndef SOLEUS_SIGNAL_CHANGE_POINT_H
#define SOLEUS_SIGNAL_CHANGE_POINT_H

#include <stddef.h>

/* The index i, 1 ≤ i < count, that splits x[0 … count) into [0, i) and [i, count) of exponentially
 * distributed values with different means most likely: the minimum of i·ln(mean before) +
 * (count − i)·ln(mean after). rising: only splits whose mean goes up (else down) are taken.
 * Returns `otherwise` when there is none. NaN and values ≤ 0 count as `least` (> 0). */
size_t change_point(const float *x, size_t count, double least, int rising, size_t otherwise);

#endif
