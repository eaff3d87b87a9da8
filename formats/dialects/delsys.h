/* The header of Delsys tables: which column is what. */
#ifndef SOLEUS_FORMATS_DELSYS_H
#define SOLEUS_FORMATS_DELSYS_H

#include "formats/delimited/preamble.h"
#include "formats/delimited/stream.h"

struct delsys_header {
    struct text_dialect dialect;
    size_t names;   /* the line of column names */
    size_t first;   /* the line of the first row */
    size_t columns; /* of the table, with those of markers */
    size_t channels;
    size_t times;        /* columns of times; channels before the first one go without */
    size_t marker_name;  /* columns of a table of markers to the right; SIZE_MAX: none */
    size_t marker_onset; /* s */
    double origin;       /* s: the earliest of the first times; NaN until it is known */
};

/* Finds the lines and counts the columns. STATUS_FAILED where they are not there. */
enum status delsys_find(const struct text_preamble *preamble, const char *name,
                        struct delsys_header *header, struct error *error);

/* Fills stream->columns, the groups (a column of times each; `column` set, `pace` not yet) and
 * info's channels: labels, units, descriptions, and what the header says of rates (in
 * channel->rate; NaN: nothing) and lengths (group->claimed). */
void delsys_fill(const struct text_preamble *preamble, const struct delsys_header *header,
                 struct text_stream *stream);

/* True for the name of a column of times: "X[s]", "EMG 1 Time Series (s)". */
bool delsys_is_time(const struct text_cell *cell);

#endif
