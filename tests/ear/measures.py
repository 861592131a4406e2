"""What is measured of a piece before and after, with tools that the plug-in does not share.

Audio is float32 of shape (channels, samples) at RATE; levels and gains are in dB.
"""

import numpy as np
import pyloudnorm
from host import bands
from scipy import signal

import signals as s

RATE = 48000
# The tone is compared from here on: the EQ starts flat and moves with a time constant of 6 s.
SETTLED_S = 15
# Bands this far below the loudest hold no programme.
PROGRAMME_DB = 60
# The bands that count: the outermost belong to rumble and to the low-pass of coders.
COMPARED = slice(1, 23)
# Windows of the level over time, in seconds.
WINDOW_S = 0.5
# Windows this far below the loudest are pauses: the gain rests there and cannot be measured.
PAUSE_DB = 25


def lufs(x):
    return float(pyloudnorm.Meter(RATE).integrated_loudness(x.T.astype(np.float64)))


def true_peak_db(x):
    """In parts of 10 s, which overlap by more than the interpolator is long."""
    starts = range(0, x.shape[1], 10 * RATE)
    return max(s.true_peak_db(x[:, at : at + 10 * RATE + 512], factor=8) for at in starts)


def band_levels_db(x):
    """Long-term power of every critical band, both channels together."""
    tail = x[:, SETTLED_S * RATE :].astype(np.float64)
    frequencies, power = signal.welch(tail, RATE, nperseg=16384, scaling="density")
    power = power.sum(axis=0) * frequencies[1]
    inside = [(frequencies >= low) & (frequencies < high) for low, high in bands()]
    return np.array([10 * np.log10(max(power[i].sum(), 1e-20)) for i in inside])


def compared_bands(levels_db):
    """Which bands count for a programme: those that hold some, without the last one below a
    low-pass, which is half empty."""
    holds = levels_db > levels_db.max() - PROGRAMME_DB
    counts = holds & np.append(holds[1:], True)
    counts[: COMPARED.start] = False
    counts[COMPARED.stop :] = False
    return counts


def distance_db(levels_db, target_db, counts):
    """Root mean square over bands of the difference, its mean taken off."""
    difference = (levels_db - target_db)[counts]
    return float(np.sqrt(np.mean((difference - difference.mean()) ** 2)))


def level_db(x):
    """Level of every half second."""
    window = int(WINDOW_S * RATE)
    count = x.shape[1] // window
    parts = x[:, : count * window].astype(np.float64).reshape(x.shape[0], count, window)
    return 10 * np.log10(np.maximum(np.mean(parts**2, axis=(0, 2)), 1e-20))


def gain_db(before, after):
    """Gain of every half second; not a number in pauses."""
    old, new = level_db(before), level_db(after)
    return np.where(old > old.max() - PAUSE_DB, new - old, np.nan)


def movement_db_per_s(gain):
    """How fast a gain moves once it has found its place (10 s): 95th percentile, and fastest."""
    speed = np.abs(np.diff(gain[int(10 / WINDOW_S) :])) / WINDOW_S
    return float(np.nanpercentile(speed, 95)), float(np.nanmax(speed))
