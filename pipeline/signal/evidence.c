#include "pipeline/signal/evidence.h"

#include <math.h>

/* Coefficients of the log density of a gamma law about `level`. */
static void set_density(double shape, double level, double *to)
{
    to[0] = shape * log(shape / level) - lgamma(shape);
    to[1] = shape - 1;
    to[2] = -shape / level;
}

/* Shape of noise at the floor and muscle on top of it, together `level`. */
static double shape_of(const struct evidence *evidence, double level)
{
    double own = level - evidence->floor;
    return level * level /
           (evidence->floor * evidence->floor / evidence->noise_shape +
            own * own / evidence->muscle_shape);
}

void evidence_set(struct evidence *evidence, double floor, double level)
{
    evidence->floor = floor;
    evidence->level = level;
    double residue = floor + EVIDENCE_RESIDUE * (level - floor);
    set_density(shape_of(evidence, level), level, evidence->active);
    set_density(evidence->noise_shape, floor, evidence->silent);
    set_density(shape_of(evidence, residue), residue, evidence->residue);
}

static double density(const double *of, double log_x, double x)
{
    return of[0] + of[1] * log_x + of[2] * x;
}

double evidence_ratio(const struct evidence *evidence, double x)
{
    /* Less than noise is no more silent than noise. */
    x = fmax(x, 0.5 * evidence->floor);
    double log_x = log(x);
    double rest = fmax(density(evidence->silent, log_x, x), density(evidence->residue, log_x, x));
    double ratio = (density(evidence->active, log_x, x) - rest) / evidence->bins;
    /* Beyond its level activity is as likely as at it. */
    return x > evidence->level ? EVIDENCE_LIMIT
                               : fmin(fmax(ratio, -EVIDENCE_LIMIT), EVIDENCE_LIMIT);
}

double evidence_of_run(double shape, double bins, double mean, double floor)
{
    double ratio = mean / floor;
    return ratio > 1 ? shape * bins * (ratio - 1 - log(ratio)) : 0;
}
