"""Artefacts of surface EMG for episode_recordings.py: what electrodes, cables, mains, heart and
converters add to a recording and a detector has to leave alone.

Every maker takes (random, rate, n, unit) with `unit` the resting baseline's RMS in the analysed
band, and returns (signal, intervals): n samples in the unit of `unit`, and the (onset, duration) in
s of what it put there."""
import numpy as np


def log_uniform(random, low, high):
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def times(random, seconds, per_minute, apart):
    """Onsets of a Poisson process, at least `apart` s from one to the next."""
    onsets, t = [], 0.0
    while True:
        t += apart + random.exponential(60 / per_minute)
        if t >= seconds:
            return onsets
        onsets.append(t)


def taper(random, rate, m, flank):
    """m ones with raised-cosine flanks of `flank` s."""
    window = np.ones(m)
    f = min(max(int(flank * rate), 1), m // 2)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(f) + 0.5) / f)
    window[:f], window[m - f:] = ramp, ramp[::-1]
    return window


def band_noise(random, rate, m, low, high):
    """Gaussian noise with nothing at all outside of low to high Hz, RMS 1."""
    spectrum = np.fft.rfft(random.standard_normal(m))
    frequency = np.fft.rfftfreq(m, 1 / rate)
    spectrum[(frequency < low) | (frequency > high)] = 0
    noise = np.fft.irfft(spectrum, m)
    rms = np.sqrt(np.mean(noise ** 2))
    return noise / rms if rms > 0 else noise


def bouts(random, rate, n, duration, per_minute, shape):
    """`shape(m)` in bouts whose lengths are drawn from `duration` (s)."""
    signal, intervals = np.zeros(n), []
    t = random.exponential(30 / per_minute)
    while t * rate < n - 1:
        length = log_uniform(random, *duration)
        first, last = int(t * rate), min(int((t + length) * rate), n)
        if last - first > 0.3 * rate:
            signal[first:last] += shape(last - first)
            intervals.append((first / rate, (last - first) / rate))
        t += length + 1 + random.exponential(60 / per_minute)
    return signal, intervals


def heartbeats(random, rate, n, unit):
    """P, QRS and T as Gaussians; the interval wanders with breathing and at random."""
    interval, peak = 60 / random.uniform(50, 100), unit * random.uniform(2, 7)
    peak *= random.choice([-1, 1])
    width = random.uniform(0.008, 0.014)
    waves = [(-0.17, 0.022, random.uniform(0.05, 0.15)), (-2.4 * width, 0.8 * width, -0.15),
             (0.0, width, 1.0), (2.6 * width, width, -random.uniform(0.1, 0.35)),
             (0.27, 0.045, random.uniform(0.1, 0.35))]
    breath = random.uniform(0.2, 0.3)
    signal, t = np.zeros(n), random.uniform(0, interval)
    while t < n / rate:
        first, last = max(int((t - 0.3) * rate), 0), min(int((t + 0.5) * rate), n)
        local = np.arange(first, last) / rate - t
        size = peak * (1 + 0.05 * random.standard_normal())
        for centre, sigma, height in waves:
            signal[first:last] += size * height * np.exp(-0.5 * ((local - centre) / sigma) ** 2)
        t += interval * (1 + 0.04 * np.sin(2 * np.pi * breath * t)
                         + 0.02 * random.standard_normal())
    return signal, [(0.0, n / rate)]


def pops(random, rate, n, unit):
    """A step, then an exponential decay that is done in about 0.1 s."""
    signal, intervals = np.zeros(n), []
    for t in times(random, n / rate, log_uniform(random, 0.5, 6), 0.3):
        tau = random.uniform(0.02, 0.06)
        first = int(t * rate)
        local = np.arange(min(int(6 * tau * rate), n - first)) / rate
        size = unit * log_uniform(random, 5, 50) * random.choice([-1, 1])
        signal[first:first + local.size] += size * np.exp(-local / tau)
        intervals.append((t, 3 * tau))
    return signal, intervals


def motion(random, rate, n, unit):
    """Sways and swings of 1–10 Hz."""
    def shape(m):
        low = random.uniform(1, 6)
        size = unit * log_uniform(random, 5, 50)
        return size * band_noise(random, rate, m, low, min(low + random.uniform(1, 4), 10)) \
            * taper(random, rate, m, random.uniform(0.3, 1))
    return bouts(random, rate, n, (2, 30), log_uniform(random, 0.5, 3), shape)


def cable_rub(random, rate, n, unit):
    """Noise below 15 Hz."""
    def shape(m):
        size = unit * log_uniform(random, 3, 30)
        return size * band_noise(random, rate, m, 0.5, random.uniform(8, 15)) \
            * taper(random, rate, m, random.uniform(0.15, 0.5))
    return bouts(random, rate, n, (1, 10), log_uniform(random, 0.5, 4), shape)


def hum(random, rate, n, unit):
    """Mains and harmonics that come and go, at once or over some seconds."""
    mains = random.choice([50, 60]) + random.uniform(-0.05, 0.05)
    harmonics = [(k, random.uniform(0.05, 0.5) / k ** 0.5 if k > 1 else 1.0)
                 for k in [1, 2, 3, 5, 7]
                 if k * mains < 0.45 * rate and (k == 1 or random.random() < 0.6)]

    def shape(m):
        local = np.arange(m) / rate
        size = unit * log_uniform(random, 1, 10)
        phases = random.uniform(0, 2 * np.pi, len(harmonics))
        wave = sum(a * np.sin(2 * np.pi * k * mains * local + p)
                   for (k, a), p in zip(harmonics, phases))
        flank = random.choice([0.002, random.uniform(0.3, 3)])
        return size * wave * taper(random, rate, m, flank)
    return bouts(random, rate, n, (3, 90), log_uniform(random, 0.3, 2), shape)


def spikes(random, rate, n, unit):
    """One to four samples."""
    signal, intervals = np.zeros(n), []
    for t in times(random, n / rate, log_uniform(random, 1, 20), 0.05):
        first, m = int(t * rate), int(random.integers(1, 5))
        size = unit * log_uniform(random, 5, 40) * random.choice([-1, 1])
        signal[first:first + m] += size * random.uniform(0.5, 1, signal[first:first + m].size)
        intervals.append((t, m / rate))
    return signal, intervals


def drift(random, rate, n, unit):
    """Below 0.4 Hz, and an offset."""
    size = unit * log_uniform(random, 5, 100)
    return size * (band_noise(random, rate, n, 0, random.uniform(0.02, 0.4))
                   + random.uniform(-3, 3)), [(0.0, n / rate)]


def noise_gain(random, rate, n):
    """The gain of a noise floor that doubles for about a minute, and its intervals."""
    seconds = n / rate
    length = min(random.uniform(40, 80), 0.4 * seconds)
    first = random.uniform(0.05, 0.95) * (seconds - length)
    a, b = int(first * rate), int((first + length) * rate)
    gain = np.ones(n)
    gain[a:b] += taper(random, rate, b - a, random.choice([0.005, random.uniform(0.2, 3)]))
    return gain, [(first, length)]


makers = {"ecg": heartbeats, "pops": pops, "motion": motion, "rub": cable_rub, "hum": hum,
          "spikes": spikes, "drift": drift}
