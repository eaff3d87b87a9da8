/* An endless signal made of short pieces of recorded ones.
 *
 * Pieces are conditioned by nothing but a high-pass (zero phase, SPLICE_HIGHPASS), which takes the
 * mean and what drifts: below it there is no muscle, and a seam would turn it into steps. Each is
 * scaled to an RMS of 1 in the measuring band (filter_band), so that those of strong and of weak
 * contractions are alike. Segments of random place and length follow each other, joined by
 * crossfades whose weights keep the power of signals that have nothing to do with each other
 * (cos² + sin² = 1). Lengths vary, so that nothing repeats at a fixed lag; but no more differs than
 * the pieces hold: hours made of seconds hold those seconds again and again. */
#ifndef SOLEUS_PIPELINE_SIMULATE_SPLICE_H
#define SOLEUS_PIPELINE_SIMULATE_SPLICE_H

#include "formats/error.h"
#include "pipeline/simulate/filters.h"
#include "pipeline/simulate/random.h"

#include <stddef.h>

#define SPLICE_HIGHPASS 10.0 /* Hz; at low rates a tenth of the rate, when that is less */
#define SPLICE_SHORTEST 0.25 /* s; a piece must be that long */

struct splice_piece {
    size_t length;
    float *samples; /* owned by the source */
};

struct splice_source {
    double rate; /* Hz, of all pieces */
    size_t count, total;
    struct splice_piece *pieces; /* owned */
};

/* The filter that recorded signals are measured by: the band of filter_band, with a lower edge of
 * order 12 (−3 dB there), since heartbeats have much of their energy just below it. */
struct filter splice_measure(double rate);

/* Conditions a piece (samples stay the caller's) and adds it. source->rate is set, > 0. Fails when
 * the piece is too short, holds NaN, or has no power in the measuring band; the message begins with
 * `name`. */
enum status splice_source_add(struct splice_source *source, const float *samples, size_t length,
                              const char *name, struct error *error);
void splice_source_clear(struct splice_source *source);

struct splice_segment {
    const struct splice_piece *piece;
    size_t at, end; /* next sample of the piece, and the one after the segment's last */
};

/* One stream of the source. Plain data; nothing to free. */
struct splice {
    const struct splice_source *source;
    struct random random;
    double shortest, longest;          /* s, of segments */
    size_t fade;                       /* samples of a crossfade */
    size_t faded;                      /* of the one under way; 0: none */
    struct splice_segment now, coming; /* coming: while a crossfade is under way */
};

/* source has a piece or more, and outlives the splice. Segments are from shortest to longest
 * seconds, but no longer than 0.9 of their piece. */
void splice_start(struct splice *splice, const struct splice_source *source, double shortest,
                  double longest, struct random random);

/* The next sample, of RMS 1 (measuring band) on the average. */
double splice_next(struct splice *splice);

#endif
