"""Faults of a balance: smooth equalisers of 2 to 6 dB, as linear-phase filters.

Those of the 180 cases, and others that are drawn here by seed: a tilt, some bells, a shelf or all of these, scaled to a
root mean square over the critical bands that is drawn too. Nothing here knows what the plug-in believes faults to be.
"""

import csv
import functools

import numpy as np
from host import ROOT, bands
from measures import RATE, rms_db
from scipy import interpolate, signal

LEAST_DB, MOST_DB = 2.0, 6.0
# Where curves are drawn: octaves from 1 kHz, 20 Hz to 20 kHz.
OCTAVES = np.linspace(np.log2(0.02), np.log2(20), 2000)
# Long enough for what is smooth over 100 Hz.
TAPS = 8191


def tilt(rng):
    return rng.choice([-1, 1]) * OCTAVES


def bells(rng):
    """One to three, from 60 Hz to 12 kHz, a standard deviation of half an octave to two wide."""
    curve = np.zeros_like(OCTAVES)
    for _ in range(rng.integers(1, 4)):
        centre, width = rng.uniform(np.log2(0.06), np.log2(12)), rng.uniform(0.5, 2)
        curve += rng.normal() * np.exp(-0.5 * ((OCTAVES - centre) / width) ** 2)
    return curve


def shelf(rng):
    """Of the lows or the highs, from 100 Hz to 6 kHz, some two octaves from end to end."""
    corner, side = rng.uniform(np.log2(0.1), np.log2(6)), rng.choice([-1, 1])
    return rng.choice([-1, 1]) / (1 + np.exp(-2 * side * (OCTAVES - corner)))


KINDS = {"tilt": [tilt], "bells": [bells], "shelf": [shelf], "all": [tilt, bells, shelf]}


def centres():
    """The bands' centres in octaves from 1 kHz."""
    return [np.log2(0.5 * (low + high) / 1000) for low, high in bands()]


def size_db(curve):
    """Root mean square over the critical bands, level-free."""
    levels = np.interp(centres(), OCTAVES, curve)
    return rms_db(levels, np.ones(len(levels), bool))


@functools.cache
def cases():
    """The faults of the 180 cases in dB per band."""
    with open(ROOT / "crates/auralis-engine/tests/data/restore_cases.csv", newline="", encoding="utf-8") as file:
        return [[float(row[f"f{band}"]) for band in range(1, 26)] for row in csv.DictReader(file)]


def of_case(number):
    """A case's fault at OCTAVES, level beyond the outermost centres."""
    inner = np.clip(OCTAVES, centres()[0], centres()[-1])
    return interpolate.PchipInterpolator(centres(), cases()[number])(inner)


def drawn(seed):
    """(its kind, the fault at OCTAVES)."""
    rng = np.random.default_rng(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    curve = np.zeros_like(OCTAVES)
    for part in KINDS[kind]:
        one = part(rng)
        curve += rng.uniform(0.5, 1) * one / size_db(one)
    return kind, curve * rng.uniform(LEAST_DB, MOST_DB) / size_db(curve)


def disturbed(x, curve):
    """The audio with a fault."""
    hz = np.fft.rfftfreq(TAPS + 1, 1 / RATE)
    gains_db = np.interp(np.log2(np.maximum(hz, 1) / 1000), OCTAVES, curve)
    # The filter's middle is its tap TAPS // 2.
    taps = np.roll(np.fft.irfft(10 ** (gains_db / 20)), TAPS // 2)[:TAPS] * signal.windows.hann(TAPS)
    y = signal.oaconvolve(x.astype(np.float64), taps[None, :], mode="same", axes=1)
    return y.astype(np.float32)
