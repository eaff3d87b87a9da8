/* A line that tells how far a batch is: a bar, counts, failures, time left. */
#ifndef SOLEUS_BATCH_PROGRESS_H
#define SOLEUS_BATCH_PROGRESS_H

#include "pipeline/batch/batch.h"

#include <stdio.h>

struct progress {
    FILE *stream; /* NULL: nothing is shown */
    bool colours;
    bool drawn; /* the line is on the screen */
};

/* Shows only where it makes sense: `wanted`, on a terminal that can clear a line; colours unless
 * NO_COLOR says otherwise. */
void progress_start(struct progress *progress, FILE *stream, bool wanted);

void progress_draw(struct progress *progress, const struct batch_counts *counts);

/* Takes the line away, before another is printed and at the end. */
void progress_clear(struct progress *progress);

/* The line for a terminal of that width (columns), at most size − 1 bytes, without control
 * characters but those of colours. What does not fit is left out: first the bar, then the time
 * left. */
void progress_line(char *to, size_t size, size_t width, const struct batch_counts *counts,
                   bool colours);

/* A time as "0:07", "12:34" or "1:02:03". */
void progress_time(char *to, size_t size, double seconds);

#endif
