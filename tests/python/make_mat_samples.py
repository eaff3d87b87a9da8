#!/usr/bin/python3
"""Writes the MATLAB and EEGLAB files of samples/, from the published layouts alone: Level 4 and
Level 5 byte by byte, v7.3 through h5py.

usage: make_mat_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of channel c is ((i * (7 + 2 * c)) % 201) - 100, so that tests can compute what they must
read.
"""

import io
import struct
import sys
import zlib

try:
    import h5py
    import numpy
except ImportError:
    sys.exit(77)

from samples import write_or_check


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


def rows(channels, samples):
    """A list of rows, a channel each."""
    return [[number(c, i) for i in range(samples)] for c in range(channels)]


def columns(channels, samples):
    """A list of rows, a sample each."""
    return [list(frame) for frame in zip(*rows(channels, samples))]


def by_columns(matrix):
    return [value for column in zip(*matrix) for value in column]


# Level 5: elements of a tag and padded data.

CLASSES = {"double": 6, "single": 7, "int8": 8, "uint8": 9, "int16": 10, "uint16": 11, "int32": 12}
TYPES = {"b": 1, "B": 2, "h": 3, "H": 4, "i": 5, "I": 6, "f": 7, "d": 9}
OWN_TYPE = {"double": "d", "single": "f", "int8": "b", "uint8": "B", "int16": "h", "uint16": "H",
            "int32": "i"}


class Level5:
    def __init__(self, order="<"):
        self.order = order

    def header(self, text="MATLAB 5.0 MAT-file, made for a test"):
        mark = b"\x00\x01IM" if self.order == "<" else b"\x01\x00MI"
        return text.encode().ljust(116) + b"\0" * 8 + mark

    def element(self, kind, data, small=True):
        if small and 0 < len(data) <= 4:
            word = len(data) << 16 | kind
            return struct.pack(self.order + "I", word) + data.ljust(4, b"\0")
        padding = -len(data) % 8
        return struct.pack(self.order + "II", kind, len(data)) + data + b"\0" * padding

    def pack(self, code, values):
        return struct.pack(f"{self.order}{len(values)}{code}", *values)

    def array(self, name, code, shape, rest, flags=0):
        body = (self.element(6, self.pack("I", [flags | code, 0]))
                + self.element(5, self.pack("i", shape)) + self.element(1, name.encode()) + rest)
        return self.element(14, body, small=False)

    def matrix(self, name, matrix, kind="double", stored=None, flags=0, imaginary=None):
        stored = stored or OWN_TYPE[kind]
        shape = [len(matrix), len(matrix[0]) if matrix else 0]
        rest = self.element(TYPES[stored], self.pack(stored, by_columns(matrix)))
        if imaginary:
            rest += self.element(TYPES[stored], self.pack(stored, by_columns(imaginary)))
        return self.array(name, CLASSES[kind], shape, rest, flags)

    def scalar(self, name, value, stored="d"):
        return self.matrix(name, [[value]], "double", stored)

    def text(self, name, *lines):
        width = max((len(line) for line in lines), default=0)
        matrix = [[ord(letter) for letter in line.ljust(width)] for line in lines]
        rest = self.element(4, self.pack("H", by_columns(matrix)))
        return self.array(name, 4, [len(lines), width], rest)

    def utf8(self, name, line):
        return self.array(name, 4, [1, len(line)], self.element(16, line.encode("utf-8")))

    def cell(self, name, elements):
        return self.array(name, 1, [1, len(elements)], b"".join(elements))

    def struct(self, name, *elements, padding="\0"):
        """Each element: a dictionary of fields, whose arrays have no name."""
        names = list(elements[0]) if elements else []
        packed = b"".join(field.encode().ljust(32, padding.encode()) for field in names)
        rest = (self.element(5, self.pack("i", [32])) + self.element(1, packed, small=False)
                + b"".join(element[field] for element in elements for field in names))
        return self.array(name, 2, [1, len(elements)], rest)

    def deflated(self, array):
        data = zlib.compress(array, 9)
        return struct.pack(self.order + "II", 15, len(data)) + data

    def file(self, *arrays, deflate=False):
        return self.header() + b"".join(self.deflated(a) if deflate else a for a in arrays)


def level4(*arrays, order="<"):
    """Each array: name, rows, type of its values, whether it is text."""
    codes = {"d": 0, "f": 1, "i": 2, "h": 3, "H": 4, "B": 5}
    result = b""
    for name, matrix, stored, is_text in arrays:
        kind = (1000 if order == ">" else 0) + 10 * codes[stored] + (1 if is_text else 0)
        result += struct.pack(order + "5i", kind, len(matrix), len(matrix[0]), 0, len(name) + 1)
        values = by_columns(matrix)
        result += name.encode() + b"\0" + struct.pack(f"{order}{len(values)}{stored}", *values)
    return result


def codes(*lines):
    width = max(len(line) for line in lines)
    return [[ord(letter) for letter in line.ljust(width)] for line in lines]


# v7.3: HDF5 behind a block of 512 bytes.

class Level73:
    def __init__(self):
        self.memory = io.BytesIO()
        self.file = h5py.File(self.memory, "w", userblock_size=512, libver="earliest",
                              track_order=False)
        self.count = 0

    def put(self, where, name, data, kind, **options):
        dataset = where.create_dataset(name, data=data, track_times=False, **options)
        dataset.attrs["MATLAB_class"] = numpy.bytes_(kind)
        return dataset

    def matrix(self, where, name, matrix, kind="double", **options):
        data = numpy.array(matrix, dtype={"double": "<f8", "single": "<f4"}.get(kind, kind)).T
        return self.put(where, name, data, kind, **options)

    def text(self, where, name, line):
        data = numpy.array([[ord(letter)] for letter in line], dtype="<u2")
        return self.put(where, name, data, "char")

    def struct(self, where, name):
        group = where.create_group(name)
        group.attrs["MATLAB_class"] = numpy.bytes_("struct")
        return group

    def hidden(self, make):
        """Something that only a reference leads to."""
        self.count += 1
        return make(self.file.require_group("#refs#"), f"x{self.count}").ref

    def cell(self, where, name, lines):
        references = [self.hidden(lambda w, n, line=line: self.text(w, n, line)) for line in lines]
        return self.put(where, name, numpy.array([references], dtype=h5py.ref_dtype).T, "cell")

    def field(self, where, name, makers):
        """A field of a struct array: a reference for each element, and no class."""
        references = numpy.array([[self.hidden(make) for make in makers]], dtype=h5py.ref_dtype)
        where.create_dataset(name, data=references.T, track_times=False)

    def bytes(self):
        self.file.close()
        block = Level5().header("MATLAB 7.3 MAT-file, made for a test")
        block = block[:124] + b"\x00\x02IM"
        return block.ljust(512, b"\0") + self.memory.getvalue()[512:]


def good_matrices():
    v5, big = Level5(), Level5(">")
    files = {}
    files["good-mat-v4-little.mat"] = level4(
        ("fs", [[1000]], "d", False), ("emg", columns(2, 300), "d", False),
        ("labels", codes("TA left", "TA right"), "B", True))
    files["good-mat-v4-big.mat"] = level4(
        ("EMG_L", rows(1, 300), "h", False), ("EMG_R", [rows(2, 300)[1]], "f", False),
        ("sampling_rate", [[500]], "i", False), order=">")
    files["good-mat-v5-rows.mat"] = v5.file(
        v5.matrix("data", rows(3, 200), "single"), v5.scalar("Fs", 2000, "H"),
        v5.cell("channelNames", [v5.text("", "EMG 1"), v5.utf8("", "EMG µ"), v5.text("", "Kraft")]),
        v5.cell("units", [v5.text("", unit) for unit in ("mV", "uV", "N")]))
    files["good-mat-v5-big-endian.mat"] = big.file(
        big.matrix("signals", columns(2, 200), "int16"), big.scalar("samplingFrequency", 1024))
    files["good-mat-v7-struct.mat"] = v5.file(
        v5.struct("EMG", {"channelData": v5.matrix("", columns(2, 500), "double", "b"),
                          "fs": v5.scalar("", 1259.259), "unit": v5.text("", "mV")}), deflate=True)
    seconds = [[i / 1000 + 0.25] for i in range(400)]
    force = [[number(2, i)] for i in range(400)]
    files["good-mat-v7-vectors.mat"] = v5.file(
        v5.matrix("t", seconds), v5.matrix("EMG_L", [[v] for v in rows(1, 400)[0]], "int16"),
        v5.matrix("EMG_R", [[v] for v in rows(2, 400)[1]], "int16"), v5.matrix("force", force),
        v5.matrix("subject", [[7]], "uint8"), deflate=True)
    files["good-mat-v7-cells.mat"] = v5.file(
        v5.cell("Data", [v5.matrix("", [[v] for v in row], "single") for row in rows(3, 200)]),
        v5.cell("channelNames", [v5.text("", name) for name in ("EMG VL", "EMG RF", "Angle")]),
        v5.scalar("samplingRate", 1500, "H"), deflate=True)
    files["good-mat-cut.mat"] = v5.file(
        v5.scalar("fs", 1000), v5.matrix("emg", rows(2, 300)))[:-801]
    times = [[i / 1000] for i in range(300)]
    times[40] = [float("nan")]
    files["good-mat-times-nan.mat"] = v5.file(v5.matrix("emg", rows(2, 300)),
                                              v5.matrix("time", times))
    files["good-mat-rates-differ.mat"] = v5.file(
        v5.matrix("emg", rows(2, 300)), v5.struct("kinematics", {"fs": v5.scalar("", 100)}),
        v5.struct("settings", {"fs": v5.scalar("", 2000)}))
    files["good-mat-rate-names.mat"] = v5.file(
        v5.matrix("EMG_L", [rows(1, 300)[0]]), v5.matrix("EMG_R", [rows(2, 300)[1]]),
        v5.scalar("freq", 50), v5.scalar("fs", 1000), v5.text("labels", "first", "other"),
        v5.matrix("mdf", [[80] * 300]))
    files["good-mat-no-rate.mat"] = v5.file(v5.matrix("emg", rows(2, 300), "int32"))
    # Times beside the signals, in milliseconds that were rounded; and across, numbers of samples.
    frames = columns(2, 300)
    files["good-mat-times-inside.mat"] = v5.file(
        v5.matrix("data", [[i // 2] + frame for i, frame in enumerate(frames)]),
        v5.scalar("fs", 2000), deflate=True)
    files["good-mat-index-inside.mat"] = v5.file(
        v5.matrix("data", [list(range(300))] + rows(2, 300), "int16"), v5.scalar("fs", 2000))
    made = Level73()
    group = made.struct(made.file, "recording")
    made.matrix(group, "emg", columns(2, 600), "single", chunks=(1, 250), compression="gzip")
    made.matrix(group, "SampleRate", [[1000]])
    made.cell(group, "labels", ["TA", "Soléus"])
    files["good-mat-v73.mat"] = made.bytes()
    return files


def good_layouts():
    v5 = Level5()
    files = {}
    channels = rows(2, 500)
    data = channels[0][:300] + channels[1][:300] + channels[0][300:] + channels[1][300:]
    files["good-mat-labchart.mat"] = v5.file(
        v5.matrix("data", [data]), v5.matrix("datastart", [[1, 601], [301, 801]]),
        v5.matrix("dataend", [[300, 800], [600, 1000]]),
        v5.matrix("samplerate", [[1000, 1000], [1000, 1000]]), v5.matrix("tickrate", [[1000, 1000]]),
        v5.matrix("blocktimes", [[738000.5, 738000.5 + 2 / 86400]]),
        v5.text("titles", "EMG calf", "Force"), v5.text("unittext", "mV", "N"),
        v5.matrix("unittextmap", [[1, 1], [2, 2]]), v5.matrix("com", [[-1, 2, 100, 1, 1]]),
        v5.text("comtext", "cramp"), deflate=True)
    files["good-mat-acqknowledge.mat"] = v5.file(
        v5.matrix("data", columns(2, 300)), v5.text("labels", "EMG100C", "Goniometer"),
        v5.text("units", "mV", "deg"), v5.scalar("isi", 0.5), v5.text("isi_units", "ms"),
        v5.scalar("start_sample", 0))

    files["good-mat-labchart-16-bit.mat"] = v5.file(
        v5.matrix("data", [data], "int16"), v5.matrix("datastart", [[-1, 1], [1, 501]]),
        v5.matrix("dataend", [[-1, 500], [500, 1000]]),
        v5.matrix("samplerate", [[0, 1000], [1000, 1000]]),
        v5.matrix("scaleunits", [[0, 0.5], [0.25, 0.25]]),
        v5.matrix("scaleoffset", [[0, 8], [-4, -4]]),
        v5.matrix("blocktimes", [[738000.5, 738000.5 + 2 / 86400]]),
        v5.text("titles", "EMG calf", "Force"), v5.text("unittext", "uV", "N"),
        v5.matrix("unittextmap", [[1, 1], [2, 2]]))

    def wave(title, channel, samples, interval, start, unit, kind="double", scale=1, offset=0):
        return {"title": v5.text("", title), "comment": v5.text("", "made"),
                "interval": v5.scalar("", interval), "scale": v5.scalar("", scale),
                "offset": v5.scalar("", offset), "units": v5.text("", unit),
                "start": v5.scalar("", start), "length": v5.scalar("", samples),
                "values": v5.matrix("", [[v] for v in rows(channel + 1, samples)[channel]], kind)}
    files["good-mat-spike2.mat"] = v5.file(
        v5.struct("V1_Ch1", wave("EMG TA", 0, 400, 0.0005, 0.01, "mV")),
        v5.struct("V1_Ch2", wave("Force", 1, 40, 0.005, 0, "N")), deflate=True)
    files["good-mat-spike2-16-bit.mat"] = v5.file(
        v5.struct("V1_Ch1", wave("EMG", 0, 400, 0.0005, 0, "uV", "int16", 3276.8, 7)))
    return files


def bad_matrices():
    v5 = Level5()
    whole = v5.file(v5.scalar("fs", 1000), v5.matrix("emg", rows(2, 300)))
    made = Level73()
    made.matrix(made.file, "emg", rows(1, 300))
    huge = v5.array("emg", 6, [2**31 - 1, 2**31 - 1], v5.element(9, b"\0" * 64))
    deflated = bytearray(v5.file(v5.matrix("emg", rows(2, 300)), deflate=True))
    deflated[150:170] = b"\xff" * 20
    def long_names():
        names = b"".join(b"%04d".ljust(4095, b"n") % i + b"\0" for i in range(256))
        rest = (v5.element(5, v5.pack("i", [4096])) + v5.element(1, names, small=False)
                + v5.matrix("", []) * 256)
        return v5.array("", 2, [1, 1], rest)
    return {
        "bad-mat-results.mat": v5.file(
            v5.scalar("fs", 1000), v5.matrix("mdf", [[80 - i / 10 for i in range(60)]]),
            v5.matrix("emg_rms_left", [[100 + i for i in range(60)]])),
        "unsupported-mat-data-and-emg.mat": v5.file(
            v5.matrix("data", rows(3, 200)), v5.matrix("EMG_L", rows(1, 400)),
            v5.scalar("fs", 1000)),
        "unsupported-mat-long-names.mat": v5.file(
            v5.cell("c", [long_names(), long_names()]), deflate=True),
        "bad-mat-header-cut.mat": whole[:100],
        "bad-mat-no-variables.mat": v5.header(),
        "bad-mat-no-array.mat": v5.header() + b"\x63\0\0\0\x10\0\0\0" + b"\0" * 16,
        "bad-mat-huge-dimensions.mat": v5.file(v5.scalar("fs", 1000), huge),
        "bad-mat-deflate.mat": bytes(deflated),
        "bad-mat-only-text.mat": v5.file(v5.text("emg", "nothing"), v5.scalar("fs", 1000)),
        "bad-mat-v73-cut.mat": made.bytes()[:700],
        "unsupported-mat-ambiguous.mat": v5.file(
            v5.matrix("left", rows(2, 300)), v5.matrix("right", rows(2, 400)),
            v5.scalar("fs", 1000)),
        "bad-mat-complex.mat": v5.file(
            v5.matrix("emg", rows(2, 300), imaginary=rows(2, 300), flags=0x800),
            v5.matrix("cube", rows(1, 24)).replace(
                v5.element(5, v5.pack("i", [1, 24])), v5.element(5, v5.pack("i", [6, 4]))),
            v5.matrix("square", rows(20, 20)), v5.scalar("fs", 1000)),
    }


def dataset(v5, channels, samples, data, **changes):
    events = [("hold", 101, 50), ("boundary", 200.5, 1000), (7, 251, None)]
    fields = {
        "setname": v5.text("", "made"), "nbchan": v5.scalar("", channels),
        "trials": v5.scalar("", 1), "pnts": v5.scalar("", samples), "srate": v5.scalar("", 1000),
        "xmin": v5.scalar("", 0), "xmax": v5.scalar("", (samples - 1) / 1000), "data": data,
        "chanlocs": v5.struct("", *[
            {"labels": v5.text("", label), "type": v5.text("", kind), "theta": v5.matrix("", [])}
            for label, kind in [("TA", "EMG"), ("Sol", "EMG"), ("knee", "ANGLE")][:channels]]),
        "event": v5.struct("", *[
            {"type": v5.text("", kind) if isinstance(kind, str) else v5.scalar("", kind),
             "latency": v5.scalar("", latency),
             "duration": v5.scalar("", length) if length else v5.matrix("", []),
             "urevent": v5.scalar("", 1)} for kind, latency, length in events]),
    }
    return {**fields, **changes}


def named(v5, fields):
    """Fields as variables: the name goes where fields have none."""
    empty = v5.element(1, b"")
    result = []
    for name, array in fields.items():
        body = array[8:].replace(empty, v5.element(1, name.encode()), 1)
        result.append(v5.element(14, body, small=False))
    return result


def floats(channels, samples):
    values = by_columns(rows(channels, samples))
    return struct.pack(f"<{len(values)}f", *values)


def eeglab():
    v5 = Level5()
    inside = dataset(v5, 3, 300, v5.matrix("", rows(3, 300), "single"))
    epochs = {**inside, "trials": v5.scalar("", 3), "pnts": v5.scalar("", 100)}
    files = {
        "good-eeglab-inside.set": v5.file(v5.struct("EEG", inside), deflate=True),
        "good-eeglab-fdt.set": v5.file(*named(v5, dataset(
            v5, 2, 300, v5.text("", "good-eeglab-fdt.fdt"))), deflate=True),
        "good-eeglab-fdt.fdt": floats(2, 300),
        "good-eeglab-renamed.set": v5.file(v5.struct("EEG", dataset(
            v5, 2, 250, v5.text("", "C:\\data\\before.fdt"))), deflate=True),
        "good-eeglab-renamed.fdt": floats(2, 250),
        "bad-eeglab-fdt-missing.set": v5.file(v5.struct("EEG", dataset(
            v5, 2, 250, v5.text("", "lost.fdt"))), deflate=True),
        "bad-eeglab-shape.set": v5.file(v5.struct("EEG", dataset(
            v5, 2, 300, v5.matrix("", rows(3, 300), "single"))), deflate=True),
        "bad-eeglab-no-dataset.set": v5.file(v5.matrix("emg", rows(2, 300))),
        "good-eeglab-events-claimed.set": v5.file(*named(v5, {
            **dataset(v5, 2, 300, v5.matrix("", rows(2, 300), "single")),
            "event": v5.array("", 2, [2**31 - 1, 2**31 - 1],
                              v5.element(5, v5.pack("i", [32]))
                              + v5.element(1, b"latency".ljust(32, b"\0"))
                              + v5.scalar("", 101))})),
        "unsupported-eeglab-epochs.set": v5.file(v5.struct("EEG", epochs), deflate=True),
    }
    made = Level73()
    group = made.struct(made.file, "EEG")
    for name, value in (("nbchan", 2), ("pnts", 300), ("srate", 1000), ("trials", 1)):
        made.matrix(group, name, [[value]])
    made.matrix(group, "data", rows(2, 300), "single")
    places = made.struct(group, "chanlocs")
    made.field(places, "labels", [lambda w, n, t=t: made.text(w, n, t) for t in ("TA", "Sol")])
    made.field(places, "type", [lambda w, n: made.text(w, n, "EMG")] * 2)
    events = made.struct(group, "event")
    made.text(events, "type", "hold")
    made.matrix(events, "latency", [[101]])
    files["good-eeglab-v73.set"] = made.bytes()
    return files


if __name__ == "__main__":
    write_or_check(__doc__, good_matrices, good_layouts, bad_matrices, eeglab, most=30000)
