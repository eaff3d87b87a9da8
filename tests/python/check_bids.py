#!/usr/bin/python3
"""What the BIDS specification (1.11.0) asks of a derivative: names, descriptions, events, sidecars.

usage: check_bids.py SOLEUS DATASET
Standard library only; nothing is taken from the program but its output.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

from checking import check, status

# Entities in the order that the specification gives them.
ORDER = ["sub", "ses", "sample", "task", "tracksys", "acq", "ce", "trc", "stain", "rec", "dir",
         "run", "mod", "echo", "flip", "inv", "mt", "part", "proc", "hemi", "space", "split",
         "recording", "chunk", "seg", "res", "den", "label", "desc"]
NAME = re.compile(r"^((?:[a-z]+-[0-9a-zA-Z+]+_)+)([a-zA-Z0-9]+)(\.[a-z0-9.]+)$")


def pairs_once(pairs):
    keys = [key for key, _ in pairs]
    check(len(keys) == len(set(keys)), f"a key twice in {keys}")
    return dict(pairs)


def read_json(path):
    text = path.read_bytes().decode("utf-8")
    check(text.endswith("}\n") and "NaN" not in text and "Infinity" not in text, f"{path}: text")
    return json.loads(text, object_pairs_hook=pairs_once)


def read_tsv(path):
    raw = path.read_bytes()
    check(b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf"), f"{path}: line ends, BOM")
    rows = list(csv.reader(raw.decode("utf-8").splitlines(), delimiter="\t",
                           quoting=csv.QUOTE_NONE))
    header = rows[0]
    check(len(header) == len(set(header)), f"{path}: columns twice")
    check(all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in header), f"{path}: {header}")
    check(all(len(row) == len(header) for row in rows), f"{path}: ragged")
    check(all(cell != "" for row in rows for cell in row), f"{path}: empty cells, not n/a")
    return header, [dict(zip(header, row)) for row in rows[1:]]


def check_name(path, root):
    match = NAME.match(path.name)
    check(match, f"{path.name}: no name of BIDS")
    if not match:
        return
    entities = [part.split("-", 1) for part in match[1].rstrip("_").split("_")]
    keys = [key for key, _ in entities]
    values = dict(entities)
    check(all(key in ORDER for key in keys), f"{path.name}: entities")
    check(keys == sorted(keys, key=ORDER.index), f"{path.name}: order of entities")
    check(len(set(keys)) == len(keys), f"{path.name}: entities twice")
    check("desc" in values, f"{path.name}: a derivative needs desc")
    check(match[2] in ("emg", "events"), f"{path.name}: suffix")
    folders = [f"sub-{values['sub']}"] + ([f"ses-{values['ses']}"] if "ses" in values else [])
    check(list(path.relative_to(root).parts[:-1]) == folders + ["emg"], f"{path}: folder")


def check_description(out, dataset):
    description = read_json(out / "dataset_description.json")
    check(description["BIDSVersion"] == "1.11.0", "BIDSVersion")
    check(description["DatasetType"] == "derivative", "DatasetType")
    source = json.loads((dataset / "dataset_description.json").read_text())
    check(source["Name"] in description["Name"], "Name")
    makers = description["GeneratedBy"]
    check(isinstance(makers, list) and makers[0]["Name"] == "Soleus" and makers[0]["Version"],
          "GeneratedBy")
    sources = description["SourceDatasets"]
    check(isinstance(sources, list) and set(sources[0]) <= {"URL", "DOI", "Version"} and sources[0],
          "SourceDatasets")
    links = description["DatasetLinks"]
    check(all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in links), "names of DatasetLinks")
    check((out / unquote(links["raw"])).resolve() == dataset.resolve(), "DatasetLinks lead there")


def check_events(path):
    header, rows = read_tsv(path)
    check(header[:2] == ["onset", "duration"], f"{path}: first columns")
    check("trial_type" in header, f"{path}: trial_type")
    onsets = [float(row["onset"]) for row in rows]
    check(onsets == sorted(onsets), f"{path}: sorted by onset")
    check(all(row["duration"] == "n/a" or float(row["duration"]) >= 0 for row in rows),
          f"{path}: durations")
    sidecar = read_json(path.with_suffix(".json"))
    levels = sidecar["trial_type"]["Levels"]
    check(all(row["trial_type"] in levels for row in rows), f"{path}: levels of trial_type")
    return len(rows)


def check_columns(path):
    header, _ = read_tsv(path)
    sidecar = read_json(path.with_suffix(".json"))
    check(list(sidecar) == header, f"{path}: sidecar and columns")
    for column, about in sidecar.items():
        check(set(about) <= {"LongName", "Description", "Levels", "Units", "Delimiter", "TermURL",
                             "HED", "Format"}, f"{path}: keys of {column}")
        check(about.get("Description"), f"{path}: {column} is not described")


def check_results(path, dataset, recording):
    about = read_json(path.with_suffix(".json"))
    check(about["Description"] and about["SoftwareName"] == "Soleus", f"{path}: sidecar")
    check(about["SamplingFrequency"] == 1000 and about["PowerLineFrequency"] == 50,
          f"{path}: rate and mains")
    check(about["TaskName"] == "hold", f"{path}: task")
    sources = about["Sources"]
    check(all(source.startswith("bids:raw:") for source in sources), f"{path}: {sources}")
    files = [dataset / unquote(source[len("bids:raw:"):]) for source in sources]
    check(all(file.is_file() for file in files), f"{path}: sources are there")
    check(files[0] == recording, f"{path}: the recording is the first source")
    check(dataset / "task-hold_emg.json" in files, f"{path}: what is inherited is a source")
    check(path.read_bytes()[:8] == b"\x89HDF\r\n\x1a\n", f"{path}: HDF5")


def main():
    soleus, dataset = sys.argv[1], Path(sys.argv[2])
    recordings = sorted(dataset.glob("sub-*/**/emg/*_emg.edf"))
    check(len(recordings) == 3, "recordings of the sample")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "derivatives" / "soleus"
        for level in ("participant", "group"):
            subprocess.run([soleus, "bids", str(dataset), str(out), level, "-q"], check=True)
        check_description(out, dataset)
        files = [path for path in out.glob("sub-*/**/*")
                 if path.is_file() and path.parent.name != "figures"]
        check(len(files) == 6 * len(recordings), f"{len(files)} files")
        for path in files:
            check_name(path, out)
        episodes = sum(check_events(path) for path in out.glob("**/*_events.tsv"))
        check(episodes >= 4, f"{episodes} episodes")
        for path in files:
            if path.suffix == ".tsv":
                check_columns(path)
        for recording in recordings:
            stem = recording.relative_to(dataset).as_posix()[:-len("_emg.edf")]
            check_results(out / f"{stem}_desc-soleus_emg.h5", dataset, recording)
        header, rows = read_tsv(out / "episodes.tsv")
        check(len(rows) == episodes, "all episodes are gathered")
        _, people = read_tsv(dataset / "participants.tsv")
        for row in rows:
            person = next(p for p in people if p["participant_id"] == row["participant_id"])
            check(all(row[key] == value for key, value in person.items()), f"factors of {row}")
    sys.exit(status())


main()
