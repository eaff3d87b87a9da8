"""Makes recordings with known episodes, analyses and scores them: see scripts/bench-episodes."""
import argparse
import os
import sys

import episode_recordings as recordings
import episode_specifications as specifications


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/bench-episodes",
        description="Makes recordings with known episodes.")
    parser.add_argument("--make", metavar="DIR", required=True,
                        help="make the recordings there, with their truth and pairs.tsv")
    parser.add_argument("--set", choices=sorted(specifications.MAKERS), action="append",
                        dest="sets", help="which (all); may repeat")
    parser.add_argument("--count", type=int, help="recordings a set (a 300, c 48)")
    parser.add_argument("--minutes", type=float, help="length of a recording (a 10, c 60)")
    parser.add_argument("--seed", type=int, default=1000, help="of the first recording (1000)")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--soleus", help=argparse.SUPPRESS)
    return parser.parse_args()


def plan_all(options):
    planned = []
    for name in options.sets or sorted(specifications.MAKERS):
        count = options.count or specifications.DEFAULT_COUNT[name]
        minutes = options.minutes or specifications.DEFAULT_MINUTES[name]
        planned += [recordings.plan(name, options.seed + i, minutes) for i in range(count)]
    return planned


def main():
    options = parse()
    planned = plan_all(options)
    os.makedirs(options.make, exist_ok=True)
    recordings.each(options.jobs, recordings.make,
                    [(options.soleus, options.make, row, text) for row, text in planned])
    recordings.write_pairs(options.make, [row for row, _ in planned])


try:
    main()
except recordings.Failure as failure:
    sys.exit(f"bench-episodes: {failure}")
