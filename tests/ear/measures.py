"""What is measured of audio before and after, with tools that the plug-in does not share.

Audio is float32 of shape (channels, samples) at RATE; levels and gains are in dB, per critical band where there are 25.
"""

import numpy as np
from host import bands
from scipy import signal

RATE = 48000
# Bands this far below the loudest hold no programme: nothing is known there, and nothing done.
PROGRAMME_DB = 60
# The level of a spectrum is the mean of these bands.
LEVEL_BANDS = np.isin(np.arange(25), np.arange(1, 23))
# Windows of movement, in seconds.
WINDOW_S = 0.5
# Windows this far below the loudest are pauses, where a gain cannot be measured.
PAUSE_DB = 40
# The same of a band, where movement is measured.
BAND_PAUSE_DB = 25


def band_levels_db(x):
    """Long-term power of every critical band, both channels together."""
    frequencies, power = signal.welch(x.astype(np.float64), RATE, nperseg=16384, scaling="density")
    power = power.sum(axis=0) * frequencies[1]
    return 10 * np.log10([max(power[inside].sum(), 1e-20) for inside in bins(frequencies)])


def bins(frequencies):
    """Which frequencies lie in each band."""
    return [(frequencies >= low) & (frequencies < high) for low, high in bands()]


def programme(levels_db):
    """Which bands hold programme; the last one below a low-pass, which is half empty, does not count."""
    holds = levels_db > levels_db.max() - PROGRAMME_DB
    return holds & np.append(holds[1:], True)


def level_free(bands_db, counts):
    """Without the mean of the bands that tell the level."""
    return bands_db - bands_db[counts & LEVEL_BANDS].mean()


def rms_db(bands_db, counts):
    """Root mean square over the bands that count, level-free."""
    return float(np.sqrt(np.mean(level_free(bands_db, counts)[counts] ** 2)))


def response_db(process):
    """Gains at the centres of the bands of something that stands still, by its answer to an impulse."""
    impulse = np.zeros((2, 1 << 15), dtype=np.float32)
    impulse[:, 1 << 14] = 0.5
    answer = np.fft.rfft(process(impulse)[0].astype(np.float64) / 0.5)
    hz = np.fft.rfftfreq(1 << 15, 1 / RATE)
    centres = [0.5 * (low + high) for low, high in bands()]
    return 20 * np.log10(np.maximum(np.interp(centres, hz, np.abs(answer)), 1e-10))


def movement_db_per_s(before, after):
    """How fast the gain of the fastest band moves: (95th percentile of the windows, fastest).

    Frequency by frequency, from the part of `after` that is coherent with `before` in windows of half a second, so that
    a filter that stands still does not move with what sounds through it.
    """
    size, hop = 4096, 2048
    hz, _, old = signal.stft(before[0].astype(np.float64), RATE, nperseg=size, noverlap=size - hop)
    _, _, new = signal.stft(after[0].astype(np.float64), RATE, nperseg=size, noverlap=size - hop)
    per_window = round(WINDOW_S * RATE / hop)
    count = old.shape[1] // per_window

    def windows(values):
        return values[:, : count * per_window].reshape(len(hz), count, per_window).sum(axis=2)

    power, cross = windows(np.abs(old) ** 2), np.abs(windows(new * np.conj(old)))
    gains = 20 * np.log10(np.maximum(cross, 1e-20) / np.maximum(power, 1e-20))
    both = np.minimum(power[:, 1:], power[:, :-1])
    steps = np.diff(gains, axis=1)
    speeds = np.full((25, both.shape[1]), np.nan)
    for band, inside in enumerate(bins(hz)):
        weights = both[inside].sum(axis=0)
        sounds = weights > max(weights.max() * 10 ** (-BAND_PAUSE_DB / 10), 1e-15)
        step = (both[inside] * steps[inside]).sum(axis=0) / np.maximum(weights, 1e-20)
        speeds[band, sounds] = np.abs(step[sounds]) * RATE / (per_window * hop)
    fastest = np.nanmax(speeds[:, ~np.all(np.isnan(speeds), axis=0)], axis=0)
    return float(np.percentile(fastest, 95)), float(fastest.max())


def window_levels_db(x, seconds):
    """Level of every window, both channels together."""
    window = int(seconds * RATE)
    count = x.shape[1] // window
    parts = x[:, : count * window].astype(np.float64).reshape(x.shape[0], count, window)
    return 10 * np.log10(np.maximum(np.mean(parts**2, axis=(0, 2)), 1e-20))
