#!/usr/bin/env python3
"""Makes the recordings that scripts/bench-readers times: one signal in every container.

Usage: make_recordings.py FOLDER SECONDS

8 channels of 2 kHz, 16-bit counts of 0.05 uV: noise whose samples have the digits that recordings
have. Formats that Soleus writes are made from the EDF file by 'soleus convert'."""
import os
import struct
import sys

import numpy

CHANNELS, RATE, STEP = 8, 2000, 0.05


def field(text, size):
    return str(text).encode()[:size].ljust(size)


def write_edf(path, counts, width=2):
    """EDF with records of 1 s; BDF for a width of 3 bytes."""
    n = len(counts) // RATE
    low, high = (-32768, 32767) if width == 2 else (-8388608, 8388607)
    magic = field("0", 8) if width == 2 else b"\xff" + field("BIOSEMI", 7)
    header = magic + field("X", 80) + field("X", 80) + field("01.01.20", 8) + field("00.00.00", 8)
    header += field(256 * (CHANNELS + 1), 8) + field("", 44) + field(n, 8) + field(1, 8)
    header += field(CHANNELS, 4)
    columns = [(16, [f"EMG {c + 1}" for c in range(CHANNELS)]), (80, [""] * CHANNELS),
               (8, ["uV"] * CHANNELS), (8, [f"{low * STEP:g}"] * CHANNELS),
               (8, [f"{high * STEP:g}"] * CHANNELS), (8, [low] * CHANNELS), (8, [high] * CHANNELS),
               (80, [""] * CHANNELS), (8, [RATE] * CHANNELS), (32, [""] * CHANNELS)]
    for size, texts in columns:
        header += b"".join(field(text, size) for text in texts)
    records = counts[:n * RATE].reshape(n, RATE, CHANNELS).transpose(0, 2, 1)
    with open(path, "wb") as file:
        file.write(header)
        if width == 2:
            file.write(numpy.ascontiguousarray(records).astype("<i2").tobytes())
        else:
            wide = numpy.ascontiguousarray(records).astype("<i4").view("u1").reshape(-1, 4)
            file.write(wide[:, :3].tobytes())


def checksum(samples):
    """Of a WFDB signal: the sum of its samples as a signed 16-bit number."""
    return (int(samples.astype("i8").sum()) + 32768) % 65536 - 32768


def write_wfdb(folder, counts):
    with open(os.path.join(folder, "wfdb.hea"), "w") as file:
        file.write(f"wfdb {CHANNELS} {RATE} {len(counts)}\n")
        for c in range(CHANNELS):
            file.write(f"wfdb.dat 16 {1 / STEP:g}(0)/uV 16 0 {counts[0, c]} "
                       f"{checksum(counts[:, c])} 0 EMG {c + 1}\n")
    counts.astype("<i2").tofile(os.path.join(folder, "wfdb.dat"))


def write_brainvision(folder, counts):
    lines = ["Brain Vision Data Exchange Header File Version 1.0", "", "[Common Infos]",
             "Codepage=UTF-8", "DataFile=brainvision.eeg", "DataFormat=BINARY",
             "DataOrientation=MULTIPLEXED", f"NumberOfChannels={CHANNELS}",
             f"SamplingInterval={1e6 / RATE:g}", "", "[Binary Infos]", "BinaryFormat=INT_16", "",
             "[Channel Infos]"]
    lines += [f"Ch{c + 1}=EMG {c + 1},,{STEP},µV" for c in range(CHANNELS)]
    with open(os.path.join(folder, "brainvision.vhdr"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    counts.astype("<i2").tofile(os.path.join(folder, "brainvision.eeg"))


def write_mat(folder, counts):
    import h5py
    import scipy.io
    values = counts * STEP
    scipy.io.savemat(os.path.join(folder, "mat5.mat"), {"emg": values, "fs": float(RATE)})
    scipy.io.savemat(os.path.join(folder, "mat7.mat"), {"emg": counts, "fs": float(RATE)},
                     do_compression=True)
    path = os.path.join(folder, "mat73.mat")
    with h5py.File(path, "w", userblock_size=512) as file:
        data = file.create_dataset("emg", data=values.T, chunks=(1, 65536))
        data.attrs["MATLAB_class"] = numpy.bytes_("double")
        rate = file.create_dataset("fs", data=[[float(RATE)]])
        rate.attrs["MATLAB_class"] = numpy.bytes_("double")
    with open(path, "r+b") as file:
        text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Wed Jan  1 00:00:00 2020 HDF5"
        file.write(text.ljust(116) + bytes(8) + struct.pack("<H", 0x0200) + b"IM")


def main():
    folder, seconds = sys.argv[1], int(sys.argv[2])
    generator = numpy.random.Generator(numpy.random.PCG64(1))
    counts = generator.normal(0, 400, (seconds * RATE, CHANNELS)).round().astype("i2")
    os.makedirs(folder, exist_ok=True)
    write_edf(os.path.join(folder, "recording.edf"), counts)
    write_edf(os.path.join(folder, "recording.bdf"), counts, 3)
    write_wfdb(folder, counts)
    write_brainvision(folder, counts)
    write_mat(folder, counts)


main()
