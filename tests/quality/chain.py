"""The whole plug-in: its speed, its true peak and what loudness it lands on; and how its compressor pumps."""

import contenders
import numpy as np
from contenders import CEILING_DBTP, Contender, digest, plugin
from scoring import loudness_lufs, true_peak_db
from tones import pumping_db, speed_times

# Everything on, at its defaults.
WHOLE = {"eq_on": "On", "comp_on": "On", "loud_on": "On", "loud_target": -9}
MORE = {"tame_on": "On", "clip_amount": 2}

COMPRESSOR = {"comp_on": "On", "lim_on": "Off", "comp_adapt": 0}
COMPRESSORS = {
    "peak detector": {"comp_detector": "Peak"},
    "RMS detector": {"comp_detector": "RMS"},
    "low band below 120 Hz": {"comp_low_split": 120},
}


def chains(bundle):
    """The chain, and with what is off by default where this bundle has it."""
    made = [Contender("chain", plugin(bundle, **WHOLE), digest(bundle))]
    more = {name: value for name, value in MORE.items() if contenders.knows(bundle, name)}
    if more:
        made.append(Contender(f"chain with {', '.join(more)}", plugin(bundle, **WHOLE, **more), digest(bundle)))
    return made


def chain(bundle, pieces):
    """{name: speed, most over the ceiling, loudness from and to}."""
    told = {}
    for contender in chains(bundle):
        masters = [contender.run(x, CEILING_DBTP)[0] for x in pieces.values()]
        levels = np.array([loudness_lufs(y) for y in masters])
        told[contender.name] = {
            "speed": speed_times(contender),
            "over_db": max(true_peak_db(y) for y in masters) - CEILING_DBTP,
            "lufs": f"{levels.mean():.1f} ({levels.min():.1f} to {levels.max():.1f})",
        }
    return told


def compressors(bundle):
    """{settings: how far a pad's gain moves under a kick at the ceiling, in dB}."""
    told = {"defaults": pumping_db(Contender("", plugin(bundle, **COMPRESSOR), ""), 0)}
    for name, settings in COMPRESSORS.items():
        if all(contenders.knows(bundle, parameter) for parameter in settings):
            told[name] = pumping_db(Contender("", plugin(bundle, **COMPRESSOR, **settings), ""), 0)
    return told
