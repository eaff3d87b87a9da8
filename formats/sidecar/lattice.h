/* Electrodes on a line or on a rectangular lattice, from their positions. */
#ifndef SOLEUS_FORMATS_SIDECAR_LATTICE_H
#define SOLEUS_FORMATS_SIDECAR_LATTICE_H

#include <stdbool.h>
#include <stddef.h>

#define LATTICE_POINTS_MAX 1024

/* Finds the lattice that `count` points (x, y, z in any unit) lie on: all within a fifth of the
 * spacing of places of their own, places may be empty. rows and columns (from 1) go up along the
 * axes of the lattice; on a line, rows do and the column is 1; else rows follow the axis that has
 * more of y (or z), columns the one that has more of x. *distance is the spacing along rows. false
 * for fewer than two points, more than LATTICE_POINTS_MAX, and points that lie on no lattice. */
bool lattice_fit(const double (*points)[3], size_t count, int *rows, int *columns,
                 double *distance);

#endif
