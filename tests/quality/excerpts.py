"""The excerpts of excerpts.csv: free recordings, and scores played by sampled instruments."""

import sys
from pathlib import Path

import numpy as np
from scoring import RATE, true_peak_db

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/ear"))

from fetch import fetch_piece, read_table  # noqa: E402
from pedalboard.io import AudioFile  # noqa: E402
from played import played  # noqa: E402

FOLDER = ROOT / "target/quality/excerpts"
TABLE = Path(__file__).with_name("excerpts.csv")
LENGTH_S = 15
# Every excerpt peaks at the ceiling, so that a drive of 6 dB asks for 6 dB.
PEAK_DBTP = -1.0
FADE_S = 0.02


def decode(path):
    """A file as stereo at RATE."""
    with AudioFile(str(path)).resampled_to(RATE) as file:
        x = file.read(file.frames)
    return x if x.shape[0] == 2 else np.repeat(x, 2, axis=0)


def recording(row):
    """Stems mixed, or files one after the other, or a score played."""
    if row["how"] == "score":
        # One soundfont for all of them.
        return played(row["id"], fetch_piece({**row, "id": "soundfont"}, FOLDER) / "00.sf3")
    parts = [decode(path) for path in sorted(fetch_piece(row, FOLDER).glob("[0-9][0-9].*"))]
    if row["how"] == "mix":
        length = min(part.shape[1] for part in parts)
        return sum(part[:, :length] for part in parts)
    return np.concatenate(parts, axis=1)


def cut(x, start_s):
    """LENGTH_S of it with short fades, at the common peak."""
    x = x[:, int(start_s * RATE) :][:, : LENGTH_S * RATE].astype(np.float64)
    ramp = np.linspace(0.0, 1.0, int(FADE_S * RATE))
    x[:, : ramp.size] *= ramp
    x[:, -ramp.size :] *= ramp[::-1]
    return (x * 10 ** ((PEAK_DBTP - true_peak_db(x)) / 20)).astype(np.float32)


def excerpt(row):
    """One row's excerpt, kept as an array."""
    kept = FOLDER / f"{row['id']}.npy"
    if not kept.exists():
        x = cut(recording(row), float(row["start_s"]))
        np.save(kept, x)
    return np.load(kept)


def rows():
    return read_table(TABLE)
