#!/usr/bin/python3
"""Opens the example results files as other programs do: h5py, xarray (h5netcdf) and ncdump.

usage: check_results.py FOLDER, where make_results has written into FOLDER.
Exit status: 0 good, 1 not, 77 when a module or ncdump is missing.
"""

import math
import shutil
import subprocess
import sys
from pathlib import Path

from checking import check, status

SKIPPED = 77
EPOCHS, CHANNELS, BINS = 2500, ["left calf", "näh", "3"], [20.0, 22.0, 24.0, 26.0, 28.0]
INTEGER_MISSING = -(2**63)

try:
    import h5netcdf  # noqa: F401  (xarray's engine)
    import h5py
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(SKIPPED)
if not shutil.which("ncdump"):
    print("skipped: ncdump is missing (netcdf-bin)")
    sys.exit(SKIPPED)


def expected_mdf():
    e, c = np.meshgrid(np.arange(EPOCHS), np.arange(3), indexing="ij")
    return np.where((e + c) % 7 == 0, np.nan, 80 - e / 1000 + c / 3)


def expected_status():
    e, c = np.meshgrid(np.arange(EPOCHS), np.arange(3), indexing="ij")
    return (e + c) % 8


def check_h5py(path):
    with h5py.File(path, "r") as f:
        check(sorted(f) == ["channel", "episode", "episodes", "epoch", "frequency", "markers",
                            "quality", "spectrum"], "h5py: members of the root")
        check(f.attrs["title"] == "Än example", "h5py: title is text")
        check(f.attrs["soleus_version"], "h5py: version")
        check(f.attrs["rate"] == 1259.259, "h5py: rate")
        mdf = f["markers/mdf"]
        check(mdf.dtype == np.dtype("<f8") and mdf.shape == (EPOCHS, 3), "h5py: shape of mdf")
        check(np.array_equal(mdf[:], expected_mdf(), equal_nan=True), "h5py: values of mdf")
        check([d.label for d in mdf.dims] == ["", ""] and
              [d.keys()[0] for d in mdf.dims] == ["epoch", "channel"], "h5py: scales of mdf")
        check(mdf.attrs["units"] == "Hz" and mdf.attrs["long_name"] == "median frequency",
              "h5py: attributes of mdf")
        check(math.isnan(mdf.attrs["_FillValue"]), "h5py: _FillValue of mdf")
        check(mdf.compression == "gzip" and mdf.compression_opts == 4 and mdf.shuffle,
              "h5py: mdf is shuffled and deflated")
        check(f["spectrum/density"].dtype == np.dtype("<f4"), "h5py: density is single")
        check(list(f["channel"].asstr()) == CHANNELS, "h5py: channels")
        check(f["quality/verdict"].asstr()[:].tolist() == ["good", "n/a", ""], "h5py: text")
        for name in ("markers/status", "spectrum/density", "episodes/onset", "episodes/channel"):
            data = f[name]
            check(all(len(d) == 1 for d in data.dims), f"h5py: every dimension of {name} is named")
            check("units" in data.attrs and "long_name" in data.attrs, f"h5py: attributes of {name}")
        text = h5py.check_string_dtype(f["episodes/trial_type"].dtype)
        check(text.encoding == "utf-8" and text.length is None, "h5py: text is variable UTF-8")


def check_xarray(path):
    with xr.open_dataset(path, engine="h5netcdf") as root:
        check(dict(root.sizes) == {"epoch": EPOCHS, "channel": 3, "frequency": 5, "episode": 1000},
              "xarray: sizes")
        check(root.channel.values.tolist() == CHANNELS, "xarray: channel coordinate")
        check(root.frequency.values.tolist() == BINS, "xarray: frequency coordinate")
        check(np.array_equal(root.epoch, np.arange(EPOCHS) + 0.5), "xarray: epoch coordinate")
        check(root.episode.values.tolist() == list(range(1, 1001)), "xarray: episode coordinate")
        check(root.epoch.attrs["units"] == "s" and root.epoch.dtype == np.float64,
              "xarray: seconds stay numbers")
        with xr.open_dataset(path, engine="h5netcdf", group="markers") as markers:
            check(markers.mdf.dims == ("epoch", "channel"), "xarray: dimensions of mdf")
            check(np.array_equal(markers.mdf, expected_mdf(), equal_nan=True), "xarray: mdf")
            status = markers.status
            check(status.dtype == np.int64 and np.array_equal(status, expected_status()),
                  "xarray: status")
            check(status.attrs["flag_masks"].tolist() == [1, 2, 4] and
                  status.attrs["flag_masks"].dtype == status.dtype, "xarray: flag_masks")
            check(status.attrs["flag_meanings"].split() == ["rest", "too_short", "gap"],
                  "xarray: flag_meanings")
            joined = markers.assign_coords(root.coords).sel(channel="näh")
            check(abs(float(joined.mdf.sel(epoch=1.5)) - (80 - 0.001 + 1 / 3)) < 1e-12,
                  "xarray: selection by label")
    with xr.open_dataset(path, engine="h5netcdf", group="spectrum") as spectrum:
        check(spectrum.density.dims == ("epoch", "channel", "frequency"), "xarray: density")
        check(float(spectrum.density[123, 2, 3]) == 23 + 0.5 + 3 / 64, "xarray: density's values")
        check(spectrum["mean"].dims == ("channel", "frequency"), "xarray: mean")
        mean = spectrum["mean"].values
        check(mean[0, 3] == 4 and np.isnan(mean[0, 4]) and mean[1, 0] == 6, "xarray: mean's values")
    with xr.open_dataset(path, engine="h5netcdf", group="episodes") as episodes:
        table = episodes.to_dataframe()
        check(table.columns.tolist() == ["onset", "duration", "trial_type", "channel",
                                         "burst_count", "flags"], "xarray: columns in order")
        check(table.trial_type.tolist()[:3] == ["tonic", "clonic", "tonic"], "xarray: class")
        check(np.isnan(table.burst_count.iloc[0]) and table.burst_count.iloc[1] == 1,
              "xarray: missing whole numbers")
        check(table.channel.iloc[0] == "n/a" and table.channel.iloc[1] == "näh", "xarray: text")
    with xr.open_dataset(path, engine="h5netcdf", group="quality", mask_and_scale=False) as quality:
        check(quality.clipped.values.tolist() == [0, INTEGER_MISSING, 2**60], "xarray: clipped")


def ncdump(path, *options):
    run = subprocess.run(["ncdump", *options, str(path)], capture_output=True, text=True,
                         check=False)
    check(run.returncode == 0 and run.stderr == "", f"ncdump {options} {path.name}: {run.stderr}")
    return run.stdout


def check_ncdump(path):
    header = ncdump(path, "-h")
    for line in (
        "epoch = UNLIMITED ; // (2500 currently)", "channel = 3 ;", "frequency = 5 ;",
        "episode = 1000 ;", "string channel(channel) ;", "double mdf(epoch, channel) ;",
        'string mdf:units = "Hz" ;', "int64 status(epoch, channel) ;",
        "status:flag_masks = 1LL, 2LL, 4LL ;",
        'string status:flag_meanings = "rest too_short gap" ;',
        "float density(epoch, channel, frequency) ;", "string note(epoch) ;",
        "clipped:_FillValue = -9223372036854775808LL ;", "double onset(episode) ;",
        'string :title = "Än example" ;',
    ):
        check(line in header, f"ncdump -h holds {line}")
    check("phony" not in header, "ncdump: every dimension has a name")
    check(header.index("onset(") < header.index("duration(") < header.index("burst_count("),
          "ncdump: columns in order")
    data = ncdump(path)
    check('channel = "left calf", "näh", "3" ;' in data, "ncdump: channels")
    # Empty text is what netCDF fills with, and shows as _.
    check('verdict = "good", "n/a", _ ;' in data, "ncdump: verdicts")
    check("clipped = 0, _, 1152921504606846976 ;" in data, "ncdump: clipped")


def check_empty(path):
    with h5py.File(path, "r") as f:
        check(f["episodes/onset"].shape == (0,) and f["markers/mdf"].shape == (0, 3), "h5py: empty")
        check(f["bursts/channel"][:].tolist() == [], "h5py: empty text")
    with xr.open_dataset(path, engine="h5netcdf") as root:
        check(root.sizes["episode"] == 0 and root.sizes["burst"] == 0 and root.sizes["epoch"] == 0,
              "xarray: empty dimensions")
    with xr.open_dataset(path, engine="h5netcdf", group="episodes") as episodes:
        check(len(episodes.to_dataframe()) == 0 and len(episodes) == 6, "xarray: empty table")
        check(episodes.onset.dims == ("episode",), "xarray: dimension of an empty table")
    header = ncdump(path, "-h")
    check("(0 currently)" in header and "string channel(burst) ;" in header, "ncdump: empty")
    check("phony" not in header, "ncdump: every dimension of the empty file has a name")
    ncdump(path)


def main():
    folder = Path(sys.argv[1])
    example = folder / "example_results.h5"
    check_h5py(example)
    check_xarray(example)
    check_ncdump(example)
    check_empty(folder / "empty_results.h5")
    return status()


if __name__ == "__main__":
    sys.exit(main())
