"""Makes the recordings of scripts/bench-episodes, in parallel, and finds their episodes.

Beside a recording lie its specification and its truth. What is there of the same specification is
not made again, and what the same program found with the same options is not looked for again, so
that a run that was stopped goes on where it was."""
import concurrent.futures
import csv
import hashlib
import os
import subprocess

import episode_specifications as specifications

COLUMNS = ("recording", "truth", "set", "half", "snr_band", "source", "seed", "rate", "channels",
           "minutes")


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


def write_table(path, columns, rows):
    with open(path + ".part", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n",
                                extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(path + ".part", path)


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def remove(path):
    if os.path.exists(path):
        os.remove(path)


def run(command, text=None, name=None):
    """Standard output of a program; Failure when it fails."""
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode:
        raise Failure(f"{name or command[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def key_of(text, key):
    for line in text.splitlines():
        if line.startswith(key + " = "):
            return line.split(" = ", 1)[1]
    raise KeyError(key)


class Item:
    """One recording: its row in pairs.tsv, its specification, and its files in a folder."""

    def __init__(self, name, seed, minutes, tissue, folder):
        more = {"folder": tissue} if name == "b" else {}
        self.text, band = specifications.MAKERS[name](seed, minutes, **more)
        source, rate = "n/a", None
        if name == "b":
            device = specifications.device_of(seed)
            source, rate = device.name, device.rate
        stem = f"{name}{seed:05d}"
        self.row = {"recording": stem + ".edf", "truth": stem + "_events.tsv", "set": name,
                    "half": specifications.half_of(seed), "snr_band": band, "source": source,
                    "seed": seed, "rate": rate or key_of(self.text, "rate"),
                    "channels": self.text.count("[channel ") or int(key_of(self.text, "channels")),
                    "minutes": f"{float(key_of(self.text, 'duration')) / 60:g}"}
        self.stem = stem
        self.recording, self.truth, self.specification, self.estimate, self.stamp = (
            os.path.join(folder, stem + ending)
            for ending in (".edf", "_events.tsv", ".ini", "_episodes.tsv", ".stamp"))

    def make(self, program, artefacts=False):
        """The recording and its truth, unless they are there."""
        table = self.recording[:-4] + "_artefacts.tsv"
        wanted = [self.recording, self.truth] + [table] * artefacts
        if read(self.specification) == self.text and all(map(os.path.exists, wanted)):
            return
        remove(self.specification)
        run([program, "simulate", "-q", "-f", "-o", self.recording, *["--artefacts"] * artefacts,
             "-"], self.text.encode(), self.row["recording"])
        # The description of the truth's columns is the same for all.
        os.replace(self.truth[:-4] + ".json",
                   os.path.join(os.path.dirname(self.truth), "events.json"))
        write(self.specification, self.text)

    def analyse(self, program, version, options, keep):
        """The episodes that the program finds, unless they are there."""
        stamp = "\n".join([version, *options, self.text])
        if not (read(self.stamp) == stamp and os.path.exists(self.estimate) and
                os.path.exists(self.truth)):
            remove(self.stamp)
            self.make(program)
            run([program, "episodes", "-q", "-f", "--threads", "1", *options, "-o", self.estimate,
                 self.recording], name=self.row["recording"])
            write(self.stamp, stamp)
        if not keep:
            remove(self.recording)


def version_of(program):
    """What the program is: that of another build finds other episodes."""
    try:
        with open(program, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        raise Failure(f"{program}: {error.strerror}; build it, or name it with --soleus") from error


def each(jobs, function, items):
    """Calls function(item) for all items, `jobs` at a time."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
