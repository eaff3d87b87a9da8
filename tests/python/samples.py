"""What the makers of the files of samples/ share: the files are written, or compared with those that
are there.
"""

import pathlib
import sys


def write_or_check(usage, *makers, most=20000, by_chance=()):
    """Each maker returns a dict of contents (bytes, or a str for UTF-8) by file name.

    The command line is [--check] FOLDER; where it is not, `usage` is shown and the status is 1. With
    --check nothing is written, and the status is 1 when a file in FOLDER is absent or differs in a
    byte. No content may have `most` bytes or more, and no two makers may make the same file. Of the
    files named in `by_chance`, whose bytes differ from run to run, only the presence is checked.
    """
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    check = len(arguments) < len(sys.argv) - 1
    if len(arguments) != 1:
        sys.exit(usage)
    folder, files, wrong = pathlib.Path(arguments[0]), {}, []
    for maker in makers:
        made = maker()
        assert not files.keys() & made.keys(), files.keys() & made.keys()
        files.update(made)
    for name, content in sorted(files.items()):
        content = content.encode() if isinstance(content, str) else content
        assert len(content) < most, (name, len(content))
        path = folder / name
        if not check:
            path.write_bytes(content)
        elif not path.is_file() or (name not in by_chance and path.read_bytes() != content):
            wrong.append(name)
    if wrong:
        sys.exit("differ from what this script makes: " + ", ".join(wrong))
