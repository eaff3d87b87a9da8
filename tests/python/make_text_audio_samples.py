#!/usr/bin/python3
"""Writes the text tables and audio files of samples/, from the published layouts alone.

usage: make_text_audio_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of channel c is n / 10 in text and n / 128 in audio, with n = ((i * (7 + 2 * c)) % 201) - 100,
so that tests can compute what they must read.
"""

import json
import struct

from samples import write_or_check


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


# Text tables.

def value(channel, index, mark="."):
    return f"{number(channel, index) / 10:.1f}".replace(".", mark)


def lines(rows, delimiter=",", end="\n"):
    return "".join(delimiter.join(row) + end for row in rows)


def table(rows, channels, time=None, mark="."):
    """Rows of cells; time(i) gives the first one, or there is none."""
    result = []
    for i in range(rows):
        cells = [value(c, i, mark) for c in range(channels)]
        result.append(([time(i).replace(".", mark)] if time else []) + cells)
    return result


def seconds(rate, decimals):
    return lambda i: f"{i / rate:.{decimals}f}"


def good_text():
    files = {}
    files["good-text-time.csv"] = (
        "time,EMG left (uV),EMG right (uV),force (N)\n"
        + lines(table(400, 3, seconds(1000, 3))))
    files["good-text-decimal-comma.csv"] = (
        "\ufeffZeit [ms];EMG 1 [mV];EMG 2 [mV]\r\n"
        + lines(table(400, 2, lambda i: f"{i / 2:.1f}", ","), ";", "\r\n"))
    files["good-text-comments.tsv"] = (
        "# exported by hand\n% second remark\n// third\n; fourth\n\n"
        "time\tEMG TA\tknee angle\nms\tµV\tdeg\n"
        + lines(table(300, 2, lambda i: str(i)), "\t").replace("\n100\t", "\n# inside\n100\t"))
    files["good-text-no-header.csv"] = lines(table(300, 3), ", ", "\r\n")
    files["good-text-no-header-time.txt"] = lines(table(300, 2, seconds(500, 3)), "  ")
    files["good-text-one-column.txt"] = lines(table(500, 1))
    files["good-text-one-column-decimal-comma.txt"] = (
        "".join(f"{number(0, i) / 1000:.3f}\n".replace(".", ",") for i in range(300)))
    files["good-text-quoted.csv"] = (
        '"time (s)","EMG, ""left"" é (µV)"\n'
        + "".join(f'"{i / 1000:.3f}","{value(0, i)}"\n' for i in range(200)))
    files["good-text-quoted-decimal-comma.csv"] = (
        '"Time (s)","EMG (uV)"\r\n'
        + "".join(f'"{i / 1000:.3f}","{value(0, i)}"\r\n'.replace(".", ",") for i in range(300)))
    files["good-text-labchart.txt"] = (
        "Interval=\t0.001 s\nExcelDateTime=\t4.4E+04\t3/4/2021 05:06:07.5\n"
        "TimeFormat=\tStartOfBlock\nDateFormat=\t\nChannelTitle=\tTA left\tSoleus\n"
        "Range=\t10 mV\t10 mV\nUnitName=\tmV\tmV\nTopValue=\t10\t10\nBottomValue=\t-10\t-10\n"
        + lines(table(200, 2, seconds(1000, 3)), "\t"))
    files["good-text-acqknowledge.txt"] = (
        "hold.acq\n0.5 msec/sample\n2 channels\nEMG TA\nmV\nEMG SOL\nmV\nsec,CH1,CH2,\n"
        ",200,200,\n" + lines([row + [""] for row in table(200, 2, seconds(2000, 4))]))
    files["good-text-values-before.tsv"] = (
        "CHANNEL_GAIN\t500\t500\n" + lines(table(200, 2, seconds(1000, 3)), "\t"))
    files["good-text-ragged-last-row.csv"] = (
        "time,EMG,EMG 2\n" + lines(table(200, 2, seconds(1000, 3))) + "0.200,-3")
    files["good-text-gap.csv"] = (
        "time,EMG\n" + lines([row for i, row in enumerate(table(400, 1, seconds(1000, 3)))
                              if not 150 <= i < 200])
        .replace("0.010,-3.0\n", "0.010,\n").replace("0.011,-2.3\n", "0.011,NaN\n")
        .replace("0.012,-1.6\n", "0.012,n/a\n"))
    files["good-text-fractional-rate.csv"] = (
        "t [s],EMG\n" + lines(table(1000, 1, seconds(1259.259, 9))))
    files["good-text-exponents.csv"] = (
        "seconds,EMG (V)\n"
        + "".join(f"{i / 2000:.6e},{number(0, i)}.5e-{i % 3:03d}\n" for i in range(300)))
    files["good-text-trailing-delimiter.csv"] = (
        "index;EMG;\n" + "".join(f"{i};{value(0, i)};\n" for i in range(200)))
    files["good-text-words.csv"] = (
        "EMG 1,EMG 2,phase\n" + "".join(
            f"{value(0, i)},{value(1, i)},{'rest' if i < 100 else 'fist'}\n" for i in range(200)))
    files["good-text-carriage-returns.csv"] = (
        "time,EMG\r" + lines(table(200, 1, seconds(1000, 3)), ",", "\r"))
    files["good-text-one-sample.csv"] = "EMG\n1.5\n"
    result = {name: text.encode("utf-8") for name, text in files.items()}
    result["good-text-latin1.csv"] = (
        "time (s);EMG [µV]\n" + lines(table(200, 1, seconds(1000, 3), ","), ";")).encode("latin-1")
    return result


def bad_text():
    rows = table(200, 2, seconds(1000, 3))
    ragged, back, word, jump = list(rows), list(rows), list(rows), list(rows)
    ragged[120] = ragged[120][:2]
    back[150:] = rows[50:100]
    word[77] = ["0.077", "12.O", "1.0"]
    jump[100:] = [[f"{200000 + i / 1000:.3f}"] + rows[i][1:] for i in range(100, 200)]
    head = "time,EMG 1,EMG 2\n"
    files = {
        "bad-text-ragged-middle.csv": head + lines(ragged),
        "bad-text-time-backwards.csv": head + lines(back),
        "bad-text-time-stands-still.csv": "time,EMG 1,EMG 2\n" + lines([["0"] + r[1:] for r in rows]),
        "bad-text-time-jumps-days.csv": head + lines(jump),
        "bad-text-time-without-unit.csv": head + lines(table(200, 2, str)),
        "bad-text-word-among-numbers.csv": head + lines(word),
        "bad-text-not-numbers.csv": "Soleus lies under gastrocnemius.\nBoth make the calf.\n",
    }
    return {name: text.encode("utf-8") for name, text in files.items()}


def unsupported_text():
    per_channel = [[f"{i / 1000:.3f}", value(0, i), f"{i / 150:.3f}", value(1, i)]
                   for i in range(100)]
    return {
        "unsupported-text-utf16.csv": ("time,EMG\n" + lines(table(50, 1, seconds(1000, 3))))
        .encode("utf-16"),
        "unsupported-text-octave.txt": "".join(
            f"# name: {name}\n# type: matrix\n# rows: 50\n# columns: 2\n"
            + lines([[" " + value(c, i), value(c + 1, i)] for i in range(50)], " ") + "\n\n"
            for c, name in enumerate(("left", "right"))).encode("utf-8"),
        "unsupported-text-time-per-channel.csv":
            ("time,EMG,time,force\n" + lines(per_channel)).encode("utf-8"),
    }


# Audio. Two channels of 500 frames at 1000 Hz, unless said otherwise.

FRAMES, CHANNELS, RATE = 500, 2, 1000


def whole(bits):
    """Samples as whole numbers of so many bits."""
    return [number(c, i) << (bits - 8) for i in range(FRAMES) for c in range(CHANNELS)]


def pack(bits, big):
    order = "big" if big else "little"
    return b"".join(n.to_bytes(bits // 8, order, signed=True) for n in whole(bits))


def floats(big, size=4):
    values = [n / 128 for n in whole(8)]
    return struct.pack((">" if big else "<") + ("f" if size == 4 else "d") * len(values), *values)


def chunk(name, data, big=False):
    return name + struct.pack(">I" if big else "<I", len(data)) + data + b"\0" * (len(data) % 2)


def wave_format(code, bits):
    frame = CHANNELS * bits // 8
    return struct.pack("<HHIIHH", code, CHANNELS, RATE, RATE * frame, frame, bits)


def wav(code, bits, data, name=b"RIFF", extra=b""):
    body = b"WAVE" + extra + chunk(b"fmt ", wave_format(code, bits)) + chunk(b"data", data)
    return name + struct.pack("<I", len(body)) + body


def rf64():
    data = pack(16, False)
    sizes = struct.pack("<QQQI", 12 + 36 + 24 + 8 + len(data) - 8, len(data), FRAMES, 0)
    body = (b"WAVE" + chunk(b"ds64", sizes) + chunk(b"fmt ", wave_format(1, 16))
            + b"data" + struct.pack("<I", 0xffffffff) + data)
    return b"RF64" + struct.pack("<I", 0xffffffff) + body


def w64():
    def guid(name, tail):
        return name + bytes.fromhex(tail)
    tail = "f3acd3118cd100c04f8edb8a"
    data, form = floats(False), wave_format(3, 32)
    body = (guid(b"wave", tail) + guid(b"fmt ", tail) + struct.pack("<Q", 24 + len(form)) + form
            + guid(b"data", tail) + struct.pack("<Q", 24 + len(data)) + data)
    return guid(b"riff", "2e91cf11a5d628db04c10000") + struct.pack("<Q", 24 + len(body)) + body


def aiff():
    rate = struct.pack(">HQ", 16383 + 9, RATE << (63 - 9))  # 80-bit extended: 1000 = 1.95 * 2^9
    common = struct.pack(">hIh", CHANNELS, FRAMES, 24) + rate
    body = (b"AIFF" + chunk(b"COMM", common, True)
            + chunk(b"SSND", struct.pack(">II", 0, 0) + pack(24, True), True))
    return b"FORM" + struct.pack(">I", len(body)) + body


def caf():
    data = pack(16, True)
    description = struct.pack(">d4sIIIII", float(RATE), b"lpcm", 0, CHANNELS * 2, 1, CHANNELS, 16)
    return (b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">q", len(description))
            + description + b"data" + struct.pack(">q", 4 + len(data)) + struct.pack(">I", 0) + data)


def crc(data, width, polynomial):
    value = 0
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            top = value >> (width - 1)
            value = ((value << 1) & ((1 << width) - 1)) ^ (polynomial if top else 0)
    return value


def flac():
    """One frame of verbatim subframes (RFC 9639)."""
    info = (struct.pack(">HH", FRAMES, FRAMES) + b"\0" * 6
            + (RATE << 44 | (CHANNELS - 1) << 41 | (16 - 1) << 36 | FRAMES).to_bytes(8, "big")
            + b"\0" * 16)
    head = bytes([0xff, 0xf8, 0x7d, (CHANNELS - 1) << 4 | 4 << 1, 0])  # sizes of 16 bits follow
    head += struct.pack(">HH", FRAMES - 1, RATE)
    head += bytes([crc(head, 8, 0x07)])
    samples = whole(16)
    for c in range(CHANNELS):
        head += b"\x02" + struct.pack(f">{FRAMES}h", *samples[c::CHANNELS])
    frame = head + struct.pack(">H", crc(head, 16, 0x8005))
    return b"fLaC" + bytes([0x80]) + len(info).to_bytes(3, "big") + info + frame


def au(encoding, data, size=None, channels=CHANNELS, rate=RATE, text=b""):
    text += b"\0" * (8 - len(text) % 8)
    size = len(data) if size is None else size
    return b".snd" + struct.pack(">IIIII", 24 + len(text), size, encoding, rate, channels) + text + data


def described(channels=CHANNELS, **more):
    """The annotation with which Soleus sends signals through pipes."""
    description = {
        "soleus": 1, "rate": 1000.25, "start": "2026-11-22T23:15:00.5", "conditioned": True,
        "channels": [{"label": f"TA {side}", "unit": "uV", "type": "emg", "muscle": "tibialis anterior",
                      "minimum": -5000.0, "maximum": 5000.0, "description": ""}
                     for side in ("left", "right", "third")[:channels]],
        "annotations": [{"onset": 0.25, "duration": 0.1, "text": "fist"}], **more}
    return json.dumps(description, sort_keys=True, separators=(",", ":")).encode()


def good_audio():
    return {
        "good-audio-16.wav": wav(1, 16, pack(16, False)),
        "good-audio-float.wav": wav(3, 32, floats(False)),
        "good-audio-start.wav": wav(1, 16, pack(16, False), extra=chunk(
            b"bext", b"\0" * 320 + b"2026-11-22" + b"23:15:00" + b"\0" * 264)),
        "good-audio-cut.wav": wav(1, 16, pack(16, False))[:-602],
        "good-audio-24.aiff": aiff(),
        "good-audio-16.caf": caf(),
        "good-audio-16.flac": flac(),
        "good-audio-float.w64": w64(),
        "good-audio-16.rf64": rf64(),
        "good-au-16.au": au(3, pack(16, True)),
        "good-au-double.au": au(7, floats(True, 8), 0xffffffff),
        "good-au-soleus.au": au(6, floats(True), 0xffffffff, text=described()),
        "good-au-cut.au": au(6, floats(True), text=described())[:-601],
    }


def bad_audio():
    plain = wav(1, 16, pack(16, False))
    size = plain.index(b"data") + 4
    return {
        "bad-audio-truncated-header.wav": plain[:30],
        "bad-audio-no-size.wav": plain[:size] + b"\0\0\0\0" + plain[size + 4:],
        "bad-audio-no-channels.wav": plain[:22] + b"\0\0" + plain[24:],
        "bad-au-no-channels.au": au(6, floats(True), channels=0),
        "bad-au-channels-differ.au": au(6, floats(True), text=described(3)),
        "bad-au-negative-rate.au": au(6, floats(True), text=described(rate=-1000.0)),
        "bad-au-offset.au": au(6, b"")[:4] + b"\x7f\xff\xff\xff" + au(6, floats(True))[8:],
        "bad-au-truncated-header.au": au(6, b"")[:20],
    }


def unsupported_audio():
    return {
        "unsupported-audio.ogg": b"OggS" + bytes([0, 2]) + b"\0" * 20 + bytes([1, 30])
                                 + b"\x01vorbis" + b"\0" * 23,
        "unsupported-audio.mp3": b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + b"\0" * 400,
        "unsupported-audio-adpcm.wav":
            b"RIFF" + struct.pack("<I", 60 + 256) + b"WAVE"
            + chunk(b"fmt ", struct.pack("<HHIIHHHH", 0x11, 1, 8000, 4055, 256, 4, 2, 505))
            + chunk(b"fact", struct.pack("<I", 505)) + chunk(b"data", b"\0" * 256),
    }


if __name__ == "__main__":
    write_or_check(__doc__, good_text, bad_text, unsupported_text, good_audio, bad_audio,
                   unsupported_audio)
