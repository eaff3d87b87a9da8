#!/usr/bin/python3
"""Writes the EDF and BDF files of samples/, from the published layout alone.

usage: make_edf_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of signal s is the digital value ((i * (7 + 2 * s)) % 201) - 100 everywhere (24-bit files:
that times 1000), so that tests can compute what they must read.
"""

import struct

from samples import write_or_check


def digital(signal, index, factor=1):
    return ((index * (7 + 2 * signal)) % 201 - 100) * factor


class Signal:
    def __init__(self, label, samples, unit="uV", physical=("-3276.8", "3276.7"),
                 limits=("-32768", "32767"), transducer="", prefilter="", text=False):
        self.label, self.samples, self.unit = label, samples, unit
        self.physical, self.limits = physical, limits
        self.transducer, self.prefilter, self.text = transducer, prefilter, text


def annotations(samples, bdf=False, label=None):
    lowest, highest = ("-8388608", "8388607") if bdf else ("-32768", "32767")
    label = label or ("BDF Annotations" if bdf else "EDF Annotations")
    return Signal(label, samples, "", ("-1", "1"), (lowest, highest), text=True)


def field(value, size, padding=b" "):
    raw = value if isinstance(value, bytes) else str(value).encode("ascii")
    assert len(raw) <= size, (value, size)
    return raw + padding * (size - len(raw))


def header(signals, records, duration="1", reserved="", bdf=False, start=b"02.03.2421.15.30",
           recording="Startdate X X X X", count=None, size=None, padding=b" "):
    count = len(signals) if count is None else count
    size = 256 * (len(signals) + 1) if size is None else size
    pad = lambda value, width: field(value, width, padding)
    parts = [b"\xffBIOSEMI" if bdf else field("0", 8), field("X X X X", 80), field(recording, 80),
             start, field(size, 8), field(reserved, 44), pad(records, 8), pad(duration, 8),
             field(count, 4)]
    parts += [pad(s.label, 16) for s in signals]
    parts += [pad(s.transducer, 80) for s in signals]
    parts += [pad(s.unit, 8) for s in signals]
    parts += [pad(s.physical[0], 8) for s in signals]
    parts += [pad(s.physical[1], 8) for s in signals]
    parts += [pad(s.limits[0], 8) for s in signals]
    parts += [pad(s.limits[1], 8) for s in signals]
    parts += [pad(s.prefilter, 80) for s in signals]
    parts += [pad(s.samples, 8) for s in signals]
    parts += [field("", 32) for s in signals]
    return b"".join(parts)


def encode(value, bdf):
    return struct.pack("<i", value)[:3] if bdf else struct.pack("<h", value)


def record(signals, number, texts=(), bdf=False, factor=1):
    """One data record; texts are the contents of its annotation signals, in order."""
    width, parts, texts = 3 if bdf else 2, [], list(texts)
    for s, signal in enumerate(signals):
        if signal.text:
            text = texts.pop(0) if texts else b""
            assert len(text) <= width * signal.samples
            parts.append(text.ljust(width * signal.samples, b"\0"))
        else:
            parts += [encode(digital(s, number * signal.samples + i, factor), bdf)
                      for i in range(signal.samples)]
    return b"".join(parts)


def tal(onset, *texts, duration=None):
    head = onset.encode() + (b"\x15" + duration.encode() if duration else b"")
    return head + b"\x14" + b"".join(
        (t if isinstance(t, bytes) else t.encode()) + b"\x14" for t in texts) + b"\0"


def continuous(signals, records, **options):
    body = b"".join(record(signals, r) for r in range(records))
    return header(signals, options.pop("claimed", records), **options) + body


EMG = [Signal("EMG Soleus L", 100, transducer="AgAgCl electrodes", prefilter="HP:10Hz LP:500Hz"),
       Signal("EMG Soleus R", 100)]


def good():
    files = {}
    files["good-edf-plain.edf"] = continuous(EMG, 4)
    files["good-edf-mixed-rates.edf"] = continuous(
        [Signal("EMG Soleus", 200), Signal("ACC x", 30, "g", ("-8", "8")),
         Signal("EMG Tibialis", 100, "mV", ("-5", "5"), ("-2048", "2047"))], 3, duration="2")
    files["good-edf-count-minus-one.edf"] = continuous(EMG, 4, claimed=-1)
    files["good-edf-trailing-bytes.edf"] = continuous(EMG, 4) + b"trailing bytes"
    # Record 4 of 4 ends after all of signal 1 and 30 1/2 samples of signal 2.
    files["good-edf-truncated-record.edf"] = continuous(EMG, 4)[:-139]
    files["good-edf-latin1-unit.edf"] = continuous(
        [Signal("EMG Soleus", 100, b"\xb5V"), Signal("Pr\xfcfung".encode("latin-1"), 100, b"\xb0C")], 2)
    files["good-edf-decimal-comma.edf"] = continuous(
        [Signal("EMG", 100, "uV", ("-3276,8", "3276,7"))], 2, duration="0,5")
    files["good-edf-nul-padding.edf"] = continuous(EMG, 2, padding=b"\0")
    files["good-edf-inverted-range.edf"] = continuous(
        [Signal("EMG", 100, "uV", ("3276.8", "-3276.7"))], 2)
    # The count of records and the file's size tell that 768 is meant.
    files["good-edf-header-size.edf"] = continuous(EMG, 4, size=512)
    # The second signal has no calibration: only its own samples are lost.
    files["good-edf-one-unreadable-channel.edf"] = continuous(
        [Signal("EMG", 100), Signal("EMG broken", 100, "uV", ("-1", "1"), ("0", "0"))], 2)
    files["good-edf-no-scale.edf"] = continuous([Signal("EMG", 100, "uV", ("0", "0"))], 2)

    signals = EMG + [annotations(40), annotations(20)]
    texts = [
        [tal("+0.25", "") + tal("+0.75", "Contraction", "loud", duration="1.5"), tal("+3", b"Kr\xe4mpfe")],
        [tal("+1.25", "") + tal("-0.5", "before the start"), tal("+1.5", "Wadenkrämpfe")],
        [tal("+2.25", ""), b""],
    ]
    files["good-edf-annotations.edf"] = header(
        signals, 3, reserved="EDF+C", recording="Startdate 02-MAR-1924 X X X") + b"".join(
            record(signals, r, texts[r]) for r in range(3))

    signals = EMG + [annotations(20)]
    files["good-edf-recording-ends.edf"] = header(signals, 3, reserved="EDF+C") + b"".join(
        record(signals, r, [tal(f"+{r}", "") + (tal("+2.35", "Recording ends") if r == 2 else b"")])
        for r in range(3))

    # Records at 0, 1, 3.504 and 4.504 s: a gap of 150.4 samples, which is rounded to 150.
    signals = [EMG[0], annotations(12)]
    files["good-edf-plus-d-gap.edf"] = header(signals, 4, reserved="EDF+D") + b"".join(
        record(signals, r, [tal(onset, "")]) for r, onset in enumerate(
            ["+0", "+1", "+3.504", "+4.504"]))

    # As Soleus writes gaps: what a record lacks is told in it, and what lacks everything is left out.
    signals = EMG + [annotations(50)]
    texts = [(0, tal("+0.5", "No data: EMG Soleus R", duration="0.25")),
             (1, tal("+1.9", "No data", duration="0.1")),
             (4, tal("+4.2", "No data: EMG Soleus", duration="0.3") + tal("+4.5", "No data"))]
    files["good-edf-no-data.edf"] = header(
        signals, 3, reserved="EDF+D", recording="Startdate 02-MAR-2002 X X Soleus") + b"".join(
            record(signals, r, [tal(f"+{second}", "") + text])
            for r, (second, text) in enumerate(texts))

    fine = ("-8388608", "8388607")
    signals = [Signal("A1", 128, "uV", ("-262144", "262143"), fine, "Active Electrode"),
               Signal("Status", 128, "Boolean", ("-8388608", "8388607"), fine)]
    files["good-bdf-24bit.bdf"] = header(signals, 3, reserved="24BIT", bdf=True) + b"".join(
        record(signals, r, bdf=True, factor=1000) for r in range(3))
    # As some converters write it: BDF that calls itself EDF+.
    signals = [Signal("EMG", 128, "uV", ("-262144", "262143"), fine), annotations(20, True, "EDF Annotations")]
    files["good-bdf-named-edf.bdf"] = header(signals, 2, reserved="EDF+C", bdf=True) + b"".join(
        record(signals, r, [tal(f"+{r}", "") + tal(f"+{r}.5", f"mark {r}")], True, 1000)
        for r in range(2))
    signals[1] = annotations(20, True)
    files["good-bdf-plus-d-gap.bdf"] = header(signals, 2, reserved="BDF+D", bdf=True) + b"".join(
        record(signals, r, [tal(onset, "")], True, 1000) for r, onset in enumerate(["+0", "+2"]))
    return files


def bad():
    files = {}
    plain = continuous(EMG, 4)
    files["bad-edf-empty.edf"] = b""
    files["bad-edf-header-cut.edf"] = plain[:700]
    files["bad-edf-fixed-header-cut.edf"] = plain[:200]
    files["bad-edf-negative-signals.edf"] = continuous(EMG, 4, count=-2)
    files["bad-edf-zero-signals.edf"] = continuous(EMG, 4, count=0)
    files["bad-edf-more-signals-than-bytes.edf"] = continuous(EMG, 4, count=9999)
    # With no count of records either, nothing tells where the data begin.
    files["bad-edf-header-size.edf"] = continuous(EMG, 4, size=512, claimed=-1)
    files["bad-edf-no-records.edf"] = header(EMG, 0)
    files["bad-edf-zero-duration.edf"] = continuous(
        [Signal("EMG", 100), Signal("ACC", 10)], 2, duration="0")
    files["bad-edf-digital-min-equals-max.edf"] = continuous(
        [Signal("EMG", 100, limits=("0", "0"))], 2)
    files["bad-edf-physical-text.edf"] = continuous(
        [Signal("EMG", 100, physical=("low", "high"))], 2)
    body = record(EMG, 0)
    for name, samples in (("huge", 99999999), ("negative", -100), ("zero", 0)):
        signals = [Signal("EMG", samples), Signal("EMG", 100)]
        files[f"bad-edf-{name}-samples.edf"] = header(signals, 1) + body
    signals = [EMG[0], annotations(12)]
    for name, onsets in (("overlap", ["+0", "+1", "+1.5"]), ("back", ["+5", "+6", "+0"]),
                         ("far-gap", ["+0", "+1", "+99999999999"])):
        files[f"bad-edf-plus-d-{name}.edf"] = header(signals, 3, reserved="EDF+D") + b"".join(
            record(signals, r, [tal(onset, "")]) for r, onset in enumerate(onsets))
    return files


def unsupported():
    signals = [annotations(40)]
    return {"unsupported-edf-annotations-only.edf": header(
        signals, 1, duration="0", reserved="EDF+C") + record(
            signals, 0, [tal("+0", "") + tal("+12.5", "cramp", duration="180")])}


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported)
