#!/usr/bin/env python3
"""Real recordings: every one is read without an option that it could have told; the same signal
in several containers gives the same results; a known count of contractions is found.

Usage: check_recordings.py SOLEUS FOLDER   (exit status 77, skipped, where there is no FOLDER)"""
import csv
import io
import os
import subprocess
import sys
import tempfile

soleus, folder = sys.argv[1], sys.argv[2]
FREQUENCY = ["mnf", "mdf", "pkf", "vcf", "finsm5", "lhr", "sen", "zcr", "ssc"]
RATE_UNTOLD = {"biceps_holds.csv": "1000", "myo_fist_labelled.csv": "200",
               "uci_walking.txt": "1000"}


def run(*arguments):
    return subprocess.run([soleus, *arguments], capture_output=True, text=True, check=False)


def table(*arguments):
    result = run(*arguments)
    assert result.returncode == 0, f"{arguments}: {result.stderr}"
    return list(csv.DictReader(io.StringIO(result.stdout), delimiter="\t"))


def path(name):
    return os.path.join(folder, name)


def check_everything_is_read():
    names = sorted(name for name in os.listdir(folder) if name != "README.md")
    for name in names:
        options = ["--rate", RATE_UNTOLD[name]] if name in RATE_UNTOLD else []
        rows = table("info", path(name), *options)
        assert any(row["type"] == "EMG" for row in rows), f"{name}: no EMG channel"
        if options:
            assert run("info", path(name)).returncode == 1, f"{name}: a rate from nowhere"
    with tempfile.TemporaryDirectory() as out:
        result = run("run", folder, "-o", out, "--no-figures", "--rate", "1000", "-q")
        assert result.returncode == 0, result.stderr
        with open(os.path.join(out, "run.tsv"), encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        assert all(row["status"] == "done" for row in rows), rows
        print(f"{len(names)} files read, {len(rows)} recordings analysed")


def largest_difference(a, b, columns):
    worst = 0.0
    assert len(a) == len(b), "epochs differ in number"
    for x, y in zip(a, b):
        for column in columns:
            u, v = x[column], y[column]
            if u != v:
                assert "n/a" not in (u, v), f"{column}: {u} and {v}"
                worst = max(worst, abs(float(u) - float(v)) / max(abs(float(u)), 1e-300))
    return worst


def check_containers_agree():
    reference = table("markers", path("plux_fatigue.edf"), "-q")
    for name in ["plux_fatigue.bdf", "plux_fatigue.gdf", "plux_fatigue.hea", "plux_fatigue.dat",
                 "opensignals_fatigue.h5"]:
        worst = largest_difference(reference, table("markers", path(name), "-q"), FREQUENCY)
        print(f"{name} against plux_fatigue.edf: {worst:.2g} at the most")
        assert worst <= 1e-3, name
    a = table("markers", path("emggo_tibialis_v5.mat"), "-q")
    b = table("markers", path("emgGO_TA_v73.mat"), "-q")
    every = [column for column in a[0] if column not in ("epoch", "channel", "status")]
    worst = largest_difference(a, b, every)
    print(f"emgGO_TA_v73.mat against emggo_tibialis_v5.mat: {worst:.2g} at the most")
    assert worst <= 1e-6


def check_dorsiflexions():
    """56 are documented; each is a volley of bursts with twitches after it."""
    for name in ["emggo_tibialis_v5.mat", "emgGO_TA_v73.mat"]:
        bursts = table("episodes", path(name), "--bursts", "--minimum-gap", "0.3",
                       "--minimum-burst", "0.2", "-q")
        count = sum(row["kind"] == "burst" for row in bursts)
        events = {row["event"] for row in table("episodes", path(name), "-q")}
        print(f"{name}: {count} bursts (gaps of 0.3 s joined), {len(events)} events")
        assert abs(count - 56) <= 2 and abs(len(events) - 56) <= 2


if not os.path.isdir(folder):
    print(f"no {folder}", file=sys.stderr)
    sys.exit(77)
check_everything_is_read()
check_containers_agree()
check_dorsiflexions()
