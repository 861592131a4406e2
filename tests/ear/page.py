"""Writes the page of the measurements: tables and plots."""

import matplotlib
import numpy as np
from host import bands
from measures import WINDOW_S

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

PLOTTED = ["metal-madness", "battle-epic", "sense-and-sensibility"]

INTRODUCTION = """\
# What the ear does on real music

Written by `tests/ear/ear.py`, which fetches the pieces, masters them through the built plug-in in a
host and measures with tools of others (pyloudnorm, scipy). Nothing here is edited by hand. The first
{longest:.0f} s of each piece at 48 kHz; what is shorter than a minute is played again.

- **Distance**: root mean square over the critical bands of the long-term spectrum minus the target that
  `Auto` has arrived at, level-free, from second 15 on (the EQ starts flat, with a time constant of 6 s),
  over the bands from 100 Hz to 12 kHz that hold programme (the last one below a low-pass does not
  count). *Default* is the whole chain as it comes (EQ amount 50 %, range 6 dB); *full* is the EQ alone
  at 100 % and 12 dB.
  *Balanced* and *heaviest* are the same with the target set by hand: to `Balanced`, and to the profile
  that `Auto` gives most weight in the end.
  The EQ follows a mean over 20 s and makes good what that leaves of the whole so far, but it does not
  foresee the notes: a solo of few long ones comes out above the target for as long as it takes.
- **Loudness**: integrated loudness of the whole master minus the target of {target} LUFS. The gain is
  limited to 12 dB.
- **True peak**: eightfold interpolation; the ceiling is -1 dBTP. **PLR**: true peak minus integrated
  loudness, after minus before.
- **Movement**: how fast the loudness gain moves, measured with everything else off, in dB a second,
  after the first 10 s: 95th percentile of the half seconds, and the fastest.
"""


def said(moment, count=3):
    """What Auto said: "bright, dense: Rock 0.62, Pop 0.25"."""
    weights = ", ".join(f"{p['name']} {p['weight']:.2f}" for p in moment["profiles"][:count])
    return f"{moment['reason']}: {weights}"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def measurements(results, target):
    header = ["Piece", "Distance before", "default", "full", "Loudness before", "error"]
    header[4:4] = ["Balanced", "heaviest"]
    header += ["True peak", "PLR change", "Movement"]
    rows = []
    for r in results:
        d, after = r["distance"], r["after"]
        rows.append(
            [
                r["title"],
                f"{d['before']:.1f} dB",
                f"{d['master']:.1f} dB",
                f"{d['full']:.1f} dB ({100 * d['full'] / d['before']:.0f} %)",
                way(r["fixed"][0]),
                f"{r['fixed'][1]['name']}: {way(r['fixed'][1])}",
                f"{r['before']['lufs']:.1f} LUFS",
                f"{after['lufs'] - target:+.2f} LU",
                f"{after['true_peak']:.2f} dBTP",
                f"{after['plr'] - r['before']['plr']:+.1f} dB",
                f"{r['movement'][0]:.2f}, {r['movement'][1]:.2f} dB/s",
            ]
        )
    return table(header, rows)


def way(fixed):
    """From where to where, and what is left: "5.0 to 0.9 dB (18 %)"."""
    before, after = fixed["distance"]
    return f"{before:.1f} to {after:.1f} dB ({100 * after / before:.0f} %)"


def opinions(results):
    header = ["Piece", "What it is", "After 30 s", "At the end"]
    rows = []
    for r in results:
        half = min(r["moments"], key=lambda moment: abs(moment["seconds"] - 30))
        rows.append([r["title"], kinds(r), said(half), said(r["moments"][-1])])
    return table(header, rows)


def kinds(result):
    return result["kinds"].replace("|", ", ")


def sources(results):
    header = ["Piece", "By", "Licence", "Package"]
    rows = [
        [r["title"], r["artist"], r["licence"], f"{r['registry']}: {r['package']}"]
        for r in results
    ]
    return table(header, rows)


def plot(result, path):
    """Spectra against the target, and levels over time."""
    figure, (tone, level) = pyplot.subplots(1, 2, figsize=(10, 3.4), dpi=72, layout="constrained")
    centres = np.array([0.5 * (low + high) for low, high in bands()])[result["counts"]]
    for name, label in (("before", "before"), ("master", "default"), ("full", "100 %, 12 dB")):
        levels = result["spectra"][name][result["counts"]]
        tone.semilogx(centres, levels - levels.mean(), label=label)
    target = result["target"][result["counts"]]
    tone.semilogx(centres, target - target.mean(), "k--", label="target")
    tone.set(xlabel="Hz", ylabel="dB per critical band, level-free")
    tone.grid(which="both", alpha=0.3)
    tone.legend()
    seconds = WINDOW_S * (0.5 + np.arange(len(result["gain"])))
    for levels, label in zip(result["levels"], ("before", "default")):
        level.plot(seconds, levels, label=label)
    level.plot(seconds, result["gain"], "k", label="loudness gain")
    level.set(xlabel="s", ylabel="dB, windows of 0.5 s", ylim=(-60, 15))
    level.grid(alpha=0.3)
    level.legend()
    figure.suptitle(f"{result['title']}: {said(result['moments'][-1])}", fontsize="medium")
    figure.savefig(path)
    pyplot.close(figure)


def write_page(results, docs, target):
    """docs/EAR.md and its plots."""
    (docs / "ear").mkdir(parents=True, exist_ok=True)
    parts = [INTRODUCTION.format(longest=max(r["seconds"] for r in results), target=target)]
    parts += ["## Before and after", measurements(results, target)]
    parts += ["## What Auto said", opinions(results)]
    for r in (r for r in results if r["id"] in PLOTTED):
        plot(r, docs / "ear" / f"{r['id']}.png")
        parts.append(f"![{r['title']}: spectra and levels before and after](ear/{r['id']}.png)")
    parts += ["## The pieces", sources(results)]
    (docs / "EAR.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
