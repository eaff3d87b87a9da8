#include "pipeline/signal/autoregression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATCH_ITERATIONS 60
#define MATCH_TOLERANCE  1e-10

struct epoch_overlap autoregression_overlap(double overlap)
{
    struct epoch_overlap result = {.shared = 0, .correlation = {1}};
    double weights[AUTOREGRESSION_SHARED_MAX + 1];
    double span = overlap > 0 ? 1 / (1 - overlap) : 1;
    span = fmin(span, AUTOREGRESSION_SHARED_MAX + 1);
    /* Two thirds of overlap are three hops, whatever the last bit of the quotient says. */
    result.shared = (size_t)fmax(ceil(span - 1e-6) - 1, 0);
    for (size_t j = 0; j <= result.shared; j++) {
        weights[j] = fmin(1, span - (double)j);
    }
    double power = 0;
    for (size_t k = result.shared + 1; k-- > 0;) {
        double sum = 0;
        for (size_t j = 0; j + k <= result.shared; j++) {
            sum += weights[j] * weights[j + k];
        }
        result.correlation[k] = power = sum;
    }
    for (size_t k = 0; k <= result.shared; k++) {
        result.correlation[k] /= power;
    }
    return result;
}

void autoregression_positions(const double *time, size_t count, double hop, int64_t *positions)
{
    const double far = 1e15; /* still exact as a double */
    for (size_t i = 0; i < count; i++) {
        double position = fmin((time[i] - time[0]) / hop, far);
        positions[i] = llround(position);
        if (i > 0 && positions[i] <= positions[i - 1]) {
            positions[i] = positions[i - 1] + 1;
        }
    }
}

static double power(double phi, int64_t exponent)
{
    return exponent == 1 ? phi : pow(phi, (double)exponent);
}

double autoregression_covariance(const struct epoch_overlap *overlap, double phi, int64_t lag)
{
    double sum = power(phi, lag);
    for (size_t k = 1; k <= overlap->shared; k++) {
        int64_t shift = (int64_t)k;
        sum += overlap->correlation[k] * (power(phi, llabs(lag - shift)) + power(phi, lag + shift));
    }
    return sum / (1 - phi * phi);
}

/* Values of γ for distances up to q; past q it falls by φ a hop. */
struct covariances {
    int64_t near; /* max(q, 1): from this distance on the recursion runs */
    double phi;
    double at[AUTOREGRESSION_SHARED_MAX + 2];
};

static double covariance_at(const struct covariances *c, int64_t distance)
{
    return distance <= c->near ? c->at[distance]
                               : c->at[c->near] * power(c->phi, distance - c->near);
}

/* Adds Σ_j γ(|k_i − k_j|) x_j over the j before i, in the order given by step (1, or −1 for those
 * after i). Far ones by recursion, since γ is geometric there; near ones one by one. */
static void add_one_side(const struct covariances *c, const int64_t *positions, const double *x,
                         size_t count, ptrdiff_t step, double *to)
{
    ptrdiff_t first = step > 0 ? 0 : (ptrdiff_t)count - 1;
    ptrdiff_t entering = first;
    double tail = 0;
    for (size_t n = 0; n < count; n++) {
        ptrdiff_t i = first + step * (ptrdiff_t)n;
        if (n > 0) {
            tail *= power(c->phi, llabs(positions[i] - positions[i - step]));
        }
        int64_t distance;
        while (entering != i && (distance = llabs(positions[i] - positions[entering])) >= c->near) {
            tail += covariance_at(c, distance) * x[entering];
            entering += step;
        }
        to[i] += tail;
        for (ptrdiff_t j = entering; j != i; j += step) {
            to[i] += c->at[llabs(positions[i] - positions[j])] * x[j];
        }
    }
}

void autoregression_apply(const struct epoch_overlap *overlap, double phi, const int64_t *positions,
                          const double *x, size_t count, double *to)
{
    struct covariances c = {.near = overlap->shared > 1 ? (int64_t)overlap->shared : 1, .phi = phi};
    for (int64_t lag = 0; lag <= c.near; lag++) {
        c.at[lag] = autoregression_covariance(overlap, phi, lag);
    }
    for (size_t i = 0; i < count; i++) {
        to[i] = c.at[0] * x[i];
    }
    if (count > 0) {
        add_one_side(&c, positions, x, count, 1, to);
        add_one_side(&c, positions, x, count, -1, to);
    }
}

void autoregression_apply_overlap(const struct epoch_overlap *overlap, const int64_t *positions,
                                  const double *x, size_t count, double *to)
{
    memcpy(to, x, count * sizeof(*to));
    int64_t reach = (int64_t)overlap->shared;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && positions[j] - positions[i] <= reach; j++) {
            double r = overlap->correlation[positions[j] - positions[i]];
            to[i] += r * x[j];
            to[j] += r * x[i];
        }
    }
}

size_t autoregression_pairs(const int64_t *positions, size_t count)
{
    size_t pairs = 0;
    for (size_t i = 1; i < count; i++) {
        pairs += positions[i] - positions[i - 1] == 1;
    }
    return pairs;
}

/* What the match works on. */
struct match {
    const struct epoch_overlap *overlap;
    const int64_t *positions;
    const double *basis[2];
    double *applied[2]; /* Ω times the basis */
    size_t count;
};

/* The first autocorrelation of residuals that is to be expected under φ. */
static double expected_autocorrelation(const struct match *m, double phi)
{
    double g[2][2] = {{0}};
    for (int a = 0; a < 2; a++) {
        autoregression_apply(m->overlap, phi, m->positions, m->basis[a], m->count, m->applied[a]);
    }
    for (size_t i = 0; i < m->count; i++) {
        for (int a = 0; a < 2; a++) {
            for (int b = 0; b < 2; b++) {
                g[a][b] += m->basis[a][i] * m->applied[b][i];
            }
        }
    }
    double gamma_1 = autoregression_covariance(m->overlap, phi, 1);
    double cross = 0;
    for (size_t i = 1; i < m->count; i++) {
        if (m->positions[i] - m->positions[i - 1] != 1) {
            continue;
        }
        cross += gamma_1;
        for (int a = 0; a < 2; a++) {
            cross -= m->basis[a][i] * m->applied[a][i - 1] + m->basis[a][i - 1] * m->applied[a][i];
            for (int b = 0; b < 2; b++) {
                cross += m->basis[a][i] * g[a][b] * m->basis[b][i - 1];
            }
        }
    }
    double total = (double)m->count * autoregression_covariance(m->overlap, phi, 0);
    return cross / (total - g[0][0] - g[1][1]);
}

/* Root of expected − observed between the bounds by false position that halves the weight of a
 * side that stays (the Illinois rule: Dowell & Jarratt 1971, BIT 11:168). */
static double solve(const struct match *m, double observed)
{
    double low = AUTOREGRESSION_LOW, high = AUTOREGRESSION_HIGH;
    double f_low = expected_autocorrelation(m, low) - observed;
    double f_high = expected_autocorrelation(m, high) - observed;
    if (!(f_low < 0)) {
        return low;
    }
    if (!(f_high > 0)) {
        return high;
    }
    int side = 0;
    double phi = low;
    for (int i = 0; i < MATCH_ITERATIONS && high - low > MATCH_TOLERANCE; i++) {
        phi = (low * f_high - high * f_low) / (f_high - f_low);
        double f = expected_autocorrelation(m, phi) - observed;
        if (fabs(f) <= MATCH_TOLERANCE) {
            break;
        }
        if (f > 0) {
            high = phi;
            f_high = f;
            f_low *= side > 0 ? 0.5 : 1;
            side = 1;
        } else {
            low = phi;
            f_low = f;
            f_high *= side < 0 ? 0.5 : 1;
            side = -1;
        }
    }
    return phi;
}

double autoregression_match(const struct epoch_overlap *overlap, const int64_t *positions,
                            const double *residuals, const double *level, const double *line,
                            size_t count, double *scratch)
{
    struct match m = {.overlap = overlap,
                      .positions = positions,
                      .basis = {level, line},
                      .applied = {scratch, scratch + count},
                      .count = count};
    double squares = 0, cross = 0;
    for (size_t i = 0; i < count; i++) {
        squares += residuals[i] * residuals[i];
        if (i > 0 && positions[i] - positions[i - 1] == 1) {
            cross += residuals[i] * residuals[i - 1];
        }
    }
    if (autoregression_pairs(positions, count) < 3 || !(squares > 0)) {
        return 0;
    }
    return solve(&m, cross / squares);
}
