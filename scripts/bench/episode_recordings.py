"""Makes the recordings of scripts/bench-episodes, in parallel, and tells which there are.

Beside a recording lie its specification and its truth. One whose specification is the same as
before is not made again."""
import concurrent.futures
import csv
import os
import subprocess

import episode_specifications as specifications

COLUMNS = ("recording", "truth", "set", "half", "snr_band", "seed", "rate", "channels", "minutes")


class Failure(Exception):
    """What went wrong, in one sentence."""


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(path, text):
    """Whole or not at all."""
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".part", path)


def key_of(text, key):
    for line in text.splitlines():
        if line.startswith(key + " = "):
            return line.split(" = ", 1)[1]
    raise KeyError(key)


def plan(name, seed, minutes, **more):
    """A row of pairs.tsv, and the specification."""
    text, band = specifications.MAKERS[name](seed, minutes, **more)
    stem = f"{name}{seed:05d}"
    # The channels of a specification without sections for them are told by [recording].
    channels = text.count("[channel ") or int(key_of(text, "channels"))
    row = {"recording": stem + ".edf", "truth": stem + "_events.tsv", "set": name,
           "half": specifications.half_of(seed), "snr_band": band, "seed": seed,
           "rate": key_of(text, "rate"), "channels": channels,
           "minutes": f"{float(key_of(text, 'duration')) / 60:g}"}
    return row, text


def make(program, folder, row, text, recording=True):
    """One recording, unless it is there. When only its truth is wanted, that is enough."""
    path = os.path.join(folder, row["recording"])
    specification = path[:-4] + ".ini"
    wanted = [os.path.join(folder, row["truth"])] + [path] * recording
    if read(specification) == text and all(map(os.path.exists, wanted)):
        return
    if os.path.exists(specification):
        os.remove(specification)
    done = subprocess.run([program, "simulate", "-q", "-f", "-o", path, "-"], input=text.encode(),
                          stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise Failure(f"{row['recording']}: {done.stderr.decode(errors='replace').strip()}")
    # The description of the truth's columns is the same for all.
    description = row["truth"][:-4] + ".json"
    os.replace(os.path.join(folder, description), os.path.join(folder, "events.json"))
    write(specification, text)


def each(jobs, function, items):
    """Calls function(*item) for all items, `jobs` at a time; results in the order of the items."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(function, *item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def write_pairs(folder, rows):
    path = os.path.join(folder, "pairs.tsv")
    with open(path + ".part", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(path + ".part", path)
