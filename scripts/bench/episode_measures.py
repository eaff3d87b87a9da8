"""What `soleus episodes` measures of bursts, computed another time for scripts/fit-episodes.

The same as pipeline/signal/{cadence,plausibility,episode,episode_classify,phases}.c do with the
defaults of the options, but for three things that only bear on what is told of an episode: strays
stay at the ends of their group, the rhythm's limits (--rate-band, --regularity) turn no clonic
phase into a tonic one, and the change of phase is not settled by the beats beside it."""
import math
from dataclasses import dataclass

JOIN_GAP, JOIN_INTERVALS = 1.0, 2.5  # s; intervals
LONGEST_INTERVAL = 2.0  # s: 1 / the lowest rate
CHAIN = max(JOIN_GAP, 1.3 * LONGEST_INTERVAL)
SURE_ODDS, SURE_REACH = 2.0, 1.4
TONIC_MINIMUM, MYOCLONIC_MAXIMUM = 0.5, 0.25  # s
DIVIDE = math.sqrt(MYOCLONIC_MAXIMUM * TONIC_MINIMUM)
FEW, BRIEF, SPARSE, SCATTERED = 3, 0.3, 0.5, 0.3

REACH, ALONE, LEAST_GAP = 3, 3.0, 0.004
LONGEST_JERK, LONG_COST = 0.9, 10.0
CHANGE, WEIGHT = 16.0, 0.4
POTENTIAL = 0.03
BURSTS_MAX = 512


@dataclass
class Burst:
    """A row of `soleus episodes --bursts`: times in s, amplitudes in µV."""
    onset: float
    offset: float
    mean: float
    floor: float
    relaxation: float
    evidence: float
    noise_likeness: float
    slowness: float
    roughness: float

    @property
    def duration(self):
        return self.offset - self.onset


@dataclass
class Group:
    """Bursts that belong together, what they are, and how sure that is."""
    kind: str  # tonic, clonic, tonic-clonic or myoclonic
    bursts: list
    support: float = math.nan  # of fewer than FEW bursts: none

    @property
    def onset(self):
        return self.bursts[0].onset

    @property
    def offset(self):
        return self.bursts[-1].offset


def median(values):
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def mean(values):
    return sum(values) / len(values)


def deviation(values):
    """Of all values, not an estimate of a population's."""
    centre = mean(values)
    return math.sqrt(sum((value - centre) ** 2 for value in values) / len(values))


def clamp(value, low, high):
    return min(max(value, low), high)


def known(value, otherwise):
    return value if math.isfinite(value) else otherwise


def without_missed(intervals):
    """Intervals, those of two or three beats divided into beats."""
    centre, divided = median(intervals), []
    for interval in intervals:
        beats = math.floor(interval / centre + 0.5)
        missed = 2 <= beats <= 3 and abs(interval / centre - beats) < 0.25 * beats
        divided.append(interval / beats if missed else interval)
    return divided


def intervals_of(bursts):
    return [b.onset - a.onset for a, b in zip(bursts, bursts[1:])]


def own_energy(burst, least):
    floor = burst.floor ** 2
    return max(burst.mean ** 2 - floor, least * floor)


def relaxation(before, burst):
    left = burst.relaxation ** 2 - burst.floor ** 2
    of = 0.5 * (own_energy(burst, 1e-12) + own_energy(before, 1e-12))
    return clamp(left / of, 0, 2) if math.isfinite(left) else 0


def neighbours(bursts, i):
    """First and last of the chain about bursts[i]."""
    first = last = i
    while (first > 0 and i - first < REACH and
           bursts[first].onset - bursts[first - 1].offset < CHAIN):
        first -= 1
    while (last + 1 < len(bursts) and last - i < REACH and
           bursts[last + 1].onset - bursts[last].offset < CHAIN):
        last += 1
    return first, last


def cadence(bursts, i):
    """The measures of cadence_measures[] (pipeline/signal/cadence.c) of bursts[i]."""
    first, last = neighbours(bursts, i)
    chain = bursts[first:last + 1]
    durations = [burst.duration for burst in chain]
    interval, unevenness, variation = ALONE, 1, 1
    intervals = intervals_of(chain)
    if intervals:
        intervals = without_missed(intervals)
        interval = median(intervals)
    if len(intervals) >= 2:
        unevenness = median([abs(value - interval) for value in intervals]) / interval
        variation = deviation(intervals) / mean(intervals)
    relaxed = [relaxation(bursts[k - 1], bursts[k]) for k in (i, i + 1) if first < k <= last]
    before = bursts[i].onset - bursts[i - 1].offset if i > 0 else CHAIN
    after = bursts[i + 1].onset - bursts[i].offset if i + 1 < len(bursts) else CHAIN
    own, typical, several = bursts[i].duration, median(durations), len(chain) >= 2
    return [math.log(own), math.log(own / interval), math.log(typical / interval),
            math.log(unevenness + 0.03), math.log(variation + 0.03),
            deviation([math.log(value) for value in durations]) if several else 1.5,
            math.log((mean(relaxed) if relaxed else 0) + 0.02),
            sum(durations) / (chain[-1].offset - chain[0].onset),
            math.log(clamp(before, LEAST_GAP, CHAIN)), math.log(clamp(after, LEAST_GAP, CHAIN)),
            len(chain), math.log(interval), math.log(max(durations) / typical),
            deviation([math.log(own_energy(b, 1e-12)) for b in chain]) if several else 0]


def is_steady(burst):
    return 0.75 <= burst.noise_likeness <= 1.35 and burst.roughness <= 1.6


def plausibility(bursts):
    """The measures of plausibility_measures[] (pipeline/signal/plausibility.c) of a group."""
    durations = [burst.duration for burst in bursts]
    own = [own_energy(burst, 1e-3) / burst.floor ** 2 for burst in bursts]
    evidence = [burst.evidence for burst in bursts]
    filled, variation = sum(durations), 1
    intervals = intervals_of(bursts[:BURSTS_MAX + 1])
    if len(intervals) >= 2:
        intervals = without_missed(intervals)
        variation = deviation(intervals) / mean(intervals)

    def weighted(values):
        return sum(d * value for d, value in zip(durations, values)) / filled

    rough = [(b.duration, clamp(math.log(max(b.roughness, 1e-3)), -2.5, 2.5))
             for b in bursts if math.isfinite(b.roughness)]
    rough_time = sum(duration for duration, _ in rough)
    return [math.log(len(bursts)), math.log(sum(evidence) + 1), variation,
            deviation([math.log(value) for value in own]),
            deviation([math.log(value) for value in durations]),
            math.log(median(durations[:BURSTS_MAX])),
            filled / (bursts[-1].offset - bursts[0].onset),
            mean([duration < POTENTIAL for duration in durations]),
            weighted([clamp(known(b.noise_likeness, 0.5), -0.5, 2) for b in bursts]),
            math.log(weighted(own)), math.log(median(evidence[:BURSTS_MAX]) + 1),
            weighted([clamp(known(b.slowness, 0.8), 0, 4) for b in bursts]),
            sum(d * value for d, value in rough) / rough_time if rough else 0.7,
            weighted([is_steady(burst) for burst in bursts])]


def odds_of(burst, measures, weights):
    """Natural log of the odds that a burst is clonic."""
    odds = weights[-1] + sum(w * measure for w, measure in zip(weights, measures))
    return odds - LONG_COST * max(0, burst.duration - LONGEST_JERK)


def divide(bursts, measures, odds):
    """Ranges [first, end) of bursts that belong together."""
    ranges, first = [], 0
    for i in range(1, len(bursts)):
        limit, least = JOIN_GAP, min(odds[i - 1], odds[i])
        if least > 0:
            interval = min(math.exp(measures[i - 1][11]), math.exp(measures[i][11]),
                           LONGEST_INTERVAL)
            limit = max(limit,
                        JOIN_INTERVALS * (SURE_REACH if least > SURE_ODDS else 1) * interval)
        if bursts[i].onset - bursts[i - 1].offset > min(limit, CHAIN):
            ranges.append((first, i))
            first = i
    return ranges + [(first, len(bursts))]


def decode(votes):
    """The most likely states, 1 clonic."""
    tonic, clonic, came_from = -votes[0], votes[0], []
    for vote in votes[1:]:
        leave, enter = clonic - CHANGE > tonic, tonic - CHANGE > clonic
        tonic, clonic = ((clonic - CHANGE if leave else tonic) - vote,
                         (tonic - CHANGE if enter else clonic) + vote)
        came_from.append((int(leave), int(not enter)))
    states = [int(clonic > tonic)]
    for pair in reversed(came_from):
        states.append(pair[states[-1]])
    return states[::-1]


def phases(bursts, votes):
    """Kind and support of a group of FEW bursts or more."""
    states, kinds, first = decode(votes), set(), 0
    for end in range(1, len(states) + 1):
        if end == len(states) or states[end] != states[first]:
            if states[first] and end - first >= FEW:
                kinds.add("clonic")
            if not states[first] and bursts[end - 1].offset - bursts[first].onset >= TONIC_MINIMUM:
                kinds.add("tonic")
            first = end
    total = sum(votes)
    if len(kinds) < 2:
        return kinds.pop() if kinds else "clonic" if total > 0 else "tonic", abs(total)
    best, support, before = -1, 0, 0
    for vote in votes[:-1]:
        before += vote
        if abs(total - 2 * before) > best:
            best, support = abs(total - 2 * before), min(abs(before), abs(total - before))
    return "tonic-clonic", support


def judge(bursts, odds):
    """A group, or several where bursts without a rhythm turn out to be jerks, each of its own."""
    length, filled = bursts[-1].offset - bursts[0].onset, sum(burst.duration for burst in bursts)
    if len(bursts) < FEW or length < BRIEF:
        jerks = length < DIVIDE or (len(bursts) > 1 and filled < SPARSE * length)
        return [Group("myoclonic" if jerks else "tonic", bursts)]
    votes = [o * (1 + burst.duration / WEIGHT) for burst, o in zip(bursts, odds)]
    kind, support = phases(bursts, votes)
    if kind == "tonic" and filled < SCATTERED * length:
        return [group for burst, o in zip(bursts, odds) for group in judge([burst], [o])]
    return [Group(kind, bursts, support)]


def groups_of(bursts, measures, weights):
    """Groups of a channel's bursts (one or more, ascending), by their cadence measures."""
    odds = [odds_of(burst, own, weights) for burst, own in zip(bursts, measures)]
    return [group for first, end in divide(bursts, measures, odds)
            for group in judge(bursts[first:end], odds[first:end])]
