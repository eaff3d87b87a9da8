/* Time in XDF: from stamps that jitter, of clocks that part, to regular samples.
 *
 * Method: Kothe et al., "The Lab Streaming Layer", 2024 (load_xdf): a robust line (Huber, 0.1 ms)
 * through the measured clock offsets brings every stream to the recorder's clock; a line through
 * the stamps of each unbroken stretch removes their jitter. Beyond it, a stretch is broken here
 * also where stamps step up and stay up, which lost samples do and late ones do not. */
#ifndef SOLEUS_FORMATS_XDF_TIMING_H
#define SOLEUS_FORMATS_XDF_TIMING_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line through points, gathered one by one. */
struct xdf_line {
    double count, mean_x, mean_y;
    double xx, xy, yy; /* sums of products of deviations from the means */
};

void xdf_line_add(struct xdf_line *line, double x, double y);
/* Adds the points of another. */
void xdf_line_join(struct xdf_line *line, const struct xdf_line *other);

/* An unbroken stretch of samples. */
struct xdf_stretch {
    uint64_t first; /* sample of the stream */
    uint64_t count;
    uint64_t frame;       /* where its first sample lies in what is delivered */
    double origin;        /* s: its first stamp */
    struct xdf_line line; /* stamps − origin, over samples − first */
    size_t clocks;        /* clock offsets measured before its end */
};

/* Stamps of a regular stream as they come. */
struct xdf_stamps {
    double interval; /* s, nominal */
    uint64_t count;
    double last;
    size_t stretch_count;
    struct xdf_stretch *stretches; /* owned; the last one is open */
    /* A step that may be a break. */
    bool waiting;
    struct xdf_stretch pending; /* what came after it */
    double step;                /* s */
    double before, after;       /* s: least deviation in the second before it, and after it */
    double lately[2];           /* least deviations in this half second and the one before */
    uint64_t lately_count;
    double slope; /* s a sample, by which deviations are measured */
};

enum status xdf_stamps_add(struct xdf_stamps *stamps, double stamp, size_t clocks,
                           struct error *error);
/* Ends the last stretch. */
enum status xdf_stamps_end(struct xdf_stamps *stamps, struct error *error);
void xdf_stamps_clear(struct xdf_stamps *stamps);

/* Measured offsets of a stream's clock, and the lines through them between resets of it. */
struct xdf_clock {
    size_t count;
    double *times, *offsets; /* owned; s */
    size_t line_count;
    struct xdf_correction {
        size_t first; /* offset from which on it holds */
        double constant, slope;
    } * lines; /* owned */
};

enum status xdf_clock_add(struct xdf_clock *clock, double time, double offset, struct error *error);
/* Call once when all offsets are there. */
enum status xdf_clock_fit(struct xdf_clock *clock, struct error *error);
/* What holds after `seen` offsets; zeros when none were measured. */
struct xdf_correction xdf_clock_correction(const struct xdf_clock *clock, size_t seen);
void xdf_clock_clear(struct xdf_clock *clock);

#endif
