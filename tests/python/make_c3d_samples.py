#!/usr/bin/python3
"""Writes the C3D files of samples/, from the C3D User Guide's description of the format alone.

usage: make_c3d_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of analog channel c is the number n = ((i * (7 + 2 * c)) % 201) - 100 above the channel's
OFFSET, so that tests can compute what they must read. Each 3-D point holds other numbers.
"""

import math
import struct

from samples import write_or_check

INTEL, DEC, MIPS = 84, 85, 86
BLOCK = 512


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


class Coder:
    """Numbers as the three processors store them."""

    def __init__(self, processor):
        self.processor = processor

    def word(self, value):
        return struct.pack(">H" if self.processor == MIPS else "<H", value & 0xffff)

    def real(self, value):
        if self.processor != DEC:
            return struct.pack(">f" if self.processor == MIPS else "<f", value)
        if value == 0:
            return b"\0" * 4
        fraction, exponent = math.frexp(abs(value))  # 0.5 <= fraction < 1, as VAX F has it
        mantissa = round(fraction * 2 ** 24)
        if mantissa == 2 ** 24:
            mantissa, exponent = mantissa // 2, exponent + 1
        high = (value < 0) << 15 | (exponent + 128) << 7 | (mantissa >> 16 & 0x7f)
        return struct.pack("<HH", high, mantissa & 0xffff)


def text(values, width):
    return ("text", [width, len(values)],
            b"".join(v.encode("latin-1").ljust(width)[:width] for v in values))


def words(*values):
    return ("word", [] if len(values) == 1 else [len(values)], values)


def reals(*values, shape=None):
    return ("real", shape or ([] if len(values) == 1 else [len(values)]), values)


def section(coder, groups, processor=None):
    """The parameter section: every group, then its parameters."""
    records = []
    for identity, (group, parameters) in enumerate(groups.items(), 1):
        records.append((group, -identity, b"\0"))
        for name, (kind, shape, values) in parameters.items():
            code, data = {
                "text": (-1, values),
                "word": (2, b"" if kind != "word" else b"".join(map(coder.word, values))),
                "real": (4, b"" if kind != "real" else b"".join(map(coder.real, values))),
            }[kind]
            remark = name.lower().encode()
            records.append((name, identity, struct.pack("bB", code, len(shape)) + bytes(shape) + data
                            + bytes([len(remark)]) + remark))
    body = b""
    for index, (name, identity, tail) in enumerate(records):
        offset = 0 if index == len(records) - 1 else len(tail) + 2
        # A locked parameter, one in three, has a negative length of its name.
        length = -len(name) if index % 3 == 2 else len(name)
        body += struct.pack("bb", length, identity) + name.encode() + coder.word(offset) + tail
    blocks = -(-(4 + len(body)) // BLOCK)
    start = bytes([1, 0x50, blocks, processor or coder.processor])
    return (start + body).ljust(blocks * BLOCK, b"\0")


CHANNELS = (
    # label, remark, unit, scale, offset
    ("EMG TA left", "Trigno 1", "V", 2.0 ** -20, 2048),
    ("EMG TA right", "Trigno 2", "mVolts", 2.0 ** -11, 2040),
    ("Fz1", "plate 1", "N", -0.25, 2048),
    ("Voltage.4", "", "V", 2.0 ** -12, 0),
)


class Recording:
    """What a file says and holds; tests of lies change what it says."""

    def __init__(self, processor=INTEL, floats=False, frames=20, samples=20, points=2,
                 channels=CHANNELS, rate=100.0, first=11):
        self.coder, self.floats = Coder(processor), floats
        self.frames, self.samples, self.points, self.channels = frames, samples, points, channels
        self.rate, self.first = rate, first
        self.header = {"points": points, "channels": len(channels), "samples": samples,
                       "first": first, "last": first + frames - 1, "rate": rate}
        self.events = []          # of the header
        self.parameter_block = 2
        self.processor = processor
        scales = [c[3] for c in channels]
        self.groups = {
            "POINT": {"USED": words(points), "FRAMES": words(frames),
                      "SCALE": reals(-1.0 if floats else 0.125), "RATE": reals(rate),
                      "LABELS": text([f"P{p}" for p in range(points)] or [""], 4)},
            "ANALOG": {"USED": words(len(channels)), "GEN_SCALE": reals(0.5),
                       "RATE": reals(rate * samples)},
        }
        analog = self.groups["ANALOG"]
        for start in range(0, len(channels), 255):
            part = channels[start:start + 255]
            end = "" if start == 0 else str(start // 255 + 1)
            analog["LABELS" + end] = text([c[0] for c in part], 16)
            analog["DESCRIPTIONS" + end] = text([c[1] for c in part], 8)
            analog["UNITS" + end] = text([c[2] for c in part], 6)
            analog["SCALE" + end] = ("real", [len(part)], scales[start:start + 255])
            analog["OFFSET" + end] = ("word", [len(part)], [c[4] for c in part])

    def data(self):
        out = []
        value = self.coder.real if self.floats else self.coder.word
        for frame in range(self.frames):
            for point in range(self.points):
                out += [value(11111 + frame + point), value(-12345), value(77), value(0)]
            for sample in range(self.samples):
                index = frame * self.samples + sample
                out += [value(number(c, index) + channel[4])
                        for c, channel in enumerate(self.channels)]
        return b"".join(out)

    def bytes(self, parameters_last=False):
        coder, header = self.coder, self.header
        data = self.data()
        parameters = section(coder, self.groups, self.processor)
        if parameters_last:
            start = 2
            self.parameter_block = start + -(-len(data) // BLOCK)
        else:
            start = self.parameter_block + len(parameters) // BLOCK
        self.groups["POINT"]["DATA_START"] = words(start)
        parameters = section(coder, self.groups, self.processor)
        first = (bytes([self.parameter_block, 0x50]) + coder.word(header["points"])
                 + coder.word(header["channels"] * header["samples"])
                 + coder.word(min(header["first"], 65535)) + coder.word(min(header["last"], 65535))
                 + coder.word(10) + coder.real(-1.0 if self.floats else 0.125) + coder.word(start)
                 + coder.word(header["samples"]) + coder.real(header["rate"]))
        first = first.ljust(298, b"\0")
        times = b"".join(coder.real(t) for t, _ in self.events)
        labels = b"".join(label.encode().ljust(4)[:4] for _, label in self.events)
        first += coder.word(12345) + coder.word(len(self.events)) + b"\0\0"
        first += times.ljust(72, b"\0") + b"\0" * 20 + labels.ljust(72)
        first = first.ljust(BLOCK, b"\0")
        data = data.ljust(-(-len(data) // BLOCK) * BLOCK, b"\0")
        if parameters_last:
            return first + data + parameters
        gap = b"\0" * ((self.parameter_block - 2) * BLOCK)
        return first + gap + parameters + data


def same_signal(processor, floats):
    r = Recording(processor, floats)
    r.groups["ANALOG"]["BITS"] = words(12)
    r.groups["FORCE_PLATFORM"] = {"USED": words(1), "CHANNEL": ("word", [2, 1], [3, 0])}
    r.groups["EVENT"] = {
        "USED": words(2), "CONTEXTS": text(["Left", "General"], 16),
        "LABELS": text(["Foot Strike", "Event"], 16),
        "TIMES": reals(0.0, 0.15, 0.0, 0.25, shape=[2, 2])}
    return r.bytes()


def unsigned():
    r = Recording(points=0, rate=1000.0, samples=1, frames=400, first=1,
                  channels=[("EMG", "", "uV", 0.5, 32768)])
    r.groups["ANALOG"].update(FORMAT=text(["UNSIGNED"], 8), BITS=words(16))
    return r.bytes()


def header_lies():
    r = Recording()
    r.header.update(channels=3, samples=10, points=5, last=99)
    return r.bytes()


def long_count():
    """70000 frames claimed in two words; 100 are there."""
    r = Recording(points=0, rate=1000.0, samples=1, frames=100, first=1,
                  channels=[("EMG", "", "uV", 0.5, 0)])
    r.header["last"] = 70000
    r.groups["POINT"]["FRAMES"] = words(65535)
    r.groups["TRIAL"] = {"ACTUAL_START_FIELD": words(1, 0),
                         "ACTUAL_END_FIELD": words(70000 & 0xffff, 70000 >> 16)}
    return r.bytes()[:-BLOCK + 200]


def many_channels():
    return Recording(points=0, rate=1000.0, samples=2, frames=2, first=1, channels=[
        (f"EMG {c}", "", "uV", 0.5, c) for c in range(260)]).bytes()


def header_events():
    r = Recording(DEC, True, first=1)
    r.events = [(0.05, "ON"), (0.125, "STOP")]
    return r.bytes()


def one_frame():
    """All of a second in one frame, as with POINT:RATE of 1."""
    return Recording(points=0, rate=1.0, samples=500, frames=2, first=1).bytes()


def odd_rates():
    r = Recording(rate=59.94, samples=20, first=1)
    r.groups["ANALOG"]["RATE"] = reals(1198.8)
    return r.bytes()


def without(group, *names, **changes):
    r = Recording(**changes)
    for name in names:
        del r.groups[group][name]
    return r


def no_rate():
    r = without("POINT", "RATE")
    r.header["rate"] = 0.0
    del r.groups["ANALOG"]["RATE"]
    return r.bytes()


def good():
    files = {}
    for processor, name in ((INTEL, "intel"), (DEC, "dec"), (MIPS, "mips")):
        files[f"good-c3d-{name}-integer.c3d"] = same_signal(processor, False)
        files[f"good-c3d-{name}-float.c3d"] = same_signal(processor, True)
    late = Recording()
    late.parameter_block = 4
    files.update({
        "good-c3d-unsigned.c3d": unsigned(),
        "good-c3d-header-lies.c3d": header_lies(),
        "good-c3d-long-count.c3d": long_count(),
        "good-c3d-many-channels.c3d": many_channels(),
        "good-c3d-header-events.c3d": header_events(),
        "good-c3d-one-frame-a-second.c3d": one_frame(),
        "good-c3d-odd-rates.c3d": odd_rates(),
        "good-c3d-parameters-late.c3d": late.bytes(),
        "good-c3d-parameters-last.c3d": Recording().bytes(parameters_last=True),
        "good-c3d-no-scale.c3d": without("ANALOG", "SCALE").bytes(),
        "good-c3d-no-rate.c3d": no_rate(),
        "good-c3d-cut.c3d": Recording().bytes()[:-1111],
    })
    return files


def bad():
    plain = Recording().bytes()
    processor, frames, channels = Recording(), Recording(), Recording()
    processor.processor = 87
    frames.header.update(first=5, last=4)
    del frames.groups["POINT"]["FRAMES"]
    channels.groups["ANALOG"]["USED"] = words(60000)
    channels.header["samples"] = 1
    start = len(plain) - -(-len(Recording().data()) // BLOCK) * BLOCK
    return {
        "bad-c3d-header-cut.c3d": plain[:300],
        "bad-c3d-parameters-cut.c3d": plain[:BLOCK + 100],
        "bad-c3d-no-data.c3d": plain[:start],
        "bad-c3d-processor.c3d": processor.bytes(),
        "bad-c3d-no-frames.c3d": frames.bytes(),
        "bad-c3d-60000-channels.c3d": channels.bytes(),
    }


def unsupported():
    return {"unsupported-c3d-points-only.c3d": Recording(channels=(), samples=0).bytes()}


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported)
