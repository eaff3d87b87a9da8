#!/usr/bin/env python3
"""Recordings with episodes whose truth is known, made without the project's own simulator and on
another model of the signal: shaped noise and filtered trains of wavelets instead of motor units.

Usage: episode_recordings.py OUT_DIR [--set activity|nothing] [--snr LOW HIGH] [--count N]
                             [--seconds S] [--seed K] [--rate R] [--channels C]

OUT_DIR gets NNN.wav (32-bit float, in uV: read it with --scale 1, channels are '1', '2', ...),
NNN.truth.tsv, NNN.artefacts.tsv (what was added where) and pairs.tsv. As a module:
make(random, settings) returns the samples, the truth's rows and the artefacts' rows.

What the truth means
- SNR: RMS of the activity alone while it is on (clonic: within bursts) over the RMS of the resting
  baseline (not doubled), both from 20 to 450 Hz or half the rate, in dB. Each phase of each episode
  has it exactly; it differs by up to 1 dB from the recording's and stays within LOW and HIGH.
- onset and end: where the envelope leaves and reaches zero (first and last burst of a clonic one).
- burst_rate: beats after the first over the time from first to last, missed beats counted;
  median_rate: 1 over the median interval of the plan.
- boundary (s, as onset): the end of the tonic phase, or its onset where the clonic phase is first."""
import argparse
import csv
import os
from dataclasses import dataclass

import numpy as np
from scipy.io import wavfile

import episode_artefacts as artefacts
from episode_artefacts import log_uniform
from episode_muscle import Muscle, Phase, band_rms, burst_shape, clonic_phase, shaped, tonic_phase

TRUTH = ["onset", "duration", "trial_type", "channel", "burst_rate", "boundary", "median_rate",
         "snr", "detail"]


@dataclass
class Settings:
    kind: str = "activity"
    snr: tuple = (6.0, 12.0)
    seconds: float = 300.0
    rate: int = 0  # 0: drawn
    channels: int = 0  # 0: drawn


def draw_episode(random, rate, longest):
    """The phases of an episode, and the samples of silence between them."""
    kind = random.choice(["tonic", "clonic", "tonic-clonic"], p=[0.4, 0.4, 0.2])
    rise, fall = log_uniform(random, 0.01, 0.5), log_uniform(random, 0.01, 0.5)
    if kind == "tonic":
        return kind, [tonic_phase(random, rate, log_uniform(random, 1, longest), rise, fall)], 0
    if kind == "clonic":
        return kind, [clonic_phase(random, rate, (3, 60))], 0
    clonic = clonic_phase(random, rate, (4, 60), random.uniform(3, 20))
    length = log_uniform(random, 1, min(30, longest))
    pause = np.median(np.diff(clonic.plan)) - (clonic.bursts[0][1] - clonic.bursts[0][0])
    pause = int(min(max(pause, 0.02 * rate), 0.4 * rate))
    if random.random() < 0.8:
        fall = min(fall, 0.06)
        return kind, [tonic_phase(random, rate, length, rise, fall), clonic], pause
    return kind, [clonic, tonic_phase(random, rate, length, min(rise, 0.06), fall)], pause


def cut_phase(phase, first, last):
    """The samples first to last of a phase."""
    bursts = [(max(a, first) - first, min(b, last) - first) for a, b in phase.bursts
              if min(b, last) - max(a, first) > 0.3 * (b - a)]
    return Phase(phase.tonic, phase.envelope[first:last], bursts,
                 [p - first for p in phase.plan if first <= p < last], phase.detail)


def trim(phase):
    """A clonic phase from its first burst to the end of its last."""
    a, b = phase.bursts[0][0], phase.bursts[-1][1]
    return a, cut_phase(phase, a, b)


def place(channel, start, kind, phases, pause, delay):
    """Puts an episode at the sample `start` of a channel; both may lie outside of the recording.
    False where what is left inside is not an episode of its kind any more."""
    pieces, at = [], start + delay
    for phase in phases:
        first, last = max(-at, 0), min(channel.n - at, phase.envelope.size)
        if last - first < (1.0 if phase.tonic else 0.3) * channel.rate:
            return False
        piece = cut_phase(phase, first, last)
        shift = 0
        if not phase.tonic:
            if len(piece.bursts) < 3:
                return False
            shift, piece = trim(piece)
        pieces.append((at + first + shift, piece))
        at += phase.envelope.size + pause
    channel.add(kind, pieces)
    return True


class Channel:
    def __init__(self, random, rate, n, name, snr, limits):
        self.random, self.rate, self.n, self.name = random, rate, n, name
        self.snr, self.limits = snr, limits
        self.unit = log_uniform(random, 1, 8)
        self.muscle = Muscle(random, rate)
        self.activity = np.zeros(n)
        self.rows = []

    def baseline(self):
        kind = ["white", "pink", "steps"][self.random.integers(3)]
        noise = self.random.standard_normal(self.n)
        if kind == "pink":
            corner = self.random.uniform(10, 60)
            noise = shaped(self.random, self.rate, self.n,
                           lambda f: 1 + corner / np.maximum(f, 0.5))
        self.step = self.unit * self.random.uniform(0.2, 1.2) if kind == "steps" else 0
        return self.unit * noise / band_rms(noise, self.rate)

    def add(self, kind, pieces):
        levels = []
        for start, piece in pieces:
            n = piece.envelope.size
            shortest = min([b - a for a, b in piece.bursts], default=self.rate) / self.rate
            x = self.muscle.carrier(n, shortest) * piece.envelope
            mask = np.ones(n, bool)
            if piece.bursts:
                mask[:] = False
                for a, b in piece.bursts:
                    mask[a:b] = True
            level = float(np.clip(self.snr + self.random.uniform(-1, 1), *self.limits))
            levels.append(f"{level:.2f}")
            x *= self.unit * 10 ** (level / 20) / band_rms(x, self.rate, mask)
            self.activity[start:start + n] += x
        self.rows.append(self.row(kind, pieces, "/".join(levels)))

    def row(self, kind, pieces, levels):
        onset = pieces[0][0] / self.rate
        end = (pieces[-1][0] + pieces[-1][1].envelope.size) / self.rate
        row = dict(onset=onset, duration=end - onset, trial_type=kind, channel=self.name,
                   burst_rate="n/a", boundary="n/a", median_rate="n/a", snr=levels,
                   detail="; ".join([self.muscle.model] + [p.detail for _, p in pieces]))
        for start, piece in pieces:
            if not piece.tonic and kind != "myoclonic":
                gaps = np.diff(piece.plan) / self.rate
                row["burst_rate"], row["median_rate"] = 1 / gaps.mean(), 1 / np.median(gaps)
        if kind == "tonic-clonic":
            (first, tonic), (second, _) = pieces
            row["boundary"] = (first + tonic.envelope.size if tonic.tonic else second) / self.rate
        return row

    def busy(self, a, b, margin):
        return any(r["onset"] - margin < b and r["onset"] + r["duration"] + margin > a
                   for r in self.rows)

    def jerks(self):
        wanted = self.random.integers(1, 5)
        for _ in range(20 * wanted):
            length = self.random.uniform(0.06, 0.25)
            at = self.random.uniform(4, self.n / self.rate - 5)
            if wanted > 0 and not self.busy(at, at + length, 4):
                wanted -= 1
                m = int(length * self.rate)
                shape = ["half-sine", "raised-cosine", "square"][self.random.integers(3)]
                envelope = burst_shape(self.random, self.rate, shape, m)
                self.add("myoclonic", [(int(at * self.rate), Phase(False, envelope, [(0, m)],
                                                                   detail=shape))])

    def fasciculations(self):
        """Single potentials, away from episodes; returns their intervals."""
        intervals = []
        stretch = self.random.uniform(1, 1.8)
        potential = self.muscle.wavelet(stretch)
        for t in artefacts.times(self.random, self.n / self.rate,
                                 log_uniform(self.random, 1, 15), 0.5):
            at = int(t * self.rate)
            if at + potential.size < self.n and not self.busy(t, t, 0.5):
                self.activity[at:at + potential.size] += potential * self.unit \
                    * log_uniform(self.random, 3, 15) / np.abs(potential).max()
                intervals.append((t, potential.size / self.rate))
        return intervals


def schedule(random, channels, seconds):
    """Episodes with pauses of 4–60 s; the first may have begun and the last not ended."""
    rate, n = channels[0].rate, channels[0].n
    t = log_uniform(random, 4, 40)
    if random.random() < 0.3:
        t = None
    late = random.random() < 0.3
    while t is None or t < seconds - 3:
        kind, phases, pause = draw_episode(random, rate, min(180, 0.4 * seconds))
        length = (sum(p.envelope.size for p in phases) + pause * (len(phases) - 1)) / rate
        begun = t is None
        start = -random.uniform(0.1, 0.7) * length if begun else t
        if start + length > seconds - 4 and not late:
            if seconds - 4 - start < 8:
                break
            t = start + random.uniform(0.5, 2)  # another, shorter one may fit
            continue
        end = 0.0
        for channel in channels:
            delay = int(random.uniform(0, 0.4) * rate) if len(channels) > 1 else 0
            if place(channel, int(start * rate), kind, phases, pause, delay):
                end = max(end, channel.rows[-1]["onset"] + channel.rows[-1]["duration"])
        t = max(end, 0.0 if begun else t) + log_uniform(random, 4, 60)


def add_artefacts(random, channels, signals, chance):
    rows, rate, n = [], channels[0].rate, channels[0].n
    for name, maker in artefacts.makers.items():
        if random.random() >= chance:
            continue
        chosen = range(len(channels)) if random.random() < 0.5 \
            else [int(random.integers(len(channels)))]
        unit = np.median([channels[c].unit for c in chosen])
        wave, intervals = maker(random, rate, n, unit)
        for c in chosen:
            share = random.uniform(0.6, 1) if len(chosen) > 1 else 1
            signals[c] += wave * channels[c].unit / unit * share
            rows += [(a, d, name, channels[c].name) for a, d in intervals]
    return rows


def make(random, settings):
    """Returns (samples as frames × channels in uV, rate, truth's rows, artefacts' rows, SNR)."""
    rate = settings.rate or int(random.choice([500, 1000, 1024, 2000, 2048, 4000],
                                              p=[0.1, 0.3, 0.15, 0.25, 0.15, 0.05]))
    count = settings.channels or int(random.choice([1, 2, 4], p=[0.55, 0.4, 0.05]))
    n = int(settings.seconds * rate)
    level = random.uniform(*settings.snr)
    channels = [Channel(random, rate, n, str(c + 1), level, settings.snr) for c in range(count)]
    nothing = settings.kind == "nothing"
    rows, signals = [], []
    if not nothing:
        if random.random() < 0.5:
            schedule(random, channels, settings.seconds)
        else:
            for channel in channels:
                schedule(random, [channel], settings.seconds)
        jerks, twitches = random.random() < 1 / 3, random.random() < 0.25
        for channel in channels:
            if jerks:
                channel.jerks()
            if twitches:
                rows += [(a, d, "fasciculation", channel.name)
                         for a, d in channel.fasciculations()]
    louder = random.random() < (0.6 if nothing else 0.15)
    together = random.random() < 0.5
    gain, intervals = artefacts.noise_gain(random, rate, n)
    for c, channel in enumerate(channels):
        signal = channel.baseline()
        if louder and (together or c == 0):
            signal *= gain
            rows += [(a, d, "louder", channel.name) for a, d in intervals]
        signals.append(signal + channel.activity)
    rows += add_artefacts(random, channels, signals, 0.6 if nothing else 0.25)
    for channel, signal in zip(channels, signals):
        if channel.step:
            np.round(signal / channel.step, out=signal)
            signal *= channel.step
    truth = sorted((row for channel in channels for row in channel.rows),
                   key=lambda r: (r["onset"], r["channel"]))
    return np.stack(signals, 1).astype(np.float32), rate, truth, sorted(rows), level


def write_table(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter="\t", lineterminator="\n")
        out.writerow(columns)
        for row in rows:
            cells = [row[c] for c in columns] if isinstance(row, dict) else row
            out.writerow([f"{v:.6f}" if isinstance(v, float) else v for v in cells])


def make_set(directory, settings, count, seed):
    """Writes `count` recordings; recording k depends on the settings, the seed and k alone."""
    os.makedirs(directory, exist_ok=True)
    pairs = []
    for k in range(count):
        random = np.random.default_rng([seed, k, settings.kind == "nothing"])
        samples, rate, truth, added, level = make(random, settings)
        name = f"{k:03d}"
        wavfile.write(os.path.join(directory, name + ".wav"), rate,
                      samples if samples.shape[1] > 1 else samples[:, 0])
        write_table(os.path.join(directory, name + ".truth.tsv"), TRUTH, truth)
        write_table(os.path.join(directory, name + ".artefacts.tsv"),
                    ["onset", "duration", "kind", "channel"], added)
        band = "nothing" if settings.kind == "nothing" else "%g-%g" % tuple(settings.snr)
        snr = "n/a" if settings.kind == "nothing" else f"{level:.2f}"
        pairs.append((name + ".wav", name + ".truth.tsv", float(settings.seconds), snr, band))
    write_table(os.path.join(directory, "pairs.tsv"),
                ["recording", "truth", "duration", "snr", "band"], pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    parser.add_argument("--set", dest="kind", choices=["activity", "nothing"], default="activity")
    parser.add_argument("--snr", type=float, nargs=2, default=(6, 12), metavar=("LOW", "HIGH"))
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--channels", type=int, default=0)
    a = parser.parse_args()
    make_set(a.directory, Settings(a.kind, tuple(a.snr), a.seconds, a.rate, a.channels), a.count,
             a.seed)


if __name__ == "__main__":
    main()
