#include "pipeline/simulate/elementary.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two parts: the first has trailing zero bits, so that k × LN2_HIGH is exact. */
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW  1.90821492927058770002e-10

double elementary_exp(double x)
{
    if (x < -708) {
        return 0;
    }
    if (x > 708) {
        x = 708;
    }
    double k = rint(x * 1.44269504088896340736);
    double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    /* Taylor's series by Horner's rule: |r| ≤ 0.347, so the 15th term is below 1e-18. */
    double sum = 1;
    for (int n = 14; n > 0; n--) {
        sum = 1 + sum * r / n;
    }
    uint64_t bits = (uint64_t)((int64_t)k + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
}

double elementary_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffffULL) | (1023ULL << 52);
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.41421356237309504880) {
        m *= 0.5;
        exponent++;
    }
    /* ln m = 2 artanh(s), |s| ≤ 0.172. */
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int n = 23; n > 0; n -= 2) {
        sum = sum * square + 1.0 / n;
    }
    return exponent * LN2_HIGH + (2 * s * sum + exponent * LN2_LOW);
}

double elementary_power(double base, double exponent)
{
    return elementary_exp(exponent * elementary_log(base));
}

double elementary_sine(double turns)
{
    double t = turns - rint(turns); /* −½ … ½ */
    if (t > 0.25) {
        t = 0.5 - t;
    } else if (t < -0.25) {
        t = -0.5 - t;
    }
    double x = 2 * ELEMENTARY_PI * t, square = x * x, sum = 1;
    for (int n = 22; n > 0; n -= 2) {
        sum = 1 - sum * square / (n * (n + 1));
    }
    return x * sum;
}

double elementary_cosine(double turns)
{
    return elementary_sine(turns - rint(turns) + 0.25);
}
