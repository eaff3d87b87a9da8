#!/usr/bin/python3
"""Writes the Spike2 (SON) files of samples/, from the published structures alone.

usage: make_spike2_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Raw sample i of waveform channel c is ((i * (7 + 2 * c)) % 201) - 100, so that tests can compute what
they must read.
"""

import struct

from samples import write_or_check

BLOCK = 512


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


def pascal(text, size):
    data = text.encode("latin-1")
    return bytes([len(data)]) + data.ljust(size - 1, b"\0")


class Son:
    """Data blocks of 512 bytes, dealt out to the channels in turn."""

    def __init__(self, version=6, us_per_time=10, per_adc=1, channels=8, base=1e-6,
                 date=(50, 14, 13, 12, 4, 3, 2021), mac=0):
        self.version, self.us, self.per_adc, self.count = version, us_per_time, per_adc, channels
        self.base, self.date, self.mac = base, date, mac
        self.channels = {}
        self.order = []

    def add(self, index, kind, title, width, chunks, comment="", extra=0, dvd=0, tail=b"",
            claim=None):
        """chunks: (first tick, last tick, items, bytes) of each data block."""
        self.channels[index] = dict(kind=kind, title=title, comment=comment, extra=extra, dvd=dvd,
                                    tail=tail, chunks=chunks, claim=claim)
        self.order += [(n, index) for n in range(len(chunks))]

    def wave(self, index, title, count, interval, start=0, scale=1.0, offset=0.0, unit="mV",
             real=False, pauses=(), comment="", claim=None, order=None):
        """pauses: (sample, ticks) — so many ticks more before that sample."""
        width, chunks, i, tick = (4 if real else 2), [], 0, start
        borders = sorted([p[0] for p in pauses] + [count])
        extra = dict(pauses)
        while i < count:
            tick += extra.get(i, 0)
            stop = min(i + (BLOCK - 20) // width, min(b for b in borders if b > i))
            values = [number(order if order is not None else index, k) for k in range(i, stop)]
            data = struct.pack(f"<{len(values)}{'f' if real else 'h'}",
                               *[v / 8 if real else v for v in values])
            chunks.append((tick, tick + (stop - i - 1) * interval, stop - i, data))
            tick += (stop - i) * interval
            i = stop
        if real:
            tail = struct.pack("<ff", -5, 5) + pascal(unit, 6)
        else:
            tail = struct.pack("<ff", scale, offset) + pascal(unit, 6)
        tail += struct.pack("<H", interval // self.per_adc if self.version < 6 else 1)
        self.add(index, 9 if real else 1, title, width, chunks, comment=comment, claim=claim,
                 dvd=interval if self.version >= 6 else 0, tail=tail)

    def bytes(self):
        start = (512 + 140 * self.count + BLOCK - 1) // BLOCK * BLOCK
        places, at = {}, start
        for key in sorted(self.order):
            places[key] = at
            at += BLOCK
        unit = 512 if self.version >= 9 else 1

        def disk(channel, n):
            return places[(n, channel)] // unit if (n, channel) in places else -1

        head = struct.pack("<h", self.version) + b"(C) CED 87" + b"tests\0\0\0"
        head += struct.pack("<HHhihHHHH", self.us, self.per_adc, 0, start // unit, self.count,
                            140 * self.count, 0, 0, self.mac)
        head += struct.pack("<id", 0, self.base)
        head += struct.pack("<6BH", *self.date) if self.version >= 6 else b"\0" * 8
        data = bytearray(head.ljust(112, b"\0") + pascal("made from the structures", 80)
                         + b"\0" * 320)
        for i in range(self.count):
            c = self.channels.get(i)
            if c is None:
                data += b"\0" * 140
                continue
            blocks = len(c["chunks"]) if c["claim"] is None else c["claim"]
            data += (struct.pack("<HiiiHHhhHH", 0, 0, disk(i, 0), disk(i, len(c["chunks"]) - 1),
                                 blocks & 0xffff, c["extra"], 0, 0, BLOCK, 246)
                     + pascal(c["comment"], 72) + struct.pack("<iih", 0, c["dvd"], i)
                     + pascal(c["title"], 10) + struct.pack("<fBB", 0, c["kind"], 0)
                     + c["tail"].ljust(16, b"\0"))
        data = data.ljust(start, b"\0")
        for n, i in sorted(self.order):
            first, last, items, payload = self.channels[i]["chunks"][n]
            data += (struct.pack("<iiiiHH", disk(i, n - 1), disk(i, n + 1), first, last, i + 1,
                                 items) + payload).ljust(BLOCK, b"\0")
        return bytes(data)


def events(ticks):
    return [(ticks[0], ticks[-1], len(ticks), struct.pack(f"<{len(ticks)}i", *ticks))]


def marks(pairs, extra=0):
    data = b"".join(struct.pack("<iBBBB", tick, code, 0, 0, 0) + text.ljust(extra, b"\0")
                    for tick, code, text in pairs)
    return [(pairs[0][0], pairs[-1][0], len(pairs), data)]


def full(version, per_adc=1):
    """Ticks of 10 µs; before version 6 intervals count in interrupts of `per_adc` ticks."""
    son = Son(version=version, us_per_time=10, per_adc=per_adc, channels=33,
              date=(50, 14, 13, 12, 4, 3, 2021))
    son.wave(0, "EMG TA", 600, 100, start=1000, scale=2.0, offset=0.25, unit="mV", order=0,
             comment="Ag/AgCl, 20-450 Hz", pauses=[(300, 20000)])
    son.wave(1, "EMG SOL", 600, 100, start=3000, scale=6.5536, unit=" Volt", order=1)
    son.wave(3, "Force", 60, 1000, start=1000, unit="N", real=True, order=2)
    son.add(4, 2, "Trigger", 4, events([1000, 11000, 21000]))
    son.add(5, 4, "Switch", 4, events([5000, 15000, 25000]), tail=b"\1\0")
    son.add(30, 5, "Keyboard", 8, marks([(2000, ord("a"), b""), (4000, 1, b"")]))
    son.add(31, 8, "TextMark", 8, marks([(6000, 0, b"hold"), (8000, ord("x"), b"")], 16), extra=16)
    return son


def good():
    big = Son(version=9, channels=4)
    big.wave(0, "EMG 1", 500, 50)
    stale = Son(channels=4)
    stale.wave(0, "EMG 1", 500, 50, claim=1)
    zero = Son(channels=4)
    zero.wave(0, "EMG 1", 100, 50, scale=0.0)
    return {
        "good-spike2-full.smr": full(6).bytes(),
        "good-spike2-old.smr": full(4, 2).bytes(),
        "good-spike2-version9.smr": big.bytes(),
        "good-spike2-block-count.smr": stale.bytes(),
        "good-spike2-no-scale.smr": zero.bytes(),
    }


def patched(son, changes):
    data = bytearray(son.bytes())
    for at, value in changes:
        data[at:at + len(value)] = value
    return bytes(data)


def bad():
    son = Son(channels=4)
    son.wave(0, "EMG 1", 1000, 50)
    first = 512 + 140 * 4
    first = (first + 511) // 512 * 512
    only = Son(channels=4)
    only.add(0, 2, "Trigger", 4, events([10, 20]))
    rateless = Son(channels=4)
    rateless.wave(0, "EMG 1", 100, 50)
    return {
        "bad-spike2-header-cut.smr": son.bytes()[:300],
        "bad-spike2-channels-cut.smr": son.bytes()[:700],
        "bad-spike2-cut.smr": son.bytes()[:-600],
        "bad-spike2-circle.smr": patched(son, [(first + 512 + 4, struct.pack("<i", first))]),
        "bad-spike2-beyond-end.smr":
            patched(son, [(first + 512 + 4, struct.pack("<i", 0x7fffff00))]),
        "bad-spike2-other-channel.smr": patched(son, [(first + 512 + 16, struct.pack("<H", 3))]),
        "bad-spike2-many-items.smr": patched(son, [(first + 18, struct.pack("<H", 60000))]),
        "bad-spike2-tick.smr": patched(son, [(44, struct.pack("<d", float("nan")))]),
        "bad-spike2-no-waveform.smr": only.bytes(),
        "bad-spike2-no-interval.smr": patched(rateless, [(512 + 102, b"\0\0\0\0")]),
    }


def unsupported():
    son = Son(channels=4)
    son.wave(0, "EMG 1", 20, 50)
    mac = Son(channels=4, mac=0x0101)
    mac.wave(0, "EMG 1", 20, 50)
    return {
        "unsupported-spike2-macintosh.smr": mac.bytes(),
        "unsupported-spike2-version.smr": patched(son, [(0, struct.pack("<h", 256 + 12))]),
        "unsupported-spike2-64-bits.smrx": b"S64\0" + b"\0\1\2\3" * 128,
    }


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported)
