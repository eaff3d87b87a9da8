#!/usr/bin/python3
"""Writes the WFDB records of samples/, from the published layouts (WFDB Applications Guide) alone.

usage: make_wfdb_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of signal s is the digital value ((i * (7 + 2 * s)) % 201) - 100 everywhere, save where a
format's mark of a missing sample stands, so that tests can compute what they must read.
"""

import struct

from samples import write_or_check

MISSING = {"80": -128, "310": -512, "311": -512, "212": -2048, "16": -32768, "61": -32768,
           "160": -32768, "24": -8388608, "32": -2147483648}


def digital(signal, index):
    return (index * (7 + 2 * signal)) % 201 - 100


def pack(form, values, signals=1, initial=None):
    """The bytes of interleaved samples."""
    if form == "8":
        last, out = list(initial), []
        for i, value in enumerate(values):
            step = value - last[i % signals]
            last[i % signals] = value
            out.append(struct.pack("<b", step))
        return b"".join(out)
    if form == "16":
        return b"".join(struct.pack("<h", v) for v in values)
    if form == "61":
        return b"".join(struct.pack(">h", v) for v in values)
    if form == "160":
        return b"".join(struct.pack("<H", v + 32768) for v in values)
    if form == "80":
        return bytes(v + 128 for v in values)
    if form == "24":
        return b"".join((v & 0xffffff).to_bytes(3, "little") for v in values)
    if form == "32":
        return b"".join(struct.pack("<i", v) for v in values)
    out = bytearray()
    if form == "212":
        for k in range(0, len(values), 2):
            first = values[k] & 0xfff
            if k + 1 == len(values):
                out += first.to_bytes(2, "little")
            else:
                second = values[k + 1] & 0xfff
                out += bytes((first & 255, first >> 8 | second >> 8 << 4, second & 255))
        return bytes(out)
    for k in range(0, len(values), 3):
        a, b, c = [v & 0x3ff for v in (values[k:k + 3] + [0, 0])[:3]]
        if form == "310":
            out += struct.pack("<HH", a << 1 | (c & 31) << 11, b << 1 | c >> 5 << 11)
        else:
            out += struct.pack("<I", a | b << 10 | c << 20)
    return bytes(out)


def checksum(values):
    return (sum(values) + 32768) % 65536 - 32768


def frames(count, per_frame=(1, 1), missing=None, at=(), offset=0, signals=None):
    """The samples of frames, interleaved, and each signal's own."""
    own = [[] for _ in per_frame]
    mixed = []
    for f in range(count):
        for s, spf in enumerate(per_frame):
            for k in range(spf):
                i = (f + offset) * spf + k
                value = digital(signals[s] if signals else s, i)
                if (s, i) in at:
                    value = missing
                own[s].append(value)
                mixed.append(value)
    return mixed, own


def line(name, form, own, gain="10/uV", bits=12, zero=0, label="EMG", total=None):
    total = checksum(own) if total is None else total
    return f"{name} {form} {gain} {bits} {zero} {own[0]} {total} 0 {label}\n"


def word(code, low):
    return struct.pack("<H", code << 10 | low)


def aux(text):
    raw = text.encode() if isinstance(text, str) else text
    return word(63, len(raw)) + raw + bytes(len(raw) % 2)


def skip(step):
    return word(59, 0) + struct.pack("<HH", step >> 16 & 0xffff, step & 0xffff)


def annotations():
    return (word(22, 0) + aux("## time resolution: 1000") + word(28, 100) + aux("(REST\0") +
            word(1, 400) + word(61, 3) + word(62, 1) + word(60, 2) + word(22, 1000) +
            aux("cramp begins") + skip(70000) + word(22, 0) + aux("cramp ends") +
            skip(-500 & 0xffffffff) + word(5, 0) + word(42, 1000) + word(0, 0))


def single(files, name, form, count, per_frame=(1, 1), extra="", **options):
    missing = MISSING.get(form)
    at = {(0, 20), (0, 21), (1, 30)} if missing is not None else set()
    mixed, own = frames(count, per_frame, missing, at)
    initial = [samples[0] for samples in own]
    head = f"{name} {len(own)} 100 {count}{extra}\n"
    for s, samples in enumerate(own):
        spf = f"x{per_frame[s]}" if per_frame[s] > 1 else ""
        head += line(f"{name}.dat", form + spf, samples, label=f"EMG {s + 1}", **options)
    files[f"{name}.hea"] = head.encode()
    files[f"{name}.dat"] = pack(form, mixed, len(own), initial)


def good():
    files = {}
    single(files, "good-wfdb-16", "16", 400, extra=" 21:15:30.25 2/3/2024", gain="10(-5)/uV")
    files["good-wfdb-16.hea"] += b"# <name>: nobody\n# surface electrodes, 20 mm apart\n"
    files["good-wfdb-16.atr"] = annotations()
    for form in ("61", "80", "160", "24", "32", "310", "311"):
        single(files, f"good-wfdb-{form}", form, 101)
    # An odd number of samples, so that the last pack is not filled.
    single(files, "good-wfdb-212", "212", 101, (1, 1, 1))
    mixed, own = frames(101, (1, 1))
    steps = [(v + 100) // 25 for v in mixed]
    own = [steps[0::2], steps[1::2]]
    files["good-wfdb-8.hea"] = ("good-wfdb-8 2 100 101\n" + "".join(
        f"good-wfdb-8.dat 8 10/uV 10 0 {o[0]} {checksum(o)} 0 EMG {s}\n"
        for s, o in enumerate(own))).encode()
    files["good-wfdb-8.dat"] = pack("8", steps, 2, [o[0] for o in own])

    name = "good-wfdb-frames"
    mixed, own = frames(60, (4, 1))
    third, alone = frames(63, (2,), signals=[2])
    files[f"{name}.hea"] = (
        f"{name} 3 25/50(7) 60\r\n" +
        line(f"{name}.dat", "16x4+24", own[0], label="EMG 1").replace("\n", "\r\n") +
        "\r\n# a comment between\r\n" +
        line(f"{name}.dat", "16+24", own[1], "5/N", label="Force").replace("\n", "\r\n") +
        line(f"{name}_2.dat", "212x2:3", alone[0][:120], "0.1(2)/nV",
             label="EMG 2").replace("\n", "\r\n")).encode()
    files[f"{name}.dat"] = b"the preamble of 24 bytes" + pack("16", mixed)
    files[f"{name}_2.dat"] = pack("212", third)

    mixed, own = frames(100, (1,))
    body = pack("16", mixed)
    uncalibrated = {"no-gain": "{0}.dat 16\n", "gain-zero": "{0}.dat 16 0 12 10 -100 0 0 EMG\n"}
    for what, text in uncalibrated.items():
        name = f"good-wfdb-{what}"
        files[f"{name}.hea"] = (f"{name} 1 100 100\n" + text.format(name)).encode()
        files[f"{name}.dat"] = body
    texts = {
        "checksum": "{0} 1 100 100\n" + line("{0}.dat", "16", own[0], total=4711),
        "cut": "{0} 1 100 130\n" + line("{0}.dat", "16", own[0], total=0),
        "longer": "{0} 1 100 70\n" + line("{0}.dat", "16", own[0][:70]),
        "no-length": "{0} 1 100\n" + line("{0}.dat", "16", own[0], "10"),
        "folder": "study/{0} 1 100 100\n" + line("{0}.dat", "16", own[0]),
        "no-rate": "{0} 1\n" + line("{0}.dat", "16", own[0]),
    }
    for what, text in texts.items():
        name = f"good-wfdb-{what}"
        files[f"{name}.hea"] = text.format(name).encode()
        files[f"{name}.dat"] = body
    # The matrix of a MATLAB 4 file, 24 bytes of header before it.
    name = "good-wfdb-matlab"
    files[f"{name}.hea"] = (f"{name} 1 100 100\n" + line(f"{name}.mat", "16+24", own[0])).encode()
    files[f"{name}.mat"] = struct.pack("<IIIII4s", 30, 1, 100, 0, 4, b"val\0") + body

    name = "good-wfdb-fixed"
    files[f"{name}.hea"] = f"{name}/3 2 100 250\n{name}_1 100\n~ 50\n{name}_2 100\n".encode()
    for part, form in ((1, "16"), (2, "212")):
        mixed, own = frames(100, offset=150 * (part - 1))
        files[f"{name}_{part}.hea"] = (f"{name}_{part} 2 100 100\n" + "".join(
            line(f"{name}_{part}.dat", form, o, label=f"EMG {s + 1}")
            for s, o in enumerate(own))).encode()
        files[f"{name}_{part}.dat"] = pack(form, mixed)

    name = "good-wfdb-variable"
    files[f"{name}.hea"] = (f"{name}/5 2 100 300 21:15:30 02/03/2024\n{name}_layout 0\n"
                            f"{name}_1 100\n~ 20\n{name}_2 100\n{name}_lost 80\n").encode()
    files[f"{name}_layout.hea"] = (f"{name}_layout 2 100 0\n~ 0 10/uV 12 0 0 0 0 EMG 1\n"
                                   "~ 0 10/uV 12 0 0 0 0 EMG 2\n").encode()
    mixed, own = frames(100, (1,), offset=0)
    files[f"{name}_1.hea"] = (f"{name}_1 1 100 100\n" +
                              line(f"{name}_1.dat", "16", own[0], label="EMG 1")).encode()
    files[f"{name}_1.dat"] = pack("16", mixed)
    # The other way round, with another unit and another baseline.
    mixed, own = frames(100, offset=120, signals=[1, 0])
    files[f"{name}_2.hea"] = (f"{name}_2 2 100 100\n" +
                              line(f"{name}_2.dat", "16", own[0], "5000(10)/mV", label="EMG 2") +
                              line(f"{name}_2.dat", "16", own[1], label="EMG 1")).encode()
    files[f"{name}_2.dat"] = pack("16", mixed)
    return files


def bad():
    own = frames(10, (1,))[1][0]
    files = {}
    texts = {
        "no-dat": "{0} 1 100 10\n" + line("{0}.dat", "16", own),
        "lines": "{0} 5 100 10\n" + line("{0}.dat", "16", own),
        "escape": "{0} 1 100 10\n" + line("../{0}.dat", "16", own),
        "mixed-formats": "{0} 2 100 10\n" + line("{0}.dat", "16", own) +
                         line("{0}.dat", "212", own),
        "empty": "{0} 1 100 10\n" + line("{0}.dat", "16", own),
        "per-frame": "{0} 1 100 10\n" + line("{0}.dat", "16x9999999", own),
        "nested": "{0}/1 1 100 10\n{0} 10\n",
        "centuries": "{0}/2 1 100\ngood-wfdb-fixed_1 100\n~ 999999999999999\n",
    }
    for what, text in texts.items():
        name = f"bad-wfdb-{what}"
        files[f"{name}.hea"] = text.format(name).encode()
    files["bad-wfdb-mixed-formats.dat"] = files["bad-wfdb-per-frame.dat"] = bytes(60)
    files["bad-wfdb-empty.dat"] = b""
    return files


def unsupported():
    own = frames(10, (1,))[1][0]
    return {
        "unsupported-wfdb-flac.hea": (
            "unsupported-wfdb-flac 1 100 10\n" +
            line("unsupported-wfdb-flac.dat", "516", own)).encode(),
        "unsupported-wfdb-annotations-only.hea": b"unsupported-wfdb-annotations-only 0 250 1000\n",
    }


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported, most=4000)
