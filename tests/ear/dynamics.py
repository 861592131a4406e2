"""What the compressor does to a piece by default: it alone, without makeup."""

import warnings

import measures as m
import numpy as np
import pyloudnorm
from host import Host
from tone import BEFORE, HELD, SETTLED_S
from versions import COMP_ONLY, held

# Windows of the reduction in seconds, and from how much on it is one.
WINDOW_S = 0.1
ACTIVE_DB = 0.5


def loudness_range(x):
    """EBU Tech 3342."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(pyloudnorm.Meter(m.RATE).loudness_range(x.T.astype(np.float64)))


def contrast_db(x):
    """How far the loudest twentieth of windows of 3 s lies above the softest."""
    levels = np.sort(m.window_levels_db(x, 3))
    twentieth = max(1, len(levels) // 20)
    return float(levels[-twentieth:].mean() - levels[:twentieth].mean())


def reduction(x, y):
    """Mean over what sounds, mean at the loudest tenth of seconds, and how much of the time there is any."""
    level = m.window_levels_db(x, WINDOW_S)
    taken = level - m.window_levels_db(y, WINDOW_S)
    sounds = level > level.max() - m.PAUSE_DB
    seconds = m.window_levels_db(x, 1)
    loud = seconds >= np.quantile(seconds, 0.9)
    return {
        "mean": float(taken[sounds].mean()),
        "loudest": float((seconds - m.window_levels_db(y, 1))[loud].mean()),
        "active": float((taken[sounds] > ACTIVE_DB).mean()),
    }


def compression(x, before):
    """Reduction, loudness range and contrast, held and of 0.1.0."""
    masters = {HELD: held(x, COMP_ONLY).render(x), BEFORE: Host(before, **COMP_ONLY).render(x)}
    start = SETTLED_S * m.RATE
    settled = x[:, start:]
    result = {"lra": loudness_range(settled), "contrast": contrast_db(settled)}
    for way, y in masters.items():
        y = y[:, start:]
        after = {"lra": loudness_range(y), "contrast": contrast_db(y)}
        result[way] = {**reduction(settled, y), **after}
    return result
