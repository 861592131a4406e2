"""Faults of a balance: seeded smooth equalisers of 2 to 6 dB, as linear-phase filters.

A fault is a tilt, some bells, a shelf or all of these, scaled to a root mean square over the critical bands that is
drawn too. Nothing here knows what the plug-in believes faults to be.
"""

import numpy as np
from host import bands
from measures import RATE, rms_db
from scipy import signal

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


def size_db(curve):
    """Root mean square over the critical bands, level-free."""
    centres = [np.log2(0.5 * (low + high) / 1000) for low, high in bands()]
    return rms_db(np.interp(centres, OCTAVES, curve), np.ones(len(centres), bool))


def fault(seed):
    """(its kind, gains in dB at OCTAVES)."""
    rng = np.random.default_rng(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    curve = np.zeros_like(OCTAVES)
    for part in KINDS[kind]:
        one = part(rng)
        curve += rng.uniform(0.5, 1) * one / size_db(one)
    return kind, curve * rng.uniform(LEAST_DB, MOST_DB) / size_db(curve)


def disturbed(x, seed):
    """(the fault's kind, the audio with it)."""
    kind, curve = fault(seed)
    hz = np.fft.rfftfreq(TAPS + 1, 1 / RATE)
    gains_db = np.interp(np.log2(np.maximum(hz, 1) / 1000), OCTAVES, curve)
    # The filter's middle is its tap TAPS // 2.
    taps = np.roll(np.fft.irfft(10 ** (gains_db / 20)), TAPS // 2)[:TAPS] * signal.windows.hann(TAPS)
    y = signal.oaconvolve(x.astype(np.float64), taps[None, :], mode="same", axes=1)
    return kind, y.astype(np.float32)
