"""Muscle for episode_recordings.py: an electromyogram of constant contraction on one of three
models, and the envelopes of tonic and clonic phases that it is multiplied with."""
from dataclasses import dataclass, field

import numpy as np
from scipy import signal as dsp
from scipy.fft import next_fast_len

from episode_artefacts import band_noise, log_uniform, taper

BAND = (20.0, 450.0)


@dataclass
class Phase:
    """A tonic or clonic stretch: its envelope, and its bursts in samples from its first."""
    tonic: bool
    envelope: np.ndarray
    bursts: list = field(default_factory=list)  # (first, last) of those that came
    plan: list = field(default_factory=list)  # firsts, those missed too
    detail: str = ""


def band_rms(x, rate, mask=None):
    """RMS from 20 to 450 Hz, by the samples of `mask`."""
    m = next_fast_len(x.size + int(0.2 * rate))
    spectrum = np.fft.rfft(x, m)
    frequency = np.fft.rfftfreq(m, 1 / rate)
    spectrum[(frequency < BAND[0]) | (frequency > BAND[1])] = 0
    y = np.fft.irfft(spectrum, m)[:x.size]
    return float(np.sqrt(np.mean((y if mask is None else y[mask]) ** 2)))


def shaped(random, rate, n, density):
    """Gaussian noise of the one-sided density density(f)."""
    m = next_fast_len(n + rate)
    frequency = np.fft.rfftfreq(m, 1 / rate)
    return np.fft.irfft(np.fft.rfft(random.standard_normal(m)) * np.sqrt(density(frequency)), m)[:n]


class Muscle:
    """One channel's electromyogram at constant contraction; the model is drawn once."""

    def __init__(self, random, rate):
        self.random, self.rate = random, rate
        self.model = ["shwedyk", "butterworth", "wavelets"][random.integers(3)]
        self.low, self.high = random.uniform(40, 70), random.uniform(90, 160)
        self.edges = [(30.0, 150.0), (20.0, 250.0)][random.integers(2)]
        self.trains = random.uniform(100, 400)
        self.length = random.uniform(0.005, 0.012)
        self.triphasic = random.random() < 0.5

    def wavelet(self, stretch):
        t = np.linspace(-1, 1, max(int(self.length * stretch * self.rate), 3))
        bell = np.exp(-0.5 * (t / 0.36) ** 2)
        return (1 - (t / 0.36) ** 2) * bell if self.triphasic else t / 0.36 * bell

    def carrier(self, n, shortest):
        """n samples; bursts are `shortest` s long at least, and get some potentials each."""
        if self.model == "shwedyk":  # Shwedyk, Balasubramanian & Scott 1977, IEEE TBME 24:417
            l, h = self.low, self.high
            return shaped(self.random, self.rate, n, lambda f: h ** 4 * f ** 2
                          / ((f ** 2 + l ** 2) * (f ** 2 + h ** 2) ** 2))
        if self.model == "butterworth":
            sos = dsp.butter(2, [self.edges[0], min(self.edges[1], 0.45 * self.rate)],
                             "bandpass", fs=self.rate, output="sos")
            return dsp.sosfilt(sos, self.random.standard_normal(n + self.rate))[self.rate:]
        total, trains = np.zeros(n), max(self.trains, 5 / shortest)
        for stretch in [0.8, 1.0, 1.25]:
            points = np.zeros(n)
            count = self.random.poisson(trains / 3 * n / self.rate)
            np.add.at(points, self.random.integers(0, n, count),
                      self.random.laplace(0, 1, count) + self.random.choice([-0.5, 0.5], count))
            total += dsp.fftconvolve(points, self.wavelet(stretch), "same")
        return total


def tonic_phase(random, rate, seconds, rise, fall):
    n = int(seconds * rate)
    t = np.arange(n) / rate
    envelope = np.ones(n)
    detail = "steady"
    if random.random() < 0.6:  # slow changes: a walk through some points, and a trend
        points = max(int(seconds / random.uniform(1.5, 6)) + 2, 3)
        walk = np.cumsum(random.normal(0, 0.12, points))
        walk += np.linspace(0, random.uniform(-0.5, 0.5), points)
        envelope *= np.exp(np.interp(t, np.linspace(0, seconds, points),
                                     np.clip(walk - walk.mean(), -0.7, 0.7)))
        detail = "changing"
    if random.random() < 0.35:
        rhythm, depth = random.uniform(5, 11), random.uniform(0, 0.5)
        steps = 1 + 0.05 * band_noise(random, rate, max(n, 2 * rate), 0.5, 2)[:n]
        envelope *= 1 + depth * np.sin(2 * np.pi * np.cumsum(rhythm * steps) / rate)
        detail = f"tremor {rhythm:.1f} Hz {depth:.2f}"
    for flank, side in [(rise, slice(None)), (fall, slice(None, None, -1))]:
        f = min(max(int(flank * rate), 1), n // 2)
        ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(f) + 0.5) / f)
        envelope[side][:f] *= ramp
    return Phase(True, envelope, detail=detail)


def burst_shape(random, rate, shape, m):
    x = (np.arange(m) + 0.5) / m
    if shape == "square":
        return taper(random, rate, m, min(random.uniform(0.005, 0.01), 0.4 * m / rate))
    return np.sin(np.pi * x) ** (1 if shape == "half-sine" else 2)


def clonic_phase(random, rate, limits, seconds=None):
    """`limits`: the least and the most number of bursts; `seconds`: about so long instead."""
    hertz, duty = log_uniform(random, 0.8, 10), random.uniform(0.15, 0.6)
    duty = max(duty, 0.018 * hertz)
    jitter, slowing = random.uniform(0.03, 0.15), random.choice([0, random.uniform(0, 0.4)])
    count = int(round(log_uniform(random, *limits)))
    if seconds is not None:
        count = int(np.clip(round(seconds * hertz), 4, 60))
    shape = ["half-sine", "raised-cosine", "square"][random.integers(3)]
    spread = random.choice([0, random.uniform(0, 0.3)])
    floor = random.choice([0, random.uniform(0.08, 0.2)])
    missed = random.random() < 0.5
    gaps = (1 + np.clip(jitter * random.standard_normal(count), -0.28, 0.4)) / hertz
    gaps /= 1 - slowing * np.arange(count) / max(count - 1, 1)
    plan = np.concatenate([[0], np.cumsum(gaps[:-1])])
    came = [k in (0, count - 1) or not (missed and random.random() < 0.05) for k in range(count)]
    if sum(came) < 3:
        came = [True] * count
    last = plan[-1] + duty * gaps[-1]
    envelope, bursts = np.zeros(int(last * rate) + 1), []
    for start, gap, here in zip(plan, gaps, came):
        if here:
            a = int(start * rate)
            b = min(a + max(int(duty * min(gap, 1.3 / hertz) * rate), 3), envelope.size)
            size = float(np.clip(1 + spread * random.standard_normal(), 0.4, 1.8))
            envelope[a:b] = size * burst_shape(random, rate, shape, b - a)
            bursts.append((a, b))
    envelope = np.maximum(envelope, floor)[:bursts[-1][1]]
    detail = (f"{hertz:.2f} Hz duty {duty:.2f} jitter {jitter:.2f} slowing {slowing:.2f} {shape}"
              f" floor {floor:.2f} missed {came.count(False)}")
    return Phase(False, envelope, bursts, [int(p * rate) for p in plan], detail)
