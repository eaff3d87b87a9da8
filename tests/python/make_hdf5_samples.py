#!/usr/bin/python3
"""Writes the HDF5 recordings of samples/ (OpenSignals, NWB, Soleus's own) with h5py, from the
published layouts alone.

usage: make_hdf5_samples.py [--check] FOLDER

With --check nothing is written to FOLDER; the exit status is 1 when a file in it differs, and 77
where h5py is missing or stands on another release of HDF5, which lays files out in another way.
(HDF5 leaves chance bytes in virtual datasets: that file need only be there.)

Count i of signal s is (i * (7 + 2 * s)) % 201 + 400 in files of OpenSignals and that less 500 in
the others, so that tests can compute what they must read.
"""

import pathlib
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

from samples import write_or_check


def count(signal, rows, zero=0):
    return (np.arange(rows) * (7 + 2 * signal)) % 201 + 400 - zero


def group(parent, name, **attributes):
    made = parent.create_group(name)
    for key, value in attributes.items():
        made.attrs[key] = value
    return made


def device(file, mac, model, rate, channels, resolution, rows, sequence, time="17:7:28.685",
           text=str, wide=np.uint16, **storage):
    """channels: [(number, sensor, label)]. text makes the strings of attributes."""
    own = file.create_group(mac)
    own.attrs["channels"] = np.array([number for number, _, _ in channels], np.int32)
    for key, value in (("comments", ""), ("date", "2021-3-4"), ("device", model),
                       ("device connection", "BTH" + mac), ("device name", mac),
                       ("duration", f"{rows // rate}s"), ("keywords", ""), ("macaddress", mac),
                       ("time", time)):
        own.attrs[key] = text(value)
    own.attrs["digital IO"] = np.array([0, 1], np.int32)
    own.attrs["firmware version"] = np.int32(772)
    own.attrs["mode"] = np.int32(0)
    own.attrs["nsamples"] = np.int32(rows)
    own.attrs["resolution"] = np.array(resolution, np.int32)
    own.attrs["sampling rate"] = np.int32(rate)
    storage = storage or dict(chunks=(128, 1), maxshape=(None, 1))
    for place, (number, sensor, label) in enumerate(channels):
        data = own.create_dataset(f"raw/channel_{number}",
                                  data=count(place, rows).astype(wide).reshape(-1, 1), **storage)
        data.attrs["sensor"], data.attrs["label"] = text(sensor), text(label)
    own.create_dataset("raw/nSeq", data=np.array(sequence, np.uint16).reshape(-1, 1))
    own.create_dataset("digital/digital_1", data=np.zeros((rows, 1), np.uint16))
    own.create_dataset("events/digital", data=np.zeros((0, 4), np.uint32))
    return own


MAC = "00:07:80:00:00:01"


def plux(file, **storage):
    device(file, MAC, "biosignalsplux", 1000, [(2, "EMG", "Soleus L"), (3, "ECG", "Heart")],
           [12, 16], 300, np.arange(300) % 128, **storage)


def opensignals_plux(file):
    plux(file)


def opensignals_lost_packets(file):
    sequence = np.arange(300) + 3 * (np.arange(300) >= 100) + 5 * (np.arange(300) >= 200)
    own = device(file, "20:16:02:26:00:01", "bitalino_rev", 1000,
                 [(1, "EMG", "A1"), (2, "EMG", "A2"), (5, "EDA", "A5")],
                 [4, 1, 1, 1, 1, 10, 10, 6], 300, sequence % 16)
    del own["events/digital"]
    own.create_dataset("events/digital", data=np.array([[50, 1, 1, 0], [150, 1, 0, 0]], np.uint32))


def opensignals_two_devices(file):
    def fixed(value):
        return np.bytes_(value or " ")
    device(file, MAC, "biosignalsplux", 1000, [(1, "EMG", "Soleus L")], [16], 400, np.arange(400),
           text=fixed)
    device(file, "00:07:80:00:00:02", "biosignalsplux", 100, [(1, "EMG", "Soleus R")], [16], 40,
           np.arange(40), time="17:7:28.935", wide=np.uint32)


def opensignals_counter_stuck(file):
    sequence = np.minimum(np.arange(300) + 65435, 65535)
    device(file, MAC, "bioplux", 1000, [(1, "EMG", "Soleus L"), (2, "RESP", "Chest")], [12], 300,
           sequence)


def opensignals_no_channels(file):
    group(file, MAC, **{"sampling rate": 1000, "channels": [1], "macaddress": MAC}).create_group(
        "raw")


def opensignals_huge(file):
    own = device(file, MAC, "bioplux", 1000, [(1, "EMG", "Soleus L")], [12], 300, np.arange(300))
    del own["raw/channel_1"]
    own.create_dataset("raw/channel_1", shape=(10**13, 1), dtype=np.uint16, chunks=(1024, 1))


def opensignals_never_written(file):
    own = device(file, MAC, "bioplux", 1000, [(1, "EMG", "Soleus L")], [12], 300, np.arange(300))
    del own["raw/channel_1"]
    own.create_dataset("raw/channel_1", shape=(300, 1), dtype=np.uint16, chunks=(128, 1))


def opensignals_other_file(file):
    own = device(file, MAC, "bioplux", 1000, [(1, "EMG", "Soleus L")], [12], 300, np.arange(300))
    del own["raw/channel_1"]
    own.create_dataset("raw/channel_1", shape=(300, 1), dtype=np.uint16,
                       external=[("good-edf-plain.edf", 0, 600)])


def opensignals_virtual(file):
    own = device(file, MAC, "bioplux", 1000, [(1, "EMG", "Soleus L")], [12], 300, np.arange(300))
    del own["raw/channel_1"]
    layout = h5py.VirtualLayout(shape=(300, 1), dtype=np.uint16)
    layout[:] = h5py.VirtualSource("good-opensignals-plux.h5", MAC + "/raw/channel_2",
                                   shape=(300, 1))
    own.create_virtual_dataset("raw/channel_1", layout)


def opensignals_link(file):
    own = device(file, MAC, "bioplux", 1000, [(1, "EMG", "Soleus L")], [12], 300, np.arange(300))
    del own["raw/channel_1"]
    own["raw/channel_1"] = h5py.ExternalLink("good-opensignals-plux.h5", MAC + "/raw/channel_2")


def opensignals_lzf(file):
    plux(file, chunks=(128, 1), compression="lzf")


def series(parent, name, data, kind="ElectricalSeries", unit="volts", conversion=1.0, offset=0.0,
           rate=None, start=0.0, stamps=None, electrodes=None, description="", **storage):
    own = group(parent, name, neurodata_type=kind, namespace="core", description=description)
    values = own.create_dataset("data", data=data, **storage)
    for key, value in (("unit", unit), ("conversion", conversion), ("offset", offset)):
        values.attrs[key] = value
    if rate:
        begin = own.create_dataset("starting_time", data=start)
        begin.attrs["rate"], begin.attrs["unit"] = rate, "seconds"
    if stamps is not None:
        own.create_dataset("timestamps", data=stamps)
    if electrodes is not None:
        own.create_dataset("electrodes", data=np.array(electrodes, np.int64))
    return own


def nwb(file, version="2.6.0"):
    file.attrs["nwb_version"] = version
    file.attrs["neurodata_type"] = "NWBFile"
    file["session_start_time"] = "2022-05-06T07:08:09.250000+02:00"
    for name in ("acquisition", "processing", "intervals", "general"):
        file.create_group(name)


def nwb_emg(file):
    nwb(file)
    table = group(file, "general/extracellular_ephys/electrodes", neurodata_type="DynamicTable")
    text = h5py.string_dtype()
    table.create_dataset("id", data=np.arange(4))
    table.create_dataset("location", data=["CA1", "CA1", "soleus", "gastrocnemius medialis"],
                         dtype=text)
    table.create_dataset("group_name", data=["probe", "probe", "calf", "calf"], dtype=text)
    table.create_dataset("label", data=np.array([b"n1", b"n2", b"SOL", b"GM"], "S8"))
    data = np.stack([count(s, 700, 500) for s in range(2)], 1).astype(np.int16)
    own = series(file["acquisition"], "EMG", data, conversion=2e-6, offset=1e-4, rate=1000.0,
                 start=0.5, electrodes=[2, 3], chunks=(256, 1), compression="gzip", shuffle=True)
    own.create_dataset("channel_conversion", data=[1.0, 0.5])
    own.attrs["description"] = "calf"
    series(file["acquisition"], "probe", data.astype(np.float32), rate=2000.0, electrodes=[0, 1])
    filtered = group(file["processing"], "ecephys/Filtered", neurodata_type="FilteredEphys")
    series(filtered, "EMG_slow", data[:140, 0].astype(np.float64) * 1e-6, rate=100.0, start=1.0)
    trials = group(file["intervals"], "trials", neurodata_type="TimeIntervals")
    trials.create_dataset("start_time", data=[0.6, 0.9])
    trials.create_dataset("stop_time", data=[0.7, 1.1])
    trials.create_dataset("condition", data=["rest", "hold"], dtype=text)
    marks = group(file["acquisition"], "notes", neurodata_type="AnnotationSeries")
    marks.create_dataset("data", data=["cramp"], dtype=text)
    marks.create_dataset("timestamps", data=[1.0])


def nwb_gap(file):
    nwb(file)
    stamps = (np.arange(400) + 25 * (np.arange(400) >= 150)) / 1250
    series(file["acquisition"], "calf", count(0, 400, 500).astype(np.float32), unit="volts",
           conversion=1e-6, stamps=stamps + 2, description="surface EMG of the calf")


def nwb_beside(file):
    nwb(file)
    series(file["acquisition"], "EMG", count(0, 200).astype(np.float32), rate=1000.0)
    series(file["acquisition"], "force", count(1, 200).astype(np.float32), kind="TimeSeries",
           unit="newtons", rate=1000.0, description="recorded with the EMG")
    series(file["processing"], "emg_analysis/median_frequency", count(2, 20).astype(np.float32),
           kind="TimeSeries", unit="Hz", rate=1.0)


def nwb_endless(file):
    nwb(file)
    stamps = np.arange(400) / 1000 + 1e12 * (np.arange(400) >= 200)
    series(file["acquisition"], "EMG", count(0, 400).astype(np.float32), stamps=stamps)


def nwb_transposed(file):
    nwb(file)
    data = np.stack([count(s, 300) for s in range(2)]).astype(np.float32)
    series(file["acquisition"], "EMG", data, stamps=np.arange(300) / 1000)


def nwb_uneven(file):
    nwb(file)
    stamps = np.cumsum(1 + (np.arange(400) % 7) / 4) / 1000
    series(file["acquisition"], "EMG", count(0, 400, 500).astype(np.float32), stamps=stamps)


def nwb_version_1(file):
    nwb(file, "NWB-1.0.6")


def nwb_no_series(file):
    nwb(file)
    series(file["acquisition"], "licks", count(0, 40).astype(np.float32), kind="TimeSeries",
           unit="n.a.", rate=10.0)


def recording(file):
    """Soleus's own layout: see formats/hdf5/layout.h."""
    file.attrs["soleus_recording"] = np.int32(1)
    file.attrs["soleus_version"] = "0.1.0"
    file.attrs["start_time"] = "2021-03-04T05:06:07.500000"
    file.attrs["start_seconds"] = np.int64(1614834367)
    file.attrs["start_fraction"] = 0.5
    file.attrs["mains"] = 50.0
    signals = file.create_group("signals")
    whole = count(0, 600, 500).astype(np.int16)
    whole[100:150] = -32768
    own = signals.create_dataset("soleus", data=whole, chunks=(256,), compression="gzip",
                                 shuffle=True)
    for key, value in (("channel", np.int32(2)), ("long_name", "Soleus/L"), ("units", "uV"),
                       ("scale_factor", 0.5), ("add_offset", 3.0), ("sampling_rate", 1000.0),
                       ("_FillValue", np.int16(-32768)), ("minimum", -16380.5),
                       ("maximum", 16386.5), ("type", "EMG"), ("muscle", "soleus")):
        own.attrs[key] = value
    real = (count(1, 60, 500) / 7).astype(np.float32)
    real[10:20] = np.nan
    own = signals.create_dataset("torque", data=real)
    for key, value in (("channel", np.int32(1)), ("long_name", "torque"), ("units", "Nm"),
                       ("sampling_rate", 100.0), ("type", "other")):
        own.attrs[key] = value
    marks = file.create_group("annotations")
    marks["onset"], marks["duration"] = [0.1, 0.25], [np.nan, 0.2]
    marks.create_dataset("text", data=["twitch", "cramp \u00b5"], dtype=h5py.string_dtype())


def newer(file):
    recording(file)
    file.attrs["soleus_recording"] = np.int32(2)


def results(file):
    file.attrs["soleus_version"] = "0.1.0"
    file.attrs["title"] = "results"
    file.create_group("markers")


def generic(file):
    file.create_dataset("data/emg", data=count(0, 200).astype(np.float64))


FILES = {
    "good-hdf5-recording.h5": recording,
    "good-nwb-beside.nwb": nwb_beside,
    "good-nwb-emg.nwb": nwb_emg,
    "good-nwb-gap.nwb": nwb_gap,
    "good-opensignals-counter-stuck.h5": opensignals_counter_stuck,
    "good-opensignals-lost-packets.h5": opensignals_lost_packets,
    "good-opensignals-plux.h5": opensignals_plux,
    "good-opensignals-two-devices.h5": opensignals_two_devices,
    "bad-nwb-endless.nwb": nwb_endless,
    "bad-nwb-transposed.nwb": nwb_transposed,
    "bad-opensignals-huge.h5": opensignals_huge,
    "bad-opensignals-never-written.h5": opensignals_never_written,
    "bad-opensignals-no-channels.h5": opensignals_no_channels,
    "unsupported-hdf5-generic.h5": generic,
    "unsupported-hdf5-newer.h5": newer,
    "unsupported-hdf5-results.h5": results,
    "unsupported-nwb-no-series.nwb": nwb_no_series,
    "unsupported-nwb-uneven.nwb": nwb_uneven,
    "unsupported-nwb-version-1.nwb": nwb_version_1,
    "unsupported-opensignals-link.h5": opensignals_link,
    "unsupported-opensignals-lzf.h5": opensignals_lzf,
    "unsupported-opensignals-other-file.h5": opensignals_other_file,
    "unsupported-opensignals-virtual.h5": opensignals_virtual,
}


def make(folder, name, fill):
    path = pathlib.Path(folder) / name
    with h5py.File(path, "w") as file:
        fill(file)
    return path.read_bytes()


def made():
    with tempfile.TemporaryDirectory() as scratch:
        files = {name: make(scratch, name, fill) for name, fill in FILES.items()}
    return {**files, "bad-hdf5-cut.h5": files["good-hdf5-recording.h5"][:5000]}


if __name__ == "__main__":
    if "--check" in sys.argv and h5py.version.hdf5_version_tuple[:2] != (1, 10):
        sys.exit(77)
    write_or_check(__doc__, made, most=40000, by_chance=("unsupported-opensignals-virtual.h5",))
