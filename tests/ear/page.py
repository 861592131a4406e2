"""Writes the page of the measurements, and says whether they hold."""

from statistics import mean, median

import cases
import numpy as np
import words
from dynamics import ACTIVE_DB
from faults import KINDS
from plot import plot
from speech import FOLLOW, STILL
from tone import BEFORE, CASE, FIRST, HELD, WIDE

# Asked of real pieces, in dB: the most harm, the most left, and what two parts may differ by.
MOST_HARM_DB, MOST_LEFT_DB = 1.5, 2.7
MOST_APART_DB = 0.5
WAYS = [HELD, WIDE, FIRST, BEFORE]


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def music(pieces, seen):
    """The pieces of music that were seen before, or that were not."""
    return [p for p in pieces if "harm" in p and bool(p["seen"]) == seen]


def harms(pieces, way):
    return [p["harm"][way]["rms"] for p in pieces]


def faults(pieces, *kinds):
    """The faults of those kinds."""
    return [f for p in pieces for f in p["faults"] if f["kind"] in kinds]


def lefts(found, way):
    return [f["left"][way]["rms"] for f in found]


def verdict(pieces):
    """Whether the new pieces are left alone and restored as asked, and a line that says so."""
    new = music(pieces, False)
    harm, left = mean(harms(new, HELD)), mean(lefts(faults(new, CASE), HELD))
    holds = harm <= MOST_HARM_DB and left <= MOST_LEFT_DB
    line = f"harm {harm:.2f} dB (asked: at most {MOST_HARM_DB}), left {left:.2f} dB (asked: at most {MOST_LEFT_DB})"
    return holds, f"{len(new)} new pieces: {line}: {'holds' if holds else 'does not hold'}"


def of_cases(amounts):
    rows = [[f"Auralis at {100 * a:.0f} %", f"{harm:.2f}", f"{left:.2f}"] for a, harm, left in amounts]
    rows += [["0.1.0 at 50 % (published with the cases)", *(f"{v:.2f}" for v in cases.BEFORE)]]
    for strength, harm, left in cases.expected():
        name = f"the posterior alone, faults of {strength:g} dB" if strength else "nothing"
        rows.append([name, f"{harm:.2f}", f"{left:.2f}"])
    return table(["what", "harm, dB", "left, dB"], rows)


def real(pieces):
    header = ["what", "harm", "left, faults of the cases", "left, drawn faults"]
    sets = [faults(pieces, CASE), faults(pieces, *KINDS)]
    rows = [["nothing", "0", *(three([f["rms"] for f in found]) for found in sets)]]
    for way in WAYS:
        rows.append([words.WAYS[way], three(harms(pieces, way)), *(three(lefts(found, way)) for found in sets)])
    return table(header, rows)


def three(values):
    return f"{mean(values):.2f}, {median(values):.2f}, {max(values):.2f}"


def by_kind(pieces):
    rows = []
    for kind in [CASE, *KINDS]:
        found = faults(pieces, kind)
        cells = [mean(f["rms"] for f in found), *(mean(lefts(found, way)) for way in (HELD, BEFORE))]
        rows.append([words.KINDS[kind], str(len(found)), *(f"{cell:.2f}" for cell in cells)])
    return table(["fault", "how many", "its size, dB", "left, held", "left, 0.1.0"], rows)


def parts(pieces):
    pairs = [pair for p in pieces for pair in p["stability"]]
    rows = []
    for key, name in ((HELD, "gains, held"), (BEFORE, "gains, 0.1.0"), ("spectra", "the spectra themselves")):
        values = [pair[key] for pair in pairs]
        rows.append([name, f"{median(values):.2f}", f"{np.percentile(values, 90):.2f}", f"{max(values):.2f}"])
    under = mean(pair[HELD] < MOST_APART_DB for pair in pairs)
    said = f"{len(pairs)} pairs; {100 * under:.0f} % of them are less than {MOST_APART_DB} dB apart when held."
    return table(["what differs", "median, dB", "90th percentile", "worst"], rows) + "\n\n" + said


def compressor(pieces):
    found = [p["compression"] for p in pieces]

    def row(name, way):
        taken = [c[way] for c in found]
        means = [mean(t[key] for t in taken) for key in ("mean", "loudest", "lra", "contrast")]
        most, active = max(t["mean"] for t in taken), mean(t["active"] for t in taken)
        told = [f"{means[0]:.2f} ({most:.2f})", f"{means[1]:.2f}", f"{100 * active:.0f} %"]
        return [name, *told, f"{means[2]:.1f}", f"{means[3]:.1f}"]

    before = [f"{mean(c[key] for c in found):.1f}" for key in ("lra", "contrast")]
    header = ["what", "mean reduction, dB (most)", "at the loudest tenth of seconds"]
    header += [f"more than {ACTIVE_DB} dB", "LRA, LU", "contrast, dB"]
    rows = [["before", "", "", "", *before], row("Auralis", HELD), row("0.1.0", BEFORE)]
    return table(header, rows)


def voice(pieces):
    moved = next(p["movement"] for p in pieces if "movement" in p)
    names = {FOLLOW: "Auralis in `Follow`", BEFORE: "0.1.0", STILL: "held: the measurement's own error"}
    rows = [[name, *(f"{value:.1f}" for value in moved[way])] for way, name in names.items()]
    return table(["what", "95th percentile, dB/s", "fastest, dB/s"], rows)


def every(pieces):
    header = ["piece", "by", "licence", "package", "seen before"]
    header += ["harm", "0.1.0", "left", "0.1.0"]
    rows = []
    for p in pieces:
        cells = [p["title"], p["artist"], p["licence"], p["package"], p["seen"] or "no"]
        if "harm" in p:
            cells += [f"{p['harm'][way]['rms']:.2f}" for way in (HELD, BEFORE)]
            cells += [f"{mean(lefts(p['faults'], way)):.2f}" for way in (HELD, BEFORE)]
        rows.append(cells + [""] * (len(header) - len(cells)))
    return table(header, rows)


def write_page(told, docs):
    """docs/EAR.md and its plot."""
    pieces = told["pieces"]
    new, known = music(pieces, False), music(pieces, True)
    plot(new, docs / "ear" / "faults.png")
    page = words.PAGE.format(
        verdict=verdict(pieces)[1],
        cases=of_cases(told["cases"]),
        count=len(new),
        real=real(new),
        known_count=len(known),
        known=real(known),
        kinds=by_kind(new),
        parts=parts(new),
        compressor=compressor(new + known),
        voice=voice(pieces),
        every=every(pieces),
    )
    (docs / "EAR.md").write_text(page, encoding="utf-8")
