/* Electrode arrays of OT Bioelettronica, known by their product codes: GR08MM1305 has 8 mm between
 * electrodes, 13 rows and 5 columns.
 *
 * Rows and columns are numbered as the maker's software shows the array with its connector toward
 * the experimenter (180°). */
#ifndef SOLEUS_FORMATS_OTB_GRID_H
#define SOLEUS_FORMATS_OTB_GRID_H

#include "formats/recording.h"

struct otb_grid {
    char code[16];
    size_t electrodes; /* channels; one less than rows × columns where a corner is missing */
    size_t rows, columns;
    double distance; /* mm; NaN when the code does not tell */
    int layout;      /* how channels run over it; 0 when that is not known */
};

/* Finds a product code in a text, in capitals or not; false when there is none. */
bool otb_grid_find(const char *text, struct otb_grid *grid);

/* Row and column of channel `index` (from 0), from 1; false where the order is not known. */
bool otb_grid_place(const struct otb_grid *grid, size_t index, int *row, int *column);

#endif
