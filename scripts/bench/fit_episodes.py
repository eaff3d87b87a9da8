"""Remakes pipeline/signal/episode_weights.c: see scripts/fit-episodes."""
import argparse
import collections
import concurrent.futures
import dataclasses
import json
import math
import os
import sys

import episode_measures as measures
import episode_recordings as recordings

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.path.join(ROOT, "pipeline", "signal", "episode_weights.c")
CLASSES = ("tonic", "clonic", "tonic-clonic", "myoclonic")
PLAUSIBLE_KINDS = ("tonic", "clonic", "myoclonic")  # of enum plausibility_kind
CONFIDENT_KINDS = ("tonic", "clonic", "tonic-clonic")  # of enum episode_class
EDGE = 0.05  # s: a burst whose middle lies so near an episode belongs to it
SAME = 0.5  # overlap over union of an episode and a group that are one
PART = 0.3  # and of a group that is part of an episode, if not all of it


@dataclasses.dataclass
class Truth:
    """An episode that was made: times in s."""
    onset: float
    offset: float
    kind: str
    boundary: float  # between the phases of a tonic-clonic one, else NaN


@dataclasses.dataclass
class Channel:
    """A channel's bursts, without those told to be artefacts, its episodes, and its measures."""
    bursts: list
    truths: list
    cadences: list = dataclasses.field(default_factory=list)

    def measure(self):
        self.cadences = [measures.cadence(self.bursts, i) for i in range(len(self.bursts))]


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/fit-episodes", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Fits the weights by which 'soleus episodes' classifies, on recordings with "
        "known episodes, and\nwrites them as C: clonic against tonic bursts, muscle against what "
        "artefacts and noise leave,\nand how often a class is right.",
        epilog="""The present weights came from the fit half of the sets a, b and c of scripts/bench-episodes (300, 72,
48 recordings, seed 1000) and 144 recordings of tests/python/episode_recordings.py (seeds 201-204):
  scripts/bench-episodes --make build/fit --half fit
  make=tests/python/episode_recordings.py
  $make build/low --snr 2 6 --count 40 --seconds 400 --seed 201
  $make build/mid --snr 6 12 --count 40 --seconds 400 --seed 202
  $make build/high --snr 12 30 --count 40 --seconds 400 --seed 203
  $make build/nothing --set nothing --count 24 --seconds 1200 --seed 204
  scripts/fit-episodes --generated build/low --generated build/mid --generated build/high \\
      --generated build/nothing --set build/fit
Measures, groups and phases are those of scripts/bench/episode_measures.py; a change to the C code
that measures is to be made there too. The weights that the program has do not matter here.""")
    parser.add_argument("--set", metavar="DIR", action="append", default=[], dest="sets",
                        help="recordings of scripts/bench-episodes --make, of which the half to "
                        "be fitted on is taken; may be given again")
    parser.add_argument("--generated", metavar="DIR", action="append", default=[],
                        help="recordings of tests/python/episode_recordings.py; may be given again")
    parser.add_argument("--cache", metavar="FILE",
                        help="keep the bursts there (JSON); if it is there, take them from it")
    parser.add_argument("--output", metavar="FILE", default=TARGET,
                        help="where the C file goes (pipeline/signal/episode_weights.c)")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--soleus", help="take this program instead of building one")
    options = parser.parse_args()
    if not options.soleus:
        parser.error("--soleus PROGRAM is wanted")
    if options.jobs < 1:
        parser.error("--jobs: give a number above 0")
    cached = options.cache and os.path.exists(options.cache)
    if cached and (options.sets or options.generated):
        parser.error(f"--cache: {options.cache} is there and would be taken instead of the "
                     "recordings; remove it or leave out --set and --generated")
    if not (cached or options.sets or options.generated):
        parser.error("give recordings with --set DIR or --generated DIR")
    return options


def number(text):
    return math.nan if text in (None, "", "n/a") else float(text)


def truth_of(row):
    onset = number(row["onset"])
    return Truth(onset, onset + number(row["duration"]), row["trial_type"],
                 number(row.get("boundary")))


def burst_of(row):
    onset = number(row["onset"])
    return measures.Burst(onset, onset + number(row["duration"]),
                          *(number(row[field.name])
                            for field in dataclasses.fields(measures.Burst)[2:]))


def gather_recording(program, job):
    """The channels of one recording."""
    folder, row, scale = job
    found = collections.defaultdict(lambda: Channel([], []))
    for truth in recordings.read_table(os.path.join(folder, row["truth"])):
        if truth["trial_type"] in CLASSES:
            found[truth["channel"]].truths.append(truth_of(truth))
    path = os.path.join(folder, row["recording"])
    text = recordings.run([program, "episodes", "-q", "--bursts", *scale, path], name=path).decode()
    head, *lines = text.splitlines()
    for line in lines:
        burst = dict(zip(head.split("\t"), line.split("\t")))
        if burst["kind"] != "artefact":
            found[burst["channel"]].bursts.append(burst_of(burst))
    return [found[name] for name in sorted(found)]


def gather(options):
    jobs = []
    for folder in options.generated + options.sets:
        rows = recordings.read_table(os.path.join(folder, "pairs.tsv"))
        made = folder in options.generated
        jobs += [(folder, row, ["--scale", "1"] if made else []) for row in rows
                 if made or row["half"] == "fit"]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as executor:
        parts = executor.map(lambda job: gather_recording(options.soleus, job), jobs)
        return [channel for part in parts for channel in part]


def load(path):
    with open(path, encoding="utf-8") as file:
        return [Channel([measures.Burst(*burst) for burst in channel["bursts"]],
                        [Truth(*truth) for truth in channel["truths"]])
                for channel in json.load(file)]


def save(path, channels):
    recordings.write(path, json.dumps(
        [{"bursts": [dataclasses.astuple(burst) for burst in channel.bursts],
          "truths": [dataclasses.astuple(truth) for truth in channel.truths]}
         for channel in channels]) + "\n")


def regress(inputs, answers, inverse_penalty, weights=None):
    """A logistic regression on standardised inputs: weights for the inputs, and the constant."""
    import numpy  # here, so that --help works without these two
    from sklearn.linear_model import LogisticRegression
    inputs, answers = numpy.array(inputs, float), numpy.array(answers, int)
    centre, scale = inputs.mean(axis=0), inputs.std(axis=0)
    scale[scale < 1e-12] = 1
    # A solver that converges: others stop some thousandths short of the optimum.
    model = LogisticRegression(C=inverse_penalty, solver="newton-cholesky", tol=1e-8,
                               max_iter=5000)
    model.fit((inputs - centre) / scale, answers, sample_weight=weights)
    slopes = model.coef_[0] / scale
    return [*slopes, model.intercept_[0] - float(slopes @ centre)]


def enough(name, answers):
    if len(set(answers)) < 2:
        raise recordings.Failure(f"{name}: all {len(answers)} examples are alike; "
                                 "give more recordings")
    print(f"fit-episodes: {name}: {len(answers)} examples, {sum(answers)} of them so",
          file=sys.stderr)


def filled(bursts, onset, offset):
    """The share of a time that bursts fill."""
    time = sum(max(0, min(offset, b.offset) - max(onset, b.onset)) for b in bursts)
    return time / max(offset - onset, 0.1)


def tonic_first(channel, truth):
    """The truth of a tonic-clonic episode tells where it changes; bursts fill the tonic phase."""
    return (filled(channel.bursts, truth.onset, truth.boundary) >
            filled(channel.bursts, truth.boundary, truth.offset))


def fit_cadence(channels):
    """Clonic against tonic, on the bursts of episodes. Long episodes do not drown short ones: one
    of n bursts weighs as much as the root of n."""
    inputs, answers, weights = [], [], []
    for channel in channels:
        for truth in channel.truths:
            middles = [(i, (b.onset + b.offset) / 2) for i, b in enumerate(channel.bursts)]
            inside = [(i, middle) for i, middle in middles
                      if truth.onset - EDGE <= middle <= truth.offset + EDGE]
            if truth.kind == "myoclonic" or not inside:
                continue
            mixed = truth.kind == "tonic-clonic"
            first = mixed and tonic_first(channel, truth)
            for i, middle in inside:
                clonic = (middle >= truth.boundary) == first if mixed else truth.kind == "clonic"
                inputs.append(channel.cadences[i])
                answers.append(int(clonic))
                weights.append(1 / math.sqrt(len(inside)))
    enough("clonic bursts", answers)
    return regress(inputs, answers, 0.3, weights)


def overlap(group, truth):
    """Of a group and an episode, over their union."""
    both = min(group.offset, truth.offset) - max(group.onset, truth.onset)
    either = max(group.offset, truth.offset) - min(group.onset, truth.onset)
    return max(both, 0) / either


def muscle_of(group, truths):
    """1 for a group that is muscle, 0 for one that is not, None for one that says little: jerks
    that are pieces of longer episodes, and groups that a jerk only lies in."""
    met = [t for t in truths if group.offset > t.onset and group.onset < t.offset]
    jerks = [truth for truth in met if truth.kind == "myoclonic"]
    if group.kind == "myoclonic":
        return None if met and not jerks else int(bool(met))
    lost = met and len(jerks) == len(met) and not any(overlap(group, t) > PART for t in met)
    return None if lost else int(bool(met))


def fit_plausibility(judged):
    """Muscle against the rest, for each kind of group."""
    examples = {kind: ([], []) for kind in PLAUSIBLE_KINDS}
    for groups, truths in judged:
        for group in groups:
            answer = muscle_of(group, truths)
            if answer is not None:
                kind = "clonic" if group.kind == "tonic-clonic" else group.kind
                examples[kind][0].append(measures.plausibility(group.bursts))
                examples[kind][1].append(answer)
    for kind in PLAUSIBLE_KINDS:
        enough(f"muscle, {kind}", examples[kind][1])
    return [regress(*examples[kind], 1.0) for kind in PLAUSIBLE_KINDS]


def fit_confidence(judged):
    """How often a class is right, by ln(1 + support), on the groups that are an episode."""
    examples = {kind: ([], []) for kind in CONFIDENT_KINDS}
    for groups, truths in judged:
        for group in groups:
            for truth in truths:
                if (math.isfinite(group.support) and truth.kind != "myoclonic" and
                        overlap(group, truth) >= SAME):
                    examples[group.kind][0].append([math.log(1 + group.support)])
                    examples[group.kind][1].append(int(group.kind == truth.kind))
    rows = []
    for kind in CONFIDENT_KINDS:
        enough(f"right, {kind}", examples[kind][1])
        slope, constant = regress(*examples[kind], 100.0)
        rows.append([constant, slope])
    return rows


def fit(channels):
    """All weights, in the order of the C file."""
    channels = [channel for channel in channels if channel.bursts]
    for channel in channels:
        channel.measure()
    cadence = fit_cadence(channels)
    judged = [(measures.groups_of(channel.bursts, channel.cadences, cadence), channel.truths)
              for channel in channels]
    return cadence, fit_plausibility(judged), fit_confidence(judged)


def as_c(cadence, plausibility, confidence):
    def line(row):
        return ", ".join(f"{value:.6g}" for value in row)

    def lines(rows):
        return "".join(f"    {{{line(row)}}},\n" for row in rows)

    return f"""/* Written by scripts/fit-episodes; do not edit. */
#include "pipeline/signal/episode_weights.h"

// clang-format off
const double episode_weights_cadence[CADENCE_MEASURES + 1] = {{
    {line(cadence)}}};

const double episode_weights_plausibility[PLAUSIBLE_KINDS][PLAUSIBILITY_MEASURES + 1] = {{
{lines(plausibility)}}};

const double episode_weights_confidence[EPISODE_KINDS][2] = {{
{lines(confidence)}}};
// clang-format on
"""


def work(options):
    if options.cache and os.path.exists(options.cache):
        channels = load(options.cache)
    else:
        channels = gather(options)
        if options.cache:
            save(options.cache, channels)
    recordings.write(options.output, as_c(*fit(channels)))


if __name__ == "__main__":
    try:
        work(parse())
    except (recordings.Failure, OSError) as failure:
        sys.exit(f"fit-episodes: {failure}")
