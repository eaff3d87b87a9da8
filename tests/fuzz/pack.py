#!/usr/bin/env python3
"""Packs the files of a recording of several into one input of its fuzz target.

Usage: pack.py OUT FILE...  (header first; a file that is absent counts as empty)

The names that a header gives its parts are replaced by those that the target gives them: the
header's stem becomes r."""
import os
import struct
import sys

out, files = sys.argv[1], sys.argv[2:]
stem = os.path.splitext(os.path.basename(files[0]))[0].encode()
parts = []
for name in files:
    data = b""
    if os.path.exists(name):
        with open(name, "rb") as file:
            data = file.read()
    parts.append(data)
parts[0] = parts[0].replace(stem, b"r")
with open(out, "wb") as file:
    file.write(b"".join(struct.pack("<I", len(part)) for part in parts[:-1]) + b"".join(parts))
