"""The worst errors of scripts/bench-episodes, with close-ups: what the misses look like."""
import os
import subprocess

from episode_recordings import Failure, read_table, run, write_table

AROUND = 3.0    # s that are shown before and after
LONGEST = 120.0 # s that are shown at most, from the beginning
POINTS = 1500   # columns of a figure
COLUMNS = ("kind", "recording", "channel", "onset", "duration", "truth", "found", "confidence",
           "snr", "artefacts", "figure")

SCRIPT = """set terminal pngcairo size 1400,560 noenhanced font ',10'
set output '{figure}'
set multiplot layout 2,1 title "{title}"
set xrange [{first}:{last}]
unset key
{rectangles}
set ylabel 'recorded (uV)'
plot $recorded with lines lc rgb '#202020' lw 0.7
set ylabel 'conditioned (uV)'
set xlabel 'time (s); green: truth, orange: found'
plot $conditioned with lines lc rgb '#202020' lw 0.7
unset multiplot
"""


def number(value):
    return None if value in (None, "n/a") else float(value)


def enrich(error, by_stem):
    """An error with its recording and what is to be sorted by."""
    item = by_stem[error["pair"]]
    row = {"recording": error["pair"], "channel": error["channel"], "item": item,
           "truth": error["reference_type"] or "n/a", "found": error["estimate_type"] or "n/a",
           "confidence": error["confidence"], "snr": None}
    # A false or missed one may still have a partner that it overlaps with too little.
    side = "estimate" if error["outcome"] == "false" else "reference"
    onset, duration = error[side + "_onset"], error[side + "_duration"]
    if side == "reference":
        for truth in read_table(item.truth):
            if truth["channel"] == error["channel"] and \
                    abs(float(truth["onset"]) - onset) < 1e-3:
                row["snr"] = number(truth["snr"])
    row.update(onset=onset, duration=duration)
    return row


def worst(errors, by_stem, count):
    """The misses of the highest SNR, the longest and surest false ones, the surest wrong ones."""
    order = {"missed": lambda row: (row["snr"] or 0, row["duration"]),
             "false": lambda row: row["duration"] * (row["confidence"] or 0.5),
             "wrong": lambda row: (row["confidence"] or 0, row["duration"])}
    for kind, key in order.items():
        rows = [enrich(error, by_stem) for error in errors if error["outcome"] == kind]
        rows.sort(key=lambda row: (key(row), row["recording"], row["onset"]), reverse=True)
        for row in rows[:count]:
            yield dict(row, kind=kind)


def excerpt(program, path, channel, first, last, conditioned):
    """(time, lowest, highest) of the channel, in POINTS columns at most."""
    commands = [[program, "convert", "-q", path, "--channels", channel, "--from", f"{first:.6f}",
                 "--to", f"{last:.6f}", "--to-format", "au", "-o", "-"]]
    if conditioned:
        commands.append([program, "filter", "-q", "-", "-o", "-"])
    commands.append([program, "convert", "-q", "-", "--to-format", "csv", "-o", "-"])
    data = None
    for command in commands:
        data = run(command, data, path)
    samples = [line.split(",") for line in data.decode().splitlines()[1:]]
    step = max(1, len(samples) // POINTS)
    for at in range(0, len(samples), step):
        values = [float(row[-1]) for row in samples[at:at + step] if row[-1] not in ("", "n/a")]
        values = [value for value in values if value == value]
        if values:
            yield first + float(samples[at][0]), min(values), max(values)


def rectangles(row, first, last):
    """Truth above, what was found below."""
    shapes = []
    for path, low, high, colour in ((row["item"].truth, 0.5, 1, "#00a040"),
                                    (row["item"].estimate, 0, 0.5, "#f08000")):
        for event in read_table(path):
            begin = float(event["onset"])
            end = begin + (number(event["duration"]) or 0)
            if event["channel"] == row["channel"] and begin < last and end > first:
                shapes.append(f"set object rectangle from {max(begin, first):.4f}, graph {low} to "
                              f"{min(end, last):.4f}, graph {high} behind fc rgb '{colour}' "
                              "fs transparent solid 0.3 noborder")
    return "\n".join(shapes)


def artefacts(row):
    """Kinds of contamination that overlap."""
    kinds = set()
    for event in read_table(row["item"].recording[:-4] + "_artefacts.tsv"):
        begin = float(event["onset"])
        if event["channel"] == row["channel"] and begin < row["onset"] + row["duration"] + 0.2 and \
                begin + float(event["duration"]) > row["onset"] - 0.2:
            kinds.add(event["trial_type"])
    return " ".join(sorted(kinds)) or "n/a"


def draw(program, row, figure):
    first = max(0, row["onset"] - AROUND)
    last = min(row["onset"] + row["duration"] + AROUND, first + LONGEST,
               60 * float(row["item"].row["minutes"]))
    blocks = []
    for name, conditioned in (("recorded", False), ("conditioned", True)):
        points = excerpt(program, row["item"].recording, row["channel"], first, last, conditioned)
        lines = "\n".join(f"{t:.5f} {low:.6g}\n{t:.5f} {high:.6g}" for t, low, high in points)
        blocks.append(f"${name} << EOD\n{lines}\nEOD\n")
    title = (f"{row['kind']}: {row['recording']} {row['channel']}, truth {row['truth']}, found "
             f"{row['found']}, artefacts: {row['artefacts']}")
    script = "".join(blocks) + SCRIPT.format(figure=figure, title=title, first=first, last=last,
                                             rectangles=rectangles(row, first, last))
    try:
        subprocess.run(["gnuplot"], input=script.encode(), check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(f"{figure}: gnuplot failed ({error})") from error


def write_worst(program, errors, items, folder, count, keep):
    """worst.tsv and its figures in the folder."""
    os.makedirs(folder, exist_ok=True)
    by_stem = {item.stem: item for item in items}
    rows = list(worst(errors, by_stem, count))
    for number_of, row in enumerate(rows, 1):
        row["item"].make(program, artefacts=True)
        row["artefacts"] = artefacts(row)
        row["figure"] = f"{number_of:02d}_{row['kind']}_{row['recording']}.png"
        draw(program, row, os.path.join(folder, row["figure"]))
    for row in rows if not keep else ():
        if os.path.exists(row["item"].recording):
            os.remove(row["item"].recording)
    for row in rows:
        for column in COLUMNS:
            row[column] = "n/a" if row[column] is None else row[column]
    write_table(os.path.join(folder, "worst.tsv"), COLUMNS, rows)
