#include "pipeline/signal/newey_west.h"

#include "formats/checked.h"
#include "pipeline/signal/autoregression.h"

#include <math.h>
#include <string.h>

/* Buffers of count values each, in one allocation. */
struct work {
    size_t count;
    const int64_t *positions;
    struct epoch_overlap overlap;
    double *basis[2];    /* Q: level and line, orthonormal */
    double *applied[2];  /* Ω Q, then R Q */
    double *weighted[2]; /* W Q */
    double *whitened;    /* u */
};

#define BUFFERS 7

/* Sums over all pairs within the lag, W_ij = Q1_i Q1_j (1 − d_ij / (L + 1)). */
struct pair_sums {
    double score;      /* u'Wu */
    double squares;    /* Σ W_ij² */
    double overlapped; /* Σ W_ij R_ij */
};

static size_t choose_lag(size_t count, size_t shared)
{
    double n = (double)count;
    double lag = fmin(floor(1.3 * sqrt(n)), floor(n / 5));
    lag = fmax(lag, 2 * (double)shared);
    return (size_t)fmin(fmax(lag, 0), n - 1);
}

static void whiten(const struct work *w, const double *residuals, double phi)
{
    double variance = autoregression_covariance(&w->overlap, phi, 0);
    w->whitened[0] = residuals[0] / sqrt(variance);
    for (size_t i = 1; i < w->count; i++) {
        int64_t distance = w->positions[i] - w->positions[i - 1];
        if (distance == 1) {
            w->whitened[i] = residuals[i] - phi * residuals[i - 1];
            continue;
        }
        double r = autoregression_covariance(&w->overlap, phi, distance) / variance;
        w->whitened[i] = (residuals[i] - r * residuals[i - 1]) / sqrt(variance * (1 - r * r));
    }
}

static struct pair_sums sum_pairs(const struct work *w, size_t lag)
{
    struct pair_sums sums = {0};
    const double *level = w->basis[0], *line = w->basis[1], *u = w->whitened;
    int64_t reach = (int64_t)lag, shared = (int64_t)w->overlap.shared;
    double step = 1 / ((double)lag + 1);
    for (size_t i = 0; i < w->count; i++) {
        double own = line[i] * line[i];
        sums.score += own * u[i] * u[i];
        sums.squares += own * own;
        sums.overlapped += own;
        w->weighted[0][i] += own * level[i];
        w->weighted[1][i] += own * line[i];
        for (size_t j = i + 1; j < w->count; j++) {
            int64_t distance = w->positions[j] - w->positions[i];
            if (distance > reach) {
                break;
            }
            double weight = line[i] * line[j] * (1 - (double)distance * step);
            sums.score += 2 * weight * u[i] * u[j];
            sums.squares += 2 * weight * weight;
            if (distance <= shared) {
                sums.overlapped += 2 * weight * w->overlap.correlation[distance];
            }
            w->weighted[0][i] += weight * level[j];
            w->weighted[1][i] += weight * line[j];
            w->weighted[0][j] += weight * level[i];
            w->weighted[1][j] += weight * line[i];
        }
    }
    return sums;
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* σ̂² = K / E₀K, and ν_K = E² / (½ Var) of K among independent residuals of a line, both exact:
 * with M = I − QQ', E₀K = tr(W M R M) and ν_K = tr(WM)² / tr(WMWM). */
static double innovation_variance(const struct work *w, size_t lag, double *degrees_of_freedom)
{
    struct pair_sums sums = sum_pairs(w, lag);
    double *const *q = w->basis, *const *r = w->applied, *const *v = w->weighted;
    size_t n = w->count;
    double expected = sums.overlapped, trace = 1, squared = sums.squares;
    for (int a = 0; a < 2; a++) {
        autoregression_apply_overlap(&w->overlap, w->positions, q[a], n, r[a]);
    }
    for (int a = 0; a < 2; a++) {
        expected -= 2 * dot(v[a], r[a], n);
        trace -= dot(q[a], v[a], n);
        squared -= 2 * dot(v[a], v[a], n);
        for (int b = 0; b < 2; b++) {
            double qwq = dot(q[a], v[b], n);
            expected += qwq * dot(q[b], r[a], n);
            squared += qwq * qwq;
        }
    }
    *degrees_of_freedom = trace * trace / squared;
    return sums.score / expected;
}

/* Q'ΩQ. */
static void model_covariance(const struct work *w, double phi, double g[2][2])
{
    for (int a = 0; a < 2; a++) {
        autoregression_apply(&w->overlap, phi, w->positions, w->basis[a], w->count, w->applied[a]);
    }
    for (int a = 0; a < 2; a++) {
        for (int b = 0; b < 2; b++) {
            g[a][b] = dot(w->basis[a], w->applied[b], w->count);
        }
    }
}

/* ½ (d ln v / dφ)² Var φ̂: what not knowing φ adds to 1/ν. */
static double autocorrelation_term(const struct work *w, double phi)
{
    const double step = 1e-4;
    size_t pairs = autoregression_pairs(w->positions, w->count);
    if (pairs < 3) {
        return 0;
    }
    double above[2][2], below[2][2];
    model_covariance(w, phi + step, above);
    model_covariance(w, phi - step, below);
    double slope = log(above[1][1] / below[1][1]) / (2 * step);
    return 0.5 * slope * slope * (1 - phi * phi) / ((double)pairs - 2);
}

static enum status work_create(struct work *w, const double *x, double **memory,
                               struct error *error)
{
    size_t n = w->count, size;
    *memory = checked_multiply(n, BUFFERS, &size) ? checked_calloc(size, sizeof(double)) : NULL;
    if (!*memory) {
        return error_memory(error, "estimating the variance of a trend");
    }
    for (int a = 0; a < 2; a++) {
        w->basis[a] = *memory + (size_t)a * n;
        w->applied[a] = *memory + (size_t)(2 + a) * n;
        w->weighted[a] = *memory + (size_t)(4 + a) * n;
    }
    w->whitened = *memory + 6 * n;
    double length = sqrt(dot(x, x, n));
    for (size_t i = 0; i < n; i++) {
        w->basis[0][i] = 1 / sqrt((double)n);
        w->basis[1][i] = x[i] / length;
    }
    return STATUS_OK;
}

enum status newey_west_estimate(const double *x, const double *residuals, const int64_t *positions,
                                size_t count, double overlap, struct newey_west *result,
                                struct error *error)
{
    struct work w = {
        .count = count, .positions = positions, .overlap = autoregression_overlap(overlap)};
    double *memory = NULL;
    enum status status = work_create(&w, x, &memory, error);
    if (status != STATUS_OK) {
        return status;
    }
    *result = (struct newey_west){.lag = choose_lag(count, w.overlap.shared),
                                  .degrees_of_freedom = (double)count - 2};
    double squares = dot(residuals, residuals, count);
    if (squares > 0) {
        double g[2][2], degrees;
        double phi = autoregression_match(&w.overlap, positions, residuals, w.basis[0], w.basis[1],
                                          count, w.applied[0]);
        whiten(&w, residuals, phi);
        double variance = innovation_variance(&w, result->lag, &degrees);
        model_covariance(&w, phi, g);
        double length = sqrt(dot(x, x, count)), n = (double)count;
        result->autocorrelation = phi;
        result->level = variance * g[0][0] / n;
        result->covariance = variance * g[0][1] / (sqrt(n) * length);
        result->slope = variance * g[1][1] / (length * length);
        double own = autoregression_covariance(&w.overlap, phi, 0);
        result->scatter = squares * own / (n * own - g[0][0] - g[1][1]);
        double inverse = 1 / degrees + autocorrelation_term(&w, phi);
        result->degrees_of_freedom = fmax(1, 1 / inverse);
    }
    free(memory);
    return STATUS_OK;
}
