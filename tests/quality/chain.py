"""The whole plug-in: its speed, its true peak and what loudness it lands on."""

import contenders
import numpy as np
from contenders import CEILING_DBTP, Contender, digest, plugin
from scoring import loudness_lufs, true_peak_db
from tones import speed_times

# Everything on, at its defaults.
WHOLE = {"eq_on": "On", "comp_on": "On", "loud_on": "On", "loud_target": -9}
MORE = {"tame_on": "On", "clip_amount": 2}


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
