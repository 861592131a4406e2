"""Test signals through a contender: what it adds to tones, what it does to a pad, how fast it comes back.

Levels are told relative to the ceiling; the signals are the same in both channels.
"""

import numpy as np
from contenders import CEILING_DBTP
from scipy import signal
from scoring import RATE, db, true_peak_db

# Whole seconds at the end, where everything has settled, make whole periods of every tone here.
SETTLED_S = 4
SPEED_S = (2, 62)


def tone(hz, seconds, level_db):
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)


def run(contender, mono):
    """The left channel of what comes out, aligned."""
    return contender.aligned(np.stack([mono, mono]).astype(np.float32))[0][0]


def spectrum_db(y):
    """Of the settled end, 1/SETTLED_S Hz a bin, a sine of full scale at 0 dB."""
    y = y[-SETTLED_S * RATE :]
    return db(2 * np.abs(np.fft.rfft(y)) / y.size)


def intermodulation_db(contender):
    """Side bands of 3 kHz beside 60 Hz four times as high, the sum 6 dB over, relative to the 3 kHz."""
    x = 0.8 * tone(60, 8, 0) + 0.2 * tone(3000, 8, 0)
    levels = spectrum_db(run(contender, x * 10 ** ((CEILING_DBTP + 6) / 20)))
    sides = [levels[SETTLED_S * (3000 + 60 * k)] for k in range(-10, 11) if k]
    return float(10 * np.log10(np.sum(10 ** (np.array(sides) / 10))) - levels[SETTLED_S * 3000])


def bass_distortion_db(contender, over_db):
    """All that is not 50 Hz of a 50 Hz tone so far over, relative to it."""
    levels = spectrum_db(run(contender, tone(50, 8, CEILING_DBTP + over_db)))
    own = SETTLED_S * 50
    rest = np.delete(levels[1:], own - 1)
    return float(10 * np.log10(np.sum(10 ** (rest / 10))) - levels[own])


def pad_gain_db(x, y):
    """Gain over time of the pad at 1 kHz, every millisecond."""
    carrier = np.exp(-2j * np.pi * 1000 * np.arange(x.size) / RATE)
    low = signal.firwin(2401, 60, fs=RATE)
    before, after = (np.abs(signal.fftconvolve(c * carrier, low, mode="same"))[:: RATE // 1000] for c in (x, y))
    return db(after) - db(before)


def pumping_db(contender, over_db=6):
    """How far a soft pad's gain moves under a kick that is so far over, 120 a minute: between the 5th and 95th
    percentile."""
    pad = tone(1000, 10, -30)
    t = np.arange(pad.size) / RATE % 0.5
    kick = np.sin(2 * np.pi * 55 * t + 5 * (1 - np.exp(-40 * t))) * np.exp(-14 * t) * np.minimum(1, t / 0.002)
    x = pad + kick / np.abs(kick).max() * 10 ** ((CEILING_DBTP + over_db) / 20)
    gain = pad_gain_db(x, run(contender, x))[2000:-500]
    low, high = np.percentile(gain, [5, 95])
    return float(high - low)


def recovery_db(contender, over_db, seconds, after_s):
    """Gain of a soft tone so long after a burst of 5 kHz that was so far over and so long."""
    pad = tone(1000, 4, -30)
    x, at = pad.copy(), 2 * RATE
    burst = tone(5000, seconds, CEILING_DBTP + over_db)
    x[at : at + burst.size] += burst
    y = run(contender, x)
    moment = slice(at + burst.size + int((after_s - 0.005) * RATE), at + burst.size + int((after_s + 0.005) * RATE))
    return float(db(np.dot(y[moment], pad[moment]) / np.dot(pad[moment], pad[moment])))


def hostile():
    """Signals, some 10 dB over, whose peaks lie between their samples or come at once."""
    t = np.arange(4 * RATE) / RATE
    clicks = np.zeros(t.size)
    clicks[RATE // 2 :: RATE // 7] = 3.0
    return {
        "noise": np.random.default_rng(3).standard_normal(t.size) * 0.6,
        "square": 3.0 * np.sign(np.sin(2 * np.pi * 997 * t)),
        "a quarter of the rate": 3.0 * np.sin(2 * np.pi * RATE / 4 * t + np.pi / 4) * (t % 0.7 < 0.3),
        "clicks": clicks + 0.01 * np.sin(2 * np.pi * 100 * t),
    }


def hostile_over_db(contender):
    """(how far true peaks come out above the ceiling at most, how far samples do)."""
    masters = [run(contender, x)[None] for x in hostile().values()]
    true, sample = max(map(true_peak_db, masters)), float(db(max(np.abs(y).max() for y in masters)))
    return true - CEILING_DBTP, sample - CEILING_DBTP


def speed_times(contender):
    """Times real time, without what starting takes: a long piece less a short one, the best of three."""
    noise = np.random.default_rng(5).standard_normal((2, SPEED_S[1] * RATE)).astype(np.float32) * 0.3

    def seconds(length):
        return min(contender.run(noise[:, : length * RATE], CEILING_DBTP)[1] for _ in range(3))

    short, long = (seconds(length) for length in SPEED_S)
    return (SPEED_S[1] - SPEED_S[0]) / max(long - short, 1e-6)


def tones(contender):
    """All of it, but for the speed."""
    true_over_db, sample_over_db = hostile_over_db(contender)
    return {
        "intermodulation_db": intermodulation_db(contender),
        "bass_3_db": bass_distortion_db(contender, 3),
        "bass_6_db": bass_distortion_db(contender, 6),
        "pumping_db": pumping_db(contender),
        "click_db": recovery_db(contender, 7, 0.0002, 0.05),
        "burst_db": recovery_db(contender, 7, 1.0, 0.4),
        "true_over_db": true_over_db,
        "sample_over_db": sample_over_db,
    }
