"""Masters of every excerpt by every contender over a range of drives, scored; results are kept.

All hold the same true peak: where a contender comes out above the ceiling, its own ceiling is lowered by as much, and
what is left over after a few rounds is taken off its level.
"""

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import contenders
import excerpts
from nmr import Masked
from scoring import scores, true_peak_db
from tones import speed_times, tones

KEPT = excerpts.ROOT / "target/quality/kept"
DRIVES_DB = [1, 3, 6, 10, 14, 20]
# Ours, which is interpolated: peers are only looked at where they are.
OWN_DRIVES_DB = [1, 3, 4.5, 6, 8, 10, 12, 14, 17, 20]
# The drives that the comparison is about; more is left out where it gets absurdly loud, or no louder.
ALWAYS_DB, LOUD_ENOUGH_LUFS, LOUDER_LU = (6, 10), -6.0, 0.15
ROUNDS, OVER_DB = 2, 0.02
WORKERS = 2
# Code that kept results depend on.
CURVE_FILES = ("scoring.py", "nmr.py", "align.py")
TONE_FILES = ("tones.py", "align.py")


def gain(db):
    return 10 ** (db / 20)


def master(contender, x, drive_db):
    """(aligned output that holds the ceiling, seconds it took, how far it came out above at first)."""
    lower, first = 0.0, None
    for _ in range(ROUNDS):
        y, took = contender.aligned((x * gain(drive_db + lower)).astype("float32"))
        y = y * gain(-lower)
        over = true_peak_db(y) - contenders.CEILING_DBTP
        first = over if first is None else first
        if over <= OVER_DB:
            return y, took, first
        lower += over
    return y * gain(-over), took, first


def exhausted(points):
    """Whether more drive tells nothing more."""
    levels = [point["lufs"] for point in points]
    return len(levels) > 2 and (levels[-1] > LOUD_ENOUGH_LUFS or levels[-1] - levels[-2] < LOUDER_LU)


def drives_db(contender):
    return OWN_DRIVES_DB if contender.name.startswith(contenders.OURS) else DRIVES_DB


def curve(contender, x):
    """Scores at every drive."""
    points, masked = [], Masked(x)
    for drive_db in drives_db(contender):
        if drive_db not in ALWAYS_DB and exhausted(points):
            continue
        y, _, over_db = master(contender, x, drive_db)
        points.append({"drive_db": drive_db, "over_db": over_db, **scores(x, y, masked)})
    return points


@cache
def everyone(bundle, before):
    """All contenders by name."""
    made = contenders.ours(bundle, before) + contenders.peers()
    return {contender.name: contender for contender in made}


def stamp(contender, files, more):
    """What kept results depend on: the contender and how it is measured."""
    here = Path(__file__).parent
    code = b"".join((here / name).read_bytes() for name in files)
    return hashlib.sha256(f"{contender.version} ".encode() + more + code).hexdigest()


def kept(name, what, key, make):
    """What `make` makes, or made before under the same key."""
    path = KEPT / name / f"{what}.json"
    if path.exists():
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["key"] == key:
            return told["result"]
    result = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"key": key, "result": result}), encoding="utf-8")
    return result


def job(name, row, bundle, before):
    """One contender on one excerpt."""
    contender, x = everyone(bundle, before)[name], excerpts.excerpt(row)
    key = stamp(contender, CURVE_FILES, f"{drives_db(contender)} {LOUD_ENOUGH_LUFS} {LOUDER_LU}".encode() + x.tobytes())
    return kept(name, row["id"], key, lambda: curve(contender, x))


def kept_tones(contender):
    """The test signals through one contender; its speed is new every time, since machines have moods."""
    key = stamp(contender, TONE_FILES, b"")
    return {**kept(contender.name, "tones", key, lambda: tones(contender)), "speed": speed_times(contender)}


def curves(names, rows, bundle, before):
    """{excerpt: {contender: points}}."""
    found = {row["id"]: {} for row in rows}
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        jobs = [(row["id"], name, pool.submit(job, name, row, bundle, before)) for row in rows for name in names]
        for at, name, done in jobs:
            found[at][name] = done.result()
            last = found[at][name][-1]
            print(f"{at}, {name}: {last['lufs']:.2f} LUFS at {last['drive_db']} dB", flush=True)
    return found
