"""Markers against an independent computation in double precision (numpy).

usage: check_markers.py PROGRAM WORK-FOLDER
"""
import os
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("numpy is missing: skipped")
    sys.exit(77)

program, folder = sys.argv[1:3]
RATE = 1000.0
LOW, HIGH = (20, 40), (130, 238)


def signal(seed):
    """Twelve seconds: noise through a resonance that moves down, on an offset and a drift."""
    rng = np.random.default_rng(seed)
    count = int(12 * RATE)
    x = np.zeros(count)
    y1 = y2 = 0.0
    for i, e in enumerate(rng.normal(0, 10, count)):
        centre = 110 - 3 * i / RATE
        radius = np.exp(-np.pi * 90 / RATE)
        y = 2 * radius * np.cos(2 * np.pi * centre / RATE) * y1 - radius * radius * y2 + e
        y1, y2 = y, y1
        x[i] = y
    t = np.arange(count) / RATE
    return np.round(x + 300 + 40 * np.sin(2 * np.pi * 0.2 * t), 3)


def density(epoch):
    """Welch: 0.5 s periodic Hann segments, half overlapping, one-sided."""
    size = int(RATE / 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    x = epoch - epoch.mean()
    parts = [np.abs(np.fft.rfft(window * x[s:s + size])) ** 2
             for s in range(0, len(x) - size + 1, size // 2)]
    p = np.mean(parts, axis=0) / (RATE * np.sum(window ** 2))
    p[1:-1] *= 2
    return np.arange(len(p)) * RATE / size, p


def markers(epoch):
    f, p = density(epoch)
    width = f[1]
    keep = (f >= 20) & (f <= 450)
    f, p = f[keep], p[keep]
    m = {n: np.sum(f ** n * p) * width for n in (-1, 0, 1, 2, 3, 5)}
    cumulated = np.cumsum(p)
    k = np.searchsorted(cumulated, cumulated[-1] / 2)
    before = cumulated[k - 1] if k else 0.0
    peak = int(np.argmax(p))
    a, b, c = np.log(p[peak - 1:peak + 2]) if 0 < peak < len(p) - 1 else (0, 1, 0)
    share = p / p.sum()
    band = lambda r: np.sum(p[(f >= r[0]) & (f <= r[1])])
    return {
        "mnf": m[1] / m[0],
        "mdf": f[k] - width / 2 + width * (cumulated[-1] / 2 - before) / p[k],
        "pkf": f[peak] + width * 0.5 * (a - c) / (a - 2 * b + c),
        "power": m[0], "m1": m[1], "m2": m[2], "m3": m[3],
        "vcf": m[2] / m[0] - (m[1] / m[0]) ** 2,
        "finsm5": m[-1] / m[5],
        "lhr": band(LOW) / band(HIGH),
        "sen": -np.sum(share * np.log(share)) / np.log(len(share)),
    }


def main():
    worst = {}
    for seed in range(3):
        x = signal(seed)
        path = os.path.join(folder, f"markers-{seed}.csv")
        np.savetxt(path, x, fmt="%.3f", header="EMG (uV)", comments="")
        run = subprocess.run([program, "markers", "--mains", "off", "--rate", str(RATE), path],
                             capture_output=True, text=True, check=True)
        rows = [line.split("\t") for line in run.stdout.splitlines()]
        names = rows[0]
        assert len(rows) == 13, f"{len(rows) - 1} epochs instead of 12"
        for i, row in enumerate(rows[1:]):
            values = dict(zip(names, row))
            assert float(values["epoch"]) == i + 0.5
            expected = markers(x[int(i * RATE):int((i + 1) * RATE)])
            for name, value in expected.items():
                error = abs(float(values[name]) / value - 1)
                worst[name] = max(worst.get(name, 0), error)
    for name, error in worst.items():
        print(f"{name:8s} largest relative difference {error:.2e}")
    assert all(error <= 1e-4 for error in worst.values())


main()
