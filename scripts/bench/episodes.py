"""Makes recordings with known episodes, has them analysed and scored: see scripts/bench-episodes."""
import argparse
import os
import sys

import episode_recordings as recordings
import episode_scores as scores
import episode_specifications as specifications
import episode_worst

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
QUICK = {"a": (12, 3), "b": (12, 3), "c": (4, 10)}  # recordings, minutes


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/bench-episodes", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Makes recordings with known episodes, finds these with 'soleus episodes', and "
        "scores what was\nfound with 'soleus score'. Prints a table (Markdown).",
        epilog="""Sets: (a) simulated muscle among artefacts; (b) real contractions on real rest, spliced into the
patterns of (a), from the recordings of --recordings; (c) nothing but artefacts.
Recordings with even seeds are to be fitted on (half 'fit'), those with odd ones report ('report').
SNR: RMS of the activity (of its bursts and tonic phases) over RMS of the resting baseline, 20-450 Hz.
DIR then holds pairs.tsv, each recording's specification, truth and episodes found, table.md and
table.tsv. What is there is not made or analysed again while specification, program and options
are the same.""")
    parser.add_argument("--work", metavar="DIR",
                        default=os.path.join(ROOT, "build", "bench-episodes"),
                        help="where everything is kept (build/bench-episodes)")
    parser.add_argument("--make", metavar="DIR",
                        help="only make the recordings, with truth and pairs.tsv, there")
    parser.add_argument("--set", choices=sorted(specifications.MAKERS), action="append",
                        dest="sets", help="which of the sets (all); may be given again")
    parser.add_argument("--half", choices=("fit", "report", "both"),
                        help="which half (report; --make: both)")
    parser.add_argument("--count", type=int, help="recordings a set, of both halves (300, 72, 48)")
    parser.add_argument("--minutes", type=float, help="length of a recording (10, 10, 60)")
    parser.add_argument("--seed", type=int, default=1000, help="of the first recording (1000)")
    parser.add_argument("--quick", action="store_true",
                        help="few and short recordings, to see that all works")
    parser.add_argument("--keep", action="store_true", help="do not remove analysed recordings")
    parser.add_argument("--worst", metavar="DIR",
                        help="list the worst errors there, worst.tsv, with figures")
    parser.add_argument("--worst-count", type=int, default=10, help="of each kind (10)")
    parser.add_argument("--recordings", metavar="DIR",
                        default=os.path.join(ROOT, "..", "shared", "recordings"),
                        help="real recordings for (b) (../shared/recordings)")
    parser.add_argument("--options", default="", metavar="TEXT",
                        help="more options for 'soleus episodes', in one word")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--soleus", help="take this program instead of building one")
    parser.add_argument("--scorer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.half = options.half or ("both" if options.make else "report")
    if not options.soleus:
        parser.error("--soleus PROGRAM is wanted")
    for name in ("count", "jobs", "worst_count", "minutes"):
        value = getattr(options, name)
        if value is not None and not value > 0:
            parser.error(f"--{name.replace('_', '-')}: give a number above 0")
    if options.seed % 2:
        parser.error("--seed: give an even number; seeds come in pairs")
    return options


def choose_sets(options):
    sets = options.sets or sorted(specifications.MAKERS)
    if "b" in sets and not os.path.isdir(options.recordings):
        if options.sets:
            raise recordings.Failure(f"{options.recordings}: is not there; name the folder of real "
                                     "recordings with --recordings")
        print(f"bench-episodes: {options.recordings} is not there: no set (b)", file=sys.stderr)
        sets.remove("b")
    return sets


def plan(options, folder):
    items = []
    tissue = os.path.realpath(options.recordings)
    for name in choose_sets(options):
        count, minutes = QUICK[name] if options.quick else (
            specifications.DEFAULT_COUNT[name], specifications.DEFAULT_MINUTES[name])
        items += [recordings.Item(name, options.seed + i, options.minutes or minutes, tissue,
                                  folder) for i in range(options.count or count)]
    return [item for item in items if options.half in ("both", item.row["half"])]


class Progress:
    """A line on a terminal."""

    def __init__(self, total):
        self.total, self.done = total, 0
        self.shown = sys.stderr.isatty()

    def step(self):
        self.done += 1
        if self.shown:
            end = "\n" if self.done == self.total else ""
            print(f"\r{self.done} of {self.total}", end=end, file=sys.stderr, flush=True)


def work(options):
    folder = options.make or options.work
    os.makedirs(folder, exist_ok=True)
    items = plan(options, folder)
    progress = Progress(len(items))
    version = recordings.version_of(options.soleus)

    def handle(item):
        if options.make:
            item.make(options.soleus)
        else:
            item.analyse(options.soleus, version, options.options.split(), options.keep)
        progress.step()

    recordings.each(options.jobs, handle, items)
    recordings.write_table(os.path.join(folder, "pairs.tsv"), recordings.COLUMNS,
                           [item.row for item in items])
    if options.make:
        return
    scorer = options.scorer or options.soleus
    halves = ("fit", "report") if options.half == "both" else (options.half,)
    text, errors = scores.report_all(scorer, items, halves, folder)
    print(text, end="")
    if options.worst:
        episode_worst.write_worst(options.soleus, errors, items, options.worst,
                                  options.worst_count, options.keep)


try:
    work(parse())
except recordings.Failure as failure:
    sys.exit(f"bench-episodes: {failure}")
