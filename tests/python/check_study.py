"""The sample study's episodes against its truth: found, precise, class, onsets. Standard library only.

usage: check_study.py PROGRAM STUDY-FOLDER
"""
import csv
import pathlib
import subprocess
import sys

program, study = sys.argv[1], pathlib.Path(sys.argv[2])
# A voluntary contraction looks as a tonic episode does: EMG alone cannot tell them apart.
CLASSES = {"tonic": "tonic", "voluntary": "tonic", "clonic": "clonic",
           "tonic-clonic": "tonic-clonic", "myoclonic": "myoclonic"}


def rows(text):
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def span(row):
    onset = float(row["onset"])
    return onset, onset + float(row["duration"])


def overlap(a, b):
    """Intersection over union of two events."""
    (a0, a1), (b0, b1) = span(a), span(b)
    together = max(a1, b1) - min(a0, b0)
    return max(0.0, min(a1, b1) - max(a0, b0)) / together if together > 0 else 0.0


def match(truth, found):
    """Pairs of events of one channel with an overlap of a half or more, each used once."""
    pairs, used = [], set()
    for event in truth:
        scores = [(overlap(event, other), i) for i, other in enumerate(found)
                  if i not in used and other["channel"] == event["channel"]]
        best = max(scores, default=(0, None))
        if best[0] >= 0.5:
            used.add(best[1])
            pairs.append((event, found[best[1]]))
    return pairs


def main():
    total = detected = 0
    pairs = []
    recordings = sorted(study.glob("sub-*/ses-*/*_emg.edf"))
    for recording in recordings:
        truth = [row for row in rows(pathlib.Path(str(recording).replace("_emg.edf", "_events.tsv"))
                                     .read_text()) if row["trial_type"] in CLASSES]
        found = rows(subprocess.run([program, "episodes", str(recording)], capture_output=True,
                                    text=True, check=True).stdout)
        pairs += match(truth, found)
        total += len(truth)
        detected += len(found)
    right = sum(CLASSES[event["trial_type"]] == other["trial_type"] for event, other in pairs)
    onsets = sorted(abs(span(event)[0] - span(other)[0]) for event, other in pairs)
    print(f"{len(recordings)} recordings, {total} episodes, {detected} detected")
    print(f"found (IoU >= 0.5)  {len(pairs) / total:.3f}")
    print(f"precise             {len(pairs) / detected:.3f}")
    print(f"class right         {right / len(pairs):.3f}")
    print(f"onset error         median {1000 * onsets[len(onsets) // 2]:.0f} ms, "
          f"95 % {1000 * onsets[int(0.95 * len(onsets))]:.0f} ms")
    assert len(recordings) == 12
    assert len(pairs) / total >= 0.95 and len(pairs) / detected >= 0.9
    assert right / len(pairs) >= 0.95


main()
