"""Seeded signals, and the measurements of the host tests.

Levels are in dB; signals are float32 arrays of shape (channels, samples). Nothing here knows the
plug-in; test_signals.py holds the measurements against models whose answer is known.
"""

import numpy as np
from scipy import signal


def db(value):
    """20 log10 of a magnitude; -400 dB for nothing at all."""
    return 20.0 * np.log10(np.maximum(np.abs(value), 1e-20))


def from_db(level):
    return 10.0 ** (np.asarray(level) / 20.0)


def rms(x):
    return float(np.sqrt(np.mean(np.square(np.asarray(x, dtype=np.float64)))))


def stereo(mono):
    return np.stack([mono, mono]).astype(np.float32)


def sine(frequency, seconds, rate, level_db=0.0, phase=0.0):
    t = np.arange(int(round(seconds * rate))) / rate
    return from_db(level_db) * np.sin(2 * np.pi * frequency * t + phase)


def noise(seconds, rate, level_db=-20.0, seed=1, channels=2):
    """White Gaussian noise of that RMS, independent channels."""
    shape = (channels, int(round(seconds * rate)))
    return (from_db(level_db) * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def faded(x, rate, seconds=0.01):
    """With raised-cosine ends, so that transforms of the whole see no jump there."""
    n = int(seconds * rate)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)
    x = np.array(x, dtype=np.float32)
    x[..., :n] *= ramp
    x[..., -n:] *= ramp[::-1]
    return x


def music(seconds, rate, seed=7, peak_db=-6.0):
    """Something like music: chords, bass, kick, snare and hats at 120 bpm, an arrangement that
    grows and thins, different left and right."""
    rng = np.random.default_rng(seed)
    n = int(round(seconds * rate))
    t = np.arange(n) / rate
    beat, in_beat = np.divmod(t, 0.5)
    bar = (beat // 4).astype(int)
    roots = rng.choice([110.0, 98.0, 130.8, 87.3, 146.8], size=bar[-1] + 1)[bar]
    phase = 2 * np.pi * np.cumsum(roots) / rate
    chord = np.zeros((2, n))
    for harmonic, level in ((2, 1.0), (3, 0.8), (5, 0.5), (8, 0.3), (12, 0.15), (20, 0.08)):
        pan = rng.uniform(0.3, 0.7)
        tone = level * np.sin(harmonic * phase + rng.uniform(0, 6))
        chord += np.stack([pan * tone, (1 - pan) * tone])
    chord *= np.exp(-1.5 * (t % 1.0)) * 0.5
    bass = 0.5 * np.sin(phase / 2) * np.exp(-3.0 * in_beat)
    kick = 0.9 * np.sin(2 * np.pi * 50 * in_beat + 6 * np.exp(-40 * in_beat)) * np.exp(-12 * in_beat)
    hiss = rng.standard_normal((2, n)) * 0.3
    snare = hiss * np.exp(-18 * in_beat) * (beat % 2 == 1)
    hats = 0.3 * np.diff(hiss, axis=1, prepend=0) * np.exp(-40 * (t % 0.25))
    part = 0.55 + 0.45 * np.sin(2 * np.pi * t / 16.0 - 1.0)
    mix = part * (chord + snare + hats) + bass + kick * (t % 32 > 4)
    return (mix * from_db(peak_db) / np.max(np.abs(mix))).astype(np.float32)


def residual_db(got, expected):
    """Level of the difference relative to what is expected."""
    assert got.shape == expected.shape, f"shape: got {got.shape}, expected {expected.shape}"
    difference = got.astype(np.float64) - expected.astype(np.float64)
    return float(db(rms(difference) / max(rms(expected), 1e-20)))


def first_difference(got, expected):
    """Text that names the first sample that differs, or None if all are the same bit for bit."""
    if got.shape != expected.shape:
        return f"shape: got {got.shape}, expected {expected.shape}"
    differs = np.argwhere(got.view(np.uint32) != expected.view(np.uint32))
    if len(differs) == 0:
        return None
    index = tuple(int(i) for i in differs[0])
    return f"{len(differs)} samples differ, first at {index}: got {got[index]!r}, expected {expected[index]!r}"


def true_peak_db(x, factor=16):
    """Highest inter-sample peak by a Kaiser filter as a meter has, flat to 0.45 of the rate."""
    # 64 taps a side and phase, beta 10: ripple below 0.001 dB up to 0.45 of the rate.
    taps = signal.firwin(2 * 64 * factor + 1, 1.0 / factor, window=("kaiser", 10.0))
    padded = np.pad(np.atleast_2d(x).astype(np.float64), ((0, 0), (256, 256)))
    return float(db(max(np.max(np.abs(signal.resample_poly(c, factor, 1, window=taps))) for c in padded)))


def ideal_true_peak_db(x, factor=16):
    """The same by the ideal interpolation (zero-padded spectrum), right up to half the rate."""
    padded = np.pad(np.atleast_2d(x).astype(np.float64), ((0, 0), (256, 256)))
    return float(db(max(np.max(np.abs(signal.resample(c, len(c) * factor))) for c in padded)))


def gain_db_at(impulse_response, frequencies, rate):
    """Magnitude of the response at single frequencies."""
    n = np.arange(len(impulse_response))
    h = impulse_response.astype(np.float64)
    return np.array([db(np.dot(h, np.exp(-2j * np.pi * f / rate * n))) for f in frequencies])


def soft_knee_db(level, threshold, ratio, knee):
    """The static curve of Giannoulis, Massberg, Reiss (2012), equation 4: output level in dB."""
    level = np.asarray(level, dtype=np.float64)
    over = level - threshold
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = level + (1 / ratio - 1) * (over + knee / 2) ** 2 / (2 * knee)
    above = threshold + over / ratio
    return np.where(2 * over <= -knee, level, np.where(2 * over > knee, above, inside))


def crossing_ms(gain_db, start, share, rate):
    """Time from sample `start` until a gain trajectory (in dB) has gone `share` of the way from its
    value before `start` to its last value. The sample at `start` is already one step on the way."""
    begin, end = gain_db[start - 1], gain_db[-1]
    progress = (gain_db[start:] - begin) / (end - begin)
    index = int(np.argmax(progress >= share))
    before = progress[index - 1] if index else 0.0
    fraction = (share - before) / (progress[index] - before)
    return 1000.0 * (index + fraction) / rate
