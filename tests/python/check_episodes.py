#!/usr/bin/env python3
"""Episodes against recordings of known truth that share nothing with the project's own simulator
(episode_recordings.py).

Usage: check_episodes.py SOLEUS                         a small fixed set, held to the bounds below
       check_episodes.py SOLEUS --set DIR... [--errors] [--ignore-myoclonic] [--jobs N]
                                [-- OPTION...]
                                                        sets that were made before; OPTIONs go to
                                                        `soleus episodes`

Counts as found: an episode that a detection of the same channel overlaps with an IoU of 0.5, one to
one. Without jerks, myoclonic rows of either table are left out, and what covers a true jerk."""
import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

CLASSES = ["tonic", "clonic", "tonic-clonic", "myoclonic"]
# What the small set has to reach, jerks left out but on nothing: least, and most.
LEAST = {"2-6": {"found": 0.88, "precise": 0.88, "class": 0.90},
         "6-12": {"found": 0.97, "precise": 0.97, "class": 0.95},
         "12-30": {"found": 0.98, "precise": 0.98, "class": 0.92}}
MOST = {"2-6": {"onset_median": 0.06, "onset_95": 1.0, "rate": 0.02, "boundary": 0.5},
        "6-12": {"onset_median": 0.04, "onset_95": 0.4, "rate": 0.01, "boundary": 0.4},
        "12-30": {"onset_median": 0.03, "onset_95": 0.3, "rate": 0.01, "boundary": 0.4},
        "nothing": {"false_hour": 3}}
# band: (kind, SNR, recordings, seconds, seed)
SMALL = {"2-6": ("activity", (2, 6), 8, 200, 71), "6-12": ("activity", (6, 12), 8, 200, 72),
         "12-30": ("activity", (12, 30), 8, 200, 73), "nothing": ("nothing", (2, 6), 6, 600, 74)}


def number(text):
    return None if text in ("n/a", "") else float(text)


def read_rows(file):
    rows = []
    for row in csv.DictReader(file, delimiter="\t"):
        row["start"] = float(row["onset"])
        row["end"] = row["start"] + float(row["duration"])
        rows.append(row)
    return rows


def read_file(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return read_rows(file)


def overlap(a, b):
    return max(0.0, min(a["end"], b["end"]) - max(a["start"], b["start"]))


def iou(a, b):
    both = overlap(a, b)
    return both / (a["end"] - a["start"] + b["end"] - b["start"] - both) if both > 0 else 0.0


def match(truth, found):
    """Pairs of indices, the best overlap first, nothing twice."""
    candidates = sorted(((iou(t, f), -i, -j) for i, t in enumerate(truth)
                         for j, f in enumerate(found) if t["channel"] == f["channel"]
                         and iou(t, f) >= 0.5), reverse=True)
    pairs, used, taken = [], set(), set()
    for _, i, j in candidates:
        if -i not in used and -j not in taken:
            used.add(-i)
            taken.add(-j)
            pairs.append((-i, -j))
    return pairs


def without_jerks(truth, found):
    jerks = [t for t in truth if t["trial_type"] == "myoclonic"]
    kept = [f for f in found if f["trial_type"] != "myoclonic" and not any(
        t["channel"] == f["channel"] and overlap(t, f) > 0.3 * (f["end"] - f["start"])
        for t in jerks)]
    return [t for t in truth if t["trial_type"] != "myoclonic"], kept


def why_missed(t, found):
    """What lies over a missed episode."""
    here = [f for j, f in enumerate(found) if f["channel"] == t["channel"] and overlap(t, f) > 0]
    if not here:
        return "nothing there"
    share = sum(overlap(t, f) for f in here) / (t["end"] - t["start"])
    what = ", ".join(f"{f['start']:.2f}-{f['end']:.2f} {f['trial_type']}" for f in here[:4])
    kind = "piece" if len(here) == 1 else f"{len(here)} pieces"
    if any(f["end"] - f["start"] > 1.5 * (t["end"] - t["start"]) for f in here):
        kind = "too long"
    return f"{kind} over {100 * share:.0f} %: {what}"


def around(row, artefacts):
    kinds = sorted({a["kind"] for a in artefacts if a["channel"] == row["channel"]
                    and a["start"] < row["end"] + 0.2 and a["end"] > row["start"] - 0.2})
    return "[" + " ".join(kinds) + "]" if kinds else ""


class Score:
    def __init__(self):
        self.truth = self.found = self.detections = self.right = 0
        self.onset, self.offset, self.rate, self.median_rate, self.boundary = [], [], [], [], []
        self.confusion, self.errors = {}, []
        self.seconds = self.channel_seconds = 0.0

    def add(self, name, truth, found, artefacts):
        pairs = match(truth, found)
        self.truth += len(truth)
        self.detections += len(found)
        self.found += len(pairs)
        hit, taken = {i: j for i, j in pairs}, {j for _, j in pairs}
        for i, t in enumerate(truth):
            told = found[hit[i]]["trial_type"] if i in hit else "missed"
            key = (t["trial_type"], told)
            self.confusion[key] = self.confusion.get(key, 0) + 1
            about = f"{t['snr']} dB {t['detail']} {around(t, artefacts)}"
            if i not in hit:
                self.errors.append(("miss", name, t, why_missed(t, found) + " | " + about))
                continue
            f = found[hit[i]]
            self.measure(t, f)
            if told != t["trial_type"]:
                told += f" ({number(f['confidence']) or 0:.2f})"
                self.errors.append(("class", name, t, f"told {told} {f['start']:.2f}-"
                                    f"{f['end']:.2f} | {about}"))
        for j, f in enumerate(found):
            if j not in taken:
                key = ("nothing", f["trial_type"])
                self.confusion[key] = self.confusion.get(key, 0) + 1
                over = [t for t in truth if t["channel"] == f["channel"] and overlap(t, f) > 0]
                what = "; ".join(f"on {t['trial_type']} {t['start']:.2f}-{t['end']:.2f}"
                                 for t in over) or "on nothing"
                self.errors.append(("false", name, f, f"{what} | {around(f, artefacts)}"))

    def measure(self, t, f):
        self.onset.append(abs(t["start"] - f["start"]))
        self.offset.append(abs(t["end"] - f["end"]))
        if t["trial_type"] != f["trial_type"]:
            return
        self.right += 1
        if t["trial_type"] == "clonic" and number(f["burst_rate"]):
            told = number(f["burst_rate"])
            self.rate.append(abs(told / number(t["burst_rate"]) - 1))
            self.median_rate.append(abs(told / number(t["median_rate"]) - 1))
        if t["trial_type"] == "tonic-clonic" and number(f["boundary"]) is not None:
            self.boundary.append(abs(number(f["boundary"]) - number(t["boundary"])))

    def values(self):
        false = self.detections - self.found
        return {"episodes": self.truth, "found": ratio(self.found, self.truth),
                "precise": ratio(self.found, self.detections),
                "class": ratio(self.right, self.found),
                "onset_median": quantile(self.onset, 0.5), "onset_95": quantile(self.onset, 0.95),
                "end_median": quantile(self.offset, 0.5), "end_95": quantile(self.offset, 0.95),
                "rate": quantile(self.rate, 0.5), "rate_95": quantile(self.rate, 0.95),
                "median_rate": quantile(self.median_rate, 0.5),
                "boundary": quantile(self.boundary, 0.5), "false": false,
                "false_hour": ratio(false, self.seconds / 3600),
                "false_channel_hour": ratio(false, self.channel_seconds / 3600)}


def ratio(a, b):
    return a / b if b else None


def quantile(values, q):
    if not values:
        return None
    ordered = sorted(values)
    at = q * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def analyse(program, directory, pair, options):
    """The rows of one recording: (pair, truth, found, artefacts, channels)."""
    recording = os.path.join(directory, pair["recording"])
    result = subprocess.run(["nice", "-n", "5", program, "episodes", "--scale", "1", "-q", *options,
                             recording], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{recording}: exit {result.returncode}: {result.stderr}")
    with open(recording, "rb") as file:
        channels = int.from_bytes(file.read(24)[22:24], "little")
    truth = os.path.join(directory, pair["truth"])
    return (pair, read_file(truth), read_rows(io.StringIO(result.stdout)),
            read_file(truth.replace(".truth.", ".artefacts.")), channels)


def score_sets(program, directories, jobs, options):
    """{band: (with jerks, without)} over all pairs."""
    scores, work = {}, []
    for directory in directories:
        with open(os.path.join(directory, "pairs.tsv"), encoding="utf-8") as file:
            work += [(directory, pair) for pair in csv.DictReader(file, delimiter="\t")]
    with ThreadPoolExecutor(jobs) as pool:
        done = pool.map(lambda w: (w[0], analyse(program, *w, options)), work)
        for directory, (pair, truth, found, artefacts, channels) in done:
            both = scores.setdefault(pair["band"], (Score(), Score()))
            name = os.path.join(os.path.basename(directory.rstrip("/")), pair["recording"])
            both[0].add(name, truth, found, artefacts)
            both[1].add(name, *without_jerks(truth, found), artefacts)
            for score in both:
                score.seconds += float(pair["duration"])
                score.channel_seconds += float(pair["duration"]) * channels
    return scores


COLUMNS = [("episodes", "episodes", 1, "d"), ("found", "found", 1, ".3f"),
           ("precise", "precise", 1, ".3f"), ("class", "class", 1, ".3f"),
           ("onset_median", "onset ms", 1000, ".0f"), ("onset_95", "95%", 1000, ".0f"),
           ("end_median", "end ms", 1000, ".0f"), ("end_95", "95%", 1000, ".0f"),
           ("rate", "rate %", 100, ".2f"), ("rate_95", "95%", 100, ".1f"),
           ("median_rate", "1/med %", 100, ".2f"), ("boundary", "bound s", 1, ".2f"),
           ("false", "false", 1, "d"), ("false_hour", "false/h", 1, ".2f"),
           ("false_channel_hour", "/ch.h", 1, ".2f")]


def print_table(scores):
    print(f"{'set':22}" + "".join(f"{title:>9}" for _, title, _, _ in COLUMNS))
    for band, both in scores.items():
        for label, score in zip(["", " without jerks"], both):
            values = score.values()
            cells = [format(values[key] * factor, form) if values[key] is not None else "n/a"
                     for key, _, factor, form in COLUMNS]
            print(f"{band + label:22}" + "".join(f"{cell:>9}" for cell in cells))


def print_confusion(band, score):
    told = CLASSES + ["missed"]
    print(f"\n{band}: truth (rows), told (columns)\n{'':14}"
          + "".join(f"{c:>14}" for c in told))
    for t in CLASSES + ["nothing"]:
        print(f"{t:14}" + "".join(f"{score.confusion.get((t, c), 0):14d}" for c in told))


def print_errors(score):
    order = {"miss": 0, "false": 1, "class": 2}
    for kind, name, row, why in sorted(score.errors, key=lambda e: (order[e[0]], e[1],
                                                                    e[2]["start"])):
        print(f"{kind}\t{name}\tch {row['channel']}\t{row['start']:.3f}\t"
              f"{row['end'] - row['start']:.3f}\t{row['trial_type']}\t{why}")


def held(scores):
    """Tells every bound that does not hold; their number."""
    failures = 0
    for bounds, wrong in [(LEAST, lambda a, b: a < b), (MOST, lambda a, b: a > b)]:
        for band, limits in bounds.items():
            values = scores[band][0 if band == "nothing" else 1].values()
            for key, bound in limits.items():
                if values[key] is None or wrong(values[key], bound):
                    failures += 1
                    print(f"FAILED: {band}: {key} is {values[key]}, the bound {bound}")
    return failures


def check_small(program):
    import episode_recordings as recordings
    with tempfile.TemporaryDirectory() as folder:
        directories = []
        for band, (kind, snr, count, seconds, seed) in SMALL.items():
            directories.append(os.path.join(folder, band))
            recordings.make_set(directories[-1],
                                recordings.Settings(kind, snr, seconds), count, seed)
        scores = score_sets(program, directories, 2, [])
    print_table(scores)
    failures = held(scores)
    print("failures:", failures)
    return 1 if failures else 0


def main():
    arguments, options = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, options = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--set", nargs="+", metavar="DIR")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--ignore-myoclonic", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    a = parser.parse_args(arguments)
    if not a.set:
        try:
            import scipy  # noqa: F401
        except ImportError:
            print("no scipy", file=sys.stderr)
            return 77
        return check_small(a.program)
    scores = score_sets(a.program, a.set, a.jobs, options)
    print_table(scores)
    for band, both in scores.items():
        chosen = both[1 if a.ignore_myoclonic else 0]
        print_confusion(band, chosen)
        if a.errors:
            print_errors(chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
