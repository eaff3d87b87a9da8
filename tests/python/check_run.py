#!/usr/bin/python3
"""Results of `soleus run` as other programs see them: h5py, xarray, ncdump, and soleus export.

usage: check_run.py SOLEUS SAMPLES
Exit status 77: a module or ncdump is missing, the test is skipped.
"""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checking import check, status

try:
    import h5py
    import numpy as np
    import xarray as xr
    import h5netcdf  # noqa: F401 (the engine of xarray)
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)
if shutil.which("ncdump") is None:
    print("skipped: ncdump is missing")
    sys.exit(77)


def soleus(*arguments):
    run = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True,
                         check=False)
    if run.returncode != 0:
        print(run.stderr)
        sys.exit(1)
    return run.stdout


def tsv(text):
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def number(cell):
    return float("nan") if cell == "n/a" else float(cell)


DIMENSIONS = {
    "markers": ("epoch", "channel"),
    "bursts": ("burst",),
    "episodes": ("episode",),
    "trends": ("trend",),
    "quality": ("channel",),
    "annotations": ("annotation",),
}
SHAPES = {
    "spectrum/density": ("spectrogram_time", "channel", "frequency"),
    "spectrum/first": ("channel", "frequency"),
    "spectrum/last": ("channel", "frequency"),
    "overview/minimum": ("overview_time", "channel"),
    "overview/maximum": ("overview_time", "channel"),
    "overview/rms": ("overview_time", "channel"),
    "closeups/episode": ("closeup",),
    "closeups/columns": ("closeup",),
    "closeups/first": ("closeup",),
    "closeups/step": ("closeup",),
    "closeups/minimum": ("closeup", "closeup_column"),
    "closeups/maximum": ("closeup", "closeup_column"),
    "closeups/envelope": ("closeup", "closeup_column"),
    "closeups/modulation": ("closeup", "modulation_frequency"),
}


def check_h5py(path, source):
    with h5py.File(path, "r") as f:
        attributes = dict(f.attrs)
        check(attributes["source_file"] == source.name, "source_file")
        check(attributes["source_format"] == "edf", "source_format")
        check(attributes["source_files"] == f"{source.name}, {source.stem[:-4]}_events.tsv",
              "source_files")
        check(attributes["source_sha256"] == checksum(source), "source_sha256")
        check(attributes["history"] == f"soleus run --mains 50 {source.name}", "history")
        check(str(path) not in str(attributes), "no path of the results")
        for name in ("title", "soleus_version", "library_versions", "start"):
            check(isinstance(attributes[name], str) and attributes[name], name)
        parameters = json.loads(attributes["parameters"])
        check(list(parameters) == sorted(parameters), "parameters are sorted")
        check(parameters["mains"] == "50" and parameters["band"] == [20, 450] and
              parameters["channels"] is None and parameters["epoch"] == 1, "parameters")
        check(not {"threads", "block", "jobs", "output"} & set(parameters),
              "parameters are those of the results")
        check(attributes["mains"] == 50 and attributes["duration"] > 0, "mains and duration")
        datasets = []
        f.visititems(lambda name, item: datasets.append(item) if isinstance(item, h5py.Dataset)
                     else None)
        check(len(datasets) > 80, "datasets")
        for data in datasets:
            check("units" in data.attrs and data.attrs["long_name"] != "", f"{data.name}: attributes")
            if data.attrs.get("CLASS") != b"DIMENSION_SCALE":
                check(all(len(d) == 1 for d in data.dims), f"{data.name}: named dimensions")
        for name, dimensions in SHAPES.items():
            own = tuple(d.keys()[0] for d in f[name].dims)
            check(own == dimensions, f"{name}: {own}")
        status = f["markers/status"]
        check(status.attrs["flag_masks"].tolist() == [2**i for i in range(8)], "flag_masks")
        check(status.attrs["flag_meanings"].split() ==
              ["rest", "too_short", "flat", "clipped", "mains", "gap", "artefact", "band_narrowed"],
              "flag_meanings")
        check(f["markers/mdf"].attrs["units"] == "Hz" and
              f["markers/power"].attrs["units"] == "uV^2", "units")


def check_xarray(path):
    with xr.open_dataset(path, engine="h5netcdf") as root:
        sizes = dict(root.sizes)
        check({"channel", "epoch", "frequency", "burst", "episode", "trend"} <= set(sizes),
              "xarray: dimensions")
        coordinates = root.coords
        check(np.array_equal(root.epoch, np.arange(sizes["epoch"]) + 0.5), "xarray: epochs")
        check(np.array_equal(root.frequency, np.arange(20, 451, 2)), "xarray: frequencies")
        for group, dimensions in DIMENSIONS.items():
            with xr.open_dataset(path, engine="h5netcdf", group=group) as data:
                for name, variable in data.variables.items():
                    check(variable.dims == dimensions, f"xarray: {group}/{name}: {variable.dims}")
        with xr.open_dataset(path, engine="h5netcdf", group="markers") as markers:
            joined = markers.assign_coords(coordinates)
            active = joined.mdf.where(joined.active > 0.5).sel(channel=root.channel[0])
            check(int(active.count()) > 3 and 30 < float(active.mean()) < 200,
                  "xarray: median frequency of what is active")
        with xr.open_dataset(path, engine="h5netcdf", group="closeups") as closeups:
            check(closeups.sizes["closeup"] == sizes["episode"], "xarray: close-ups")


def check_ncdump(path):
    run = subprocess.run(["ncdump", str(path)], capture_output=True, text=True, check=False)
    check(run.returncode == 0 and run.stderr == "", f"ncdump: {run.stderr}")
    for line in ("epoch = UNLIMITED ;", "double mdf(epoch, channel) ;", "group: quality {",
                 "float density(spectrogram_time, channel, frequency) ;"):
        check(line in run.stdout, f"ncdump holds {line}")
    check("phony" not in run.stdout, "ncdump: every dimension has a name")


def checksum(source):
    """Of the recording and its events, which are a sidecar in a dataset, as sha256sum lists them."""
    events = source.with_name(source.name.replace("_emg.edf", "_events.tsv"))
    lines = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
                    for file in (source, events))
    return hashlib.sha256(lines.encode()).hexdigest()


def check_export(path, folder, stem):
    """Everything comes back through the project's own reader."""
    with h5py.File(path, "r") as f:
        for group, dimensions in DIMENSIONS.items():
            rows = tsv(soleus("export", path, group))
            expected = int(np.prod([f[d].shape[0] for d in dimensions]))
            check(len(rows) == expected, f"export {group}: rows")
            for name, data in f[group].items():
                cells = [row[name] for row in rows]
                if h5py.check_string_dtype(data.dtype):
                    values = [t if t else "n/a" for t in data.asstr()[:].ravel()]
                    check(cells == values, f"export {group}/{name}")
                elif data.dtype.kind == "f":
                    check(np.array_equal([number(c) for c in cells], data[:].ravel(),
                                         equal_nan=True), f"export {group}/{name}")
                else:
                    values = ["n/a" if v == -2**63 else str(v) for v in data[:].ravel()]
                    check(cells == values, f"export {group}/{name}")
        for name in SHAPES:
            rows = tsv(soleus("export", path, name))
            last = [number(row[name.split("/")[1]]) for row in rows]
            check(np.array_equal(np.asarray(last, f[name].dtype), f[name][:].ravel(),
                                 equal_nan=f[name].dtype.kind == "f"), f"export {name}")
    for group in ("episodes", "trends"):
        exported = tsv(soleus("export", path, group))
        written = tsv((folder / f"{stem}_{group}.tsv").read_text())
        check(exported == written and len(written) > 0, f"{group}.tsv is the exported table")


def check_sidecar(folder, stem):
    sidecar = json.loads((folder / f"{stem}_episodes.json").read_text())
    rows = tsv((folder / f"{stem}_episodes.tsv").read_text())
    check(list(sidecar) == list(rows[0]), "the sidecar has the columns of the table")
    check(list(rows[0])[:4] == ["onset", "duration", "trial_type", "channel"], "BIDS events")
    onsets = [float(row["onset"]) for row in rows]
    check(onsets == sorted(onsets), "episodes are sorted")
    check({row["trial_type"] for row in rows} <= set(sidecar["trial_type"]["Levels"]), "Levels")


def main():
    sources = sorted(Path(sys.argv[2]).glob("study/sub-0[12]/ses-1/*.edf"))
    check(len(sources) == 2, "two recordings of the sample study")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "out"
        soleus("run", *sources, "-o", folder, "--mains", "50", "-q")
        for source in sources:
            path = folder / f"{source.stem}_results.h5"
            check_h5py(path, source)
            check_xarray(path)
            check_ncdump(path)
            check_export(path, folder, source.stem)
            check_sidecar(folder, source.stem)
    return status()


if __name__ == "__main__":
    sys.exit(main())
