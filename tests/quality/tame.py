"""What tame does to a resonance and to clean music, and what the clipper folds down: the plug-in alone.

Where a bundle has no such parameter, nothing is measured.
"""

import sys

import numpy as np
from contenders import RATE
from excerpts import ROOT
from scipy import signal

sys.path.append(str(ROOT / "tests/hosts"))

from host import ALL_OFF, Host, bands  # noqa: E402

# The resonance: a bell of +12 dB and Q 20 that is switched in at these times, for so long.
GAIN_DB, Q = 12.0, 20.0
STARTS_S, LASTS_S = (2.0, 8.0), 4.5
FREQUENCIES_HZ = (1000.0, 1700.0, 3000.0, 6000.0)
# As it comes, and turned up until it should take most of it.
WAYS = {"defaults": {}, "depth 100, speed 4 ms": {"tame_depth": 100, "tame_speed": 4}}
# Time over which a cut is read, from 50 ms on and once it has settled.
EARLY_S, LATE_S = (0.05, 0.25), (2.5, 4.5)
# Music that far below its loudest band is none.
PROGRAMME_DB = 50


def bell(x, hz):
    """The resonance by Bristow-Johnson's cookbook, switched in and out at once."""
    a, turn = 10 ** (GAIN_DB / 40), 2 * np.pi * hz / RATE
    alpha = np.sin(turn) / (2 * Q)
    b = [1 + alpha * a, -2 * np.cos(turn), 1 - alpha * a]
    rung = signal.lfilter(b, [1 + alpha / a, -2 * np.cos(turn), 1 - alpha / a], x)
    since = np.arange(x.shape[1]) / RATE - np.array(STARTS_S)[:, None]
    return np.where(np.any((since >= 0) & (since < LASTS_S), axis=0), rung, x).astype(np.float32)


def pink():
    """Noise of equal power in every octave, 20 dB below full scale."""
    size = 14 * RATE
    spectrum = np.fft.rfft(np.random.default_rng(4).standard_normal(size))
    x = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), size * 20 / RATE)), size)
    return np.stack([x, x]).astype(np.float32) * np.float32(0.1 / x.std())


def only_tame(bundle, **settings):
    return Host(bundle, **ALL_OFF, tame_on="On", **settings)


def level_db(x, span_s, low_hz, high_hz):
    """Level between two frequencies, in a span after every start together."""
    power = 0.0
    for start_s in STARTS_S:
        part = x[:, int((start_s + span_s[0]) * RATE) : int((start_s + span_s[1]) * RATE)]
        hz = np.fft.rfftfreq(part.shape[1], 1 / RATE)
        inside = (hz >= low_hz) & (hz < high_hz)
        power += np.sum(np.abs(np.fft.rfft(part * np.hanning(part.shape[1]))[:, inside]) ** 2)
    return 10 * np.log10(max(power, 1e-20))


def cut_db(before, after, hz, span_s):
    """Gain of what lies within the resonance's own width."""
    around = hz / Q / 2
    edges = hz - around, hz + around
    return level_db(after, span_s, *edges) - level_db(before, span_s, *edges)


def band_gains_db(before, after, span_s):
    """Gain of every critical band that holds music, by its edges in Hz."""
    levels = {edges: level_db(before, span_s, *edges) for edges in bands()}
    loudest = max(levels.values())
    return {
        edges: level_db(after, span_s, *edges) - level
        for edges, level in levels.items()
        if level > loudest - PROGRAMME_DB
    }


def resonance(bundle, x, hz, settings):
    """What happens to one resonance; the rest is compared to what tame does to the music without it."""
    rung = bell(x, hz)
    tamed = only_tame(bundle, **settings).render(rung, RATE)
    clean = only_tame(bundle, **settings).render(x, RATE)
    with_it, without = (band_gains_db(a, b, LATE_S) for a, b in ((rung, tamed), (x, clean)))
    away = [edges for edges in with_it if edges in without and not edges[0] / 1.26 < hz < edges[1] * 1.26]
    moved = [abs(with_it[edges] - without[edges]) for edges in away]
    return {
        "hz": hz,
        "early_db": cut_db(rung, tamed, hz, EARLY_S),
        "late_db": cut_db(rung, tamed, hz, LATE_S),
        "rest_db": max(moved, default=0.0),
    }


def clean_rms_db(bundle, x):
    """Of a piece as it is at default depth: gains of short windows and bands, root mean square."""
    y = only_tame(bundle).render(x, RATE)
    size = 4096
    spectra = [np.abs(signal.stft(c[0], RATE, nperseg=size)[2]) ** 2 for c in (x, y)]
    hz = np.fft.rfftfreq(size, 1 / RATE)
    gains = []
    for low, high in bands():
        before, after = (power[(hz >= low) & (hz < high)].sum(axis=0) for power in spectra)
        heard = before > max(before.max(), spectra[0].sum(axis=0).max() * 1e-5) * 1e-4
        gains.append(10 * np.log10(after[heard] / before[heard]))
    return float(np.sqrt(np.mean(np.concatenate(gains) ** 2)))


def tame(bundle, pieces):
    """All of it on each of these excerpts, by id; None where there is no tame."""
    if "tame_on" not in Host(bundle).parameters:
        return None
    told = {}
    for name, x in {"pink noise": pink(), **pieces}.items():
        told[name] = {way: [resonance(bundle, x, hz, s) for hz in FREQUENCIES_HZ] for way, s in WAYS.items()}
        told[name]["clean_rms_db"] = clean_rms_db(bundle, x)
    return told


def clipped_alias_db(bundle):
    """The strongest line that is no harmonic of a tone of 5 kHz, 6 dB into the clipper, relative to the tone: (of the
    plug-in, of plain clipping); None without a clipper."""
    host = Host(bundle)
    if "clip_amount" not in host.parameters:
        return None
    host.set(**{**ALL_OFF, "lim_on": "On", "clip_amount": 6, "lim_ceiling": -1})
    x = 10 ** (5 / 20) * np.sin(2 * np.pi * 5000 * np.arange(4 * RATE) / RATE)
    y = host.render(np.stack([x, x]), RATE)[0, 2 * RATE : 3 * RATE]
    return worst_alias_db(y), worst_alias_db(np.clip(x, -(10 ** (-1 / 20)), 10 ** (-1 / 20))[:RATE])


def worst_alias_db(y):
    """A second of it, a bin a Hz; 5 and 15 kHz are the tone and its only harmonic below half the rate."""
    levels = np.abs(np.fft.rfft(y * signal.windows.blackmanharris(y.size, sym=False)))
    rest = levels.copy()
    for hz in (0, 5000, 15000):
        rest[max(0, hz - 8) : hz + 9] = 0
    return float(20 * np.log10(rest.max() / levels[5000]))
