"""Specifications of the recordings that scripts/bench-episodes makes: what is drawn for each.

A specification follows from its set and its seed alone. The half follows from the seed's parity:
thresholds are fitted on recordings with even seeds and reported on those with odd ones. Seeds come
in pairs that share a band of signal-to-noise ratios, so that both halves hold the same of each."""
import random

import episode_tissue

# dB; RMS of the activity over RMS of the resting baseline, 20-450 Hz, one band a recording.
BANDS = {"2-6": (2, 6), "6-12": (6, 12), "12-30": (12, 30)}
RATES = (500, 1000, 1000, 1024, 1259.259, 2000, 2000, 2048, 4000)
CHANNELS = (1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 8)


class Specification:
    """Text of a specification, section by section."""

    def __init__(self):
        self.lines = []

    def add(self, section, **keys):
        self.lines.append(f"[{section}]")
        for key, value in keys.items():
            self.lines.append(f"{key} = {value if isinstance(value, str) else format(value, '.10g')}")
        self.lines.append("")

    def text(self):
        return "\n".join(self.lines)


def between(draw, low, high, digits=3):
    return round(low + (high - low) * draw.random(), digits)


def choose(draw, values):
    """As random.choice, whose algorithm is not promised to stay; random() is."""
    return values[int(draw.random() * len(values))]


def chance(draw, share):
    return draw.random() < share


def span(low, high):
    return f"{low:g}..{high:g}"


def half_of(seed):
    return "report" if seed % 2 else "fit"


def band_of(seed):
    return list(BANDS)[seed // 2 % len(BANDS)]


def some_channels(draw, channels):
    return "all" if channels == 1 else choose(draw, ("one", "some", "all"))


def add_hum(spec, draw, length, share):
    frequency, harmonics = choose(draw, (50, 60)), 1 + int(draw.random() * 8)
    if chance(draw, share):
        spec.add("mains", frequency=frequency, harmonics=harmonics, ratio=span(0.1, 1.5))
    if chance(draw, share):
        # It comes and goes: switched on and off, fundamental and harmonics alike.
        spec.add("mains", frequency=frequency, harmonics=harmonics,
                 harmonic=between(draw, 0.1, 0.8), ratio=span(0.3, 3), onset=span(0, 0.9 * length),
                 duration=span(2, 120), count=span(1, max(1, round(length / 150))))


def add_slow(spec, draw, channels, length, share):
    """Drift, motion and rubbing cables: below 20 Hz alone."""
    if chance(draw, share):
        spec.add("drift", ratio=span(2, 20), frequency=between(draw, 0.05, 0.5))
    for kind, keys in (("motion", {"low": 1, "high": 10}), ("rub", {"high": 15})):
        if chance(draw, share):
            spec.add(kind, channels=some_channels(draw, channels), ratio=span(5, 40),
                     duration=span(0.5, 8), count=span(1, max(1, round(length / 100))), **keys)


def add_points(spec, draw, channels, share):
    """Electrode pops, which decay within 0.1 s, and spikes of a few samples."""
    for kind, keys in (("pops", {"decay": 0.1}), ("spikes", {"width": "1..4"})):
        if chance(draw, share):
            where = "one" if channels == 1 else choose(draw, ("one", "all"))
            spec.add(kind, ratio=span(5, 60), rate=between(draw, 0.2, 3), where=where, **keys)


def add_artefacts(spec, draw, channels, length, share):
    add_hum(spec, draw, length, share)
    add_slow(spec, draw, channels, length, share)
    add_points(spec, draw, channels, share)
    if chance(draw, share):
        # R waves differ by 0.3 from channel to channel: 7 x the noise at the most.
        spec.add("ecg", channels="all" if chance(draw, 0.6) else "one", ratio=span(1, 5.4),
                 rate=between(draw, 50, 100, 1), variability=between(draw, 0.01, 0.08))
    if chance(draw, 0.6 * share):
        spec.add("floor", channels=some_channels(draw, channels), duration=60,
                 factor=span(1.6, 2.2), count=span(1, max(1, round(length / 400))))
    if chance(draw, 0.6 * share):
        spec.add("dropout", channels=some_channels(draw, channels), duration=span(0.05, 0.8),
                 mode=choose(draw, ("zero", "hold", "gap")), count=span(1, 3))


def begin(spec, draw, seed, length):
    """The recording and its channels; their number."""
    channels = choose(draw, CHANNELS)
    spec.add("recording", duration=length, rate=choose(draw, RATES), seed=seed,
             noise=between(draw, 1, 15), flicker=between(draw, 5, 30), limit=2000)
    if chance(draw, 0.3):
        spec.add("pool", velocity=between(draw, 3.5, 4.8), units=choose(draw, (60, 120, 200)))
    for channel in range(channels):
        spec.add(f"channel EMG {channel + 1}", depth=between(draw, 2, 8),
                 position=between(draw, 12, 30))
    return channels


def rhythms(draw):
    """Slow and fast clonic activity: a slow rhythm slows less, or it would cease to be one."""
    low, high = (0, 0) if chance(draw, 0.5) else (0.08, 0.2)
    same = {"floor": span(low, high) if high else 0, "jitter": span(0.03, 0.15),
            "duty": span(0.15, 0.6), "missed": span(0, 0.1), "order": "either", "shape": "any"}
    return ({"rate": span(0.8, 2), "slope": span(-0.8, 0), **same},
            {"rate": span(2, 10), "slope": span(-2, 0), **same})


def add_episodes(spec, draw, band, channels, length, tissue=False):
    """What happens: mostly some episodes at random; sometimes many in a row, a long one, or one
    that touches an end of the recording."""
    low, high = BANDS[band]
    theme = draw.random()
    dense, long, edge = theme < 0.12, 0.12 <= theme < 0.24, 0.24 <= theme < 0.30
    same = {"snr": span(low, high), "gap": 4}
    if not tissue:
        same["level"] = "0.4..0.8"  # excitation of the pool; tissue has none
    if long:
        spec.add("tonic", duration=span(0.2 * length, 0.66 * length), tremor_rate="5..11",
                 tremor_depth="0..0.5", rise="0.02..0.5", fall="0.05..1",
                 channels=some_channels(draw, channels), **same)
    if edge:
        onset = span(-20, -0.5) if chance(draw, 0.5) else span(length - 25, length - 3)
        spec.add(choose(draw, ("tonic", "clonic")), onset=onset, duration=26,
                 channels=some_channels(draw, channels), **same)
    classes = "tonic tonic clonic clonic tonic-clonic"
    if chance(draw, 0.4):
        classes += " myoclonic"
    share = length / 600
    most = 13 * share if dense else 3 * share if long else 7 * share
    lengths = {"tonic_duration": "1..15", "clonic_duration": "3..10",
               "tonic_clonic_duration": "6..20"} if dense else {}
    for rhythm in rhythms(draw):
        spec.add("random", classes=classes, episodes=span(max(1, round(most / 2)), max(1, round(most))),
                 channels=some_channels(draw, channels), tremor_rate="5..11", tremor_depth="0..0.5",
                 **lengths, **rhythm, **same)


def set_a(seed, minutes):
    """Simulated muscle among artefacts."""
    draw, spec = random.Random(f"a {seed}"), Specification()
    length = 60 * minutes
    # Tonic activity of up to 10 minutes needs a longer recording than 10 minutes.
    length *= 1.5 if chance(draw, 0.1) else 1
    channels = begin(spec, draw, seed, length)
    add_episodes(spec, draw, band_of(seed), channels, length)
    if chance(draw, 0.3):
        spec.add("fasciculations", channels=some_channels(draw, channels), ratio="3..12",
                 rate=between(draw, 1, 15))
    add_artefacts(spec, draw, channels, length, 0.4)
    return spec.text(), band_of(seed)


def device_of(seed):
    """Devices take turns, each with every band."""
    return episode_tissue.DEVICES[seed // (2 * len(BANDS)) % len(episode_tissue.DEVICES)]


def set_b(seed, minutes, folder):
    """Real contractions on real rest, in the patterns of set (a)."""
    draw, spec = random.Random(f"b {seed}"), Specification()
    length = 60 * minutes
    channels = choose(draw, (1, 1, 2))
    spec.add("recording", duration=length, seed=seed, channels=channels,
             noise=between(draw, 2, 10), limit=2000)
    add_episodes(spec, draw, band_of(seed), channels, length, tissue=True)
    for section, keys in device_of(seed).sections(half_of(seed), folder):
        spec.add(section, **keys)
    return spec.text(), band_of(seed)


def set_c(seed, minutes):
    """Nothing but artefacts."""
    draw, spec = random.Random(f"c {seed}"), Specification()
    length = 60 * minutes
    channels = begin(spec, draw, seed, length)
    add_artefacts(spec, draw, channels, length, 0.75)
    if channels > 1 and chance(draw, 0.3):
        spec.add("common", ratio="1..6", onset=span(0, 0.9 * length), duration="0.5..10",
                 count=span(1, max(1, round(length / 300))))
    return spec.text(), "n/a"


MAKERS = {"a": set_a, "b": set_b, "c": set_c}
DEFAULT_COUNT = {"a": 300, "b": 72, "c": 48}
DEFAULT_MINUTES = {"a": 10, "b": 10, "c": 60}
