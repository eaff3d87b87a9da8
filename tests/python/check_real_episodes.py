#!/usr/bin/env python3
"""Episodes of real recordings: two holds, rhythms at rates that are measured here from the
envelope's autocorrelation, heartbeats that are no episodes, and recordings with nothing in them.

Usage: check_real_episodes.py SOLEUS FOLDER   (exit status 77, skipped, where there is no FOLDER)"""
import csv
import io
import os
import subprocess
import sys

from checking import check, falls_short, status

soleus, folder = sys.argv[1], sys.argv[2]
if not os.path.isdir(folder):
    print(f"no {folder}", file=sys.stderr)
    sys.exit(77)
try:
    import h5py
    import numpy as np
    import scipy.io
    from scipy import signal as dsp
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)

RATE_TOLERANCE = 0.05  # of a rhythm; strides and flexions of one person vary by 5–10 %
FLEXION_RATE = 0.321  # Hz, opensignals_bursts.h5: nine contractions in 28.5 s
# Hz, uci_walking.txt: stride rate by each muscle (the goniometer of the knee: 0.762) and how many
# bursts a stride has. The hamstrings have one, long and clean (20 dB over what is between); rectus
# femoris a sharp one before foot contact and a weak, long one in stance; vastus medialis three.
STRIDES = {"Recto Femoral": (0.763, (1, 2)), "Biceps Femoral": (0.763, (1,)),
           "Vasto Medial": (0.765, (1, 2, 3)), "EMG Semitendinoso": (0.770, (1,))}


def path(name):
    return os.path.join(folder, name)


def table(*arguments):
    result = subprocess.run([soleus, "episodes", "-q", *arguments], capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0, f"{arguments}: {result.stderr}"
    rows = list(csv.DictReader(io.StringIO(result.stdout), delimiter="\t"))
    for row in rows:
        row["start"], row["length"] = float(row["onset"]), float(row["duration"])
        row["end"] = row["start"] + row["length"]
    return rows


def told(rows):
    """Rows in a few words, for messages."""
    return "; ".join(f"{r.get('trial_type', r.get('kind'))} {r['start']:.2f}-{r['end']:.2f} "
                     f"{r['channel']} {r.get('burst_rate', '')}" for r in rows[:12]) or "nothing"


def band(x, rate, low, high):
    sos = dsp.butter(4, [low, min(high, 0.45 * rate)], "bandpass", fs=rate, output="sos")
    return dsp.sosfiltfilt(sos, x - np.mean(x, axis=0), axis=0)


def envelope(x, rate, cutoff):
    return dsp.sosfiltfilt(dsp.butter(2, cutoff, fs=rate, output="sos"),
                           np.abs(band(x, rate, 20, 450)))


def rhythm(x, rate, low, high):
    """Hz: the highest peak of the unbiased autocorrelation of the envelope, between the rates low
    and high, refined by a parabola; checked against the envelope's spectrum."""
    e = envelope(x, rate, 3)
    e = e - e.mean()
    n = e.size
    r = dsp.correlate(e, e, method="fft")[n - 1:] / (n - np.arange(n))
    lags = range(int(rate / high), int(rate / low))
    k = max((k for k in lags if r[k] > r[k - 1] and r[k] >= r[k + 1]), key=lambda k: r[k])
    k += 0.5 * (r[k - 1] - r[k + 1]) / (r[k - 1] - 2 * r[k] + r[k + 1])
    spectrum = np.abs(np.fft.rfft(e * np.hanning(n), 8 * n))
    frequency = np.fft.rfftfreq(8 * n, 1 / rate)
    near = np.abs(frequency * k / rate - 1) < 0.3
    peak = frequency[near][np.argmax(spectrum[near])]
    check(abs(peak * k / rate - 1) < 0.03, f"autocorrelation {rate / k} Hz, spectrum {peak} Hz")
    return rate / k


def near(value, truth, tolerance=RATE_TOLERANCE):
    return value not in ("n/a", "") and abs(float(value) / truth - 1) <= tolerance


def check_holds():
    rows = table("--rate", "1000", path("biceps_holds.csv"))
    check([r["trial_type"] for r in rows] == ["tonic", "tonic"], "biceps_holds: " + told(rows))
    for row, (start, end) in zip(rows, [(9.4, 19.4), (28.2, 39.5)]):
        check(abs(row["start"] - start) <= 0.5 and abs(row["end"] - end) <= 0.5,
              f"biceps_holds: {told([row])}, not {start}-{end} s")


def check_flexions():
    """At 0.32 Hz slower than what is clonic by default: nine episodes then; one clonic episode
    where so slow a rhythm is asked for."""
    name = "opensignals_bursts.h5"
    with h5py.File(path(name), "r") as file:
        raw = next(iter(file.values()))["raw"]
        x = raw["channel_3"][:].ravel().astype(float)
    rate = rhythm(x, 1000, 0.2, 1)
    slow = envelope(x, 1000, 1)
    peaks, _ = dsp.find_peaks(slow, prominence=0.15 * slow.max())
    check(near(rate, FLEXION_RATE, 0.01) and peaks.size == 9, f"{name}: {rate} Hz, {peaks.size}")

    rows = table(path(name))
    if len(rows) == 1:
        check(rows[0]["trial_type"] == "clonic", f"{name}: {told(rows)}")
    else:
        each = [sum(r["start"] < p / 1000 < r["end"] for r in rows) for p in peaks]
        falls_short(len(rows) == 9 and each == [1] * 9
                    and near(1 / np.mean(np.diff([r["start"] for r in rows])), FLEXION_RATE),
                    f"{name}: nine are there, but {told(rows)}")
    rows = table("--burst-rate", "0.2-12", path(name))
    falls_short(len(rows) == 1 and rows[0]["trial_type"] == "clonic"
                and near(rows[0]["burst_rate"], FLEXION_RATE) and rows[0]["burst_count"] == "9",
                f"{name}: clonic at {FLEXION_RATE} Hz with --burst-rate 0.2-12, but {told(rows)}")


def check_walking():
    name = "uci_walking.txt"
    columns = np.loadtxt(path(name), skiprows=7, encoding="latin-1", usecols=range(5))
    seconds = columns.shape[0] / 1000
    rows = table("--rate", "1000", path(name))
    for c, (muscle, (truth, bursts)) in enumerate(STRIDES.items()):
        rate = rhythm(columns[:, c], 1000, 0.5, 1.2)
        check(near(rate, truth, 0.01), f"{name}: {muscle}: {rate} Hz measured, {truth} stated")
        own = [r for r in rows if r["channel"] == muscle]
        clonic = [r for r in own if r["trial_type"] == "clonic" and r["length"] > 5]
        share = sum(r["length"] for r in clonic) / seconds
        # The ragged bursts of a stride come apart in pieces.
        falls_short(share >= 0.8 and all(any(near(r["burst_rate"], k * truth) for k in bursts)
                                         for r in clonic),
                    f"{name}: {muscle}: clonic for {100 * share:.0f} %, not {truth} Hz x {bursts}: "
                    f"{told(own)}")


def heartbeats(x, rate):
    """Times of the QRS complexes in s, and whether the muscle is quiet beside them."""
    mean = x.mean(axis=1)
    slope = dsp.sosfiltfilt(dsp.butter(2, 15, fs=rate, output="sos"),
                            np.gradient(band(mean, rate, 8, 30)) ** 2)
    high = np.median(np.sort(slope)[-slope.size // 33:])
    peaks, _ = dsp.find_peaks(slope, distance=int(0.38 * rate), height=0.15 * high)
    wave, near_by = band(mean, rate, 5, 40), int(0.05 * rate)
    peaks = [max(p - near_by, 0) + int(np.argmax(wave[max(p - near_by, 0):p + near_by]))
             for p in peaks]
    muscle = band(mean, rate, 100, 450)
    a, b = int(0.1 * rate), int(0.25 * rate)
    beside = np.array([np.sqrt(np.mean(np.r_[muscle[max(p - b, 0):p - a],
                                             muscle[p + a:p + b]] ** 2)) for p in peaks])
    return np.array(peaks) / rate, beside < 2.5 * beside.min()


def check_heartbeats():
    """Contractions about every 1.8 s lie under the heart's; between them it beats alone."""
    name = "emggo_ecg_contaminated_v5.mat"
    x = scipy.io.loadmat(path(name))["EMG"]["channelData"][0, 0].astype(float)
    beats, quiet = heartbeats(x, 2048)
    heart = 1 / np.median(np.diff(beats))
    check(beats.size == 34 and near(heart, 1.734, 0.01) and quiet.sum() >= 5,
          f"{name}: {beats.size} heartbeats, {heart} Hz, {quiet.sum()} alone")
    bursts = [r for r in table("--bursts", path(name)) if r["kind"] == "burst"]
    on_heart = [r for r in bursts if r["length"] < 0.15
                and np.abs(beats - 0.5 * (r["start"] + r["end"])).min() < 0.06]
    check(not on_heart, f"{name}: {len(on_heart)} bursts are heartbeats: {told(on_heart)}")
    alone = [r for r in bursts if any(r["start"] < t + 0.05 and r["end"] > t - 0.05
                                      for t in beats[quiet])]
    check(not alone, f"{name}: {len(alone)} bursts over heartbeats alone: {told(alone)}")
    rows = table(path(name))
    jerks = [r for r in rows if r["trial_type"] == "myoclonic" and r["length"] < 0.15
             and np.abs(beats - 0.5 * (r["start"] + r["end"])).min() < 0.06]
    check(not jerks, f"{name}: {len(jerks)} jerks are heartbeats: {told(jerks)}")
    paced = [r for r in rows if any(near(r["burst_rate"], k * heart, 0.12) for k in (1, 2))]
    check(not paced, f"{name}: rhythms of the heart ({heart:.3f} Hz): {told(paced)}")


def check_nothing():
    """biosppy_opensignals.txt is near rest: an RMS of 1.7 steps of its converter. From 49.5 to 57.9 s
    it is 3.1 steps (excess 3.9 dB over the rest, median frequency 102 Hz), from 35 to 41 s 2.4 (0.1 dB):
    background tone, no episode; told apart from what is found elsewhere."""
    rows = table(path("delsys_trigno.csv"))
    check(not rows, f"delsys_trigno: {len(rows)} episodes where there are none: {told(rows)}")
    rows = table(path("biosppy_opensignals.txt"))
    tone = [r for r in rows if r["start"] < 41 and r["end"] > 35
            or r["start"] < 58 and r["end"] > 49]
    falls_short(not tone, f"biosppy_opensignals: {len(tone)} episodes in background tone: {told(tone)}")
    rest = [r for r in rows if r not in tone]
    falls_short(not rest, f"biosppy_opensignals: {len(rest)} episodes at rest: {told(rest)}")


check_holds()
check_flexions()
check_walking()
check_heartbeats()
check_nothing()
sys.exit(status())
