#!/usr/bin/env python3
"""Loudness against quality: Auralis and its peers on twelve excerpts. Writes docs/QUALITY.md.

    apt-get install lsp-plugins-lv2 x42-plugins calf-plugins ffmpeg fluidsynth
    cargo xtask bundle auralis --release
    python3 -m venv target/quality/venv && target/quality/venv/bin/pip install -r tests/quality/requirements.txt
    target/quality/venv/bin/python tests/quality/quality.py

The excerpts come from packages of Debian and PyPI (excerpts.csv) and stay under target/quality; what was scored is kept
there too, so that only a new bundle is measured again: `--bundle X.vst3` takes another than target/bundled/Auralis.vst3,
`--only Auralis` leaves the peers out, `--excerpts rock metal` takes some. These three write no page.
"""

import argparse
import sys
from pathlib import Path

import contenders
import excerpts
import frontier
from tables import by_drive

ROOT = excerpts.ROOT


def present(bundle, before, words):
    """Names of the contenders that run here and whose name holds one of the words."""
    there = []
    for name, contender in frontier.everyone(bundle, before).items():
        if words and not any(word.lower() in name.lower() for word in words):
            continue
        if contender.there():
            there.append(name)
        else:
            print(f"{name} is not on this machine", flush=True)
    return there


def main():
    parser = argparse.ArgumentParser(description="Loudness against quality.")
    parser.add_argument("--bundle", default=ROOT / "target/bundled/Auralis.vst3", help="the VST3 that is measured")
    parser.add_argument("--before", metavar="BUNDLE", help="the VST3 of version 0.1.0")
    parser.add_argument("--only", nargs="*", help="contenders whose name holds one of these words")
    parser.add_argument("--excerpts", nargs="*", help="ids of excerpts")
    options = parser.parse_args()
    rows = [row for row in excerpts.rows() if not options.excerpts or row["id"] in options.excerpts]
    for row in rows:
        excerpts.excerpt(row)
    names = present(options.bundle, options.before, options.only)
    found = frontier.curves(names, rows, str(options.bundle), options.before)
    print(by_drive(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
