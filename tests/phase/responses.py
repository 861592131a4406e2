"""Responses of the EQ to a click, and what they say of time."""

import numpy as np
from host import ALL_OFF, Host

RATE = 48000
PHASES = ("Linear", "Minimum", "Mixed")
# Bands, counted from 1: the bass, the middle, where the ear is most exact about time, the treble; and all, every
# other one the other way.
APART = "all, alternating"
BANDS = {"1": [1], "1 to 3": [1, 2, 3], "4 to 8": [4, 5, 6, 7, 8], "13": [13], "20": [20], APART: range(1, 26)}
CASES = [(name, gain) for name in BANDS for gain in (6, 12, -6, -12)][:-2]
BASS = ("1", "1 to 3")
# Milliseconds before the click.
WINDOWS = ((0, 5), (5, 10), (10, 20))
REGIONS = ((20, 300), (300, 1000), (1000, 4000), (4000, 16000))
# What group delay is heard, in Hz and ms: J. Blauert, P. Laws, "Group delay distortions in electroacoustical
# systems", J. Acoust. Soc. Am. 63(5) 1978. Nothing is known there below the first.
HEARD = ((500, 1000, 2000, 4000, 8000), (3.2, 2.0, 1.0, 1.5, 2.0))
# Single precision: what is below is none.
FLOOR_DB = -110
SIZE = 1 << 17


def response(bundle, phase, name, gain):
    """What comes of a click in the middle of a second, the latency taken off."""
    host = Host(bundle, **dict(ALL_OFF, eq_on="On", eq_amount=0, eq_phase=phase))
    for place, band in enumerate(BANDS[name]):
        host.set(**{f"eq_band_{band:02}": -gain if name == APART and place % 2 else gain})
    x = np.zeros((2, RATE), dtype=np.float32)
    x[:, RATE // 2] = 1.0
    return host.render(x, RATE)[0].astype(np.float64)


def before_db(y, window):
    """What comes so long before the click, of all that comes, in dB."""
    near, far = (RATE // 2 - ms * RATE // 1000 for ms in window)
    return max(10 * np.log10(np.sum(y[far:near] ** 2) / np.sum(y**2) + 1e-30), FLOOR_DB)


def spectrum(y):
    """Frequencies, gains in dB and group delay behind the click in ms."""
    n = np.arange(len(y)) - RATE // 2
    total, moment = np.fft.rfft(y, SIZE), np.fft.rfft(n * y, SIZE)
    return np.fft.rfftfreq(SIZE, 1 / RATE), 20 * np.log10(np.abs(total)), 1000 / RATE * (moment / total).real


def largest(hz, values, low, high):
    """The largest of a range and where it is."""
    inside = (hz >= low) & (hz < high)
    at = np.argmax(np.abs(values[inside]))
    return abs(values[inside][at]), hz[inside][at]


def measured(phases):
    """Of each phase: what comes before the click, its group delay, and how its gains differ from those of Linear."""
    _, expected, _ = spectrum(phases["Linear"])
    found = {}
    for phase, y in phases.items():
        hz, gains, delay = spectrum(y)
        heard_ms = np.interp(np.log(np.maximum(hz, 1)), np.log(HEARD[0]), HEARD[1])
        found[phase] = {
            "before": [before_db(y, window) for window in WINDOWS],
            "delay": [largest(hz, delay, *region) for region in REGIONS],
            "of_heard": largest(hz, delay / heard_ms, 500, 16000),
            "off": largest(hz, gains - expected, 20, 20000)[0],
        }
    return found
