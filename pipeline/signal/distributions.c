#include "pipeline/signal/distributions.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define ITERATIONS_MAX 200
#define DEGREES_LARGE  1e5  /* from here the continued fraction loses digits */
#define DEGREES_NORMAL 1e15 /* the t distribution is the normal one to double precision */

double normal_tail(double z)
{
    return 0.5 * erfc(z / M_SQRT2);
}

double normal_cdf(double z)
{
    return normal_tail(-z);
}

/* z > 0 with upper tail p < ½: a rational start (Abramowitz & Stegun 1964, 26.2.22, |error| <
 * 3e-3), then Halley's method on the logarithm of the tail, which is smooth far out too. */
static double normal_upper(double p)
{
    double s = sqrt(-2 * log(p));
    double z = s - (2.30753 + 0.27061 * s) / (1 + s * (0.99229 + 0.04481 * s));
    for (int i = 0; i < ITERATIONS_MAX; i++) {
        double tail = normal_tail(z);
        double density = exp(-0.5 * z * z) / sqrt(2 * M_PI);
        double hazard = density / tail; /* −d ln Q / dz */
        double f = log(tail / p);
        double step = f / (hazard - 0.5 * f * (hazard - z));
        z += step;
        if (fabs(step) <= 4 * DBL_EPSILON * fabs(z)) {
            break;
        }
    }
    return z;
}

double normal_quantile(double p)
{
    if (!(p >= 0 && p <= 1)) {
        return NAN;
    }
    if (p == 0 || p == 1) {
        return p == 0 ? -INFINITY : INFINITY;
    }
    if (p == 0.5) {
        return 0;
    }
    /* Near ½ the tail cannot tell small z apart, but 1 − p is exact there. */
    return p < 0.5 ? -normal_upper(p) : normal_upper(1 - p);
}

/* Γ(a + ½) / Γ(a). lgamma loses digits for large a; there its asymptotic series holds. */
static double gamma_ratio(double a)
{
    if (a < 200) {
        int sign;
        return exp(lgamma_r(a + 0.5, &sign) - lgamma_r(a, &sign));
    }
    double r = 1 / a;
    return sqrt(a) * (1 + r * (-1.0 / 8 + r * (1.0 / 128 + r * (5.0 / 1024 - r * 21.0 / 32768))));
}

/* The continued fraction of the incomplete beta function, evaluated from its head with the
 * modified method of Lentz (1976, Appl Opt 15:668). */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = DBL_MIN / DBL_EPSILON;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    /* It needs about √max(a, b) terms. */
    int terms = ITERATIONS_MAX + (int)(5 * sqrt(fmax(a, b)));
    for (int m = 1; m <= terms; m++) {
        double factors[2] = {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                             -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))};
        double change = 1;
        for (int half = 0; half < 2; half++) {
            d = 1 + factors[half] * d;
            c = 1 + factors[half] / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            change = c * d;
            value *= change;
        }
        if (fabs(change - 1) <= DBL_EPSILON) {
            break;
        }
    }
    return value;
}

double student_tail(double t, double degrees_of_freedom)
{
    double v = degrees_of_freedom;
    if (!(v > 0) || isnan(t)) {
        return NAN;
    }
    if (v > DEGREES_NORMAL) {
        return normal_tail(t);
    }
    if (t < 0) {
        return 1 - student_tail(-t, v);
    }
    if (isinf(t)) {
        return 0;
    }
    double q = t / sqrt(v); /* t² may overflow */
    if (v >= DEGREES_LARGE) {
        /* A normal deviate with the same tail (Hill 1970, Commun ACM 13:617, leading terms). */
        double s = v - 0.5, w = s * log1p(q * q);
        return normal_tail(sqrt(w) * (1 + (w + 3) / (48 * s * s)));
    }
    /* x and 1 − x without cancellation. */
    double x = 1 / (1 + q * q), y = q > 1e150 ? 1 : q * q / (1 + q * q);
    double a = v / 2, b = 0.5;
    /* x^a (1 − x)^b / B(a, b). */
    double log_x = q > 1e150 ? -2 * log(q) : -log1p(q * q);
    double front = exp(a * log_x) * sqrt(y) * gamma_ratio(a) / sqrt(M_PI);
    if (x < (a + 1) / (a + b + 2)) {
        return 0.5 * front * beta_fraction(x, a, b) / a;
    }
    return 0.5 - 0.5 * front * beta_fraction(y, b, a) / b;
}

double student_cdf(double t, double degrees_of_freedom)
{
    return student_tail(-t, degrees_of_freedom);
}

static double student_density(double t, double v)
{
    double q = t / sqrt(v);
    double log_x = q > 1e150 ? -2 * log(q) : -log1p(q * q);
    return gamma_ratio(v / 2) / sqrt(M_PI * v) * exp(0.5 * (v + 1) * log_x);
}

/* t > 0 with upper tail p < ½. In the middle Newton's method on the tail itself, which is convex
 * there; far out on ln Q against ln t, which is nearly a straight line of slope −ν. */
static double student_upper(double p, double v)
{
    bool far = p < 0.1;
    double low = 0, high = INFINITY, t = normal_upper(p);
    for (int i = 0; i < ITERATIONS_MAX; i++) {
        double tail = student_tail(t, v), density = student_density(t, v);
        if (tail > p) {
            low = t;
        } else {
            high = t;
        }
        double slope = density > 0 ? density * t / tail : v; /* −d ln Q / d ln t */
        double next = far ? t * pow(tail / p, 1 / slope) : t + (tail - p) / density;
        if (isinf(next)) {
            return next;
        }
        if (!(next > low && next < high)) {
            next = isinf(high) ? 2 * low : low + (high - low) / 2;
        }
        double step = next - t;
        t = next;
        if (fabs(step) <= 4 * DBL_EPSILON * t) {
            break;
        }
    }
    return t;
}

double student_quantile(double p, double degrees_of_freedom)
{
    if (!(p >= 0 && p <= 1) || !(degrees_of_freedom > 0)) {
        return NAN;
    }
    if (p == 0 || p == 1) {
        return p == 0 ? -INFINITY : INFINITY;
    }
    if (p == 0.5) {
        return 0;
    }
    if (degrees_of_freedom > DEGREES_NORMAL) {
        return normal_quantile(p);
    }
    return p < 0.5 ? -student_upper(p, degrees_of_freedom)
                   : student_upper(1 - p, degrees_of_freedom);
}
