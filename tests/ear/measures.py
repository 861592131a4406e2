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


def gains_over_time_db(before, after):
    """Gain of every band in every window of half a second, of shape (windows, bands): the part of `after` that is
    coherent with `before`. Not a number where the band pauses."""
    size, per_window = 4096, int(WINDOW_S * RATE) // 2048
    hz, _, old = signal.stft(before[0].astype(np.float64), RATE, nperseg=size)
    _, _, new = signal.stft(after[0].astype(np.float64), RATE, nperseg=size)
    count = old.shape[1] // per_window

    def windows(values, inside):
        summed = values[inside, : count * per_window].sum(axis=0)
        return summed.reshape(count, per_window).sum(axis=1)

    power, cross = np.abs(old) ** 2, new * np.conj(old)
    gains = np.full((count, 25), np.nan)
    for band, inside in enumerate(bins(hz)):
        own, both = windows(power, inside), windows(cross, inside)
        sounds = own > max(own.max() * 10 ** (-PAUSE_DB / 10), 1e-20)
        gains[sounds, band] = 20 * np.log10(np.abs(both[sounds]) / own[sounds])
    return gains


def movement_db_per_s(gains):
    """How fast the fastest band moves, in every window after the first ten seconds: (95th percentile, fastest)."""
    speed = np.abs(np.diff(gains[int(10 / WINDOW_S) :], axis=0)) / WINDOW_S
    speed = speed[~np.all(np.isnan(speed), axis=1)]
    fastest = np.nanmax(speed, axis=1)
    return float(np.percentile(fastest, 95)), float(fastest.max())


def window_levels_db(x, seconds):
    """Level of every window, both channels together."""
    window = int(seconds * RATE)
    count = x.shape[1] // window
    parts = x[:, : count * window].astype(np.float64).reshape(x.shape[0], count, window)
    return 10 * np.log10(np.maximum(np.mean(parts**2, axis=(0, 2)), 1e-20))
