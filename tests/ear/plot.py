"""The plot of the page: what faults leave, and one of them in full."""

import matplotlib
import numpy as np
from host import bands
from tone import BEFORE, HELD

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def plot(pieces, path):
    """Every fault by what is left of it, every piece by its harm, and a typical fault by its bands."""
    figure, (left, harm, curve) = pyplot.subplots(1, 3, figsize=(11, 3.4), dpi=72, layout="constrained")
    faults = [fault for piece in pieces for fault in piece["faults"]]
    sizes = [fault["rms"] for fault in faults]
    for way, mark in ((BEFORE, "x"), (HELD, "o")):
        left.plot(sizes, [fault["left"][way]["rms"] for fault in faults], mark, label=way, markersize=4)
        harm.plot(sorted(piece["harm"][way]["rms"] for piece in pieces), label=way)
    left.plot([0, 6.5], [0, 6.5], "k:", label="nothing done")
    left.set(xlabel="fault, dB RMS", ylabel="left, dB RMS", title="Faults")
    harm.set(xlabel="pieces, in order", ylabel="dB RMS", title="Harm without any fault", ylim=(0, None))
    example(curve, pieces)
    for axes in (left, harm, curve):
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    pyplot.close(figure)


def example(axes, pieces):
    """The fault of whose size as much is left as of the median one."""
    shares = [(f["left"][HELD]["rms"] / f["rms"], p, f) for p in pieces for f in p["faults"]]
    _, piece, fault = sorted(shares, key=lambda share: share[0])[len(shares) // 2]
    counts = np.array(piece["counts"])
    centres = np.array([0.5 * (low + high) for low, high in bands()])[counts]
    lines = {"fault": fault, **{f"left, {way}": fault["left"][way] for way in (HELD, BEFORE)}}
    for label, line in lines.items():
        axes.semilogx(centres, np.array(line["bands"])[counts], label=label)
    axes.set(xlabel="Hz", ylabel="dB", title=f"The median one: {piece['title']}")
