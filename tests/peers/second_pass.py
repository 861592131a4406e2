"""How far the loudness gain moves in Learn when a song is played again, through the built VST3 in pedalboard.

    python second_pass.py target/bundled/Auralis.vst3 SONG.wav...

A song is played three times in one bounce, with a pause between, as a loop in a host would; nothing tells the
plug-in where it is. With all else off, the gain is what comes out over what went in, second by second. With
everything on, what the third time sounds louder or softer than the second, at the same second, is how far all
stages together still moved. Wants the environment of tests/hosts. Prints a table in Markdown; the last line counts.
"""

import statistics
import sys
from pathlib import Path

import numpy as np
from pedalboard.io import AudioFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "hosts"))

from host import Host  # noqa: E402

# A pause after which another song could begin.
PAUSE_S = 4
LONGEST_S = 300
GAIN_ALONE = dict(eq_on="Off", comp_on="Off", lim_on="Off")
# Softer seconds tell nothing of a gain.
SILENCE_DB = -70.0
ASKED_DB = 0.5


def read(path):
    with AudioFile(str(path)) as file:
        rate = int(file.samplerate)
        return file.read(min(file.frames, LONGEST_S * rate)), rate


def seconds(x, rate):
    """RMS level of every whole second, in dB."""
    whole = x[:, : x.shape[1] // rate * rate].astype(np.float64)
    power = np.mean(whole.reshape(x.shape[0], -1, rate) ** 2, axis=(0, 2))
    return 10 * np.log10(np.maximum(power, 1e-20))


def passes(bundle, x, rate, **settings):
    """Levels of every second of the song, played three times."""
    pause = np.zeros((x.shape[0], PAUSE_S * rate), dtype=np.float32)
    played = Host(bundle, **settings).render(np.concatenate([x, pause] * 3, axis=1), rate=rate)
    step = x.shape[1] + pause.shape[1]
    return [seconds(played[:, n * step : n * step + x.shape[1]], rate) for n in range(3)]


def travels(bundle, path):
    """(travel of the gain in the first pass, in the second, jump between them, what the third sounds off)"""
    x, rate = read(path)
    before = seconds(x, rate)
    heard = before > SILENCE_DB
    first, second, _ = ((level - before)[heard] for level in passes(bundle, x, rate, **GAIN_ALONE))
    _, again, third = passes(bundle, x, rate)
    moved = np.abs(third - again)[heard].max()
    return np.ptp(first), np.ptp(second), second[0] - first[-1], moved


def main(args):
    if len(args) < 2:
        print(__doc__)
        return 2
    print("| piece | gain moves in the first pass | in the second | between them | all stages, third to second |")
    print("|---|---|---|---|---|")
    moved = []
    for path in args[1:]:
        first, second, jump, all_stages = travels(args[0], path)
        moved.append(second)
        cells = [Path(path).stem, f"{first:.1f} dB", f"{second:.2f} dB", f"{jump:+.2f} dB", f"{all_stages:.2f} dB"]
        print("| " + " | ".join(cells) + " |", flush=True)
    within = sum(travel < ASKED_DB for travel in moved)
    print(f"\n{within} of {len(moved)} below {ASKED_DB} dB; median {statistics.median(moved):.2f} dB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
