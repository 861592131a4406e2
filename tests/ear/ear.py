#!/usr/bin/env python3
"""Measures what the ear does to real music, beside version 0.1.0, and writes docs/EAR.md.

    cargo xtask bundle auralis --release && cargo build --release
    python3 -m venv target/ear/venv && target/ear/venv/bin/pip install -r tests/ear/requirements.txt
    target/ear/venv/bin/python tests/ear/ear.py

The music comes from packages of Debian and PyPI (pieces.csv, fetch.py) and stays under target/ear. 0.1.0 is built there
too, from the repository's history; `--before BUNDLE` takes a VST3 that is built already. The plug-ins run in
pedalboard, a JUCE host. `--page` writes the page from what was measured last. Takes half an hour; the exit status
and the last line tell whether real pieces are left alone and restored as far as is asked.
"""

import argparse
import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/hosts"))

import cases  # noqa: E402
import measures as m  # noqa: E402
from dynamics import compression  # noqa: E402
from fetch import fetch_all  # noqa: E402
from page import verdict, write_page  # noqa: E402
from pedalboard.io import AudioFile  # noqa: E402
from speech import movement  # noqa: E402
from tone import experiment, stability  # noqa: E402
from versions import BINARY, bundle_before  # noqa: E402

FOLDER = ROOT / "target/ear"
RESULTS = FOLDER / "results.json"
# Longest excerpt, from the start.
LONGEST_S = 90
# What is read, and how often it is played.
SPEECH, SPEECH_TIMES = "speech", 3


def decode(path):
    with AudioFile(str(path)).resampled_to(m.RATE) as file:
        x = file.read(min(file.frames, LONGEST_S * m.RATE))
    return x if x.shape[0] == 2 else np.repeat(x[:1], 2, axis=0)


def excerpt(piece):
    """The piece as one stereo signal: stems mixed, or files one after the other."""
    parts = [decode(path) for path in sorted((FOLDER / piece["id"]).glob("[0-9][0-9].*"))]
    if piece["how"] == "mix":
        length = min(part.shape[1] for part in parts)
        return sum(part[:, :length] for part in parts)
    return np.concatenate(parts, axis=1)[:, : LONGEST_S * m.RATE]


def examine(number, piece, before):
    """All measurements of a piece."""
    x = excerpt(piece)
    result = {**piece, "seconds": x.shape[1] / m.RATE}
    if piece["seen"] == SPEECH:
        return {**result, "movement": movement(np.tile(x, SPEECH_TIMES), before)}
    result |= experiment(x, number, before)
    return {**result, "stability": stability(x, before), "compression": compression(x, before)}


def examined(number, piece, before):
    """The same, kept beside the piece until the plug-in is another one: a run that was ended goes on."""
    kept = FOLDER / piece["id"] / "result.json"
    if not kept.exists() or kept.stat().st_mtime < BINARY.stat().st_mtime:
        kept.write_text(json.dumps(examine(number, piece, before)), encoding="utf-8")
    return json.loads(kept.read_text(encoding="utf-8"))


def measure(before):
    """Everything, kept in RESULTS."""
    pieces = fetch_all(ROOT / "tests/ear/pieces.csv", FOLDER)
    told = {"cases": cases.measured(), "pieces": []}
    # A host is not forked.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for result in pool.map(examined, range(len(pieces)), pieces, [before] * len(pieces)):
            told["pieces"].append(result)
            print(result["title"], flush=True)
    RESULTS.write_text(json.dumps(told), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description="What the ear does to real music.")
    parser.add_argument("--before", metavar="BUNDLE", help="the VST3 of version 0.1.0")
    parser.add_argument("--page", action="store_true", help="only write the page anew")
    options = parser.parse_args()
    if not options.page:
        measure(options.before or bundle_before())
    told = json.loads(RESULTS.read_text(encoding="utf-8"))
    write_page(told, ROOT / "docs")
    holds, line = verdict(told["pieces"])
    print(line)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
