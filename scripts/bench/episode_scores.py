"""Scores of scripts/bench-episodes: `soleus score` by set and band, as a table of what was to be
reached and what was."""
import json
import os

from episode_recordings import run, write, write_table

BANDS = ("12-30", "6-12", "2-6")
HEADINGS = {"12-30": "SNR ≥ 12 dB", "6-12": "6–12 dB", "2-6": "2–6 dB"}


class Measure:
    """One number: a column of the scores times a factor, and what it has to be in each band."""

    def __init__(self, column, title, factor, digits, sign, targets, unit=""):
        self.column, self.title, self.factor, self.digits = column, title, factor, digits
        self.sign, self.targets, self.unit = sign, targets, unit

    def value(self, scores):
        value = scores.get(self.column)
        return None if value is None else value * self.factor

    def text(self, value):
        return "n/a" if value is None else f"{value:.{self.digits}f}"

    def target(self, band):
        return None if band not in BANDS else self.targets[BANDS.index(band)]

    def met(self, value, band):
        target = self.target(band)
        if value is None or target is None:
            return None
        return value >= target if self.sign == "≥" else value <= target


# Rows of the table; a row may hold two measures.
ROWS = (
    ("found (IoU ≥ 0.5) / precise",
     Measure("sensitivity", "found", 1, 3, "≥", (0.99, 0.98, 0.93)),
     Measure("precision", "precise", 1, 3, "≥", (0.99, 0.98, 0.95))),
    ("class right among found", Measure("class_accuracy", "class", 1, 3, "≥", (0.98, 0.97, 0.94))),
    ("onset error, median / 95 %, ms",
     Measure("onset_error_median", "onset median", 1e3, 0, "≤", (15, 30, 60), "ms"),
     Measure("onset_error_95", "onset 95 %", 1e3, 0, "≤", (150, 300, 500), "ms")),
    ("burst rate of clonic episodes, median error, %",
     Measure("rate_error_median", "burst rate", 100, 2, "≤", (1, 1.5, 3), "%")),
    ("tonic-clonic boundary, median error, s",
     Measure("boundary_error_median", "boundary", 1, 2, "≤", (0.4, 0.6, 1), "s")),
)
FALSE = Measure("false_per_hour", "false an hour", 1, 2, "≤", (0.1, 0.1, 0.1), "1/h")


def score(program, items, group, folder):
    """All that `soleus score` tells of the items, grouped by a column of pairs.tsv."""
    rows = [dict(item.row, reference=item.truth, estimate=item.estimate,
                 duration=60 * float(item.row["minutes"]), group=group(item.row))
            for item in items]
    for row in rows:
        del row["recording"]  # it may be gone, and is not needed: duration and channels are told
    pairs = os.path.join(folder, "scored.tsv")
    columns = ["reference", "estimate", "duration", "channels", "group"]
    write_table(pairs, columns, rows)
    return json.loads(run([program, "score", "-q", "--pairs", pairs, "--group-by", "group",
                           "--json"], name="soleus score"))


def totals(report, table="scores"):
    """Rows of the totals by group; None is the total of all."""
    found = {}
    for row in report[table]:
        if row["pair"] == "total":
            found.setdefault(row["group"], []).append(row)
    return found


def markdown(rows):
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows[1:]]) + "\n"


def cell(measures, scores, band):
    """Values, and in brackets what is to be reached where it is not."""
    values = [measure.value(scores) for measure in measures]
    text = " / ".join(m.text(v) for m, v in zip(measures, values))
    missed = [f"{m.sign} {m.target(band):g}" for m, v in zip(measures, values)
              if m.met(v, band) is False]
    return f"{text} ({', '.join(missed)})" if missed else text


def band_table(report):
    by_band = totals(report)
    present = [band for band in BANDS if band in by_band]
    rows = [["", *(HEADINGS[band] for band in present), "all"]]
    columns = [(band, by_band[band][0]) for band in present] + [("all", by_band[None][0])]
    rows.append(["episodes", *(str(scores["reference"]) for _, scores in columns)])
    for title, *measures in ROWS:
        rows.append([title, *(cell(measures, scores, band) for band, scores in columns)])
    return markdown(rows)


def source_table(report):
    """Of set (b): each device by itself."""
    rows = [["", "episodes", *(title for title, *_ in ROWS)]]
    for name, (scores, *_) in sorted((k, v) for k, v in totals(report).items() if k):
        rows.append([name, str(scores["reference"]),
                     *(cell(measures, scores, "all") for _, *measures in ROWS)])
    return markdown(rows)


def channel_hours(items, group):
    """By group; None is all."""
    hours = {None: 0.0}
    for item in items:
        value = int(item.row["channels"]) * float(item.row["minutes"]) / 60
        for name in (None, group(item.row)):
            hours[name] = hours.get(name, 0.0) + value
    return hours


def false_table(report, hours):
    rows = [["", "hours", "channel hours", "false episodes", "an hour", "an hour and channel"]]
    for name, (scores, *_) in sorted(totals(report).items(), key=lambda pair: (not pair[0], pair)):
        value = FALSE.value(scores)
        rows.append([name or "all", f"{scores['hours']:.1f}",
                     f"{hours[name]:.1f}", str(scores["false"]),
                     FALSE.text(value) + ("" if value <= 0.1 else " (≤ 0.1)"),
                     FALSE.text(scores["false_per_channel_hour"])])
    return markdown(rows)


def confusion_table(report):
    total = totals(report, "confusion")[None]
    names = [key for key in total[0] if key not in ("pair", "group", "reference")]
    rows = [["truth \\ found", *names]]
    for row in total:
        rows.append([row["reference"], *("" if row[n] is None else str(row[n]) for n in names)])
    return markdown(rows)


def calibration_table(report):
    rows = [["said to be", "episodes", "mean confidence", "class right"]]
    for row in totals(report, "calibration")[None]:
        if row["count"] and not (row["from"] == 0 and row["to"] == 1):
            rows.append([f"{row['from']:g}–{row['to']:g}", str(row["count"]),
                         f"{row['confidence']:.3f}", f"{row['right']:.3f}"])
    return markdown(rows)


def measure_rows(name, half, report):
    """Every measure as a row of table.tsv."""
    for band, (scores, *_) in totals(report).items():
        for measure in [m for _, *measures in ROWS for m in measures] + [FALSE]:
            if name == "c" and measure is not FALSE:
                continue
            value = measure.value(scores)
            known = band in BANDS and measure is not FALSE
            yield {"set": name, "half": half, "group": band or "all", "measure": measure.title,
                   "unit": measure.unit, "value": "n/a" if value is None else f"{value:.6g}",
                   "target": f"{measure.target(band):g}" if known else "n/a",
                   "met": {True: "yes", False: "no", None: "n/a"}[measure.met(value, band)
                                                                   if known else None],
                   "episodes": scores["reference"], "hours": f"{scores['hours']:.4g}"}


TSV = ("set", "half", "group", "measure", "unit", "value", "target", "met", "episodes", "hours")


def channels_group(row):
    return "one channel" if int(row["channels"]) == 1 else "several channels"


def report_half(program, items, half, folder):
    """Tables of one half: Markdown, rows of table.tsv, and the errors by set."""
    text, rows, errors = [], [], []
    chosen = [item for item in items if item.row["half"] == half]
    titles = {"a": "(a) simulated muscle", "b": "(b) real tissue", "c": "(c) nothing there"}
    for name, title in titles.items():
        of_set = [item for item in chosen if item.row["set"] == name]
        if not of_set:
            continue
        group = channels_group if name == "c" else lambda row: row["snr_band"]
        report = score(program, of_set, group, folder)
        rows += measure_rows(name, half, report)
        errors += [dict(row, half=half) for row in report["errors"]]
        text.append(f"### {title}, {len(of_set)} recordings, half '{half}'\n")
        if name == "c":
            text.append(false_table(report, channel_hours(of_set, group)))
            continue
        text.append(band_table(report))
        if name == "b":
            by_source = score(program, of_set, lambda row: row["source"], folder)
            text.append(source_table(by_source))
        text += ["Classes:\n", confusion_table(report), "Confidence:\n", calibration_table(report)]
    return "\n".join(text), rows, errors


def report_all(program, items, halves, folder):
    """Writes table.md and table.tsv; returns the Markdown and all errors."""
    texts, rows, errors = [], [], []
    for half in halves:
        more = report_half(program, items, half, folder)
        texts.append(more[0])
        rows += more[1]
        errors += more[2]
    text = "\n".join(texts)
    write(os.path.join(folder, "table.md"), text)
    write_table(os.path.join(folder, "table.tsv"), TSV, rows)
    return text, errors
