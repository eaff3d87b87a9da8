#!/usr/bin/python3
"""Writes the XDF files of samples/, from the published format alone.

usage: make_xdf_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Value of sample i in channel c is ((i * (7 + 2 * c)) % 201) - 100, so that tests can compute what they
must read.
"""

import math
import struct
import uuid

from samples import write_or_check

CODES = {"int8": "b", "int16": "h", "int32": "i", "int64": "q", "float32": "f", "double64": "d"}
BOUNDARY = uuid.UUID("43a546dc-cbf5-410f-b30e-d5467383cbe4").bytes


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


def length(value, size=None):
    size = size or (1 if value < 256 else 4 if value < 1 << 32 else 8)
    return bytes([size]) + struct.pack({1: "<B", 4: "<I", 8: "<Q"}[size], value)


def chunk(tag, content, stream=None, size=None):
    body = struct.pack("<H", tag) + (b"" if stream is None else struct.pack("<I", stream)) + content
    return length(len(body), size) + body


def file_header(date="2021-03-04T12:13:14+0100"):
    return chunk(1, ('<?xml version="1.0"?><info><version>1.0</version>'
                     f"<datetime>{date}</datetime></info>").encode())


def stream_header(stream, name, kind, form, channels, rate, labels=(), units=(), extra=""):
    described = "".join(f"<channel><label>{label}</label><unit>{unit}</unit></channel>"
                        for label, unit in zip(labels, units))
    return chunk(2, (f'<?xml version="1.0"?><info><name>{name}</name><type>{kind}</type>'
                     f"<channel_count>{channels}</channel_count><nominal_srate>{rate}"
                     f"</nominal_srate><channel_format>{form}</channel_format>"
                     f"<desc>{extra}<channels>{described}</channels></desc></info>").encode(),
                 stream)


def footer(stream, count):
    return chunk(6, f"<?xml version='1.0'?><info><sample_count>{count}</sample_count></info>"
                 .encode(), stream)


def samples(stream, form, channels, first, stamps):
    """stamps: one a sample, None where it is to be deduced."""
    body = length(len(stamps))
    for i, stamp in enumerate(stamps):
        body += b"\0" if stamp is None else b"\x08" + struct.pack("<d", stamp)
        body += struct.pack(f"<{channels}{CODES[form]}",
                            *[number(c, first + i) for c in range(channels)])
    return chunk(3, body, stream)


def text(stream, stamp, *words):
    body = length(1) + b"\x08" + struct.pack("<d", stamp)
    for word in words:
        body += length(len(word.encode()), 4) + word.encode()
    return chunk(3, body, stream)


def offset(stream, time, value):
    return chunk(4, struct.pack("<dd", time, value), stream)


def jitter(i):
    """Up to 3 ms late, never early, and the same every time."""
    return 0.0015 * (1 + math.sin(12.9898 * i))


def pieces(stream, form, channels, times, step=50, deduce=False, between=None):
    """Chunks of `step` samples; only the first of each is stamped when the rest is deduced."""
    out = []
    for at in range(0, len(times), step):
        part = times[at:at + step]
        stamps = [part[0]] + [None] * (len(part) - 1) if deduce else part
        out.append(samples(stream, form, channels, at, stamps))
        if between:
            out.append(between(at, part[0]))
    return out


def interleave(*lists):
    out = []
    for i in range(max(len(entries) for entries in lists)):
        out += [entries[i] for entries in lists if i < len(entries)]
    return out


def full():
    """EMG of 1000 Hz, its clock 100 s behind and 50 ppm slow; acceleration of 100 Hz that begins
    0.25 s later on the recorder's own clock; markers."""
    def local(time):
        return (time - 100) / (1 + 50e-6)

    emg = [local(1000 + i / 1000 + jitter(i)) for i in range(1000)]
    acc = [1000.25 + i / 100 + jitter(i) for i in range(60)]
    outliers = {3: 0.02}

    def measure(at, time):
        step = at // 50
        return offset(1, time, 100 + 50e-6 * time + outliers.get(step, 0))

    head = [file_header(),
            stream_header(1, "Trigno", "EMG", "float32", 2, 1000, ["TA", "SOL"],
                          ["microvolts", "millivolts"],
                          "<acquisition><manufacturer>Delsys</manufacturer><model>Trigno</model>"
                          "</acquisition>"),
            stream_header(2, "Wrist", "Accelerometer", "int16", 1, 100, ["ACC X"], ["g"]),
            stream_header(3, "Keys", "Markers", "string", 1, 0)]
    body = interleave(pieces(1, "float32", 2, emg, between=measure),
                      pieces(2, "int16", 1, acc, 10),
                      [text(3, 1000.5, "hold"), text(3, 1000.75, "relâche"),
                       chunk(5, BOUNDARY)])
    return b"".join([b"XDF:"] + head + body + [footer(1, 1000), footer(2, 60), footer(3, 2)])


def single(form="int16", times=None, rate=500, kind="EMG", step=50, deduce=False, count=400,
           tail=b"", between=None):
    times = times or [50 + i / rate for i in range(count)]
    return b"".join([b"XDF:", file_header(), stream_header(7, "Amp", kind, form, 1, rate,
                                                           ["EMG 1"], ["mV"])]
                    + pieces(7, form, 1, times, step, deduce, between)
                    + [footer(7, len(times)), tail])


def good():
    late = [50 + i / 500 + (0.4 if i >= 200 else 0) for i in range(400)]
    long = [50 + i / 500 + (10 if i >= 200 else 0) for i in range(400)]
    hiccup = [50 + i / 500 + (max(0, 0.1 - (i - 200) / 500) if 200 <= i < 250 else 0)
              for i in range(400)]
    slow = [50 + i / 490 for i in range(1500)]
    reset = [(50 if i < 200 else 7) + i / 500 for i in range(400)]

    def measured(at, time):
        """Offsets before and after the recorder's partner was started anew: 43 s of its clock."""
        return b"".join(offset(7, time + k, 5 if at < 200 else 48) for k in (0.0, 0.001, 0.002))

    # A boundary after the second chunk, whose length is damaged.
    parts = pieces(7, "int16", 1, [50 + i / 500 for i in range(400)], 100)
    damaged = bytes([9]) + parts[1][1:]
    head = [b"XDF:", file_header(), stream_header(7, "Amp", "EMG", "int16", 1, 500, ["EMG 1"],
                                                  ["mV"])]
    return {
        "good-xdf-full.xdf": full(),
        "good-xdf-deduced.xdf": single("double64", deduce=True),
        "good-xdf-int8.xdf": single("int8"),
        "good-xdf-int32.xdf": single("int32"),
        "good-xdf-int64.xdf": single("int64", count=200),
        "good-xdf-lost.xdf": single(times=late),
        "good-xdf-lost-long.xdf": single(times=long),
        "good-xdf-late.xdf": single(times=hiccup),
        "good-xdf-slow.xdf": single("int8", times=slow, deduce=True, step=25),
        "good-xdf-reset.xdf": single(times=reset, between=measured, step=10),
        "good-xdf-cut.xdf": single()[:-300],
        "good-xdf-damaged-chunk.xdf": b"".join(head + [parts[0], damaged, chunk(5, BOUNDARY)]
                                               + parts[2:]),
        "good-xdf-footer.xdf": single(tail=footer(7, 401)),
        "good-xdf-number-markers.xdf":
            single(tail=stream_header(8, "Box", "Markers", "int32", 1, 0)
                   + samples(8, "int32", 1, 1, [50.25])),
    }


def bad():
    irregular = single(rate=0, times=[50 + i / 500 for i in range(50)])
    only = b"XDF:" + file_header() + stream_header(3, "Keys", "Markers", "string", 1, 0) \
        + text(3, 5, "hold")
    bomb = (b'<?xml version="1.0"?><!DOCTYPE info [<!ENTITY a "EMG EMG EMG">'
            b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><info><name>&b;</name><type>EMG</type>'
            b"<channel_count>1</channel_count><nominal_srate>500</nominal_srate>"
            b"<channel_format>int16</channel_format></info>")
    return {
        "bad-xdf-empty.xdf": b"XDF:",
        "bad-xdf-no-rate.xdf": irregular,
        "bad-xdf-markers-only.xdf": only,
        "bad-xdf-entities.xdf": b"XDF:" + chunk(2, bomb, 7)
                                + samples(7, "int16", 1, 0, [1, 1.002]),
        "bad-xdf-no-chunks.xdf": b"XDF:" + b"\x05\x07" * 100,
        "bad-xdf-many-channels.xdf":
            b"XDF:" + stream_header(7, "Amp", "EMG", "int16", 60000, 500)
            + samples(7, "int16", 1, 0, [1, 1.002]),
    }


def unsupported():
    return {"unsupported-xdf-compressed.xdfz": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\0" * 20}


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported, most=24000)
