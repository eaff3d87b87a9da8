#!/usr/bin/python3
"""Writes the GDF files of samples/, from the published layout (arXiv:cs/0608052) alone.

usage: make_gdf_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of signal s is the digital value ((i * (7 + 2 * s)) % 201) - 100 everywhere, 100 more in
unsigned types, so that tests can compute what they must read.
"""

import struct

from samples import write_or_check

INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 = range(1, 9)
FLOAT32, FLOAT64, FLOAT128, INT24, UINT24 = 16, 17, 18, 255 + 24, 511 + 24
CODES = {INT8: "b", UINT8: "B", INT16: "h", UINT16: "H", INT32: "i", UINT32: "I", INT64: "q",
         UINT64: "Q", FLOAT32: "f", FLOAT64: "d"}
UNSIGNED = (UINT8, UINT16, UINT32, UINT64, UINT24)
MICROVOLT, MILLIVOLT, VOLT, NEWTON, DIMENSIONLESS = 4275, 4274, 4256, 3776, 512


def digital(signal, index):
    return (index * (7 + 2 * signal)) % 201 - 100


class Signal:
    def __init__(self, label, samples, kind=INT16, unit=MICROVOLT, text="", limits=None,
                 physical=None, transducer="", filters=(-1, -1, -1), prefilter="",
                 lag=0):
        self.label, self.samples, self.kind, self.unit, self.text = label, samples, kind, unit, text
        self.limits = limits or (-32768, 32767)
        self.physical = physical or (-3276.8, 3276.7)
        self.transducer, self.filters, self.prefilter = transducer, filters, prefilter
        self.lag = lag  # s, after the other signals


def field(value, size):
    raw = value if isinstance(value, bytes) else value.encode("latin-1")
    assert len(raw) <= size, (value, size)
    return raw + b"\0" * (size - len(raw))


def days(year_days, seconds):
    """Days since the year 0, in 32.32 bits."""
    return struct.pack("<Q", (year_days << 32) + round(seconds * 2**32 / 86400))


def header(signals, records, duration, version="2.51", start=bytes(8), tagged=b"", size=None,
           count=None):
    number = float(version)
    count = len(signals) if count is None else count
    second = number > 1.9
    blocks = 1 + len(signals) + (len(tagged) + 255) // 256
    parts = [field("GDF " + version, 8), field("X X", 80), field("X", 80 if not second else 64)]
    if second:
        parts += [bytes(16), start, bytes(8), struct.pack("<H", size or blocks), bytes(6)]
        parts += [bytes(8), bytes(6), bytes(6), bytes(24)]
    else:
        parts += [field(start, 16), struct.pack("<q", size or 256 * blocks), bytes(44)]
    parts += [struct.pack("<q", records)]
    if number > 2.205:
        parts += [struct.pack("<d", duration)]
    else:
        parts += [struct.pack("<II", *duration)]
    parts += [struct.pack("<HH", count, 0) if second else struct.pack("<I", count)]
    assert sum(map(len, parts)) == 256, sum(map(len, parts))
    each = [[field(s.label, 16) for s in signals], [field(s.transducer, 80) for s in signals]]
    if second:
        each += [[field(s.text, 6) for s in signals],
                 [struct.pack("<H", s.unit) for s in signals]]
    else:
        each += [[field(s.text, 8) for s in signals]]
    each += [[struct.pack("<d", s.physical[k]) for s in signals] for k in (0, 1)]
    each += [[struct.pack("<d" if second else "<q", s.limits[k]) for s in signals] for k in (0, 1)]
    if second:
        each += [[bytes(64) for s in signals], [struct.pack("<f", s.lag) for s in signals]]
        each += [[struct.pack("<f", s.filters[k]) for s in signals] for k in (0, 1, 2)]
    else:
        each += [[field(s.prefilter, 80) for s in signals]]
    each += [[struct.pack("<I", s.samples) for s in signals],
             [struct.pack("<I", s.kind) for s in signals], [bytes(32) for s in signals]]
    table = b"".join(b"".join(column) for column in each)
    assert len(table) == 256 * len(signals)
    tail = b"" if not tagged else tagged + bytes(-len(tagged) % 256)
    return b"".join(parts) + table + tail


def encode(kind, value):
    if kind in (INT24, UINT24):
        return (value & 0xffffff).to_bytes(3, "little")
    return struct.pack("<" + CODES[kind], value)


def data(signals, records, missing=()):
    """Data records; missing: (signal, sample) that are NaN."""
    parts = []
    for r in range(records):
        for s, signal in enumerate(signals):
            for k in range(signal.samples):
                i = r * signal.samples + k
                value = digital(s, i) + (100 if signal.kind in UNSIGNED else 0)
                parts.append(encode(signal.kind, float("nan") if (s, i) in missing else value))
    return b"".join(parts)


def events(rows, rate, mode=3, old=False):
    """rows: (position from 1, type, channel, duration); a duration may be four bytes."""
    parts = [struct.pack("<B", mode)]
    if old:
        parts += [rate.to_bytes(3, "little"), struct.pack("<I", len(rows))]
    else:
        parts += [len(rows).to_bytes(3, "little"), struct.pack("<f", rate)]
    parts += [struct.pack("<I", row[0]) for row in rows]
    parts += [struct.pack("<H", row[1]) for row in rows]
    if mode & 2:
        parts += [struct.pack("<H", row[2]) for row in rows]
        parts += [row[3] if isinstance(row[3], bytes) else struct.pack("<I", row[3])
                  for row in rows]
    return b"".join(parts)


def tag(number, content):
    return struct.pack("<I", number + (len(content) << 8)) + content


# 2024-03-02 is day 739313 of the years since 0.
START = days(739313, 21 * 3600 + 15 * 60 + 30.25)
EMG = [Signal("EMG Soleus L", 10, transducer="AgAgCl electrodes", filters=(500, 10, 50)),
       Signal("EMG Soleus R", 10, physical=(-3.2768, 3.2767), unit=MILLIVOLT)]
TEXTS = tag(1, b"\0rest\0cramp\0\0") + tag(3, b"maker\0model\0")
EVENTS = [(1, 1, 0, 100), (101, 2, 1, 150), (151, 0x0102, 0, 0), (201, 0x4005, 0, 0),
          (301, 0x0103, 2, 25)]
LEVELS = dict(limits=(-128, 127), physical=(-128, 127))
KINDS = [Signal("int8", 4, INT8, **LEVELS), Signal("uint8", 2, UINT8, VOLT, **LEVELS),
         Signal("int16", 8, INT16, MILLIVOLT, **LEVELS), Signal("uint16", 1, UINT16, **LEVELS),
         Signal("int32", 3, INT32, NEWTON, **LEVELS), Signal("uint32", 5, UINT32, **LEVELS),
         Signal("int64", 6, INT64, **LEVELS), Signal("uint64", 2, UINT64, **LEVELS),
         Signal("float32", 7, FLOAT32, **LEVELS), Signal("float64", 2, FLOAT64, 0, "uV", **LEVELS),
         Signal("int24", 4, INT24, DIMENSIONLESS, **LEVELS), Signal("uint24", 9, UINT24, **LEVELS)]
OLD = [Signal("EMG", 50, text="uV", prefilter="HP 10 Hz", transducer="AgAgCl"),
       Signal("Force", 5, UINT8, text="N", limits=(0, 255), physical=(0, 510))]
SPARSE = [Signal("EMG", 10), Signal("load", 0, INT16, NEWTON, physical=(-327.68, 327.67))]


def good():
    files = {}
    files["good-gdf-2.gdf"] = (header(EMG, 40, 0.1, start=START, tagged=TEXTS) + data(EMG, 40) +
                               events(EVENTS, 100))
    files["good-gdf-kinds.gdf"] = header(KINDS, 20, (1, 2), "2.20") + data(KINDS, 20)
    files["good-gdf-1.gdf"] = (
        header(OLD, 8, (1, 2), "1.25", "2024030221153025") + data(OLD, 8) +
        events([(51, 0x0117), (76, 0x0107), (151, 0x8117), (201, 7)], 100, mode=1, old=True))
    files["good-gdf-count-minus-one.gdf"] = header(EMG, -1, 0.1) + data(EMG, 30)
    files["good-gdf-cut.gdf"] = header(EMG, 40, 0.1) + data(EMG, 30)[:40 * 29 + 33]
    nan = [Signal("EMG", 50, FLOAT32, limits=(-100, 100), physical=(-100, 100))]
    files["good-gdf-missing.gdf"] = header(nan, 4, 0.5, "2.22") + data(
        nan, 4, [(0, i) for i in range(70, 95)])
    files["good-gdf-sparse.gdf"] = (header(SPARSE, 20, 0.1) + data(SPARSE, 20) + events(
        [(51, 0x7fff, 2, struct.pack("<hh", -2500, 0)), (101, 0x7fff, 2, struct.pack("<hh", 150, 0))],
        100))
    files["good-gdf-no-scale.gdf"] = header(
        [Signal("EMG", 10, physical=(0, 0))], 20, 0.1) + data(EMG[:1], 20)
    files["good-gdf-break.gdf"] = header(EMG, 20, 0.1) + data(EMG, 20) + events(
        [(1, 0x7ffe), (101, 0x7ffe)], 100, mode=1)
    files["good-gdf-events-cut.gdf"] = header(EMG, 20, 0.1) + data(EMG, 20) + events(
        EVENTS, 100)[:50]
    files["good-gdf-header-size.gdf"] = header(EMG, 20, 0.1, size=1) + data(EMG, 20)
    late = [EMG[0], Signal("EMG Soleus R", 10, lag=0.05)]
    files["good-gdf-late-signal.gdf"] = header(late, 20, 0.1) + data(late, 20)
    chance = [Signal("EMG Soleus L", 10, lag=2.7e20), Signal("EMG Soleus R", 10, lag=-1e-38)]
    files["good-gdf-lag-by-chance.gdf"] = header(chance, 20, 0.1) + data(chance, 20)
    return files


def bad():
    whole = header(EMG, 20, 0.1) + data(EMG, 20)
    return {
        "bad-gdf-fixed-header-cut.gdf": whole[:200],
        "bad-gdf-header-cut.gdf": whole[:700],
        "bad-gdf-no-records.gdf": header(EMG, 0, 0.1),
        "bad-gdf-no-duration.gdf": header(EMG, 20, (0, 0), "2.10") + data(EMG, 20),
        "bad-gdf-more-signals-than-bytes.gdf": header(EMG, 20, 0.1, count=9999) + data(EMG, 20),
    }


def unsupported():
    wide = [Signal("EMG", 2, FLOAT128)]
    sparse = [Signal("load", 0, INT16, NEWTON)]
    return {
        "unsupported-gdf-float128.gdf": header(wide, 4, 0.1) + bytes(128),
        "unsupported-gdf-events-only.gdf": header([], 0, 0.1) + events(EVENTS, 100) + bytes(256),
        "unsupported-gdf-uneven.gdf": header(sparse, 0, 0.1),
    }


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported, most=12000)
