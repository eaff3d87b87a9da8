"""Recordings as other programs write and read them: biosig (save2gdf), Octave, MNE, neo. What soleus
delivers is compared with what they say, to the digital step.

  check_foreign.py SOLEUS SAMPLES

Programs that are not installed are passed over; without any of them the test is skipped (77)."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
SOLEUS, SAMPLES = sys.argv[1], pathlib.Path(sys.argv[2])
try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)


def deliver(path, folder):
    """What soleus makes of a recording: its description, and (label, unit, samples) a channel."""
    told = subprocess.run([SOLEUS, "info", "--json", path], capture_output=True, check=True)
    copy = pathlib.Path(folder) / "copy.h5"
    subprocess.run([SOLEUS, "convert", "-q", "-f", path, "-o", copy], check=True)
    channels = []
    with h5py.File(copy) as file:
        for data in sorted(file["signals"].values(), key=lambda d: d.attrs["channel"]):
            raw, a = data[()], data.attrs
            values = raw * a.get("scale_factor", 1.0) + a.get("add_offset", 0.0)
            if raw.dtype.kind == "i":
                values[raw == a["_FillValue"]] = np.nan
            channels.append((a["long_name"], a["units"], values))
    return json.loads(told.stdout)["recordings"][0], channels


def compare(name, ours, theirs, step=2e-6):
    assert len(ours) == len(theirs), (name, len(ours), len(theirs))
    gaps = np.isnan(theirs)
    assert (np.isnan(ours) == gaps).all(), (name, "gaps")
    limit = step * np.abs(theirs[~gaps]).max()
    assert np.abs(ours - theirs)[~gaps].max() <= limit, (name, ours[:4], theirs[:4])


def check_mne(folder):
    """MNE reads EDF, BDF, EEGLAB and BrainVision; volts, where the unit is one."""
    try:
        import mne
    except ImportError:
        return False
    mne.set_log_level("ERROR")
    for name in ("good-edf-plain.edf", "good-edf-count-minus-one.edf", "good-edf-inverted-range.edf",
                 "good-edf-trailing-bytes.edf", "good-bdf-named-edf.bdf", "good-eeglab-inside.set",
                 "good-eeglab-fdt.set", "good-brainvision-interrupted.vhdr"):
        read = {".edf": mne.io.read_raw_edf, ".bdf": mne.io.read_raw_bdf,
                ".set": mne.io.read_raw_eeglab}.get(name[-4:], mne.io.read_raw_brainvision)
        raw = read(SAMPLES / name, preload=True)
        info, channels = deliver(SAMPLES / name, folder)
        assert raw.info["sfreq"] == info["channels"][0]["rate"], name
        assert [c[0] for c in channels] == raw.ch_names, (name, raw.ch_names)
        for (label, unit, values), theirs in zip(channels, raw.get_data()):
            if unit == "uV":
                compare(f"{name}, {label}", values, theirs * 1e6)
    return True


def check_neo(folder):
    try:
        from neo.rawio import Spike2RawIO
    except ImportError:
        return False
    other = Spike2RawIO(filename=str(SAMPLES / "good-spike2-version9.smr"))
    other.parse_header()
    raw = other.get_analogsignal_chunk(stream_index=0)
    theirs = other.rescale_signal_raw_to_float(raw, "float64", stream_index=0)
    info, channels = deliver(SAMPLES / "good-spike2-version9.smr", folder)
    assert other.get_signal_sampling_rate(0) == info["channels"][0]["rate"]
    compare("Spike2", channels[0][2], theirs[:, 0] * 1000)
    return True


def check_save2gdf(folder):
    """biosig converts a whole-number EDF without a change; its clock loses a second by rounding."""
    if not shutil.which("save2gdf"):
        return False
    source = SAMPLES / "good-edf-plain.edf"
    before, original = deliver(source, folder)
    for form, ending in (("GDF", "gdf"), ("GDF1", "gdf"), ("EDF", "edf"), ("BDF", "bdf")):
        made = pathlib.Path(folder) / f"{form}.{ending}"
        subprocess.run(["save2gdf", f"-f={form}", source, made], capture_output=True, check=True)
        info, channels = deliver(made, folder)
        assert info["format"] == ending and info["warnings"] == [], (form, info["warnings"])
        assert [c["rate"] for c in info["channels"]] == [c["rate"] for c in before["channels"]]
        for ours, theirs in zip(channels, original, strict=True):
            assert ours[:2] == theirs[:2], (form, ours[:2])
            # It writes limits of EDF with 8 characters, zeros in front and behind.
            compare(form, ours[2], theirs[2], 5e-5 if form == "EDF" else 2e-6)
    return True


OCTAVE = """
emg = round(100 * sin((1:1500)' * [0.1 0.2 0.3])) / 8; emg(7, 2) = NaN; fs = 1000; t = fs;
labels = {'TA'; 'SOL'; 'GAS'}; rec.data = emg'; rec.srate = 2000; rec.unit = 'mV';
save('-v4', 'v4.mat', 'emg', 'fs'); save('-v6', 'v6.mat', 'emg', 'fs', 'labels');
save('-v7', 'v7.mat', 'emg', 'fs', 'labels'); save('-v7', 'struct.mat', 'rec');
EEG = struct('nbchan', 3, 'trials', 1, 'pnts', 1500, 'srate', 1000, 'xmin', 0, 'data', emg');
EEG.chanlocs = struct('labels', {'TA', 'SOL', 'GAS'});
EEG.event = struct('type', {'a', 'b'}, 'latency', {1, 501}, 'duration', {0, 50});
save('-v7', 'eeg.set', 'EEG'); save('-text', 'text.txt', 'emg', 'fs');
"""


def check_octave(folder):
    if not shutil.which("octave-cli"):
        return False
    script = pathlib.Path(folder) / "make.m"
    script.write_text(OCTAVE)
    subprocess.run(["octave-cli", "-q", "-f", script.name], cwd=folder, capture_output=True)
    angles = np.outer(np.arange(1, 1501), [0.1, 0.2, 0.3])
    wave = np.sin(angles) * 100
    truth = np.sign(wave) * np.floor(np.abs(wave) + 0.5) / 8  # as Octave rounds
    truth[6, 1] = np.nan
    for name, scale, rate, labelled in (
            ("v4.mat", 1, 1000, False), ("v6.mat", 1, 1000, True), ("v7.mat", 1, 1000, True),
            ("struct.mat", 1000, 2000, False), ("eeg.set", 1, 1000, True)):
        info, channels = deliver(pathlib.Path(folder) / name, folder)
        assert info["channels"][0]["rate"] == rate, name
        assert not labelled or [c[0] for c in channels] == ["TA", "SOL", "GAS"], name
        for c in range(3):
            compare(name, channels[c][2], truth[:, c] * scale)
    marks = [(a["onset"], a["duration"], a["text"]) for a in info["annotations"]]
    assert marks == [(0, 0, "a"), (0.5, 0.05, "b")], marks
    refused = subprocess.run([SOLEUS, "info", "--rate", "1000", pathlib.Path(folder) / "text.txt"],
                             capture_output=True, text=True)
    assert refused.returncode == 1 and "save -v7" in refused.stderr, refused
    return True


def main():
    with tempfile.TemporaryDirectory() as folder:
        done = [check.__name__ for check in (check_mne, check_neo, check_save2gdf, check_octave)
                if check(folder)]
    print("checked:", ", ".join(done) or "nothing")
    sys.exit(0 if done else 77)


main()
