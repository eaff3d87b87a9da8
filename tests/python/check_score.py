"""Scores of random tables of episodes, against another way to compute each measure: matches by
scipy's assignment, kappa from samples laid out one by one, percentiles and Wilson's interval by
their formulas in numpy.

    check_score.py SOLEUS
"""
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    from scipy.optimize import linear_sum_assignment
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

from checking import check, status

CLASSES = ["tonic", "clonic", "tonic-clonic", "myoclonic"]
COLUMNS = ["onset", "duration", "trial_type", "channel", "confidence", "burst_rate", "boundary"]
# No sample, at an odd multiple of its half, is a whole number of milliseconds, as all times are:
# which side of an edge it lies on is no matter of rounding.
STEP = 0.0317


def draw_table(random, crowded, near=None):
    """Random rows; with `near`, most of them are those rows a little changed."""
    rows = []
    for channel in "ABC":
        time = random.uniform(0, 20)
        while time < 500:
            length = random.choice([random.uniform(0.05, 0.3), random.uniform(1, 30)])
            kind = random.choice(CLASSES + ["voluntary", "remark"])
            rows.append([time, length, kind, channel, random.uniform(0, 1), random.uniform(1, 9),
                         time + length * random.uniform(0, 1)])
            time += (0.3 if crowded else 1) * length + random.uniform(0.5, 25)
    if near is not None:
        changed = [[max(0, row[0] + random.normal(0, 0.5)), row[1] * random.uniform(0.4, 1.4),
                    row[2] if random.random() < 0.8 else random.choice(CLASSES), row[3], row[4],
                    row[5] * random.normal(1, 0.05), row[6] + random.normal(0, 0.5)]
                   for row in near if random.random() < 0.9]
        rows = changed + [row for row in rows if random.random() < 0.15]
    for row in rows:
        row[0], row[1], row[6] = round(row[0], 3), round(row[1], 3), round(row[6], 3)
        row[4], row[5] = round(row[4], 2), round(row[5], 3)
        for place in (4, 5, 6):
            if random.random() < 0.2:
                row[place] = float("nan")
    random.shuffle(rows)
    return rows


def write(path, rows):
    with open(path, "w") as file:
        print(*COLUMNS, sep="\t", file=file)
        for row in rows:
            print(*("n/a" if value != value else value for value in row), sep="\t", file=file)


def overlap(a, b):
    return a[3] == b[3] and min(a[0] + a[1], b[0] + b[1]) > max(a[0], b[0])


def iou(a, b):
    common = min(a[0] + a[1], b[0] + b[1]) - max(a[0], b[0])
    return common / (a[1] + b[1] - common) if overlap(a, b) else 0


def matches(reference, estimate, threshold):
    """The most pairs of at least that IoU, and among those the greatest sum."""
    table = np.array([[iou(a, b) for b in estimate] for a in reference])
    table = table.reshape(len(reference), len(estimate))
    value = np.where(table >= threshold - 1e-9, 1000 + table, 0)
    value[table <= 0] = 0
    chosen = zip(*linear_sum_assignment(value, maximize=True))
    return [(i, j) for i, j in chosen if value[i, j] > 0]


def kappa(counts):
    counts = np.asarray(counts, float)
    total = counts.sum()
    if total == 0 or np.trace(counts) == total:
        return 1.0
    expected = (counts.sum(0) * counts.sum(1)).sum() / total**2
    return (np.trace(counts) / total - expected) / (1 - expected)


def wilson(part, whole):
    if whole == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    # The roots of (p - part / whole)² = z² p (1 - p) / whole.
    share = part / whole
    roots = np.roots([1 + z * z / whole, -(2 * share + z * z / whole), share * share])
    return tuple(sorted(np.real(roots)))


def share(part, whole):
    return part / whole if whole else 1.0


def harmonic(a, b):
    return 2 / (1 / a + 1 / b) if a > 0 and b > 0 else 0.0


def paint(rows, channel, count):
    """Classes of samples; what began last lies on top."""
    line = np.full(count, len(CLASSES))
    at = (np.arange(count) + 0.5) * STEP
    for row in sorted(rows, key=lambda row: (row[0], row[0] + row[1])):
        if row[3] == channel:
            line[(at >= row[0]) & (at < row[0] + row[1])] = CLASSES.index(row[2])
    return line


def covered(row, intervals):
    """The part of an episode that intervals of its channel cover: they do not overlap here."""
    return sum(max(0, min(row[0] + row[1], other[0] + other[1]) - max(row[0], other[0]))
               for other in intervals if other[3] == row[3])


def expect(reference, estimate, threshold, seconds, channels, ignore):
    spared = [row for row in reference if row[2] == "voluntary"] if ignore else []
    other = [sum(row[2] not in CLASSES and not (ignore and row[2] == "voluntary") for row in rows)
             for rows in (reference, estimate)]
    a = [row for row in reference if row[2] in CLASSES]
    b = [row for row in estimate if row[2] in CLASSES]
    pairs = matches(a, b, threshold)
    touching = [[sum(overlap(x, y) for y in b) for x in a], [sum(overlap(x, y) for x in a) for y in b]]
    matched = {j for _, j in pairs}
    idle = [covered(row, spared) > row[1] / 2 for row in b]
    spared_any = sum(idle[j] and touching[1][j] == 0 for j in range(len(b)))
    spared_iou = sum(idle[j] and j not in matched for j in range(len(b)))
    found, right = sum(t > 0 for t in touching[0]), sum(t > 0 for t in touching[1])
    count, judged, judged_any = len(pairs), len(b) - spared_iou, len(b) - spared_any
    out = {
        "hours": seconds / 3600, "channels": channels, "reference": len(a), "estimate": len(b),
        "matched": count, "missed": len(a) - count, "false": judged - count,
        "sensitivity": share(count, len(a)), "precision": share(count, judged),
        "false_per_hour": (judged - count) / seconds * 3600,
        "false_per_channel_hour": (judged - count) / seconds * 3600 / channels,
        "found_any": found, "right_any": right, "false_any": judged_any - right,
        "sensitivity_any": share(found, len(a)), "precision_any": share(right, judged_any),
        "false_any_per_hour": (judged_any - right) / seconds * 3600,
        "split": sum(t > 1 for t in touching[0]), "merging": sum(t > 1 for t in touching[1]),
        "unjudged": spared_iou, "other_reference": other[0], "other_estimate": other[1],
        "brief_reference": 0, "brief_estimate": 0, "undated_reference": 0, "undated_estimate": 0,
    }
    for name, part, whole in (("sensitivity", count, len(a)), ("precision", count, judged),
                              ("sensitivity_any", found, len(a)),
                              ("precision_any", right, judged_any)):
        out[name + "_low"], out[name + "_high"] = wilson(part, whole)
    out["f1"] = harmonic(out["sensitivity"], out["precision"])
    out["f1_any"] = harmonic(out["sensitivity_any"], out["precision_any"])
    expect_matches(out, [(a[i], b[j]) for i, j in pairs], len(a) + len(b))
    expect_samples(out, a, b, spared, int(seconds / STEP + 1e-6), channels)
    return out


def distances(out, name, values, bias=True):
    values = np.array(values)
    values = values[~np.isnan(values)]
    some = len(values) > 0
    out[name + "_error_median"] = np.median(abs(values)) if some else None
    out[name + "_error_95"] = np.percentile(abs(values), 95) if some else None
    if bias:
        out[name + "_bias"] = np.median(values) if some else None
    return len(values)


def expect_matches(out, pairs, episodes):
    nan = float("nan")
    rhythmic = ("clonic", "tonic-clonic")
    distances(out, "onset", [b[0] - a[0] for a, b in pairs])
    distances(out, "offset", [b[0] + b[1] - a[0] - a[1] for a, b in pairs])
    out["iou_median"] = np.median([iou(a, b) for a, b in pairs]) if pairs else None
    out["rate_pairs"] = distances(out, "rate", [
        (b[5] - a[5]) / a[5] if a[2] in rhythmic and b[2] in rhythmic else nan for a, b in pairs],
        bias=False)
    out["boundary_pairs"] = distances(out, "boundary", [
        b[6] - a[6] if a[2] == b[2] == "tonic-clonic" else nan for a, b in pairs], bias=False)
    right = [a[2] == b[2] for a, b in pairs]
    table = [[sum(a[2] == x and b[2] == y for a, b in pairs) for y in CLASSES] for x in CLASSES]
    nothing = 1.0 if episodes == 0 else None
    out["class_right"] = sum(right)
    out["class_accuracy"] = np.mean(right) if pairs else nothing
    out["class_accuracy_low"], out["class_accuracy_high"] = wilson(sum(right), len(pairs))
    out["class_kappa"] = kappa(table) if pairs else nothing
    sure = [(b[4], good) for (_, b), good in zip(pairs, right) if b[4] == b[4]]
    bins = {}
    for confidence, good in sure:
        bins.setdefault(min(9, int(confidence * 10 + 1e-9)), []).append((confidence, good))
    out["confidences"] = len(sure)
    out["calibration_error"] = sum(
        abs(np.mean([c for c, _ in part]) - np.mean([g for _, g in part])) * len(part) / len(sure)
        for part in bins.values()) if sure else None


def expect_samples(out, a, b, spared, count, channels):
    size = len(CLASSES) + 1
    table = np.zeros((size, size))
    at = (np.arange(count) + 0.5) * STEP
    for channel in "ABC":
        judged = np.ones(count, bool)
        for row in spared:
            if row[3] == channel:
                judged &= ~((at >= row[0]) & (at < row[0] + row[1]))
        np.add.at(table, (paint(a, channel, count)[judged], paint(b, channel, count)[judged]), 1)
    table[-1, -1] += (channels - 3) * count
    active = np.array([[table[-1, -1], table[-1, :-1].sum()],
                       [table[:-1, -1].sum(), table[:-1, :-1].sum()]])
    out["sample_agreement"] = np.trace(table) / table.sum()
    out["sample_kappa"] = kappa(table)
    out["activity_kappa"] = kappa(active)
    out["activity_agreement"] = share(2 * active[1, 1], 2 * active[1, 1] + active[0, 1] + active[1, 0])


def main(program):
    random = np.random.default_rng(20)
    compared = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("ref.tsv", "est.tsv")]
        for trial, crowded, ignore in itertools.product(range(12), (False, True), (False, True)):
            threshold = [0.5, 0.2, 0.8][trial % 3]
            tables = [draw_table(random, False), None]
            tables[1] = draw_table(random, crowded, tables[0])
            for path, rows in zip(paths, tables):
                write(path, rows)
            options = ["--iou", str(threshold), "--step", str(STEP), "--duration", "600",
                       "--channel-count", "4"] + ["--ignore", "voluntary"] * ignore
            text = subprocess.run([program, "score", "-q", "--json", *options, *paths], check=True,
                                  stdout=subprocess.PIPE).stdout
            found = json.loads(text)["scores"][-1]
            wanted = expect(*tables, threshold, 600, 4, ignore)
            check(set(found) - {"pair", "group"} == set(wanted), "the same measures")
            for name, value in wanted.items():
                own = found[name]
                same = own is value if own is None or value is None else abs(own - value) < 1e-6
                check(same, f"trial {trial} {crowded} {ignore}: {name} is {own}, not {value}")
                compared += 1
    check(compared > 2000, "enough is compared")
    print("compared:", compared)
    return status()


sys.exit(main(sys.argv[1]))
