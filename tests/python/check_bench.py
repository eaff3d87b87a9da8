"""scripts/bench-episodes on a few short recordings: halves and bands, nothing made or analysed twice,
tables that agree with `soleus score`, figures of the worst. Standard library only.

usage: check_bench.py PROGRAM SCRIPTS-FOLDER RECORDINGS-FOLDER
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

import checking
from checking import check

program, scripts, recordings = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def bench(*arguments, status=0):
    done = subprocess.run(["/usr/bin/python3", "-B", str(scripts / "bench" / "episodes.py"),
                           "--soleus", program, "--recordings", str(recordings), *arguments],
                          capture_output=True, text=True, check=False)
    check(done.returncode == status, f"{arguments}: status {done.returncode}, {done.stderr}")
    return done.stdout


def rows(path):
    return list(csv.DictReader(path.read_text().splitlines(), delimiter="\t"))


def check_made(folder):
    sets = ["a", "c"] + ["b"] * recordings.is_dir()
    chosen = [word for name in sets for word in ("--set", name)]
    bench("--make", str(folder), "--count", "6", "--minutes", "1.5", *chosen)
    pairs = rows(folder / "pairs.tsv")
    check(len(pairs) == 6 * len(sets), "six recordings a set")
    for name in sets:
        of_set = [row for row in pairs if row["set"] == name]
        halves = [[row["snr_band"] for row in of_set if row["half"] == half]
                  for half in ("fit", "report")]
        check(halves[0] == halves[1] and len(halves[0]) == 3, f"({name}): halves of the same bands")
        for row in of_set:
            truth = rows(folder / row["truth"])
            kinds = {event["trial_type"] for event in truth}
            check((folder / row["recording"]).stat().st_size > 10000, "a recording")
            if name == "c":
                check(not truth, f"{row['truth']}: nothing there")
                continue
            check(kinds & {"tonic", "clonic", "tonic-clonic"}, f"{row['truth']}: episodes")
            low, high = map(float, row["snr_band"].split("-"))
            check(all(low <= float(event["snr"]) <= high for event in truth
                      if event["trial_type"] != "fasciculation"), f"{row['truth']}: the band")
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.edf")}
    bench("--make", str(folder), "--count", "6", "--minutes", "1.5", *chosen)
    check(before == {path: path.stat().st_mtime_ns for path in folder.glob("*.edf")},
          "nothing is made twice")


def check_scored(folder):
    arguments = ("--work", str(folder), "--set", "a", "--set", "c", "--count", "6", "--minutes",
                 "1.5", "--half", "both")
    text = bench(*arguments, "--worst", str(folder / "worst"), "--worst-count", "1")
    check(text == (folder / "table.md").read_text() and "(c) nothing there" in text, "the table")
    check(not list(folder.glob("*.edf")), "analysed recordings are removed")
    for half in ("fit", "report"):
        pairs = [row for row in rows(folder / "pairs.tsv")
                 if row["set"] == "a" and row["half"] == half]
        tables = [str(folder / row["recording"]).replace(".edf", ending) for row in pairs
                  for ending in ("_events.tsv", "_episodes.tsv")]
        scores = subprocess.run([program, "score", "-q", "--total", "--duration", "90", *tables],
                                capture_output=True, text=True, check=True).stdout
        total = list(csv.DictReader(scores.splitlines(), delimiter="\t"))[-1]
        found = [row for row in rows(folder / "table.tsv") if row["measure"] == "found" and
                 row["half"] == half and row["group"] == "all" and row["set"] == "a"]
        check(len(found) == 1 and abs(float(found[0]["value"]) - float(total["sensitivity"])) < 1e-5,
              f"{half}: found {found}, by itself {total['sensitivity']}")
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("*.stamp")}
    check(bench(*arguments) == text, "the same table again")
    check(stamps == {path: path.stat().st_mtime_ns for path in folder.glob("*.stamp")},
          "nothing is analysed twice")
    for row in rows(folder / "worst" / "worst.tsv"):
        picture = (folder / "worst" / row["figure"]).read_bytes()
        check(picture[:4] == b"\x89PNG" and len(picture) > 3000, f"{row['figure']}: a picture")


def main():
    if subprocess.run([program, "score", "--help"], capture_output=True, check=False).returncode:
        print("no command score")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        check_made(pathlib.Path(folder) / "made")
        check_scored(pathlib.Path(folder) / "work")
        bench("--make", folder, "--seed", "3", status=2)
        bench("--make", folder, "--count", "0", status=2)
        if not recordings.is_dir():
            bench("--make", folder, "--set", "b", status=1)
    return checking.status()


sys.exit(main())
