"""Whether ours is at the frontier, excerpt by excerpt."""

import numpy as np
from contenders import OURS
from frontier import ALWAYS_DB

# Interpolating between drives is no better than this.
INTERPOLATION_LU = 0.05
# A peer this much louder at the same drive is louder; differences of quality that are none.
LOUDER_LU = 0.3
SAME_ZIMTOHRLI, SAME_NMR_DB = 0.005, 0.1
# What a likeness of 5 counts as, where distances are told apart by their logarithm.
LEAST_DISTANCE = 1e-4


def at_drive(points, drive_db):
    return next(point for point in points if point["drive_db"] == drive_db)


def distance(point):
    """Distance of Zimtohrli, logarithmic: less is better."""
    return float(np.log10(max(5 - point["zimtohrli"], LEAST_DISTANCE)))


def noise(point):
    return point["nmr_db"]


def loudness_at(points, badness, worst):
    """How loud these masters are when they are that bad: between drives by a line, the loudest beyond them."""
    bad = np.maximum.accumulate([badness(point) for point in points])
    loud = np.maximum.accumulate([point["lufs"] for point in points])
    return float(np.interp(worst, bad, loud))


def interpolated(points, lufs):
    """Drive, likeness and noise where they reach that loudness; None where they do not."""
    levels = np.maximum.accumulate([point["lufs"] for point in points])
    if not levels[0] <= lufs <= levels[-1]:
        return None
    told = {key: float(np.interp(lufs, levels, [p[key] for p in points])) for key in ("drive_db", "nmr_db")}
    return {**told, "zimtohrli": 5 - 10 ** float(np.interp(lufs, levels, [distance(p) for p in points]))}


def lost_lu(ours, point):
    """How much louder a peer's master is than ours of the same likeness, and of the same noise-to-mask ratio:
    the worse of both."""
    return max(point["lufs"] - loudness_at(ours, badness, badness(point)) for badness in (distance, noise))


def lost(curves):
    """(most that is lost to any peer, to whom) at the drives compared."""
    ours = curves[OURS]
    peers = {name: points for name, points in curves.items() if not name.startswith(OURS)}
    return max((lost_lu(ours, at_drive(points, d)), name) for name, points in peers.items() for d in ALWAYS_DB)


def behind(curves, drive_db):
    """(how much louder the loudest peer of no worse quality is at that drive, its name); None without such a peer."""
    own = at_drive(curves[OURS], drive_db)
    found = []
    for name, points in curves.items():
        point = at_drive(points, drive_db)
        worse = point["zimtohrli"] < own["zimtohrli"] - SAME_ZIMTOHRLI or noise(point) > noise(own) + SAME_NMR_DB
        if not name.startswith(OURS) and not worse:
            found.append((point["lufs"] - own["lufs"], name))
    return max(found, default=None)


def verdict(found):
    """Whether it holds everywhere, and a line that says where."""
    leads = [lost(curves)[0] <= INTERPOLATION_LU for curves in found.values()]
    cases = [behind(curves, drive_db) for curves in found.values() for drive_db in ALWAYS_DB]
    near = [case is None or case[0] <= LOUDER_LU for case in cases]
    holds = all(leads) and all(near)
    line = f"at equal Zimtohrli and noise-to-mask ratio at least as loud as every peer on {sum(leads)} of {len(leads)} "
    line += f"excerpts; within {LOUDER_LU} LU of the loudest peer of no worse quality on {sum(near)} of {len(near)}"
    return holds, f"{line}: {'holds' if holds else 'DOES NOT HOLD'}"
