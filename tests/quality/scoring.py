"""What is scored of a master beside what went in: both of shape (2, samples) at RATE, aligned."""

import numpy as np
import pyloudnorm
import zimtohrli
from scipy import signal

RATE = 48000
METER = pyloudnorm.Meter(RATE)
OVERSAMPLING, COARSE = 16, 4
# Of a meter that is flat to 0.45 of the rate: 64 taps a side and phase.
SIDE = 64
TAPS = signal.firwin(2 * SIDE * OVERSAMPLING + 1, 1 / OVERSAMPLING, window=("kaiser", 10.0)) * OVERSAMPLING
# Per phase, the taps of the samples around one, in their order.
PHASES = np.pad(TAPS, (0, OVERSAMPLING - 1)).reshape(-1, OVERSAMPLING).T[:, ::-1].astype(np.float32)
# Fourfold interpolation reads at most this much too little, just below half the rate.
COARSE_READS_LESS_DB = 0.7
# An onset: this much more than the level of the time before it, and so far from the next.
ONSET_RISE_DB, ONSET_APART_S = 6.0, 0.12
MOST_ONSETS = 60


def db(value):
    return 20 * np.log10(np.maximum(value, 1e-20))


def loudness_lufs(x):
    return float(METER.integrated_loudness(x.T.astype(np.float64)))


def true_peak_db(x):
    """By 16-fold interpolation, where the same filter in fourfold steps comes close to the highest peak."""
    taps = TAPS[:: OVERSAMPLING // COARSE].astype(np.float32)
    padded = np.pad(x.astype(np.float32), ((0, 0), (SIDE + 1, SIDE + 1)))
    coarse = [np.abs(signal.upfirdn(taps, c, COARSE)) for c in padded]
    near = max(c.max() for c in coarse) * 10 ** (-COARSE_READS_LESS_DB / 20)
    return float(db(max(finest(c, np.flatnonzero(found > near)) for c, found in zip(padded, coarse))))


def finest(x, coarse_at):
    """Highest of all sixteen phases of the samples that coarse steps point at; 0 where none does."""
    if not coarse_at.size:
        return 0.0
    # A coarse step lies SIDE samples late; what it lies between is looked at from both sides.
    at = np.unique(np.concatenate([coarse_at // COARSE - SIDE + step for step in (-1, 0, 1)]))
    at = at[(at >= SIDE) & (at < x.size - SIDE)]
    around = np.lib.stride_tricks.sliding_window_view(x, 2 * SIDE + 1)[at - SIDE]
    return max(np.abs(around @ phase).max() for phase in PHASES)


def level_matched(x, y):
    """`y` as loud as `x`."""
    return y * 10 ** ((loudness_lufs(x) - loudness_lufs(y)) / 20)


def zimtohrli_mos(x, y):
    """Likeness of the sums of the channels: 5 is the same."""
    return float(zimtohrli.mos_from_signals(x.mean(axis=0), y.mean(axis=0)))


def envelope_db(x, seconds):
    """Level over windows of that length, every millisecond."""
    hop, length = RATE // 1000, int(seconds * RATE)
    power = np.concatenate([[0.0], np.cumsum(np.sum(x.astype(np.float64) ** 2, axis=0))])
    at = np.arange(0, x.shape[1] - length, hop)
    return 10 * np.log10(np.maximum((power[at + length] - power[at]) / length, 1e-12))


def onsets(x):
    """Samples where the level of 5 ms jumps above that of the 50 ms before, the strongest."""
    short, long = envelope_db(x, 0.005), envelope_db(x, 0.05)
    rise = short[50 : 50 + long.size] - long[: short.size - 50]
    rise[short[50 : 50 + long.size] < short.max() - 40] = 0.0
    found, heights = signal.find_peaks(rise, height=ONSET_RISE_DB, distance=int(1000 * ONSET_APART_S))
    strongest = found[np.argsort(heights["peak_heights"])[::-1][:MOST_ONSETS]]
    return (strongest + 50) * RATE // 1000


def crest_db(x, at):
    """Peak of the first 20 ms of an onset over the RMS of the quarter of a second around it."""
    hit = np.abs(x[:, max(0, at - RATE // 500) : at + RATE // 50]).max()
    around = x[:, max(0, at - RATE // 20) : at + RATE // 5]
    return float(db(hit) - db(np.sqrt(np.mean(around**2))))


def transient_loss_db(x, y):
    """How much less onsets stand out, on average; None without onsets."""
    losses = [crest_db(x, at) - crest_db(y, at) for at in onsets(x)]
    return float(np.mean(losses)) if losses else None


def scores(x, y, masked):
    """What is scored of every master, with the reference's masking (nmr.Masked)."""
    matched = level_matched(x, y)
    return {
        "lufs": loudness_lufs(y),
        "zimtohrli": zimtohrli_mos(x, matched),
        "nmr_db": masked.nmr_db(matched),
        "transient_loss_db": transient_loss_db(x, y),
    }
