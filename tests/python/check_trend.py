"""Compares the statistics of trends with scipy, and the Newey-West variance with dense matrices.

    check_trend.py TREND_VALUES

TREND_VALUES is the program of tests/unit/trend_values.c. Exits with 77 where scipy is missing.
"""

import subprocess
import sys

try:
    import numpy as np
    from scipy import linalg, optimize, stats
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

LOW, HIGH = -0.9, 0.97


def overlap_weights(overlap):
    """Autocorrelation of epochs that overlap, lags 0 ... q."""
    span = 1 / (1 - overlap)
    weights = np.minimum(1, span - np.arange(int(np.ceil(span - 1e-6))))
    acf = np.correlate(weights, weights, "full")[len(weights) - 1:]
    return acf / acf[0]


def autocovariance(phi, overlap, lags):
    """Of the reference model, per unit of innovation variance."""
    acf = overlap_weights(overlap)
    lags = np.abs(np.asarray(lags, float))
    total = np.zeros_like(lags)
    for k in range(-(len(acf) - 1), len(acf)):
        exponent = np.abs(lags - k)
        power = np.where(exponent == 0, 1.0, np.abs(phi) ** exponent)
        total += acf[abs(k)] * power * np.where((exponent % 2 == 1) & (phi < 0), -1, 1)
    return total / (1 - phi * phi)


def newey_west(x, residuals, positions, overlap):
    """The estimator of signal/newey_west.h, written with whole matrices."""
    n = len(x)
    distance = np.abs(positions[:, None] - positions[None, :])
    basis = np.column_stack([np.full(n, n ** -0.5), x / np.sqrt(x @ x)])
    projection = np.eye(n) - basis @ basis.T
    neighbours = (distance == 1).astype(float)
    pairs = int(neighbours.sum() / 2)

    def expected(phi):
        left = projection @ autocovariance(phi, overlap, distance) @ projection
        return 0.5 * np.sum(neighbours * left) / np.trace(left)

    phi = 0.0
    if pairs >= 3:
        observed = 0.5 * residuals @ neighbours @ residuals / (residuals @ residuals)
        if expected(LOW) >= observed:
            phi = LOW
        elif expected(HIGH) <= observed:
            phi = HIGH
        else:
            phi = optimize.brentq(lambda p: expected(p) - observed, LOW, HIGH, xtol=1e-13)

    gamma0 = float(autocovariance(phi, overlap, 0))
    whitened = np.empty(n)
    whitened[0] = residuals[0] / np.sqrt(gamma0)
    for i in range(1, n):
        step = positions[i] - positions[i - 1]
        r = phi if step == 1 else float(autocovariance(phi, overlap, step)) / gamma0
        scale = 1.0 if step == 1 else np.sqrt(gamma0 * (1 - r * r))
        whitened[i] = (residuals[i] - r * residuals[i - 1]) / scale

    acf = overlap_weights(overlap)
    shared = len(acf) - 1
    lag = max(min(np.floor(1.3 * np.sqrt(n)), np.floor(n / 5)), 2 * shared)
    lag = int(min(max(lag, 0), n - 1))
    weights = np.clip(1 - distance / (lag + 1), 0, None) * np.outer(basis[:, 1], basis[:, 1])
    correlation = np.where(distance <= shared, acf[np.minimum(distance, shared)], 0)
    middle = projection @ correlation @ projection
    variance = whitened @ weights @ whitened / np.trace(weights @ middle)
    half = weights @ projection
    degrees = np.trace(half) ** 2 / np.trace(half @ half)

    coefficients = np.column_stack([np.full(n, 1 / n), x / (x @ x)])

    def spread(value):
        return coefficients.T @ autocovariance(value, overlap, distance) @ coefficients

    inverse = 1 / degrees
    if pairs >= 3:
        step = 1e-4
        slope = np.log(spread(phi + step)[1, 1] / spread(phi - step)[1, 1]) / (2 * step)
        inverse += 0.5 * slope ** 2 * (1 - phi ** 2) / (pairs - 2)
    covariance = variance * spread(phi)
    scatter = (residuals @ residuals) * gamma0 / np.trace(
        projection @ autocovariance(phi, overlap, distance))
    return phi, lag, max(1.0, 1 / inverse), covariance, scatter


def make_series(rng):
    """Every length, gaps, overlap, ties and colour."""
    for n in (5, 8, 12, 30, 61, 150):
        for overlap in (0.0, 0.5, 0.75):
            for phi in (-0.4, 0.0, 0.5, 0.9):
                hop = 1 - overlap
                missing = rng.random() < 0.5
                places = np.arange(n)
                if missing:
                    places = np.sort(rng.choice(2 * n, n, replace=False))
                z = rng.standard_normal(2 * n + 50)
                for k in range(1, len(z)):
                    z[k] += phi * z[k - 1]
                values = 80 - 0.05 * places * hop + z[50 + places]
                if rng.random() < 0.3:
                    values = np.round(values)
                yield 1000.25 + places * hop, values, hop, overlap


class Checker:
    def __init__(self):
        self.failures = 0
        self.checks = 0

    def close(self, what, got, want, relative=1e-8, absolute=1e-12):
        self.checks += 1
        if not abs(got - want) <= relative * abs(want) + absolute:
            self.failures += 1
            print(f"{what}: {got!r}, want {want!r}")


def check_series(check, name, time, value, hop, overlap, got):
    line = stats.linregress(time - time[0], value)
    check.close(f"{name} slope", got["slope"], line.slope)
    check.close(f"{name} intercept", got["intercept"], line.intercept)
    check.close(f"{name} r_squared", got["r_squared"], line.rvalue ** 2, 1e-7)

    x = time - time.mean()
    residuals = value - value.mean() - line.slope * x
    positions = np.round((time - time[0]) / hop).astype(int)
    phi, lag, degrees, covariance, _ = newey_west(x, residuals, positions, overlap)
    check.close(f"{name} phi", got["phi"], phi, 1e-6, 1e-6)
    check.close(f"{name} lag", got["lag"], lag)
    check.close(f"{name} degrees", got["degrees"], degrees, 1e-5)
    # A level nearly unrelated to the slope leaves a covariance of cancelled digits.
    size = np.sqrt(covariance[0, 0] * covariance[1, 1])
    check.close(f"{name} level_variance", got["level_variance"], covariance[0, 0], 1e-5)
    check.close(f"{name} covariance", got["covariance"], covariance[0, 1], 1e-5, 1e-6 * size)
    check.close(f"{name} slope_variance", got["slope_variance"], covariance[1, 1], 1e-5)
    half = stats.t.ppf(0.975, degrees) * np.sqrt(covariance[1, 1])
    check.close(f"{name} low", got["low"], line.slope - half, 1e-5, 1e-5 * half)
    check.close(f"{name} high", got["high"], line.slope + half, 1e-5, 1e-5 * half)

    sen = stats.theilslopes(value, time, 0.95)
    check.close(f"{name} theil_sen", got["theil_sen"], sen.slope)
    check.close(f"{name} plain_low", got["plain_low"], sen.low_slope, 1e-8, 1e-10)
    check.close(f"{name} plain_high", got["plain_high"], sen.high_slope, 1e-8, 1e-10)

    n = len(time)
    signs = np.sign(value[None, :] - value[:, None])[np.triu_indices(n, 1)]
    ties = np.unique(value, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - np.sum(ties * (ties - 1) * (2 * ties + 5))) / 18
    check.close(f"{name} s", got["s"], signs.sum())
    check.close(f"{name} variance_free", got["variance_free"], variance)
    untied = np.count_nonzero(signs)
    # kendalltau is tau-b: both ways of counting agree on S.
    tau_b = stats.kendalltau(np.arange(n), value).statistic
    check.close(f"{name} tau-b", got["s"] / np.sqrt(untied * n * (n - 1) / 2), tau_b, 1e-9)

    ranks = stats.rankdata(np.round(value - got["theil_sen"] * (time - time[0]), 9))
    ranks -= ranks.mean()
    order = np.arange(n) - (n - 1) / 2
    rank_residuals = ranks - (order @ ranks) / (order @ order) * order
    _, _, degrees, covariance, scatter = newey_west(order, rank_residuals, positions, overlap)
    inflation = covariance[1, 1] * (order @ order) / scatter
    check.close(f"{name} inflation", got["inflation"], inflation, 1e-5)
    z = max(0, abs(signs.sum()) - 1) / np.sqrt(inflation * variance)
    if n >= 12:
        bound = untied ** 2 / variance / min(1, inflation)
        z *= np.sqrt((bound - 1) / (bound - z * z)) if z * z < bound else np.inf
    check.close(f"{name} p", got["p"], min(1, 2 * stats.t.sf(z, degrees)), 1e-4, 1e-9)


def main():
    series = list(make_series(np.random.default_rng(20261122)))
    text = []
    for time, value, hop, overlap in series:
        numbers = " ".join(map(repr, time.tolist() + value.tolist()))
        text.append(f"{len(time)} {hop!r} {overlap!r} {numbers}")
    output = subprocess.run([sys.argv[1]], input="\n".join(text), capture_output=True, text=True,
                            check=True).stdout
    lines = output.strip().split("\n")
    check = Checker()
    check.close("series", len(lines), len(series))
    for k, ((time, value, hop, overlap), line) in enumerate(zip(series, lines)):
        got = {name: float(number) for name, number in
               (item.split("=") for item in line.split())}
        check_series(check, f"series {k} (n {len(time)}, overlap {overlap})", time, value, hop,
                     overlap, got)
    print(f"{check.checks} values compared, {check.failures} differ")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
