"""Short scores, played by FluidSynth from a sampled orchestra: what has no free recording in a package.

A score is a list of (start in beats, length in beats, key, velocity) by (program, channel); channel 9 is percussion.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

RATE = 48000
PERCUSSION = 9
TICKS = 480
# Bach, Prelude in C major, BWV 846: the five notes of each of the first bars.
PRELUDE = [
    (60, 64, 67, 72, 76),
    (60, 62, 69, 74, 77),
    (59, 62, 67, 74, 77),
    (60, 64, 67, 72, 76),
    (60, 64, 69, 76, 81),
    (60, 62, 66, 69, 74),
    (59, 62, 67, 74, 79),
]
# After Chopin, Prelude in C minor, op. 28 no. 20: bass octave and chord of every beat.
CHORALE = [
    (36, (55, 60, 63, 67)), (41, (56, 60, 65, 68)), (43, (53, 59, 62, 67)), (36, (55, 60, 63, 67)),
    (44, (56, 60, 63, 68)), (37, (56, 61, 65, 68)), (39, (55, 61, 63, 67)), (44, (56, 60, 63, 68)),
    (43, (53, 59, 62, 65)), (36, (52, 58, 60, 64)), (41, (56, 60, 65, 68)), (36, (55, 60, 64, 67)),
    (38, (54, 60, 62, 66)), (43, (55, 59, 62, 67)), (38, (54, 57, 60, 62)), (43, (55, 59, 62, 67)),
]  # fmt: skip
# Fingers and thumb, in steps of a sixteenth above E: None rests.
BASS_LINE = [0, None, 0, 12, None, 10, None, 7, 0, None, 3, 4, None, 7, 10, None]


def harpsichord():
    notes = []
    for bar, chord in enumerate(PRELUDE):
        for step in range(16):
            key = chord[(0, 1, 2, 3, 4, 2, 3, 4)[step % 8]]
            held = 4 - step % 8 / 4 if step % 8 < 2 else 0.3
            notes.append((4 * bar + step / 4, min(held, 2.0), key, 100))
    return 100, {(6, 0): notes}


def piano():
    """Loud, then half as loud, an octave of bass under four voices."""
    notes = []
    for beat, (bass, chord) in enumerate(CHORALE):
        velocity = 112 if beat < 8 else 70
        keys = [bass, bass - 12, *chord]
        notes += [(beat, 0.95, key, velocity - 4 * (key == chord[1])) for key in keys]
    return 60, {(0, 0): notes}


def castanets():
    """Quavers, rolls and rests of one player, unevenly struck."""
    rng = np.random.default_rng(1)
    notes = []
    for beat in range(32):
        steps = {0: (0, 0.5), 1: (0, 0.25, 0.5, 0.75), 2: (0, 1 / 6, 1 / 3, 0.5), 3: (0,)}[beat % 4]
        for step in steps:
            notes.append((beat + step + rng.uniform(0, 0.01), 0.1, 85, int(rng.uniform(85, 127))))
    return 126, {(0, PERCUSSION): notes}


def bass():
    """A line of sixteenths, fingered in the first half and slapped in the second."""
    parts = {(33, 0): [], (36, 1): []}
    for bar in range(7):
        part = parts[(33, 0) if bar < 4 else (36, 1)]
        lowest = 33 if bar % 4 == 2 else 28
        for step, above in enumerate(BASS_LINE):
            if above is not None:
                part.append((4 * bar + step / 4, 0.24, lowest + above, 95 if step % 4 else 115))
    return 108, parts


def hip_hop():
    """A drum machine's kit, a synthesiser's bass and an electric piano at 88 to the minute."""
    drums, low, keys = [], [], []
    for bar in range(6):
        at = 4 * bar
        drums += [(at + step, 0.2, 36, 127) for step in (0, 0.75, 2.5, 2.75 if bar % 2 else 2.5)]
        drums += [(at + step, 0.2, 38, 122) for step in (1, 3)] + [(at + 3, 0.2, 39, 100)]
        drums += [(at + step / 2 + (0.06 if step % 2 else 0), 0.1, 42, 90 - 25 * (step % 2)) for step in range(8)]
        root = (33, 33, 29, 31)[bar % 4]
        low += [(at, 0.7, root, 120), (at + 0.75, 1.6, root, 110), (at + 2.5, 1.4, root + (0, 0, 7, 12)[bar % 4], 118)]
        keys += [(at + start, 1.7, root + 24 + step, 75) for start in (0, 2.5) for step in (0, 7, 10, 15)]
    return 88, {(25, PERCUSSION): drums, (38, 0): low, (4, 1): keys}


SCORES = {"harpsichord": harpsichord, "piano": piano, "castanets": castanets, "bass": bass, "hip-hop": hip_hop}


def variable_length(value):
    """A number as MIDI files hold it, seven bits a byte."""
    digits = [value & 127]
    while value := value >> 7:
        digits.insert(0, value & 127 | 128)
    return bytes(digits)


def midi(beats_per_minute, parts):
    """A MIDI file of one track."""
    events = [(0, 0, bytes([0xC0 | channel, program])) for program, channel in parts]
    for (_, channel), notes in parts.items():
        for start, length, key, velocity in notes:
            events.append((round(start * TICKS), 2, bytes([0x90 | channel, key, velocity])))
            events.append((round((start + length) * TICKS), 1, bytes([0x80 | channel, key, 0])))
    track = b"\0\xff\x51\x03" + round(60e6 / beats_per_minute).to_bytes(3, "big")
    now = 0
    for at, _, data in sorted(events):
        track += variable_length(at - now) + data
        now = at
    track += b"\0\xff\x2f\0"
    header = b"MThd" + (6).to_bytes(4, "big") + b"\0\0\0\1" + TICKS.to_bytes(2, "big")
    return header + b"MTrk" + len(track).to_bytes(4, "big") + track


def played(name, soundfont):
    """A score as stereo at RATE, by the program `fluidsynth`."""
    if not shutil.which("fluidsynth"):
        sys.exit(f"{name}: there is no fluidsynth (Debian's package of that name)")
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "score.mid", Path(folder) / "score.raw"
        source.write_bytes(midi(*SCORES[name]()))
        command = ["fluidsynth", "-niq", "-g", "0.5", "-r", str(RATE), "-T", "raw", "-O", "float"]
        subprocess.run([*command, "-F", result, soundfont, source], check=True, capture_output=True)
        return np.fromfile(result, "<f4").reshape(-1, 2).T
