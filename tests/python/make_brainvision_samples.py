#!/usr/bin/python3
"""Writes the BrainVision recordings of samples/, from the published format alone.

usage: make_brainvision_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

The raw number of sample i in channel c is ((i * (7 + 2 * c)) % 201) - 100, so that tests can
compute what they must read. Each recording has 3 channels of 200 samples unless it says otherwise.
"""

import struct

from samples import write_or_check

FRAMES, CHANNELS = 200, 3


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


def header(name, common="", binary="BinaryFormat=INT_16", channels=None, version="1.0",
           first="Brain Vision Data Exchange Header File Version ", form="BINARY",
           orientation="MULTIPLEXED", interval="1000", data=None, markers=None, count=CHANNELS,
           codepage="UTF-8", sections="", end="\r\n"):
    channels = channels or ["EMG TA,,0.5,µV", "EMG SOL,REF,0.001,mV", "force,,0.1,N"]
    lines = [first + version, "; made from the format's description", "", "[Common Infos]",
             f"Codepage={codepage}", f"DataFile={data or name + '.eeg'}"]
    if markers:
        lines.append(f"MarkerFile={markers}")
    lines += [f"DataFormat={form}", "; how samples follow each other",
              f"DataOrientation={orientation}", f"NumberOfChannels={count}",
              f"SamplingInterval={interval}"]
    lines += [line for line in common.split("\n") if line]
    lines += [""] + ([("[Binary Infos]")] + binary.split("\n") if form == "BINARY" else [])
    lines += [line for line in sections.split("\n") if line]
    lines += ["", "[Channel Infos]"] + [f"Ch{i + 1}={c}" for i, c in enumerate(channels)]
    lines += ["", "[Comment]", "NumberOfChannels=99", "anything = goes"]
    return end.join(lines) + end


def marks(entries, name):
    return ("Brain Vision Data Exchange Marker File, Version 1.0\r\n\r\n[Common Infos]\r\n"
            f"Codepage=UTF-8\r\nDataFile={name}.eeg\r\n\r\n[Marker Infos]\r\n"
            "; type, description, position, size, channel\r\n"
            + "".join(f"Mk{i + 1}={e}\r\n" for i, e in enumerate(entries)))


def multiplexed(code, frames=FRAMES, channels=CHANNELS, shift=0):
    return b"".join(struct.pack(code, number(c, i) + shift)
                    for i in range(frames) for c in range(channels))


def vectorized(code, frames=FRAMES, channels=CHANNELS):
    return b"".join(struct.pack(code, number(c, i))
                    for c in range(channels) for i in range(frames))


def good():
    files = {}

    def add(stem, text, data, extension="eeg", encoding="utf-8"):
        name = f"good-brainvision-{stem}"
        files[f"{name}.vhdr"] = text.encode(encoding)
        files[f"{name}.{extension}"] = data

    name = "good-brainvision-multiplexed"
    add("multiplexed", header(name, data="$b.eeg", markers="$b.vmrk", interval="794.1178057",
                              channels=["EMG TA,,0.5,µV", "EMG SOL\\1 left,REF,0.001,mV",
                                        "temp,,0.1,C"]), multiplexed("<h"))
    files[f"{name}.vmrk"] = marks(
        ["New Segment,,1,1,0,20210304121314500000", "Comment,hold\\1 hard,51,100,0",
         "Stimulus,S  1,101,1,2", "Response,,151,1,0"], name).encode()
    name = "good-brainvision-gap"
    add("gap", header(name, version="2.0", common="DataType=TIMEDOMAIN\nDataPoints=200",
                      markers=f"{name}.vmrk"), multiplexed("<h"))
    # 1.5 s from date to date, of which 0.1 s is recorded: 1400 samples lost before sample 101.
    files[f"{name}.vmrk"] = marks(
        ["Comment,late,150,0,0", "New Segment,,1,1,0,20210304235959500000",
         "New Segment,,101,1,0,20210305000001000000"], name).encode()
    name = "good-brainvision-interrupted"
    add("interrupted", header(name, markers=f"{name}.vmrk"), multiplexed("<h"))
    files[f"{name}.vmrk"] = marks(["New Segment,,1,1,0,00000000000000000000",
                                   "New Segment,,101,1,0"], name).encode()
    add("vectorized", header("good-brainvision-vectorized", orientation="VECTORIZED",
                             binary="BinaryFormat=IEEE_FLOAT_32", common="DataPoints=200",
                             version="2.0",
                             channels=["EMG TA,,,", "EMG SOL,,0.5,mV", "force,,,N"]),
        vectorized("<f"))
    add("big-endian", header("good-brainvision-big-endian", end="\n",
                             binary="BinaryFormat=INT_32\nUseBigEndianOrder=YES\n"
                                    "DataOffset=10\nTrailerSize=6"),
        b"0123456789" + multiplexed(">i") + b"ABCDEF")
    add("unsigned", header("good-brainvision-unsigned", binary="BinaryFormat=UINT_16"),
        multiplexed("<H", shift=40000))
    add("latin1", header("good-brainvision-latin1", codepage="ANSI",
                         channels=["EMG prox\u00e9,,0,5,µV", "EMG SOL,,0.001,mV", "force,,0.1,N"]),
        multiplexed("<h"), encoding="latin-1")
    comma = "".join("  ".join(f"{number(c, i) / 10:.1f}".replace(".", ",")
                              for c in range(CHANNELS)) + "\r\n" for i in range(FRAMES))
    add("text", header("good-brainvision-text", form="ASCII", data="good-brainvision-text.dat",
                       sections="[ASCII Infos]\nDecimalSymbol=,\nSkipLines=1\nSkipColumns=0",
                       channels=["EMG TA,,,µV", "EMG SOL,,,mV", "force,,,N"]),
        ("EMG TA  EMG SOL  force\r\n" + comma).encode(), "dat")
    rows = "".join(f"name{c} " + " ".join(f"{number(c, i) / 10:g}" for i in range(FRAMES)) + "\n"
                   for c in range(CHANNELS))
    add("text-vectorized", header("good-brainvision-text-vectorized", form="ASCII",
                                  orientation="VECTORIZED", version="2.0",
                                  common="DataPoints=200",
                                  data="good-brainvision-text-vectorized.dat",
                                  sections="[ASCII Infos]\nDecimalSymbol=.\nSkipLines=0\n"
                                           "SkipColumns=1",
                                  channels=["EMG TA,,,µV", "EMG SOL,,,mV", "force,,,N"]),
        rows.encode(), "dat")
    add("cut", header("good-brainvision-cut", common="DataPoints=200"), multiplexed("<h")[:-301])
    add("vectorized-cut", header("good-brainvision-vectorized-cut", orientation="VECTORIZED",
                                 common="DataPoints=200"), vectorized("<h")[:-301])
    add("more-points", header("good-brainvision-more-points", common="DataPoints=150"),
        multiplexed("<h"))
    add("no-markers", header("good-brainvision-no-markers", markers="left-behind.vmrk"),
        multiplexed("<h"))
    add("segments", header("good-brainvision-segments", version="2.0",
                           common="DataPoints=200\nSegmentationType=MARKERBASED\n"
                                  "SegmentDataPoints=50\nAveraged=YES\nAveragedSegments=7"),
        multiplexed("<h"), "eeg")
    return files


def bad():
    files = {}
    samples = multiplexed("<h", 20)

    def add(stem, text, data=samples, extension="eeg"):
        name = f"bad-brainvision-{stem}"
        files[f"{name}.vhdr"] = text.encode()
        if data is not None:
            files[f"{name}.{extension}"] = data

    add("renamed", header("x", data="as-recorded.eeg"))
    add("no-data", header("x", data="nowhere.eeg"), None)
    add("outside", header("x", data="../../etc/passwd"), None)
    add("no-channels", header("bad-brainvision-no-channels", count=0))
    add("many-channels", header("bad-brainvision-many-channels", count=60000))
    add("empty", header("bad-brainvision-empty"), b"")
    add("no-rate", header("bad-brainvision-no-rate", interval="0"))
    text = dict(form="ASCII", channels=["a,,,µV", "b,,,µV", "c,,,µV"])
    add("text-word", header("x", data="bad-brainvision-text-word.dat", **text),
        b"1 2 3\n4 five 6\n", "dat")
    add("text-ragged", header("x", data="bad-brainvision-text-ragged.dat", **text),
        b"1 2 3\n4 5\n6 7 8\n", "dat")
    add("text-few-lines", header("x", data="bad-brainvision-text-few-lines.dat",
                                 orientation="VECTORIZED", **text), b"1 2 3\n4 5 6\n", "dat")
    return files


def unsupported():
    samples = multiplexed("<h", 20)
    name = "unsupported-brainvision-"
    return {
        f"{name}version.vhdr": header(f"{name}version", version="3.0").encode(),
        f"{name}version.eeg": samples,
        f"{name}frequency.vhdr": header(f"{name}frequency",
                                        common="DataType=FREQUENCYDOMAIN").encode(),
        f"{name}frequency.eeg": samples,
        f"{name}double.vhdr": header(f"{name}double", binary="BinaryFormat=IEEE_FLOAT_64").encode(),
        f"{name}double.eeg": samples,
        f"{name}v-amp.ahdr": header(f"{name}v-amp",
                                    first="Brain Vision V-Amp Data Header File Version ").encode(),
        f"{name}v-amp.eeg": multiplexed("<h", 20, CHANNELS + 1),
    }


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported)
